"""How many weights does RL leave untouched, which ones, and is that about RL?

Mukherjee et al., arXiv:2505.11711v2, compare public bf16 checkpoints before and after RL. Objections tested here: the
sparsity is a matter of bf16 (arXiv:2509.04259v1, arXiv:2602.03839v2) and of the learning rate (arXiv:2511.08567v1), and
"the same subnetwork" is what small weights do when they are rounded. Differs from the papers: a decoder of 0.4M
parameters, stopped early in pretraining, sorts digits; one right answer in digits, one in letters (the expert's style);
60 steps at learning rates that let so small a model learn. All arms of a seed start from one base of bf16 values and
see equally many sequences; bf16 storage is emulated (see the optimiser). About 50 CPU seconds a replicate.
"""

from typing import cast

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.exam import exam
from claims.lab.metrics.overlap import overlap, rule_hits
from claims.lab.metrics.updates import Weights, as_bf16, description, snapshot
from claims.lab.models.planted_updates import plant
from claims.lab.seeding import generator
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
    letters: float = 0.2  # share of pretraining answers in the expert's style
    steps: int = 60
    warmup: int = 10
    prompts: int = 16  # a step of GRPO; supervised arms see prompts * group answers
    group: int = 8
    lr_master: float = 4e-6
    lr_stored: float = 3e-5
    lr_fast: float = 3e-4
    held_out: int = 1024  # prompts of the exam


EXPERIMENT = Experiment(
    title="Which weights tuning leaves untouched, by objective, storage and learning rate",
    papers=("2505.11711v2", "2509.04259v1", "2511.08567v1", "2602.03839v2"),
    differs="A decoder of 0.4M parameters and a sorting task instead of public checkpoints; bf16 storage emulated.",
    conditions={
        "grpo-master": "GRPO, fp32 master weights, read out in bf16; slow learning rate",
        "grpo-master-b": "the same with another tuning seed; overlaps are with `grpo-master`",
        "sft-master": "SFT on the expert's style, fp32 master read out in bf16, slow; overlaps with `grpo-master`",
        "rft-master": "SFT on the base's own right answers, read out in bf16, slow; overlaps with `grpo-master`",
        "grpo-bf16": "GRPO, weights stored in bf16; middle learning rate",
        "grpo-bf16-b": "the same with another tuning seed; overlaps are with `grpo-bf16`",
        "sft-bf16": "SFT on the expert's style, stored in bf16, middle; overlaps with `grpo-bf16`",
        "rft-bf16": "SFT on the base's own right answers, stored in bf16, middle; overlaps with `grpo-bf16`",
        "grpo-fp32": "GRPO, weights stored and read in fp32; middle learning rate",
        "grpo-bf16-fast": "GRPO, weights stored in bf16; fast learning rate",
    },
    control_conditions={
        "shuffled-master": "GRPO as in `grpo-master`, each answer paid with the reward of another",
        "sft-bf16-vanishing": "SFT as in `sft-bf16` at a learning rate of 1e-8, too small for bf16",
        "sft-master-vanishing": "SFT as in `sft-master` at a learning rate of 1e-8: too small for the read-out",
        "sft-fp32-vanishing": "SFT in fp32 at a learning rate of 1e-8: small, but not too small",
        "planted-sparse": "two planted updates of a tenth of the weights, drawn independently",
        "planted-shared": "two planted updates of the same tenth of the weights",
        "planted-dense": "a planted update of every weight",
        "planted-low-rank": "a planted update of a 32nd of the full rank",
    },
    metrics=(
        Metric("base_reward", "probability", 0, 1, "chance of a right answer at temperature 1 before tuning"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance, exact for each of `held_out` prompts"),
        Metric("expert_gain", "probability", -1, 1, "rise of the chance of the expert's answer: what SFT trains"),
        Metric("unchanged_share", "fraction", 0, 1, "weights equal bit for bit as read out; matrices but embeddings"),
        Metric("unchanged_share_abs", "fraction", 0, 1, "weights within 1e-5 as read out"),
        Metric("unchanged_share_rel", "fraction", 0, 1, "weights within 1e-3 of the larger magnitude as read out"),
        Metric("displacement", "weight units", 0, 10, "mean absolute change of a weight as read out"),
        Metric("rank_share", "fraction", 0, 1, "numerical rank of the update over full, mean of matrices"),
        Metric("noise_rank_share", "fraction", 0, 1, "the same of noise on as many random entries"),
        Metric("rank_excess", "fraction", -1, 1, "rank_share less noise_rank_share"),
        Metric("energy_rank_share", "fraction", 0, 1, "singular values holding 99 % of the square, over all"),
        Metric("overlap", "fraction", 0, 1, "shared part of two runs' changed weights, mean of both sides"),
        Metric("excess_uniform", "fraction", -1, 1, "overlap less that of masks drawn uniformly"),
        Metric("excess_magnitude", "fraction", -1, 1, "overlap less that of masks permuted within bf16 exponents"),
        Metric("rule_precision", "fraction", 0, 1, "of weights with half a bf16 unit <= learning rate: share changed"),
        Metric("rule_recall", "fraction", 0, 1, "of changed weights: share with half a bf16 unit <= learning rate"),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.04}, "shuffled-master", trains=True),
        Control("stored-in-bf16", "positive", "unchanged_share", {"above": 0.98}, "sft-bf16-vanishing", trains=True),
        Control("read-in-bf16", "positive", "unchanged_share", {"above": 0.98}, "sft-master-vanishing", trains=True),
        Control("read-in-fp32", "negative", "unchanged_share", {"below": 0.1}, "sft-fp32-vanishing", trains=True),
        Control("sparse-share", "positive", "unchanged_share", {"equals": 0.9, "within": 0.001}, "planted-sparse"),
        Control("dense-update", "negative", "unchanged_share", {"below": 0.001}, "planted-dense"),
        Control("shared-mask", "positive", "excess_magnitude", {"above": 0.8}, "planted-shared"),
        Control("independent-masks", "negative", "excess_magnitude", {"between": [-0.05, 0.05]}, "planted-sparse"),
        Control("low-rank", "positive", "rank_share", {"equals": 0.03125, "within": 0.001}, "planted-low-rank"),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "layers": 1, "base_steps": 40, "base_lr": 1e-2, "steps": 2, "warmup": 1},
        "cpu": {},
        "gpu": {"width": 384, "layers": 6, "heads": 6, "base_lr": 5e-4, "steps": 400, "prompts": 64, "lr_master": 1e-6},
    }, time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What the arm learnt, and what its update did to the weights."""
    p, seed = run.params, run.seed_for("base")
    shape = {"width": p.width, "layers": p.layers, "heads": p.heads, "steps": p.base_steps}
    base = run.shared("base", lambda: sorter(Sorting(p.size), p.base_lr, p.letters, seed, run.device, **shape))
    before, noise = snapshot(base), generator(run.seed_for("noise"), run.device)
    objective, storage, *twist = run.condition.split("-")
    if objective == "planted":
        kind, again = run.condition.removeprefix("planted-"), "one" if storage == "shared" else "two"
        one, two = (snapshot(plant(kind, base, run.seed_for(name))) for name in ("one", again))
        return description(before, one, noise) | overlap(before, one, two).numbers()
    after, gains = run.shared(run.condition, lambda: tuned(run, base, run.condition))
    numbers, beside = description(before, after, noise) | gains, f"grpo-{storage}"
    if storage != "fp32" and run.condition != beside and twist in ([], ["b"]):
        other, _ = run.shared(beside, lambda: tuned(run, base, beside))
        numbers |= overlap(before, other, after).numbers()
    if storage == "bf16" and not twist:
        numbers |= rule_hits(before, after, p.lr_stored)
    return numbers


def tuned(run: Run[Params], base: PreTrainedModel, condition: str) -> tuple[Weights, dict[str, float]]:
    """The weights after tuning, as their storage reads them out, and what was learnt."""
    p, task = run.params, Sorting(run.params.size)
    objective, storage, twist = [*condition.split("-"), ""][:3]
    rates = {"master": p.lr_master, "bf16": p.lr_stored, "fp32": p.lr_stored, "fast": p.lr_fast, "vanishing": 1e-8}

    def heard(step: int, value: float) -> None:
        if condition == run.condition:
            run.trace("loss, nats a token" if objective in ("sft", "rft") else "reward", step + 1, value)
            run.progress((step + 1) / p.steps)

    rate, seed = rates.get(twist, rates[storage]), run.seed_for("tune again" if twist == "b" else "tune")
    model = tune(
        base, task, cast(Objective, objective), Budget(p.steps, p.prompts, p.group), seed=seed,
        optimiser=lambda model: Optimiser(model, lr=rate, warmup=p.warmup, bf16=storage == "bf16"), on_step=heard,
    )  # fmt: skip
    is_now = exam(model, task, count=p.held_out, seed=run.seed_for("exam"))
    was = run.shared("exam", lambda: exam(base, task, count=p.held_out, seed=run.seed_for("exam")))
    gains = {"base_reward": was.right, "reward_gain": is_now.right - was.right, "expert_gain": is_now.other - was.other}
    return as_bf16(snapshot(model)) if storage == "master" else snapshot(model), gains
