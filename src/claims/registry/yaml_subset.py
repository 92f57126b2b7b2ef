"""A strict subset of YAML: what a person writes in a registry, and nothing that surprises.

Refused: tags, anchors, aliases, merge keys, duplicate keys, keys that are not text, several documents,
directives, tabs, control characters. Files are checked for size and line length first; then the parser is
asked for one event at a time, so that nesting and size stop it early and nothing recursive sees hostile text.
"""

from collections.abc import Iterator
from typing import NamedTuple, NoReturn, Protocol

import yaml

from claims.domain.finding import Finding
from claims.registry.characters import FORBIDDEN, decode
from claims.registry.nodes import MappingNode, Mark, Node, ScalarNode, SequenceNode
from claims.registry.scalars import shown, typed

MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_PROBLEMS = 100

LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_LAYOUT = "look at the indentation; text that holds ': ', ' #' or quotes stands in quotes or after >-"
_ADVICE = {
    "mapping values are not allowed": "a colon and a space begin a value: put the text in quotes or after >-",
    "could not find expected ':'": "text that goes on over lines and holds ' #' or ': ' stands in quotes or after >-",
    "did not find expected key": _LAYOUT,
    "expected <block end>": _LAYOUT,
    "found character": "text does not begin with one of @ ` % unless it is quoted",
    "did not find expected ',' or": "a bracket or brace is not closed, or text in it needs quotes",
}


_CORE = "tag:yaml.org,2002:"


class Document(NamedTuple):
    """A file as read. `root` is None when it is empty or cannot be read."""

    root: Node | None
    findings: tuple[Finding, ...]


class _StopReading(Exception):
    """Nothing after this place can be read."""


def read_yaml(data: bytes, file: str) -> Document:
    """Read one file; `file` names it in findings. Never raises for what stands in it."""
    text, findings = decode(data, file)
    if text is None:
        return Document(None, tuple(findings))
    reader = _Reader(text, file)
    try:
        root = reader.document()
    except _StopReading:
        root = None
    return Document(root, tuple(reader.findings))


class _Reader:
    """Builds nodes from the parser's events and collects what is wrong."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.nodes = 0
        self.events = self._events(text)

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.stop(_mark(event.start_mark), "a second document begins here; a file holds one")
                if event.version or event.tags:
                    self.report(_mark(event.start_mark), "directives (%YAML, %TAG) have no use here; delete them")
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                root = self.node(event, 1)
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        start = _mark(event.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(start, f"more than {MAX_NODES} values in one file; move claims into claims.d/")
        if depth > MAX_DEPTH:
            self.stop(start, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            self.report(start, f"alias *{shown(event.anchor or '')}: write the value out; aliases are not read")
            return ScalarNode("", "", None, start, _mark(event.end_mark), broken=True)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.report(start, f"anchor &{shown(event.anchor)}: delete it; aliases are not read")
        if event.tag is not None:
            self.report(start, f"tag {shown(event.tag.replace(_CORE, '!!'))}: delete it; tags are not read")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, start)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, start, depth)
        return self.mapping(event, start, depth)

    def scalar(self, event: yaml.ScalarEvent, start: Mark) -> ScalarNode:
        raw, style, end = event.value, event.style or "", _mark(event.end_mark)
        hidden = FORBIDDEN.search(raw) or ("\t" in raw)
        if hidden:
            self.report(start, "an escape in this text stands for a character that cannot be seen; delete it")
            return ScalarNode("", style, None, start, end, broken=True)
        if style:
            return ScalarNode(raw, style, raw, start, end)
        try:
            return ScalarNode(raw, style, typed(raw), start, end)
        except ValueError as error:
            self.report(start, str(error))
            return ScalarNode(raw, style, None, start, end, broken=True)

    def sequence(self, event: yaml.Event, start: Mark, depth: int) -> SequenceNode:
        items: list[Node] = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return SequenceNode(tuple(items), start, _mark(inner.end_mark), _is_flow(event))
            items.append(self.node(inner, depth + 1))
        raise AssertionError("the parser closes what it opens")

    def mapping(self, event: yaml.Event, start: Mark, depth: int) -> MappingNode:
        items: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                return MappingNode(items, keys, start, _mark(inner.end_mark), _is_flow(event))
            key = self.node(inner, depth + 1)
            value = self.node(next(self.events), depth + 1)
            name = self.key(key, keys)
            if name is not None:
                items[name] = value
                keys[name] = key.start
        raise AssertionError("the parser closes what it opens")

    def key(self, key: Node, known: dict[str, Mark]) -> str | None:
        """The key's text; None when it cannot be used, which is then reported."""
        if not isinstance(key, ScalarNode):
            self.report(key.start, "a key is text, not a list or a mapping")
        elif key.broken:
            pass
        elif key.plain and key.raw == "<<":
            self.report(key.start, "merge key <<: write the values out; merge keys are not read")
        elif not isinstance(key.value, str):
            what = f"key {key.raw} is a {kind_of(key)} here; write it in quotes" if key.raw else "an empty key"
            self.report(key.start, what)
        elif key.value in known:
            first = known[key.value].line
            self.report(key.start, f"key {shown(key.value)} stands twice; the first one is on line {first}")
        else:
            return key.value
        return None

    def report(self, mark: Mark, message: str) -> None:
        if len(self.findings) == MAX_PROBLEMS:
            self.findings.append(self._finding(mark, "more problems follow; the rest of the file was not read"))
            raise _StopReading
        self.findings.append(self._finding(mark, message))

    def stop(self, mark: Mark, message: str) -> NoReturn:
        self.findings.append(self._finding(mark, message + "; the rest of the file was not read"))
        raise _StopReading

    def _finding(self, mark: Mark, message: str) -> Finding:
        return Finding(file=self.file, line=mark.line, column=mark.column, message=message)

    def _events(self, text: str) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(text, Loader=LOADER)
        except yaml.MarkedYAMLError as error:
            mark = _mark(error.problem_mark or error.context_mark)
            words = ", ".join(part for part in (error.context, error.problem) if part)
            advice = next((say for sign, say in _ADVICE.items() if sign in words), "")
            self.stop(mark, f"not YAML: {words}" + (f" ({advice})" if advice else ""))
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML's own parser, used where libyaml is not, lets these through for escapes beyond Unicode.
            self.stop(Mark(1, 1, 0), "not YAML: a character or an escape that is not Unicode")


def kind_of(node: ScalarNode) -> str:
    """What a plain scalar was taken for, in words."""
    match node.value:
        case bool():
            return "truth value"
        case int() | float():
            return "number"
        case None:
            return "null"
    return "text"


class _Place(Protocol):
    line: int
    column: int
    index: int


def _mark(mark: _Place | None) -> Mark:
    assert mark is not None, "events and syntax errors of a text have a place"
    return Mark(mark.line + 1, mark.column + 1, mark.index)


def _is_flow(event: yaml.Event) -> bool:
    return isinstance(event, yaml.CollectionStartEvent) and bool(event.flow_style)
