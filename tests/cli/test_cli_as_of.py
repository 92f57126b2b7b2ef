"""`claims as-of`: what a person and a program get."""

import json
from datetime import UTC, datetime

import pytest

from tests.cli.test_commands import claims
from tests.conftest import commit
from tests.history_samples import git

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def lived(toy, edit):
    """The toy project, begun in 2025, with changes since."""
    git(toy, "commit", "-q", "--amend", "--no-edit", at=1735732800)
    edit("claims.yaml", "Is one and one two?", "Is one and one always two?")
    edit("claims.yaml", "grounding: {label: unsupported, because: No source.}\n    check:\n      experiment: toy\n      gates:\n        - {metric: learned, condition: treated, expect: {above: 0.5}}\n      predictions:\n        - {id: about-one", "grounding: {label: faithful, because: No source.}\n    check:\n      experiment: toy\n      gates:\n        - {metric: learned, condition: treated, expect: {above: 0.5}}\n      predictions:\n        - {id: about-one")  # fmt: skip  # noqa: E501
    edit("claims.yaml", "Both coins together score between .5", "Both of the coins together score between .5")
    commit(toy)
    return toy


def test_it_tells_what_changed_since_on_eighty_columns(lived):
    done = claims(lived, "as-of", "2025-06-01")
    assert done.returncode == 0, done.stderr
    for words in (
        "as of 2025-06-01: commit ", "of 2025-01-01 12:00 UTC", "untested     3    3", "claims       3    3",
        "other grounding: 1", "unsupported → faithful", "asked otherwise: 1", "was: Is one and one two?",
        "sentence, scope or check changed: 1", "1 claim is as before; --all names them",
    ):  # fmt: skip
        assert words in done.stdout, words
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "\x1b" not in done.stdout
    assert "coins-differ" not in done.stdout
    assert "coins-differ" in claims(lived, "as-of", "2025-06-01", "--all").stdout


def test_nothing_new_is_said(lived):
    assert "nothing has changed since" in claims(lived, "as-of", TODAY).stdout


def test_a_program_gets_every_claim_then_and_now(lived):
    found = json.loads(claims(lived, "as-of", "2025-06-01", "--json").stdout)
    assert found["committed"] == "2025-01-01T12:00:00Z"
    assert found["counts"] == {"then": {"untested": 3}, "now": {"untested": 3}}
    by_id = {c["id"]: c for c in found["claims"]}
    assert by_id["coins-audited"]["changed"] == ["question"]
    assert by_id["coins-audited"]["then"]["question"] == "Is one and one two?"
    assert by_id["coins-sum"]["changed"] == ["judged", "grounding"]
    assert by_id["coins-differ"]["changed"] == []


@pytest.mark.parametrize("date", ["yesterday", "2024-01-01"])
def test_what_cannot_be_answered_is_one_line(lived, date):
    done = claims(lived, "as-of", date)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("claims: ")
