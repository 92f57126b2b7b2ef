"""What can be had from a model's own samples: majority votes and resampling from its sharpened likelihood, exactly.

Shapes: N problems, S possible answers, whose probabilities need not sum to 1 (the rest is no answer).
"""

import torch


def majority_vote(chances_NS: torch.Tensor, right_N: torch.Tensor, *, votes: int, generator: torch.Generator) -> float:
    """Chance that the most frequent of `votes` samples is right, ties broken at random; one election a problem."""
    normal_NS = (chances_NS / chances_NS.sum(dim=1, keepdim=True)).float()
    drawn_NV = torch.multinomial(normal_NS, votes, replacement=True, generator=generator)
    counts_NS = torch.zeros_like(normal_NS).scatter_add(1, drawn_NV, torch.ones_like(drawn_NV, dtype=normal_NS.dtype))
    most_NS = (counts_NS == counts_NS.amax(dim=1, keepdim=True)).float()
    return float((most_NS.gather(1, right_N[:, None])[:, 0] / most_NS.sum(dim=1)).mean())


def power_sampling(chances_NS: torch.Tensor, right_N: torch.Tensor, *, exponent: float, draws: int) -> float:
    """Chance of the right answer after Metropolis-Hastings with `draws` proposals from the model, exact.

    The target is the likelihood to the power `exponent`, the first proposal the start: arXiv:2510.14901v1 with whole
    answers as proposals. The chain's transition matrix is raised to the power.
    """
    chances_NS = (chances_NS / chances_NS.sum(dim=1, keepdim=True)).double().clamp_min(1e-12)
    ratio_NSS = chances_NS[:, None, :] / chances_NS[:, :, None]
    move_NSS = chances_NS[:, None, :] * (ratio_NSS ** (exponent - 1)).clamp(max=1.0)
    move_NSS = move_NSS - torch.diag_embed(torch.diagonal(move_NSS, dim1=1, dim2=2))
    move_NSS = move_NSS + torch.diag_embed(1.0 - move_NSS.sum(dim=2))
    now_N1S = chances_NS[:, None, :] @ torch.linalg.matrix_power(move_NSS, draws - 1)
    return float(now_N1S[:, 0].gather(1, right_N[:, None]).mean())
