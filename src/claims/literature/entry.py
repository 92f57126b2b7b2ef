"""Entry: one version of a paper as arXiv describes it. No network here."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from claims.domain.claim import ARXIV, Model, Text
from claims.domain.paper import Abstract
from claims.literature.answer import Unusable

if TYPE_CHECKING:
    import arxiv

_ID = re.compile(rf"({ARXIV})(?:v([1-9][0-9]{{0,3}}))?")
_ADDRESS = re.compile(r"(?:arxiv:|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that could make a terminal or a page show something else than what it says."""


class Entry(Model):
    """One version of a paper."""

    id: str
    version: Annotated[int, Field(ge=1)]
    title: Text
    authors: Annotated[tuple[Text, ...], Field(min_length=1)]
    abstract: Abstract
    comment: Text | None = None
    categories: tuple[Text, ...] = ()
    doi: Text | None = None
    published: date
    """Day of version 1, UTC."""
    submitted: date
    """Day of this version, UTC."""

    @property
    def versioned(self) -> str:
        """The id with its version."""
        return f"{self.id}v{self.version}"


def paper_id(words: str) -> tuple[str, int | None] | None:
    """Id and version of a paper from what people write: `2505.11711v2`, `arXiv:…`, an address. None: no id."""
    bare = _ADDRESS.sub("", words.strip(), count=1).removesuffix(".pdf")
    match = _ID.fullmatch(bare)
    return (match[1], int(match[2]) if match[2] else None) if match else None


def entries_of(results: Sequence["arxiv.Result"]) -> list[Entry]:
    """The entries of a feed. Raises Unusable for one that does not hold what an entry must."""
    return [_entry(result) for result in results]


def _entry(result: "arxiv.Result") -> Entry:
    place = result.entry_id
    named = paper_id(place)
    if named is None or named[1] is None:
        raise Unusable(f"has an entry without an arXiv id and version ({place!r:.80})")
    main = result.primary_category
    try:
        return Entry(
            id=named[0],
            version=named[1],
            title=_line(result.title),
            authors=tuple(_line(author.name) for author in result.authors),
            abstract=_line(result.summary),
            comment=_line(result.comment or "") or None,
            categories=tuple(dict.fromkeys(c for c in (main, *result.categories) if c)),
            doi=_line(result.doi or "") or None,
            published=result.published.date(),
            submitted=result.updated.date(),
        )
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise Unusable(f"has an entry {named[0]} whose {field} cannot be used: {problem['msg']}") from None


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
