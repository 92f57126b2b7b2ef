"""News: what arXiv says of a paper that it did not say before. Pure."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from claims.domain.paper import Move, Paper, moves, words_digest
from claims.sources.shelf import Citation

ORDER: tuple[Move, ...] = ("withdrawn", "quote-gone", "reworded", "newer-version")
"""The gravest first."""


@dataclass(frozen=True)
class News:
    """One thing that is new, with the words that tell it."""

    kind: Move
    words: str


@dataclass(frozen=True)
class Open:
    """A citation whose paper has moved on, and how."""

    claim: str
    versioned: str
    moves: tuple[Move, ...]


def news(before: Paper, after: Paper) -> tuple[News, ...]:
    """What is new between two states of a paper, the gravest first."""
    found: list[News] = []
    if after.withdrawn is not None and after.withdrawn != before.withdrawn:
        found.append(News("withdrawn", f"says so itself, for a person to judge: {after.withdrawn}"))
    gone = [q for q in _quotes(after) if _gone(after, q) and not _gone(before, q)]
    found += [News("quote-gone", f"no longer in the abstract of v{after.newest.version}: “{q}”") for q in gone]
    found += [News("reworded", words) for words in _rewordings(before, after)]
    if after.newest.version > before.newest.version:
        day = f", submitted {after.newest.submitted.isoformat()}" if after.newest.submitted else ""
        found.append(News("newer-version", f"v{after.newest.version}{day}; before: v{before.newest.version}"))
    return tuple(found)


def open_moves(paper: Paper, citations: Iterable[Citation]) -> tuple[Open, ...]:
    """The citations that a person should look at again, new or not."""
    found = (Open(c.claim, c.versioned, moves(paper, c.version, c.quote)) for c in citations)
    return tuple(dict.fromkeys(o for o in found if o.moves))


def _quotes(paper: Paper) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.quote for c in paper.quotes))


def _gone(paper: Paper, quote: str) -> bool:
    return "quote-gone" in moves(paper, paper.newest.version, quote)


def _rewordings(before: Paper, after: Paper) -> list[str]:
    if before.abstract is None or after.abstract is None:
        return []
    found = []
    if words_digest(before.title, "") != words_digest(after.title, ""):
        found.append(f"title: “{after.title}”; before: “{before.title}”")
    if words_digest("", before.abstract) != words_digest("", after.abstract):
        found.append(f"abstract: {_difference(before.abstract, after.abstract)}")
    return found


def _difference(before: str, after: str) -> str:
    """The first sentence that went and the first that came, and how many there are of each."""
    old, new = _sentences(before), _sentences(after)
    went: list[str] = []
    came: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            went += old[a:b]
            came += new[c:d]
    parts = [f"{len(s)} of {len(of)} sentences {verb}, “{s[0]:.160}”" for s, of, verb in
             ((went, old, "went"), (came, new, "came")) if s]  # fmt: skip
    return "; ".join(parts) or "white space only"


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) +", " ".join(text.split()))
