"""Records for a made registry: eight replicates a claim, decided by the rule itself, committed before they "ran"."""

import random
import subprocess
from pathlib import Path

from claims.domain.claim import Claim
from claims.domain.digest import claim_digest
from claims.domain.interval import Expect
from claims.domain.record import Closure, Judged, JudgedReplicate, Record
from claims.domain.run import Environment, Outcome, Replicate, Trace, gate_results, is_valid
from claims.domain.verdict import ControlResult, ControlRun
from claims.experiment import Control, Experiment
from claims.ledger.evidence import write_record
from claims.project import load
from claims.stats.decide import decide_v1

_SEEDS, _POINTS = 8, 41
_STARTED = "2026-01-02T03:04:05Z"
_MACHINE = Environment(
    python="3.11.7",
    torch="2.13.0",
    transformers="5.23.0",
    numpy="2.4.0",
    device="cpu",
    device_name="made up",
    dtype="float32",
    threads=1,
    isa="avx512",
    platform="linux",
)


def write_evidence(root: Path) -> None:
    """Commit the project in `root` and give every claim that has a check one record."""
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "register"),
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    project = load(root)
    for claim in project.registry.claims:
        if claim.check is not None:
            experiment = project.declared[claim.check.experiment].experiment
            closure = project.closures[claim.check.experiment]
            write_record(root, _record(claim, experiment, closure, head.stdout.strip()))


def _record(claim: Claim, experiment: Experiment, closure: Closure, commit: str) -> Record:
    check = claim.check
    assert check is not None
    rng = random.Random(claim.id)  # noqa: S311 (made-up numbers)
    effect = rng.choice((0.1, 0.5))
    replicates = [_replicate(i, effect, rng, commit) for i in range(_SEEDS)]
    controls = tuple(_control(c) for c in experiment.controls)
    return Record(
        schema_version=1,
        rule=1,
        claim=Judged(
            id=claim.id, statement=claim.statement, scope=claim.scope, check=check, digest=claim_digest(claim)
        ),
        experiment=check.experiment,
        deterministic=False,
        closure=closure,
        params={"steps": 10},
        scale="cpu",
        batch=1,
        asked=_SEEDS,
        replicates=tuple(
            JudgedReplicate(replicate=r, gates=gate_results(check.gates, r), valid=is_valid(check.gates, r))
            for r in replicates
        ),
        controls=controls,
        verdict=decide_v1(check, replicates, controls, deterministic=False, asked=_SEEDS),
        commit=commit,
        dirty=False,
        confirmatory=True,
        environment=_MACHINE,
        isolation="none",
        tier="self-reported",
        contributor="a benchmark",
        started=_STARTED,
        finished=_STARTED,
    )


def _replicate(index: int, effect: float, rng: random.Random, commit: str) -> Replicate:
    steps = tuple(float(5 * i) for i in range(_POINTS))

    def course() -> dict[str, Trace]:
        return {"share by step": Trace(x=steps, y=tuple(rng.random() for _ in steps))}

    noise = rng.gauss(0, 0.02)
    return Replicate(
        index=index,
        seed=rng.getrandbits(53),
        outcome=Outcome.OK,
        measured={"one": {"share": 0.3 + effect + noise, "gain": 0.2}, "two": {"share": 0.3 + rng.gauss(0, 0.02)}},
        combined={},
        traces={"one": course(), "two": course()},
        seconds=20.0,
        cpu_seconds=20.0,
        peak_mib=400.0,
        commit=commit,
        utc=_STARTED,
    )


def _control(control: Control) -> ControlResult:
    value = 0.9 if control.kind == "positive" else 0.1
    runs = tuple(ControlRun(seed=i, outcome=Outcome.OK, value=value) for i in range(3))
    return ControlResult(
        name=control.name,
        kind=control.kind,
        metric=control.metric,
        condition=control.condition or "",
        expect=Expect.model_validate(control.expect),
        trains=control.trains,
        runs=runs,
    )
