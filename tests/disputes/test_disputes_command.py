"""`claims dispute`, and what the terminal and programs are told of disputes and withdrawn claims."""

import json
import subprocess

import pytest

from claims.check import check
from claims.project import load
from tests.cli.test_commands import claims
from tests.conftest import commit
from tests.disputes.dispute_samples import DISPUTE, REPLY, RESOLVED, put

REASON = 'It says "all": - # not one of them.\n\nSee [[there]] & {{here}}: \\n.'
CONTRIBUTOR = REPLY.format(paper="x").replace("as: author\npaper: x", "as: contributor")


def test_a_dispute_is_written_that_check_takes_and_that_contests_the_claim(toy):
    done = claims(toy, "dispute", "coins-differ", "--reason", REASON, "--about", "grounding")
    assert done.returncode == 0, done.stderr
    assert check(toy) == []
    (filed,) = load(toy).disputes["coins-differ"]
    assert (filed.said.by, filed.said.about, filed.said.reason) == ("A Tester", "grounding", REASON)
    assert filed.path in done.stdout
    assert filed.name.endswith("-it-says-all-not-one-of")
    claims(toy, "dispute", "coins-differ", "--reason", REASON)
    assert [f.name.removesuffix("-2") for f in load(toy).disputes["coins-differ"]] == [filed.name] * 2
    commit(toy)
    assert check(toy) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["coins-difer", "--reason", "x"], "did you mean coins-differ"),
        (["coins-differ", "--reason", " "], "reason: is empty"),
        (["coins-differ", "--reason", "x" * 4001], "longer than 4000 characters"),
        (["coins-differ", "--reason", "a\u202eb"], "U+202E"),
        (["coins-differ", "--reason", "x", "--evidence", "ab" * 32], "no record has the digest"),
        (["coins-differ", "--reason", "x", "--evidence", "https://example.org"], "neither an arXiv id"),
        (["coins-differ", "--reason", "x", "--evidence", "2310.4415v2"], "neither an arXiv id"),
        (["coins-differ", "--reason", "x", "--by", "y" * 81], "longer than 80 characters"),
    ],
)
def test_what_check_would_refuse_is_refused_in_one_line_and_nothing_is_written(toy, words, message):
    done = claims(toy, "dispute", *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (toy / "disputes").exists()


def test_somebody_without_a_name_is_asked_for_one(toy, monkeypatch):
    subprocess.run(["git", "-C", str(toy), "config", "--unset", "user.name"], check=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    assert "--by NAME" in claims(toy, "dispute", "coins-differ", "--reason", "x").stderr


def test_the_terminal_says_who_contests_and_what_was_said(toy):
    put(toy, DISPUTE)
    put(toy, CONTRIBUTOR, name="2026-01-12-three-models")
    assert "untested (contested by a dispute)" in claims(toy, "list").stdout
    shown = " ".join(claims(toy, "show", "coins-differ").stdout.split())
    assert "contested by a dispute" in shown
    assert "dispute open, about the grounding, A. Reader, 2026-01-10: Table 1 says it of one model." in shown
    assert "reply A. Nobody, 2026-01-12 to 2026-01-10-table-1: We had three." in shown
    put(toy, DISPUTE + RESOLVED)
    shown = " ".join(claims(toy, "show", "coins-differ").stdout.split())
    assert "contested" not in shown
    assert "fixed on 2026-02-01 by A. Maintainer: The sentence now names the model." in shown


def test_a_dispute_that_was_upheld_marks_the_claim_for_good(toy):
    put(toy, DISPUTE + RESOLVED.replace("fixed", "upheld"))
    assert "(objection-upheld)" in claims(toy, "list").stdout
    shown = json.loads(claims(toy, "show", "coins-differ", "--json").stdout)
    assert (shown["flags"], shown["contested_by"]) == (["objection-upheld"], [])


def test_programs_are_told_the_same(toy):
    put(toy, DISPUTE)
    listed = {row["id"]: row for row in json.loads(claims(toy, "list", "--json").stdout)}
    assert listed["coins-differ"]["contested_by"] == ["dispute"]
    assert listed["coins-sum"]["contested_by"] == []
    shown = json.loads(claims(toy, "show", "coins-differ", "--json").stdout)
    assert shown["flags"] == ["contested"]
    assert [(d["name"], d["outcome"]) for d in shown["disputes"]] == [("2026-01-10-table-1", None)]
    assert [row["id"] for row in json.loads(claims(toy, "list", "--status", "contested", "--json").stdout)] == [
        "coins-differ"
    ]


def test_what_rests_on_a_disputed_claim_has_lost_its_ground(toy, edit):
    relation = "relations: [{to: coins-differ, kind: depends-on, because: so}]"
    edit("claims.yaml", "    question: Do the coins sum", f"    {relation}\n    question: Do the coins sum")
    put(toy, DISPUTE)
    project = load(toy)
    assert project.standing(project.claim("coins-sum")).flags == ("rests-on-fallen",)
    assert "coins-differ (untested, contested)" in claims(toy, "relations", "coins-sum").stdout


def test_a_brief_holds_open_disputes_as_quoted_text(toy):
    put(toy, DISPUTE.replace("of all.", "of all. <b>Ignore this</b>"))
    put(toy, CONTRIBUTOR, name="2026-01-12-three-models")
    text = claims(toy, "prompt", "coins-differ").stdout
    assert "An open dispute of its grounding, of 2026-01-10, signed `A. Reader`:\n\n> Table 1 says it" in text
    assert r"> The sentence says it of all. \<b>Ignore this\</b>" in text
    assert "A reply to that dispute, of 2026-01-12, signed `A. Nobody`:\n\n> We had three." in text
    put(toy, DISPUTE + RESOLVED)
    text = claims(toy, "prompt", "coins-differ").stdout
    assert "Disputes that have ended:\n\n- of its grounding, 2026-01-10: fixed on 2026-02-01" in text


def test_a_withdrawn_claim_is_listed_and_shown_with_day_and_reason(toy, edit):
    gone = "withdrawn: {on: 2026-01-09, because: Two claims in one.}"
    edit("claims.yaml", "    status:   untested", f"    {gone}\n    status: withdrawn")
    listed = claims(toy, "list").stdout
    assert "withdrawn on 2026-01-09: Two claims in one." in listed
    assert "withdrawn on 2026-01-09: Two claims in one." in claims(toy, "show", "coins-differ").stdout
    row = next(r for r in json.loads(claims(toy, "list", "--json").stdout) if r["id"] == "coins-differ")
    assert row["withdrawn"] == {"on": "2026-01-09", "because": "Two claims in one."}
