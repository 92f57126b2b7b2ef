"""Trace plot: how a quantity went during the runs, a line per condition, with every seed behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from claims.domain.run import Trace
from claims.site.figures.canvas import (
    COLOURS,
    NARROW,
    SERIES,
    Drawing,
    Scale,
    axes,
    axis_words,
    axis_words_height,
    decades,
    draw,
    scale_of,
    spans_decades,
    ticks,
)

_LEFT, _RIGHT, _TOP, _PLOT, _LEGEND_ROW = 66, 16, 12, 210, 25
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 2)), (0, (8, 2, 2, 2)), (0, (1, 1)), (0, (4, 1, 1, 1, 1, 1)))
_MOST_POINTS = 40
"""Points of a thin line: more cannot be seen at this size and would weigh on the page."""


@dataclass(frozen=True)
class TracePlot:
    """Series by condition; `x_axis` and `y_axis` say in words what the axes measure."""

    key: str
    x_axis: str
    y_axis: str
    series: Mapping[str, Sequence[Trace]]
    alt: str
    caption: str


def trace_plot(plot: TracePlot) -> Drawing:
    """Draw it wide and narrow."""

    x_scale, y_scale = _scales(plot)
    x_axis, y_axis = f"{plot.x_axis}{x_scale.words}", f"{plot.y_axis}{y_scale.words}"

    def columns(width: int) -> int:
        longest = max(len(name) for name in plot.series)
        return max(1, min(3, len(plot.series), width // (60 + 9 * longest)))

    def legend(width: int) -> int:
        return 10 + _LEGEND_ROW * -(-len(plot.series) // columns(width))

    def height(width: int) -> int:
        return _TOP + _LEGEND_ROW + legend(width) + _PLOT + 34 + axis_words_height(x_axis, width)

    def paint(figure: Figure, width: int, height: int) -> None:
        ax = axes(figure, _LEFT, 34 + axis_words_height(x_axis, width), _RIGHT, _TOP + _LEGEND_ROW + legend(width))
        for i, traces in enumerate(plot.series.values()):
            _paint_condition(ax, i, traces)
        handles = [ax.plot([], [], **_style(i), markersize=8)[0] for i in range(len(plot.series))]
        figure.legend(
            handles,
            list(plot.series),
            loc="upper left",
            bbox_to_anchor=(0, 1),
            ncols=columns(width),
            frameon=False,
            handlelength=3,
            borderaxespad=0.2,
        )
        figure.text(6 / width, 1 - (legend(width) + _TOP + 8) / height, y_axis, ha="left", va="center")
        _dress(ax, width, plot)
        axis_words(figure, x_axis, width)

    wide, narrow = draw(height, paint, plot.alt, plot.key)
    return Drawing(wide, narrow, plot.caption)


def _paint_condition(ax: Axes, index: int, traces: Sequence[Trace]) -> None:
    """Every seed thin; their mean thick, where all were measured at the same places."""
    style = _style(index)
    alone = len(traces) == 1
    for trace in traces if not alone else ():
        step = max(1, len(trace.x) // _MOST_POINTS)
        ax.plot(trace.x[::step], trace.y[::step], color=style["color"], linewidth=1, alpha=0.4)
    if alone or len({t.x for t in traces}) == 1:
        mean = [sum(ys) / len(ys) for ys in zip(*(t.y for t in traces), strict=True)]
        every = max(1, len(mean) // 6)
        ax.plot(traces[0].x, mean, **style, markersize=8, markevery=(min(index, every - 1), every))


def _style(index: int) -> dict[str, Any]:
    return {
        "color": COLOURS[f"line-{index % SERIES}"],
        "marker": _MARKERS[index % len(_MARKERS)],
        "linestyle": _DASHES[index % len(_DASHES)],
        "linewidth": 2.4,
    }


def _dress(ax: Axes, width: int, plot: TracePlot) -> None:
    ax.grid(axis="y", color=COLOURS["grid"], linewidth=1)
    ax.set_axisbelow(True)
    ax.margins(x=0.03)
    x_scale, y_scale = _scales(plot)
    ticks(
        ax.xaxis,
        4 if width == NARROW else 7,
        x_scale,
        [x for traces in plot.series.values() for t in traces for x in t.x],
    )
    if spans_decades(_heights(plot)):
        ax.set_yscale("log")
        decades(ax.yaxis)
    else:
        ticks(ax.yaxis, 5, y_scale)


def _scales(plot: TracePlot) -> tuple[Scale, Scale]:
    xs = [x for traces in plot.series.values() for t in traces for x in t.x]
    ys = _heights(plot)
    y_scale = Scale(0, ", logarithmic") if spans_decades(ys) else scale_of(min(ys), max(ys))
    return scale_of(min(xs), max(xs)), y_scale


def _heights(plot: TracePlot) -> list[float]:
    return [y for traces in plot.series.values() for t in traces for y in t.y]
