"""What pydantic found wrong, in plain words and with its place in the file."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError

from claims.domain.claim import ArxivId, Name, Slug
from claims.domain.dispute import Reference
from claims.domain.finding import Finding
from claims.registry.entry import Entry, child_of
from claims.registry.nodes import Loc, MappingNode, Node, ScalarNode, SequenceNode, follow
from claims.registry.scalars import shown
from claims.registry.yaml_subset import kind_of

_PATTERNS = {
    get_args(Slug)[1].pattern: "is not an id: lower-case letters and digits, joined by hyphens",
    get_args(Name)[1].pattern: "is not a name: lower-case letters and digits, joined by _ or -",
    get_args(Reference)[1].pattern: "is neither an arXiv id with its version, such as 2505.11711v2, nor a record's "
    "digest of 64 signs; since 2015 an arXiv id has five digits behind the point",
}
_ARXIV = get_args(ArxivId)[1].pattern
_WANTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_UNIONS = {
    "value": "a number, or the two ends of a range as [low, high], is expected",
    "looks": "looks are [8], [8, 16] or [8, 16, 24]",
}
_SCALARS = "text, a number, true or false, or a list of these is expected"


class _Error(NamedTuple):
    loc: Loc
    kind: str
    context: Mapping[str, Any]
    text: str


def translate(error: ValidationError, entry: Entry, model: type[BaseModel], known: Collection[Loc]) -> list[Finding]:
    """Findings for everything that `model` refused in an entry, one a place; nothing at or around `known` places."""
    settled = {loc[:depth] for loc in known for depth in range(len(loc) + 1)}
    findings: list[Finding] = []
    unions: set[Loc] = set()
    errors = [_Error(e["loc"], e["type"], e.get("ctx", {}), e["msg"]) for e in error.errors(include_url=False)]
    meant = {(*e.loc[:-1], _meant(e, model)) for e in errors if e.kind == "extra_forbidden"}
    for e in errors:
        node, reached = follow(entry.node, e.loc)
        if e.kind == "missing" and len(reached) >= len(e.loc) - 1:
            if e.loc not in meant:
                findings.append(entry.finding(e.loc, "is missing"))
        elif e.kind == "extra_forbidden":
            findings.append(entry.key_finding(e.loc, _unknown_key(e, model) + _comma(entry, e.loc)))
        elif reached in settled:
            continue
        elif len(reached) < len(e.loc):  # the rest of the location names a branch of a union
            if reached not in unions:
                findings.append(entry.finding(reached, _UNIONS.get(str(reached[-1]), _SCALARS)))
            unions.add(reached)
        elif not _follows_from_another(e, node):
            findings.append(entry.finding(e.loc, _say(e, node)))
    return findings


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean gap_closed?`, or what is known, or nothing."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6) if len(word) <= 100 else []
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(names)}" if names else ""


def _say(e: _Error, node: Node) -> str:
    if e.kind == "value_error":
        return str(e.context["error"])
    if e.kind in _WANTED:
        return _wrong_type(e, node)
    if e.kind in ("literal_error", "enum"):
        return _not_one_of(str(e.context["expected"]), node)
    if e.kind == "string_pattern_mismatch":
        return _wrong_pattern(str(e.context["pattern"]), node)
    match e.kind:
        case "string_too_short":
            return "is empty"
        case "string_too_long":
            return f"is longer than {e.context['max_length']} characters"
        case "too_short":
            return f"needs at least {e.context['min_length']}"
        case "date_parsing" | "date_from_datetime_parsing":
            return f"{_raw(node)} is not a date; write it as 2025-05-16"
        case "less_than_equal":
            return f"{_raw(node)} is above {e.context['le']:g}"
        case "greater_than_equal":
            return f"{_raw(node)} is below {e.context['ge']:g}"
        case "finite_number":
            return f"{_raw(node)} is not a finite number"
    return e.text[:1].lower() + e.text[1:]


def _wrong_type(e: _Error, node: Node) -> str:
    wanted = _WANTED[e.kind]
    if not isinstance(node, ScalarNode):
        return f"{'a list' if isinstance(node, SequenceNode) else 'a mapping'} stands here; {wanted} is expected"
    raw = _raw(node)
    if e.kind == "string_type" and node.plain:
        if e.loc[-1] in ("arxiv", "paper") or e.loc[:1] == ("evidence",):
            return _wrong_pattern(_ARXIV, node)
        return f'{raw} is a {kind_of(node)} here; write it in quotes: "{raw}"'
    if not node.plain and e.kind in ("float_type", "int_type", "bool_type"):
        return f'"{raw}" is text here; {wanted} is expected, without quotes'
    return f"{raw} is a {kind_of(node)} here; {wanted} is expected".replace("is a text", "is text")


def _not_one_of(expected: str, node: Node) -> str:
    words = re.findall(r"'([^']*)'", expected) or [expected]
    if not isinstance(node, ScalarNode):
        return f"one of {', '.join(words)} is expected"
    close = get_close_matches(node.raw, words, n=1) if len(node.raw) <= 100 else []
    only = f"is not one of {', '.join(words)}" if len(words) > 1 else f"is not {words[0]}"
    return f"{_raw(node)} {only}" + (f"; did you mean {close[0]}?" if close else "")


def _wrong_pattern(pattern: str, node: Node) -> str:
    raw = _raw(node)
    if pattern != _ARXIV:
        return f"{raw} {_PATTERNS.get(pattern, 'does not have the form ' + pattern)}"
    if re.fullmatch(_ARXIV, f"{raw}v1"):
        return f"{raw} carries no version; write the one that you read (claims sources show {raw} names them)"
    return f"{raw} is not an arXiv id with its version, such as 2505.11711v2 (five digits behind the point since 2015)"


def _follows_from_another(e: _Error, node: Node) -> bool:
    """A list counts as too short when pydantic dropped its bad items; those are reported already."""
    return e.kind == "too_short" and isinstance(node, SequenceNode) and len(node.items) >= e.context["min_length"]


def _unknown_key(e: _Error, model: type[BaseModel]) -> str:
    return f"unknown key{did_you_mean(str(e.loc[-1]), _keys(e, model))}"


def _comma(entry: Entry, loc: Loc) -> str:
    """What a comma did where it made a key of the rest of a text: inside braces it ends a value."""
    around, key = child_of(entry.node, loc[:-1]), str(loc[-1])
    if not isinstance(around, MappingNode) or not around.flow:
        return ""
    value = around.items.get(key)
    if " " not in key and not (isinstance(value, ScalarNode) and value.value is None):
        return ""
    return " (inside { } a comma ends a value: put the text in quotes, or write one key a line)"


def _meant(e: _Error, model: type[BaseModel]) -> str:
    close = get_close_matches(str(e.loc[-1]), _keys(e, model), n=1) if len(str(e.loc[-1])) <= 100 else []
    return close[0] if close else ""


def _keys(e: _Error, model: type[BaseModel]) -> list[str]:
    """The keys that may stand where an unknown one was found."""
    inner: type[BaseModel] | None = model
    for step in e.loc[:-1]:
        if isinstance(step, str) and inner is not None and step in inner.model_fields:
            inner = _model_in(inner.model_fields[step].annotation)
    return sorted(field.alias or name for name, field in inner.model_fields.items()) if inner is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _raw(node: Node) -> str:
    return shown(node.raw) if isinstance(node, ScalarNode) else "this"
