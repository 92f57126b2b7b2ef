"""The three phases of a curve that falls, rises above its start, and falls again.

Rule, fixed before any curve was seen: the curve is smoothed by a centred mean of three points, fewer at its end; its
start stays as it is. The dip is the start less the lowest point before the highest one, the rise is the highest point
less the start, the fall is the highest point less the last one. A curve that never exceeds its start has no dip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Phases:
    """Sizes in the unit of the curve; none is negative."""

    dip: float
    rise: float
    fall: float


def phases(curve: Sequence[float]) -> Phases:
    """Dip, rise and fall of a curve whose first point is the start."""
    if len(curve) < 2:
        raise ValueError(f"a curve of {len(curve)} points has no phases")
    smooth = [curve[0], *(fmean(curve[at - 1 : at + 2]) for at in range(1, len(curve)))]
    top = smooth.index(max(smooth))
    return Phases(
        dip=smooth[0] - min(smooth[: top + 1]),
        rise=smooth[top] - smooth[0],
        fall=smooth[top] - smooth[-1],
    )
