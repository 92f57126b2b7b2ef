"""Drawing: which records to run again. Weighted by risk, and drawn so that nobody can know or choose it in advance."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from claims.domain.contributor import is_somebody_else
from claims.domain.record import Record
from claims.ledger.evidence import StoredRecord

_FEW = 5
"""Records below which a contributor counts as new."""
_ODD = 4.0
"""How many times cheaper or dearer than its siblings a replicate may be before its seconds look made up."""


class Risk(NamedTuple):
    """How much sooner than others a record should be run again, and why."""

    weight: float
    reasons: tuple[str, ...]


def draw(records: Sequence[StoredRecord], sample: int, entropy: str) -> tuple[tuple[StoredRecord, Risk], ...]:
    """`sample` records without repetition, the likelier the riskier; the same for the same entropy.

    Each record's key is u^(1/w) with u from SHA-256 of the entropy and its digest; the largest keys are drawn
    (weighted sampling of Efraimidis and Spirakis, doi:10.1016/j.ipl.2005.11.003).
    """
    risks = risks_of(records)
    keyed = sorted(records, key=lambda s: _key(entropy, s.record, risks[s.record.digest].weight), reverse=True)
    return tuple((stored, risks[stored.record.digest]) for stored in keyed[:sample])


def risks_of(records: Sequence[StoredRecord]) -> Mapping[str, Risk]:
    """Every record's risk, by its digest."""
    known = Counter(s.record.contributor for s in records)
    costs: dict[tuple[str, str], list[float]] = {}
    for stored in records:
        costs.setdefault(_kind(stored.record), []).extend(_cost(stored.record))
    usual = {kind: median(found) for kind, found in costs.items() if found}
    return {s.record.digest: _risk(s, known[s.record.contributor], usual.get(_kind(s.record))) for s in records}


def _risk(stored: StoredRecord, written: int, usual: float | None) -> Risk:
    record, weight = stored.record, 1.0
    reasons: list[str] = []
    if not any(is_somebody_else(r.contributor, record.contributor) for r in stored.reruns):
        weight, reasons = weight + 2, [*reasons, "nobody else has run it again"]
    if not stored.reruns:
        weight, reasons = weight + 1, [*reasons, "never run again"]
    if written < _FEW:
        weight, reasons = weight + 2, [*reasons, f"its contributor has {written} of the records"]
    cost = median(_cost(record)) if _cost(record) else None
    if cost and usual and not 1 / _ODD <= cost / usual <= _ODD:
        weight, reasons = weight + 2, [*reasons, f"took {cost:.3g} s a replicate, others {usual:.3g} s"]
    if _is_far(record):
        weight, reasons = weight + 1, [*reasons, "its numbers lie far beyond what it had to exclude"]
    return Risk(weight, tuple(reasons))


def _is_far(record: Record) -> bool:
    """Whether every interval is further from the nearest end of its prediction than ten times its own width."""
    expected = {p.id: p.expect.interval for p in record.claim.check.predictions}
    found = [p for p in record.verdict.predictions if p.low is not None and p.high is not None and p.level is not None]
    if not found:
        return False
    rooms = []
    for p in found:
        assert p.low is not None and p.high is not None
        ends = [e for e in (expected[p.id].low, expected[p.id].high) if abs(e) != float("inf")]
        gap = min((min(abs(p.low - e), abs(p.high - e)) for e in ends), default=0.0)
        rooms.append(gap > 10 * (p.high - p.low))
    return all(rooms)


def _kind(record: Record) -> tuple[str, str]:
    return record.experiment, record.scale


def _cost(record: Record) -> list[float]:
    return [r.replicate.cpu_seconds for r in record.replicates if r.replicate.cpu_seconds > 0]


def _key(entropy: str, record: Record, weight: float) -> float:
    digest = hashlib.sha256(f"{entropy}\0{record.digest}".encode()).digest()
    u = (int.from_bytes(digest[:8], "big") + 1) / 2**64
    return float(u ** (1 / weight))
