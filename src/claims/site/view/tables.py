"""Tables: claims, inquiries, papers and experiments as rows."""

from dataclasses import dataclass

from claims.domain.claim import Claim
from claims.site.numbers import count
from claims.site.view.context import Context
from claims.site.view.history import day
from claims.site.view.marks import Mark, flag_words, grade_words, grounding_mark, verdict_mark
from claims.site.words import one_line


@dataclass(frozen=True)
class ClaimRow:
    """A claim in a table: the question, a one-line answer, and its two marks."""

    question: str
    href: str
    answer: str
    verdict: Mark
    grade: str
    flags: tuple[tuple[str, str], ...]
    grounding: Mark
    topics: tuple[tuple[str, str], ...]
    date: str


@dataclass(frozen=True)
class IndexRow:
    """An entry of an index page."""

    title: str
    href: str
    note: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class IndexPage:
    """A page that lists pages."""

    title: str
    lead: str
    rows: tuple[IndexRow, ...]


def claim_row(context: Context, claim: Claim) -> ClaimRow:
    """A claim as a row of any table."""
    standing, links = context.standings[claim.id], context.links
    return ClaimRow(
        question=claim.question,
        href=links.claim(claim.id),
        answer=one_line(claim, standing),
        verdict=verdict_mark(standing.status, links),
        grade=grade_words(standing),
        flags=flag_words(standing),
        grounding=grounding_mark(claim.grounding.label, links),
        topics=tuple((topic, links.group("topics", topic)) for topic in claim.topics),
        date=day(standing.record) if standing.record else "not run",
    )


def inquiries(context: Context) -> IndexPage:
    """All inquiries, each with the verdicts that its answer rests on."""
    rows = tuple(
        IndexRow(
            title=inquiry.question,
            href=context.links.inquiry(inquiry.id),
            note=f"rests on {count(len(inquiry.cites), 'claim')}" if inquiry.cites else "rests on no claim yet",
            marks=tuple(
                verdict_mark(context.standings[c].status, context.links)
                for c in inquiry.cites
                if c in context.standings
            ),
        )
        for inquiry in context.project.registry.inquiries
    )
    return IndexPage("Inquiries", "Questions that several claims bear on, answered with the claims they rest on.", rows)


def papers(context: Context) -> IndexPage:
    """All papers, newest first."""
    found = []
    for paper_id in context.paper_ids():
        paper = context.project.papers.get(paper_id)
        claims = {c.id for c, _ in context.sourced(paper_id)}
        title = paper.title if paper else f"arXiv:{paper_id}"
        published = paper.published.isoformat() if paper else "not resolved"
        note = f"arXiv:{paper_id}, {published}; {count(len(claims), 'claim')}"
        marks = tuple(
            verdict_mark(context.standings[c.id].status, context.links) for c in context.claims if c.id in claims
        )
        found.append((published, IndexRow(title, context.links.paper(paper_id), note, marks)))
    rows = tuple(row for _, row in sorted(found, key=lambda pair: pair[0], reverse=True))
    return IndexPage("Papers", "Every paper that a claim or an experiment here names, newest first.", rows)


def experiments(context: Context) -> IndexPage:
    """All experiments with the claims that they test."""
    rows = []
    for name, declared in context.project.declared.items():
        claims = context.using(name)
        note = f"{name}; tests {count(len(claims), 'claim')}"
        marks = tuple(verdict_mark(context.standings[c.id].status, context.links) for c in claims)
        rows.append(IndexRow(declared.experiment.title, context.links.experiment(name), note, marks))
    return IndexPage("Experiments", "The code behind the verdicts: one file each, with its controls.", tuple(rows))
