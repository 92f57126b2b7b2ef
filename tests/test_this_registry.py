"""This repository's own registry, records and statuses."""

from pathlib import Path

import pytest

from claims.check import check
from claims.runner import git

ROOT = Path(__file__).resolve().parent.parent


def test_everything_that_is_said_here_follows_from_what_is_here() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository: registrations are commits")
    findings = check(ROOT)
    if git.trouble(ROOT) is not None:  # a shallow clone cannot tell when a claim was registered, and check says so
        findings = [f for f in findings if f.file != "evidence"]
    assert [str(f) for f in findings] == []
