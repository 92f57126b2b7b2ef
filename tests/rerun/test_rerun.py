"""Records run again: who is believed, and who is found out."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from claims.check import check
from claims.domain.rerun import Rerun
from claims.errors import SetupError
from claims.ledger.evidence import StoredRecord
from claims.ledger.reruns import write_rerun
from claims.project import load, tampered
from tests.conftest import commit
from tests.rerun.rerun_bench import CLAIM, again, as_somebody_else, forged, raised, recorded

Edit = Callable[[str, str, str], None]


def test_an_honest_record_gives_the_same_numbers_and_the_rerun_is_kept_beside_it(toy: Path) -> None:
    stored = recorded(toy)
    found = again(toy, stored)
    assert found.comparison.recorded == "agrees-exactly"
    assert found.comparison.fresh in ("agrees", "inconclusive")
    assert len(found.replicates) == 8 and len(found.fresh) == 8 and not found.repeated
    assert not {r.seed for r in found.fresh} & {r.seed for r in found.replicates}
    assert load(toy).records[CLAIM][-1].reruns == (found.model_copy(update={"digest": found.computed_digest()}),)
    assert check(toy) == []


def test_only_somebody_elses_rerun_raises_the_tier(toy: Path) -> None:
    stored = recorded(toy)
    again(toy, stored, "own")
    assert load(toy).records[CLAIM][-1].tier == "self-reported"
    as_somebody_else(toy)
    again(toy, stored, "other")
    assert load(toy).records[CLAIM][-1].tier == "re-run"


def test_made_up_numbers_that_check_finds_sound_are_found_out(toy: Path) -> None:
    stored = forged(toy, recorded(toy), raised)
    assert check(toy) == [], "a well-made forgery follows from its own numbers"
    as_somebody_else(toy)
    found = again(toy, stored)
    assert found.comparison.recorded == "disagrees"
    assert found.comparison.fresh == "disagrees", "half a point is five times the spread between seeds"
    project = load(toy)
    assert project.records[CLAIM][-1].tier == "self-reported"
    standing = project.standing(project.claim(CLAIM))
    assert standing.flags[-1:] == ("contested",)
    assert standing.contested_by == ("rerun",)


def test_an_experiment_that_its_seed_does_not_determine_is_not_called_a_forgery(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "generator = random.Random(run.seed_for(run.condition))", "generator = random.Random()")
    commit(toy)
    assert again(toy, recorded(toy)).comparison.recorded == "nondeterministic"


def test_a_record_of_older_code_runs_with_that_code(toy: Path, edit: Edit) -> None:
    stored = recorded(toy)
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.0")
    commit(toy)
    assert again(toy, stored, most=2).comparison.recorded == "agrees-exactly"


def test_code_that_nobody_merged_is_not_run(toy: Path, edit: Edit) -> None:
    """A clone holds more than its history: branches, what was fetched of a pull request."""
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 2.0")
    side = commit(toy, "aside")
    stored = recorded(toy)
    for words in (["branch", "aside"], ["reset", "-q", "--hard", f"{side}^"]):
        subprocess.run(["git", "-C", str(toy), *words], check=True, capture_output=True)
    assert {r.replicate.commit for r in stored.record.replicates} == {side}
    with pytest.raises(SetupError, match="neither here nor at a commit"):
        again(toy, stored, most=1)


def test_code_that_nobody_can_find_any_more_is_said_so(toy: Path) -> None:
    stored = recorded(toy)
    lost = stored.record.closure.model_copy(update={"digest": "0" * 64})
    stored = StoredRecord(stored.path, stored.record.model_copy(update={"closure": lost}))
    with pytest.raises(SetupError, match="the code of record"):
        again(toy, stored)


def test_an_audit_without_chance_has_no_fresh_seeds(toy: Path) -> None:
    found = again(toy, recorded(toy, "coins-audited"))
    assert found.comparison.recorded == "agrees-exactly"
    assert found.fresh == () and found.comparison.fresh is None


LIES = {
    "comparison": {"recorded": "disagrees", "fresh": "disagrees", "because": "I say so"},
    "entropy": "a better draw",
    "fresh_batch": 2**40,
    "replicates": [],
    "claim": "coins-sum",
}


def test_an_edited_rerun_is_tampered_with_even_when_it_is_sealed_again(toy: Path) -> None:
    stored = recorded(toy)
    again(toy, stored, most=2)
    path = next((toy / "evidence" / CLAIM).glob("*.rerun-*.json"))
    text = path.read_text()
    path.write_text(text.replace('"drawn"', '"drown"'))
    assert tampered(check(toy)), "without sealing it again"
    path.unlink()
    for field, value in LIES.items():
        sealed = Rerun.model_validate_json(json.dumps({**json.loads(text), field: value, "digest": ""}))
        written = write_rerun(toy / stored.path, sealed)
        assert tampered(check(toy)), field
        written.unlink()


def test_a_rerun_without_its_record_is_tampered_with(toy: Path) -> None:
    stored = recorded(toy)
    again(toy, stored, most=1)
    path = next((toy / "evidence" / CLAIM).glob("*.rerun-*.json"))
    other = toy / "evidence" / "coins-sum"
    other.mkdir()
    path.rename(other / path.name)
    assert any("there is no record" in f.message for f in check(toy))
