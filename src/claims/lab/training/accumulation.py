"""SFT with gradients accumulated over micro-batches on several ranks, right, and wrong in two ways known from practice.

The two faults are those that arXiv:2604.23747v1 found under published SFT baselines: an offloaded optimiser that kept
only the last micro-batch of a step, and a loss averaged over mini-batches without regard to their numbers of tokens.
Emulated in one backward pass, which gives the same gradient. Shapes: N sequences of a step, in rank-major order.
"""

from collections.abc import Callable
from typing import Literal

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import counted, log_likelihood
from claims.lab.training.optimiser import Optimiser

Accumulation = Literal["right", "dropped", "misweighted", "dropped-misweighted"]
"""Mean over all tokens of the step; of the last micro-batch of every rank only; mean of the micro-batches' own means;
both faults together."""
RANKS, MICRO_BATCHES = 2, 4


def accumulated(nll_N: torch.Tensor, tokens_N: torch.Tensor, how: Accumulation) -> torch.Tensor:
    """The loss of a step, from the negative log-likelihoods of its sequences and their numbers of tokens."""
    nll_RMS, tokens_RMS = (each_N.view(RANKS, MICRO_BATCHES, -1) for each_N in (nll_N, tokens_N))
    if how in ("dropped", "dropped-misweighted"):
        nll_RMS, tokens_RMS = nll_RMS[:, -1:], tokens_RMS[:, -1:]
    if how in ("misweighted", "dropped-misweighted"):
        return (nll_RMS.sum(dim=2) / tokens_RMS.sum(dim=2)).mean()
    return nll_RMS.sum() / tokens_RMS.sum()


def supervised_by(
    model: PreTrainedModel,
    batches: Callable[[], tuple[torch.Tensor, torch.Tensor]],
    optimiser: Optimiser,
    *,
    how: Accumulation,
    steps: int,
    end: int | None = None,
) -> None:
    """Supervised tuning as in `claims.lab.training.supervised`, the loss of a step put together as `how` says."""
    for _ in range(steps):
        prompts_NP, answers_NA = batches()
        nll_N = -log_likelihood(model, prompts_NP, answers_NA, end).sum(dim=1)
        optimiser.step(accumulated(nll_N, counted(answers_NA, end).sum(dim=1), how))
