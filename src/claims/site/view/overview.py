"""The overview and the lists of claims that share a verdict, a grounding or a topic."""

from collections import Counter
from dataclasses import dataclass

from claims.domain.claim import Claim, Grounding, Status
from claims.site.numbers import count
from claims.site.view.context import Context
from claims.site.view.history import day
from claims.site.view.marks import GROUNDINGS, STATUSES, Mark, grade_words, grounding_mark, verdict_mark
from claims.site.view.tables import ClaimRow, claim_row


@dataclass(frozen=True)
class Counted:
    """How many claims share a mark, as a link to them."""

    mark: Mark
    number: str


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
    topics: tuple[tuple[str, str, str], ...]
    drifted: str
    changes: tuple[Change, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class ListPage:
    """Claims that share a word."""

    title: str
    lead: str
    rows: tuple[ClaimRow, ...]
    home: str


_LATEST = 5


def overview(context: Context) -> Overview:
    """What is tested, what holds, what fell, what changed."""
    project, links = context.project, context.links
    statuses = Counter(context.standings[c.id].status for c in context.claims)
    labels = Counter(c.grounding.label for c in context.claims)
    topics = Counter(topic for c in context.claims for topic in c.topics)
    tellings = [t for c in context.claims for t in c.circulated]
    drifted = sum(t.label is not Grounding.FAITHFUL for t in tellings)
    return Overview(
        tally=", ".join(
            [
                count(len(context.claims), "claim"),
                count(len(context.paper_ids()), "paper"),
                count(len(project.declared), "experiment"),
                count(sum(len(r) for r in project.records.values()), "recorded run"),
            ]
        ),
        verdicts=tuple(Counted(verdict_mark(s, links), str(statuses[s])) for s in STATUSES if statuses[s]),
        groundings=tuple(Counted(grounding_mark(g, links), str(labels[g])) for g in GROUNDINGS if labels[g]),
        topics=tuple((t, links.group("topics", t), str(n)) for t, n in sorted(topics.items())),
        drifted=f"{drifted} of {count(len(tellings), 'telling')} elsewhere drifted from the paper" if tellings else "",
        changes=_changes(context),
        groups=tuple(
            Group(verdict_mark(status, links), rows)
            for status in STATUSES
            if (rows := tuple(claim_row(context, c) for c in _with_status(context, status)))
        ),
    )


def lists(context: Context) -> dict[str, ListPage]:
    """Every list page by its folder: `status/supported`, `grounding/overstated`, `topics/agents`."""
    at = context.at(2)
    pages = {
        f"status/{status.value}": _list(at, f"Verdict: {status.value}", meaning, _with_status(at, status))
        for status, meaning in STATUSES.items()
    }
    for label, meaning in GROUNDINGS.items():
        chosen = tuple(c for c in at.claims if c.grounding.label is label)
        pages[f"grounding/{label.value}"] = _list(at, f"Grounding: {label.value}", meaning, chosen)
    for topic in sorted({t for c in at.claims for t in c.topics}):
        chosen = tuple(c for c in at.claims if topic in c.topics)
        pages[f"topics/{topic}"] = _list(at, f"Topic: {topic}", "all claims on this topic", chosen)
    return pages


def _list(context: Context, title: str, meaning: str, claims: tuple[Claim, ...]) -> ListPage:
    lead = f"{count(len(claims), 'claim')}: {meaning}."
    return ListPage(title, lead, tuple(claim_row(context, c) for c in claims), context.links.root)


def _with_status(context: Context, status: Status) -> tuple[Claim, ...]:
    return tuple(c for c in context.claims if context.standings[c.id].status is status)


def _changes(context: Context) -> tuple[Change, ...]:
    decided = [(standing.record, c) for c in context.claims if (standing := context.standings[c.id]).record is not None]
    latest = sorted(decided, key=lambda pair: (pair[0].finished if pair[0] else "", pair[1].id), reverse=True)[:_LATEST]
    return tuple(
        Change(
            date=day(record),
            question=claim.question,
            href=context.links.claim(claim.id),
            verdict=verdict_mark(context.standings[claim.id].status, context.links),
            grade=grade_words(context.standings[claim.id]),
        )
        for record, claim in latest
        if record is not None
    )
