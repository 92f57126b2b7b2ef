"""Decoders that can execute plans to a certain degree and hardly plan, as bases for tuning."""

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.planning import planning
from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.plans import Plans
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised

_BATCH = 128
_WARMUP = 20
_LOOK_EVERY = 10
_LOOK_AT = 128


def planner(
    task: Plans,
    execution: float,
    *,
    valid: float,
    width: int,
    lr: float,
    steps: int,
    seed: int,
    device: str,
) -> PreTrainedModel:
    """A decoder of two layers, pretrained on demonstrations of which a share `valid` chose their strategy well.

    It stops at the first look (every 10 steps, at 128 prompts) at which the exact chance to execute its own plan
    without fault is `execution`, or after `steps`, over which the learning rate falls to 0.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=2, heads=2, seed=seed, device=device)
    rng, optimiser = generator(seed, device), Optimiser(model, lr=lr, warmup=_WARMUP, decay=steps)
    looked_BP = task.prompts(_LOOK_AT, rng)

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(_BATCH, rng)
        return prompts_BP, task.demonstrations(prompts_BP, valid, rng)

    for start in range(0, steps, _LOOK_EVERY):
        supervised(model, batch, optimiser, steps=min(_LOOK_EVERY, steps - start))
        if planning(model, task, looked_BP, rng)["execution_accuracy"] >= execution:
            break
    return model
