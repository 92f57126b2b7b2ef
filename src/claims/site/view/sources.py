"""Sources: what the papers say, and how it gets told elsewhere."""

from dataclasses import dataclass

from markupsafe import Markup

from claims.domain.claim import Claim, Source
from claims.domain.paper import Move, Paper, moves
from claims.site.links import arxiv_page, bare
from claims.site.markup import prose
from claims.site.view.agreement import reported_words
from claims.site.view.context import Context
from claims.site.view.marks import Link, Mark, grounding_mark
from claims.site.words import spoken

_MOST_PAPERS = 2
"""Papers at the head of a chain: the sources are listed in full elsewhere."""


@dataclass(frozen=True)
class SourceItem:
    """A source with its stance, its words, and whether we found those in its text."""

    arxiv: str
    title: str
    page: str
    arxiv_page: str
    stance: str
    locator: str
    says: str
    quote: str
    quote_found: str
    found_kind: str
    reported: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, str], ...]
    """How the paper has moved on since, in a word and in a sentence."""
    replies: tuple[Link, ...] = ()
    """What is signed as an author's of the paper."""


@dataclass(frozen=True)
class Step:
    """A step from the paper to a retelling: who speaks, what is said, and how that fits the step before."""

    who: str
    where: str
    text: str
    mark: Mark | None
    because: Markup


def chain(context: Context, claim: Claim) -> tuple[Step, ...]:
    """What the papers say, what this claim makes of it, how it gets told; nothing where nobody retells it."""
    if not claim.circulated:
        return ()
    asserting = [s for s in claim.sources if s.stance == "asserts"] or list(claim.sources)
    papers = (
        Step("the paper", f"arXiv:{s.arxiv}, {s.locator}" if s.locator else f"arXiv:{s.arxiv}", s.says, None, prose(""))
        for s in asserting[:_MOST_PAPERS]
    )
    here = Step(
        "this claim",
        "",
        claim.statement,
        grounding_mark(claim.grounding.label, context.links),
        prose(claim.grounding.because),
    )
    told = (
        Step("told", c.where or "", f"“{c.text}”", grounding_mark(c.label, context.links), prose(c.because))
        for c in claim.circulated
    )
    return (*papers, here, *told)


def source_item(context: Context, source: Source) -> SourceItem:
    """One source as a claim names it."""
    paper = context.project.papers.get(bare(source.arxiv))
    found, kind = _found(source.quote, paper)
    return SourceItem(
        arxiv=source.arxiv,
        title=paper.title if paper else f"arXiv:{source.arxiv}",
        page=context.links.paper(source.arxiv),
        arxiv_page=arxiv_page(source.arxiv),
        stance=source.stance,
        locator=f"locator not verified: {source.unverified}" if source.unverified else source.locator,
        says=source.says,
        quote=source.quote or "",
        quote_found=found,
        found_kind=kind,
        reported=tuple((spoken(r.metric), reported_words(r)) for r in source.reported),
        moved=_moved(source, paper) if paper else (),
    )


def _moved(source: Source, paper: Paper) -> tuple[tuple[str, str], ...]:
    newest = f"v{paper.newest.version}"
    said: dict[Move, str] = {
        "withdrawn": f"it says so itself, for a person to judge ({paper.withdrawn})",
        "quote-gone": f"the quote is not in the abstract of {newest}, where it was",
        "reworded": f"title or abstract of {newest} are not what they were in the version cited",
        "newer-version": f"there is a {newest}, which nobody has read for this registry",
    }
    version = int(source.arxiv.rpartition("v")[2])
    return tuple((move, said[move]) for move in moves(paper, version, source.quote))


def _found(quote: str | None, paper: Paper | None) -> tuple[str, str]:
    """Whether a quote stands in the paper, in words, and the sign for it."""
    if quote is None:
        return "", "none"
    checks = [check for check in (paper.quotes if paper else ()) if check.quote == quote]
    if not checks:
        return "not yet looked up", "unknown"
    last = max(checks, key=lambda check: check.checked)
    verb = "found in" if last.found else "not found in"
    return f"{verb} {last.text} on {last.checked.isoformat()}", "found" if last.found else "missing"
