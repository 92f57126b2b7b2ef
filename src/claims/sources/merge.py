"""What becomes of a paper when arXiv has answered. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from claims.domain.paper import Paper, Version, words_digest
from claims.literature.entry import Entry
from claims.sources.looking import abstract_of, looked_up, stood_in_abstract
from claims.sources.shelf import Citation

_WITHDRAWN = re.compile(r"\bwithdrawn\b", re.IGNORECASE)
_SHOWN = 300
"""Characters of the sentence that says so."""


def merged(
    paper: Paper | None, newest: Entry, older: Iterable[Entry], citations: Iterable[Citation], now: datetime
) -> Paper:
    """A paper as arXiv gives it now; readings, notes and quotes of before are kept, cited quotes looked up.

    Args:
        newest: The newest version; not older than what `paper` knows.
        older: Other versions that claims cite.
        citations: Those of this paper.
    """
    entries = {entry.version: entry for entry in (*older, newest)}
    after = Paper(
        id=newest.id,
        title=newest.title,
        authors=newest.authors,
        published=newest.published,
        versions=_versions(paper, newest, entries, now),
        origin="arxiv",
        abstract=newest.abstract,
        comment=newest.comment,
        categories=newest.categories,
        doi=newest.doi,
        withdrawn=withdrawal(newest),
        resolved=now,
        note=paper.note if paper else None,
        readings=paper.readings if paper else (),
        quotes=paper.quotes if paper else (),
    )
    after = _quotes(after, entries, newest, tuple(citations), now)
    if paper is not None and after.model_copy(update={"resolved": paper.resolved}) == paper:
        return paper
    return after


def withdrawal(entry: Entry) -> str | None:
    """Where and how a version says that it is withdrawn: arXiv has no field for it. For a person to judge."""
    for place, text in (("comment", entry.comment), ("abstract", entry.abstract)):
        match = _WITHDRAWN.search(text or "")
        if match and text:
            start = max(0, match.start() - _SHOWN // 2)
            return f"{place} of v{entry.version}: {text[start : start + _SHOWN]}"
    return None


def _versions(paper: Paper | None, newest: Entry, entries: Mapping[int, Entry], now: datetime) -> tuple[Version, ...]:
    known = {v.version: v for v in paper.versions} if paper else {}
    found = {1: Version(version=1, submitted=newest.published)} | known
    for number in range(1, newest.version + 1):
        version = found.get(number, Version(version=number))
        entry = entries.get(number)
        if entry is not None:
            words = words_digest(entry.title, entry.abstract)
            first = version.words or words
            version = version.model_copy(update={"submitted": entry.submitted, "words": first})
            if number == newest.version and paper is not None and _edited(paper, newest):
                version = version.model_copy(update={"reworded": now.date()})
        found[number] = version
    found[1] = found[1].model_copy(update={"submitted": newest.published})
    return tuple(found[number] for number in sorted(found))


def _edited(paper: Paper, newest: Entry) -> bool:
    """Whether arXiv gives other words for the version that we hold."""
    if paper.abstract is None or paper.newest.version != newest.version:
        return False
    return words_digest(paper.title, paper.abstract) != words_digest(newest.title, newest.abstract)


def _quotes(
    paper: Paper, entries: Mapping[int, Entry], newest: Entry, citations: tuple[Citation, ...], now: datetime
) -> Paper:
    """Each quote in the abstract of the version that it is cited from, then in the newest one if it was in one."""
    for number, entry in sorted(entries.items()):
        cited = [c.quote for c in citations if c.quote is not None and c.version == number]
        paper = looked_up(paper, cited, abstract_of(entry), now.date())
    moved = [c.quote for c in citations if c.quote is not None and stood_in_abstract(paper, c.quote)]
    return looked_up(paper, moved, abstract_of(newest), now.date())
