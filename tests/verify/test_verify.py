"""A claim from registry to status, in real child processes."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from claims.check import check
from claims.cli.deciding import Wanted, options_for
from claims.domain.claim import Status
from claims.domain.run import Outcome, Replicate
from claims.domain.status import standing_of
from claims.domain.verdict import ClaimVerdict, Verdict
from claims.errors import Busy, ChangedWhileRunning, Problems, SetupError
from claims.ledger.locks import hold
from claims.ledger.store import Store
from claims.project import load
from claims.runner.job import Job
from claims.runner.sandbox.choosing import reach
from claims.verify.concluding import Result
from claims.verify.plan import Plan, PlannedReplicate
from claims.verify.verify import verify
from tests.conftest import commit

Edit = Callable[[str, str, str], None]


class Silent:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.looks: list[int] = []
        self.replicates: list[Replicate] = []

    def planned(self, plan: Plan) -> None:
        self.plan = plan

    def queued(self, count: int) -> None:
        assert count >= 0

    def progress(self, job: Job, share: float) -> None:
        assert 0 <= share <= 1

    def finished(self, planned: PlannedReplicate, replicate: Replicate, *, valid: bool, cached: bool) -> None:
        self.replicates.append(replicate)

    def decided(self, n: int, verdict: ClaimVerdict) -> None:
        self.looks.append(n)

    def part(self, what: str) -> None:
        assert what


def wanted(**changes: object) -> Wanted:
    base = dict(
        claims=(), every=False, topic=None, scale=None, seeds=None, device="cpu", dtype="float32", jobs=2, threads=1,
        batch="1", budget=None, fresh=False, dry_run=False, as_json=False,
    )  # fmt: skip
    return Wanted(**{**base, **changes})  # type: ignore[arg-type]


def run(root: Path, claim: str = "coins-differ", watcher: Silent | None = None, **changes: object) -> Result:
    project = load(root)
    options = options_for(project, project.claim(claim), wanted(**changes))
    store = Store(root / ".claims" / "ledger.sqlite")
    return verify(root, claim, options, watcher or Silent(), store)


def test_a_clear_effect_is_supported_at_the_first_look_and_leaves_record_and_status(toy: Path) -> None:
    before = (toy / "claims.yaml").read_text()
    result = run(toy)
    assert result.verdict.verdict is Verdict.SUPPORTED
    assert result.verdict.grade == "standard"
    assert result.verdict.n == 8
    assert result.record is not None and result.record.confirmatory
    assert result.path is not None and result.path.is_file()
    expected = before.replace("status:   untested     # written", "status:   supported     # written")
    assert (toy / "claims.yaml").read_text() == expected
    assert check(toy) == []


def test_a_second_verify_runs_nothing_and_adds_nothing(toy: Path) -> None:
    first = run(toy)
    files = sorted((toy / "evidence").rglob("*.json"))
    second = run(toy)
    assert second.ran == 0
    assert second.path == first.path and not second.written
    assert sorted((toy / "evidence").rglob("*.json")) == files


def test_a_verify_right_after_a_verify_is_still_confirmatory(toy: Path) -> None:
    run(toy, "coins-differ")
    result = run(toy, "coins-sum")
    assert result.ran == 0, "claims of one experiment share its replicates"
    assert result.record is not None and result.record.confirmatory


def test_the_opposite_effect_is_refuted(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.0")
    commit(toy)
    result = run(toy)
    assert result.verdict.verdict is Verdict.REFUTED
    assert result.after is Status.REFUTED


def test_an_effect_on_the_edge_goes_through_all_looks(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.52")
    commit(toy)
    watcher = Silent()
    result = run(toy, watcher=watcher)
    assert result.verdict.verdict is Verdict.INCONCLUSIVE
    assert watcher.looks == [8, 16, 24]
    assert result.record is not None and len(result.record.replicates) == 24


@pytest.mark.parametrize(
    ("fail", "outcome"),
    [
        ("crash", Outcome.CRASH),
        ("exit", Outcome.CRASH),
        ("kill", Outcome.CRASH),
        ("nan", Outcome.NOT_FINITE),
        ("memory", Outcome.OUT_OF_MEMORY),
        ("flood", Outcome.CRASH),
    ],
)
def test_a_child_that_fails_is_an_invalid_replicate_and_the_claim_void(
    toy: Path, edit: Edit, fail: str, outcome: Outcome
) -> None:
    edit("experiments/toy.py", 'fail: str = ""', f'fail: str = "{fail}"')
    commit(toy)
    result = run(toy, seeds=5)
    assert {r.replicate.outcome for r in result.replicates} == {outcome}
    assert result.verdict.verdict is Verdict.VOID
    assert result.after is Status.VOID
    assert check(toy) == []


def test_a_child_that_hangs_is_ended_at_its_time_limit(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", 'fail: str = ""', 'fail: str = "hang"')
    edit("experiments/toy.py", '"cpu": 5.0', '"cpu": 1.5')
    commit(toy)
    result = run(toy, seeds=5)
    assert {r.replicate.outcome for r in result.replicates} == {Outcome.TIMEOUT}
    assert result.verdict.verdict is Verdict.VOID


def test_some_invalid_replicates_are_made_up_for_but_counted(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", 'if how == "half" and run.seed % 2:', 'if how == "half" and run.seed % 5 == 0:')
    edit("experiments/toy.py", 'fail: str = ""', 'fail: str = "half"')
    commit(toy)
    result = run(toy, seeds=8)
    invalid = [r for r in result.replicates if not r.valid]
    assert len(result.replicates) - len(invalid) == 8 or result.verdict.verdict is Verdict.VOID
    assert len(result.replicates) <= 10


def test_a_failed_gate_makes_the_claim_void_not_refuted(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "learned: float = 1.0", "learned: float = 0.0")
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.0")
    commit(toy)
    result = run(toy)
    assert result.verdict.verdict is Verdict.VOID
    assert len(result.replicates) == 10, "a look of 8 may draw on 10 seeds"


def test_a_wrong_control_makes_the_claim_void(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", 'MEANS = {"planted": 5.0', 'MEANS = {"planted": 1.0')
    commit(toy)
    result = run(toy)
    assert result.verdict.verdict is Verdict.VOID
    assert "planted" in result.verdict.reason


def test_numbers_that_do_not_vary_with_the_seed_are_void(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "random.Random(run.seed_for(run.condition))", "random.Random(1)")
    commit(toy)
    assert run(toy).verdict.verdict is Verdict.VOID


def test_an_audit_is_exact_and_runs_once(toy: Path) -> None:
    result = run(toy, "coins-audited")
    assert (result.verdict.verdict, result.verdict.grade) == (Verdict.SUPPORTED, "exact")
    assert len(result.replicates) == 1


def test_five_seeds_lean_and_four_say_nothing(toy: Path) -> None:
    four = run(toy, seeds=4)
    assert four.verdict.verdict is None and four.record is None
    five = run(toy, seeds=5)
    assert five.verdict.verdict is Verdict.LEANING_SUPPORTED
    assert five.after is Status.LEANING_SUPPORTED
    eight = run(toy, seeds=8)
    assert eight.after is Status.SUPPORTED
    assert eight.ran == 3, "what was run is not run again"


def test_scale_smoke_leaves_no_record_and_no_status(toy: Path) -> None:
    result = run(toy, scale="smoke")
    assert result.record is None and result.after is Status.UNTESTED
    assert not (toy / "evidence").exists()


def test_a_threshold_changed_after_the_run_asks_for_a_new_batch(toy: Path, edit: Edit) -> None:
    run(toy)
    commit(toy, "evidence")
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    commit(toy, "move the threshold")
    again = run(toy)
    assert again.ran == 0
    assert again.record is not None and not again.record.confirmatory
    assert "--batch next" in (again.exploratory_because or "")
    assert again.after is Status.UNTESTED
    fresh = run(toy, batch="next")
    assert fresh.plan.options.batch == 2
    assert fresh.record is not None and fresh.record.confirmatory
    assert check(toy) == []


def test_forgetting_the_ledger_does_not_make_a_seen_batch_confirmatory(toy: Path, edit: Edit) -> None:
    run(toy)
    commit(toy, "evidence")
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    commit(toy, "move the threshold")
    (toy / ".claims" / "ledger.sqlite").unlink()
    again = run(toy)
    assert again.ran > 0
    assert again.record is not None and not again.record.confirmatory


def test_an_uncommitted_claim_or_experiment_is_exploratory(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.3}\n          rival")
    result = run(toy)
    assert result.record is not None and not result.record.confirmatory
    assert result.after is Status.UNTESTED


def test_a_changed_metric_makes_the_status_stale_and_a_comment_does_not(toy: Path, edit: Edit) -> None:
    run(toy)
    commit(toy, "evidence")
    edit("experiments/toy.py", '"""One condition at one seed."""', '"""One arm."""  # a remark')
    project = load(toy)
    assert project.standing(project.claim("coins-differ")).flags == ()
    edit("experiments/toy.py", "gauss(mean, p.sd)", "gauss(mean + 0.0, p.sd)")
    project = load(toy)
    standing = project.standing(project.claim("coins-differ"))
    assert standing.flags == ("stale",) and standing.status is Status.SUPPORTED


def test_a_claim_edited_during_its_verify_keeps_the_replicates_and_judges_nothing(toy: Path, edit: Edit) -> None:
    class Meddler(Silent):
        def decided(self, n: int, verdict: ClaimVerdict) -> None:
            edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.6}\n          rival")

    with pytest.raises(ChangedWhileRunning, match="coins-differ changed while it ran"):
        run(toy, watcher=Meddler())
    assert not (toy / "evidence").exists()
    assert run(toy).ran == 0


def test_a_claim_that_another_verify_holds_is_busy(toy: Path) -> None:
    with hold(toy / ".claims" / "toy.lock", what="a test"), pytest.raises(Busy, match=r"process \d+"):
        run(toy)


def test_replicates_of_two_runs_are_the_same_numbers(toy: Path) -> None:
    first = run(toy)
    again = run(toy, fresh=True)
    assert again.ran > 0
    assert [r.replicate.measured for r in again.replicates] == [r.replicate.measured for r in first.replicates]


def test_a_metric_that_the_check_needs_and_nobody_returns_is_the_authors_error(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", '"learned": p.learned}', '**({"learned": 1.0} if run.condition == "plain" else {})}')
    commit(toy)
    with pytest.raises(SetupError, match="returned no learned at treated"):
        run(toy)


def test_a_declaration_that_code_changes_is_found_out(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "MEANS = {", 'object.__setattr__(EXPERIMENT, "title", "Another")\nMEANS = {')
    commit(toy)
    with pytest.raises(SetupError, match="declares something else"):
        run(toy)


def test_an_undeclared_module_of_ours_cannot_be_imported(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "    p = run.params\n", '    __import__("claims.verify.verify")\n    p = run.params\n')
    commit(toy)
    with pytest.raises(SetupError, match="ModuleNotFoundError"):
        run(toy)
    assert not (toy / "evidence").exists(), "an experiment that does not run says nothing about its claim"


def test_records_hold_what_a_reader_needs_to_decide_again(toy: Path) -> None:
    result = run(toy)
    assert result.path is not None
    record = json.loads(result.path.read_text())
    assert (
        record["commit"]
        == subprocess.run(
            ["git", "-C", str(toy), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    assert len(record["replicates"]) == 8
    assert record["contributor"] == "A Tester"
    assert record["isolation"] == reach().level, "what this machine can"
    assert record["replicates"][0]["replicate"]["traces"]["treated"]["score"]["y"] == [0, 1]


def test_batches_are_taken_in_order_and_the_first_on_record_decides(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.52")
    commit(toy)
    with pytest.raises(SetupError, match="batches are taken in order"):
        run(toy, seeds=8, batch="2")
    first = run(toy, seeds=8)
    assert first.after is Status.INCONCLUSIVE
    second = run(toy, seeds=8, batch="next")
    assert second.record is not None and second.record.confirmatory
    assert second.after is first.after, "a later batch replicates or contests, it does not replace"


def test_a_fresh_run_of_seeds_that_were_seen_stays_seen(toy: Path, edit: Edit) -> None:
    run(toy, seeds=4)
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    commit(toy, "move the threshold")
    again = run(toy, seeds=8, fresh=True)
    assert again.record is not None and not again.record.confirmatory


def test_an_exploratory_run_is_at_most_a_leaning(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "MEANS = {", "OTHER = 1\nMEANS = {")
    result = run(toy, seeds=8)
    assert result.plan.exploratory_because is not None, "it is said before the run"
    assert (result.verdict.verdict, result.verdict.grade) == (Verdict.LEANING_SUPPORTED, "preliminary")
    assert check(toy) == []


def test_a_leaning_that_a_later_batch_contradicts_is_contested(toy: Path, edit: Edit) -> None:
    run(toy, seeds=5)
    commit(toy, "a leaning")
    project = load(toy)
    (stored,) = project.records["coins-differ"]
    refuted = stored.record.model_copy(
        update={
            "batch": 2,
            "finished": "2999-01-01T00:00:00Z",
            "verdict": stored.record.verdict.model_copy(update={"verdict": Verdict.REFUTED, "grade": "standard"}),
            "digest": "f" * 64,
        }
    )
    claim = project.claim("coins-differ")
    closure = project.closures["toy"].digest
    assert standing_of(claim, [stored.record, refuted], closure).flags == ("contested",)
    assert standing_of(claim, [stored.record, refuted], closure, {refuted.digest}).flags == ()


def test_a_later_record_of_other_numbers_does_not_take_over(toy: Path) -> None:
    run(toy, seeds=5)
    project = load(toy)
    (stored,) = project.records["coins-differ"]
    first = stored.record
    moved = first.replicates[0].replicate.model_copy(update={"measured": {"treated": {"score": 0.0}}})
    other = first.model_copy(
        update={
            "replicates": (first.replicates[0].model_copy(update={"replicate": moved}), *first.replicates[1:]),
            "finished": "2999-01-01T00:00:00Z",
            "verdict": first.verdict.model_copy(update={"verdict": Verdict.REFUTED}),
            "digest": "f" * 64,
        }
    )
    standing = standing_of(project.claim("coins-differ"), [other, first], project.closures["toy"].digest)
    assert standing.record is not None and standing.record.digest == first.digest
    assert standing.flags == ("contested",)


IMPORTING = ("experiments/toy.py", "import random\n", "import colorsys\nimport random\n")


def test_code_that_lay_where_a_closure_is_put_is_never_run(toy: Path, edit: Edit) -> None:
    """It would run inside the sandbox and make the numbers, and no digest would tell."""
    edit(*IMPORTING)
    commit(toy)
    planted = toy / ".claims" / "closures" / load(toy).closures["toy"].digest[:16]
    planted.mkdir(parents=True)
    (planted / "colorsys.py").write_text("raise RuntimeError('planted')")
    watcher = Silent()
    run(toy, watcher=watcher, seeds=1)
    assert {r.outcome for r in watcher.replicates} == {Outcome.OK}


def test_what_a_replicate_leaves_in_its_folder_is_not_there_for_the_next(toy: Path, edit: Edit) -> None:
    edit(*IMPORTING)
    leave = '    open("colorsys.py", "w").write("raise RuntimeError")\n'
    edit("experiments/toy.py", "    p = run.params\n", leave + "    p = run.params\n")
    commit(toy)
    watcher = Silent()
    run(toy, watcher=watcher, seeds=2, sandbox="off", jobs=1)
    assert {r.outcome for r in watcher.replicates} == {Outcome.OK}


def test_a_log_is_not_written_through_a_link(toy: Path) -> None:
    run(toy, seeds=1, sandbox="off")
    (toy / "victim").write_text("mine")
    logs = list((toy / ".claims" / "logs").iterdir())
    for log in logs:
        log.unlink()
        log.symlink_to(toy / "victim")
    run(toy, seeds=1, sandbox="off", fresh=True)
    assert (toy / "victim").read_text() == "mine"
    assert not any(log.is_symlink() for log in logs)


@pytest.mark.parametrize("place", [".claims/sound-records/x", ".claims/logs/x.log", ".CLAIMS/ledger.sqlite"])
def test_a_cache_that_a_commit_brought_is_refused_before_anything_is_taken_from_it(toy: Path, place: str) -> None:
    (toy / place).parent.mkdir(parents=True)
    (toy / place).write_text("")
    subprocess.run(["git", "-C", str(toy), "add", "--force", place], check=True)
    with pytest.raises(Problems, match="must not be committed"):
        run(toy, seeds=1)
    assert [f.file for f in check(toy)] == [place]
