"""The track record: how far the verdicts of this registry can be trusted, taken together."""

from collections.abc import Iterator
from dataclasses import dataclass

from claims.domain.claim import Claim, Status
from claims.domain.counting import count
from claims.domain.digest import claim_digest
from claims.domain.record import Record
from claims.domain.verdict import Verdict
from claims.history.timeline import Timeline
from claims.ledger.evidence import StoredRecord
from claims.site.view.context import Context
from claims.site.view.discovery import Discovery, discovery
from claims.site.view.forecasts import Forecasts, forecasts
from claims.site.view.history import changed_between, day
from claims.site.view.marks import FLAGS, Mark, asked, verdict_mark
from claims.site.view.reruns import Reruns, reruns
from claims.site.view.unreported import Unreported, unreported


@dataclass(frozen=True)
class VoidRow:
    """A run that tested nothing."""

    date: str
    question: str
    href: str
    reason: str
    later: tuple[Mark, ...]
    """What a later run of the same claim said."""
    since: str
    json: str


@dataclass(frozen=True)
class FlagRow:
    """Claims that carry a note beside their verdict."""

    flag: str
    meaning: str
    claims: tuple[tuple[str, str], ...]
    number: str


@dataclass(frozen=True)
class ChangedRow:
    """A claim whose sentence, scope or check was changed after a run of it was recorded."""

    question: str
    href: str
    said: tuple[Mark, ...]
    now: Mark


@dataclass(frozen=True)
class TrackRecordPage:
    """What the page places."""

    method: str
    changes: str
    wrong: Discovery
    unreported: Unreported
    voids_summary: str
    voids: tuple[VoidRow, ...]
    flags_summary: str
    flags: tuple[FlagRow, ...]
    changed_summary: str
    changed: tuple[ChangedRow, ...]
    forecasts: Forecasts
    reruns: Reruns


def track_record_page(context: Context, timeline: Timeline) -> TrackRecordPage:
    """The page. Raises SetupError when the simulated error rates are missing or cannot be read."""
    voids, flags, changed = tuple(_voids(context)), tuple(_flags(context)), tuple(_changed(context))
    recorded = sum(len(found) for found in context.project.records.values())
    return TrackRecordPage(
        method=f"{context.links.root}method/#how-often-the-rule-errs",
        changes=f"{context.links.root}changes/",
        wrong=discovery(context),
        unreported=unreported(context, timeline),
        voids_summary=_voids_summary(recorded, voids),
        voids=voids,
        flags_summary="" if flags else "No verdict carries one of the notes that the method page explains.",
        flags=flags,
        changed_summary=_changed_summary(context, changed),
        changed=changed,
        forecasts=forecasts(context, timeline),
        reruns=reruns(context),
    )


def _voids(context: Context) -> Iterator[VoidRow]:
    """Newest first."""
    found = [
        (stored, claim)
        for claim in context.claims
        for stored in context.project.records.get(claim.id, ())
        if stored.record.verdict.verdict is Verdict.VOID
    ]
    for stored, claim in sorted(found, key=lambda pair: (pair[0].record.finished, pair[1].id), reverse=True):
        later = _later(context, claim, stored.record)
        changed = changed_between(stored.record, later) if later else ""
        yield VoidRow(
            date=day(stored.record),
            question=asked(claim),
            href=context.links.claim(claim.id),
            reason=stored.record.verdict.reason,
            later=_mark(context, later) if later else (),
            since=f"on {day(later)}{f', after {changed} had been changed' if changed else ''}"
            if later
            else "no other run since",
            json=context.links.evidence(stored.path),
        )


def _mark(context: Context, record: Record) -> tuple[Mark, ...]:
    verdict = record.verdict.verdict
    return (verdict_mark(Status(verdict), context.links),) if verdict is not None else ()


def _later(context: Context, claim: Claim, void: Record) -> Record | None:
    """The first run after a void one that tested something, whatever of the claim was changed between them."""
    after = (
        stored.record
        for stored in context.records(claim.id)
        if stored.record.finished > void.finished and stored.record.verdict.verdict not in (None, Verdict.VOID)
    )
    return next(after, None)


def _voids_summary(recorded: int, voids: tuple[VoidRow, ...]) -> str:
    if not voids:
        return f"None of {count(recorded, 'recorded run')} ended void."
    settled = sum(bool(row.later) for row in voids)
    changed = sum("changed" in row.since for row in voids)
    after = f" In {changed} of them the test was changed in between, as the table says; no rate above counts that."
    how_many = "each" if settled == len(voids) else str(settled)
    return (
        f"{len(voids)} of {count(recorded, 'recorded run')} ended void: a control came out wrong, too few replicates "
        "were valid, or the seed made no difference. Later runs of the same claim that tested something: after "
        f"{how_many} of them.{after if changed else ''}"
    )


def _flags(context: Context) -> Iterator[FlagRow]:
    for flag, meaning in FLAGS.items():
        claims = [c for c in context.claims if flag in context.standings[c.id].flags]
        if claims:
            links = tuple((asked(c), context.links.claim(c.id)) for c in claims)
            yield FlagRow(flag, meaning, links, count(len(claims), "claim"))


def _changed(context: Context) -> Iterator[ChangedRow]:
    for claim in context.claims:
        said = _said(claim, context.records(claim.id))
        if said:
            marks = tuple(verdict_mark(status, context.links) for status in said)
            now = verdict_mark(context.standings[claim.id].status, context.links)
            yield ChangedRow(asked(claim), context.links.claim(claim.id), marks, now)


def _said(claim: Claim, stored: tuple[StoredRecord, ...]) -> tuple[Status, ...]:
    """The verdicts on the claim as it stood before, oldest first, each once."""
    if not stored:
        return ()
    digest = claim_digest(claim)
    older = (s.record for s in stored if s.record.claim.digest != digest)
    return tuple(dict.fromkeys(Status(r.verdict.verdict) for r in older if r.verdict.verdict is not None))


def _changed_summary(context: Context, changed: tuple[ChangedRow, ...]) -> str:
    run = sum(bool(context.project.records.get(c.id)) for c in context.claims)
    if not changed:
        return f"None of {count(run, 'claim')} with a recorded run was changed after it."
    return (
        f"{len(changed)} of {count(run, 'claim')} with a recorded run had sentence, scope or check changed after one. "
        "The older runs stay on record and do not count for the claim as it stands; each that decided counts above."
    )
