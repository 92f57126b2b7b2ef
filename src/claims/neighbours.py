"""Neighbours: which claims, and which papers, read alike, as `claims related --update` left them in a file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, ValidationError

from claims.domain.claim import Claim, Model, Text
from claims.domain.paper import Paper, Sha256
from claims.errors import SetupError

PLACE = Path("site/data/related.json")
KEPT = 5
"""Neighbours that are kept of each text."""


class Neighbour(Model):
    """Another claim or paper, and the cosine of the angle between both embeddings."""

    id: Text
    cosine: Annotated[float, Field(ge=-1, le=1)]


class Entry(Model):
    """The neighbours of one text, the nearest first; `text` is the digest of the text they were found with."""

    text: Sha256
    near: Annotated[tuple[Neighbour, ...], Field(max_length=KEPT)]


class Method(Model):
    """What turned texts into vectors."""

    name: Text
    about: Text
    weights: Sha256 | None = None
    """Digest of the model's weights; None where there is no model."""


class Neighbours(Model):
    """The file. Entries stand by id, papers without version."""

    schema_version: Literal[1]
    method: Method
    texts: Sha256
    """Digest over all texts: equal digests mean that nothing has to be computed again."""
    claims: dict[str, Entry]
    papers: dict[str, Entry]


class Texts(NamedTuple):
    """What is compared: a text for each claim and for each paper."""

    claims: dict[str, str]
    papers: dict[str, str]


def texts_of(claims: tuple[Claim, ...], papers: Mapping[str, Paper]) -> Texts:
    """Of a claim its question and sentence; of a paper its title and abstract.

    Where arXiv was not asked for an abstract, what the claims say that the paper says stands in for it.
    """
    said: dict[str, list[str]] = {}
    for claim in claims:
        for source in claim.sources:
            said.setdefault(source.arxiv.rpartition("v")[0], []).append(source.says)
    return Texts(
        {claim.id: f"{claim.question} {claim.statement}" for claim in claims},
        {name: " ".join([p.title, p.abstract or " ".join(said.get(name, ()))]) for name, p in papers.items()},
    )


def digest(text: str) -> str:
    """SHA-256 of a text, line breaks aside."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def digest_of_all(texts: Texts) -> str:
    """One digest for all texts and the names that they go by."""
    lines = [f"{kind} {name} {digest(text)}" for kind, group in texts._asdict().items() for name, text in group.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def read(root: Path) -> Neighbours | None:
    """The file of a project, None where there is none. Raises SetupError for one that the command did not write."""
    path = root / PLACE
    if not path.is_file():
        return None
    try:
        return Neighbours.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError) as error:
        what = str(error).splitlines()[0]
        raise SetupError(f"{PLACE}: not what `claims related --update` writes ({what}); run that again") from None


class Fresh(NamedTuple):
    """The neighbours that still are: neither text has changed since. A text without any is left out."""

    claims: dict[str, tuple[Neighbour, ...]]
    papers: dict[str, tuple[Neighbour, ...]]


def fresh(kept: Neighbours | None, texts: Texts) -> Fresh:
    """What of a file still holds for these texts."""
    if kept is None:
        return Fresh({}, {})
    return Fresh(_fresh(kept.claims, texts.claims), _fresh(kept.papers, texts.papers))


def stale(kept: Neighbours, texts: Texts) -> tuple[str, ...]:
    """Ids whose text is new, was changed or is gone since the file was written."""
    groups = ((kept.claims, texts.claims), (kept.papers, texts.papers))
    return tuple(
        name
        for entries, now in groups
        for name in sorted(entries.keys() | now.keys())
        if not _holds(entries, now, name)
    )


def _fresh(entries: Mapping[str, Entry], texts: Mapping[str, str]) -> dict[str, tuple[Neighbour, ...]]:
    holding = {name for name in entries if _holds(entries, texts, name)}
    found = {name: tuple(n for n in entries[name].near if n.id in holding) for name in holding}
    return {name: near for name, near in found.items() if near}


def _holds(entries: Mapping[str, Entry], texts: Mapping[str, str], name: str) -> bool:
    return name in entries and name in texts and entries[name].text == digest(texts[name])
