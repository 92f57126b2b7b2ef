"""Sync and watch: ask arXiv about papers, and keep what it says in `literature/`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from claims.domain.paper import Paper
from claims.errors import SetupError
from claims.literature.client import ask
from claims.literature.entry import Entry, paper_id
from claims.literature.service import Service
from claims.sources.merge import merged
from claims.sources.news import News, Open, news, open_moves
from claims.sources.shelf import Citation, Shelf, read_shelf, write_paper, writing


@dataclass(frozen=True)
class Seen:
    """A paper after arXiv was asked. `before` is None for a paper that was not held."""

    paper: Paper
    before: Paper | None
    news: tuple[News, ...]
    citations: tuple[Citation, ...]

    @property
    def open(self) -> tuple[Open, ...]:
        """The citations whose paper has moved on, whether that is new or not."""
        return open_moves(self.paper, self.citations)


@dataclass(frozen=True)
class Report:
    """What came of asking. `problems` are lines about papers that were left as they were."""

    seen: tuple[Seen, ...]
    problems: tuple[str, ...]


def sync(root: Path, words: Sequence[str], at: Service, now: datetime) -> Report:
    """Resolve papers, and the versions of them that claims cite; without words, all that are cited or held.

    Raises:
        ArxivError: no usable answer; nothing was written.
    """
    shelf = read_shelf(root)
    wanted = _named(words) if words else {paper: set[int]() for paper in _all(shelf)}
    for citation in shelf.citations:
        if citation.paper in wanted:
            wanted[citation.paper].add(citation.version)
    if not wanted:
        raise SetupError("the registry cites no paper and literature/ holds none: name an arXiv id")
    newest = ask(sorted(wanted), at)
    problems = [f"{at.host} gives no paper {one}: correct the id" for one in newest.missing]
    pinned: list[str] = []
    for one, entry in newest.entries.items():
        problems += [
            f"{at.host} knows {one} up to v{entry.version}, not v{number}: correct the version"
            for number in sorted(wanted[one])
            if number > entry.version
        ]
        pinned += [f"{one}v{number}" for number in sorted(wanted[one]) if number < entry.version]
    older = ask(pinned, at)
    problems += [f"{at.host} gives no {one}: correct the version" for one in older.missing]
    return _store(root, newest.entries, older.entries.values(), problems, now)


def watch(root: Path, words: Sequence[str], at: Service, now: datetime) -> Report:
    """Ask for the newest version of papers that were resolved before; without words, of all of them.

    Raises:
        ArxivError: no usable answer; nothing was written.
        SetupError: there is nothing to watch.
    """
    shelf = read_shelf(root)
    resolved = {one for one, paper in shelf.papers.items() if paper.resolved is not None}
    wanted = set(_named(words)) if words else resolved
    unresolved = sorted(wanted - resolved)
    if unresolved or not wanted:
        which = ", ".join(unresolved) or "no paper here"
        was = "was never resolved" if unresolved else "was resolved yet"
        raise SetupError(f"{which} {was}: run `claims sources sync`")
    answers = ask(sorted(wanted), at)
    problems = [f"{at.host} no longer gives {one}: look at it" for one in answers.missing]
    return _store(root, answers.entries, (), problems, now)


def _store(
    root: Path, newest: Mapping[str, Entry], older: Iterable[Entry], problems: Sequence[str], now: datetime
) -> Report:
    """Write what changed. Papers are read again: somebody may have written since arXiv was asked."""
    aside = list(older)
    said = list(problems)
    seen: list[Seen] = []
    with writing(root):
        shelf = read_shelf(root)
        for one, entry in sorted(newest.items()):
            before = shelf.papers.get(one)
            if before is not None and before.newest.version > entry.version:
                said.append(
                    f"arXiv's newest version of {one} is v{entry.version}, literature/ knows v{before.newest.version}; "
                    f"its file was left as it was: look at both"
                )
                continue
            paper = merged(before, entry, [e for e in aside if e.id == one], shelf.of(one), now)
            if paper != before:
                write_paper(root, paper)
            seen.append(Seen(paper, before, news(before, paper) if before else (), shelf.of(one)))
    return Report(tuple(seen), tuple(said))


def _named(words: Sequence[str]) -> dict[str, set[int]]:
    """Ids as people write them, with the versions that they name. Raises SetupError for what is none."""
    wanted: dict[str, set[int]] = {}
    for word in words:
        named = paper_id(word)
        if named is None:
            raise SetupError(f"{word!r:.80} is not an arXiv id; write 2505.11711, or 2505.11711v2")
        wanted.setdefault(named[0], set()).update([named[1]] if named[1] is not None else [])
    return wanted


def _all(shelf: Shelf) -> list[str]:
    return sorted({c.paper for c in shelf.citations} | set(shelf.papers))
