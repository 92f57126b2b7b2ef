"""Predictions: each with what was expected, what was measured, and its interval plot."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from markupsafe import Markup

from claims.domain.claim import Claim, Prediction, Status
from claims.domain.counting import count
from claims.domain.interval import Interval
from claims.domain.record import JudgedReplicate, Record
from claims.domain.verdict import PredictionVerdict
from claims.experiment import Metric
from claims.site.figures.interval import Dot, IntervalPlot, interval_plot
from claims.site.figures.svg import Drawing
from claims.site.links import Links
from claims.site.markup import prose
from claims.site.numbers import percent, plain
from claims.site.view.agreement import Comparison, comparisons
from claims.site.view.marks import Mark, verdict_mark
from claims.site.words import expected, measured, quantity, spoken
from claims.stats.sample import arm_means, sample

_LEANS = "the same"
"""How a metric's definition begins that leans on the one before it."""


@dataclass(frozen=True)
class PredictionRow:
    """A prediction in the table; dashes where nothing was measured."""

    id: str
    quantity: str
    arms: str
    """Both sides of a difference."""
    expected: str
    measured: str
    level: str
    n: str
    outside: str
    verdict: Mark
    rival: str


@dataclass(frozen=True)
class PredictionFigure:
    """A prediction as drawn, with every value in a table behind it, and the paper's numbers beside ours."""

    id: str
    drawing: Drawing
    values: tuple[tuple[str, str, str], ...]
    paper: tuple[str, ...]


def registered_rows(claim: Claim, links: Links) -> tuple[PredictionRow, ...]:
    """The predictions of a claim that has not been run, or whose experiment is still to be written."""
    check = claim.check or claim.planned
    predictions = check.predictions if check else ()
    mark = verdict_mark(Status.UNTESTED, links)
    return tuple(
        PredictionRow(p.id, quantity(p), "", expected(p.expect), "–", "–", "–", "–", mark, _rival(p))
        for p in predictions
    )


def judged_rows(record: Record, links: Links) -> tuple[PredictionRow, ...]:
    """The predictions of a record, as it judged them."""
    predictions = {p.id: p for p in record.claim.check.predictions}
    used = [judged.replicate for judged in record.replicates if judged.valid][: record.verdict.n]
    return tuple(
        _row(predictions[v.id], v, links, arm_means(predictions[v.id], used)) for v in record.verdict.predictions
    )


def figures(claim: Claim, record: Record, metrics: Mapping[str, Metric]) -> tuple[PredictionFigure, ...]:
    """An interval plot for each prediction that has a number to draw."""
    verdicts = {v.id: v for v in record.verdict.predictions}
    asked = record.claim.check.predictions
    found = (_figure(claim, record, p, verdicts.get(p.id), defined(metrics, p.metric)) for p in asked)
    return tuple(f for f in found if f is not None)


def defined(metrics: Mapping[str, Metric], name: str) -> Metric | None:
    """A metric with a definition that can be read alone: "the same at two steps" needs the one that it leans on."""
    metric, before = metrics.get(name), list(takewhile(lambda other: other != name, metrics))
    if metric is None or not metric.doc.startswith(_LEANS):
        return metric
    named = (other for other in before if other in metric.doc)
    last = (other for other in reversed(before) if not metrics[other].doc.startswith(_LEANS))
    other = next(named, None) or next(last, None)
    return replace(metric, doc=f"{metric.doc}; {spoken(other)} is {metrics[other].doc}") if other else metric


def _row(
    prediction: Prediction, verdict: PredictionVerdict, links: Links, arms: tuple[float, float] | None
) -> PredictionRow:
    return PredictionRow(
        id=prediction.id,
        quantity=quantity(prediction),
        arms=f"{plain(arms[0], 3)} against {plain(arms[1], 3)}" if arms else "",
        expected=expected(prediction.expect),
        measured=measured(verdict, prediction),
        level="exact" if verdict.level is None else percent(verdict.level),
        n=str(verdict.n),
        outside=str(verdict.outside),
        verdict=verdict_mark(Status(verdict.verdict.value), links),
        rival=_rival(prediction),
    )


def _rival(prediction: Prediction) -> str:
    return plain(prediction.rival) if prediction.rival is not None else "–"


def _figure(
    claim: Claim, record: Record, prediction: Prediction, verdict: PredictionVerdict | None, metric: Metric | None
) -> PredictionFigure | None:
    drawn = [(r, value) for r in record.replicates if (value := _value(prediction, r)) is not None]
    if not drawn:
        return None
    compared = comparisons(claim, prediction, verdict, metric)
    unit = f" ({metric.unit})" if metric else ""
    valid = tuple(value for r, value in drawn if r.valid)
    invalid = tuple(value for r, value in drawn if not r.valid)
    plot = IntervalPlot(
        axis=f"{quantity(prediction)}{unit}",
        expected=prediction.expect.interval,
        expected_words=expected(prediction.expect),
        bounds=_bounds(prediction, metric),
        row="value" if record.deterministic else "seeds",
        dots=tuple(Dot(value, _seed(r), r.valid) for r, value in drawn),
        decision=None if record.deterministic else _decision(verdict),
        reported=tuple(c.drawn for c in compared if c.drawn is not None),
        rival=prediction.rival,
        alt=_alt(prediction, verdict, valid, invalid, compared),
        caption=_caption(record, prediction, verdict, metric, valid, invalid),
    )
    values = tuple((_seed(r), plain(value, 6), "valid" if r.valid else "invalid") for r, value in drawn)
    return PredictionFigure(prediction.id, interval_plot(plot), values, tuple(c.words for c in compared))


def _value(prediction: Prediction, judged: JudgedReplicate) -> float | None:
    try:
        return sample(prediction, (judged.replicate,))[0]
    except ValueError:
        return None


def _seed(judged: JudgedReplicate) -> str:
    return f"seed {judged.replicate.index}"


def _bounds(prediction: Prediction, metric: Metric | None) -> Interval:
    if metric is None:
        return Interval()
    if prediction.contrast is not None:
        return Interval(low=metric.low - metric.high, high=metric.high - metric.low)
    return Interval(low=metric.low, high=metric.high)


def _decision(verdict: PredictionVerdict | None) -> tuple[float, float, float] | None:
    if verdict is None or verdict.estimate is None or verdict.low is None or verdict.high is None:
        return None
    return verdict.estimate, verdict.low, verdict.high


def _alt(
    prediction: Prediction,
    verdict: PredictionVerdict | None,
    valid: tuple[float, ...],
    invalid: tuple[float, ...],
    compared: tuple[Comparison, ...],
) -> str:
    inside = sum(value in prediction.expect.interval for value in valid)
    parts = [
        f"Interval plot of {quantity(prediction)}.",
        f"{inside} of {count(len(valid), 'valid replicate')} in the expected interval, {expected(prediction.expect)}.",
    ]
    if verdict is not None and verdict.estimate is not None:
        parts.append(f"Measured: {measured(verdict, prediction)}; {verdict.verdict.value}.")
    if invalid:
        parts.append(f"{count(len(invalid), 'invalid replicate')} drawn as crosses.")
    return " ".join([*parts, *(c.words for c in compared)])


def _caption(
    record: Record,
    prediction: Prediction,
    verdict: PredictionVerdict | None,
    metric: Metric | None,
    valid: tuple[float, ...],
    invalid: tuple[float, ...],
) -> Markup:
    dots = "The dot: the recomputed number" if record.deterministic else f"Dots: {count(len(valid), 'seed')}"
    parts = [f"{dots}; shaded: expected ({expected(prediction.expect)})"]
    if invalid:
        parts.append(f"crosses: {count(len(invalid), 'invalid seed')}, which the decision leaves out")
    if verdict is not None and verdict.level is not None:
        parts.append(f"bar: the {percent(verdict.level)} interval of the mean of {verdict.n}")
    if prediction.rival is not None:
        parts.append(f"dotted line: {plain(prediction.rival)}, the value that the prediction excludes")
    definition = f" Measured is: {metric.doc}." if metric else ""
    return prose(f"{'; '.join(parts)}.{definition}")
