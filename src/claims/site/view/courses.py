"""Courses: how the runs went, one trace plot for each series that the experiment kept."""

from collections.abc import Iterable, Mapping
from math import isfinite

from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.run import Trace
from claims.experiment import Metric
from claims.site.figures.svg import Drawing
from claims.site.figures.traces import TracePlot, trace_plot
from claims.site.numbers import plain
from claims.site.words import spoken


def courses(record: Record, metrics: Mapping[str, Metric]) -> tuple[Drawing, ...]:
    """A plot for every named series, with the conditions that the claim speaks of."""
    meant = record.claim.check.conditions
    series: dict[str, dict[str, list[Trace]]] = {}
    for judged in record.replicates:
        for condition, traces in judged.replicate.traces.items():
            for name, trace in traces.items():
                if trace.x and _drawable(trace) and (condition in meant or not meant):
                    series.setdefault(name, {}).setdefault(condition, []).append(trace)
    return tuple(trace_plot(_plot(name, by_condition, metrics)) for name, by_condition in series.items())


def _plot(name: str, by_condition: dict[str, list[Trace]], metrics: Mapping[str, Metric]) -> TracePlot:
    y_axis, x_axis = _axes(name, metrics)
    ends = [
        f"{condition} goes from {_mean(t.y[0] for t in traces)} to {_mean(t.y[-1] for t in traces)}"
        for condition, traces in by_condition.items()
    ]
    seeds = max(len(traces) for traces in by_condition.values())
    return TracePlot(
        x_axis=x_axis,
        y_axis=y_axis,
        series=by_condition,
        alt=f"{y_axis} by {x_axis}, means over {count(seeds, 'replicate')}: {'; '.join(ends)}.",
        caption=f"{y_axis} by {x_axis}. Thin lines: {count(seeds, 'replicate')}, invalid ones too; thick: their mean.",
    )


def _axes(name: str, metrics: Mapping[str, Metric]) -> tuple[str, str]:
    """`reward by step` names both axes; a series named for its value alone is taken to run over steps."""
    value, _, over = name.rpartition(" by ")
    if not value:
        value, over = name, "step"
    value = value.rstrip(", ")
    unit = f" ({metrics[value].unit})" if value in metrics else ""
    return f"{spoken(value)}{unit}", spoken(over)


def _drawable(trace: Trace) -> bool:
    """Whether its range is a number: a run that went astray may hold what no axis can."""
    return isfinite(2 * (max(trace.y) - min(trace.y))) and isfinite(2 * (max(trace.x) - min(trace.x)))


def _mean(values: Iterable[float]) -> str:
    found = list(values)
    return plain(sum(found) / len(found), 3)
