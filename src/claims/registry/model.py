"""A model from what a person wrote: read strictly, with everything that is wrong in its place."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from claims.domain.finding import Finding
from claims.registry.entry import Entry, child_of
from claims.registry.messages import translate
from claims.registry.nodes import Loc, MappingNode, Node, ScalarNode, SequenceNode, plain
from claims.registry.placeholders import MARK, is_missing

_M = TypeVar("_M", bound=BaseModel)


def parsed(model: type[_M], entry: Entry, node: Node, dates: Iterable[Loc] = ()) -> tuple[_M | None, list[Finding]]:
    """`node` of an entry as a model, or None with findings. `dates` are where days stand in it."""
    unusable = list(_unusable(node))
    found: list[Finding] = [entry.finding(loc, is_missing(scalar)) for loc, scalar in unusable if not scalar.broken]
    value: _M | None = None
    try:
        value = model.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        found += translate(error, entry, model, [loc for loc, _ in unusable])
    found += _inexact(entry, dates) if not found else []
    return (None if found or unusable else value), found


def _unusable(node: Node, loc: Loc = ()) -> Iterator[tuple[Loc, ScalarNode]]:
    """Scalars that are null, which means nothing in a registry, or left to be written, or reported as broken."""
    match node:
        case ScalarNode(raw=raw, value=value):
            if value is None or MARK in raw:
                yield loc, node
        case SequenceNode():
            for index, item in enumerate(node.items):
                yield from _unusable(item, (*loc, index))
        case MappingNode():
            for key, item in node.items.items():
                yield from _unusable(item, (*loc, key))


def _inexact(entry: Entry, dates: Iterable[Loc]) -> list[Finding]:
    """pydantic reads the text "0" as a day in 1970; a person did not mean that."""
    found = []
    for loc in dates:
        node = child_of(entry.node, loc)
        if isinstance(node, ScalarNode) and not re.fullmatch(r"\d{4}-\d\d-\d\d", node.raw, re.ASCII):
            found.append(entry.finding(loc, f"{node.raw} is not a date; write it as 2025-05-16"))
    return found
