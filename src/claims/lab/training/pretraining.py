"""A base model that can do its task some of the time, for experiments on what tuning does to it."""

import torch
from transformers import LlamaForCausalLM

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import StoredAdamW
from claims.lab.training.supervised import supervised

_BATCH = 128
_WARMUP = 30


def sorter(
    task: Sorting,
    steps: int,
    *,
    width: int,
    layers: int,
    heads: int,
    lr: float,
    letters: float,
    seed: int,
    device: str,
) -> LlamaForCausalLM:
    """A decoder in fp32 after `steps` of pretraining on fresh prompts, a share `letters` of answers in letters.

    Few steps leave room for tuning to gain something: stopping by steps, not by accuracy, keeps the base's
    accuracy from selecting lucky moments.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=heads, seed=seed, device=device)
    rng = generator(seed, device)

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(_BATCH, rng)
        return prompts_BP, task.mixed(prompts_BP, letters, rng)

    optimiser = StoredAdamW(model, lr=lr, warmup=_WARMUP, bf16=False)
    supervised(model, batch, optimiser, steps=steps)
    return model
