"""The only place where a status is decided: a pure function of a claim, today's closure and its records."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from claims.domain.claim import Claim, Status
from claims.domain.digest import claim_digest
from claims.domain.record import Record
from claims.domain.verdict import Verdict

Flag = Literal["stale", "contested", "unregistered", "rests-on-fallen", "source-moved"]


class Standing(NamedTuple):
    """Where a claim stands: its status, the record that it rests on, its grade, and flags."""

    status: Status
    record: Record | None
    grade: str | None
    flags: tuple[Flag, ...]


def standing_of(claim: Claim, records: Sequence[Record], closure: str | None) -> Standing:
    """Derive the status of `claim` from its `records` (any order) and the digest of today's closure.

    The first confirmatory batch under the current claim digest decides; of the current closure if there is
    one, else of the newest closure that has one, flagged `stale`. Records with a person's erratum are not
    passed in. `unregistered`, `source-moved` and `rests-on-fallen` need git, the literature and the other claims and
    are added by the caller.
    """
    if claim.withdrawn is not None:
        return Standing(Status.WITHDRAWN, None, None, ())
    digest = claim_digest(claim)
    usable = [
        r
        for r in records
        if r.confirmatory
        and r.claim.digest == digest
        and r.verdict.verdict is not None
        and claim.check is not None
        and r.scale == claim.check.scale
    ]
    if not usable:
        return Standing(Status.UNTESTED, None, None, ())
    current = [r for r in usable if r.closure.digest == closure]
    stale = not current
    if stale:
        newest = max(usable, key=lambda r: r.finished).closure.digest
        current = [r for r in usable if r.closure.digest == newest]
    deciding = _deciding(current)
    assert deciding.verdict.verdict is not None
    others = [r for r in usable if (r.batch, r.closure.digest) != (deciding.batch, deciding.closure.digest)]
    flags: list[Flag] = ["stale"] if stale else []
    if any(_opposed(deciding.verdict.verdict, r.verdict.verdict) for r in others):
        flags.append("contested")
    return Standing(Status(deciding.verdict.verdict.value), deciding, _grade(deciding, others), tuple(flags))


def _deciding(records: Sequence[Record]) -> Record:
    """Of the first batch, the record that saw most replicates; of equals, the first one written."""
    first = min(r.batch for r in records)
    batch = [r for r in records if r.batch == first]
    return min(batch, key=lambda r: (-len(r.replicates), r.finished, r.digest))


def _opposed(one: Verdict, other: Verdict | None) -> bool:
    settled = {Verdict.SUPPORTED, Verdict.REFUTED}
    return one in settled and other in settled and one is not other


def _grade(deciding: Record, others: Sequence[Record]) -> str:
    """`replicated` when another batch, machine and contributor came to the same standard verdict."""
    if deciding.verdict.grade != "standard":
        return deciding.verdict.grade
    for other in others:
        if (
            other.verdict.grade == "standard"
            and other.verdict.verdict is deciding.verdict.verdict
            and other.closure.digest == deciding.closure.digest
            and other.batch != deciding.batch
            and other.contributor != deciding.contributor
            and other.environment.device_name != deciding.environment.device_name
        ):
            return "replicated"
    return "standard"
