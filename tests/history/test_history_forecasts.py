"""A forecast counts only if it stood, as it is, where the replicates ran."""

import pytest

from claims.history.forecasts import stood
from tests.history_samples import begin, commit, entry, git


def said(*rows):
    lines = "".join(f"      - {{by: {by}, on: 2026-01-01, supported: {p}}}\n" for by, p in rows)
    return entry("a", more=f"    forecasts:\n{lines}")


@pytest.fixture
def root(tmp_path):
    return begin(tmp_path / "p")


def names(found):
    return [(f.by, f.supported) for f in found]


def test_one_that_stood_counts_though_it_is_gone_or_changed_now(root):
    run = commit(root, said(("Ann", 0.7), ("Bob", 0.2)), at=1)
    commit(root, said(("Ann", 0.1)), at=2)
    assert names(stood(root, "a", [run])) == [("Ann", 0.7), ("Bob", 0.2)]
    assert stood(root, "other", [run]) == ()


def test_one_that_came_after_the_run_does_not(root):
    run = commit(root, entry("a"), at=1)
    after = commit(root, said(("Ann", 0.9)), at=2)
    assert stood(root, "a", [run]) == ()
    assert names(stood(root, "a", [after])) == [("Ann", 0.9)]


def test_it_must_stand_unchanged_at_every_commit_of_the_run(root):
    first = commit(root, said(("Ann", 0.7), ("Bob", 0.2)), at=1)
    second = commit(root, said(("Ann", 0.7), ("Bob", 0.9), ("Cy", 1)), at=2)
    assert names(stood(root, "a", [first, second])) == [("Ann", 0.7)]
    assert names(stood(root, "a", [second, first])) == [("Ann", 0.7)]


def test_it_is_unknown_without_the_commit_and_outside_of_the_history(root, tmp_path):
    run = commit(root, said(("Ann", 0.7)), at=1)
    assert stood(root, "a", [None]) is None
    assert stood(root, "a", []) is None
    assert stood(root, "a", ["0" * 40, run]) is None
    assert stood(tmp_path, "a", [run]) is None
    git(root, "switch", "-q", "--orphan", "elsewhere")
    commit(root, entry("a"), at=2)
    assert stood(root, "a", [run]) is None, "the commit is there, and in nobody's history"


def test_of_what_lint_refuses_nothing_counts_but_the_first_of_a_person(root):
    run = commit(root, said(("Ann", 0.7), ("ann", 0.1), ("Bob", 1.5), ("Cy", "high")), at=1)
    assert names(stood(root, "a", [run])) == [("Ann", 0.7)]
