"""The multiverse tile: a record's numbers under other reasonable analyses, the registered one marked."""

from collections import Counter
from dataclasses import dataclass

from claims.domain.claim import Status
from claims.domain.record import Record
from claims.domain.verdict import LEANINGS
from claims.site.links import Links
from claims.site.numbers import count
from claims.site.view.marks import Mark, verdict_mark
from claims.stats.multiverse import ANALYSES, multiverse


@dataclass(frozen=True)
class Cell:
    """A verdict; `kind` is `registered` in the cell that decides."""

    mark: Mark
    kind: str


@dataclass(frozen=True)
class Tile:
    """A row for each choice of replicates, a column for each analysis."""

    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tile(record: Record, links: Links) -> Tile | None:
    """The tile of a deciding record; None where only one analysis makes sense."""
    universes = multiverse(record)
    if not universes:
        return None
    rows = tuple(
        (
            u.replicates,
            tuple(
                Cell(verdict_mark(Status(v.value), links), "registered" if i == j == 0 else "other")
                for j, v in enumerate(u.verdicts)
            ),
        )
        for i, u in enumerate(universes)
    )
    columns = (f"rule {record.rule}", *(a.name for a in ANALYSES[1:]))
    verdict = universes[0].verdicts[0]
    told = [LEANINGS.get(v, v) for u in universes for v in u.verdicts]
    same = Counter(told)[LEANINGS.get(verdict, verdict)]
    words = (
        f"{same} of {count(len(told), 'analysis', 'analyses')} of the same numbers say what the registered one says."
    )
    return Tile(words, columns, rows)
