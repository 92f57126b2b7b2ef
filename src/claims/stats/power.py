"""Power: how often rule 1 supports a claim that is true, and what it takes.

By simulation with normal noise and the guard included; the seed is the caller's. Predictions of one claim are
drawn as independent: those that rise and fall together reach SUPPORTED more often than is said here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from claims.domain.interval import Interval
from claims.stats.intervals import t_quantile
from claims.stats.looks import LOOKS_V1, Look
from claims.stats.simulation import Floats, decide_many

LOOKS = tuple(LOOKS_V1)
REPETITIONS = 20_000


@dataclass(frozen=True)
class Assumed:
    """One prediction and what is assumed of it: the true mean, and the sd between replicates, in its unit."""

    expected: Interval
    mean: float
    sd: float


@dataclass(frozen=True)
class Power:
    """Chances of one claim at or before each look, in the order of `looks`."""

    looks: tuple[int, ...]
    supported: tuple[float, ...]
    refuted: tuple[float, ...]
    repetitions: int

    def error(self, position: int) -> float:
        """Monte-Carlo standard error of `supported` at a look."""
        share = self.supported[position]
        return sqrt(share * (1 - share) / self.repetitions)


def power(
    assumed: Sequence[Assumed],
    *,
    rng: np.random.Generator,
    looks: Sequence[int] = LOOKS,
    repetitions: int = REPETITIONS,
) -> Power:
    """The chance that a claim with these predictions is supported, and that it is refuted, by each look.

    Raises:
        ValueError: no prediction, or an sd below zero.
    """
    if not assumed or any(a.sd < 0 for a in assumed):
        raise ValueError("power needs at least one prediction, and spreads that are not negative")
    noise_RKN = rng.standard_normal((repetitions, len(assumed), max(looks)))
    mean_K1 = np.array([[a.mean] for a in assumed])
    sd_K1 = np.array([[a.sd] for a in assumed])
    decided = decide_many(mean_K1 + sd_K1 * noise_RKN, [a.expected for a in assumed], [LOOKS_V1[n] for n in looks])
    positions = range(len(looks))
    return Power(
        looks=tuple(looks),
        supported=tuple(decided.supported_by(p) for p in positions),
        refuted=tuple(decided.refuted_by(p) for p in positions),
        repetitions=repetitions,
    )


def replicates_needed(
    assumed: Sequence[Assumed],
    *,
    rng: np.random.Generator,
    target: float = 0.8,
    looks: Sequence[int] = LOOKS,
    repetitions: int = REPETITIONS,
) -> int | None:
    """The first look by which the claim is supported with at least the target chance; None if by none."""
    found = power(assumed, rng=rng, looks=looks, repetitions=repetitions)
    reached = (n for n, chance in zip(found.looks, found.supported, strict=True) if chance >= target)
    return next(reached, None)


def margin_for(
    look: int,
    *,
    rng: np.random.Generator,
    power: float = 0.8,
    repetitions: int = REPETITIONS,
) -> float:
    """How far inside a one-sided edge the true mean must lie to be supported at or before `look`, in run-sd.

    Without the rule's chance to refute earlier, which is below 1 in 1,000 for a mean inside.
    """
    noise_RN = rng.standard_normal((repetitions, look))
    return _quantile([_needed_above(noise_RN, LOOKS_V1[n]) for n in LOOKS if n <= look], power)


def half_width_for(
    look: int,
    *,
    rng: np.random.Generator,
    power: float = 0.8,
    repetitions: int = REPETITIONS,
) -> float:
    """Half the width of a two-sided interval, true mean in its middle, to be supported by `look`, in run-sd."""
    noise_RN = rng.standard_normal((repetitions, look))
    return _quantile([_needed_around(noise_RN, LOOKS_V1[n]) for n in LOOKS if n <= look], power)


def _quantile(needed: Sequence[Floats], power: float) -> float:
    """The margin at which a share `power` of the samples has, at one of the looks, all that it needs."""
    return float(np.quantile(np.min(needed, axis=0), power, method="inverted_cdf"))


def _needed_above(noise_RN: Floats, look: Look) -> Floats:
    """The smallest shift that puts a sample's interval, and all but the guard's replicates, above zero."""
    taken_RN = noise_RN[:, : look.n]
    allowed_R = np.partition(taken_RN, look.guard, axis=1)[:, look.guard]
    needed_R: Floats = np.maximum(-allowed_R, _half(taken_RN, look) - taken_RN.mean(axis=1))
    return needed_R


def _needed_around(noise_RN: Floats, look: Look) -> Floats:
    """The smallest half-width around zero that holds a sample's interval and all but the guard's replicates."""
    taken_RN = noise_RN[:, : look.n]
    last = look.n - 1 - look.guard
    allowed_R = np.partition(np.abs(taken_RN), last, axis=1)[:, last]
    needed_R: Floats = np.maximum(allowed_R, _half(taken_RN, look) + np.abs(taken_RN.mean(axis=1)))
    return needed_R


def _half(taken_RN: Floats, look: Look) -> Floats:
    half: Floats = t_quantile(look.level, look.n) * taken_RN.std(axis=1, ddof=1) / sqrt(look.n)
    return half
