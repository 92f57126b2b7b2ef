"""Four ways to tune a base model on the sorting task, at equal numbers of sequences a step."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import right_answers
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep
from claims.lab.training.supervised import supervised

Objective = Literal["grpo", "shuffled", "sft", "rft"]
"""GRPO; GRPO where every answer is paid with the reward of another; SFT on the other style, which the base rarely
writes; SFT on right answers that the base sampled itself (rejection fine-tuning)."""

_POOL_STEPS = 32


@dataclass(frozen=True)
class Budget:
    """Steps, of which the learning rate rises over `warmup`; prompts a step, and samples of each."""

    steps: int
    warmup: int
    prompts: int
    group: int


def tune(
    base: PreTrainedModel,
    task: Sorting,
    objective: Objective,
    budget: Budget,
    *,
    lr: float,
    bf16: bool,
    seed: int,
    on_step: OnStep,
) -> PreTrainedModel:
    """A tuned copy of `base`. `on_step` hears the mean reward of a batch, or the loss in nats a token."""
    model, rng = deepcopy(base), generator(seed, str(base.device))
    optimiser = Optimiser(model, lr=lr, warmup=budget.warmup, bf16=bf16)
    batch = budget.prompts * budget.group

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        return rewards_N[torch.randperm(batch, generator=rng, device=rng.device)] if shuffled else rewards_N

    def expert(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_NP = task.prompts(batch, rng)
        return prompts_NP, task.other(prompts_NP)

    def own(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        pick_N = torch.randint(len(asked_MP), (batch,), generator=rng, device=rng.device)
        return asked_MP[pick_N], right_MA[pick_N]

    shuffled = objective == "shuffled"
    match objective:
        case "grpo" | "shuffled":
            on_policy(
                model,
                lambda: task.prompts(budget.prompts, rng),
                paid,
                optimiser,
                method=GRPO,
                steps=budget.steps,
                group=budget.group,
                length=task.size,
                generator=rng,
                on_rollouts=lambda r: on_step(r.step, float(r.rewards_N.mean())),
            )
        case "sft":
            supervised(model, expert, optimiser, steps=budget.steps, on_step=on_step)
        case "rft":
            asked = task.prompts(_POOL_STEPS * batch, rng)
            asked_MP, right_MA = right_answers(base, asked, task.reward, length=task.size, generator=rng)
            supervised(model, own, optimiser, steps=budget.steps, on_step=on_step)
    return model
