"""What git is asked: a record may name anything as its commit."""

import subprocess
from pathlib import Path

import pytest

from claims.runner import git
from tests.conftest import commit


@pytest.mark.parametrize(
    "name", ["HEAD", "main", "HEAD^", ":0", "", "{short}", "{full}^", "--all", "{full}\0", "{full}\n"]
)
def test_what_is_no_commit_named_in_full_is_no_commit(toy: Path, name: str) -> None:
    subprocess.run(["git", "-C", str(toy), "branch", "-M", "main"], check=True)
    full = commit(toy, "another")
    assert git.is_ancestor(toy, full, full) and git.file_at(toy, full, "claims.yaml") is not None
    assert git.names_at(toy, full, "experiments")
    name = name.format(full=full, short=full[:10])
    assert not git.is_ancestor(toy, name, full) and not git.is_ancestor(toy, full, name)
    assert git.file_at(toy, name, "claims.yaml") is None
    assert git.names_at(toy, name, "experiments") == ()
