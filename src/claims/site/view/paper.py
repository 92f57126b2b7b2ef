"""A paper's page: what it is, what of it was read, and every claim that names it."""

from dataclasses import dataclass

from markupsafe import Markup

from claims.site.links import arxiv_page
from claims.site.markup import prose
from claims.site.view.alike import Alike, alike_note, papers_alike
from claims.site.view.context import Context
from claims.site.view.sources import SourceItem, source_item
from claims.site.view.tables import ClaimRow, claim_row


@dataclass(frozen=True)
class Mention:
    """A claim and how it names the paper."""

    claim: ClaimRow
    source: SourceItem


@dataclass(frozen=True)
class PaperPage:
    """Everything that we hold of a paper."""

    id: str
    title: str
    authors: str
    published: str
    arxiv_page: str
    versions: tuple[tuple[str, str], ...]
    origin: str
    note: Markup
    quotes: tuple[tuple[str, str, str, str], ...]
    mentions: tuple[Mention, ...]
    experiments: tuple[tuple[str, str], ...]
    alike: tuple[Alike, ...]
    alike_note: str


_ORIGINS = {
    "arxiv": "title, authors and dates as arXiv gives them",
    "dossier": "title, authors and dates as this project's reading notes give them; arXiv itself was not asked",
}


def paper_page(context: Context, paper_id: str) -> PaperPage:
    """The page of one paper; of an unresolved one, what the claims say of it."""
    paper = context.project.papers.get(paper_id)
    mentions = tuple(
        Mention(claim_row(context, claim), source_item(context, source)) for claim, source in context.sourced(paper_id)
    )
    experiments = tuple(
        (declared.experiment.title, context.links.experiment(declared.name)) for declared in context.naming(paper_id)
    )
    if paper is None:
        title = f"arXiv:{paper_id}"
        note = prose("Not resolved yet: `claims sources sync` asks arXiv for its title, authors and versions.")
        page = arxiv_page(paper_id)
        return PaperPage(paper_id, title, "", "unknown", page, (), "", note, (), mentions, experiments, (), "")
    return PaperPage(
        id=paper_id,
        title=paper.title,
        authors=", ".join(paper.authors),
        published=paper.published.isoformat(),
        arxiv_page=arxiv_page(paper_id),
        versions=tuple(
            (f"v{v.version}", v.submitted.isoformat() if v.submitted else "unknown") for v in paper.versions
        ),
        origin=_ORIGINS[paper.origin],
        note=prose(paper.note or ""),
        quotes=tuple(
            (
                q.quote,
                "found" if q.found else "missing",
                f"{'found in' if q.found else 'not found in'} {q.text}",
                q.checked.isoformat(),
            )
            for q in paper.quotes
        ),
        mentions=mentions,
        experiments=experiments,
        alike=papers_alike(context, paper_id),
        alike_note=alike_note(context),
    )
