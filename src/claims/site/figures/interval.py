"""Interval plot: one prediction. Every seed a dot, the expected interval shaded, the paper's number a diamond."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import isfinite

from claims.domain.interval import Interval
from claims.site.figures.scale import Scale, scale_of, widened
from claims.site.figures.svg import (
    CROSS,
    DIAMOND,
    LABELS,
    Drawing,
    Panel,
    axis,
    beside,
    dot,
    line,
    mark,
    picture,
    rectangle,
)
from claims.site.numbers import plain

_ROW = 30
_DOT = 11
"""Height of a row and distance between dots, in pixels."""
_TOP = 6
_NARROW = 260
"""Width of the plot on a phone, in pixels: dots that would touch there are stacked."""
_TALLEST = 120
_MOST_TICKS = 5


@dataclass(frozen=True)
class Dot:
    """A replicate's value and what to call it."""

    value: float
    name: str
    valid: bool


@dataclass(frozen=True)
class IntervalPlot:
    """What an interval plot shows. `bounds` are the metric's own: what it can be at all."""

    axis: str
    expected: Interval
    expected_words: str
    bounds: Interval
    row: str
    """What a dot is, in a word: `seeds`, or `value` where there is only one."""
    dots: tuple[Dot, ...]
    decision: tuple[float, float, float] | None
    """Estimate and both ends of its interval; None when nothing was decided."""
    reported: tuple[tuple[float, float], ...]
    """The paper's numbers as ranges; a single number has equal ends."""
    rival: float | None
    alt: str
    caption: str


def interval_plot(plot: IntervalPlot) -> Drawing:
    """Draw it."""
    scale = scale_of(*_limits(plot))
    stacked = _stacked(plot, scale)
    levels = max((abs(level) for _, level in stacked), default=0)
    seeds = min(_TALLEST, max(_ROW, (2 * levels + 1) * _DOT + 8))
    step = min(_DOT, (seeds - 8) / (2 * levels + 1))
    rows = [(plot.row, _TOP + seeds / 2)]
    for name, present in (("mean", plot.decision is not None), ("paper", bool(plot.reported))):
        if present:
            rows.append((name, _TOP + seeds + _ROW * len(rows) - _ROW / 2))
    bottom = _TOP + seeds + _ROW * (len(rows) - 1)
    middle = dict(rows)
    shapes = [
        *_expected(plot, scale, bottom),
        *axis([(scale.share(x), words) for x, words in scale.ticks(_MOST_TICKS)], bottom),
        *(_dot(d, scale, middle[plot.row] - level * step) for d, level in stacked),
        *(_mean(plot.decision, scale, middle["mean"]) if plot.decision else ()),
        *(shape for reported in plot.reported for shape in _reported(reported, scale, middle["paper"])),
    ]
    svg = picture(bottom + LABELS, plot.alt, [beside(name, y) for name, y in rows], shapes)
    return Drawing(f"expected: {plot.expected_words}", (Panel(svg),), f"{plot.axis}{scale.words}", plot.caption)


def _limits(plot: IntervalPlot) -> tuple[float, float]:
    marks = [*(d.value for d in plot.dots), *(plot.decision or ()), *(x for r in plot.reported for x in r)]
    marks += [x for x in (plot.expected.low, plot.expected.high) if isfinite(x)]
    marks += [] if plot.rival is None else [plot.rival]
    return widened(min(marks), max(marks), 0.09)


def _stacked(plot: IntervalPlot, scale: Scale) -> list[tuple[Dot, int]]:
    """Each dot with its level above (positive) or below the row's middle, so that none hides another."""
    placed: list[tuple[float, int]] = []
    found: list[tuple[Dot, int]] = []
    for d in sorted(plot.dots, key=lambda d: (d.value, d.name)):
        x = scale.share(d.value) * _NARROW / 100
        taken = {level for other, level in placed if x - other < _DOT}
        level = next(i for i in _levels() if i not in taken)
        placed.append((x, level))
        found.append((d, level))
    return found


def _levels() -> Iterator[int]:
    yield 0
    for i in count(1):
        yield from (i, -i)


def _expected(plot: IntervalPlot, scale: Scale, bottom: float) -> Iterator[str]:
    """The shaded interval, its finite ends a line with teeth that point inwards: seen without colour too."""
    left = max(scale.low, plot.expected.low, plot.bounds.low)
    right = min(scale.high, plot.expected.high, plot.bounds.high)
    if left < right:
        yield rectangle("expected", scale.share(left), 0, scale.share(right), bottom)
    for end, teeth in ((plot.expected.low, "teeth teeth--right"), (plot.expected.high, "teeth teeth--left")):
        if isfinite(end) and end in plot.bounds:
            x = scale.share(end)
            yield line(teeth, x, 0, x, bottom)
            yield line("edge", x, 0, x, bottom)
    if plot.rival is not None:
        x = scale.share(plot.rival)
        yield line("rival", x, 0, x, bottom)


def _dot(d: Dot, scale: Scale, y: float) -> str:
    words = f"{d.name}: {plain(d.value)}{'' if d.valid else ', invalid'}"
    x = scale.share(d.value)
    return dot("dot", x, y, 4.5, words) if d.valid else mark("cross", x, y, CROSS, words)


def _mean(decision: tuple[float, float, float], scale: Scale, y: float) -> Iterator[str]:
    mean, low, high = map(scale.share, decision)
    yield line("bar", low, y, high, y)
    for end in (low, high):
        yield line("cap", end, y - 8, end, y + 8)
    yield dot("dot", mean, y, 5)


def _reported(ends: tuple[float, float], scale: Scale, y: float) -> Iterator[str]:
    start, end = map(scale.share, ends)
    if start != end:
        yield line("paper", start, y, end, y)
    for x in dict.fromkeys((start, end)):
        yield mark("paper", x, y, DIAMOND)
