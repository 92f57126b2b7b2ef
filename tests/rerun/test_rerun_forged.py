"""Reruns that nobody ran: what a friend of a contributor would hand in who knows the format."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from claims.check import check
from claims.domain.rerun import Rerun
from claims.errors import Problems
from claims.ledger.evidence import StoredRecord
from claims.ledger.reruns import write_rerun
from claims.project import load
from claims.runner.seeds import drawn
from tests.conftest import TOY, commit
from tests.report_samples import copied, forged, git
from tests.rerun.rerun_bench import CLAIM, compared, invented, recorded

Change = Callable[[Rerun], Rerun]


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verified") / "project"
    shutil.copytree(TOY, root)
    git(root, "init", "-q")
    for key, value in (("user.name", "A Tester"), ("user.email", "tester@example.org")):
        git(root, "config", key, value)
    (root / ".gitignore").write_text(".claims/\nbuild/\n")
    commit(root, "begin")
    recorded(root)
    return root


@pytest.fixture
def project(verified: Path, tmp_path: Path) -> Path:
    return copied(verified, tmp_path / "project")


def put(root: Path, change: Change = lambda r: r, **how: object) -> StoredRecord:
    """Hand in an invented rerun; the record with it."""
    stored = load(root).records[CLAIM][-1]
    write_rerun(root / stored.path, compared(stored, change(invented(stored, **how))))  # type: ignore[arg-type]
    return load(root).records[CLAIM][-1]


def changed(**fields: object) -> Change:
    return lambda rerun: rerun.model_copy(update=fields)


def fields_of(root: Path) -> set[str]:
    return {f.field for f in check(root) if f.kind == "tampered"}


def test_what_is_invented_well_cannot_be_told_from_what_was_run(project: Path) -> None:
    """Nothing in it is signed: a page may say only that somebody says so."""
    assert put(project).tier == "re-run"
    assert check(project) == []


def test_a_rerun_leaves_out_no_control(project: Path) -> None:
    put(project, changed(controls=()))
    assert fields_of(project) == {"controls"}


def test_a_control_is_held_to_what_the_record_expects_of_it(project: Path) -> None:
    def eased(rerun: Rerun) -> Rerun:
        first, *rest = rerun.controls
        eased = first.model_copy(update={"expect": first.expect.model_copy(update={"above": -1e9})})
        return rerun.model_copy(update={"controls": (eased, *rest)})

    put(project, eased)
    assert fields_of(project) == {"controls"}


def test_the_seeds_of_a_part_are_drawn_and_not_chosen(project: Path) -> None:
    put(project, most=3)
    assert check(project) == []

    def without_the_first_drawn(rerun: Rerun) -> Rerun:
        (first,) = drawn(rerun.entropy, rerun.record, range(8), 1)
        return rerun.model_copy(update={"replicates": tuple(r for r in rerun.replicates if r.index != first)})

    put(project, without_the_first_drawn, minutes=61)
    assert fields_of(project) == {"replicates", "fresh"}


def test_one_seed_told_eight_times_is_not_eight_seeds(project: Path) -> None:
    put(project, lambda r: r.model_copy(update={"replicates": r.replicates[:1] * 8}))
    assert "replicates" in fields_of(project)


def test_a_rerun_leaves_out_no_fresh_seed(project: Path) -> None:
    put(project, lambda r: r.model_copy(update={"fresh": r.fresh[:5]}))
    assert fields_of(project) == {"fresh"}


def test_a_part_of_the_seeds_raises_no_tier(project: Path) -> None:
    """Who draws a part can draw until it agrees."""
    assert put(project, most=7).tier == "self-reported"


def test_one_rerun_under_two_names_is_one(project: Path) -> None:
    put(project)
    put(project, changed(contributor="A Third"))
    assert fields_of(project) == {"replicates[0]"}


def test_two_reruns_of_the_same_seeds_are_two(project: Path) -> None:
    put(project)
    put(project, changed(contributor="A Third"), minutes=61)
    assert check(project) == []


def test_a_rerun_is_not_older_than_its_record(project: Path) -> None:
    put(project, minutes=-60)
    assert fields_of(project) == {"started"}


def test_a_rerun_does_not_tell_the_runs_of_the_record(project: Path) -> None:
    own = load(project).records[CLAIM][-1].record.replicates
    with pytest.raises(Problems) as caught:
        put(project, changed(replicates=tuple(j.replicate.model_copy(update={"traces": {}}) for j in own)))
    assert {f.field for f in caught.value.findings} == {f"replicates[{i}].utc" for i in range(8)}


@pytest.mark.parametrize("time", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_rerun_has_times(project: Path, time: str) -> None:
    with pytest.raises(Problems, match="not a time"):
        put(project, changed(finished=time))


@pytest.mark.parametrize(
    "name",
    ["A Tester ", "a tester", "A\u00a0Tester", "A T\u200bester", "\u1d2c Tester", "A. Tester", "", "-", "unknown"],
)
def test_another_spelling_is_nobody_else(project: Path, name: str) -> None:
    assert put(project, changed(contributor=name)).tier == "self-reported"


@pytest.mark.parametrize("tier", ["ci", "re-run", "re-run-elsewhere"])
def test_a_record_gives_itself_no_tier(project: Path, tier: str) -> None:
    path = project / load(project).records[CLAIM][-1].path
    forged(path, lambda r: r.update(tier=tier))
    assert "tier" in fields_of(project)
