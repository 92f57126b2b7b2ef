"""The only place where a status is decided: a pure function of a claim, today's closure and its records."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from claims.domain.claim import Claim, Status
from claims.domain.contributor import is_somebody_else
from claims.domain.digest import claim_digest
from claims.domain.dispute import Dispute, Filed
from claims.domain.record import Record
from claims.domain.verdict import Verdict

Flag = Literal["stale", "contested", "unregistered", "rests-on-fallen", "source-moved", "objection-upheld"]
Contest = Literal["records", "dispute", "rerun"]
"""Who contests a claim: another batch that came to the opposite verdict, a person, a rerun with other numbers."""


class Standing(NamedTuple):
    """Where a claim stands: its status, the record that it rests on, its grade, flags, and who contests it."""

    status: Status
    record: Record | None
    grade: str | None
    flags: tuple[Flag, ...]
    contested_by: tuple[Contest, ...] = ()


def standing_of(claim: Claim, records: Sequence[Record], closure: str | None, erred: Collection[str] = ()) -> Standing:
    """Derive the status of `claim` from its `records` (any order) and the digest of today's closure.

    The first confirmatory batch under the current claim digest decides; of the current closure if there is
    one, else of the newest closure that has one, flagged `stale`. Records of older code with a person's erratum
    (`erred`, by digest) cannot contest. The flags that need git, the literature or the other claims are added by
    the caller.
    """
    if claim.withdrawn is not None:
        return Standing(Status.WITHDRAWN, None, None, ())
    if claim.check is None or not records:  # most claims of a large registry, whose digests would cost seconds
        return Standing(Status.UNTESTED, None, None, ())
    digest = claim_digest(claim)
    usable = [
        r
        for r in records
        if r.confirmatory
        and r.claim.digest == digest
        and r.verdict.verdict is not None
        and r.scale == claim.check.scale
    ]
    if not usable:
        return Standing(Status.UNTESTED, None, None, ())
    current = [r for r in usable if r.closure.digest == closure]
    stale = not current
    if stale:
        newest = max(usable, key=lambda r: r.finished).closure.digest
        current = [r for r in usable if r.closure.digest == newest]
    deciding, settled = _deciding(current)
    assert deciding.verdict.verdict is not None
    others = [r for r in usable if r.digest not in settled and r.digest not in erred]
    flags: list[Flag] = ["stale"] if stale else []
    standing = Standing(Status(deciding.verdict.verdict.value), deciding, _grade(deciding, others), tuple(flags))
    opposed = any(_opposed(deciding.verdict.verdict, r.verdict.verdict) for r in others)
    return contested(standing, "records") if opposed else standing


def disputed(standing: Standing, said: Sequence[Filed]) -> Standing:
    """The standing with what people `said` of the claim: contested as long as a dispute is open.

    A dispute that was upheld marks it for good: it is right, and the claim still says what it says.
    """
    ends = [filed.said.resolved for filed in said if isinstance(filed.said, Dispute)]
    if any(end is not None and end.outcome == "upheld" for end in ends):
        standing = standing._replace(flags=(*standing.flags, "objection-upheld"))
    return contested(standing, "dispute") if any(filed.is_open for filed in said) else standing


def doubts(standing: Standing) -> tuple[str, ...]:
    """The flags in words for a person, with who contests it."""
    by = " and ".join(_WHO[one] for one in standing.contested_by)
    return tuple(f"contested by {by}" if flag == "contested" and by else flag for flag in standing.flags)


_WHO: dict[Contest, str] = {"records": "another batch", "dispute": "a dispute", "rerun": "a rerun"}


def contested(standing: Standing, by: Contest) -> Standing:
    """The standing with one more that contests it."""
    flags = standing.flags if "contested" in standing.flags else (*standing.flags, "contested")
    return standing._replace(flags=flags, contested_by=(*standing.contested_by, by))


def _deciding(records: Sequence[Record]) -> tuple[Record, set[str]]:
    """The record that decides, and the digests of those that it is or continues.

    The first one written of the first batch decides: a batch is begun when the one before it is on record, so who dates
    a later one back moves nothing. One that left the question open is continued by a later one of the same batch
    that holds its replicates, number by number, and more.
    """
    first, *later = sorted(records, key=lambda r: (r.batch, r.finished, r.digest))
    same = {first.digest}
    for record in later:
        if first.verdict.verdict in _OPEN and _continues(record, first):
            first = record
            same.add(record.digest)
    return first, same


_OPEN = (Verdict.INCONCLUSIVE, Verdict.LEANING_SUPPORTED, Verdict.LEANING_REFUTED)


def _continues(later: Record, earlier: Record) -> bool:
    pairs = zip(earlier.replicates, later.replicates, strict=False)
    return (
        later.batch == earlier.batch
        and len(later.replicates) >= len(earlier.replicates)
        and all(
            (a.replicate.seed, a.replicate.outcome, a.replicate.measured, a.replicate.combined)
            == (b.replicate.seed, b.replicate.outcome, b.replicate.measured, b.replicate.combined)
            for a, b in pairs
        )
    )


def _opposed(one: Verdict, other: Verdict | None) -> bool:
    sides = {_side(one), _side(other)}
    return sides == {"for", "against"}


def _side(verdict: Verdict | None) -> str | None:
    if verdict in (Verdict.SUPPORTED, Verdict.LEANING_SUPPORTED):
        return "for"
    return "against" if verdict in (Verdict.REFUTED, Verdict.LEANING_REFUTED) else None


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
            and is_somebody_else(other.contributor, deciding.contributor)
            and other.environment.device_name != deciding.environment.device_name
        ):
            return "replicated"
    return "standard"
