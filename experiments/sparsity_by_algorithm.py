"""Is an RL update sparser than an SFT update that moves the weights as far, and does the algorithm matter?

Mukherjee et al., arXiv:2505.11711v2, find most weights of bf16 checkpoints unchanged after each of seven algorithms and
few after SFT, at learning rates that are not matched; arXiv:2511.08567v1 calls the sparsity a reading of the update.
Here a curve of the unchanged share against the displacement of a matrix is fitted on SFT runs, and tells what to expect
of GRPO, RLOO (for PRIME, without its process rewards), PPO (without critic), DPO, KTO, SimPO and ORPO. GRPO with SGD,
whose steps are long where gradients are, should leave the curve. Differs from the papers: a decoder of 0.4M parameters
sorts digits; pairs are the base's own answers; fp32 master weights read out in bf16. About 50 CPU seconds a replicate.
"""

from collections.abc import Mapping
from typing import cast

from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.displacement import Curve, fit, points
from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import Weights, as_bf16, mean_displacement, snapshot, unchanged_share
from claims.lab.models.planted_updates import plant
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter
from claims.lab.training.tuning import Budget, Objective, tune


class Params(Settings):
    """Task and model; pretraining (`base_`); tuning; the exam."""

    size: int = 8  # digits to sort
    width: int = 128
    layers: int = 2
    heads: int = 2
    base_steps: int = 80
    base_lr: float = 2e-3
    letters: float = 0.2  # share of pretraining answers in the expert's style, which SFT teaches
    steps: int = 60
    warmup: int = 10
    prompts: int = 8  # a step; methods without samples see prompts * group answers
    group: int = 8
    sft_rates: tuple[float, ...] = (4e-7, 7e-7, 1.2e-6, 2.2e-6, 4e-6, 8e-6, 2.4e-5)
    lr: float = 8e-6
    pairs_lr: float = 5e-6  # of methods that learn from pairs, which unlearn at more
    sgd_lr: float = 0.02
    held_out: int = 512  # prompts of the exam


PAIRS = ("dpo", "kto", "simpo", "orpo")
EXPERIMENT = Experiment(
    title="Unchanged weights against displacement, for SFT and seven algorithms of reinforcement and preference",
    papers=("2505.11711v2", "2511.08567v1", "2602.07729v1"),
    differs="A decoder of 0.4M parameters and a sorting task; pairs are the base's own; RLOO in place of PRIME.",
    conditions={
        "sft": "SFT on the expert's style at seven learning rates: the curve",
        "grpo": "GRPO at the middle learning rate",
        "grpo-slow": "GRPO at half that learning rate",
        "grpo-fast": "GRPO at twice that learning rate",
        "rloo": "each reward less the mean of the others in its group",
        "ppo": "clipped objective, two epochs a batch, the batch mean in place of a critic",
        "dpo": "DPO, beta 0.1, on the base's own right and wrong answers",
        "kto": "KTO, beta 0.1, on the same",
        "simpo": "SimPO, beta 2, gamma 0.5, on the same",
        "orpo": "ORPO, weight 0.1, on the same",
        "grpo-sgd": "GRPO with SGD: should leave the curve",
    },
    control_conditions={
        "sft-between": "SFT at a learning rate between those of the curve",
        "shuffled": "GRPO, each answer paid with the reward of another",
        "planted-sparse": "a planted update of a tenth of the weights",
    },
    metrics=(
        Metric("base_reward", "probability", 0, 1, "chance of a right answer at temperature 1 before tuning"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance, exact for each of `held_out` prompts"),
        Metric("unchanged_share", "fraction", 0, 1, "weights equal bit for bit in bf16; matrices but embeddings"),
        Metric("displacement", "weight units", 0, 10, "mean absolute change of a weight in fp32"),
        Metric("residual", "fraction", -1, 1, "unchanged share above the curve at a matrix's displacement, mean"),
        Metric("inside", "fraction", 0, 1, "matrices whose displacement lies in the range of the curve"),
        Metric("misfit", "fraction", 0, 1, "root mean square of the distances of SFT's matrices from the curve"),
        Metric("grpo_residual", "fraction", -1, 1, "mean residual of GRPO at its three learning rates", combined=True),
        Metric("largest_residual", "fraction", 0, 1, "largest size of a residual of the seven", combined=True),
    ),
    controls=(
        Control("sft-is-on-the-curve", "negative", "residual", {"between": [-0.05, 0.05]}, "sft-between", trains=True),
        Control("rounding-hides", "positive", "unchanged_share", {"between": [0.1, 0.95]}, "sft-between", trains=True),
        Control("sparse-leaves-the-curve", "positive", "residual", {"above": 0.3}, "planted-sparse"),
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.04}, "shuffled", trains=True),
        Control("grpo-learns", "positive", "reward_gain", {"above": 0.05}, "grpo", trains=True),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "layers": 1, "base_steps": 40, "base_lr": 1e-2, "steps": 3, "warmup": 1},
        "cpu": {},
        "gpu": {"width": 384, "layers": 6, "heads": 6, "base_lr": 5e-4, "steps": 400, "prompts": 64, "lr": 3e-6},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """Where the arm's update lies beside the curve of SFT, and what it learnt."""
    p, task, seed = run.params, Sorting(run.params.size), run.seed_for("base")
    shape = {"width": p.width, "layers": p.layers, "heads": p.heads, "steps": p.base_steps}
    base = run.shared("base", lambda: sorter(task, p.base_lr, p.letters, seed, run.device, **shape))
    before = snapshot(base)
    sft = run.shared(
        "sft", lambda: [x for r in p.sft_rates for x in points(before, snapshot(tuned(run, base, "sft", r)))]
    )
    curve = run.shared("curve", lambda: fit(sft))
    if run.condition == "sft":
        return {"misfit": curve.misfit(sft)}
    name, twist = [*run.condition.split("-"), ""][:2]
    rates = {"slow": p.lr / 2, "fast": p.lr * 2, "between": (p.sft_rates[2] * p.sft_rates[3]) ** 0.5, "sgd": p.sgd_lr}
    rate = rates.get(twist, p.pairs_lr if name in PAIRS else p.lr)
    model = plant(twist, base, run.seed_for("plant")) if name == "planted" else tuned(run, base, name, rate)
    was = run.shared("exam", lambda: exam(base, task, count=p.held_out, seed=run.seed_for("exam")).right)
    is_now = exam(model, task, count=p.held_out, seed=run.seed_for("exam")).right
    learnt = {"base_reward": was, "reward_gain": is_now - was}
    return beside(curve, before, snapshot(model)) | learnt


def beside(curve: Curve, before: Weights, after: Weights) -> dict[str, float]:
    """An update's numbers, by the names of the metrics."""
    found = points(before, after)
    return {
        "unchanged_share": unchanged_share(before, as_bf16(after)), "displacement": mean_displacement(before, after),
        "residual": curve.residual(found), "inside": curve.share_inside(found),
    }  # fmt: skip


def tuned(run: Run[Params], base: PreTrainedModel, name: str, rate: float) -> PreTrainedModel:
    """A tuned copy of the base; what it hears is drawn."""
    p, seed, sgd = run.params, run.seed_for("tune"), run.condition == "grpo-sgd" and name == "grpo"

    def heard(step: int, value: float) -> None:
        if run.condition.startswith(name):  # not for the curve of another condition
            run.trace(f"reward or loss at learning rate {rate:.1e}", step + 1, value)
        run.progress((step + 1) / p.steps)

    return tune(
        base, Sorting(p.size), cast(Objective, name), Budget(p.steps, p.prompts, p.group), seed=seed, on_step=heard,
        optimiser=lambda model: Optimiser(model, lr=rate, warmup=p.warmup, rule="sgd" if sgd else "adamw"),
    )  # fmt: skip


def combine(arms: Mapping[str, Arm], _: Params) -> dict[str, float]:
    """How far GRPO lies above the curve on average, and the algorithm that lies farthest from it."""
    residuals = {name: arm.metrics["residual"] for name, arm in arms.items() if "residual" in arm.metrics}
    return {
        "grpo_residual": sum(residuals[name] for name in ("grpo-slow", "grpo", "grpo-fast")) / 3,
        "largest_residual": max(abs(residuals[name]) for name in ("grpo", "rloo", "ppo", *PAIRS)),
    }
