"""The overview and the lists of claims that share a verdict, a grounding or a topic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from claims.domain.claim import Claim, Grounding, Status
from claims.domain.counting import count
from claims.site.view.context import Context
from claims.site.view.history import day
from claims.site.view.marks import GROUNDINGS, STATUSES, Mark, asked, grade_words, grounding_mark, verdict_mark
from claims.site.view.tables import ClaimRow, Counted, claim_row


@dataclass(frozen=True)
class Change:
    """A recent run."""

    date: str
    question: str
    href: str
    verdict: Mark
    grade: str


@dataclass(frozen=True)
class Group:
    """Claims with one verdict."""

    mark: Mark
    rows: tuple[ClaimRow, ...]


@dataclass(frozen=True)
class Overview:
    """The front page."""

    tally: str
    verdicts: tuple[Counted, ...]
    groundings: tuple[Counted, ...]
    tellings: tuple[Counted, ...]
    """How claims are told elsewhere, each telling with its own label."""
    topics: tuple[tuple[str, str, str], ...]
    """Name, list, number of claims; those with most claims first."""
    more_topics: tuple[tuple[str, str, str], ...]
    more_topics_words: str
    drifted: str
    changes: tuple[Change, ...]
    all_changes: str
    groups: tuple[Group, ...]
    planned: tuple[Group, ...]
    """Claims whose experiment is still to be written, folded away below the others; none where there are no others."""
    planned_words: str


@dataclass(frozen=True)
class ListPage:
    """Claims that share a word."""

    title: str
    lead: str
    rows: tuple[ClaimRow, ...]
    home: str


_PLANNED = "planned: predictions are written down, the experiment is not"
_LATEST = 5
_MOST_TOPICS = 12
"""More would push the claims off the first screen; the rest unfolds."""


def overview(context: Context) -> Overview:
    """What is tested, what holds, what fell, what changed."""
    project, links = context.project, context.links
    statuses = Counter(context.standings[c.id].status for c in context.claims)
    labels = Counter(c.grounding.label for c in context.claims)
    topics = Counter(topic for c in context.claims for topic in c.topics)
    by_number = sorted(topics.items(), key=lambda pair: (-pair[1], pair[0]))
    ranked = tuple((topic, links.group("topics", topic), str(n)) for topic, n in by_number)
    tellings = [t for c in context.claims for t in c.circulated]
    told = Counter(t.label for t in tellings)
    drifted = len(tellings) - told[Grounding.FAITHFUL]
    ready, planned = tuple(_ready(context)), tuple(_planned(context))
    return Overview(
        tally=", ".join(
            [
                count(len(context.claims), "claim"),
                count(len(context.paper_ids()), "paper"),
                count(len(project.declared), "experiment"),
                count(sum(len(r) for r in project.records.values()), "recorded run"),
            ]
        ),
        verdicts=tuple(Counted(verdict_mark(s, links), _number(context, s)) for s in STATUSES if statuses[s]),
        groundings=tuple(Counted(grounding_mark(g, links), _labelled(context, g)) for g in GROUNDINGS if labels[g]),
        topics=ranked[:_MOST_TOPICS],
        more_topics=ranked[_MOST_TOPICS:],
        more_topics_words=count(len(ranked[_MOST_TOPICS:]), "more topic"),
        tellings=tuple(Counted(grounding_mark(g, links), str(told[g])) for g in GROUNDINGS if told[g]),
        drifted=f"{drifted} of {count(len(tellings), 'telling')} collected here drifted; picked, not a sample"
        if tellings
        else "",
        changes=_changes(context),
        all_changes=f"{links.root}changes/",
        groups=ready or planned,
        planned=planned if ready else (),
        planned_words=f"{count(sum(len(g.rows) for g in planned), 'more claim is', 'more claims are')} planned",
    )


def lists(context: Context) -> dict[str, ListPage]:
    """Every list page by its folder: `status/supported`, `grounding/overstated`, `topics/agents`."""
    at = context.at(2)
    pages = {
        f"status/{status.value}": _list(at, f"Verdict: {status.value}", meaning, _with_status(at, status))
        for status, meaning in STATUSES.items()
    }
    for label, meaning in GROUNDINGS.items():
        pages[f"grounding/{label.value}"] = _grounding(at, label, meaning)
    for topic in sorted({t for c in at.claims for t in c.topics}):
        chosen = tuple(c for c in at.claims if topic in c.topics)
        pages[f"topics/{topic}"] = _list(at, f"Topic: {topic}", "all claims on this topic", chosen)
    return pages


def _list(context: Context, title: str, meaning: str, claims: tuple[Claim, ...]) -> ListPage:
    lead = f"{count(len(claims), 'claim')}: {meaning}."
    return ListPage(title, lead, tuple(claim_row(context, c) for c in claims), context.links.root)


def _number(context: Context, status: Status) -> str:
    chosen = _with_status(context, status)
    planned = sum(c.planned is not None for c in chosen)
    of_them = "all" if planned == len(chosen) else f"{planned} of them"
    return f"{len(chosen)}, {of_them} planned" if planned else str(len(chosen))


def _ready(context: Context) -> Iterator[Group]:
    """Claims that have been run or could be, by verdict."""
    for status in STATUSES:
        chosen = tuple(c for c in _with_status(context, status) if c.planned is None)
        if chosen:
            yield Group(verdict_mark(status, context.links), tuple(claim_row(context, c) for c in chosen))


def _planned(context: Context) -> Iterator[Group]:
    """Claims whose experiment is still to be written, by verdict."""
    for status in STATUSES:
        chosen = tuple(c for c in _with_status(context, status) if c.planned is not None)
        if chosen:
            mark = replace(verdict_mark(status, context.links), meaning=_PLANNED)
            yield Group(mark, tuple(claim_row(context, c) for c in chosen))


def _labelled(context: Context, label: Grounding) -> str:
    chosen = [c for c in context.claims if c.grounding.label is label]
    secondhand = sum(c.secondhand for c in chosen)
    return f"{len(chosen)}, {secondhand} from notes" if secondhand else str(len(chosen))


def _grounding(context: Context, label: Grounding, meaning: str) -> ListPage:
    """The claims with this label, then those that are told so elsewhere."""
    own = tuple(c for c in context.claims if c.grounding.label is label)
    told = tuple(
        c for c in context.claims if c.grounding.label is not label and any(t.label is label for t in c.circulated)
    )
    lead = f"{count(len(own), 'claim')}: {meaning}."
    if told:
        one, many = "one more is", f"{len(told)} more are"
        lead += f" Below them {one if len(told) == 1 else many} told so elsewhere, under a label of their own."
    rows = tuple(claim_row(context, c) for c in (*own, *told))
    return ListPage(f"Grounding: {label.value}", lead, rows, context.links.root)


def _with_status(context: Context, status: Status) -> tuple[Claim, ...]:
    return tuple(c for c in context.claims if context.standings[c.id].status is status)


def _changes(context: Context) -> tuple[Change, ...]:
    decided = [(standing.record, c) for c in context.claims if (standing := context.standings[c.id]).record is not None]
    latest = sorted(decided, key=lambda pair: (pair[0].finished if pair[0] else "", pair[1].id), reverse=True)[:_LATEST]
    return tuple(
        Change(
            date=day(record),
            question=asked(claim),
            href=context.links.claim(claim.id),
            verdict=verdict_mark(context.standings[claim.id].status, context.links),
            grade=grade_words(claim, context.standings[claim.id]),
        )
        for record, claim in latest
        if record is not None
    )
