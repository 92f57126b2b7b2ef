"""Maps whose behaviour around given points is known, to test what measures it.

Shapes: N points, D coordinates.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Anchored:
    """x goes to p + A (x - p), p the anchor closest to x. Every anchor stays where it is, with Jacobian A there."""

    anchors_ND: Tensor
    matrix_DD: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """The image of one point (D) or many (N, D)."""
        distance = torch.linalg.vector_norm(x[..., None, :] - self.anchors_ND, dim=-1)
        # a list of one index: vmap does not take a bare one
        anchor = self.anchors_ND[distance.argmin(-1, keepdim=True)].squeeze(-2)
        return anchor + (x - anchor) @ self.matrix_DD.T

    def norm(self) -> float:
        """Euclidean norm of A."""
        return float(self.matrix_DD.norm())


def shear(dimension: int, *, diagonal: float, stretch: float) -> Tensor:
    """A matrix (D, D) of 2 x 2 blocks [[diagonal, stretch], [0, diagonal]]: all eigenvalues equal `diagonal`.

    Its largest singular value is larger: the two are told apart. D must be even.
    """
    if dimension % 2:
        raise ValueError(f"blocks of two need an even dimension, got {dimension}")
    block = torch.tensor([[diagonal, stretch], [0.0, diagonal]])
    return torch.kron(torch.eye(dimension // 2), block)


def saddle(dimension: int, *, inward: float, outward: float) -> Tensor:
    """A diagonal matrix (D, D): `outward` along the first axis, `inward` along all others."""
    return torch.diag(torch.tensor([outward, *[inward] * (dimension - 1)]))
