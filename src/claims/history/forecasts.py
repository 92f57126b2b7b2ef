"""Forecasts as they stood when a verdict's replicates ran: what was written or changed later counts for nothing."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from claims.domain.claim import Forecast
from claims.history.sketch import nodes
from claims.history.versions import files_at
from claims.registry.nodes import Node, SequenceNode, child, plain
from claims.runner import git

_Forecasts = dict[str, tuple[Forecast, ...]]


def stood(root: Path, claim_id: str, commits: Iterable[str | None]) -> tuple[Forecast, ...] | None:
    """The forecasts of a claim that stood, as they are, at every one of these commits.

    None where that cannot be known: there is no commit, or this copy does not hold it in its history.
    """
    found: list[tuple[Forecast, ...]] = []
    head = git.head(root)
    for commit in commits:
        if commit is None or head is None or not git.is_ancestor(root, commit, head):
            return None
        found.append(_at(root, commit).get(claim_id, ()))
    if not found:
        return None
    return tuple(f for f in found[0] if all(f in others for others in found[1:]))


@lru_cache(maxsize=256)
def _at(root: Path, commit: str) -> _Forecasts:
    """All forecasts of the registry at a commit. Most versions hold none, which is seen without reading YAML."""
    found: _Forecasts = {}
    for data in files_at(root, commit).values():
        if b"forecasts" in data:
            for node in nodes(data):
                name = child(node, "id")
                if name is not None and (read := _read(child(node, "forecasts"))):
                    found[str(plain(name))] = read
    return found


def _read(listed: Node | None) -> tuple[Forecast, ...]:
    """Those that are sound, the first of each person: lint refuses the others, and an old commit may hold them."""
    first: dict[str, Forecast] = {}
    for item in listed.items if isinstance(listed, SequenceNode) else ():
        try:
            forecast = Forecast.model_validate_json(json.dumps(plain(item)))
        except ValidationError:
            continue
        first.setdefault(forecast.by.casefold(), forecast)
    return tuple(first.values())
