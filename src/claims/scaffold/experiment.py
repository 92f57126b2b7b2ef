"""The text of a new experiment: small, complete, and about nothing but itself. Pure.

It runs as it stands, so that its author changes something that works. What it says of itself is true: it holds
nothing of the paper yet.
"""

import textwrap

from claims.domain.paper import Paper
from claims.scaffold.entry import one_line

_TEMPLATE = '''\
"""Does weight decay help to predict fresh points? A scaffold, to be replaced by the question of the claim.

It begins with this paper, of which nothing is in it yet:
{title}
arXiv:{versioned}.
A linear model is fitted by gradient descent to a few noisy points. With `noise` at 0 decay should not help: every
experiment has a regime in which its claim fails. Cost: well under a second a replicate.
"""

from math import inf

import numpy as np

from claims.experiment import Control, Experiment, Metric, Run, Settings


class Params(Settings):
    """Every number that a claim may set."""

    points: int = 20
    dimensions: int = 16
    noise: float = 1.0  # sd of the noise on the targets; the targets' own sd is about 1
    decay: float = 0.3  # of the condition `treated`
    steps: int = 400
    lr: float = 0.1


EXPERIMENT = Experiment(
    title="Scaffold: weight decay on a few noisy points",
    papers=("{versioned}",),
    differs="Made-up points and a linear model stand where the paper's models and data will stand.",
    conditions={{
        "plain": "gradient descent on the squared error",
        "treated": "the same, with weight decay",
    }},
    control_conditions={{
        "planted": "trained as `plain` on many points without noise: what is there is found",
        "shuffled": "trained as `plain` on many points whose targets are shuffled: there is nothing to find",
    }},
    metrics=(
        Metric("explained", "fraction", -inf, 1, "share of the variance of fresh targets, without noise, explained"),
        Metric("error_removed", "fraction", -inf, 1, "share of the first training error that training removed"),
    ),
    controls=(
        Control("what-is-there-is-found", "positive", "explained", {{"above": 0.9}}, "planted", trains=True),
        Control("nothing-is-not-found", "negative", "explained", {{"below": 0.3}}, "shuffled", trains=True),
    ),
    scales={{"smoke": {{"steps": 100}}, "cpu": {{}}, "gpu": {{}}}},
    time_limit={{"smoke": 60, "cpu": 60, "gpu": 60}},
)


def measure(run: Run[Params]) -> dict[str, float]:
    """One condition at one seed. Shapes: N points, D dimensions."""
    p, control = run.params, run.condition in EXPERIMENT.control_conditions
    # One seed for the task in all conditions of a replicate: they see the same points and can be compared in pairs.
    random = np.random.default_rng(run.seed_for("task"))
    truth_D = random.normal(size=p.dimensions) / p.dimensions**0.5
    x_ND = random.normal(size=(20 * p.points if control else p.points, p.dimensions))
    y_N = x_ND @ truth_D + (0.0 if control else p.noise) * random.normal(size=len(x_ND))
    fresh_ND = random.normal(size=(1000, p.dimensions))
    if run.condition == "shuffled":
        y_N = random.permutation(y_N)
    decay = p.decay if run.condition == "treated" else 0.0
    w_D = np.zeros(p.dimensions)
    for step in range(p.steps):
        error_N = x_ND @ w_D - y_N
        run.trace("training_error", step, float(np.mean(error_N**2)))
        w_D = w_D - p.lr * (x_ND.T @ error_N / len(x_ND) + decay * w_D)
    target_N = fresh_ND @ truth_D
    return {{
        "explained": 1.0 - float(np.mean((fresh_ND @ w_D - target_N) ** 2) / np.mean(target_N**2)),
        "error_removed": 1.0 - float(np.mean((x_ND @ w_D - y_N) ** 2) / np.mean(y_N**2)),
    }}
'''


def experiment_text(paper: Paper, version: int) -> str:
    """The file of an experiment that begins with one version of a paper."""
    title = one_line(paper.title).replace("\\", "/").replace('"', "'")
    wrapped = "\n".join(textwrap.wrap(title, 110))
    return _TEMPLATE.format(title=wrapped, versioned=f"{paper.id}v{version}")
