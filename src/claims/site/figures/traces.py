"""Trace plot: how a quantity went during the runs, a line per condition, with every seed behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from claims.domain.run import Trace
from claims.site.figures.scale import Scale, scale_of, spans_decades, widened
from claims.site.figures.svg import (
    LABELS,
    MARKS,
    Drawing,
    Panel,
    axis,
    beside,
    curve,
    line,
    mark,
    panel,
    picture,
    sample,
)

MOST_SERIES = 6
"""Series of a panel: line colours in the style sheet, of which each has its own mark and dash."""
_TOP, _PLOT = 10, 210
_LOW_PLOT = 150
"""Height of each of several panels, in pixels."""
_MOST_TICKS = 5
_MOST_POINTS = 40
"""Points of a line: more cannot be seen at this size and would weigh on the page."""


@dataclass(frozen=True)
class Series:
    """A condition: its lines, their mean if there is one, and in words how it went."""

    name: str
    lines: tuple[Trace, ...]
    mean: Trace | None
    words: str


@dataclass(frozen=True)
class TracePlot:
    """`x_axis` and `y_axis` say in words what the axes measure; `alt` opens the words of every panel."""

    x_axis: str
    y_axis: str
    series: tuple[Series, ...]
    alt: str
    caption: str


@dataclass(frozen=True)
class _Frame:
    """What the panels of a plot have in common."""

    across: Scale
    up: Scale
    height: float
    whole: bool
    """Whether the places are whole numbers, so that only these are ticks."""


def trace_plot(plot: TracePlot) -> Drawing:
    """Draw it, in several panels where there are more series than can be told apart in one."""
    panels = _panels(plot.series)
    frame = _frame(plot.series, _PLOT if len(panels) == 1 else _LOW_PLOT)
    alts = [f"{plot.alt}: {'; '.join(s.words for s in series)}." for series in panels]
    if len(panels) > 1:
        alts = [f"Panel {i} of {len(panels)}. {alt}" for i, alt in enumerate(alts, start=1)]
    return Drawing(
        above=f"{plot.y_axis}{frame.up.words}",
        panels=tuple(_panel(series, frame, alt) for series, alt in zip(panels, alts, strict=True)),
        axis=f"{plot.x_axis}{frame.across.words}",
        caption=plot.caption if len(panels) == 1 else f"{plot.caption} All panels have the same scales.",
    )


def _panels(series: Sequence[Series]) -> list[list[Series]]:
    """Series in panels; those whose names begin with the same word stay together where they can."""
    if len(series) <= MOST_SERIES:
        return [list(series)]
    found: list[list[Series]] = [[]]
    for _, alike in groupby(series, lambda s: s.name.partition("-")[0]):
        family = list(alike)
        if len(found[-1]) + len(family) > MOST_SERIES:
            found.append([])
        for one in family:
            if len(found[-1]) == MOST_SERIES:
                found.append([])
            found[-1].append(one)
    return [panel for panel in found if panel]


def _frame(series: Sequence[Series], height: float) -> _Frame:
    xs = [x for s in series for t in s.lines for x in t.x]
    ys = [y for s in series for t in s.lines for y in t.y]
    up = scale_of(*widened(min(ys), max(ys), 0.05))
    if spans_decades(ys):
        up = Scale(min(ys) / 1.5, max(ys) * 1.5, logarithmic=True)
    across = scale_of(*widened(min(xs), max(xs), 0.03))
    return _Frame(across, up, height, whole=all(float(x).is_integer() for x in set(xs)))


def _panel(series: Sequence[Series], frame: _Frame, alt: str) -> Panel:
    bottom = _TOP + frame.height
    ticks = [(_down(frame, value), words) for value, words in frame.up.ticks(_MOST_TICKS)]
    thin: list[str] = []
    thick: list[str] = []
    marks: list[str] = []
    for i, one in enumerate(series):
        places = [_points(t, frame) for t in one.lines]
        if len(places) > 1:
            thin += (curve(f"seed line-{i}", points) for points in places)
        if one.mean is None:
            marks += (_mark(i, *points[-1]) for points in places)
        else:
            points = _points(one.mean, frame)
            thick.append(curve(_style(i), points))
            marks += _marks(i, points)
            marks += (_mark(i, *points[0]) for points in places if len(points) == 1)
    shapes = [
        *(line("grid", 0, _TOP + y, 100, _TOP + y) for y, _ in ticks),
        *axis([(frame.across.share(x), words) for x, words in frame.across.ticks(_MOST_TICKS, frame.whole)], bottom),
        panel(_TOP, frame.height, [*thin, *thick]),
        *marks,
    ]
    labels = [beside(words, _TOP + y, "tick-left") for y, words in ticks]
    return Panel(
        svg=picture(bottom + LABELS, alt, labels, shapes),
        legend=tuple((_swatch(i, one), one.name) for i, one in enumerate(series)),
    )


def _down(frame: _Frame, value: float) -> float:
    """Pixels from the top of the plot."""
    return frame.height * (1 - frame.up.share(value) / 100)


def _points(trace: Trace, frame: _Frame) -> list[tuple[float, float]]:
    step = -(-len(trace.x) // _MOST_POINTS)
    points = [*zip(trace.x, trace.y, strict=True)]
    kept = points[::step] if (len(points) - 1) % step == 0 else [*points[::step], points[-1]]
    return [(frame.across.share(x), _down(frame, y)) for x, y in kept]


def _style(index: int) -> str:
    return f"mean line-{index} dash-{index}"


def _marks(index: int, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    """A few marks along a line; neighbours begin at different points so that they do not hide each other."""
    every = max(1, len(points) // 6)
    return (_mark(index, x, y) for x, y in points[min(index, every - 1) :: every])


def _mark(index: int, x: float, y: float) -> str:
    return mark(f"fill-{index}", x, _TOP + y, MARKS[index])


def _swatch(index: int, series: Series) -> Markup:
    """A piece of the line as it is drawn, for the legend: without a mean it is thin, with a mark at its end."""
    kind, end = (f"seed line-{index}", 100) if series.mean is None else (_style(index), 50)
    return sample([line(kind, 0, 8, 100, 8), mark(f"fill-{index}", end, 8, MARKS[index])])
