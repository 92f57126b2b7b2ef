"""The page of changes: every change of a verdict, a grounding or a claim, newest first, by day and commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from claims.domain.claim import Claim, Grounding, Status
from claims.domain.counting import count
from claims.domain.dispute import Dispute
from claims.history.changes import Kind
from claims.history.timeline import Timeline
from claims.site.events import Event, events, pending
from claims.site.links import anchor_of
from claims.site.view.context import Context
from claims.site.view.disputes import about
from claims.site.view.marks import Mark, asked, grounding_mark, verdict_mark

_MANY = 5
"""New claims of one commit beyond which they are folded: a registry often begins with dozens at once."""
_NAMES = {
    Kind.ADDED: "new claim",
    Kind.REMOVED: "removed",
    Kind.WITHDRAWN: "withdrawn",
    Kind.VERDICT: "",
    Kind.REGISTERED: "check registered",
    Kind.JUDGED: "changed",
    Kind.GROUNDING: "grounding",
    Kind.QUESTION: "question",
    Kind.DISPUTED: "disputed",
    Kind.SETTLED: "dispute ended",
}
_TESTS = {"check": "with a check", "planned": "its experiment is still to be written", "": "without a check"}


@dataclass(frozen=True)
class Line:
    """One change: what kind, of which claim, from which mark to which, and why."""

    what: str
    """Empty for a verdict, whose marks say it."""
    question: str
    href: str
    """Empty for a claim that is not there any more."""
    before: tuple[Mark, ...]
    after: tuple[Mark, ...]
    note: str
    record: str
    """Where the record that caused it lies; empty where none did."""


@dataclass(frozen=True)
class CommitRows:
    """What one commit changed."""

    commit: str
    time: str
    lines: tuple[Line, ...]
    folded: str
    """Says how many new claims are folded away; empty where none are."""
    more: tuple[Line, ...]


@dataclass(frozen=True)
class Day:
    """What changed on a day (UTC)."""

    name: str
    date: str
    commits: tuple[CommitRows, ...]


@dataclass(frozen=True)
class ChangesPage:
    """What the page places."""

    lead: str
    notice: str
    days: tuple[Day, ...]
    feed: str


def changes_page(context: Context, timeline: Timeline) -> ChangesPage:
    """The page; without a history, from the records alone, which it says."""
    told, open_ = events(context.project, timeline), pending(context.project, timeline)
    days = [_day(context, day, list(group)) for day, group in groupby(told, key=_date)]
    if open_:
        days.insert(0, Day("Not committed yet", "", (_rows(context, "", open_),)))
    return ChangesPage(
        lead=_lead(told),
        notice=_notice(timeline),
        days=tuple(days),
        feed=f"{context.links.root}feed.xml",
    )


def _lead(told: Sequence[Event]) -> str:
    verdicts = sum(event.kind is Kind.VERDICT for event in told)
    claims = sum(event.kind is Kind.ADDED for event in told)
    groundings = sum(event.kind is Kind.GROUNDING for event in told)
    parts = [
        count(verdicts, "change of a verdict", "changes of a verdict"),
        *([count(claims, "new claim")] if claims else []),
        *([count(groundings, "change of a grounding", "changes of a grounding")] if groundings else []),
    ]
    return f"{', '.join(parts)}. Newest first, by day (UTC)." if told else "Nothing has changed yet."


def _notice(timeline: Timeline) -> str:
    if not timeline.missing:
        return ""
    return (
        "This page was built from the records alone: it lists what each run that counts said, every withdrawal and "
        "dispute, but not when claims were added, changed or labelled otherwise. The history was not there "
        f"({timeline.missing})."
    )


def _date(event: Event) -> str:
    return event.when.date().isoformat() if event.when is not None else ""


def _day(context: Context, day: str, told: Sequence[Event]) -> Day:
    groups = [list(group) for _, group in groupby(told, key=lambda e: (e.commit, e.when, e.timed))]
    return Day(day, day, tuple(_rows(context, group[0].commit, group) for group in groups))


def _rows(context: Context, commit: str, told: Iterable[Event]) -> CommitRows:
    told = list(told)
    new = [event for event in told if event.kind is Kind.ADDED]
    folded, shown = (new, [e for e in told if e.kind is not Kind.ADDED]) if len(new) > _MANY else ([], told)
    when = told[0].when if told[0].timed else None
    return CommitRows(
        commit=commit[:10],
        time=when.strftime("%H:%M") if when is not None else "",
        lines=tuple(_line(context, event) for event in shown),
        folded=count(len(folded), "new claim") if folded else "",
        more=tuple(_line(context, event) for event in folded),
    )


def _line(context: Context, event: Event) -> Line:
    before, after = _marks(context, event)
    known = context.known(event.claim)
    page = context.links.claim(event.claim) if known is not None else ""
    return Line(
        what=_NAMES[event.kind],
        question=asked(known) if known is not None and known.withdrawn else event.question or event.claim,
        href=f"{page}#{anchor_of(event.said.name)}" if page and event.said is not None else page,
        before=before,
        after=after,
        note=_withdrawal(known) if event.kind is Kind.WITHDRAWN else _note(event),
        record=context.links.evidence(event.record.path) if event.record is not None else "",
    )


def _withdrawal(claim: Claim | None) -> str:
    """When and why, as the claim says it today."""
    gone = claim.withdrawn if claim is not None else None
    return f"on {gone.on.isoformat()}: {gone.because}" if gone is not None else ""


def _dispute(kind: Kind, dispute: Dispute) -> str:
    if kind is Kind.SETTLED and dispute.resolved is not None:
        return f"about {about(dispute)}: {dispute.resolved.outcome}, {dispute.resolved.by}"
    return f"about {about(dispute)}, {dispute.by}"


def _marks(context: Context, event: Event) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    match event.kind:
        case Kind.VERDICT | Kind.WITHDRAWN:
            return _verdict(context, event.before), _verdict(context, event.after)
        case Kind.ADDED if event.after != Status.UNTESTED.value:
            return (), _verdict(context, event.after)
        case Kind.GROUNDING:
            return _grounding(context, event.before), _grounding(context, event.after)
    return (), ()


def _verdict(context: Context, word: str) -> tuple[Mark, ...]:
    """None for a word that an old registry had and nobody knows today."""
    return (verdict_mark(Status(word), context.links),) if word in set(Status) else ()


def _grounding(context: Context, word: str) -> tuple[Mark, ...]:
    return (grounding_mark(Grounding(word), context.links),) if word in set(Grounding) else ()


def _note(event: Event) -> str:
    change = event.change
    if event.said is not None and isinstance(event.said.said, Dispute):
        return _dispute(event.kind, event.said.said)
    match event.kind:
        case Kind.ADDED if change is not None and change.after is not None:
            return _TESTS[change.after.test]
        case Kind.REMOVED:
            return "deleted instead of withdrawn"
        case Kind.REGISTERED:
            return "it can be run from here on"
        case Kind.JUDGED if change is not None and change.before is not None and change.before.test != "check":
            return "its sentence or scope, before anything of it could be run"
        case Kind.JUDGED:
            return "its sentence, scope or check: earlier records do not count for it any more"
        case Kind.QUESTION:
            return f"it was asked as: {event.before}"
        case Kind.VERDICT if event.record is None and change is not None and Kind.JUDGED in change.kinds:
            return "what is tested was changed"
        case Kind.VERDICT if event.record is None and event.after == Status.UNTESTED.value:
            return "no run counted for it any more"
    return ""
