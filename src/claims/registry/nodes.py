"""Nodes of a YAML file as a person wrote it: text, style and place are kept.

A registry of ten thousand claims has more than a million nodes, and few of them are ever asked where they stand. So
nodes are named tuples, and a place is one number until somebody asks: Python's collector sweeps a third of the objects.
"""

from typing import NamedTuple, Protocol, TypeAlias

Step: TypeAlias = str | int
Loc: TypeAlias = tuple[Step, ...]
Typed: TypeAlias = str | int | float | bool | None


class Mark(NamedTuple):
    """A place: line and column from 1, `offset` in characters from the start of the file."""

    line: int
    column: int
    offset: int


Packed: TypeAlias = int
"""A mark in one number: offset, line and column from 0, 24 bits each. No file has so many characters."""


class ParserMark(Protocol):
    """A place as the parser gives it, from 0."""

    @property
    def line(self) -> int:
        """Lines above."""

    @property
    def column(self) -> int:
        """Characters before it in its line."""

    @property
    def index(self) -> int:
        """Characters before it in the file."""


def packed(mark: ParserMark | None) -> Packed:
    """A parser's mark in one number. Its types allow None; what is read from a text always has a place."""
    assert mark is not None, "events of a text have a place"
    return mark.index << 48 | mark.line << 24 | mark.column


def mark_of(place: Packed) -> Mark:
    """A place as people count."""
    return Mark((place >> 24 & 0xFFFFFF) + 1, (place & 0xFFFFFF) + 1, place >> 48)


class ScalarNode(NamedTuple):
    """One word, number or text. `style` is the quote or block sign, empty for plain; `raw` is the decoded text.

    `broken`: its problem has been reported, and `value` means nothing.
    """

    raw: str
    style: str
    value: Typed
    begin: Packed
    finish: Packed
    broken: bool = False

    @property
    def plain(self) -> bool:
        """Whether it stands without quotes or block sign."""
        return not self.style

    @property
    def start(self) -> Mark:
        """Its first character."""
        return mark_of(self.begin)

    @property
    def end(self) -> Mark:
        """Behind its last character."""
        return mark_of(self.finish)


class SequenceNode(NamedTuple):
    """A list."""

    items: "tuple[Node, ...]"
    begin: Packed
    finish: Packed
    flow: bool

    @property
    def start(self) -> Mark:
        """Its first character."""
        return mark_of(self.begin)

    @property
    def end(self) -> Mark:
        """Behind its last character; of a block, behind comments too."""
        return mark_of(self.finish)


class MappingNode(NamedTuple):
    """Keys in the order of the file; `keys` are the places of the keys themselves."""

    items: "dict[str, Node]"
    keys: dict[str, Packed]
    begin: Packed
    finish: Packed
    flow: bool

    @property
    def start(self) -> Mark:
        """Its first character."""
        return mark_of(self.begin)

    @property
    def end(self) -> Mark:
        """Behind its last character; of a block, behind comments too."""
        return mark_of(self.finish)


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode
Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


def plain(node: Node) -> Plain:
    """The node's value as JSON knows values."""
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            return [plain(item) for item in node.items]
        case MappingNode():
            return {key: plain(item) for key, item in node.items.items()}


def child(node: Node, step: Step) -> Node | None:
    """What stands under a key or at a position; None when nothing does."""
    match node, step:
        case MappingNode(), str():
            return node.items.get(step)
        case SequenceNode(), int() if 0 <= step < len(node.items):
            return node.items[step]
    return None


def follow(node: Node, loc: Loc) -> tuple[Node, Loc]:
    """The deepest node on the way along `loc`, and how far that was."""
    for depth, step in enumerate(loc):
        below = child(node, step)
        if below is None:
            return node, loc[:depth]
        node = below
    return node, loc


def dotted(loc: Loc) -> str:
    """A location as people read it: `check.predictions[0].expect`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return words.removeprefix(".")
