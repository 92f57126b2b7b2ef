"""Trace plot: how a quantity went during the runs, a line per condition, with every seed behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from claims.domain.run import Trace
from claims.site.figures.scale import Scale, scale_of, spans_decades, widened
from claims.site.figures.svg import (
    LABELS,
    MARKS,
    Drawing,
    axis,
    beside,
    curve,
    line,
    mark,
    panel,
    picture,
    sample,
)

_TOP, _PLOT = 10, 210
_MOST_TICKS = 5
_MOST_POINTS = 40
"""Points of a line: more cannot be seen at this size and would weigh on the page."""
_SERIES = 6
"""Line colours in the style sheet; marks and dashes differ as well, and go on differing beyond them."""


@dataclass(frozen=True)
class TracePlot:
    """Series by condition; `x_axis` and `y_axis` say in words what the axes measure."""

    x_axis: str
    y_axis: str
    series: Mapping[str, Sequence[Trace]]
    alt: str
    caption: str


def trace_plot(plot: TracePlot) -> Drawing:
    """Draw it."""
    across, up = _across(plot), _up(plot)
    bottom = _TOP + _PLOT
    ticks = [(up_y, words) for value, words in up.ticks(_MOST_TICKS) for up_y in (_down(up, value),)]
    whole = all(float(x).is_integer() for x in {x for traces in plot.series.values() for t in traces for x in t.x})
    thin: list[str] = []
    thick: list[str] = []
    marks: list[str] = []
    for i, traces in enumerate(plot.series.values()):
        thin += (curve(f"seed line-{i % _SERIES}", _points(t, across, up)) for t in traces if len(traces) > 1)
        mean = _mean(traces)
        if mean is not None:
            points = _points(mean, across, up)
            thick.append(curve(_style(i), points))
            marks += _marks(i, points)
    shapes = [
        *(line("grid", 0, _TOP + y, 100, _TOP + y) for y, _ in ticks),
        *axis([(across.share(x), words) for x, words in across.ticks(_MOST_TICKS, whole)], bottom),
        panel(_TOP, _PLOT, [*thin, *thick]),
        *marks,
    ]
    labels = [beside(words, _TOP + y, "tick-left") for y, words in ticks]
    return Drawing(
        above=f"{plot.y_axis}{up.words}",
        svg=picture(bottom + LABELS, plot.alt, labels, shapes),
        axis=f"{plot.x_axis}{across.words}",
        legend=tuple((_swatch(i), name) for i, name in enumerate(plot.series)),
        caption=plot.caption,
    )


def _across(plot: TracePlot) -> Scale:
    xs = [x for traces in plot.series.values() for t in traces for x in t.x]
    return scale_of(*widened(min(xs), max(xs), 0.03))


def _up(plot: TracePlot) -> Scale:
    ys = [y for traces in plot.series.values() for t in traces for y in t.y]
    if spans_decades(ys):
        return Scale(min(ys) / 1.5, max(ys) * 1.5, logarithmic=True)
    return scale_of(*widened(min(ys), max(ys), 0.05))


def _down(up: Scale, value: float) -> float:
    """Pixels from the top of the plot."""
    return _PLOT * (1 - up.share(value) / 100)


def _points(trace: Trace, across: Scale, up: Scale) -> list[tuple[float, float]]:
    step = -(-len(trace.x) // _MOST_POINTS)
    points = [*zip(trace.x, trace.y, strict=True)]
    kept = points[::step] if (len(points) - 1) % step == 0 else [*points[::step], points[-1]]
    return [(across.share(x), _down(up, y)) for x, y in kept]


def _mean(traces: Sequence[Trace]) -> Trace | None:
    """Their mean where all were measured at the same places, else nothing."""
    if len({t.x for t in traces}) != 1:
        return None
    return Trace(x=traces[0].x, y=tuple(sum(ys) / len(ys) for ys in zip(*(t.y for t in traces), strict=True)))


def _style(index: int) -> str:
    return f"mean line-{index % _SERIES} dash-{index % _SERIES}"


def _marks(index: int, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    """A few marks along a line; neighbours begin at different points so that they do not hide each other."""
    every = max(1, len(points) // 6)
    for x, y in points[min(index, every - 1) :: every]:
        yield mark(f"fill-{index % _SERIES}", x, _TOP + y, MARKS[index % len(MARKS)])


def _swatch(index: int) -> Markup:
    """A piece of the line, for the legend."""
    shape = mark(f"fill-{index % _SERIES}", 50, 8, MARKS[index % len(MARKS)])
    return sample([line(_style(index), 0, 8, 100, 8), shape])
