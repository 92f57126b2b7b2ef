"""What a claim's check must keep to, given the experiment that it names. Pure."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from claims.declaration import Declared
from claims.domain.claim import Gate, Prediction
from claims.domain.finding import Finding
from claims.domain.interval import Expect, Interval
from claims.experiment import Metric
from claims.registry.draft import DraftCheck
from claims.registry.entry import Entry
from claims.registry.messages import did_you_mean
from claims.registry.nodes import Loc


def lint_check(entry: Entry, check: DraftCheck, declared: Mapping[str, Declared]) -> Iterator[Finding]:
    """Everything wrong with one check."""
    experiment = declared.get(check.experiment)
    if experiment is None:
        message = f"there is no experiments/{check.experiment}.py that can be read"
        yield entry.finding(("check", "experiment"), message + did_you_mean(check.experiment, declared))
        return
    if check.scale not in experiment.experiment.scales:
        yield entry.finding(("check", "scale"), f"{check.experiment} has no scale {check.scale}")
    yield from _params(entry, check, experiment)
    if not experiment.experiment.deterministic and not entry.has("check", "gates", 0):
        message = "no gate shows that it learned; a dead run could be read as a refutation"
        yield entry.finding(("check",), message)
    for index, gate in check.gates.items():
        yield from _measured(entry, ("check", "gates", index), gate, None, experiment)
    for index, prediction in check.predictions.items():
        loc = ("check", "predictions", index)
        yield from _contrast(entry, loc, prediction, experiment)
        yield from _measured(entry, loc, prediction, prediction, experiment)
        metric = experiment.metrics.get(prediction.metric)
        if prediction.rival is None and metric is not None and not (isfinite(metric.low) and isfinite(metric.high)):
            message = f"{metric.name} has no bounds, so nothing says what this excludes; write rival: <such a value>"
            yield entry.finding(loc, message)


def unlikely(expect: Expect, bounds: Interval, exact: bool) -> str:
    """Why an expected interval cannot decide anything within a metric's bounds; empty when it can."""
    if expect.equals is not None and not expect.within and not exact:
        return "equals needs a positive within here: measured numbers differ between seeds"
    if expect.interval.holds(bounds.low, bounds.high):
        return f"{expect} covers all of {_words(bounds)}: nothing would be excluded"
    if expect.interval.excludes(bounds.low, bounds.high):
        return f"{expect} lies outside {_words(bounds)}: it cannot come true"
    return ""


def wrong_type(kind: Any, value: Any) -> str:
    """Why a value does not fit a parameter's type; empty when it does."""
    try:
        TypeAdapter(kind, config=ConfigDict(strict=True)).validate_python(value)
    except ValidationError:
        name = kind.__name__ if isinstance(kind, type) else str(kind)
        return f"{value!r:.60} is not of type {name}"
    return ""


def _params(entry: Entry, check: DraftCheck, experiment: Declared) -> Iterator[Finding]:
    for name, value in check.params.items():
        if name not in experiment.parameters:
            message = f"{name} is not a parameter of {experiment.name}{did_you_mean(name, experiment.parameters)}"
            yield entry.key_finding(("check", "params", name), message)
        elif problem := wrong_type(experiment.parameters[name][0], value):
            yield entry.finding(("check", "params", name), problem)


def _measured(
    entry: Entry, loc: Loc, at: Gate | Prediction, prediction: Prediction | None, experiment: Declared
) -> Iterator[Finding]:
    """What gates and predictions have in common; `prediction` is `at` where it is one."""
    metric = experiment.metrics.get(at.metric)
    contrast = prediction.contrast if prediction is not None else None
    if at.condition is not None:
        yield from _condition(entry, (*loc, "condition"), at.condition, experiment)
    if metric is None:
        message = f"{at.metric} is not a metric of {experiment.name}{did_you_mean(at.metric, experiment.metrics)}"
        yield entry.finding((*loc, "metric"), message)
        return
    if metric.combined and at.condition is not None:
        message = f"{metric.name} is combined over the conditions of a seed; delete the condition"
        yield entry.finding((*loc, "condition"), message)
    if metric.combined and contrast is not None:
        message = f"{metric.name} is combined over the conditions of a seed; it has no contrast"
        yield entry.finding((*loc, "contrast"), message)
    if not metric.combined and at.condition is None and contrast is None:
        what = "a condition or a contrast" if prediction is not None else "a condition"
        yield entry.finding(loc, f"{metric.name} is measured at each condition; name {what}")
    if problem := unlikely(at.expect, bounds_of(metric, contrast is not None), experiment.experiment.deterministic):
        yield entry.finding((*loc, "expect"), problem)


def _contrast(entry: Entry, loc: Loc, prediction: Prediction, experiment: Declared) -> Iterator[Finding]:
    contrast = prediction.contrast
    if contrast is None:
        return
    yield from _condition(entry, (*loc, "contrast", "of"), contrast.of, experiment)
    yield from _condition(entry, (*loc, "contrast", "minus"), contrast.minus, experiment)
    if contrast.of == contrast.minus:
        yield entry.finding((*loc, "contrast"), f"{contrast.of} minus itself is nothing")


def _condition(entry: Entry, loc: Loc, name: str, experiment: Declared) -> Iterator[Finding]:
    known = experiment.experiment.conditions
    if name in experiment.experiment.control_conditions:
        yield entry.finding(loc, f"{name} is a control condition; it does not run in replicates")
    elif name not in known:
        message = f"{name} is not a condition of {experiment.name}{did_you_mean(name, known)}"
        yield entry.finding(loc, message)


def bounds_of(metric: Metric, difference: bool) -> Interval:
    """Where a metric can lie, or the difference of two of its values."""
    low, high = metric.low, metric.high
    return Interval(low=low - high, high=high - low) if difference else Interval(low=low, high=high)


def _words(bounds: Interval) -> str:
    return f"what can be measured, {bounds.low:g} to {bounds.high:g}"
