"""Nodes of a YAML file as a person wrote it: text, style and place are kept."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Step: TypeAlias = str | int
Loc: TypeAlias = tuple[Step, ...]
Typed: TypeAlias = str | int | float | bool | None


class Mark(NamedTuple):
    """A place: line and column from 1, `offset` in characters from the start of the file."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One word, number or text. `style` is the quote or block sign, empty for plain; `raw` is the decoded text.

    `broken`: its problem has been reported, and `value` means nothing.
    """

    raw: str
    style: str
    value: Typed
    start: Mark
    end: Mark
    broken: bool = False

    @property
    def plain(self) -> bool:
        """Whether it stands without quotes or block sign."""
        return not self.style


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: "tuple[Node, ...]"
    start: Mark
    end: Mark
    flow: bool


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys in the order of the file; `keys` are the places of the keys themselves."""

    items: "dict[str, Node]"
    keys: dict[str, Mark]
    start: Mark
    end: Mark
    flow: bool


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
