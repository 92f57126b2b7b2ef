"""Fewer points for the series that a record carries. Series illustrate; no verdict depends on them."""

from claims.domain.record import Record
from claims.domain.run import Replicate, Trace


def thinned(record: Record, keep: int) -> Record:
    """The record with at most `keep` points in each trace, first and last among them; without traces at 0."""
    judged = tuple(r.model_copy(update={"replicate": _thin_replicate(r.replicate, keep)}) for r in record.replicates)
    return record.model_copy(update={"replicates": judged})


def _thin_replicate(replicate: Replicate, keep: int) -> Replicate:
    if keep == 0:
        return replicate.model_copy(update={"traces": {}})
    traces = {arm: {name: _thin(t, keep) for name, t in series.items()} for arm, series in replicate.traces.items()}
    return replicate.model_copy(update={"traces": traces})


def _thin(trace: Trace, keep: int) -> Trace:
    """Evenly spaced points of a trace. `keep` is at least 2."""
    points = list(zip(trace.x, trace.y, strict=True))
    if len(points) <= keep:
        return trace
    chosen = [points[round(i * (len(points) - 1) / (keep - 1))] for i in range(keep)]
    return Trace(x=tuple(x for x, _ in chosen), y=tuple(y for _, y in chosen))
