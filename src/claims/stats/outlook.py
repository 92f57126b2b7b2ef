"""Outlook: whether more replicates would settle an undecided claim, in words for a reader of machine learning.

A forecast, not part of the decision: it takes the mean and the spread seen so far for the true ones and the
noise for normal, and asks what the rule would say at its next looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, prod, sqrt

from scipy.special import bdtr, ndtr

from claims.domain.interval import Interval
from claims.stats.intervals import Estimate, t_quantile
from claims.stats.looks import Look

PROBABLY = 0.5
"""The chance from which on we say that a look would settle it."""


@dataclass(frozen=True)
class Seen:
    """What is known of one undecided prediction."""

    id: str
    expected: Interval
    estimate: Estimate
    outside: int
    """Replicates outside the expected interval."""

    @property
    def inside(self) -> int:
        """Replicates inside the expected interval."""
        return self.estimate.n - self.outside

    @property
    def distance(self) -> float:
        """From the mean to the nearest edge of the expected interval, in the metric's unit."""
        return min(abs(self.estimate.mean - self.expected.low), abs(self.estimate.mean - self.expected.high))


def outlook(seen: Sequence[Seen], reached: Look, later: Sequence[Look]) -> str:
    """One sentence: how many more replicates would probably settle it, or that more will not, and why."""
    for look in later:
        if chance_settled(seen, look) >= PROBABLY:
            return f"{look.n - reached.n} more replicates ({look.n} in all) would probably settle it."
    if later:
        return f"More will probably not settle it: {_obstacle(seen, later[-1])}."
    return f"More will not settle it, {reached.n} being the last look: {_obstacle(seen, reached)}."


def chance_settled(seen: Sequence[Seen], look: Look) -> float:
    """The forecast chance that `look` says supported or refuted of the claim, predictions taken as independent."""
    supported = prod(_chance_inside(s, look, look.alpha) for s in seen)
    undecided = prod(1 - _chance_outside(s, look, look.alpha / len(seen)) for s in seen)
    return supported + (1 - undecided)


def _chance_inside(seen: Seen, look: Look, alpha: float) -> float:
    """The chance that interval and guard both say inside, as if these were independent."""
    half, error = _spread(seen, look, alpha)
    mean = seen.estimate.mean
    clears = _above(mean - half - seen.expected.low, error) + _above(seen.expected.high - half - mean, error) - 1
    return max(0.0, clears) * _guarded(seen.outside, 1 - _share_inside(seen), seen, look)


def _chance_outside(seen: Seen, look: Look, alpha: float) -> float:
    half, error = _spread(seen, look, alpha)
    mean = seen.estimate.mean
    clears = _above(mean - half - seen.expected.high, error) + _above(seen.expected.low - half - mean, error)
    return min(1.0, clears) * _guarded(seen.inside, _share_inside(seen), seen, look)


def _spread(seen: Seen, look: Look, alpha: float) -> tuple[float, float]:
    """Half-width of the interval at the look, and how far the mean may move until then (standard error)."""
    sd, more = seen.estimate.sd, look.n - seen.estimate.n
    return t_quantile(1 - alpha, look.n) * sd / sqrt(look.n), sd * sqrt(more) / look.n


def _above(distance: float, error: float) -> float:
    """P(distance + error * Z > 0) for a standard normal Z."""
    if error == 0 or abs(distance) == inf:
        return float(distance > 0)
    return float(ndtr(distance / error))


def _share_inside(seen: Seen) -> float:
    """The share of replicates that would fall inside the expected interval, the noise being normal."""
    mean, sd = seen.estimate.mean, seen.estimate.sd
    if sd == 0:
        return float(mean in seen.expected)
    return float(ndtr((seen.expected.high - mean) / sd) - ndtr((seen.expected.low - mean) / sd))


def _guarded(wrong: int, share: float, seen: Seen, look: Look) -> float:
    """The chance that no more than the guard's number are on the wrong side, `wrong` being there already."""
    left, more = look.guard - wrong, look.n - seen.estimate.n
    if left < 0:
        return 0.0
    if left >= more:  # bdtr is not a number there
        return 1.0
    return float(bdtr(left, more, min(1.0, max(0.0, share))))


def _obstacle(seen: Sequence[Seen], last: Look) -> str:
    """What keeps the prediction that is furthest from a decision undecided at the last look."""
    worst = min(seen, key=lambda s: max(_chance_inside(s, last, last.alpha), _chance_outside(s, last, last.alpha)))
    n, sd = worst.estimate.n, worst.estimate.sd
    if min(worst.outside, worst.inside) > last.guard:
        return (
            f"of {worst.id}, {worst.outside} of {n} replicates lie outside the expected interval and {worst.inside}"
            f" inside, and at most {last.guard} may be on the wrong side"
        )
    if worst.distance == 0:
        return f"the mean of {worst.id} lies on the edge of the expected interval"
    steps = worst.distance / sd if sd else inf
    if t_quantile(last.level, last.n) / sqrt(last.n) > steps:
        needed = ceil((t_quantile(last.level, last.n) / steps) ** 2)
        return (
            f"the mean of {worst.id} lies {steps:.2g} run-sd from the edge of the expected interval, which would"
            f" take about {needed} replicates"
        )
    share = _share_inside(worst)
    if worst.estimate.mean in worst.expected:
        share = 1 - share
    return (
        f"of {worst.id}, about {share:.0%} of replicates fall on the other side of the edge than the mean, and at"
        f" most {last.guard} of {last.n} may"
    )
