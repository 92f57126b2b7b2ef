"""Draft: a claim as far as it could be read, so that one mistake does not hide the others from lint."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from claims.domain.claim import Check, Claim, Gate, Model, Prediction, Relation, Source
from claims.registry.entry import Entry, child_of
from claims.registry.nodes import ScalarNode, SequenceNode, plain
from claims.registry.placeholders import unfilled

_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True)
class DraftCheck:
    """The readable parts of a check, by their position in the file."""

    experiment: str
    params: Mapping[str, Any]
    gates: Mapping[int, Gate]
    predictions: Mapping[int, Prediction]
    scale: str


@dataclass(frozen=True)
class Draft:
    """The readable parts of a claim. `entry` says where they stand."""

    entry: Entry
    sources: Mapping[int, Source] = field(default_factory=dict)
    relations: Mapping[int, Relation] = field(default_factory=dict)
    check: DraftCheck | None = None
    planned: str | None = None
    """The experiment that a planned check waits for."""

    @property
    def id(self) -> str:
        """The claim's id, or `claims[3]` where it has none that can be used."""
        return self.entry.label


def draft_of(entry: Entry, claim: Claim | None) -> Draft:
    """The draft of an entry; `claim` is the same entry where it could be read in full."""
    if claim is not None:
        check = _from_model(claim.check) if claim.check is not None else None
        planned = claim.planned.experiment if claim.planned is not None else None
        return Draft(entry, dict(enumerate(claim.sources)), dict(enumerate(claim.relations)), check, planned)
    sources, relations = _items(entry, Source, "sources"), _items(entry, Relation, "relations")
    return Draft(entry, sources, relations, _from_entry(entry), _experiment(entry, "planned"))


def _from_model(check: Check) -> DraftCheck:
    return DraftCheck(
        experiment=check.experiment,
        params=check.params,
        gates=dict(enumerate(check.gates)),
        predictions=dict(enumerate(check.predictions)),
        scale=check.scale,
    )


def _from_entry(entry: Entry) -> DraftCheck | None:
    experiment = _experiment(entry, "check")
    if experiment is None:
        return None
    params, scale = child_of(entry.node, ("check", "params")), child_of(entry.node, ("check", "scale"))
    values = plain(params) if params is not None else {}
    return DraftCheck(
        experiment=experiment,
        params=_with_tuples(values) if isinstance(values, dict) else {},
        gates=_items(entry, Gate, "check", "gates"),
        predictions=_items(entry, Prediction, "check", "predictions"),
        scale=scale.raw if isinstance(scale, ScalarNode) and scale.raw in ("cpu", "gpu") else "cpu",
    )


def _experiment(entry: Entry, where: str) -> str | None:
    node = child_of(entry.node, (where, "experiment"))
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else None


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if v is not None}


def _items(entry: Entry, model: type[_M], *loc: str) -> dict[int, _M]:
    """The items of a list that `model` accepts; what is wrong with the others is reported elsewhere."""
    listed = child_of(entry.node, loc)
    found: dict[int, _M] = {}
    for index, node in enumerate(listed.items if isinstance(listed, SequenceNode) else ()):
        if unfilled(node):
            continue
        try:
            found[index] = model.model_validate_json(json.dumps(plain(node)))
        except ValidationError:
            continue
    return found
