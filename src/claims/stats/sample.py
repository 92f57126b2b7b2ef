"""Sample: the one number that each replicate gives for a prediction."""

from collections.abc import Sequence
from math import isfinite

from claims.domain.claim import Prediction
from claims.domain.run import Replicate


def sample(prediction: Prediction, replicates: Sequence[Replicate]) -> tuple[float, ...]:
    """One number per replicate, in their order and in the metric's unit.

    A contrast is `of - minus` at the same seed; without contrast and condition the number is the combined one.

    Raises:
        ValueError: a replicate lacks the number; the message names replicate, metric and condition.
    """
    return tuple(_number(prediction, replicate) for replicate in replicates)


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
