"""Means of lines: one line for all replicates of a condition, only where it can be told what it is a mean of."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from claims.domain.run import Trace


class Kind(Enum):
    """How lines were brought together."""

    SAME_PLACES = auto()
    """All were measured at the same places."""
    COMMON_RANGE = auto()
    """They were not: each was interpolated linearly, and the mean ends where the first of them does."""
    POINT_BY_POINT = auto()
    """Lines of a figure turn back, so that one place has several values: the mean of x and of y at each point."""


@dataclass(frozen=True)
class Mean:
    """A mean line, and what it is."""

    line: Trace
    kind: Kind


def means(lines: Mapping[str, Sequence[Trace]]) -> dict[str, Mean]:
    """A mean for every name whose lines have one; all of a figure whose lines differ in place are of one kind."""
    forward = all(a < b for traces in lines.values() for t in traces for a, b in pairwise(t.x))
    found = {name: _mean(traces, forward) for name, traces in lines.items()}
    return {name: mean for name, mean in found.items() if mean is not None}


def _mean(traces: Sequence[Trace], forward: bool) -> Mean | None:
    if len({t.x for t in traces}) == 1:
        return Mean(Trace(x=traces[0].x, y=_averages(t.y for t in traces)), Kind.SAME_PLACES)
    if forward:
        return _interpolated(traces)
    if len({len(t.x) for t in traces}) == 1:
        line = Trace(x=_averages(t.x for t in traces), y=_averages(t.y for t in traces))
        return Mean(line, Kind.POINT_BY_POINT)
    return None


def _interpolated(traces: Sequence[Trace]) -> Mean | None:
    """Over the places that all lines reach; nothing where these are fewer than two."""
    first, last = max(t.x[0] for t in traces), min(t.x[-1] for t in traces)
    places = sorted({x for t in traces for x in t.x if first <= x <= last})
    if len(places) < 2:
        return None
    values = _averages([_at(x, t) for x in places] for t in traces)
    return Mean(Trace(x=tuple(places), y=values), Kind.COMMON_RANGE)


def _at(x: float, trace: Trace) -> float:
    """The value of a line at a place inside its range."""
    right = min(bisect_right(trace.x, x), len(trace.x) - 1)
    left = right - 1
    share = (x - trace.x[left]) / (trace.x[right] - trace.x[left])
    return trace.y[left] * (1 - share) + trace.y[right] * share


def _averages(columns: Iterable[Sequence[float]]) -> tuple[float, ...]:
    return tuple(sum(row) / len(row) for row in zip(*columns, strict=True))
