"""The multiverse tile: a record's numbers under other reasonable analyses, the registered one marked."""

from collections import Counter
from dataclasses import dataclass

from claims.domain.claim import Status
from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.verdict import LEANINGS, Verdict
from claims.site.links import Links
from claims.site.view.marks import Mark, verdict_mark
from claims.stats.multiverse import ANALYSES, Universe, multiverse


@dataclass(frozen=True)
class Cell:
    """A verdict, or none; `kind` is `registered` in the cell that decides."""

    marks: tuple[Mark, ...]
    kind: str


@dataclass(frozen=True)
class Tile:
    """A row for each analysis, the registered one first; a column for each choice of replicates: they are the fewer."""

    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tile(record: Record, links: Links) -> Tile | None:
    """The tile of a deciding record; None where only one analysis makes sense."""
    universes = multiverse(record)
    if not universes:
        return None
    columns = tuple(u.replicates for u in universes)
    registered = (f"rule {record.rule}", tuple(_registered(u, links) for u in universes))
    others = (
        (analysis.name, tuple(_cell(u.verdicts[place], links) for u in universes))
        for place, analysis in enumerate(ANALYSES)
    )
    verdict = record.verdict.verdict
    assert verdict is not None
    told = [v for u in universes for v in u.verdicts]
    same = Counter(told)[LEANINGS.get(verdict, verdict)]
    words = f"{same} of {count(len(told), 'other analysis', 'other analyses')} say what the registered one says."
    return Tile(words, columns, (registered, *others))


def _cell(verdict: Verdict, links: Links) -> Cell:
    return Cell((verdict_mark(Status(verdict.value), links),), "other")


def _registered(universe: Universe, links: Links) -> Cell:
    """The cell that decides; empty for replicates that the rule was not asked about."""
    if universe.registered is None:
        return Cell((), "empty")
    return Cell((verdict_mark(Status(universe.registered.value), links),), "registered")
