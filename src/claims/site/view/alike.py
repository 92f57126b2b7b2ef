"""Claims and papers that read alike, as far as the kept cosines still belong to today's texts."""

from dataclasses import dataclass

from claims.domain.claim import Claim
from claims.site.numbers import fixed
from claims.site.view.context import Context
from claims.site.view.marks import Mark, asked, verdict_mark


@dataclass(frozen=True)
class Alike:
    """A neighbour: where it stands, and how near it is."""

    title: str
    href: str
    cosine: str
    mark: Mark | None
    """The verdict of a claim; papers have none."""


def claims_alike(context: Context, claim: Claim) -> tuple[Alike, ...]:
    """Other claims that read like this one, without those that a relation links already."""
    linked = {r.to for r in claim.relations} | {other.id for other, _ in context.relating(claim.id)}
    return tuple(
        Alike(
            asked(known),
            context.links.claim(near.id),
            fixed(near.cosine, 2),
            verdict_mark(context.standings[near.id].status, context.links),
        )
        for near in context.alike.claims.get(claim.id, ())
        if near.id not in linked and (known := context.known(near.id)) is not None
    )


def papers_alike(context: Context, paper_id: str) -> tuple[Alike, ...]:
    """Other papers that read like this one."""
    papers = context.project.papers
    return tuple(
        Alike(papers[near.id].title, context.links.paper(near.id), fixed(near.cosine, 2), None)
        for near in context.alike.papers.get(paper_id, ())
    )


def alike_note(context: Context) -> str:
    """How the neighbours were found."""
    name = context.alike_by
    return f"Found by their wording ({name}; in brackets the cosine). Nobody has judged these links." if name else ""
