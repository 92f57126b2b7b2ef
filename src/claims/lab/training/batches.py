"""Batches of given answers: passes through a fixed set, and mixtures of two sources."""

import torch

from claims.lab.seeding import generator
from claims.lab.training.supervised import Batches


def passes(prompts_NP: torch.Tensor, answers_NA: torch.Tensor, batch: int, seed: int) -> Batches:
    """Batches that go through a set in a new order each time; what is left of a pass and fills no batch is skipped.

    Raises ValueError when the set does not fill one batch.
    """
    count, device = len(prompts_NP), prompts_NP.device
    if count < batch:
        raise ValueError(f"{count} examples do not fill a batch of {batch}")
    rng, order = generator(seed, str(device)), torch.empty(0, dtype=torch.long, device=device)

    def following(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal order
        if len(order) < batch:
            order = torch.randperm(count, generator=rng, device=device)
        now, order = order[:batch], order[batch:]
        return prompts_NP[now], answers_NA[now]

    return following


def beside(one: Batches, other: Batches) -> Batches:
    """Batches that hold a batch of each."""

    def both(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        (prompts, answers), (more_prompts, more_answers) = one(step), other(step)
        return torch.cat([prompts, more_prompts]), torch.cat([answers, more_answers])

    return both
