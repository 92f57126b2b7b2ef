"""Interval plot: one prediction. Every seed a dot, the expected interval shaded, the paper's number a diamond."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from claims.domain.interval import Interval
from claims.site.figures.canvas import (
    COLOURS,
    NARROW,
    Drawing,
    Scale,
    axes,
    axis_words,
    axis_words_height,
    draw,
    scale_of,
    ticks,
)

_LEFT, _RIGHT, _TOP = 62, 16, 34
_ROW = 30
_DOT = 11
"""Height of a row and distance between dots, in drawing units."""


@dataclass(frozen=True)
class IntervalPlot:
    """What an interval plot shows. `bounds` are the metric's own: what it can be at all."""

    key: str
    axis: str
    expected: Interval
    expected_words: str
    bounds: Interval
    dots: str
    """What a dot is, in a word: `seeds`, or `value` where there is only one."""
    valid: tuple[float, ...]
    invalid: tuple[float, ...]
    decision: tuple[float, float, float] | None
    """Estimate and both ends of its interval; None when nothing was decided."""
    reported: tuple[tuple[float, float], ...]
    """The paper's numbers as ranges; a single number has equal ends."""
    rival: float | None
    alt: str
    caption: str


def interval_plot(plot: IntervalPlot) -> Drawing:
    """Draw it wide and narrow."""
    low, high = _limits(plot)

    def stacks(width: int) -> list[tuple[float, int, bool]]:
        return _stacked(plot, (width - _LEFT - _RIGHT) / (high - low))

    def seeds_height(width: int) -> int:
        levels = [abs(level) for _, level, _ in stacks(width)]
        return min(120, max(_ROW, (2 * max(levels, default=0) + 1) * _DOT + 8))

    def height(width: int) -> int:
        rows = (plot.decision is not None) + bool(plot.reported)
        return _TOP + seeds_height(width) + rows * _ROW + _bottom(plot, width)

    def paint(figure: Figure, width: int, height: int) -> None:
        ax = axes(figure, _LEFT, _bottom(plot, width), _RIGHT, _TOP)
        ax.set_xlim(low, high)
        ax.set_ylim(_TOP + _bottom(plot, width) - height, 0)  # one unit is one drawing unit, downwards from the top
        _paint_expected(ax, plot, low, high)
        _paint_rows(ax, plot, stacks(width), seeds_height(width))
        _dress(figure, ax, plot, width)

    wide, narrow = draw(height, paint, plot.alt, plot.key)
    return Drawing(wide, narrow, plot.caption)


def _limits(plot: IntervalPlot) -> tuple[float, float]:
    marks = [*plot.valid, *plot.invalid, *(plot.decision or ()), *(x for r in plot.reported for x in r)]
    marks += [x for x in (plot.expected.low, plot.expected.high) if isfinite(x)]
    marks += [] if plot.rival is None else [plot.rival]
    low, high = min(marks), max(marks)
    room = 0.09 * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _stacked(plot: IntervalPlot, scale: float) -> list[tuple[float, int, bool]]:
    """Each dot with its level above (positive) or below the row's middle, so that none hides another."""
    placed: list[tuple[float, int, bool]] = []
    dots = [*((x, True) for x in plot.valid), *((x, False) for x in plot.invalid)]
    for value, valid in sorted(dots):
        taken = {level for x, level, _ in placed if (value - x) * scale < _DOT}
        level = next(i for i in _levels() if i not in taken)
        placed.append((value, level, valid))
    return placed


def _levels() -> Sequence[int]:
    return [0, *(sign * i for i in range(1, 200) for sign in (1, -1))]


def _paint_expected(ax: Axes, plot: IntervalPlot, low: float, high: float) -> None:
    """The shaded interval, its finite ends a line with a hatched inner edge: seen without colour too."""
    left, right = max(low, plot.expected.low, plot.bounds.low), min(high, plot.expected.high, plot.bounds.high)
    if left < right:
        ax.axvspan(left, right, facecolor=COLOURS["region"], alpha=0.16, linewidth=0)
    edge = min(0.018 * (high - low), right - left)
    for end, inner in ((plot.expected.low, edge), (plot.expected.high, -edge)):
        if isfinite(end) and end in plot.bounds:
            ax.axvspan(end, end + inner, facecolor="none", edgecolor=COLOURS["region"], hatch="////", linewidth=0)
            ax.axvline(end, color=COLOURS["region"], linewidth=2)
    centre = (left + right) / 2
    to_the_left = centre < (low + high) / 2
    ax.annotate(
        f"expected: {plot.expected_words}",
        (0.0 if to_the_left else 1.0, 1.0),
        xycoords="axes fraction",
        xytext=(0, 10),
        textcoords="offset points",
        ha="left" if to_the_left else "right",
    )
    if plot.rival is not None:
        ax.axvline(plot.rival, color=COLOURS["muted"], linewidth=1.5, linestyle=(0, (2, 3)))


def _paint_rows(ax: Axes, plot: IntervalPlot, dots: Sequence[tuple[float, int, bool]], seeds_height: int) -> None:
    middle = -seeds_height / 2
    levels = max((abs(level) for _, level, _ in dots), default=0)
    step = min(_DOT, (seeds_height - 8) / (2 * levels + 1))
    for valid, style in ((True, _VALID), (False, _INVALID)):
        chosen = [(x, middle + level * step) for x, level, ok in dots if ok is valid]
        if chosen:
            ax.plot(*zip(*chosen, strict=True), linestyle="none", clip_on=False, **style)
    rows = {plot.dots: middle}
    below = -float(seeds_height)
    if plot.decision is not None:
        mean, low, high = plot.decision
        below -= _ROW
        rows["mean"] = below + _ROW / 2
        ax.errorbar(mean, rows["mean"], xerr=[[mean - low], [high - mean]], **_MEAN)
    if plot.reported:
        below -= _ROW
        rows["paper"] = below + _ROW / 2
        for start, end in plot.reported:
            ax.plot([start, end], [rows["paper"]] * 2, **_PAPER)
    ax.set_yticks(list(rows.values()), list(rows))


_VALID: dict[str, Any] = {"marker": "o", "markersize": 9, "color": COLOURS["dot"], "markeredgewidth": 0}
_INVALID: dict[str, Any] = {"marker": "x", "markersize": 8, "color": COLOURS["muted"], "markeredgewidth": 2}
_MEAN: dict[str, Any] = {
    "fmt": "o",
    "color": COLOURS["ink"],
    "ecolor": COLOURS["ink"],
    "elinewidth": 4,
    "capsize": 8,
    "capthick": 2.5,
    "markersize": 9,
    "clip_on": False,
}
_PAPER: dict[str, Any] = {
    "color": COLOURS["paper"],
    "marker": "D",
    "markersize": 9,
    "linewidth": 2,
    "markerfacecolor": "none",
    "markeredgewidth": 2,
    "clip_on": False,
}


def _dress(figure: Figure, ax: Axes, plot: IntervalPlot, width: int) -> None:
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ticks(ax.xaxis, 4 if width == NARROW else 7, _scale(plot))
    axis_words(figure, _axis(plot), width)


def _bottom(plot: IntervalPlot, width: int) -> int:
    return 34 + axis_words_height(_axis(plot), width)


def _scale(plot: IntervalPlot) -> Scale:
    return scale_of(*_limits(plot))


def _axis(plot: IntervalPlot) -> str:
    return f"{plot.axis}{_scale(plot).words}"
