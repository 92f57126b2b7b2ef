"""A strict subset of YAML: what a person writes in a registry, and nothing that surprises.

Refused: tags, anchors, aliases, merge keys, duplicate keys, keys that are not text, several documents,
directives, tabs, control characters. Files are checked for size and line length first; then the parser is
asked for one event at a time, so that nesting and size stop it early and nothing recursive sees hostile text.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import yaml

from claims.domain.finding import Finding
from claims.registry.characters import FORBIDDEN, decode
from claims.registry.nodes import MappingNode, Node, Packed, ScalarNode, SequenceNode, mark_of, packed
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
        self.parser = LOADER(text)
        # The types of libyaml's parser allow None, which comes behind the end of the stream only.
        self.next_event: Callable[[], Any] = self.parser.get_event

    def document(self) -> Node | None:
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            place = packed(error.problem_mark or error.context_mark)
            words = ", ".join(part for part in (error.context, error.problem) if part)
            advice = next((say for sign, say in _ADVICE.items() if sign in words), "")
            self.stop(place, f"not YAML: {words}" + (f" ({advice})" if advice else ""))
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML's own parser, used where libyaml is not, lets these through for escapes beyond Unicode.
            self.stop(0, "not YAML: a character or an escape that is not Unicode")
        finally:
            self.parser.dispose()

    def _document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        while not isinstance(event := self.next_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.stop(packed(event.start_mark), "a second document begins here; a file holds one")
                if event.version or event.tags:
                    self.report(packed(event.start_mark), "directives (%YAML, %TAG) have no use here; delete them")
            elif not isinstance(event, yaml.StreamStartEvent | yaml.DocumentEndEvent):
                root = self.node(event, 1)
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(packed(event.start_mark), f"more than {MAX_NODES} values in one file; move claims into claims.d/")
        if depth > MAX_DEPTH:
            self.stop(packed(event.start_mark), f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            message = f"alias *{shown(event.anchor or '')}: write the value out; aliases are not read"
            self.report(packed(event.start_mark), message)
            return ScalarNode("", "", None, packed(event.start_mark), packed(event.end_mark), broken=True)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.report(packed(event.start_mark), f"anchor &{shown(event.anchor)}: delete it; aliases are not read")
        if event.tag is not None:
            tag = shown(event.tag.replace(_CORE, "!!"))
            self.report(packed(event.start_mark), f"tag {tag}: delete it; tags are not read")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        raw, style, start, end = event.value, event.style or "", packed(event.start_mark), packed(event.end_mark)
        if style == '"' and (FORBIDDEN.search(raw) or "\t" in raw):  # the text itself was searched before
            self.report(start, "an escape in this text stands for a character that cannot be seen; delete it")
            return ScalarNode("", style, None, start, end, broken=True)
        if style:
            return ScalarNode(raw, style, raw, start, end)
        try:
            return ScalarNode(raw, style, typed(raw), start, end)
        except ValueError as error:
            self.report(start, str(error))
            return ScalarNode(raw, style, None, start, end, broken=True)

    def sequence(self, event: yaml.CollectionStartEvent, depth: int) -> SequenceNode:
        items: list[Node] = []
        while not isinstance(inner := self.next_event(), yaml.SequenceEndEvent):
            items.append(self.node(inner, depth + 1))
        return SequenceNode(tuple(items), packed(event.start_mark), packed(inner.end_mark), bool(event.flow_style))

    def mapping(self, event: yaml.CollectionStartEvent, depth: int) -> MappingNode:
        items: dict[str, Node] = {}
        keys: dict[str, Packed] = {}
        while not isinstance(inner := self.next_event(), yaml.MappingEndEvent):
            key = self.node(inner, depth + 1)
            value = self.node(self.next_event(), depth + 1)
            name = self.key(key, keys)
            if name is not None:
                items[name] = value
                keys[name] = key.begin
        return MappingNode(items, keys, packed(event.start_mark), packed(inner.end_mark), bool(event.flow_style))

    def key(self, key: Node, known: dict[str, Packed]) -> str | None:
        """The key's text; None when it cannot be used, which is then reported."""
        if not isinstance(key, ScalarNode):
            self.report(key.begin, "a key is text, not a list or a mapping")
        elif key.broken:
            pass
        elif key.plain and key.raw == "<<":
            self.report(key.begin, "merge key <<: write the values out; merge keys are not read")
        elif not isinstance(key.value, str):
            what = f"key {key.raw} is a {kind_of(key)} here; write it in quotes" if key.raw else "an empty key"
            self.report(key.begin, what)
        elif key.value in known:
            first = mark_of(known[key.value]).line
            self.report(key.begin, f"key {shown(key.value)} stands twice; the first one is on line {first}")
        else:
            return key.value
        return None

    def report(self, place: Packed, message: str) -> None:
        if len(self.findings) == MAX_PROBLEMS:
            self.findings.append(self._finding(place, "more problems follow; the rest of the file was not read"))
            raise _StopReading
        self.findings.append(self._finding(place, message))

    def stop(self, place: Packed, message: str) -> NoReturn:
        self.findings.append(self._finding(place, message + "; the rest of the file was not read"))
        raise _StopReading

    def _finding(self, place: Packed, message: str) -> Finding:
        mark = mark_of(place)
        return Finding(file=self.file, line=mark.line, column=mark.column, message=message)


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
