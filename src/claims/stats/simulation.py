"""Simulation: rule 1 on many samples at once, for its error rates and its power.

Shapes: R repetitions, K predictions, N replicates. Every replicate is valid, every control holds, and the seed has
an effect; a test proves that what this computes is what `decide_v1` says of the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from claims.domain.interval import Interval
from claims.stats.intervals import t_quantile
from claims.stats.looks import Look

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Decided:
    """At which look each repetition was decided, by its position; -1 where it was not."""

    supported_R: NDArray[np.int64]
    refuted_R: NDArray[np.int64]

    def supported_by(self, position: int) -> float:
        """The share of repetitions that are supported at or before this look."""
        return float(np.mean((self.supported_R >= 0) & (self.supported_R <= position)))

    def refuted_by(self, position: int) -> float:
        """The share of repetitions that are refuted at or before this look."""
        return float(np.mean((self.refuted_R >= 0) & (self.refuted_R <= position)))


def decide_many(values_RKN: Floats, expected: Sequence[Interval], looks: Sequence[Look]) -> Decided:
    """What the looks, one after the other, say of R samples of a claim with K predictions."""
    repetitions, predictions, _ = values_RKN.shape
    supported_R = np.full(repetitions, -1)
    refuted_R = np.full(repetitions, -1)
    for position, look in enumerate(looks):
        open_R = (supported_R < 0) & (refuted_R < 0)
        all_inside_R, any_outside_R = open_R.copy(), np.zeros(repetitions, dtype=np.bool_)
        for k, interval in enumerate(expected):
            inside_R, outside_R = at_look(values_RKN[:, k], interval, look, predictions)
            all_inside_R &= inside_R
            any_outside_R |= outside_R & open_R
        supported_R[all_inside_R & ~any_outside_R] = position
        refuted_R[any_outside_R] = position
    return Decided(supported_R, refuted_R)


def at_look(values_RN: Floats, expected: Interval, look: Look, predictions: int) -> tuple[Flags, Flags]:
    """Whether one prediction of several is supported, and whether it is refuted, at one look."""
    taken_RN = values_RN[:, : look.n]
    mean_R = taken_RN.mean(axis=1)
    error_R = taken_RN.std(axis=1, ddof=1) / sqrt(look.n)
    half_R = t_quantile(look.level, look.n) * error_R
    strict_R = t_quantile(1 - look.alpha / predictions, look.n) * error_R
    low_RN = taken_RN > expected.low if expected.low_open else taken_RN >= expected.low
    high_RN = taken_RN < expected.high if expected.high_open else taken_RN <= expected.high
    count_R = np.count_nonzero(low_RN & high_RN, axis=1)
    supported_R = (
        _beyond(mean_R - half_R, expected.low, expected.low_open)
        & _beyond(-mean_R - half_R, -expected.high, expected.high_open)
        & (look.n - count_R <= look.guard)
    )
    refuted_R = (
        _beyond(mean_R - strict_R, expected.high, not expected.high_open)
        | _beyond(-mean_R - strict_R, -expected.low, not expected.low_open)
    ) & (count_R <= look.guard)
    return supported_R, refuted_R


def _beyond(values_R: Floats, edge: float, strictly: bool) -> Flags:
    """Above the edge, or on it too."""
    return values_R > edge if strictly else values_R >= edge
