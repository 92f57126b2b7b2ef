"""Agreement with the numbers that a paper prints: shown beside the verdict, never part of it."""

import re
from dataclasses import dataclass

from claims.domain.claim import Claim, Prediction, Reported, Source
from claims.domain.verdict import PredictionVerdict
from claims.experiment import Metric
from claims.site.numbers import plain


@dataclass(frozen=True)
class Comparison:
    """A reported number beside ours. `drawn` is None where it cannot stand on our axis."""

    words: str
    drawn: tuple[float, float] | None


def comparisons(
    claim: Claim, prediction: Prediction, verdict: PredictionVerdict | None, metric: Metric | None
) -> tuple[Comparison, ...]:
    """Every number of the claim's sources that is about what this prediction measures."""
    return tuple(
        _comparison(source, reported, verdict, metric)
        for source in claim.sources
        for reported in source.reported
        if _same_quantity(reported, prediction)
    )


def reported_words(reported: Reported) -> str:
    """`0.685 to 0.96 fraction (Table 1; conditions)`."""
    low, high = ends(reported)
    value = plain(low) if low == high else f"{plain(low)} to {plain(high)}"
    where = f"{reported.locator}; {reported.conditions}" if reported.conditions else reported.locator
    return f"{value} {reported.unit} ({where})"


def ends(reported: Reported) -> tuple[float, float]:
    """A reported range; a single number has equal ends."""
    return reported.value if isinstance(reported.value, tuple) else (reported.value, reported.value)


def _same_quantity(reported: Reported, prediction: Prediction) -> bool:
    """The metric's name is ours, and the conditions do not speak of another arm.

    A difference of two arms is another quantity than the metric at one of them: it needs a reported number
    whose conditions name both.
    """
    if reported.metric != prediction.metric:
        return False
    named = set(re.findall(r"[\w-]+", reported.conditions or ""))
    if prediction.contrast is not None:
        return {prediction.contrast.of, prediction.contrast.minus} <= named
    return reported.conditions is None or prediction.condition is None or prediction.condition in named


def _comparison(
    source: Source, reported: Reported, verdict: PredictionVerdict | None, metric: Metric | None
) -> Comparison:
    said = f"arXiv:{source.arxiv} reports {reported_words(reported)}"
    if metric is not None and metric.unit != reported.unit:
        return Comparison(f"{said}; ours is in {metric.unit}, so the two are not drawn together.", None)
    low, high = ends(reported)
    if verdict is None or verdict.estimate is None:
        return Comparison(f"{said}.", (low, high))
    return Comparison(f"{said}: {_place(verdict, low, high)}.", (low, high))


def _place(verdict: PredictionVerdict, low: float, high: float) -> str:
    assert verdict.estimate is not None
    if low < high:
        if verdict.estimate < low:
            return "our estimate lies below that range"
        return "our estimate lies above that range" if verdict.estimate > high else "our estimate lies in that range"
    ours_low = verdict.estimate if verdict.low is None else verdict.low
    ours_high = verdict.estimate if verdict.high is None else verdict.high
    if ours_high < low:
        return "our whole interval lies below it"
    return "our whole interval lies above it" if ours_low > high else "our interval contains it"
