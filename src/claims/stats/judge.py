"""Judge: what one look says of each prediction, and of the claim that they make up."""

from collections.abc import Sequence

from claims.domain.claim import Prediction
from claims.domain.run import Replicate
from claims.domain.verdict import PredictionVerdict, Verdict
from claims.stats.intervals import Estimate, mean_interval
from claims.stats.looks import Look
from claims.stats.sample import sample

LEANING = {
    Verdict.SUPPORTED: Verdict.LEANING_SUPPORTED,
    Verdict.REFUTED: Verdict.LEANING_REFUTED,
    Verdict.INCONCLUSIVE: Verdict.INCONCLUSIVE,
}


def judge(prediction: Prediction, used: Sequence[Replicate], look: Look, predictions: int) -> PredictionVerdict:
    """What `look` says of one prediction out of `predictions`, from the replicates that it took.

    The interval of a refuted prediction is the one that refuted it, at level 1 - alpha / predictions.
    """
    values = sample(prediction, used)
    expected = prediction.expect.interval
    outside = sum(value not in expected for value in values)
    full = mean_interval(values, look.level)
    strict = mean_interval(values, 1 - look.alpha / predictions)
    if expected.holds(full.low, full.high) and outside <= look.guard:
        return _shown(prediction, full, outside, Verdict.SUPPORTED)
    if expected.excludes(strict.low, strict.high) and len(values) - outside <= look.guard:
        return _shown(prediction, strict, outside, Verdict.REFUTED)
    return _shown(prediction, full, outside, Verdict.INCONCLUSIVE)


def describe(prediction: Prediction, used: Sequence[Replicate], level: float, verdict: Verdict) -> PredictionVerdict:
    """The estimate that can be computed from any number of replicates, under a verdict that it does not decide."""
    values = sample(prediction, used)
    outside = sum(value not in prediction.expect.interval for value in values)
    if len(values) < 2:
        only = values[0] if values else None
        return PredictionVerdict(
            id=prediction.id,
            estimate=only,
            low=None,
            high=None,
            level=None,
            n=len(values),
            outside=outside,
            verdict=verdict,
        )
    return _shown(prediction, mean_interval(values, level), outside, verdict)


def exact(prediction: Prediction, replicate: Replicate) -> PredictionVerdict:
    """What an audit says: the number is in the expected interval or it is not."""
    (value,) = sample(prediction, (replicate,))
    inside = value in prediction.expect.interval
    return PredictionVerdict(
        id=prediction.id,
        estimate=value,
        low=value,
        high=value,
        level=None,
        n=1,
        outside=int(not inside),
        verdict=Verdict.SUPPORTED if inside else Verdict.REFUTED,
    )


def together(predictions: Sequence[PredictionVerdict]) -> Verdict:
    """Supported iff all are, refuted iff any is, else inconclusive."""
    words = [p.verdict for p in predictions]
    if Verdict.REFUTED in words:
        return Verdict.REFUTED
    if all(word is Verdict.SUPPORTED for word in words):
        return Verdict.SUPPORTED
    return Verdict.INCONCLUSIVE


def _shown(prediction: Prediction, shown: Estimate, outside: int, verdict: Verdict) -> PredictionVerdict:
    return PredictionVerdict(
        id=prediction.id,
        estimate=shown.mean,
        low=shown.low,
        high=shown.high,
        level=shown.level,
        n=shown.n,
        outside=outside,
        verdict=verdict,
    )
