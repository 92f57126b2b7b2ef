"""Models after an update whose share and rank are known, to test what measures them.

What does not count (embedding, norms) is changed in the opposite way, so that measuring it instead shows. What
counts is found here without `claims.lab.metrics.updates`, for the same reason.
"""

from copy import deepcopy

import torch
from transformers import PreTrainedModel

from claims.lab.seeding import generator

SPARSE_SHARE = 1 / 10
LOW_RANK_SHARE = 1 / 32


@torch.no_grad()
def plant(kind: str, base: PreTrainedModel, seed: int) -> PreTrainedModel:
    """A changed copy of `base`.

    `sparse`, `shared`: 1 is added to a tenth of the entries of each matrix that counts, drawn by the seed, and to
    everything that does not count. `dense`: to every entry that counts, and nothing elsewhere. `low-rank`: noise of
    a 32nd of the full rank is added to each matrix that counts, of full rank elsewhere.
    """
    model, rng = deepcopy(base), generator(seed, str(base.device))
    inside = {id(weight) for weight in model.base_model.layers.parameters()}
    for weight in model.parameters():
        counted = weight.ndim == 2 and id(weight) in inside
        if kind in ("sparse", "shared"):
            place = torch.randperm(weight.numel(), generator=rng, device=weight.device)
            weight.view(-1)[place[: round(SPARSE_SHARE * weight.numel())] if counted else place] += 1.0
        elif kind == "dense":
            weight += float(counted)
        elif kind == "low-rank":
            weight += _noise(weight, LOW_RANK_SHARE if counted else 1.0, rng)
        else:
            raise ValueError(f"no planted update {kind!r}")
    return model


def _noise(weight: torch.Tensor, share: float, rng: torch.Generator) -> torch.Tensor:
    """Gaussian noise of a share of the full rank."""
    if weight.ndim < 2 or share == 1.0:
        return torch.randn(weight.shape, generator=rng, device=weight.device)
    rows, columns = weight.shape
    rank = max(1, round(share * min(rows, columns)))
    left = torch.randn(rows, rank, generator=rng, device=weight.device)
    return left @ torch.randn(rank, columns, generator=rng, device=weight.device)
