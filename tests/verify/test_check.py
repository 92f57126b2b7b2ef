"""What `check` finds, and what it derives again."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.check import check
from claims.domain.finding import Finding
from claims.domain.record import Record
from claims.ledger.evidence import write_record
from tests.conftest import commit
from tests.verify.test_verify import run

Edit = Callable[[str, str, str], None]


@pytest.fixture
def verified(toy: Path) -> Path:
    """A project with one confirmatory record, committed."""
    run(toy)
    commit(toy, "evidence")
    return toy


def record_of(root: Path) -> Path:
    (path,) = (root / "evidence" / "coins-differ").glob("*.json")
    return path


def rehashed(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change a record as a forger would who knows the format: a new digest, a new name."""
    body = json.loads(path.read_text())
    change(body)
    record = Record.model_validate_json(json.dumps(body))
    record = record.model_copy(update={"digest": record.computed_digest()})
    path.unlink()
    return write_record(path.parent.parent.parent, record)


def tampered(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.kind == "tampered"]


def test_a_sound_project_has_no_findings(verified: Path) -> None:
    assert check(verified) == []


def test_a_handwritten_status_is_tampering_and_named_with_its_line(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "status:   untested", "status:   supported")
    (finding,) = check(toy)
    assert finding.kind == "tampered"
    assert finding.field == "coins-differ.status"
    line = next(i for i, text in enumerate((toy / "claims.yaml").read_text().splitlines(), 1) if "status:   " in text)
    assert (finding.file, finding.line) == ("claims.yaml", line)


def test_any_changed_digit_of_a_record_is_tampering(verified: Path) -> None:
    path = record_of(verified)
    text = path.read_text()
    places = [m.start() for m in re.finditer(r"\d", text)]
    for place in places[:: max(1, len(places) // 40)]:
        digit = text[place]
        path.write_text(text[:place] + ("1" if digit != "1" else "2") + text[place + 1 :])
        findings = check(verified)
        assert any(f.file == path.relative_to(verified).as_posix() and f.kind == "tampered" for f in findings), text[
            place - 40 : place + 10
        ]
    path.write_text(text)
    assert check(verified) == []


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a better number": (
        lambda r: r["replicates"][0]["replicate"]["measured"]["treated"].update(score=9.0),
        r"verdict\.predictions\[0\]",
    ),
    "a chosen seed": (lambda r: r["replicates"][2]["replicate"].update(seed=42), r"replicates\[2\]\.replicate\.seed"),
    "a dropped replicate": (lambda r: r["replicates"].pop(3), r"replicates\[3\]"),
    "a better verdict": (lambda r: r["verdict"].update(verdict="refuted"), r"verdict\.verdict"),
    "a looser threshold": (
        lambda r: r["claim"]["check"]["predictions"][0]["expect"].update(above=0.1),
        r"claim\.digest",
    ),
    "a hidden gate": (lambda r: r["replicates"][1].update(valid=False), r"replicates\[1\]\.valid"),
    "a lost control": (lambda r: r["controls"].pop(0), r"controls"),
    "a tamer control": (lambda r: r["controls"][0]["expect"].update(above=-5.0), r"controls\.planted\.expect"),
    "another's code": (lambda r: r["closure"]["files"][0].update(sha256="0" * 64), r"closure\.digest"),
    "another condition of a control": (
        lambda r: r["controls"][0].update(condition="shuffled"),
        r"controls\.planted\.expect",
    ),
    "a control too many": (lambda r: r["controls"].append({**r["controls"][0], "name": "more"}), r"controls"),
    "a number out of bounds": (
        lambda r: r["replicates"][0]["replicate"]["measured"]["plain"].update(score=-1e6),
        r"measured|plain|score",
    ),
    "called an audit": (lambda r: r.update(deterministic=True), r"deterministic|verdict"),
    "no commit": (
        lambda r: [j["replicate"].update(commit=None) for j in r["replicates"]],
        r"confirmatory",
    ),
    "an unwelcome verdict hidden": (lambda r: r.update(confirmatory=False), r"confirmatory|verdict"),
    "a forgotten predecessor": (lambda r: r.update(previous=["f" * 64]), r"previous"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_record_with_a_new_digest_is_named(verified: Path, what: str) -> None:
    change, field = FORGERIES[what]
    path = rehashed(record_of(verified), change)
    found = tampered(check(verified))
    where = path.relative_to(verified).as_posix()
    assert any(f.file == where and re.search(field, f.field) for f in found), [str(f) for f in found]


def test_exploratory_evidence_cannot_be_called_confirmatory(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    run(toy)
    rehashed(record_of(toy), lambda r: (r.update(confirmatory=True), r.pop("exploratory_because"))[0])
    assert any(f.field == "confirmatory" for f in tampered(check(toy)))


def test_evidence_of_a_deleted_claim_is_a_problem(verified: Path) -> None:
    folder = verified / "evidence" / "coins-differ"
    folder.rename(folder.with_name("coins-forgotten"))
    assert any(f.file.startswith("evidence/coins-forgotten") for f in check(verified))


def test_a_record_whose_commit_is_not_in_the_history_is_flagged(toy: Path) -> None:
    import subprocess

    from claims.project import load

    run(toy)
    commit(toy, "evidence")
    for words in (["checkout", "-q", "--orphan", "other"], ["commit", "-q", "-m", "another history"]):
        subprocess.run(["git", "-C", str(toy), *words], check=True, capture_output=True)
    project = load(toy)
    assert project.standing(project.claim("coins-differ")).flags == ("unregistered",)


def test_a_record_that_was_removed_is_missed(verified: Path, edit: Edit) -> None:
    path = record_of(verified).relative_to(verified).as_posix()
    record_of(verified).unlink()
    edit("claims.yaml", "status:   supported", "status:   untested")
    assert any(f.file == path and "removed since the last commit" in f.message for f in tampered(check(verified)))
    commit(verified, "what record?")
    assert any(f.file == path and "removed at commit" in f.message for f in tampered(check(verified)))


def test_a_sibling_that_ran_later_convicts_nobody(verified: Path, edit: Edit) -> None:
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    edit("claims.yaml", "status:   supported", "status:   untested")
    commit(verified, "move the threshold")
    (verified / ".claims" / "ledger.sqlite").unlink()
    run(verified, "coins-sum")
    assert check(verified) == []


def test_a_shallow_clone_is_said_to_be_unable_to_check_registration(verified: Path, tmp_path: Path) -> None:
    import subprocess

    commit(verified, "one more")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{verified}", str(shallow)], check=True)
    assert any("git fetch --unshallow" in f.message for f in check(shallow))


def test_a_day_that_has_not_come_is_found_in_claims_and_disputes(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "asserted: 2025-01-01", "asserted: 2099-01-01")
    folder = toy / "disputes" / "coins-differ"
    folder.mkdir(parents=True)
    (folder / "2099-01-01-wrong.yaml").write_text(
        "schema_version: 1\nkind: dispute\nby: A Tester\non: 2099-01-01\nabout: grounding\nreason: It is not so.\n"
        "resolved: {by: A Tester, on: 2099-02-01, outcome: rejected, because: It is so.}\n"
    )
    found = [f for f in check(toy) if "has not come yet" in f.message]
    assert {f.field.rpartition(".")[2] for f in found} >= {"asserted", "on"}
    assert {f.file for f in found} == {"claims.yaml", "disputes/coins-differ/2099-01-01-wrong.yaml"}
    assert all(f.line for f in found if f.file == "claims.yaml")


def test_a_name_that_is_taken_is_the_one_thing_that_is_told(verified: Path) -> None:
    (verified / "claims.d").mkdir()
    text = (verified / "claims.yaml").read_text()
    entry = re.search(r"  - id: coins-differ.*?(?=  - id: coins-sum)", text, re.DOTALL)
    assert entry is not None
    copied = entry[0].replace("status:   supported", "status: untested")
    (verified / "claims.d" / "careless.yaml").write_text(f"schema_version: 1\nclaims:\n{copied}")
    (finding,) = check(verified)
    assert finding.file == "claims.d/careless.yaml" and "ids are never reused" in finding.message
