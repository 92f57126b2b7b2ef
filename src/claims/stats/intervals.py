"""Interval of a mean: Student's t on one number per replicate."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, hypot, isfinite, sqrt

from scipy.special import stdtrit


@dataclass(frozen=True)
class Estimate:
    """A mean with its two-sided t-interval, in the unit of the values."""

    mean: float
    low: float
    high: float
    level: float
    """Two-sided coverage as a fraction: 0.99."""
    n: int
    sd: float
    """Standard deviation of the values (n - 1)."""


def t_quantile(level: float, n: int) -> float:
    """Half-width of a two-sided t-interval from n values, in standard errors."""
    return float(stdtrit(n - 1, (1 + level) / 2))


def mean_interval(values: Sequence[float], level: float) -> Estimate:
    """The mean of at least two finite values and its two-sided t-interval.

    Raises:
        ValueError: below two values, for a value that is not finite, or so large that the interval is not.
    """
    n = len(values)
    if n < 2:
        raise ValueError(f"an interval needs two values, got {n}")
    if not 0 < level < 1:
        raise ValueError(f"level is a fraction between 0 and 1, got {level}")
    if not all(isfinite(v) for v in values):
        raise ValueError("an interval needs finite values")
    # fsum and hypot do not depend on a machine's vector width, as np.sum does: a record re-derives elsewhere.
    # Clipping keeps the mean of equal values equal to them: (0.1 + 0.1 + 0.1) / 3 is not 0.1.
    try:
        mean = min(max(fsum(values) / n, min(values)), max(values))
    except OverflowError:
        raise ValueError("the values are too large for an interval") from None
    sd = hypot(*(v - mean for v in values)) / sqrt(n - 1)
    half = t_quantile(level, n) * sd / sqrt(n)
    if not isfinite(mean - half) or not isfinite(mean + half):
        raise ValueError("the values are too large for an interval")
    return Estimate(mean=mean, low=mean - half, high=mean + half, level=level, n=n, sd=sd)
