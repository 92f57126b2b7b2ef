"""Are two coins different? Normal numbers around known means stand in for training runs.

Differs from the paper: there is no paper.
"""

import random
import time
from collections.abc import Mapping

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings


class Params(Settings):
    """Means, spread and how long a condition takes."""

    treated: float = 1.0
    plain: float = 0.0
    sd: float = 0.1
    learned: float = 1.0
    seconds: float = 0.0
    fail: str = ""


EXPERIMENT = Experiment(
    title="Two coins",
    papers=("2505.11711v2",),
    differs="there is no paper",
    conditions={"treated": "mean `treated`", "plain": "mean `plain`"},
    control_conditions={"planted": "mean 5", "shuffled": "mean 0"},
    metrics=(
        Metric("score", "points", -100, 100, "a normal number around the condition's mean"),
        Metric("learned", "fraction", 0, 1, "whether it learned"),
        Metric("sum", "points", -200, 200, "score of both conditions", combined=True),
    ),
    controls=(
        Control("planted", "positive", "score", {"above": 3.0}, condition="planted", trains=True),
        Control("shuffled", "negative", "score", {"between": [-1.0, 1.0]}, condition="shuffled"),
    ),
    scales={"smoke": {"seconds": 0.0}, "cpu": {}, "gpu": {}},
    time_limit={"cpu": 5.0},
)

MEANS = {"planted": 5.0, "shuffled": 0.0}


def measure(run: Run[Params]) -> dict[str, float]:
    """One condition at one seed."""
    p = run.params
    if p.fail and run.condition == "treated":
        misbehave(p.fail, run)
    time.sleep(p.seconds)
    mean = {"treated": p.treated, "plain": p.plain, **MEANS}[run.condition]
    generator = random.Random(run.seed_for(run.condition))
    run.trace("score", 0, 0.0)
    run.trace("score", 1, mean)
    return {"score": generator.gauss(mean, p.sd), "learned": p.learned}


def combine(arms: Mapping[str, Arm], params: Params) -> dict[str, float]:
    """Both conditions of a seed."""
    return {"sum": arms["treated"].metrics["score"] + arms["plain"].metrics["score"] + 0 * params.sd}


def misbehave(how: str, run: Run[Params]) -> None:
    """What a broken experiment does."""
    if how == "crash":
        raise RuntimeError("no such luck")
    if how == "hang":
        time.sleep(3600)
    if how == "nan":
        run.params.__dict__["treated"] = float("nan")
    if how == "memory":
        raise RuntimeError(f"got {len(bytearray(2**36))} bytes")
    if how == "exit":
        import os

        os._exit(7)
    if how == "kill":
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)
    if how == "flood":
        while True:
            print("x" * 10_000)
    if how == "half" and run.seed % 2:
        raise RuntimeError("an odd seed")
