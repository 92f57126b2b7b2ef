"""Tables: claims, inquiries, papers and experiments as rows."""

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

from claims.domain.claim import Claim
from claims.domain.counting import count
from claims.site.view.context import Context
from claims.site.view.history import day
from claims.site.view.marks import STATUSES, Mark, asked, flag_words, grade_words, grounding_mark, verdict_mark
from claims.site.words import one_line


@dataclass(frozen=True)
class ClaimRow:
    """A claim in a table: the question, a one-line answer, and its two marks."""

    question: str
    href: str
    answer: str
    told: tuple[str, ...]
    """How it is told elsewhere: not shown, but found."""
    verdict: Mark
    grade: str
    flags: tuple[tuple[str, str], ...]
    grounding: Mark
    topics: tuple[tuple[str, str], ...]
    date: str
    """The day of the run that decided; empty where there is none."""


@dataclass(frozen=True)
class Counted:
    """How many claims share a mark, as a link to them."""

    mark: Mark
    number: str


@dataclass(frozen=True)
class IndexRow:
    """An entry of an index page: a line under its title, and how many of its claims have which verdict."""

    title: str
    href: str
    lead: str
    note: str
    verdicts: tuple[Counted, ...]


@dataclass(frozen=True)
class IndexGroup:
    """Entries under a heading; one that is empty stands for no heading."""

    heading: str
    rows: tuple[IndexRow, ...]


@dataclass(frozen=True)
class IndexPage:
    """A page that lists pages."""

    title: str
    lead: str
    groups: tuple[IndexGroup, ...]


def claim_row(context: Context, claim: Claim) -> ClaimRow:
    """A claim as a row of any table."""
    standing, links = context.standings[claim.id], context.links
    return ClaimRow(
        question=asked(claim),
        href=links.claim(claim.id),
        answer=one_line(claim, standing),
        told=tuple(c.text for c in claim.circulated),
        verdict=verdict_mark(standing.status, links),
        grade=grade_words(claim, standing),
        flags=flag_words(standing),
        grounding=grounding_mark(claim.grounding.label, links),
        topics=tuple((topic, links.group("topics", topic)) for topic in claim.topics),
        date=day(standing.record) if standing.record else "",
    )


def inquiries(context: Context) -> IndexPage:
    """All inquiries, each with its short answer and the verdicts that the answer rests on."""
    rows = tuple(
        IndexRow(
            title=inquiry.question,
            href=context.links.inquiry(inquiry.id),
            lead=short_answer(inquiry.answer),
            note=f"rests on {count(len(inquiry.cites), 'claim')}" if inquiry.cites else "rests on no claim yet",
            verdicts=_verdicts(context, set(inquiry.cites)),
        )
        for inquiry in context.project.registry.inquiries
    )
    lead = "Questions that several claims bear on, answered with the claims they rest on."
    return IndexPage("Inquiries", lead, (IndexGroup("", rows),))


def short_answer(answer: str) -> str:
    """What an answer says in bold at its beginning; empty where it does not begin so."""
    found = re.match(r"\s*\*\*(.+?)\*\*", answer, re.DOTALL)
    return re.sub(r"\[\[([a-z0-9-]+)\]\]", r"\1", found[1]) if found else ""


def papers(context: Context) -> IndexPage:
    """All papers, newest first, by year."""
    found = []
    for paper_id in context.paper_ids():
        paper = context.project.papers.get(paper_id)
        claims = {c.id for c, _ in context.sourced(paper_id)}
        asserted = {c.id for c, s in context.sourced(paper_id) if s.stance == "asserts"}
        title = paper.title if paper else f"arXiv:{paper_id}"
        published = paper.published.isoformat() if paper else "not resolved"
        named = f"named by {count(len(claims), 'claim')}" if claims else "named by no claim"
        named += f", asserts {len(asserted)} of them" if asserted and len(claims) > 1 else ""
        note = f"{published}, arXiv:{paper_id}, {named}"
        row = IndexRow(title, context.links.paper(paper_id), "", note, _verdicts(context, asserted))
        found.append((published, title, row))
    found.sort(key=lambda entry: entry[1].lower())
    found.sort(key=lambda entry: entry[0], reverse=True)
    years = dict.fromkeys(_year(published) for published, _, _ in found)
    groups = tuple(IndexGroup(y, tuple(row for date, _, row in found if _year(date) == y)) for y in years)
    lead = (
        "Every paper that a claim or an experiment here names, newest first. A verdict beside a paper is that of a "
        "claim which the paper asserts: it decides a small registered prediction, never the paper."
    )
    return IndexPage("Papers", lead, groups)


def experiments(context: Context) -> IndexPage:
    """All experiments with the claims that they test."""
    rows = []
    for name, declared in context.project.declared.items():
        claims = context.using(name)
        note = f"{name}, tests {count(len(claims), 'claim')}"
        verdicts = _verdicts(context, {c.id for c in claims})
        rows.append(IndexRow(declared.experiment.title, context.links.experiment(name), "", note, verdicts))
    lead = "The code behind the verdicts: one file each, with its controls."
    return IndexPage("Experiments", lead, (IndexGroup("", tuple(rows)),))


def _verdicts(context: Context, claims: Set[str]) -> tuple[Counted, ...]:
    """How many of these claims have which verdict."""
    statuses = Counter(context.standings[c].status for c in claims if c in context.standings)
    return tuple(Counted(verdict_mark(s, context.links), str(statuses[s])) for s in STATUSES if statuses[s])


def _year(published: str) -> str:
    head = published[:4]
    return head if head.isdigit() else "Not resolved"
