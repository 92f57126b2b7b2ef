"""Papers' documents, and their rows in the list."""

from claims.export.rows import SourceRow, sources_of
from claims.site.api.claim import TOP
from claims.site.api.documents import PaperDocument, PaperEntry, PaperLinks
from claims.site.links import bare
from claims.site.view.context import Context


def paper_documents(context: Context) -> tuple[PaperDocument, ...]:
    """Every paper that is held or named, by id."""
    cited: dict[str, list[SourceRow]] = {}
    for claim in context.claims:
        for source in sources_of(context.project, claim):
            cited.setdefault(source.paper, []).append(source)
    naming: dict[str, list[str]] = {}
    for name, declared in context.project.declared.items():
        for paper in dict.fromkeys(map(bare, declared.experiment.papers)):
            naming.setdefault(paper, []).append(name)
    return tuple(
        _document(context, paper_id, cited.get(paper_id, []), naming.get(paper_id, []))
        for paper_id in context.paper_ids()
    )


def paper_entry(document: PaperDocument) -> PaperEntry:
    """A paper in the list of all."""
    return PaperEntry(**{name: getattr(document, name) for name in PaperEntry.model_fields})


def _document(context: Context, paper_id: str, cited: list[SourceRow], experiments: list[str]) -> PaperDocument:
    paper = context.project.papers.get(paper_id)
    return PaperDocument(
        id=paper_id,
        title=paper.title if paper else None,
        authors=paper.authors if paper else (),
        published=paper.published.isoformat() if paper else None,
        newest_version=paper.newest.version if paper else None,
        claims=tuple(dict.fromkeys(source.claim for source in cited)),
        experiments=tuple(experiments),
        links=PaperLinks(page=TOP.paper(paper_id), document=TOP.paper_document(paper_id)),
        sources=tuple(cited),
        paper=paper,
    )
