"""What an update did to the weights: how many it touched, which ones, and of what rank.

An update is a pair of snapshots of the same matrices. Only 2-D matrices outside the embedding count, as in
arXiv:2505.11711v2: rows of tokens that never occur would pass for sparsity, and norm weights near 1 have a
coarse unit in the last place in bf16.
"""

from collections.abc import Mapping

import torch
from torch import nn

Weights = Mapping[str, torch.Tensor]


def counts(name: str, weight: torch.Tensor) -> bool:
    """Whether a parameter is a matrix outside embedding and output head."""
    return weight.ndim == 2 and "embed" not in name and "lm_head" not in name


def snapshot(model: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of every matrix that counts, by name."""
    return {name: weight.detach().clone() for name, weight in model.named_parameters() if counts(name, weight)}


def as_bf16(weights: Weights) -> dict[str, torch.Tensor]:
    """What a bf16 checkpoint of these weights holds, in the original dtype."""
    return {n: w.to(torch.bfloat16).to(w.dtype) for n, w in weights.items()}


def changed(before: Weights, after: Weights) -> dict[str, torch.Tensor]:
    """A mask of the weights whose value differs at all."""
    return {n: before[n] != after[n] for n in before}


def unchanged_share(before: Weights, after: Weights) -> float:
    """Share of weights that are equal bit for bit (but for the sign of zero)."""
    return 1.0 - _share(changed(before, after))


def unchanged_share_abs(before: Weights, after: Weights, tolerance: float = 1e-5) -> float:
    """Share within an absolute tolerance; 1e-5 is that of the code released with arXiv:2505.11711v2."""
    return _share({n: (after[n] - before[n]).abs() <= tolerance for n in before})


def unchanged_share_rel(before: Weights, after: Weights, tolerance: float = 1e-3) -> float:
    """Share within a tolerance relative to the larger magnitude, arXiv:2511.08567 definition 2.1."""
    return _share(
        {n: (after[n] - before[n]).abs() <= tolerance * torch.maximum(after[n].abs(), before[n].abs()) for n in before}
    )


def mean_displacement(before: Weights, after: Weights) -> float:
    """Mean absolute change of a weight."""
    total = sum(float((after[n].double() - before[n].double()).abs().sum()) for n in before)
    return total / size_of(before)


def rank_share(before: Weights, after: Weights) -> float:
    """Numerical rank of the update over the largest possible, mean over matrices; torch's default tolerance."""
    shares = [float(torch.linalg.matrix_rank((after[n] - before[n]).float())) / min(before[n].shape) for n in before]
    return sum(shares) / len(shares)


def energy_rank_share(before: Weights, after: Weights, energy: float = 0.99) -> float:
    """Fewest singular values that hold `energy` of their squared sum, over all of them, mean over matrices.

    0 for a matrix that did not change.
    """
    shares = []
    for name in before:
        squares = torch.linalg.svdvals((after[name] - before[name]).double()).square()
        wanted = energy * float(squares.sum())
        fewest = int((squares.cumsum(0) < wanted).sum()) + 1 if wanted > 0 else 0
        shares.append(fewest / len(squares))
    return sum(shares) / len(shares)


def noise_like(before: Weights, after: Weights, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """`before` plus Gaussian noise on as many entries of each matrix as the update changed, drawn uniformly.

    The noise has the scale of the update's own non-zero entries: a null that knows only how many changed.
    """
    noisy = {}
    for name, start in before.items():
        delta = (after[name] - start).flatten()
        count = int((delta != 0).sum())
        place = torch.randperm(delta.numel(), generator=generator, device=delta.device)[:count]
        scale = delta.square().sum().div(max(1, count)).sqrt()
        drawn = torch.zeros_like(delta)
        drawn[place] = scale * torch.randn(count, generator=generator, device=delta.device, dtype=delta.dtype)
        noisy[name] = start + drawn.view_as(start)
    return noisy


def description(before: Weights, after: Weights, generator: torch.Generator) -> dict[str, float]:
    """Every number about one update, by the name of its metric; `generator` draws the noise of the rank null."""
    rank = rank_share(before, after)
    noise_rank = rank_share(before, noise_like(before, after, generator))
    return {
        "unchanged_share": unchanged_share(before, after),
        "unchanged_share_abs": unchanged_share_abs(before, after),
        "unchanged_share_rel": unchanged_share_rel(before, after),
        "displacement": mean_displacement(before, after),
        "rank_share": rank,
        "noise_rank_share": noise_rank,
        "rank_excess": rank - noise_rank,
        "energy_rank_share": energy_rank_share(before, after),
    }


def count_of(masks: Weights) -> int:
    """How many entries are set."""
    return sum(int(mask.sum()) for mask in masks.values())


def size_of(weights: Weights) -> int:
    """How many entries there are."""
    return sum(weight.numel() for weight in weights.values())


def _share(masks: Weights) -> float:
    return count_of(masks) / size_of(masks)
