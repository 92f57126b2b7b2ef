"""Models that follow a map step by step or answer at once: a common base, then supervision and GRPO in one format."""

import copy

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import Format, IteratedMap
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import supervised

_EVERY, _CHECKED, _MORE = 10, 256, 7


def untrained(task: IteratedMap, *, shape: dict[str, int], seed: int, device: str, dtype: str) -> PreTrainedModel:
    """A decoder of `shape` (width, layers, heads) with random weights."""
    length = task.prompt + max(task.length("scratchpad"), 1 + 2 * _MORE)
    return decoder(task.vocabulary, length, **shape, seed=seed, device=device, dtype=dtype)  # type: ignore[arg-type]


def taught(
    start: PreTrainedModel, task: IteratedMap, form: Format, depths: tuple[int, ...], *, until: float, most: int,
    batch: int, lr: float, seed: int, on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A copy after SFT on right answers, until its chance of one at the first of `depths` is `until`.

    That is looked at every 10 steps, up to `most` steps, so that models are equally good at every seed where it is
    reached; `until` above 1 takes `most` steps. Direct answers come eight to a sequence, all about one map.
    `on_step` hears the chance.
    """
    model, rng = copy.deepcopy(start), generator(seed, str(start.device))
    optimiser, asked_BP = Optimiser(model, lr=lr, warmup=20), task.prompts(_CHECKED, rng, depths[:1])
    right_BA = task.answers(asked_BP, form)

    def drawn(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(batch, rng, depths)
        return prompts_BP, task.scratchpads(prompts_BP) if form == "scratchpad" else task.series(prompts_BP, _MORE, rng)

    for step in range(0, most, _EVERY):
        supervised(model, drawn, optimiser, steps=min(_EVERY, most - step), end=_end(task, form))
        chance = float(chance_of(model, asked_BP, right_BA, _end(task, form)).mean())
        on_step(step + _EVERY, chance)
        if chance >= until:
            break
    return model


def reinforced(
    start: PreTrainedModel, task: IteratedMap, form: Format, *, shuffled: bool, steps: int, lr: float, prompts: int,
    group: int, depths: tuple[int, ...], seed: int, on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A copy after GRPO on the final symbol at these depths; `shuffled` pays each answer with the reward of another."""
    model, rng = copy.deepcopy(start), generator(seed, str(start.device))

    def reward(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        other_N = torch.randperm(len(rewards_N), generator=rng, device=rewards_N.device)
        return rewards_N[other_N] if shuffled else rewards_N

    on_policy(
        model, lambda: task.prompts(prompts, rng, depths), reward, Optimiser(model, lr=lr, warmup=steps // 4),
        method=GRPO, steps=steps, group=group, length=task.length(form), generator=rng, end=_end(task, form),
        on_rollouts=lambda rollouts: on_step(rollouts.step, float(rollouts.rewards_N.mean())),
    )  # fmt: skip
    return model


def _end(task: IteratedMap, form: Format) -> int | None:
    return None if form == "direct" else task.end
