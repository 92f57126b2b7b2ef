"""On-policy RL with an expert's answers mixed into every step: (1 - mu) RL + mu SFT, as in arXiv:2508.11408v2."""

from collections.abc import Callable

import torch
from transformers import PreTrainedModel

from claims.lab.training.optimiser import Optimiser


class WithExpert(Optimiser):
    """An optimiser for the on-policy loop that weighs the loss it is given by 1 - `mu` and adds the expert's by `mu`.

    The caller lowers `mu`. A step in which no group of answers tells anything is not taken by that loop, so that the
    expert is not heard in it either.
    """

    mu: float = 0.9

    def __init__(self, model: PreTrainedModel, expert: Callable[[], torch.Tensor], *, lr: float, warmup: int) -> None:
        super().__init__(model, lr=lr, warmup=warmup)
        self._expert = expert

    def step(self, loss: torch.Tensor) -> None:
        """One step on the mixed loss."""
        super().step((1 - self.mu) * loss + self.mu * self._expert())
