"""Smoke: the experiments that a change reaches, run once at scale smoke. Decides nothing, writes no record."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from claims.domain.claim import Claim
from claims.domain.counting import count
from claims.domain.finding import Finding
from claims.domain.isolation import weakest
from claims.domain.run import Outcome, Replicate
from claims.domain.verdict import ClaimVerdict
from claims.errors import ClaimsError
from claims.ledger.store import Store
from claims.project import Project
from claims.report.facts import Facts, Look, Smoke
from claims.verify.plan import Options, Plan, PlannedReplicate, make_plan
from claims.verify.running import Runner, State, control_results

Sandbox = Literal["require", "auto", "off"]

MOST = 20
"""Claims that are run; a change of the lab would run for hours."""


@dataclass
class _Clock:
    """A watcher that adds up how long runs took, in seconds."""

    seconds: float = 0.0

    def planned(self, plan: Plan) -> None:
        """Nothing to say."""

    def queued(self, count: int) -> None:
        """Nothing to say."""

    def progress(self, job: object, share: float) -> None:
        """Nothing to say."""

    def finished(
        self,
        planned: PlannedReplicate,  # noqa: ARG002
        replicate: Replicate,
        *,
        valid: bool,  # noqa: ARG002
        cached: bool,
    ) -> None:
        """Add it, unless another claim has paid for it."""
        self.seconds += 0.0 if cached else replicate.seconds

    def decided(self, n: int, verdict: ClaimVerdict) -> None:
        """Nothing to say."""


def with_smoke(facts: Facts, project: Project | None, sandbox: Sandbox, most: int = MOST) -> Facts:
    """The facts with what came of the runs; one that failed is a problem too.

    A sandbox that is required and cannot be had fails every run, with the reason.
    """
    if project is None:
        return replace(facts, smoke=())
    with TemporaryDirectory(prefix="claims-smoke-") as folder:  # nobody's earlier runs may stand in for these
        store = Store(Path(folder) / "ledger.sqlite")
        claims = chosen(facts, project)
        runs = tuple(_run(project, claim, sandbox, store) for claim in claims[:most])
    failed = [
        Finding(file=f"experiments/{run.experiment}.py", field=run.claim, message=f"at scale smoke: {run.outcome}")
        for run in runs
        if not run.passed
    ]
    left = len(claims) - len(runs)
    looks = (Look("smoke", f"{count(left, 'claim')} NOT RUN, being too many"), *facts.looks) if left else facts.looks
    return replace(facts, smoke=runs, not_run=left, looks=looks, findings=(*facts.findings, *failed))


def chosen(facts: Facts, project: Project) -> list[Claim]:
    """The claims whose test is new or another, and one for each other experiment that the change reaches."""
    named = [card.id for card in facts.cards if card.kind == "added" or card.digest_changed]
    found = [c for c in project.registry.claims if c.id in named and _can_run(project, c)]
    for trial in facts.trials:
        if trial.name not in {claim.check.experiment for claim in found if claim.check}:
            found += [c for c in project.registry.claims if _of(c, trial.name) and _can_run(project, c)][:1]
    return found


def _of(claim: Claim, experiment: str) -> bool:
    return claim.check is not None and claim.check.experiment == experiment


def _can_run(project: Project, claim: Claim) -> bool:
    check = claim.check
    return check is not None and check.experiment in project.closures and claim.withdrawn is None


def _run(project: Project, claim: Claim, sandbox: Sandbox, store: Store) -> Smoke:
    assert claim.check is not None
    declared, clock, state = project.declared[claim.check.experiment], _Clock(), State()
    exact = declared.experiment.deterministic and "smoke" not in declared.experiment.scales
    try:
        plan = make_plan(project, claim, Options("cpu" if exact else "smoke", asked=1, sandbox=sandbox), store)
        runner = Runner(project.root, plan, clock, store, state)
        runner.run(plan.controls)
        runner.run(plan.first)
    except ClaimsError as error:
        return Smoke(claim.id, declared.name, str(error), False, "", "", clock.seconds, weakest(state.isolations))
    controls = [r for control in control_results(plan, state) for r in control.runs]
    replicates = list(state.replicates.values())
    ended = [*(r.outcome.value for r in replicates), *(r.outcome for r in controls)]
    passed = bool(replicates) and all(outcome == Outcome.OK for outcome in ended)
    said = next((r.message for r in (*replicates, *state.controls.values()) if r.message), "")
    return Smoke(
        claim=claim.id,
        experiment=declared.name,
        outcome=f"{len(ended)} runs ended well" if passed else f"{_counts(ended)}; {said}".rstrip("; "),
        passed=passed,
        replicates=_counts([r.outcome.value for r in replicates]),
        controls=_counts([r.outcome for r in controls]),
        seconds=clock.seconds,
        isolation=weakest(state.isolations),
    )


def _counts(outcomes: Sequence[str]) -> str:
    """`2 ok, 1 crash`."""
    return ", ".join(f"{n} {word}" for word, n in sorted(Counter(outcomes).items())) or "none"
