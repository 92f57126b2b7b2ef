"""What a claim's sources must keep to: a paper that we hold, a version that was read, a place, a found quote. Pure.

Nobody can check from here whether a paper says what a claim says it says. What can be checked is that somebody
looked, at this version, and wrote down where.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from claims.domain.claim import Source
from claims.domain.finding import Finding
from claims.domain.paper import Paper, Reading
from claims.registry.entry import Entry
from claims.registry.locator import HOW, places
from claims.registry.nodes import Loc

UNVERIFIED = "unverified"

_Said = Iterator[tuple[Loc, str]]
"""Where under the source, and what is wrong there."""


def lint_sources(entry: Entry, sources: Mapping[int, Source], papers: Mapping[str, Paper]) -> Iterator[Finding]:
    """Everything wrong with the sources of one claim."""
    for index, source in sources.items():
        paper_id, _, version = source.arxiv.rpartition("v")
        problems = [*_locators(source), *_paper(source, papers.get(paper_id), paper_id, int(version))]
        yield from (entry.finding(("sources", index, *loc), message) for loc, message in problems)


def _locators(source: Source) -> _Said:
    if source.locator != UNVERIFIED and not places(source.locator):
        yield ("locator",), f"{source.locator!r:.60} is not a place in a paper; {HOW}, or unverified with the reason"
    for index, reported in enumerate(source.reported):
        if reported.locator == UNVERIFIED:
            if source.locator != UNVERIFIED:
                yield ("reported", index, "locator"), f"the source names {source.locator}; {HOW}, or drop the number"
        elif not places(reported.locator):
            yield ("reported", index, "locator"), f"{reported.locator!r:.60} is not a place in a paper; {HOW}"


def _paper(source: Source, paper: Paper | None, paper_id: str, version: int) -> _Said:
    if paper is None:
        yield ("arxiv",), f"{paper_id} is not in literature/; `claims sources sync` fetches it"
        return
    if version > paper.newest.version:
        yield (
            ("arxiv",),
            f"literature/ knows {paper_id} up to v{paper.newest.version}; correct it, or run `claims sources sync`",
        )
    elif source.locator != UNVERIFIED:
        yield from _unread(source, paper, version)
    if source.quote is not None and (message := _quote(source.quote, paper)):
        yield ("quote",), message


def _unread(source: Source, paper: Paper, version: int) -> _Said:
    """Whether somebody read what the source points at."""
    named, cited = {place.part for place in places(source.locator)}, paper.at(version)
    if named == {"abstract"} and cited is not None and cited.words is not None:
        return  # arXiv gave us the title and the abstract of this version
    read = [reading for reading in paper.readings if reading.version in (version, None)]
    if not read:
        yield ("arxiv",), _nobody_read(paper, version)
    elif all(reading.what == "abstract" for reading in read):
        beyond = [place.words for place in places(source.locator) if place.part == "body"]
        if beyond:
            yield (
                ("locator",),
                f"only the abstract of {paper.id}v{version} was read, not {', '.join(beyond)}; read it and add the "
                f"reading to its file in literature/, or write unverified with the reason",
            )


def _nobody_read(paper: Paper, version: int) -> str:
    known = ", ".join(dict.fromkeys(map(_version, paper.readings))) or "none"
    return (
        f"nobody read v{version} of {paper.id} (readings in literature/: {known}); cite the version that was read, "
        f"add the reading of v{version}, or write locator: unverified with the reason"
    )


def _version(reading: Reading) -> str:
    return f"v{reading.version}" if reading.version is not None else "an unknown version"


def _quote(quote: str, paper: Paper) -> str:
    """What is wrong with a quote, empty when just this one was found. Line breaks do not matter, every word does."""
    checks = [check for check in paper.quotes if check.quote.split() == quote.split()]
    if any(check.found for check in checks):
        return ""
    if checks:
        texts = ", ".join(check.text for check in checks)
        return f"was not found in {texts}; quote the paper word for word, or leave the quote out"
    alike = next(
        (check.quote for check in paper.quotes if check.found and _letters(check.quote) == _letters(quote)), ""
    )
    if alike:
        return (
            f"differs in its signs from the quote that was found (dashes, quotation marks); write it as there: {alike}"
        )
    return (
        "has not been looked for in the paper's text; run `claims sources sync` where arXiv can be reached, or "
        f"`claims sources sync --id {paper.id} --text FILE` with the paper's text"
    )


def _letters(quote: str) -> list[str]:
    """A quote's words without what a keyboard or an editor may have changed."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", quote))
