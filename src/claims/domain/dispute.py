"""Dispute: a signed objection to a claim, and a signed reply. Nothing here decides who is right."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from claims.domain.claim import PINNED, ArxivId, Model, Slug

Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Paragraphs = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""Plain text; a blank line ends a paragraph."""
Reference = Annotated[str, StringConstraints(pattern=rf"^({PINNED}|[0-9a-f]{{64}})$")]
"""A paper at a version, or a record by its digest."""

_MOST = 20
"""Paragraphs: on a page, a text of many short ones would hide what stands below it."""


class Resolution(Model):
    """How a dispute ended. It stays to be read with it."""

    by: Person
    on: date
    outcome: Literal["upheld", "rejected", "fixed"]
    """`upheld`: it is right, and that stands beside the claim; `fixed`: it was right, and the claim was changed."""
    because: Paragraphs


class Dispute(Model):
    """Somebody's word that something of a claim is wrong. The claim is `contested` until it is resolved."""

    schema_version: Literal[1]
    kind: Literal["dispute"]
    by: Person
    on: date
    about: Literal["statement", "grounding", "source", "prediction", "experiment", "evidence", "other"]
    reason: Paragraphs
    evidence: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()
    """Papers at a version, and records by their digest."""
    resolved: Resolution | None = None
    """The only thing that may be added once a dispute is committed."""

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        _short(self.reason, "reason")
        if self.resolved is not None:
            _short(self.resolved.because, "resolved.because")
            if self.resolved.on < self.on:
                raise ValueError(f"resolved.on {self.resolved.on} is before the dispute itself, {self.on}")
        return self


class Reply(Model):
    """An answer to a claim or to a dispute. Who really wrote it cannot be checked by a program."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_version: Literal[1]
    kind: Literal["reply"]
    by: Person
    on: date
    as_: Annotated[Literal["author", "contributor"], Field(alias="as")]
    paper: ArxivId | None = None
    """Whose author signs; required with `as: author`, and only then."""
    to: Slug | None = None
    """The dispute that it answers: its file's name without .yaml."""
    text: Paragraphs

    @model_validator(mode="after")
    def _names_its_paper(self) -> Self:
        _short(self.text, "text")
        if (self.as_ == "author") != (self.paper is not None):
            raise ValueError("as: author needs paper: <arXiv id with version>, and only then")
        return self


Said: TypeAlias = Dispute | Reply


@dataclass(frozen=True)
class Filed:
    """A dispute or a reply, with the claim that it is about, its file's name without .yaml, and its path."""

    claim: str
    name: str
    path: str
    said: Said

    @property
    def is_open(self) -> bool:
        """Whether it is a dispute that nobody has resolved."""
        return isinstance(self.said, Dispute) and self.said.resolved is None


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each on one line."""
    found = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return tuple(part for part in found if part)


def _short(text: str, field: str) -> None:
    count = len(paragraphs(text))
    if count > _MOST:
        raise ValueError(f"{field} has {count} paragraphs, {_MOST} are allowed")
