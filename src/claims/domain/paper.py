"""Paper: what we hold of a source, `literature/<arxiv-id>.json`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from claims.domain.claim import Model, Text


class QuoteCheck(Model):
    """Whether a quote was found, and in which text. The text itself is not kept."""

    quote: Text
    found: bool
    text: Text
    """Which text was searched, in words: `abstract of v2`, `a third-party copy of v2`."""
    sha256: str | None = None
    """Digest of the text searched, where we had it ourselves."""
    checked: date


class Version(Model):
    """One version of a paper. `submitted` is None where we could not establish it."""

    version: Annotated[int, Field(ge=1)]
    submitted: date | None = None


class Reading(Model):
    """A text of a paper that somebody looked at for this registry."""

    version: Annotated[int, Field(ge=1)] | None = None
    """None where the text does not say which version it is."""
    what: Literal["full text", "abstract", "tables", "code or results", "notes by others"]
    how: Text
    """Where it was read, in words: `third-party copy in a public repository`."""
    on: date


class Paper(Model):
    """One paper. `id` carries no version."""

    id: str
    title: Text
    authors: Annotated[tuple[Text, ...], Field(min_length=1)]
    published: date
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]
    origin: Literal["arxiv", "dossier"]
    note: Text | None = None
    """What could be read of it, and what could not."""
    readings: tuple[Reading, ...] = ()
    quotes: tuple[QuoteCheck, ...] = ()
