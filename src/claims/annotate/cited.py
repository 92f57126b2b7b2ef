"""What a file cites, and what this registry has to say on it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from claims.domain.claim import Claim, Source
from claims.domain.paper import Move, Paper, moves
from claims.domain.status import Standing
from claims.errors import SetupError
from claims.literature.bib_file import BibEntry, read_bib
from claims.literature.mentions import Mention, mentions, without_class
from claims.project import Project

MAX_BYTES = 64 * 1024 * 1024
"""A larger bibliography is most likely another file."""


class OnPaper(NamedTuple):
    """A claim that has the paper among its sources."""

    claim: Claim
    standing: Standing
    sources: tuple[Source, ...]
    """Those of its sources that are this paper."""
    moves: tuple[Move, ...]
    """How the paper has moved on from what the claim cites."""


class Cited(NamedTuple):
    """A paper that the file cites. `paper` is None where we do not hold it."""

    id: str
    versions: tuple[int, ...]
    """Those that the file names; none where it leaves the version open."""
    lines: tuple[int, ...]
    entries: tuple[BibEntry, ...]
    """Of a bibliography, the entries that name it."""
    paper: Paper | None
    claims: tuple[OnPaper, ...]

    @property
    def title(self) -> str:
        """As we hold it, else as the bibliography prints it, else empty."""
        if self.paper is not None:
            return self.paper.title
        given = next((entry.fields["title"] for entry in self.entries if "title" in entry.fields), "")
        return _visible(given.translate({ord("{"): None, ord("}"): None}))

    @property
    def keys(self) -> tuple[str, ...]:
        """The citation keys of its entries."""
        return tuple(_visible(entry.key) for entry in self.entries)


def _visible(text: str) -> str:
    """One line without characters that steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def read(path: Path) -> str:
    """The text of a file. Raises SetupError where it cannot be had."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SetupError(f"{path}: is larger than {MAX_BYTES // 1024**2} MiB; is it a bibliography?")
        return decoded(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path}: cannot be read: {error.strerror or error}") from error


def decoded(data: bytes) -> str:
    """UTF-8, else Latin-1, in which older bibliographies are; ids are ASCII in both."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def cited(project: Project, text: str, *, bibliography: bool) -> tuple[Cited, ...]:
    """Every paper that `text` cites, in its order; `bibliography`: it is BibTeX, and else read as it stands."""
    found: list[tuple[Mention, BibEntry | None]]
    if bibliography:
        found = [(mention, entry) for entry in read_bib(text) for mention in entry.mentions]
    else:
        found = [(mention, None) for mention in mentions(text)]
    held = {without_class(name): paper for name, paper in project.papers.items()}
    on_papers = _on_papers(project, {mention.paper for mention, _ in found})
    grouped: dict[str, list[tuple[Mention, BibEntry | None]]] = {}
    for mention, entry in found:
        grouped.setdefault(mention.paper, []).append((mention, entry))
    return tuple(
        Cited(
            id=name,
            versions=tuple(sorted({m.version for m, _ in group if m.version is not None})),
            lines=tuple(dict.fromkeys(m.line for m, _ in group)),
            entries=tuple(_distinct(entry for _, entry in group if entry is not None and entry.key)),
            paper=held.get(name),
            claims=on_papers.get(name, ()),
        )
        for name, group in grouped.items()
    )


def _distinct(entries: Iterable[BibEntry]) -> Iterator[BibEntry]:
    """Each entry once: it may name a paper in two fields."""
    return iter({(entry.line, entry.key): entry for entry in entries}.values())


def _on_papers(project: Project, names: set[str]) -> Mapping[str, tuple[OnPaper, ...]]:
    """The claims on these papers. Only their standings are derived: those of a whole registry take a while."""
    found: dict[str, list[OnPaper]] = {}
    for claim in project.registry.claims:
        of_claim: dict[str, list[Source]] = {}
        for source in claim.sources:
            of_claim.setdefault(without_class(source.arxiv.rpartition("v")[0]), []).append(source)
        for name in of_claim.keys() & names:
            sources = tuple(of_claim[name])
            on_paper = OnPaper(claim, project.standing(claim), sources, _moves(project, sources))
            found.setdefault(name, []).append(on_paper)
    return {name: tuple(claims) for name, claims in found.items()}


def _moves(project: Project, sources: tuple[Source, ...]) -> tuple[Move, ...]:
    """Each way once."""
    found: list[Move] = []
    for source in sources:
        name, _, version = source.arxiv.rpartition("v")
        if name in project.papers:
            found += moves(project.papers[name], int(version), source.quote)
    return tuple(dict.fromkeys(found))
