"""What was registered and never reported: claims that could be run, and of which no run that counts is on record."""

from dataclasses import dataclass
from datetime import UTC, datetime

from claims.domain.counting import count
from claims.domain.digest import claim_digest
from claims.history.timeline import Timeline
from claims.site.view.context import Context
from claims.site.view.marks import asked


@dataclass(frozen=True)
class Waiting:
    """A claim without a report."""

    question: str
    href: str
    """Empty for a claim that is not in the registry any more."""
    since: str
    waits: str
    note: str


@dataclass(frozen=True)
class WaitingTable:
    """Claims that wait. What is the same in every row is told once, in `same`; an empty column not at all."""

    rows: tuple[Waiting, ...]
    same: str
    since: bool
    waits: bool
    note: bool


@dataclass(frozen=True)
class Unreported:
    """The section."""

    summary: str
    waiting: WaitingTable
    planned: str
    planned_table: WaitingTable


def unreported(context: Context, timeline: Timeline) -> Unreported:
    """Those that wait, the longest first; those whose experiment is still to be written, apart.

    A run of a claim that was worded or checked otherwise does not report the one that stands now.
    """
    digests = {c.id: claim_digest(c) for c in context.claims if c.check is not None}
    reported = {
        name
        for name, stored in context.project.records.items()
        if any(
            s.record.confirmatory and s.record.claim.digest == digests.get(name, s.record.claim.digest) for s in stored
        )
    }
    since, begun = _first(timeline, ("check",)), _first(timeline, ("check", "planned"))
    registered = [c for c in context.claims if c.check is not None]
    open_ = [c.id for c in registered if c.id not in reported]
    gone = [name for name in since if name not in context.standings and name not in reported]
    planned = [c.id for c in context.claims if c.planned is not None]
    found = [_waiting(context, timeline, name, since) for name in (*open_, *gone)]
    return Unreported(
        summary=_summary(len(registered) + len(gone), len(found), timeline),
        waiting=_table(found),
        planned=count(len(planned), "more claim is", "more claims are") if planned else "",
        planned_table=_table([_waiting(context, timeline, name, begun) for name in planned]),
    )


def _first(timeline: Timeline, tests: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """When a claim first had one of these, in seconds since 1970, and how it was asked last."""
    found: dict[str, tuple[int, str]] = {}
    for step in reversed(timeline.steps):
        for change in step.changes:
            if change.after is not None and change.after.test in tests:
                first = found.get(change.claim, (step.when, ""))[0]
                found[change.claim] = (first, change.after.question)
    return found


def _summary(registered: int, waiting: int, timeline: Timeline) -> str:
    if not registered:
        return "No claim with a check that can be run has been registered."
    if not waiting:
        return f"Of {count(registered, 'claim')} that could be run, every one has a run on record that counts."
    as_of = f" Waiting is counted up to the newest commit, {_date(timeline.when)}." if timeline.when else ""
    since = "" if timeline.when else " For how long is not known: the history was not there when this was built."
    have = "has" if waiting == 1 else "have"
    return (
        f"Of {count(registered, 'claim')} that could be run, {waiting} {have} no run on record that counts."
        f"{as_of}{since}"
    )


def _waiting(context: Context, timeline: Timeline, name: str, since: dict[str, tuple[int, str]]) -> Waiting:
    claim = context.known(name)
    first, question = since.get(name, (None, name))
    days = (timeline.when - first) // 86400 if timeline.when is not None and first is not None else None
    notes = []
    if claim is None:
        notes.append("removed from the registry")
    elif claim.withdrawn is not None:
        notes.append(f"withdrawn on {claim.withdrawn.on.isoformat()}")
    if name in context.project.records:
        notes.append("exploratory runs only")
    return Waiting(
        question=asked(claim) if claim is not None else question,
        href=context.links.claim(name) if claim is not None else "",
        since=_date(first) if first is not None else "not committed" if timeline.when is not None else "not known",
        waits="" if days is None else "less than a day" if days < 1 else count(days, "day"),
        note=", ".join(notes),
    )


def _table(rows: list[Waiting]) -> WaitingTable:
    """The longest wait first."""
    since, waits = {row.since for row in rows}, {row.waits for row in rows}
    one = len(rows) == 1
    same_wait = "" if one or len(waits) > 1 else next(iter(waits), "")
    same_start = "" if one or len(since) > 1 else next(iter(since), "")
    said = [f"Each has waited {same_wait}."] if same_wait else []
    said += [f"Since when, for each: {same_start}."] if same_start else []
    return WaitingTable(
        rows=tuple(sorted(rows, key=lambda row: (row.since, row.question))),
        same=" ".join(said),
        since=not same_start,
        waits=any(waits) and not same_wait,
        note=any(row.note for row in rows),
    )


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
