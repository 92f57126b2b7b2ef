"""Updates that are equally large, relative to the weights, in every block.

The per-layer control of arXiv:2604.17177: after each step of the optimiser, the change of a block keeps its direction
and gets a length. Moments of the optimiser are left as they are. Shape: L blocks.
"""

from copy import deepcopy

import torch
from torch import nn

from claims.lab.metrics.depth import relative_change
from claims.lab.training.optimiser import Optimiser


class EqualStep:
    """An optimiser after whose steps every block has changed by the same share of its norm: the mean of their own."""

    def __init__(self, optimiser: Optimiser, blocks: nn.ModuleList) -> None:
        self._optimiser = optimiser
        self._blocks = blocks

    @torch.no_grad()
    def step(self, loss: torch.Tensor) -> None:
        """One descent step on `loss`, then the blocks' changes made equally long."""
        before = [[w.detach().clone() for w in block.parameters()] for block in self._blocks]
        with torch.enable_grad():
            self._optimiser.step(loss)
        ratios = [relative_change(old, block) for old, block in zip(before, self._blocks, strict=True)]
        mean = sum(ratios) / len(ratios)
        for old, block, ratio in zip(before, self._blocks, ratios, strict=True):
            for was, weight in zip(old, block.parameters(), strict=True):
                weight.copy_(was + (weight - was) * (mean / ratio if ratio else 0.0))


@torch.no_grad()
def random_update(base: nn.ModuleList, updated: nn.ModuleList, rng: torch.Generator) -> nn.ModuleList:
    """Copies of the base's blocks, each tensor changed in a random direction by as much as in the updated blocks.

    `rng` is on the CPU, so that every device sees the same directions.
    """
    copies = deepcopy(base)
    for copy, block in zip(copies, updated, strict=True):
        for weight, goal in zip(copy.parameters(), block.parameters(), strict=True):
            noise = torch.randn(weight.shape, generator=rng).to(weight.device, weight.dtype)
            weight.add_(noise * ((goal - weight).norm() / noise.norm()))
    return copies
