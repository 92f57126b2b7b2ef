"""What can be had from a model's own samples without more training, from the exact chances of all its answers.

Shapes: N problems, S possible answers; their chances need not sum to 1, the rest is no answer.
"""

from collections.abc import Sequence

import torch

from claims.lab.metrics.pass_at_k import pass_at_k

_AT_ONCE = 64


def votes(chances_NS: torch.Tensor, right_N: torch.Tensor, *, samples: int, generator: torch.Generator) -> float:
    """Chance that the most frequent of `samples` answers is right, ties broken at random; one election a problem."""
    drawn_NV = torch.multinomial(chances_NS.float(), samples, replacement=True, generator=generator)
    ones_NV = torch.ones_like(drawn_NV, dtype=torch.float32)
    counts_NS = torch.zeros_like(chances_NS, dtype=torch.float32).scatter_add(1, drawn_NV, ones_NV)
    most_NS = (counts_NS == counts_NS.amax(dim=1, keepdim=True)).float()
    return _of_right(most_NS / most_NS.sum(dim=1, keepdim=True), right_N)


def resampled(chances_NS: torch.Tensor, *, exponent: float, samples: int) -> torch.Tensor:
    """Chances after Metropolis-Hastings towards the chances to the power `exponent`, exact, `(N, S)`.

    The chain of arXiv:2510.14901v1 with whole answers as proposals: the first of `samples` is its start, each other one
    is accepted with its odds against the present answer to the power `exponent` - 1. What is no answer counts as one
    wrong answer with all the chance that is left; spread over many it would be visited less.
    """
    parts = [_chain(part, exponent, samples) for part in torch.split(chances_NS.double(), _AT_ONCE)]
    return torch.cat(parts)


def best_of_budgets(
    chances_NS: torch.Tensor,
    right_N: torch.Tensor,
    *,
    exponent: float,
    budgets: Sequence[int],
    generator: torch.Generator,
) -> float:
    """The best accuracy that one sample, votes or resampling reach at any of the budgets, in samples; no verifier."""
    voted = [votes(chances_NS, right_N, samples=k, generator=generator) for k in budgets]
    chains = [resampled(chances_NS, exponent=exponent, samples=k) for k in budgets]
    return max(_of_right(chances_NS, right_N), *voted, *(_of_right(chain_NS, right_N) for chain_NS in chains))


def oracle_excess(chances_NS: torch.Tensor, right_N: torch.Tensor, *, budgets: Sequence[int]) -> float:
    """The most by which pass@k with an oracle exceeds that of guessing among all answers, over the budgets k."""
    right, wrong = chances_NS.gather(1, right_N[:, None])[:, 0], 1.0 - 1.0 / chances_NS.shape[1]
    return max(pass_at_k(right, k) - (1.0 - wrong**k) for k in budgets)


def _of_right(chances_NS: torch.Tensor, right_N: torch.Tensor) -> float:
    return float(chances_NS.gather(1, right_N[:, None]).mean())


def _chain(chances_NS: torch.Tensor, exponent: float, samples: int) -> torch.Tensor:
    rest_N1 = 1.0 - chances_NS.sum(dim=1, keepdim=True)
    start_NS = torch.cat([chances_NS, rest_N1], dim=1).clamp_min(1e-12)
    start_NS = start_NS / start_NS.sum(dim=1, keepdim=True)
    odds_NSS = start_NS[:, None, :] / start_NS[:, :, None]
    move_NSS = start_NS[:, None, :] * (odds_NSS ** (exponent - 1.0)).clamp(max=1.0)
    move_NSS.diagonal(dim1=1, dim2=2).zero_()
    move_NSS.diagonal(dim1=1, dim2=2).copy_(1.0 - move_NSS.sum(dim=2))
    moved_NSS: torch.Tensor = torch.linalg.matrix_power(move_NSS, samples - 1)
    return (start_NS[:, None, :] @ moved_NSS)[:, 0, :-1]
