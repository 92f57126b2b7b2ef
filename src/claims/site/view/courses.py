"""Courses: how the runs went, one trace plot for each series that the experiment kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean

from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.run import Trace
from claims.experiment import Metric
from claims.site.figures.means import Kind, Mean, means
from claims.site.figures.svg import Drawing
from claims.site.figures.traces import Series, TracePlot, trace_plot
from claims.site.numbers import plain
from claims.site.words import spoken

_MOST_COURSES = 3
"""More would push what the sources say out of sight; the rest unfolds."""
_UNSAID = {"Procrustes distance of block outputs": "block"}
"""Where a series runs over something else than steps and its name leaves that out: recorded experiments stay as
they are, so it is said here."""
_THICK = {
    Kind.SAME_PLACES: "",
    Kind.COMMON_RANGE: ", interpolated, as far as all of them go",
    Kind.POINT_BY_POINT: ", point by point",
}


@dataclass(frozen=True)
class Courses:
    """The plots, of which `more` unfold, and in words what the record holds that is in none of them."""

    first: tuple[Drawing, ...]
    more: tuple[Drawing, ...]
    more_words: str
    left_out: str


@dataclass(frozen=True)
class _Axes:
    y: str
    between: str
    """How the name joins the two: `by` or `over`."""
    x: str

    def __str__(self) -> str:
        comma = "," if "," in self.y else ""  # `loss, nats a token by step` would be a loss by step
        return f"{self.y}{comma} {self.between} {self.x}"


@dataclass(frozen=True)
class _Kept:
    """A line of the record."""

    series: str
    condition: str
    line: Trace
    valid: bool


@dataclass(frozen=True)
class _Condition:
    """The lines of a condition in a series, those of valid replicates first."""

    name: str
    lines: tuple[Trace, ...]
    valid: int

    @property
    def counted(self) -> tuple[Trace, ...]:
        """Those of valid replicates, or all where none is valid."""
        return self.lines[: self.valid] if self.valid else self.lines


def courses(record: Record, metrics: Mapping[str, Metric]) -> Courses | None:
    """A plot for every series, with the conditions that the claim names, or all. An audit runs nothing: it has none."""
    if record.deterministic:
        return None
    meant = record.claim.check.conditions
    kept = [*_kept(record)]
    named = [k for k in kept if k.condition in meant or not meant]
    shown = [k for k in named if _drawable(k.line)]
    drawn = tuple(
        trace_plot(_plot(_axes(series, metrics), _conditions([k for k in shown if k.series == series])))
        for series in dict.fromkeys(k.series for k in shown)
    )
    others = sorted({k.condition for k in kept} - {k.condition for k in named})
    more = drawn[_MOST_COURSES:]
    left_out = _left_out(others, len(named) - len(shown))
    return Courses(drawn[:_MOST_COURSES], more, count(len(more), "more course"), left_out) if kept else None


def _kept(record: Record) -> Iterator[_Kept]:
    for judged in record.replicates:
        for condition, traces in judged.replicate.traces.items():
            for series, line in traces.items():
                if line.x:
                    yield _Kept(series, condition, line, judged.valid)


def _conditions(shown: Sequence[_Kept]) -> tuple[_Condition, ...]:
    found = []
    for name in sorted({k.condition for k in shown}):
        valid, invalid = ([k.line for k in shown if k.condition == name and k.valid is v] for v in (True, False))
        found.append(_Condition(name, (*valid, *invalid), len(valid)))
    return tuple(found)


def _left_out(others: Sequence[str], beyond: int) -> str:
    told = []
    if others:
        lines = f"{count(len(others), 'condition is', 'conditions are')} not drawn, as this claim names none of them"
        told.append(f"{lines}: {', '.join(others)}.")
    if beyond:
        told.append(f"{count(beyond, 'line is', 'lines are')} not drawn, with numbers that no axis can hold.")
    return " ".join([*told, "The record holds their numbers."]) if told else ""


def _plot(axes: _Axes, conditions: Sequence[_Condition]) -> TracePlot:
    found = means({c.name: c.counted for c in conditions})
    return TracePlot(
        x_axis=axes.x,
        y_axis=axes.y,
        series=tuple(
            Series(c.name, c.lines, mean.line if (mean := found.get(c.name)) else None, _went(c, axes.x))
            for c in conditions
        ),
        alt=f"{axes}, {_averaged(conditions)}",
        caption=f"{axes}. {_legend(conditions, found)}",
    )


def _averaged(conditions: Sequence[_Condition]) -> str:
    """What the numbers of the alternative text are."""
    sizes = [len(c.counted) for c in conditions]
    if max(sizes) == 1:
        return "one replicate of each condition"
    return f"means over {_range(sizes)} {'valid ' if _some_valid(conditions) else ''}replicates"


def _went(condition: _Condition, x_axis: str) -> str:
    """From where to where, and at which places when these differ between replicates."""
    lines = condition.counted
    ends = [(plain(fmean(t.y[i] for t in lines), 3), [t.x[i] for t in lines]) for i in (0, -1)]
    apart = any(len(set(xs)) > 1 for _, xs in ends)
    start, end = (f"{y} ({x_axis} {_range(xs)})" if apart else y for y, xs in ends)
    return f"{condition.name} goes from {start} to {end}"


def _legend(conditions: Sequence[_Condition], found: Mapping[str, Mean]) -> str:
    """What the lines are: of what was drawn only."""
    sizes = [len(c.lines) for c in conditions]
    bare = [c.name for c in conditions if c.name not in found]
    if max(sizes) == 1:
        return "One replicate of each condition."
    told = f"Thin lines: {_range(sizes)} replicates{_invalid_ones(conditions)}"
    if found:
        whose = "the mean of the valid ones" if _some_valid(conditions) else "their mean"
        told += f"; thick: {whose}{''.join(_THICK[k] for k in Kind if k in {m.kind for m in found.values()})}"
    if bare:
        told += f"; without a mean, as the lines have too little in common: {', '.join(bare)}, marked at each end"
    return f"{told}."


def _invalid_ones(conditions: Sequence[_Condition]) -> str:
    if not any(c.valid for c in conditions):
        return ", none of them valid"
    return ", invalid ones too" if _some_valid(conditions) else ""


def _some_valid(conditions: Sequence[_Condition]) -> bool:
    """Whether some replicates are valid and others are not."""
    return any(c.valid for c in conditions) and any(c.valid < len(c.lines) for c in conditions)


def _axes(series: str, metrics: Mapping[str, Metric]) -> _Axes:
    """`reward by step` and `pass@256 over pass@1` name both axes; else the series runs over steps of training."""
    if series in _UNSAID:
        return _Axes(series, "by", _UNSAID[series])
    value, between, x = next(
        (parts for w in ("by", "over") if (parts := series.rpartition(f" {w} "))[0]), (series, "by", "step")
    )
    value = value.rstrip(", ")
    unit = f" ({metrics[value].unit})" if value in metrics else ""
    return _Axes(f"{spoken(value)}{unit}", between.strip(), spoken(x))


def _drawable(trace: Trace) -> bool:
    """Whether its range is a number: a run that went astray may hold what no axis can."""
    return isfinite(2 * (max(trace.y) - min(trace.y))) and isfinite(2 * (max(trace.x) - min(trace.x)))


def _range(values: Sequence[float]) -> str:
    low, high = (plain(value, 3) for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
