"""Risk: what a prediction excludes, out of all that could be measured. Pure."""

from math import inf, isfinite

from claims.declaration import Declared
from claims.domain.claim import Prediction
from claims.domain.interval import Interval
from claims.registry.lint_check import bounds_of
from claims.report.facts import Risk

ALMOST_ALL = 0.9
"""The expected share of a metric's bounds from which on a prediction could hardly come out wrong."""
MOST = 0.75
"""The same where no rival value says what would be found otherwise."""


def risk_of(prediction: Prediction, declared: Declared | None) -> Risk:
    """The risk of a prediction; without a declaration that can be read, of its rival alone."""
    metric = declared.metrics.get(prediction.metric) if declared is not None else None
    bounds = bounds_of(metric, prediction.contrast is not None) if metric is not None else Interval()
    share = share_of(prediction.expect.interval, bounds)
    return Risk(
        id=prediction.id,
        what=subject(prediction),
        expected=str(prediction.expect),
        bounds=f"{bounds.low:g} to {bounds.high:g}" if metric is not None else "not declared",
        share=share,
        rival=prediction.rival,
        weak=_weak(share, prediction.rival),
    )


def subject(prediction: Prediction) -> str:
    """What a prediction is about: metric, and condition or contrast."""
    if prediction.contrast is not None:
        return f"{prediction.metric}, {prediction.contrast.of} minus {prediction.contrast.minus}"
    return f"{prediction.metric} at {prediction.condition}" if prediction.condition else prediction.metric


def share_of(expected: Interval, bounds: Interval) -> float | None:
    """The part of the bounds that is expected, 0 to 1; None where the bounds have no ends."""
    if not (isfinite(bounds.low) and isfinite(bounds.high)) or bounds.low >= bounds.high:
        return None
    inside = min(expected.high, bounds.high) - max(expected.low, bounds.low)
    return max(0.0, inside) / (bounds.high - bounds.low)


def percent(share: float) -> str:
    """A share in whole per cent, which never rounds to all or nothing."""
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def edge_distance(prediction: Prediction, declared: Declared | None) -> tuple[float, str]:
    """How far inside the expected interval the truth may be taken to lie, and in words where that is.

    In the middle of a two-sided interval; else as far inside the edge as the rival lies outside it, at most at the
    metric's bound; without a rival at that bound, which is the best case.
    """
    expected = prediction.expect.interval
    if isfinite(expected.low) and isfinite(expected.high):
        return (expected.high - expected.low) / 2, "if the truth lies in the middle of the interval"
    metric = declared.metrics.get(prediction.metric) if declared is not None else None
    bounds = bounds_of(metric, prediction.contrast is not None) if metric is not None else Interval()
    edge = expected.low if isfinite(expected.low) else expected.high
    room = abs((bounds.high if isfinite(expected.low) else bounds.low) - edge)
    if prediction.rival is not None and abs(edge - prediction.rival) < room:
        return abs(edge - prediction.rival), "if the truth lies as far inside the edge as the rival lies outside"
    return (
        room,
        "if the truth lies at the metric's bound, the best case" if room < inf else "where the truth lies is not known",
    )


def _weak(share: float | None, rival: float | None) -> str:
    if share is not None and share >= ALMOST_ALL:
        return f"could hardly come out wrong: it expects {percent(share)} of what can be measured"
    if share is not None and share >= MOST and rival is None:
        return f"could hardly come out wrong: no rival value, and it expects {percent(share)} of what can be measured"
    return ""
