"""Audit of an addition.

Differs from the paper: there is no paper.
"""

from claims.experiment import Control, Experiment, Metric, Run, Settings


class Params(Settings):
    """Nothing to choose."""


EXPERIMENT = Experiment(
    title="Sums",
    papers=("2505.11711v2",),
    differs="there is no paper",
    conditions={"one-and-one": "1 + 1"},
    control_conditions={"right": "2 + 2 said to be 4", "wrong": "2 + 2 said to be 5"},
    metrics=(Metric("total", "count", 0, 100, "the sum"), Metric("off", "count", 0, 100, "how far a sum is off")),
    controls=(
        Control("right-is-right", "positive", "off", {"equals": 0}, condition="right", seeds=1),
        Control("wrong-is-seen", "negative", "off", {"above": 0.5}, condition="wrong", seeds=1),
    ),
    scales={"smoke": {}, "cpu": {}},
    deterministic=True,
)


def measure(run: Run[Params]) -> dict[str, float]:
    """One sum."""
    said = {"right": 4, "wrong": 5}.get(run.condition)
    return {"total": 2.0} if said is None else {"off": float(abs(2 + 2 - said))}
