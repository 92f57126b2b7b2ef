"""Where a learning curve crosses a level. Points in order of time, straight lines between them."""

from collections.abc import Sequence
from dataclasses import dataclass


def crossing(times: Sequence[float], values: Sequence[float], level: float) -> float | None:
    """The first time at which the curve reaches `level` from below; None if it never does."""
    if values[0] >= level:
        return float(times[0])
    for i in range(1, len(values)):
        if values[i] >= level:
            share = (level - values[i - 1]) / (values[i] - values[i - 1])
            return float(times[i - 1] + share * (times[i] - times[i - 1]))
    return None


def half_time(times: Sequence[float], values: Sequence[float]) -> float | None:
    """Time from the first point until half of the rise to the highest point is done; None if it never rises."""
    top = max(values)
    if top <= values[0]:
        return None
    reached = crossing(times, values, (values[0] + top) / 2)
    return None if reached is None else reached - times[0]


@dataclass(frozen=True)
class Level:
    """The highest value of the first quantity that two learning curves both reach, and what they differ by there."""

    gain: float
    """That value, less the first point of one of them."""
    margin: float
    """The second quantity there, of one less of other."""


def at_common_level(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> Level:
    """Compare two runs at equal progress, each where it first gets there; points are pairs of quantities."""
    level = min(max(first for first, _ in curve) for curve in (one, other))
    margin = _second_at(one, level) - _second_at(other, level)
    return Level(level - one[0][0], margin)


def _second_at(curve: Sequence[tuple[float, float]], level: float) -> float:
    place = crossing(range(len(curve)), [first for first, _ in curve], level)
    assert place is not None  # the level is at most the highest point
    before = int(place)
    after = min(before + 1, len(curve) - 1)
    return curve[before][1] + (place - before) * (curve[after][1] - curve[before][1])
