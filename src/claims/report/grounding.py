"""Grounding: what can be said of a claim's sources without reading them. Pure."""

from collections.abc import Iterator, Mapping

from claims.domain.claim import Claim, Reported, Source
from claims.domain.paper import Paper, moves
from claims.registry.lint_sources import UNVERIFIED
from claims.report.facts import Grounds

MOVED = {
    "withdrawn": "the paper says that it is withdrawn",
    "quote-gone": "the quote is gone from the newest version",
    "reworded": "arXiv's title or abstract was reworded",
    "newer-version": "there is a newer version, which nobody has read",
}


def grounds_of(claim: Claim, papers: Mapping[str, Paper]) -> tuple[Grounds, ...]:
    """Every source of a claim."""
    return tuple(_grounds(source, papers.get(source.arxiv.rpartition("v")[0])) for source in claim.sources)


def _grounds(source: Source, paper: Paper | None) -> Grounds:
    return Grounds(
        arxiv=source.arxiv,
        stance=source.stance,
        locator=source.locator,
        says=source.says,
        paper=paper.title if paper is not None else "NOT in literature/",
        quote=source.quote,
        quote_state=_quote(source, paper),
        reported=tuple(_number(reported) for reported in source.reported),
        doubts=tuple(_doubts(source, paper)),
        read=_read(source, paper),
        unchecked=source.unverified or "",
    )


def _quote(source: Source, paper: Paper | None) -> str:
    if source.quote is None:
        return ""
    checks = [c for c in paper.quotes if c.quote.split() == source.quote.split()] if paper is not None else []
    if any(check.found for check in checks):
        return "found"
    return "NOT FOUND" if checks else "text not held"


def _read(source: Source, paper: Paper | None) -> tuple[str, ...]:
    version = int(source.arxiv.rpartition("v")[2])
    readings = paper.readings if paper is not None else ()
    return tuple(dict.fromkeys(f"{r.what} ({r.how})" for r in readings if r.version == version))


def _doubts(source: Source, paper: Paper | None) -> Iterator[str]:
    if paper is None:
        yield "no such paper in literature/"
        return
    version = int(source.arxiv.rpartition("v")[2])
    if paper.at(version) is None:
        yield f"v{version} is not a version that literature/ knows"
    yield from (MOVED[move] for move in moves(paper, version, source.quote))
    if source.locator == UNVERIFIED:
        yield "nobody checked the place"
    if source.stance == "asserts" and source.quote is None and not source.reported:
        yield "asserts without a quote or a number: only a reading can tell"


def _number(reported: Reported) -> str:
    value = reported.value
    words = f"{value[0]:g} to {value[1]:g}" if isinstance(value, tuple) else f"{value:g}"
    return f"{reported.metric} {words} {reported.unit} ({reported.locator})"
