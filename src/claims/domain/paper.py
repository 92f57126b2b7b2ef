"""Paper: what we hold of a source, `literature/<arxiv-id>.json`."""

import hashlib
import unicodedata
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from claims.domain.claim import Model, Text

Abstract = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Move = Literal["withdrawn", "quote-gone", "reworded", "newer-version"]
"""How a paper has moved on from what a claim cites, the gravest first."""


class QuoteCheck(Model):
    """Whether a quote was found, and in which text. The text itself is not kept."""

    quote: Text
    found: bool
    text: Text
    """Which text was searched, in words: `abstract of v2`, `a third-party copy of v2`."""
    version: Annotated[int, Field(ge=1)] | None = None
    """The version searched, where arXiv or the one who gave the text said which it is."""
    sha256: str | None = None
    """Digest of the text searched, where we had it ourselves."""
    checked: date


class Version(Model):
    """One version of a paper. `submitted` is None where we could not establish it."""

    version: Annotated[int, Field(ge=1)]
    submitted: date | None = None
    words: Sha256 | None = None
    """`words_digest` of its title and abstract as arXiv first gave them to us; None where arXiv was not asked."""
    reworded: date | None = None
    """When arXiv was found to give another title or abstract for this same version."""


class Reading(Model):
    """A text of a paper that somebody looked at for this registry."""

    version: Annotated[int, Field(ge=1)] | None = None
    """None where the text does not say which version it is."""
    what: Literal["full text", "abstract", "tables", "code or results", "notes by others"]
    how: Text
    """Where it was read, in words: `third-party copy in a public repository`."""
    on: date


class Paper(Model):
    """One paper. `id` carries no version; what is below `versions` is of the newest one that we know of."""

    id: str
    title: Text
    authors: Annotated[tuple[Text, ...], Field(min_length=1)]
    published: date
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]
    origin: Literal["arxiv", "dossier"]
    abstract: Abstract | None = None
    """As arXiv gives it, line breaks taken out; None where arXiv was not asked. So are the next three."""
    comment: Text | None = None
    categories: tuple[Text, ...] = ()
    """The primary one first."""
    doi: Text | None = None
    withdrawn: Text | None = None
    """Where and how the newest version says that it is withdrawn. For a person to judge, never a verdict."""
    resolved: AwareDatetime | None = None
    """UTC at which arXiv gave what stands here. An answer that says nothing else leaves it as it is."""
    note: Text | None = None
    """What could be read of it, and what could not."""
    readings: tuple[Reading, ...] = ()
    quotes: tuple[QuoteCheck, ...] = ()
    """In the order in which they were looked for."""

    @property
    def newest(self) -> Version:
        """The newest version that we know of."""
        return max(self.versions, key=lambda v: v.version)

    def at(self, version: int) -> Version | None:
        """A version, if we know of it."""
        return next((v for v in self.versions if v.version == version), None)


def words_digest(title: str, abstract: str) -> str:
    """SHA-256 of a title and an abstract, white space and the width of characters aside."""
    folded = unicodedata.normalize("NFKC", f"{title}\n{abstract}")
    return hashlib.sha256(" ".join(folded.split()).encode()).hexdigest()


def moves(paper: Paper, version: int, quote: str | None = None) -> tuple[Move, ...]:
    """How a paper has moved on from `version`, which a claim cites with this quote; the gravest first.

    Other words and a newer version are settled by a reading: who has read the newest version knows of both. A
    withdrawal is not, nor is a lost quote, until it is found in the newest version's text.
    """
    cited, newest = paper.at(version), paper.newest
    found: list[Move] = ["withdrawn"] if paper.withdrawn is not None else []
    if quote is not None and _gone(paper, quote):
        found.append("quote-gone")
    if not _read(paper, newest):
        if cited is not None and _reworded(cited, newest):
            found.append("reworded")
        if newest.version > version:
            found.append("newer-version")
    return tuple(found)


def _gone(paper: Paper, quote: str) -> bool:
    """Whether a quote that was found is missing where the newest version was searched last."""
    checks = [check for check in paper.quotes if check.quote.split() == quote.split()]
    of_newest = [check for check in checks if check.version == paper.newest.version]
    return any(check.found for check in checks) and bool(of_newest) and not of_newest[-1].found


def _reworded(cited: Version, newest: Version) -> bool:
    differs = cited.words is not None and newest.words is not None and cited.words != newest.words
    return differs or cited.reworded is not None or newest.reworded is not None


def _read(paper: Paper, version: Version) -> bool:
    """Whether somebody read a version, with the words that it has now."""
    since = version.reworded
    return any(r.version == version.version and (since is None or r.on >= since) for r in paper.readings)
