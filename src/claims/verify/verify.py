"""The use case `verify`: claim → plan → missing replicates → verdict → record → status (DESIGN §6-8)."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from claims.domain.claim import Check, Status
from claims.domain.digest import claim_digest
from claims.domain.run import Outcome, Replicate, is_valid
from claims.domain.verdict import ClaimVerdict, ControlResult, Verdict
from claims.errors import ClaimsError, SetupError
from claims.ledger.evidence import clean_temporaries
from claims.ledger.locks import hold
from claims.ledger.store import Store, utc_now
from claims.project import Project, load
from claims.stats.decide import RULES
from claims.verify.concluding import RULE, Result, conclude, write_status
from claims.verify.plan import Options, Plan, Planner, make_plan
from claims.verify.running import Runner, State, Watcher, control_results

PRELIMINARY_FROM = 5
"""Replicates below which there is no verdict at all."""


def verify(root: Path, claim_id: str, options: Options, watcher: Watcher, store: Store) -> Result:
    """Decide one claim. Writes replicates to the ledger, a record to `evidence/` and the status to the registry.

    Raises Busy when another verify holds the experiment, ChangedWhileRunning when the claim or its experiment
    was edited meanwhile (the replicates are kept), KeyboardInterrupt after every child is dead.
    """
    project = load(root)
    claim = project.claim(claim_id)
    before = claim.status
    if claim.check is None or claim.status is Status.WITHDRAWN:
        raise SetupError(f"{claim_id} is {'withdrawn' if claim.check else 'without a check'}: there is nothing to run")
    name = claim.check.experiment
    with hold(root / ".claims" / f"{name}.lock", what=f"experiment {name}, whose replicates its claims share"):
        with hold(root / ".claims" / "lock", what="the project, whose records are being written,", wait=60):
            clean_temporaries(root)
            write_status(root, claim_id)  # one that was killed between its record and its status left it to us
        project = load(root)
        claim = project.claim(claim_id)
        planned = make_plan(project, claim, options, store)
        watcher.planned(planned)
        started = utc_now()
        token = store.begin_verify(claim_id, claim_digest(claim))
        try:
            result = replace(_run(project, planned, watcher, store, started), before=before)
        except KeyboardInterrupt:
            store.finish_verify(token, "interrupted")
            raise
        except ClaimsError:
            store.finish_verify(token, "failed")
            raise
        word = result.verdict.verdict.value if result.verdict.verdict else None
        store.finish_verify(
            token, "done", verdict=word, record=result.path.relative_to(root).as_posix() if result.path else None
        )
        return result


def _run(project: Project, planned: Plan, watcher: Watcher, store: Store, started: str) -> Result:
    state = State()
    runner = Runner(project.root, planned, watcher, store, state)
    exact = planned.declared.experiment.deterministic
    targets = [1] if exact else _targets(planned.check, planned.options.asked)
    # Controls first: where one is wrong nothing can be decided, and the replicates need not be paid for.
    runner.run(planned.controls)
    wrong = any(not control.held for control in control_results(planned, state))
    _refuse_broken(runner)
    for target in targets:
        if not (wrong and planned.options.scale != "smoke" and planned.options.asked >= PRELIMINARY_FROM):
            _fill(runner, Planner(planned.declared, planned.closure, planned.options, store), target, exact=exact)
        verdict = _decide(planned, state, target)
        watcher.decided(target, verdict)
        if verdict.verdict in {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.VOID}:
            break
    return conclude(project, planned, state, verdict, target, started)


def _refuse_broken(runner: Runner) -> None:
    """Controls that crash at every seed say that the experiment does not run here, and nothing about the claim."""
    ended = list(runner.state.controls.values())
    if ended and all(r.outcome is Outcome.CRASH for r in ended):
        path = runner.plan.declared.path
        raise SetupError(f"{path} does not run: {ended[0].message} (logs in .claims/logs/); nothing was recorded")


def _fill(runner: Runner, planner: Planner, target: int, *, exact: bool) -> None:
    """Run replicates in the order of their seeds until `target` are valid, or the seeds of this look are used up."""
    replicates = runner.state.replicates
    most = 1 if exact else math.ceil(1.25 * target)
    while len(replicates) < most:
        valid = sum(is_valid(runner.plan.check.gates, r) for r in replicates.values())
        following = range(len(replicates), min(len(replicates) + target - valid, most))
        if not following:
            return
        runner.run([planner.replicate(i, runner.plan.params) for i in following])


def _targets(check: Check, asked: int) -> list[int]:
    return [look for look in check.looks if look <= asked] or [asked]


def _decide(planned: Plan, state: State, target: int) -> ClaimVerdict:
    replicates = [state.replicates[i] for i in sorted(state.replicates)]
    controls = control_results(planned, state)
    if planned.options.scale == "smoke":
        return _smoke(replicates, controls)
    return RULES[RULE](
        planned.check,
        replicates,
        controls,
        deterministic=planned.declared.experiment.deterministic,
        asked=target,
    )


def _smoke(replicates: Sequence[Replicate], controls: Sequence[ControlResult]) -> ClaimVerdict:
    """Scale `smoke` says that the code runs and nothing else."""
    failed = [r for r in replicates if r.outcome is not Outcome.OK]
    lost = [f"{c.name} seed {r.seed}" for c in controls for r in c.runs if r.outcome != "ok"]
    reason = f"{len(replicates) - len(failed)} of {len(replicates)} replicates ran; scale smoke decides nothing"
    if failed or lost:
        reason += "; failed: " + "; ".join([*(r.message for r in failed), *lost])
    return ClaimVerdict(verdict=None, grade="smoke", n=len(replicates) - len(failed), reason=reason, predictions=())
