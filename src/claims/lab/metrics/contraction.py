"""Whether a map of points pulls its neighbourhood in: eigenvalues and singular values of its Jacobian, and iteration.

Shapes: N points, D coordinates. All numbers are without unit: change of the output per change of the input.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from claims.lab.tasks.points import nearest_distances, offsets

Map = Callable[[Tensor], Tensor]
"""From a point (D) to a point (D), and from points (N, D) to points (N, D)."""


def contraction(f: Map, x_ND: Tensor) -> dict[str, float]:
    """How `f` acts beside the given points.

    `contractive_share`: points with a spectral radius below 1, a fraction. `median_radius`, `median_sigma`: spectral
    radius and largest singular value of the Jacobian, each the median over the points (the lower one of two).
    """
    jacobian_NDD = jacobians(f, x_ND)
    radius_N = spectral_radii(jacobian_NDD)
    return {
        "contractive_share": float((radius_N < 1).double().mean()),
        "median_radius": float(radius_N.median()),
        "median_sigma": float(top_singular_values(jacobian_NDD).median()),
    }


def jacobians(f: Map, x_ND: Tensor) -> Tensor:
    """The derivative of `f` at each point (N, D, D): row = output coordinate, column = input coordinate."""
    derivative_NDD: Tensor = torch.func.vmap(torch.func.jacrev(f))(x_ND)
    return derivative_NDD


def spectral_radii(jacobian_NDD: Tensor) -> Tensor:
    """Largest absolute eigenvalue of each matrix (N), on the CPU in float64.

    Below 1 at a fixed point, iteration from close by returns to it (arXiv:2505.22785v4, definition 2). On the CPU
    because matrices this small are slower to solve on a GPU.
    """
    radius_N: Tensor = torch.linalg.eigvals(jacobian_NDD.cpu().double()).abs().amax(1)
    return radius_N


def top_singular_values(jacobian_NDD: Tensor) -> Tensor:
    """Largest factor by which each matrix stretches a vector (N): never below the spectral radius."""
    sigma_N: Tensor = torch.linalg.matrix_norm(jacobian_NDD.cpu().double(), ord=2)
    return sigma_N


def recovery_share(f: Map, points_ND: Tensor, *, reach: float, iterations: int, seed: int) -> float:
    """Share of points to which iterating `f` returns from one random start beside each.

    A start lies `reach` nearest-neighbour distances away; it has returned when it ends within a tenth of that.
    """
    x_ND = points_ND + offsets(points_ND, 1, reach=reach, seed=seed)[:, 0]
    for _ in range(iterations):
        x_ND = f(x_ND)
    distance_N = torch.linalg.vector_norm(x_ND - points_ND, dim=1)
    # a start that ran off to infinity compares as not returned, also where it became NaN
    return float((distance_N < 0.1 * reach * nearest_distances(points_ND)).double().mean())
