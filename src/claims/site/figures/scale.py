"""Scale: where the ticks of an axis stand, and how they are written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from claims.site.numbers import plain

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WHOLE_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`; it may be logarithmic, and its numbers may leave out a power of ten."""

    low: float
    high: float
    power: int = 0
    logarithmic: bool = False

    @property
    def words(self) -> str:
        """What to add to the axis' label."""
        if self.logarithmic:
            return ", logarithmic"
        return f", in units of {plain(10.0**self.power)}" if self.power else ""

    def share(self, value: float) -> float:
        """How far along the axis a value lies, in percent; beyond 0 and 100 when outside."""
        low, high, x = (math.log10(v) if self.logarithmic else v for v in (self.low, self.high, value))
        return 100 * (x - low) / (high - low)

    def ticks(self, most: int, whole: bool = False) -> tuple[tuple[float, str], ...]:
        """At most `most` intervals between round numbers, each with its label; `whole` allows integers only."""
        if self.logarithmic:
            return _decades(self.low, self.high, most)
        step = _step((self.high - self.low) / most, whole)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple((i * step, plain(round(i * step / 10**self.power, 9))) for i in range(first, last + 1))


def scale_of(low: float, high: float) -> Scale:
    """A linear axis; without a power of ten for numbers that are short as they are."""
    largest = max(abs(low), abs(high))
    power = 0 if largest == 0 or 1e-3 <= largest < 1e5 else math.floor(math.log10(largest))
    return Scale(low, high, power)


def spans_decades(values: Sequence[float]) -> bool:
    """Whether numbers need a logarithmic axis: all positive, the largest a thousand times the smallest or more."""
    return min(values) > 0 and max(values) >= 1000 * min(values)


def widened(low: float, high: float, share: float) -> tuple[float, float]:
    """Both ends moved outwards by a share of the distance between them, or of their size when they are one."""
    room = share * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _step(least: float, whole: bool) -> float:
    """The smallest round number that is at least `least`."""
    if whole and least <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    steps = _WHOLE_STEPS if whole else _STEPS
    return next(s * power for s in steps if s * power >= least * (1 - 1e-9))


def _decades(low: float, high: float, most: int) -> tuple[tuple[float, str], ...]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, -(-(last - first) // most))
    return tuple((10.0**p, "1" if p == 0 else f"1e{p}") for p in range(first, last + 1, every))
