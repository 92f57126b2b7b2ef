"""Reruns: how often records that were run again gave the same numbers."""

from dataclasses import dataclass

from claims.domain.contributor import is_somebody_else
from claims.domain.counting import count
from claims.domain.rerun import Rerun
from claims.ledger.evidence import StoredRecord
from claims.site.view.context import Context
from claims.site.view.marks import asked

_WORDS = {
    "agrees-exactly": "the same to the last digit",
    "agrees": "agree",
    "inconclusive": "cannot tell",
    "disagrees": "disagree",
    "nondeterministic": "differ each time",
    None: "–",
}


@dataclass(frozen=True)
class RerunRow:
    """One rerun in words."""

    date: str
    question: str
    href: str
    who: str
    recorded: str
    fresh: str


@dataclass(frozen=True)
class Reruns:
    """The section."""

    summary: str
    rows: tuple[RerunRow, ...]


def reruns(context: Context) -> Reruns:
    """All reruns, the newest first."""
    stored = [s for name in context.standings for s in context.records(name)]
    found = [(s, r) for s in stored for r in s.reruns]
    found.sort(key=lambda pair: (pair[1].finished, pair[1].digest), reverse=True)
    return Reruns(_summary(stored, found), tuple(_row(context, s, r) for s, r in found))


def _summary(stored: list[StoredRecord], found: list[tuple[StoredRecord, Rerun]]) -> str:
    if not found:
        return f"None of {count(len(stored), 'record')} has been run again yet."
    again = sum(bool(s.reruns) for s in stored)
    others = sum(any(is_somebody_else(r.contributor, s.record.contributor) for r in s.reruns) for s in stored)
    exact = sum(r.comparison.recorded == "agrees-exactly" for _, r in found)
    against = sum(r.disagrees for _, r in found)
    return (
        f"{again} of {count(len(stored), 'record')} {'was' if again == 1 else 'were'} run again, "
        f"{others} of them under another name than made it. Of {count(len(found), 'rerun')}, {exact} gave the same "
        f"numbers to the last digit and {against} disagreed."
    )


def _row(context: Context, stored: StoredRecord, rerun: Rerun) -> RerunRow:
    claim = context.project.by_id[rerun.claim]
    other = is_somebody_else(rerun.contributor, stored.record.contributor)
    return RerunRow(
        date=rerun.finished[:10],
        question=asked(claim),
        href=context.links.claim(rerun.claim),
        who=rerun.contributor if other else f"{rerun.contributor} (made the record)",
        recorded=f"{len(rerun.replicates)} of {len(stored.record.replicates)}: {_WORDS[rerun.comparison.recorded]}",
        fresh=_WORDS[rerun.comparison.fresh],
    )
