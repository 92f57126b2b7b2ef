"""Disputes, replies and claims that come back: nothing that moves what a page says goes by unseen."""

from dataclasses import replace
from pathlib import Path

import pytest

from claims.report.areas import areas
from claims.report.facts import Bound
from claims.report.looks import looks_at
from claims.report.words import summary
from tests.conftest import commit
from tests.disputes.dispute_samples import DISPUTE, REPLY, RESOLVED, put
from tests.report_samples import change, facts_of, git, reported, submitted

WITHDRAWN = "    withdrawn: {on: 2026-01-05, because: A mistake.}\n    status: withdrawn\n"


def looks(root: Path, base: str = "main") -> list[tuple[str, str]]:
    return [(look.what, look.said) for look in facts_of(submitted(root), base).looks]


def test_a_dispute_is_told_at_the_top(branch: Path) -> None:
    put(branch, DISPUTE)
    assert looks(branch) == [("contests coins-differ until somebody ends it, by", "A. Reader")]
    assert summary(facts_of(branch)) == "Adds 1 dispute."


def test_who_ends_a_dispute_is_told(branch: Path) -> None:
    put(branch, DISPUTE)
    base = commit(branch, "a dispute")
    put(branch, DISPUTE + RESOLVED)
    said = "opened by A. Reader, ended by A. Maintainer"
    assert looks(branch, base) == [("ends a dispute of coins-differ as fixed", said)]
    assert summary(facts_of(branch, base)) == "Changes 1 dispute."
    assert looks(branch) == [("ends a dispute of coins-differ as fixed", said)], "opened and ended in one change"


def test_a_reply_signed_as_an_author_is_told(branch: Path) -> None:
    put(branch, DISPUTE)
    base = commit(branch, "a dispute")
    put(branch, REPLY.format(paper="2505.11711v2"), name="2026-01-12-reply")
    assert looks(branch, base) == [("is signed as an author's, which only who sent it can show", "A. Nobody")]
    assert summary(facts_of(branch, base)) == "Adds 1 reply."


def test_a_dispute_that_is_gone_is_counted(branch: Path) -> None:
    put(branch, DISPUTE)
    base = commit(branch, "a dispute")
    git(branch, "rm", "-q", "-r", "disputes")
    code, report = reported(submitted(branch), base=base)
    assert code == 1
    assert "Removes 1 dispute." in report


def test_a_claim_that_is_withdrawn_or_back_is_told(branch: Path) -> None:
    git(branch, "checkout", "-q", "-b", "withdrawn")
    change(branch, "claims.yaml", "    status: supported\n", WITHDRAWN)
    assert looks(branch) == [("is withdrawn: is the reason one, and not the verdict?", "")]
    git(branch, "checkout", "-q", "-b", "back")
    change(branch, "claims.yaml", WITHDRAWN, "    status: supported\n")
    assert looks(branch, "withdrawn") == [("is back, though it was withdrawn, for a reason, on", "2026-01-05")]


@pytest.mark.parametrize(
    "path",
    [
        "evidence/.hidden/x.json",
        "evidence/a/b/c.json",
        "evidence/a/notes.txt",
        "experiments/deep/x.py",
        "experiments/.x.py",
        "experiments/data.bin",
        "claims.d/notes.txt",
        "literature/x.txt",
    ],
)
def test_what_no_section_tells_is_listed(path: str) -> None:
    assert areas([path]) == (("other files", (path,)),)


def test_many_looks_of_one_sort_do_not_push_out_another(branch: Path) -> None:
    for number in range(60):
        put(branch, DISPUTE, name=f"2026-01-10-number-{number}")
    facts = facts_of(branch)
    facts = replace(facts, papers=tuple(Bound(f"2505.{n:05}", "added", "", "by a person") for n in range(60)))
    looks = looks_at(facts)[:40]
    assert len(looks_at(facts)) == 120
    assert {look.where.partition("/")[0] for look in looks} == {"disputes", "literature"}
