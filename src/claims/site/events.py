"""Events: what happened to claims, each with the record that caused it, for the page of changes and for the feed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from claims.domain.dispute import Dispute, Filed
from claims.history.changes import Change, Kind
from claims.history.timeline import Timeline
from claims.ledger.evidence import StoredRecord
from claims.project import Project


@dataclass(frozen=True)
class Event:
    """One thing that happened to one claim."""

    when: datetime | None
    """None for what is not committed yet."""
    commit: str
    """In full; empty for what is not committed yet, or known from a record alone."""
    kind: Kind
    claim: str
    question: str
    before: str
    """The word before, of a verdict, a grounding or a question; empty where there was none."""
    after: str
    change: Change | None
    """None for what is known from a record alone."""
    record: StoredRecord | None
    """Of a verdict."""
    said: Filed | None = None
    """The dispute that was opened or has ended."""

    @property
    def timed(self) -> bool:
        """Whether its time of day is known: what a person dated has a day only."""
        return bool(self.commit) or self.record is not None


def events(project: Project, timeline: Timeline) -> tuple[Event, ...]:
    """Everything that was committed, newest first; without a history, what the records tell."""
    if timeline.missing:
        return _told_by_records(project)
    told = [
        event
        for step in timeline.steps
        for change in step.changes
        for event in _events(project, change, datetime.fromtimestamp(step.when, UTC), step.commit)
    ]
    return _newest_first([*told, *_disputes(project)])


def pending(project: Project, timeline: Timeline) -> tuple[Event, ...]:
    """What stands in the files and in no commit yet."""
    return tuple(event for change in timeline.pending for event in _events(project, change, None, ""))


def _events(project: Project, change: Change, when: datetime | None, commit: str) -> list[Event]:
    return [_event(project, change, kind, when, commit) for kind in change.kinds]


def _event(project: Project, change: Change, kind: Kind, when: datetime | None, commit: str) -> Event:
    before, after = _words(change, kind)
    record = _cause(project, change.claim, after, when) if kind in (Kind.VERDICT, Kind.ADDED) else None
    return Event(when, commit, kind, change.claim, change.known.question, before, after, change, record)


def _words(change: Change, kind: Kind) -> tuple[str, str]:
    pair = (change.before, change.after)
    match kind:
        case Kind.GROUNDING:
            words = [sketch.label if sketch else "" for sketch in pair]
        case Kind.QUESTION:
            words = [sketch.question if sketch else "" for sketch in pair]
        case _:
            words = [sketch.status if sketch else "" for sketch in pair]
    return words[0], words[1]


def _cause(project: Project, claim_id: str, status: str, when: datetime | None) -> StoredRecord | None:
    """The newest record of a claim that was there at a moment and said this."""
    said = [
        stored
        for stored in project.records.get(claim_id, ())
        if stored.record.confirmatory
        and stored.record.verdict.verdict is not None
        and stored.record.verdict.verdict.value == status
        and (when is None or datetime.fromisoformat(stored.record.finished) <= when)
    ]
    return max(said, key=lambda stored: stored.record.finished, default=None)


def _told_by_records(project: Project) -> tuple[Event, ...]:
    """Every record that counts, and every withdrawal, which carries its day."""
    questions = {claim.id: claim.question for claim in project.registry.claims}
    found = [
        _of_record(stored, questions.get(claim_id, claim_id), verdict.value)
        for claim_id, records in project.records.items()
        for stored in records
        if stored.record.confirmatory and (verdict := stored.record.verdict.verdict) is not None
    ]
    found += [
        Event(
            _begin(claim.withdrawn.on),
            *("", Kind.WITHDRAWN, claim.id, claim.question, "", "withdrawn", None, None),
        )
        for claim in project.registry.claims
        if claim.withdrawn is not None
    ]
    return _newest_first(sorted([*found, *_disputes(project)], key=lambda e: e.claim))


def _newest_first(found: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(found, key=_time, reverse=True))


def _disputes(project: Project) -> Iterator[Event]:
    """Every dispute on the day that it bears, and its end on the day that this bears."""
    for claim_id, said in sorted(project.disputes.items()):
        question = project.by_id[claim_id].question if claim_id in project.by_id else claim_id
        for filed in said:
            if isinstance(filed.said, Dispute):
                ended = filed.said.resolved
                days = [(Kind.DISPUTED, filed.said.on), *([(Kind.SETTLED, ended.on)] if ended else [])]
                yield from (
                    Event(_begin(on), "", kind, claim_id, question, "", "", None, None, filed) for kind, on in days
                )


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _of_record(stored: StoredRecord, question: str, verdict: str) -> Event:
    when = datetime.fromisoformat(stored.record.finished)
    return Event(when, "", Kind.VERDICT, stored.record.claim.id, question, "", verdict, None, stored)


def _time(event: Event) -> float:
    return event.when.timestamp() if event.when is not None else 0.0
