"""Supervised tuning on given answers."""

from collections.abc import Callable

import torch
from transformers import LlamaForCausalLM

from claims.lab.sampling import log_likelihood
from claims.lab.training.optimiser import StoredAdamW
from claims.lab.training.progress import OnStep, ignore


def supervised(
    model: LlamaForCausalLM,
    batches: Callable[[int], tuple[torch.Tensor, torch.Tensor]],
    optimiser: StoredAdamW,
    *,
    steps: int,
    on_step: OnStep = ignore,
) -> None:
    """Minimise the mean negative log-likelihood of answer tokens.

    `batches(step)` gives prompts and answers; `on_step` hears the loss of every step, in nats a token.
    """
    for step in range(steps):
        loss = -log_likelihood(model, *batches(step)).mean()
        optimiser.step(loss)
        on_step(step, float(loss.detach()))
