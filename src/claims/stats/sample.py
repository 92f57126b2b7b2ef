"""Sample: the one number that each replicate gives for a prediction."""

from collections.abc import Sequence
from math import fsum, isfinite

from claims.domain.claim import Prediction
from claims.domain.run import Replicate


def sample(prediction: Prediction, replicates: Sequence[Replicate]) -> tuple[float, ...]:
    """One number per replicate, in their order and in the metric's unit.

    A contrast is `of - minus` at the same seed; without contrast and condition the number is the combined one.

    Raises:
        ValueError: a replicate lacks the number; the message names replicate, metric and condition.
    """
    return tuple(_number(prediction, replicate) for replicate in replicates)


def arm_means(prediction: Prediction, replicates: Sequence[Replicate]) -> tuple[float, float] | None:
    """The means of both sides of a contrast over the same replicates; None without a contrast or without numbers.

    They decide nothing: a difference says little to someone who does not know of what.
    """
    contrast = prediction.contrast
    if contrast is None:
        return None
    pairs = [
        (of, minus)
        for r in replicates
        if (of := r.value(prediction.metric, contrast.of)) is not None
        and (minus := r.value(prediction.metric, contrast.minus)) is not None
    ]
    if not pairs:
        return None
    return fsum(of for of, _ in pairs) / len(pairs), fsum(minus for _, minus in pairs) / len(pairs)


def _number(prediction: Prediction, replicate: Replicate) -> float:
    contrast = prediction.contrast
    if contrast is None:
        return _measured(replicate, prediction.metric, prediction.condition)
    of = _measured(replicate, prediction.metric, contrast.of)
    minus = _measured(replicate, prediction.metric, contrast.minus)
    difference = of - minus
    if not isfinite(difference):
        raise ValueError(
            f"replicate {replicate.index}: {prediction.metric} at {contrast.of} minus {contrast.minus} is not finite"
        )
    return difference


def _measured(replicate: Replicate, metric: str, condition: str | None) -> float:
    value = replicate.value(metric, condition)
    if value is None:
        place = "combined over the conditions" if condition is None else f"at {condition}"
        raise ValueError(f"replicate {replicate.index}: no number for {metric} {place}")
    return value
