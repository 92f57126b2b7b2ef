"""Sketch: what of a claim shows in its history, read from any old version of the registry without judging it.

An old version may break rules that are newer than it, so nothing here validates. A file is cut where an item of the
list may begin, and a piece that has been seen before is not read again: of three hundred versions most are the same
few hundred pieces. A cut inside a text leaves a piece that is not YAML; such a file is read whole.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from claims.registry.entry import child_of
from claims.registry.nodes import MappingNode, Node, ScalarNode, SequenceNode, plain
from claims.registry.yaml_subset import read_yaml


class Sketch(NamedTuple):
    """A claim in one version of the registry."""

    id: str
    question: str
    status: str
    label: str
    """Of its grounding."""
    test: str
    """`check` where something can be run, `planned` where the experiment is still to be written, else empty."""
    judged: str
    """A digest of statement, scope and check: when it changes, another thing is tested."""
    forecasts: int


Sketches = dict[str, Sketch]


def sketches(files: Mapping[str, bytes]) -> Sketches | None:
    """Every claim of a version by its id; None when the version cannot be read."""
    found: Sketches = {}
    for name in sorted(files):
        read = _file(files[name])
        if read is None:
            return None
        found |= read
    return found


def nodes(data: bytes) -> Iterator[MappingNode]:
    """The claims of one file as nodes, as far as it can be read."""
    root = read_yaml(data, "").root
    listed = child_of(root, ("claims",)) if root is not None else None
    for item in listed.items if isinstance(listed, SequenceNode) else ():
        if isinstance(item, MappingNode):
            yield item


def _file(data: bytes) -> Sketches | None:
    pieces = _pieces(data)
    read = [_piece(piece) for piece in pieces] if pieces is not None else [None]
    if all(sketch is not None for sketch in read):
        return {sketch.id: sketch for sketch in read if sketch is not None}
    document = read_yaml(data, "")
    if document.root is None or document.findings:
        return None
    whole = (sketch_of(node) for node in nodes(data))
    return {sketch.id: sketch for sketch in whole if sketch is not None}


def _pieces(data: bytes) -> list[bytes] | None:
    """The items of the list of claims, as people lay it out; None for any other layout."""
    _, found, rest = (b"\n" + data).partition(b"\nclaims:\n")
    if not found:
        return None
    listed = rest.partition(b"\ninquiries:")[0]
    dash = b"\n" + listed[: len(listed) - len(listed.lstrip(b" "))] + b"- "
    before, *pieces = (b"\n" + listed).split(dash)
    return [dash[1:] + piece for piece in pieces] if not before else None


@lru_cache(maxsize=8192)
def _piece(piece: bytes) -> Sketch | None:
    """The claim in a piece; None when it is not one whole item."""
    document = read_yaml(piece, "")
    if document.findings or not isinstance(document.root, SequenceNode) or len(document.root.items) != 1:
        return None
    return sketch_of(document.root.items[0])


def sketch_of(node: Node) -> Sketch | None:
    """The sketch of a claim; None for what has no id."""
    name = child_of(node, ("id",))
    if not isinstance(node, MappingNode) or not isinstance(name, ScalarNode):
        return None
    judged = {key: plain(node.items[key]) for key in ("statement", "scope", "check") if key in node.items}
    listed = node.items.get("forecasts")
    return Sketch(
        id=name.raw,
        question=_text(node, "question"),
        status=_text(node, "status") or "untested",
        label=_text(node, "grounding", "label"),
        test=next((key for key in ("check", "planned") if key in node.items), ""),
        judged=hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()[:16],
        forecasts=len(listed.items) if isinstance(listed, SequenceNode) else 0,
    )


def _text(node: Node, *loc: str) -> str:
    found = child_of(node, loc)
    return found.raw.strip() if isinstance(found, ScalarNode) else ""
