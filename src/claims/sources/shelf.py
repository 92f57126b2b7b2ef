"""Shelf: the papers that a project holds, and which claim cites which version of them with which quote."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from claims.domain.paper import Paper
from claims.errors import Problems
from claims.ledger.files import make_folder, replace_file
from claims.ledger.locks import hold
from claims.literature.snapshot import file_name, paper_bytes, read_papers
from claims.registry.draft import Draft
from claims.registry.load import read_registry, registry_files


@dataclass(frozen=True)
class Citation:
    """A claim's source: which paper and version, and the quote if there is one."""

    claim: str
    paper: str
    version: int
    quote: str | None

    @property
    def versioned(self) -> str:
        """The id with its version."""
        return f"{self.paper}v{self.version}"


@dataclass(frozen=True)
class Shelf:
    """What `literature/` and the registry say of papers. Keys are ids without version."""

    papers: Mapping[str, Paper]
    citations: tuple[Citation, ...]

    def of(self, paper: str) -> tuple[Citation, ...]:
        """The citations of one paper."""
        return tuple(c for c in self.citations if c.paper == paper)


def read_shelf(root: Path) -> Shelf:
    """The shelf of a project, also where its registry is not sound yet: it often is not before papers are synced.

    Raises Problems when a paper's file, or a file of the registry as a whole, cannot be read.
    """
    papers, findings = read_papers(root)
    loaded = read_registry(registry_files(root))
    if findings or not loaded.whole:
        raise Problems([*findings, *loaded.findings])
    return Shelf(papers, tuple(_citations(loaded.drafts)))


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold the papers of a project alone, to read them again, change them and write them."""
    with hold(root / ".claims" / "literature.lock", what="another `claims sources`", wait=30):
        yield


def write_paper(root: Path, paper: Paper) -> None:
    """Write a paper's file, wholly or not at all. Raises LedgerError where the disk does not take it."""
    data = paper_bytes(paper)
    make_folder(root / "literature")
    replace_file(root / "literature" / file_name(paper.id), data)


def _citations(drafts: Iterable[Draft]) -> Iterator[Citation]:
    for draft in drafts:
        for source in draft.sources.values():
            paper, _, version = source.arxiv.rpartition("v")
            yield Citation(draft.id, paper, int(version), source.quote)
