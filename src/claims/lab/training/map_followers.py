"""Models that follow a map step by step or answer at once: a common base, then supervision and GRPO in one format."""

import copy
import math
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of, log_likelihood
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import Format, IteratedMap
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import supervised
from claims.lab.training.until import until

_EVERY, _CHECKED, _MORE = 5, 128, 10


@dataclass(frozen=True)
class Tuning:
    """So many steps of GRPO at this peak learning rate, `group` answers to each prompt; rewards shuffled or not."""

    steps: int
    lr: float
    prompts: int
    group: int
    shuffled: bool = False


def untrained(task: IteratedMap, *, shape: dict[str, int], seed: int, device: str, dtype: str) -> PreTrainedModel:
    """A decoder of `shape` (width, layers, heads) with random weights."""
    length = task.prompt + max(task.length("scratchpad"), 1 + 2 * _MORE)
    return decoder(task.vocabulary, length, **shape, seed=seed, device=device, dtype=dtype)  # type: ignore[arg-type]


def taught(
    start: PreTrainedModel, task: IteratedMap, form: Format, depths: tuple[int, ...], *, most: int,
    target: float = math.inf, batch: int, lr: float, seed: int, on_check: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A copy after up to `most` steps of SFT on right answers, until its chance of one is `target`.

    That is looked at every five steps at the first of `depths`, so that models are equally good at every seed where
    it is reached; `on_check` hears it. Direct answers come eleven to a sequence, all about one map. The random starts
    between them are left out of the loss: nothing predicts them, and two steps took far longer to learn with them.
    """
    model, rng = copy.deepcopy(start), generator(seed, str(start.device))
    optimiser, asked_BP = (
        Optimiser(model, lr=lr, warmup=20, decay=most * 11 // 10),
        task.prompts(_CHECKED, rng, depths[:1]),
    )
    right_BA, end = task.answers(asked_BP, form), _end(task, form)

    def pads(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(batch, rng, depths)
        return prompts_BP, task.scratchpads(prompts_BP)

    def train(steps: int) -> None:
        if form == "scratchpad":
            supervised(model, pads, optimiser, steps=steps, end=end)
            return
        for _ in range(steps):
            prompts_BP = task.prompts(batch, rng, depths)
            chances_BA = log_likelihood(model, prompts_BP, task.series(prompts_BP, _MORE, rng))
            optimiser.step(-chances_BA[:, ::2].mean())

    def chance() -> float:
        return float(chance_of(model, asked_BP, right_BA, end).mean())

    until(chance, target, train, between=_EVERY, at_most=most, on_check=on_check)
    return model


def reinforced(
    start: PreTrainedModel, task: IteratedMap, form: Format, depths: tuple[int, ...], how: Tuning, *, seed: int,
    on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A copy after GRPO on the final symbol, at these depths; `on_step` hears the mean reward."""
    model, rng = copy.deepcopy(start), generator(seed, str(start.device))

    def reward(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        other_N = torch.randperm(len(rewards_N), generator=rng, device=rewards_N.device)
        return rewards_N[other_N] if how.shuffled else rewards_N

    on_policy(
        model, lambda: task.prompts(how.prompts, rng, depths), reward, Optimiser(model, lr=how.lr, warmup=10),
        method=GRPO, steps=how.steps, group=how.group, length=task.length(form), generator=rng, end=_end(task, form),
        on_rollouts=lambda rollouts: on_step(rollouts.step, float(rollouts.rewards_N.mean())),
    )  # fmt: skip
    return model


def _end(task: IteratedMap, form: Format) -> int | None:
    return None if form == "direct" else task.end
