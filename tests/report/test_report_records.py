"""Records are append-only, and what is told twice is told alike: seen by `claims check`, with and without a base."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.check import check
from claims.domain.finding import Finding
from claims.errors import SetupError
from claims.ledger.reruns import write_rerun
from claims.project import load
from claims.report.words import summary
from tests.conftest import commit
from tests.report_samples import change, facts_of, forged, git, record_of, reported, submitted
from tests.rerun.rerun_bench import again, compared, invented, raised
from tests.verify.test_verify import run


def tampered(found: object) -> list[Finding]:
    return [f for f in found if f.kind == "tampered"]  # type: ignore[attr-defined]


def name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def test_a_record_that_was_changed_is_tampering_and_named(branch: Path) -> None:
    path = record_of(branch)
    path.write_text(path.read_text().replace('"score": ', '"score": 1', 1))
    code, report = reported(submitted(branch))
    assert code == 3
    assert f"**TAMPERED** `{name(branch, path)}`" in report


def test_a_record_that_was_deleted_is_tampering_and_named(branch: Path) -> None:
    path = record_of(branch, "coins-sum")
    path.unlink()
    change(branch, "claims.yaml", "status: supported", "status: untested")
    code, report = reported(submitted(branch))
    assert code == 3
    assert name(branch, path) in report and "was changed or removed at commit" in report
    assert "Removes 1 record." in report


def test_a_deletion_that_a_merge_hides_is_seen_without_a_base(branch: Path) -> None:
    path = record_of(branch, "coins-sum")
    git(branch, "switch", "-q", "-c", "side", "HEAD~1")
    (branch / "other.txt").write_text("another history\n")
    commit(branch, "side")
    git(branch, "switch", "-q", "theirs")
    git(branch, "merge", "-q", "-s", "ours", "--no-commit", "side")
    path.unlink()
    change(branch, "claims.yaml", "status: supported", "status: untested")
    commit(branch, "merge")
    assert [f.file for f in tampered(check(branch))] == [name(branch, path)]


def test_a_record_that_a_side_branch_brought_and_a_merge_dropped_is_missed(branch: Path) -> None:
    path = record_of(branch, "coins-sum")
    git(branch, "switch", "-q", "-c", "side", "HEAD~1")
    (branch / "other.txt").write_text("another history\n")
    commit(branch, "side")
    git(branch, "merge", "-q", "-s", "ours", "theirs")
    assert name(branch, path) in [f.file for f in tampered(check(branch))]


def test_one_digit_changed_and_hashed_again_is_contradicted_by_a_record_of_the_same_run(branch: Path) -> None:
    """No history is needed: another claim's record tells of the same seeds."""
    path = record_of(branch)
    fake = forged(path, lambda r: r["replicates"][2]["replicate"]["measured"]["plain"].update(score=0.0625))
    found = [f for f in tampered(check(branch)) if "of the same run" in f.message]
    assert {f.file for f in found} == {name(branch, fake), name(branch, record_of(branch, "coins-sum"))}
    assert {f.field for f in found} == {"replicates[2].replicate.measured.plain.score"}
    (ours,) = (f for f in found if f.file == name(branch, fake))
    assert "says 0.0625, and" in ours.message


def test_a_run_at_another_time_may_differ(branch: Path) -> None:
    def another(record: dict[str, Any]) -> None:
        for judged in record["replicates"]:
            judged["replicate"]["utc"] = record["finished"].replace("Z", ".5Z")
            judged["replicate"]["seconds"] += 1
        record["finished"] = record["finished"].replace("Z", ".9Z")

    forged(record_of(branch), another)
    assert not [f for f in check(branch) if "of the same run" in f.message]


def test_a_record_removed_from_the_middle_is_missed_by_the_next_one(branch: Path) -> None:
    first = record_of(branch)
    text = first.read_text()
    run(branch, fresh=True, batch="2")
    first.unlink()
    found = tampered(check(branch))
    assert any("which is not there; records are never removed" in f.message for f in found)
    first.write_text(text)
    assert check(branch) == []


def test_a_record_from_another_claim_is_named(branch: Path) -> None:
    path = record_of(branch)
    stolen = branch / "evidence" / "coins-sum" / path.name
    shutil.copy(path, stolen)
    assert (name(branch, stolen), "claim.id") in [(f.file, f.field) for f in tampered(check(branch))]


def test_seeds_picked_by_hand_are_named(branch: Path) -> None:
    fake = forged(record_of(branch), lambda r: r["replicates"][5]["replicate"].update(seed=7))
    found = [(f.file, f.field) for f in tampered(check(branch))]
    assert (name(branch, fake), "replicates[5].replicate.seed") in found


def test_an_added_record_is_told_with_all_that_it_says_of_itself(branch: Path) -> None:
    run(branch, batch="2")
    code, report = reported(submitted(branch))
    assert code == 0
    (entry,) = facts_of(branch).entries
    assert "Adds 1 record." in report
    assert (entry.claim, entry.verdict, entry.n) == ("coins-differ", "supported (standard)", 8)
    assert entry.seeds == "8 seeds, 8 valid, batch 2 at scale cpu"
    assert (entry.tier, entry.confirmatory, entry.contributor) == ("self-reported", "yes", "A Tester")
    assert entry.commits.endswith("which the base holds") and entry.previous.endswith("all there")
    assert f"`{entry.path}`" in report and "tier self-reported" in report


def test_a_record_whose_commit_is_not_in_the_history_is_to_be_looked_at(branch: Path) -> None:
    (branch / "elsewhere.txt").write_text("a commit that will be lost\n")
    commit(branch, "elsewhere")
    run(branch, batch="2")
    git(branch, "reset", "-q", "--soft", "main")
    facts = facts_of(submitted(branch))
    assert any("not in this history" in look.what for look in facts.looks)


Lie = Callable[[dict[str, Any]], None]


def test_a_tier_that_a_contributor_gave_itself_is_to_be_looked_at(branch: Path) -> None:
    run(branch, batch="2")
    (path,) = (p for p in (branch / "evidence" / "coins-differ").glob("*.json") if p != record_of_main(branch))
    forged(path, lambda r: r.update(tier="re-run-elsewhere"))
    assert any("says of itself that its tier is re-run-elsewhere" in look.what for look in facts_of(branch).looks)


def record_of_main(root: Path) -> Path:
    return root / git(root, "ls-tree", "-r", "--name-only", "main", "evidence/coins-differ")


def test_an_erratum_is_no_tampering_but_somebody_must_look(branch: Path) -> None:
    path = record_of(branch)
    change(branch, "experiments/toy.py", "generator.gauss(mean, p.sd)", "generator.gauss(mean, p.sd) + 0.0")
    words = '{"person": "A Tester", "date": "2026-01-01", "what": "the coin was bent"}'
    path.with_name(f"{path.stem}.erratum.json").write_text(words)
    facts = facts_of(submitted(branch))
    assert not facts.tampered
    assert any("erratum was added" in look.what for look in facts.looks)


def test_code_and_evidence_in_one_commit_is_to_be_looked_at(branch: Path) -> None:
    run(branch, batch="2")
    (branch / "src").mkdir()
    (branch / "src" / "more.py").write_text("MORE = 1\n")
    last = git(submitted(branch), "rev-parse", "HEAD")
    assert facts_of(branch).mixed == (last,)


@pytest.mark.parametrize("rev", ["no-such-branch", "--all", "HEAD:claims.yaml"])
def test_a_base_that_is_none_is_said_and_the_report_is_there(branch: Path, rev: str) -> None:
    with pytest.raises(SetupError, match="git fetch"):
        reported(branch, base=rev)
    report = (branch.parent / "branch-report.md").read_text()
    assert report.startswith("## Blocked: 1 problem") and "git fetch" in report


def test_a_branch_from_an_older_history_cannot_lose_what_the_base_holds(branch: Path) -> None:
    """A squashed branch has no commit that removes the record; the base still holds it."""
    path = record_of(branch, "coins-sum")
    path.unlink()
    change(branch, "claims.yaml", "status: supported", "status: untested")
    tree = git(submitted(branch), "rev-parse", "HEAD^{tree}")
    parent = git(branch, "rev-parse", "main")
    git(branch, "reset", "-q", "--hard", git(branch, "commit-tree", tree, "-p", parent, "-m", "squashed"))
    assert [f.file for f in tampered(facts_of(branch).findings)] == [name(branch, path)]


def test_a_rerun_is_told_with_who_ran_it_and_what_came_of_it(branch: Path) -> None:
    stored = load(branch).records["coins-differ"][0]
    git(branch, "config", "user.name", "Another Tester")
    again(branch, stored)
    code, report = reported(submitted(branch))
    assert code == 0
    assert (
        f"- run again, `coins-differ`, record `{stored.record.digest[:12]}`: `8 of 8 seeds: agrees-exactly;" in report
    )
    assert "by `Another Tester`" in report


def test_reruns_that_raise_a_tier_are_to_be_looked_at_each(branch: Path) -> None:
    """Two at once: the second would raise it without the first."""
    stored = load(branch).records["coins-differ"][0]
    for contributor, minutes in (("A Friend", 60), ("Another Friend", 61)):
        one = invented(stored, minutes=minutes).model_copy(update={"contributor": contributor})
        write_rerun(branch / stored.path, one)
    facts = facts_of(submitted(branch))
    assert [(look.what, look.said) for look in facts.looks] == [
        ("raises a record to re-run, by nothing but the word of", name) for name in ("A Friend", "Another Friend")
    ]
    assert summary(facts) == "Adds 2 reruns."


def test_a_rerun_that_contests_is_to_be_looked_at(branch: Path) -> None:
    stored = load(branch).records["coins-differ"][0]
    honest = invented(stored)
    moved = (raised(honest.replicates[0]), *honest.replicates[1:])
    other = honest.model_copy(update={"replicates": moved, "repeated": moved[:1], "contributor": "A Stranger"})
    write_rerun(branch / stored.path, compared(stored, other))
    facts = facts_of(submitted(branch))
    assert not facts.findings
    assert [(look.what, look.said) for look in facts.looks] == [
        ("contests coins-differ with other numbers, by the word of", "A Stranger")
    ]


def test_what_a_rerun_says_of_a_run_is_said_of_every_claim_that_rests_on_it(branch: Path) -> None:
    stored = load(branch).records["coins-differ"][0]
    honest = invented(stored)
    moved = (raised(honest.replicates[0]), *honest.replicates[1:])
    other = honest.model_copy(update={"replicates": moved, "repeated": moved[:1]})
    write_rerun(branch / stored.path, compared(stored, other))
    project = load(branch)
    for claim in ("coins-differ", "coins-sum"):
        assert project.standing(project.claim(claim)).contested_by == ("rerun",), claim


def test_a_status_that_rests_on_its_contributor_alone_is_to_be_looked_at(branch: Path) -> None:
    git(branch, "rm", "-q", "-r", "evidence/coins-sum")
    change(branch, "claims.yaml", "status: supported", "status: untested")
    base = git(submitted(branch), "rev-parse", "HEAD")
    git(branch, "revert", "--no-edit", "HEAD")
    looks = facts_of(branch, base).looks
    assert [look.what for look in looks if "rests on it" in look.what] == [
        "the status supported rests on it, by its contributor's word: claims audit coins-sum"
    ]
