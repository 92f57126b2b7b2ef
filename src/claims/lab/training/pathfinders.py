"""Models that learn cheapest paths: supervised from right answers, then tuned by supervision or by GRPO.

Shapes: K topologies, E possible edges, B instances, N sampled answers.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.networks import Networks
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import Batches, supervised

Instances = Callable[[int], torch.Tensor]
"""The number of a step to the costs (B, E) of its instances."""


@dataclass(frozen=True)
class Tuning:
    """How a pathfinder is tuned: `sft` sees `prompts * group` instances a step, GRPO `group` answers to each prompt."""

    steps: int
    lr: float
    prompts: int
    group: int


def taught(
    task: Networks, instances: Instances, *, steps: int, lr: float, shape: dict[str, int], seed: int, device: str,
    dtype: str, on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A decoder of `shape` (width, layers, heads) after SFT; the learning rate decays to a tenth or so."""
    length = task.possible + 1 + task.layers
    model = decoder(task.vocabulary, length, **shape, seed=seed, device=device, dtype=dtype)  # type: ignore[arg-type]
    optimiser = Optimiser(model, lr=lr, warmup=20, decay=steps * 11 // 10)
    supervised(model, _answered(task, instances, model.device), optimiser, steps=steps, on_step=on_step)
    return model


def tuned(
    task: Networks, base: PreTrainedModel, topologies_KE: torch.Tensor, how: Tuning,
    kind: Literal["sft", "grpo", "shuffled"], *, seed: int, on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A copy of `base` after more SFT or after GRPO; `shuffled` pays each answer with the reward of another.

    `on_step` hears the loss of SFT, the mean reward of GRPO.
    """
    model, drawn, sampled = copy.deepcopy(base), generator(seed), generator(seed + 1, str(base.device))
    optimiser = Optimiser(model, lr=how.lr, warmup=how.steps // 4)
    if kind == "sft":
        batches = _answered(task, lambda _: task.instances(topologies_KE, how.prompts * how.group, drawn), model.device)
        supervised(model, batches, optimiser, steps=how.steps, on_step=on_step)
        return model

    def reward(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        other_N = torch.randperm(len(rewards_N), generator=sampled, device=rewards_N.device)
        return rewards_N[other_N] if kind == "shuffled" else rewards_N

    on_policy(
        model, lambda: task.prompts(task.instances(topologies_KE, how.prompts, drawn)).to(model.device), reward,
        optimiser, method=GRPO, steps=how.steps, group=how.group, length=task.layers, generator=sampled,
        on_rollouts=lambda rollouts: on_step(rollouts.step, float(rollouts.rewards_N.mean())),
    )  # fmt: skip
    return model


def _answered(task: Networks, instances: Instances, device: torch.device) -> Batches:
    def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        costs_BE = instances(step)
        return task.prompts(costs_BE).to(device), task.answers(task.solved(costs_BE)[0]).to(device)

    return batch
