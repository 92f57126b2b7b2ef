"""Random points to reconstruct, and points to compare them with.

Shapes: N points, M other points, K neighbours of each point, D coordinates. Everything is drawn on the CPU in
float64, so that a seed means the same points on every device and in every dtype.
"""

import torch
from torch import Tensor

from claims.lab.seeding import generator


def normal_points(count: int, dimension: int, *, seed: int) -> Tensor:
    """Points (N, D) with independent standard normal coordinates: each has a norm near the root of D."""
    return torch.randn(count, dimension, generator=generator(seed), dtype=torch.float64)


def at_one_norm(points_ND: Tensor) -> Tensor:
    """The points rescaled to the norm root of D each: a mean square of 1 over the coordinates of every point."""
    norm_N1: Tensor = points_ND.norm(dim=1, keepdim=True)
    scale_N1: Tensor = points_ND.shape[1] ** 0.5 / norm_N1
    return points_ND * scale_N1


def norm_matched(points_ND: Tensor, count: int, *, seed: int) -> Tensor:
    """Points (M, D) in uniform directions whose norms are drawn from those of the given points."""
    random = generator(seed)
    direction_MD = _directions((count, points_ND.shape[1]), random).to(points_ND)
    chosen_M = torch.randint(len(points_ND), (count,), generator=random).to(points_ND.device)
    norm_M: Tensor = points_ND.norm(dim=1)[chosen_M]
    return direction_MD * norm_M[:, None]


def offsets(points_ND: Tensor, count: int, *, reach: float, seed: int) -> Tensor:
    """Steps (N, K, D) in uniform directions from each point, `reach` of its nearest-neighbour distance long."""
    shape = (len(points_ND), count, points_ND.shape[1])
    direction_NKD = _directions(shape, generator(seed)).to(points_ND)
    return reach * nearest_distances(points_ND)[:, None, None] * direction_NKD


def taught_pairs(points_ND: Tensor, slope: float, reach: float, *, seed: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets (N + 2 N D, D): every point maps to itself, and p + step to p + slope * step.

    Each point gets 2 D neighbours, enough to fix all directions: a net that learns the pairs has a Jacobian close to
    slope * identity at the points.
    """
    step_NKD = offsets(points_ND, 2 * points_ND.shape[1], reach=reach, seed=seed)
    near_NKD, image_NKD = points_ND[:, None] + step_NKD, points_ND[:, None] + slope * step_NKD
    return torch.cat([points_ND, near_NKD.flatten(0, 1)]), torch.cat([points_ND, image_NKD.flatten(0, 1)])


def nearest_distances(points_ND: Tensor) -> Tensor:
    """Distance (N) of each point to the closest other one. Needs two points."""
    if len(points_ND) < 2:
        raise ValueError("one point has no nearest neighbour: give two or more")
    distance_NN = torch.linalg.vector_norm(points_ND[:, None] - points_ND[None], dim=2)
    nearest_N: Tensor = distance_NN.fill_diagonal_(torch.inf).amin(1)
    return nearest_N


def _directions(shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    deviates = torch.randn(shape, generator=random, dtype=torch.float64)
    norms: Tensor = deviates.norm(dim=-1, keepdim=True)
    return deviates / norms
