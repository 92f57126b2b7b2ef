"""Cards: the claims that a change adds, changes or removes, each with what a reviewer asks of it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from claims.declaration import Declared
from claims.domain.claim import Check, Claim, Prediction, Scalar
from claims.domain.digest import claim_digest
from claims.errors import ClaimsError
from claims.project import Project
from claims.registry.entry import Entry
from claims.registry.load import LoadedRegistry
from claims.registry.nodes import Plain, plain
from claims.report.cost import cost_of
from claims.report.facts import Card, Delta, Kind, Risk
from claims.report.grounding import grounds_of
from claims.report.risk import risk_of
from claims.report.strength import strength_of
from claims.stats.sample import sample

JUDGED = ("statement", "scope", "check")
"""The fields that a claim's digest is over, besides its id."""
_NAMES = ("id", "arxiv", "to", "label", "metric")
"""What an item of a list may be known by, so that one put in front of it does not seem to change it."""
_Leaves: TypeAlias = dict[str, str]


def cards_of(project: Project, before: LoadedRegistry) -> tuple[Card, ...]:
    """A card for each claim that is not what it was, by id."""
    old, new = before.places.claims, project.loaded.places.claims
    then = {claim.id: claim for claim in before.registry.claims}
    found = []
    for name in sorted(old.keys() | new.keys()):
        deltas = _deltas(old.get(name), new.get(name))
        if name not in new and not project.loaded.whole:
            continue  # it may stand where the file cannot be read
        if name not in new:
            found.append(Card(name, "removed", statement=then[name].statement if name in then else ""))
        elif name not in old or deltas:
            found.append(_card(project, name, then.get(name), deltas if name in old else None))
    return tuple(found)


def _card(project: Project, name: str, before: Claim | None, deltas: tuple[Delta, ...] | None) -> Card:
    """The card of a claim that is there; `deltas` is None where it is new."""
    kind: Kind = "added" if deltas is None else "changed"
    told = deltas or ()
    claim = project.by_id.get(name)
    if claim is None:  # what is wrong with it stands among the problems
        return Card(name, kind, deltas=told, digest_changed=any(d.judged for d in told))
    digest = claim_digest(claim)
    was = claim_digest(before) if before is not None else None
    lost = sum(s.record.claim.digest == was != digest for s in project.records.get(name, ()))
    card = {
        "id": name,
        "kind": kind,
        "question": claim.question,
        "statement": claim.statement,
        "scope": "; ".join(f"{key}: {_words(value)}" for key, value in claim.scope.items()),
        "deltas": told,
        "digest_changed": was != digest if was is not None else any(d.judged for d in told),
        "sources_changed": any(d.field.startswith(("sources", "grounding")) for d in told),
        "lost": lost,
        "label": claim.grounding.label.value,
        "because": claim.grounding.because,
        "grounds": grounds_of(claim, project.papers),
        "status": _status(project, claim),
    }
    return Card(**card, **_design(project, claim))  # type: ignore[arg-type]


def _design(project: Project, claim: Claim) -> dict[str, object]:
    check = claim.check or claim.planned
    if check is None:
        return {}
    declared = project.declared.get(check.experiment)
    said: dict[str, object] = {
        "experiment": check.experiment if claim.check is not None else f"{check.experiment}, which is to be written",
        "risks": tuple(_seen(risk_of(p, declared), p, project, claim) for p in check.predictions),
        "gates": tuple(_gate(check, i) for i in range(len(check.gates))),
        "note": check.note or "",
    }
    if declared is None or claim.check is None:
        return said
    said["controls"] = controls_in_words(declared)
    said["may_fail"] = tuple(_may_fail(check, declared))
    said["differs"] = declared.experiment.differs
    if _measurable(check, declared):
        try:
            said["seeds"], said["together"] = strength_of(project, claim)
            said["cost"] = cost_of(project, claim)
        except ClaimsError as error:
            said["cost"] = f"not known: {error}"
    return said


def _seen(risk: Risk, prediction: Prediction, project: Project, claim: Claim) -> Risk:
    """With what the records of other claims hold of it: who knows the numbers predicts nothing."""
    check = claim.check
    values: dict[int, float] = {}
    for record in project.all_records if check is not None else ():
        if check is not None and record.experiment == check.experiment and record.claim.id != claim.id:
            valid = [r.replicate for r in record.replicates if r.valid]
            with suppress(ValueError):
                values |= dict(zip((r.seed for r in valid), sample(prediction, valid), strict=True))
    inside = sum(value in prediction.expect.interval for value in values.values())
    return replace(risk, seen=len(values), inside=inside)


def _measurable(check: Check, declared: Declared) -> bool:
    """Whether the experiment measures what is predicted, at the scale that is asked for."""
    named = all(p.metric in declared.metrics for p in check.predictions)
    return named and check.scale in declared.experiment.scales


def controls_in_words(declared: Declared) -> tuple[str, ...]:
    """The controls of an experiment by kind, and whether one trains."""
    controls = declared.experiment.controls
    kinds = {kind: [c.name for c in controls if c.kind == kind] for kind in ("positive", "negative")}
    trains = [c.name for c in controls if c.trains]
    said = [f"{kind}: {', '.join(names) or 'NONE'}" for kind, names in kinds.items()]
    return (*said, f"through the training loop: {', '.join(trains) or 'NONE'}")


def _may_fail(check: Check, declared: Declared) -> Iterator[str]:
    """Arms in which the effect should be missing: what contrasts subtract, and the negative controls."""
    for name in dict.fromkeys(p.contrast.minus for p in check.predictions if p.contrast is not None):
        yield f"{name}: {declared.experiment.conditions.get(name, 'not a condition')}"
    for control in declared.experiment.controls:
        if control.kind == "negative":
            arms = {**declared.experiment.conditions, **declared.experiment.control_conditions}
            yield f"{control.name} (negative control): {control.doc or arms.get(control.condition, control.condition)}"


def _gate(check: Check, index: int) -> str:
    gate = check.gates[index]
    return f"{gate.metric}{f' at {gate.condition}' if gate.condition else ''}: {gate.expect}"


def _status(project: Project, claim: Claim) -> str:
    standing = project.standing(claim)
    derived = ", ".join(filter(None, [standing.status.value, standing.grade or "", *standing.flags]))
    if standing.status is claim.status:
        return f"the line says {claim.status}, and the records give the same ({derived})"
    return f"the line says {claim.status}, but the records give {derived}: STATUS NOT DERIVED"


def _deltas(before: Entry | None, after: Entry | None) -> tuple[Delta, ...]:
    old, new = (dict(_leaves(plain(e.node), "")) if e is not None else {} for e in (before, after))
    names = [*new, *(name for name in old if name not in new)]
    changed = (name for name in names if old.get(name) != new.get(name))
    return tuple(Delta(n, old.get(n), new.get(n), n.partition(".")[0].partition("[")[0] in JUDGED) for n in changed)


def _leaves(value: Plain, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for name, item in _named(value).items():
            yield from _leaves(item, f"{path}[{name}]")
    else:
        yield path, _shown(value)


def _named(items: list[Plain]) -> Mapping[str, Plain]:
    """Items by what they are known by, with a number where that is not unique."""
    found: dict[str, Plain] = {}
    for index, item in enumerate(items):
        known = next((str(item[key]) for key in _NAMES if key in item), "") if isinstance(item, dict) else ""
        name = known or str(index)
        found[name if name not in found else f"{name} ({index})"] = item
    return found


def _shown(value: Plain) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return f"{value}" if not isinstance(value, bool) else str(value).lower()


def _words(value: Scalar | tuple[Scalar, ...]) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
