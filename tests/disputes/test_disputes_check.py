"""What `claims check` says of disputes and replies, and of claims that were deleted."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from claims.check import check
from claims.domain.dispute import Reply
from claims.project import load
from tests.conftest import commit
from tests.disputes.dispute_samples import DISPUTE, REPLY, RESOLVED, put

PAPER = "2505.11711v2"
AUTHOR = REPLY.format(paper=PAPER)
CONTRIBUTOR = AUTHOR.replace(f"as: author\npaper: {PAPER}", "as: contributor")


def shown(root):
    return [str(finding) for finding in check(root)]


def only(root):
    (finding,) = check(root)
    return finding


def test_a_dispute_and_replies_to_it_are_sound_and_kept_by_claim(toy):
    put(toy, DISPUTE)
    put(toy, CONTRIBUTOR, name="2026-01-12-three-models")
    assert check(toy) == []
    dispute, reply = load(toy).disputes["coins-differ"]
    assert (dispute.name, dispute.is_open, reply.is_open) == ("2026-01-10-table-1", True, False)
    assert isinstance(reply.said, Reply)
    assert (reply.said.as_, reply.said.to) == ("contributor", dispute.name)


def test_an_open_dispute_contests_a_claim_and_a_resolved_one_does_not(toy):
    claim = load(toy).claim("coins-differ")
    put(toy, DISPUTE)
    assert load(toy).standing(claim)[3:] == (("contested",), ("dispute",))
    put(toy, DISPUTE + RESOLVED)
    assert load(toy).standing(claim)[3:] == ((), ())
    assert check(toy) == []


def test_an_author_signs_only_for_a_paper_that_the_claim_cites(toy, edit):
    put(toy, DISPUTE)
    path = put(toy, AUTHOR, name="2026-01-12-three-models")
    finding = only(toy)
    assert (finding.file, finding.line, finding.field) == (path, 6, "paper")
    assert "coins-differ does not cite 2505.11711v2; it cites no paper" in finding.message
    source = "{arxiv: 2505.11711v1, stance: asserts, locator: Table 1, says: so}"
    edit("claims.yaml", "    check:\n", f"    sources: [{source}]\n    check:\n")
    assert not [line for line in shown(toy) if line.startswith("disputes/")]  # another version has the same authors


FIELDS = {
    "no date": ("on: 2026-01-10", "on: yesterday", 4, "on", "not a date"),
    "another date than its name": ("on: 2026-01-10", "on: 2026-01-11", 4, "on", "not the date in the file's name"),
    "an unknown subject": ("about: grounding", "about: groundng", 5, "about", "did you mean grounding?"),
    "an unknown key": ("by:", "by_whom: x\nby:", 3, "by_whom", "unknown key"),
    "a link": ("reason", "evidence: [https://example.org]\nreason", 6, "evidence[0]", "neither an arXiv id"),
    "no such record": ("reason", f"evidence: [{'ab' * 32}]\nreason", 6, "evidence[0]", "no record has the digest"),
    "a number for a paper": ("reason", "evidence: [2505.11711]\nreason", 6, "evidence[0]", "carries no version"),
    "a digit too few": ("reason", "evidence: [2310.4415v2]\nreason", 6, "evidence[0]", "five digits behind the point"),
    "no such month": ("reason", "evidence: [2313.04415v2]\nreason", 6, "evidence[0]", "neither an arXiv id"),
    "a comma in braces": (
        "about:",
        "resolved: {by: x, on: 2026-01-11, outcome: fixed, because: Fair, but it stands.}\nabout:",
        5,
        "resolved.but it stands.",
        "inside { } a comma ends a value",
    ),
    "no reason": ("  Table 1 says it of one model.\n\n  The sentence says it of all.\n", "", 6, "reason", "is empty"),
    "a left-over": ("by: A. Reader", 'by: "FILL: your name"', 3, "by", "still to be written: your name"),
    "an alias": ("by: A. Reader", "by: *me", 3, "", "aliases are not read"),
    "a sign that turns text": ("by: A. Reader", "by: A. \u202eReader", 3, "", "U+202E"),
    "a text without end": ("Table 1", "x " * 2001 + "Table 1", 6, "reason", "is longer than 4000 characters"),
    "too many paragraphs": ("  Table 1", "  x\n\n" * 20 + "  Table 1", 1, "", "22 paragraphs, 20 are allowed"),
    "neither kind": ("kind: dispute", "kind: quarrel", 2, "kind", "must be dispute or reply"),
    "an end before its beginning": (
        "about:",
        "resolved: {by: x, on: 2026-01-09, outcome: upheld, because: x}\nabout:",
        1,
        "",
        "before the dispute itself",
    ),
    "an unknown end": (
        "about:",
        "resolved: {by: x, on: 2026-01-11, outcome: won, because: x}\nabout:",
        5,
        "resolved.outcome",
        "not one of",
    ),
}


@pytest.mark.parametrize("what", FIELDS)
def test_what_is_wrong_in_a_dispute_is_named_with_its_line(toy, what):
    old, new, line, field, message = FIELDS[what]
    assert old in DISPUTE
    path = put(toy, DISPUTE.replace(old, new, 1))
    finding = check(toy)[0]
    assert finding.file == path
    assert message in finding.message
    assert (finding.line, finding.field) == (line, field), str(finding)


def test_a_file_with_a_wrong_name_is_read_all_the_same(toy):
    path = put(toy, DISPUTE.replace("about: grounding", "about: groundng"), name="Table-1")
    named, inside = check(toy)
    assert "must be named as" in named.message and "did you mean grounding?" in inside.message
    assert named.file == inside.file == path and inside.line == 5


REPLIES = {
    "a reply to nothing": ("to: 2026-01-10-table-1", "to: 2026-01-10-table-2", "did you mean 2026-01-10-table-1?"),
    "a reply to itself": ("to: 2026-01-10-table-1", "to: 2026-01-12-three-models", "is a reply"),
    "a paper without an author": ("as: contributor", "as: contributor\npaper: 2505.11711v2", "and only then"),
    "an author without a paper": ("as: contributor", "as: author", "needs paper"),
    "a paper without version": ("as: contributor", "as: author\npaper: 2505.11711", "carries no version"),
    "a paper's id that is none": ("as: contributor", "as: author\npaper: 2505.1171v2", "is not an arXiv id"),
}


@pytest.mark.parametrize("what", REPLIES)
def test_what_is_wrong_in_a_reply_is_named(toy, what):
    old, new, message = REPLIES[what]
    assert old in CONTRIBUTOR
    put(toy, DISPUTE)
    path = put(toy, CONTRIBUTOR.replace(old, new), name="2026-01-12-three-models")
    finding = only(toy)
    assert finding.file == path
    assert message in finding.message


def test_a_reply_that_came_before_its_dispute_is_refused(toy):
    put(toy, DISPUTE)
    put(toy, CONTRIBUTOR.replace("2026-01-12", "2026-01-09"), name="2026-01-09-three-models")
    assert "is before the dispute that it answers" in only(toy).message


def test_a_reply_to_a_dispute_that_cannot_be_read_is_not_called_one_to_nothing(toy):
    broken = put(toy, DISPUTE.replace("about: grounding", "about: all"))
    put(toy, CONTRIBUTOR, name="2026-01-12-three-models")
    assert {f.file for f in check(toy)} == {broken}


def test_files_that_do_not_belong_there_are_named(toy):
    put(toy, DISPUTE, claim="coins-difer")
    put(toy, DISPUTE, claim="Coins")
    put(toy, DISPUTE, name="table-1")
    put(toy, DISPUTE, name="2026-01-10-Table")
    (toy / "disputes" / "notes.txt").write_text("x")
    (toy / "disputes" / "coins-differ" / "a\x1b[31mb\nc.txt").write_text("x")
    (toy / "disputes" / "coins-differ" / "2026-01-10-link.yaml").symlink_to("table-1.yaml")
    (toy / "disputes" / "coins-differ" / ".gitkeep").touch()
    found = {f.file.removeprefix("disputes/"): f.message for f in check(toy)}
    assert found.pop("coins-difer") == "no claim coins-difer in the registry; did you mean coins-differ?"
    assert "no claim's id" in found.pop("Coins")
    assert "folder named as its claim" in found.pop("notes.txt")
    assert "link" in found.pop("coins-differ/2026-01-10-link.yaml")
    assert found.keys() == {
        f"coins-differ/{name}" for name in ("2026-01-10-Table.yaml", "a?[31mb?c.txt", "table-1.yaml")
    }
    assert all("must be named as" in message for message in found.values())


def test_a_file_that_is_too_large_or_a_pipe_is_refused_at_once(toy):
    put(toy, DISPUTE + "#" * 70_000, name="2026-01-10-long")
    os.mkfifo(toy / "disputes" / "coins-differ" / "2026-01-10-pipe.yaml")
    assert [f.message for f in check(toy)] == [
        "is larger than 64 KiB; say it in fewer words",
        "cannot be read: it is not a file",
    ]


def test_a_resolution_may_be_added_to_a_committed_dispute(toy):
    put(toy, DISPUTE)
    commit(toy)
    put(toy, DISPUTE.replace("kind: dispute", "kind: dispute  # the same") + RESOLVED)
    assert check(toy) == []
    commit(toy)
    assert check(toy) == []


def test_a_committed_dispute_whose_reason_changed_is_named_with_its_commit(toy):
    path = put(toy, DISPUTE)
    first = commit(toy)
    put(toy, DISPUTE.replace("of all", "of most"))
    for _ in range(2):  # before and after somebody commits it
        finding = only(toy)
        assert finding.file == path
        assert f"git restore --source={first[:10]} {path}" in finding.message
        commit(toy)
    subprocess.run(["git", "-C", str(toy), "restore", f"--source={first[:10]}", path], check=True)
    assert check(toy) == []


def test_a_resolution_is_not_taken_back(toy):
    path = put(toy, DISPUTE + RESOLVED)
    commit(toy)
    put(toy, DISPUTE)
    finding = only(toy)
    assert (finding.file, finding.field) == (path, "resolved")
    assert "open another dispute" in finding.message


def test_a_committed_dispute_or_reply_that_is_gone_is_missed(toy):
    paths = {put(toy, DISPUTE), put(toy, CONTRIBUTOR, name="2026-01-12-three-models")}
    first = commit(toy)
    for path in paths:
        (toy / path).unlink()
    commit(toy, "what dispute?")
    found = check(toy)
    assert {f.file for f in found} == paths
    assert all(f"git restore --source={first[:10]}" in f.message for f in found)


def test_a_dispute_that_a_merge_dropped_is_missed(toy):
    git = ["git", "-C", str(toy)]
    subprocess.run([*git, "switch", "-q", "-c", "side"], check=True)
    path = put(toy, DISPUTE)
    commit(toy)
    subprocess.run([*git, "switch", "-q", "-"], check=True)
    commit(toy, "meanwhile")
    subprocess.run([*git, "merge", "-q", "-s", "ours", "-m", "merge", "side"], check=True)
    assert only(toy).file == path


def test_a_shallow_clone_says_nothing_of_what_it_cannot_see(toy, tmp_path):
    path = put(toy, DISPUTE)
    commit(toy)
    (toy / path).unlink()
    commit(toy)
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{toy}", str(shallow)], check=True)
    assert [f.file for f in check(toy)] == [path]
    assert check(shallow) == []


def test_what_a_shallow_clone_holds_of_the_past_is_no_first_version(toy, tmp_path):
    put(toy, DISPUTE + RESOLVED)
    commit(toy)
    put(toy, DISPUTE)  # what was resolved is open again, which a clone of the last commits cannot know
    commit(toy)
    (toy / "disputes" / "coins-differ" / "2026-01-10-table-1.yaml").unlink()
    commit(toy)
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "2", f"file://{toy}", str(shallow)], check=True)
    assert check(shallow) == []


def test_a_dispute_is_not_dated_after_its_commit(toy):
    put(toy, DISPUTE.replace("2026-01-10", "2099-01-10"), name="2099-01-10-table-1")
    assert "2099-01-10 has not come yet" in only(toy).message
    commit(toy)
    said = " ".join(finding.message for finding in check(toy))
    assert re.search(r"2099-01-10 is after the day on which it was committed, 20\d\d-", said)


def test_a_claim_that_was_deleted_is_missed_and_a_withdrawn_one_is_not(toy):
    text = (toy / "claims.yaml").read_text()
    start = text.index("  - id: coins-sum")
    kept, gone = text[:start], text[start:]
    (toy / "claims.yaml").write_text(kept)
    for _ in range(2):
        found = [f for f in check(toy) if f.field == "coins-sum"]
        assert [f.file for f in found] == ["claims.yaml"]
        assert "ids are never reused" in found[0].message
        commit(toy)
    withdrawn = gone.replace(
        "    status: untested", "    withdrawn: {on: 2026-01-01, because: x}\n    status: withdrawn"
    )
    assert withdrawn != gone
    (toy / "claims.yaml").write_text(kept + withdrawn)
    assert check(toy) == []


def test_a_paper_without_its_version_is_told_where_the_versions_are(toy, edit):
    put(toy, DISPUTE)
    put(toy, CONTRIBUTOR.replace("as: contributor", "as: author\npaper: 2310.04415"), name="2026-01-12-three-models")
    source = "{arxiv: 2310.04415, stance: mentions, locator: abstract, says: so}"
    edit("claims.yaml", "    check:\n", f"    sources: [{source}]\n    check:\n")
    found = [f.message for f in check(toy) if "version" in f.message]
    assert len(found) == 4
    assert all("(claims sources show 2310.04415 names them)" in message for message in found)


def test_the_samples_that_the_contributing_page_shows_are_sound_as_they_stand(toy):
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text().partition("## Dispute a claim")[2]
    resolved, reply = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    name = re.search(r"^to: (.+)$", reply, re.MULTILINE)[1]
    day = re.search(r"^on: (\S+)", reply, re.MULTILINE)[1]
    put(toy, DISPUTE.replace("2026-01-10", name[:10]) + resolved, name=name)
    contributor = re.sub(r"^as: author\npaper: .+$", "as: contributor", reply, flags=re.MULTILINE)
    put(toy, contributor, name=f"{day}-we-had-three")
    assert check(toy) == []
