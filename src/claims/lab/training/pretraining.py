"""A base model that can do its task some of the time, for experiments on what tuning does to it."""

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import Optimiser, round_to_bf16
from claims.lab.training.supervised import supervised

_BATCH = 128
_WARMUP = 30


def sorter(
    task: Sorting,
    lr: float,
    letters: float,
    seed: int,
    device: str,
    *,
    width: int,
    layers: int,
    heads: int,
    steps: int,
) -> PreTrainedModel:
    """A decoder after `steps` of pretraining in fp32 on fresh prompts, a share `letters` of answers in letters.

    Its weights are rounded to bf16 at the end, so that every storage can start from the same values. Few steps leave
    room for tuning to gain something: stopping by steps, not by accuracy, selects no lucky moments.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=heads, seed=seed, device=device)
    rng = generator(seed, device)

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(_BATCH, rng)
        return prompts_BP, task.mixed(prompts_BP, letters, rng)

    supervised(model, batch, Optimiser(model, lr=lr, warmup=_WARMUP), steps=steps)
    round_to_bf16(model)
    return model
