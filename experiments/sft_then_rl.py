"""Do mixed SFT-and-RL methods beat SFT followed by RL once SFT is trained correctly?

Limozin et al., arXiv:2604.23747v1: two bugs had depressed published SFT baselines; repaired, SFT followed by RL beats
every mixed method evaluated. The mix is that of arXiv:2508.11408v2: (1 - mu) GRPO + mu SFT, mu from 0.9 to 0.05.
Differs from the papers: a decoder of 0.1M parameters sorts four to eight digits; the expert's dialect is one that the
base does not use, drawn from 5,000 examples. Arms get equally many answer tokens, the expert's and sampled ones counted
alike; the mix hears both in each step, so that it takes fewer. One learning rate for all. Bugs are emulated. Accuracy
is the exact chance of a right answer in any dialect. Cost: about 45 CPU seconds a replicate.
"""

from copy import deepcopy
from typing import cast

import torch
from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.sampling import counted, log_likelihood
from claims.lab.seeding import generator
from claims.lab.tasks.dialects import END, Dialects
from claims.lab.training.accumulation import Accumulation, supervised_by
from claims.lab.training.mixed import WithExpert
from claims.lab.training.on_policy import GRPO, Rollouts, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.speaker import chance_of_right, speaker

MU_FIRST, MU_LAST, WARMUP = 0.9, 0.05, 20  # weights of the expert's loss in the mix; steps


class Params(Settings):
    """Task and base; the budget and its parts; the exam."""

    size: int = 8  # digits to sort, at most
    least: int = 4
    width: int = 64
    layers: int = 2
    base_lr: float = 2e-3
    base_accuracy: float = 0.48  # pretraining stops when the chance of a right answer reaches it
    base_steps: int = 600
    foreign: float = 0.5  # share of pretraining text
    lr: float = 2e-4
    budget: int = 80_000  # answer tokens of each arm
    sft_steps: int = 80
    batch: int = 32  # examples a step
    expert: int = 5000  # examples there are
    prompts: int = 12  # a step of GRPO
    group: int = 8
    held_out: int = 2048


EXPERIMENT = Experiment(
    title="SFT followed by RL against a mix of both, with SFT trained correctly and with two bugs",
    papers=("2604.23747v1", "2508.11408v2", "2509.12235v2"),
    differs="A decoder of 0.1M parameters that sorts digits; bugs emulated in one process.",
    conditions={
        "sft-then-rl": "SFT, then GRPO for the rest of the budget",
        "mixed": "both losses in each step, the weight of SFT falling from 0.9 to 0.05",
        "sft-then-rl-dropped": "as `sft-then-rl`; SFT hears the last of four micro-batches of each rank only",
        "sft-then-rl-misweighted": "as `sft-then-rl`; SFT averages over micro-batches, whatever their tokens",
        "sft-then-rl-buggy": "as `sft-then-rl`, with both bugs",
        "rl-only": "GRPO for the whole budget",
    },
    control_conditions={"rl-shuffled": "GRPO, each answer paid with the reward of another of the whole batch"},
    metrics=(
        Metric("accuracy_of_base", "probability", 0, 1, "chance of a right answer, any dialect, before tuning"),
        Metric("sft_accuracy_gain", "probability", -1, 1, "rise of that chance by SFT alone"),
        Metric("final_accuracy", "probability", 0, 1, "chance of a right answer when the budget is spent"),
        Metric("gain", "probability", -1, 1, "final_accuracy less accuracy_of_base"),
        Metric("budget_used", "fraction", 0, 2, "answer tokens trained on, expert's and own, over the budget"),
    ),
    controls=(
        Control("rl-learns", "positive", "gain", {"above": 0.03}, "rl-only", trains=True),
        Control("shuffled-reward", "negative", "gain", {"below": 0.02}, "rl-shuffled", trains=True),
        Control("expert-teaches", "positive", "sft_accuracy_gain", {"above": 0.05}, "sft-then-rl", trains=True),
        Control("equal-tokens", "positive", "budget_used", {"between": [1.0, 1.05]}, "mixed"),
    ),
    scales={
        "smoke": {"size": 3, "least": 2, "width": 32, "layers": 1, "base_steps": 60, "budget": 3500, "sft_steps": 2},
        "cpu": {},
        "gpu": {"width": 256, "layers": 4, "base_lr": 5e-4, "lr": 1e-4, "budget": 800_000},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """The chance of a right answer before, after SFT, and when the budget is spent."""
    p, task = run.params, Dialects(run.params.size, run.params.least)
    base = run.shared("base", lambda: speaker(
        task, lr=p.base_lr, spaced=0.0, foreign=p.foreign, accuracy=p.base_accuracy, at_most=p.base_steps,
        width=p.width, layers=p.layers, heads=2, seed=run.seed_for("base"), device=run.device,
    ))  # fmt: skip
    exam_BP = task.prompts(p.held_out, generator(run.seed_for("exam"), run.device))
    before = run.shared("before", lambda: chance_of_right(base, task, exam_BP))
    model, spent, numbers = deepcopy(base), 0, {"accuracy_of_base": before}
    if run.condition.startswith("sft-then-rl"):
        how = cast(Accumulation, {"": "right", "buggy": "dropped-misweighted"}.get(twist := run.condition[12:], twist))
        spent = taught(run, task, model, how)
        numbers["sft_accuracy_gain"] = chance_of_right(model, task, exam_BP) - before
    used = rewarded(run, task, model, spent)
    after = chance_of_right(model, task, exam_BP)
    return numbers | {"gain": after - before, "final_accuracy": after, "budget_used": used / p.budget}


def expert(run: Run[Params], task: Dialects, spend: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The next batch of examples; their tokens are put down in `spend`."""
    p = run.params
    pool_MP = run.shared("examples", lambda: task.prompts(p.expert, generator(run.seed_for("examples"), run.device)))
    rng = generator(run.seed_for(f"batch {len(spend)}"), run.device)
    asked_NP = pool_MP[torch.randint(p.expert, (p.batch,), generator=rng, device=run.device)]
    told_NA = task.written(asked_NP, "foreign")
    spend.append(int(counted(told_NA, END).sum()))
    return asked_NP, told_NA


def taught(run: Run[Params], task: Dialects, model: PreTrainedModel, how: Accumulation) -> int:
    """SFT in place; the tokens it was given."""
    p, spend = run.params, list[int]()
    optimiser = Optimiser(model, lr=p.lr, warmup=WARMUP, decay=p.sft_steps + 1)
    supervised_by(model, lambda: expert(run, task, spend), optimiser, how=how, steps=p.sft_steps, end=END)
    return sum(spend)


def rewarded(run: Run[Params], task: Dialects, model: PreTrainedModel, spent: int) -> int:
    """RL in place until the budget is spent, mixed with SFT where the condition says so; all tokens used."""
    p, rng, heard, spend = run.params, generator(run.seed_for("rl"), run.device), list[int](), list[int]()

    def expert_loss() -> torch.Tensor:
        asked_NP, told_NA = expert(run, task, heard)
        return -log_likelihood(model, asked_NP, told_NA, END).sum() / heard[-1]

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        order_N = torch.randperm(len(rewards_N), generator=rng, device=rng.device)
        return rewards_N[order_N] if run.condition == "rl-shuffled" else rewards_N

    def on_rollouts(rollouts: Rollouts) -> None:
        spend.append(int(counted(rollouts.answers_NA, END).sum()))
        run.trace("reward over tokens", spent + sum(spend) + sum(heard), float(rollouts.rewards_N.mean()))

    mix = WithExpert(model, expert_loss, lr=p.lr, warmup=WARMUP)
    optimiser = mix if run.condition == "mixed" else Optimiser(model, lr=p.lr, warmup=WARMUP)
    while (used := spent + sum(spend) + sum(heard)) < p.budget:
        mix.mu = MU_FIRST + (MU_LAST - MU_FIRST) * used / p.budget
        on_policy(
            model, lambda: task.prompts(p.prompts, rng), paid, optimiser, method=GRPO, steps=1, group=p.group,
            length=task.answer, generator=rng, end=END, on_rollouts=on_rollouts,
        )  # fmt: skip
        run.progress(used / p.budget)
    return used
