"""Looking quotes up, and what is kept of it: the outcome and the digest of the text, never the text. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from claims.domain.paper import Paper, QuoteCheck
from claims.literature.entry import Entry
from claims.literature.quotes import Form, occurs

_ABSTRACT = "abstract of v"


@dataclass(frozen=True)
class Text:
    """A text to search, with what is said of it."""

    body: str
    form: Form
    called: str
    """In words: `abstract of v2`, `full text of v2`."""
    version: int | None
    sha256: str


def abstract_of(entry: Entry) -> Text:
    """The abstract of a version, as arXiv gives it."""
    digest = hashlib.sha256(entry.abstract.encode()).hexdigest()
    return Text(entry.abstract, "abstract", f"{_ABSTRACT}{entry.version}", entry.version, digest)


def looked_up(paper: Paper, quotes: Iterable[str], text: Text, on: date) -> Paper:
    """The paper with the outcome of looking for each quote in `text`."""
    checks = paper.quotes
    for quote in dict.fromkeys(quotes):
        found = occurs(quote, text.body, text.form)
        check = QuoteCheck(
            quote=quote, found=found, text=text.called, version=text.version, sha256=text.sha256, checked=on
        )
        checks = _noted(checks, check)
    return paper.model_copy(update={"quotes": checks})


def stood_in_abstract(paper: Paper, quote: str) -> bool:
    """Whether a quote was ever found in an abstract, so that its absence from a newer one says something."""
    return any(c.found and "abstract" in c.text for c in _of(paper.quotes, quote))


def _noted(checks: Sequence[QuoteCheck], new: QuoteCheck) -> tuple[QuoteCheck, ...]:
    """The checks with a new one, unless it says what is known, or what says nothing."""
    earlier = _of(checks, new.quote)
    same = [c for c in earlier if c.text == new.text]
    if same and (same[-1].found, same[-1].sha256) == (new.found, new.sha256):
        return tuple(checks)
    if not new.found and new.text.startswith(_ABSTRACT) and _needless(new, [c for c in earlier if c.found]):
        return tuple(checks)
    settled = [c for c in earlier if new.found and _settles(new, c)]
    return (*(c for c in checks if c not in settled), new)


def _needless(miss: QuoteCheck, finds: Sequence[QuoteCheck]) -> bool:
    """Whether nobody expects a quote in an abstract: it never was in one, or the text below it still has it."""
    elsewhere = [c for c in finds if "abstract" not in c.text]
    if len(elsewhere) == len(finds):
        return bool(finds)
    return any(c.version is not None and miss.version is not None and c.version >= miss.version for c in elsewhere)


def _settles(found: QuoteCheck, miss: QuoteCheck) -> bool:
    """Whether a find makes an earlier miss in an abstract meaningless: the text that has it is no older."""
    if miss.found or not miss.text.startswith(_ABSTRACT):
        return False
    return found.version is None or miss.version is None or found.version >= miss.version


def _of(checks: Iterable[QuoteCheck], quote: str) -> list[QuoteCheck]:
    return [c for c in checks if c.quote.split() == quote.split()]
