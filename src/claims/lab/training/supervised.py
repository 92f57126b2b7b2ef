"""Supervised tuning on given answers."""

from collections.abc import Callable

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import counted, log_likelihood
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore

Batches = Callable[[int], tuple[torch.Tensor, torch.Tensor]]
"""The number of a step to prompts (B, P) and answers (B, A)."""


def supervised(
    model: PreTrainedModel,
    batches: Batches,
    optimiser: Optimiser,
    *,
    steps: int,
    end: int | None = None,
    on_step: OnStep = ignore,
) -> None:
    """Minimise the mean negative log-likelihood of answer tokens, up to and including an `end` token.

    `on_step` hears the loss of every step, in nats a token.
    """
    for step in range(steps):
        prompts_BP, answers_BA = batches(step)
        loss = -log_likelihood(model, prompts_BP, answers_BA, end).sum() / counted(answers_BA, end).sum()
        optimiser.step(loss)
        on_step(step, float(loss.detach()))
