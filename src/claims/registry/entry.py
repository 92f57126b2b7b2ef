"""Where things stand: a claim or an inquiry as a person wrote it, and the way from a field to its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from claims.domain.finding import Finding
from claims.registry.nodes import Loc, MappingNode, Mark, Node, child, dotted, follow, mark_of

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Place(NamedTuple):
    """A place in a file, line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Entry:
    """One claim or inquiry in its file. `label` is its id, or `claims[3]` where it has none that can be used."""

    label: str
    file: str
    node: Node

    def place(self, *loc: str | int) -> Place:
        """Where the value at `loc` begins; of the nearest thing around it when nothing stands there."""
        return self._at(follow(self.node, loc)[0].start)

    def key_place(self, *loc: str | int) -> Place:
        """Where the key at the end of `loc` stands."""
        around = child_of(self.node, loc[:-1])
        key = loc[-1]
        if isinstance(around, MappingNode) and isinstance(key, str) and key in around.keys:
            return self._at(mark_of(around.keys[key]))
        return self.place(*loc)

    def has(self, *loc: str | int) -> bool:
        """Whether something stands at `loc`."""
        return child_of(self.node, loc) is not None

    def finding(self, loc: Loc, message: str) -> Finding:
        """A problem with the value at `loc`."""
        return self._finding(self.place(*loc), loc, message)

    def key_finding(self, loc: Loc, message: str) -> Finding:
        """A problem with the key at the end of `loc`."""
        return self._finding(self.key_place(*loc), loc, message)

    def _at(self, mark: Mark) -> Place:
        return Place(self.file, mark.line, mark.column)

    def _finding(self, place: Place, loc: Loc, message: str) -> Finding:
        field = dotted((self.label, *loc) if self.label else loc)
        return Finding(file=place.file, line=place.line, column=place.column, field=field, message=message)


@dataclass(frozen=True)
class Places:
    """Where claims and inquiries stand, by id; of two with the same id, the first."""

    claims: Mapping[str, Entry]
    inquiries: Mapping[str, Entry]

    def of(self, claim_id: str, field: str = "") -> Place:
        """Where a field of a claim stands, such as `check.predictions[0].expect`. KeyError for an unknown id."""
        loc = tuple(int(index) if index else name for name, index in _STEP.findall(field))
        return self.claims[claim_id].place(*loc)


def child_of(node: Node, loc: Loc) -> Node | None:
    """What stands at `loc`, None when nothing does."""
    found: Node | None = node
    for step in loc:
        found = child(found, step) if found is not None else None
    return found
