"""Does RL need Adam, and is the sparsity of its updates Adam's doing?

arXiv:2602.07729v1 (by authors of arXiv:2505.11711) finds SGD as good as AdamW for RL with a verifier, and its updates
far sparser: Adam's normalisation lifts small gradients over what bf16 can show. Here GRPO from one base is tuned over
three learning rates for each optimiser, on prompts other than those of the exam; both arms see equally many samples.
SGD at AdamW's learning rates is the arm that should fail to learn. Differs from the paper: a decoder of 0.4M
parameters, stopped early in pretraining, sorts digits; fp32 master weights, read out in bf16; neither momentum nor
weight decay; gradients are clipped at a norm of 1 for both. About 35 CPU seconds a replicate.
"""

from typing import Literal

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import as_bf16, mean_displacement, snapshot, unchanged_share
from claims.lab.models.planted_updates import plant
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter
from claims.lab.training.tuning import Budget, tune


class Params(Settings):
    """Task and model; pretraining (`base_`); tuning; the exam."""

    size: int = 8  # digits to sort
    width: int = 128
    layers: int = 2
    heads: int = 2
    base_steps: int = 80
    base_lr: float = 2e-3
    letters: float = 0.2  # share of pretraining answers in letters
    steps: int = 60  # the learning rate falls to zero
    warmup: int = 10
    prompts: int = 16
    group: int = 8
    adamw_rates: tuple[float, ...] = (2e-4, 4e-4, 8e-4)
    sgd_rates: tuple[float, ...] = (0.03, 0.06, 0.12)
    shuffled_rate: float = 0.005  # small: without a signal a run drifts, the farther the larger its steps
    tuning_prompts: int = 512
    held_out: int = 1024  # prompts of the exam


EXPERIMENT = Experiment(
    title="GRPO with SGD and with AdamW: what is learnt, and which weights stay",
    papers=("2602.07729v1", "2505.11711v2", "2602.03839v2"),
    differs="A decoder of 0.4M parameters and a sorting task; fp32 master weights read out in bf16.",
    conditions={
        "grpo-adamw": "AdamW at the best of three learning rates",
        "grpo-sgd": "SGD at the best of three learning rates of its own",
        "grpo-sgd-untuned": "SGD at the best of AdamW's learning rates: should not learn",
    },
    control_conditions={
        "shuffled-sgd": "SGD, each answer paid with the reward of another",
        "planted-sparse": "a planted update of a tenth of the weights",
        "planted-dense": "a planted update of every weight",
    },
    metrics=(
        Metric("base_reward", "probability", 0, 1, "chance of a right answer at temperature 1 before tuning"),
        Metric("final_reward", "probability", 0, 1, "the same after it, exact for each of `held_out` prompts"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance"),
        Metric("unchanged_share", "fraction", 0, 1, "weights equal bit for bit in bf16; matrices but embeddings"),
        Metric("displacement", "weight units", 0, 10, "mean absolute change of a weight in fp32"),
        Metric("best_rate", "step", 0, 2, "which of the three learning rates was best on the tuning prompts"),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05}, "shuffled-sgd", trains=True),
        Control("slow-sgd-is-still", "positive", "unchanged_share", {"above": 0.8}, "grpo-sgd-untuned", trains=True),
        Control("adamw-learns", "positive", "reward_gain", {"above": 0.1}, "grpo-adamw", trains=True),
        Control("sparse-share", "positive", "unchanged_share", {"equals": 0.9, "within": 0.001}, "planted-sparse"),
        Control("dense-update", "negative", "unchanged_share", {"below": 0.001}, "planted-dense"),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "layers": 1, "base_steps": 40, "base_lr": 1e-2, "steps": 2, "warmup": 1},
        "cpu": {},
        "gpu": {"width": 384, "layers": 6, "heads": 6, "base_lr": 5e-4, "steps": 400, "prompts": 64},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What the optimiser gains at its best learning rate, and which weights it leaves."""
    p, task, seed = run.params, Sorting(run.params.size), run.seed_for("base")
    shape = {"width": p.width, "layers": p.layers, "heads": p.heads, "steps": p.base_steps}
    base = run.shared("base", lambda: sorter(task, p.base_lr, p.letters, seed, run.device, **shape))
    if run.condition.startswith("planted"):
        return update(base, plant(run.condition.removeprefix("planted-"), base, run.seed_for("plant")))
    rates = {"grpo-sgd": p.sgd_rates, "shuffled-sgd": (p.shuffled_rate,)}.get(run.condition, p.adamw_rates)
    models = [tuned(run, base, rate) for rate in rates]
    on_tuning = [exam(m, task, count=p.tuning_prompts, seed=run.seed_for("tuning exam")).right for m in models]
    best = max(range(len(models)), key=on_tuning.__getitem__)
    was = run.shared("exam", lambda: exam(base, task, count=p.held_out, seed=run.seed_for("exam")).right)
    final = exam(models[best], task, count=p.held_out, seed=run.seed_for("exam")).right
    learnt = {"base_reward": was, "final_reward": final, "reward_gain": final - was, "best_rate": best}
    return learnt | update(base, models[best])


def update(base: PreTrainedModel, model: PreTrainedModel) -> dict[str, float]:
    """What tuning did to the weights, by the names of the metrics."""
    before, after = snapshot(base), snapshot(model)
    return {
        "unchanged_share": unchanged_share(before, as_bf16(after)),
        "displacement": mean_displacement(before, after),
    }


def tuned(run: Run[Params], base: PreTrainedModel, rate: float) -> PreTrainedModel:
    """GRPO from the base."""
    p = run.params
    objective: Literal["grpo", "shuffled"] = "shuffled" if run.condition.startswith("shuffled") else "grpo"

    def heard(step: int, reward: float) -> None:
        run.trace(f"reward at learning rate {rate:.1e}", step + 1, reward)
        run.progress((step + 1) / p.steps)

    rule: Literal["adamw", "sgd"] = "adamw" if run.condition == "grpo-adamw" else "sgd"
    return tune(
        base, Sorting(p.size), objective, Budget(p.steps, p.prompts, p.group), seed=run.seed_for("tune"), on_step=heard,
        optimiser=lambda model: Optimiser(model, lr=rate, warmup=p.warmup, decay=p.steps, rule=rule),
    )  # fmt: skip
