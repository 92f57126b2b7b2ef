"""Claims, replicates and controls to decide about."""

from collections.abc import Mapping, Sequence
from typing import Any

from claims.domain.claim import Check, Gate, Prediction
from claims.domain.interval import Expect
from claims.domain.run import Outcome, Replicate
from claims.domain.verdict import ClaimVerdict, ControlResult, ControlRun
from claims.stats.decide import decide_v1


def prediction(name: str = "high", metric: str = "score", **expect: Any) -> Prediction:
    return Prediction(id=name, metric=metric, condition="arm", expect=Expect(**(expect or {"above": 0.0})))


def a_check(*predictions: Prediction, looks: Sequence[int] = (8, 16, 24), gates: tuple[Gate, ...] = ()) -> Check:
    return Check(experiment="toy", predictions=predictions or (prediction(),), looks=tuple(looks), gates=gates)


def replicate(index: int, **metrics: float) -> Replicate:
    return Replicate(index=index, seed=1000 + index, outcome=Outcome.OK, measured={"arm": metrics})


def replicates(values: Sequence[float]) -> list[Replicate]:
    return [replicate(index, score=value) for index, value in enumerate(values)]


def crashed(index: int, outcome: Outcome = Outcome.CRASH) -> Replicate:
    return Replicate(index=index, seed=1000 + index, outcome=outcome, message="it died")


def control(
    value: float | None = 1.0, name: str = "planted", expect: Mapping[str, float] | None = None
) -> ControlResult:
    run = ControlRun(seed=7, outcome="ok" if value is not None else "crash", value=value)
    return ControlResult(
        name=name,
        kind="positive",
        metric="score",
        condition="arm",
        expect=Expect(**(expect or {"above": 0.5})),
        trains=True,
        runs=(run,),
    )


def decide(
    runs: Sequence[Replicate] | Sequence[float],
    check: Check | None = None,
    *,
    controls: Sequence[ControlResult] | None = None,
    deterministic: bool = False,
    asked: int = 8,
) -> ClaimVerdict:
    """Rule 1 on replicates, or on bare numbers, with controls that hold unless others are given."""
    given = [r if isinstance(r, Replicate) else replicate(i, score=r) for i, r in enumerate(runs)]
    held = [control()] if controls is None else controls
    return decide_v1(check or a_check(), given, held, deterministic=deterministic, asked=asked)
