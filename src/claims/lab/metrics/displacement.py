"""How many bf16 weights an update leaves alone, as a curve of how far it moves them.

A matrix is one point. Its displacement is the root mean square of its update, in fp32, over the median magnitude of
its start; its share is that of the entries that a bf16 checkpoint shows as equal.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from claims.lab.metrics.updates import Weights, as_bf16

_DEGREE = 3
_NEWTON_STEPS = 30


@dataclass(frozen=True)
class Point:
    """One matrix: the logarithm of its displacement, and the share of its bf16 weights left unchanged."""

    log_displacement: float
    unchanged: float


def points(before: Weights, after: Weights) -> list[Point]:
    """A point for every matrix, from its values in fp32. Raises ValueError for a matrix that did not move."""
    was, is_now = as_bf16(before), as_bf16(after)
    found = []
    for name, start in before.items():
        moved = float((after[name].double() - start.double()).square().mean().sqrt())
        if moved == 0.0:
            raise ValueError(f"{name} did not move: it has no place on a curve of displacements")
        share = float((was[name] == is_now[name]).double().mean())
        found.append(Point(math.log(moved / float(start.double().abs().median())), share))
    return found


@dataclass(frozen=True)
class Curve:
    """Unchanged share as a logistic function of a cubic polynomial in the logarithm of the displacement."""

    coefficients: torch.Tensor
    middle: float
    low: float
    high: float
    """The range of log-displacements that it was fitted on; outside it goes on flat."""

    def at(self, log_displacement: float) -> float:
        """The share that it expects."""
        inside = min(self.high, max(self.low, log_displacement))
        return float((_powers([inside - self.middle]) @ self.coefficients).sigmoid())

    def residual(self, of: Sequence[Point]) -> float:
        """Unchanged share above the curve, mean over the points."""
        return sum(point.unchanged - self.at(point.log_displacement) for point in of) / len(of)

    def misfit(self, of: Sequence[Point]) -> float:
        """Root mean square of the points' distances from the curve."""
        squares = [(point.unchanged - self.at(point.log_displacement)) ** 2 for point in of]
        return math.sqrt(sum(squares) / len(squares))

    def share_inside(self, of: Sequence[Point]) -> float:
        """Share of the points that lie in the range that it was fitted on."""
        return sum(self.low <= point.log_displacement <= self.high for point in of) / len(of)


def fit(to: Sequence[Point]) -> Curve:
    """The curve of the largest quasi-likelihood, by Newton's method.

    Raises ValueError when the points are too few to determine it.
    """
    places = [point.log_displacement for point in to]
    if len(set(places)) <= _DEGREE:
        raise ValueError(f"a polynomial of degree {_DEGREE} needs more than {_DEGREE} different displacements")
    middle = sum(places) / len(places)
    powers = _powers([place - middle for place in places])
    share = torch.tensor([point.unchanged for point in to], dtype=torch.float64)
    coefficients = torch.zeros(_DEGREE + 1, dtype=torch.float64)
    for _ in range(_NEWTON_STEPS):
        expected = (powers @ coefficients).sigmoid()
        weight = (expected * (1 - expected)).clamp_min(1e-6)
        curvature = powers.T @ (weight[:, None] * powers) + 1e-9 * torch.eye(_DEGREE + 1, dtype=torch.float64)
        coefficients = coefficients + torch.linalg.solve(curvature, powers.T @ (share - expected))
    return Curve(coefficients, middle, min(places), max(places))


def _powers(values: Sequence[float]) -> torch.Tensor:
    return torch.tensor([[value**power for power in range(_DEGREE + 1)] for value in values], dtype=torch.float64)
