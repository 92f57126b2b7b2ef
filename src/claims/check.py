"""The use case `check`: everything that is wrong, and every verdict and status derived again from the records."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from claims.declaration import Declared
from claims.domain.claim import Claim
from claims.domain.digest import Json, as_json, claim_digest, digest_of
from claims.domain.finding import Finding
from claims.domain.record import Record
from claims.domain.run import gate_results, is_valid
from claims.errors import ClaimsError
from claims.ledger.evidence import StoredRecord
from claims.project import Project, examine
from claims.registration import is_registered, why_exploratory
from claims.runner.seeds import derived_seed
from claims.stats.decide import RULES

TOLERANCE = 1e-9
"""Relative; verdicts are words and are compared exactly, numbers may differ in their last digits between machines."""


def check(root: Path) -> list[Finding]:
    """Every problem of a project, in the order of files and lines."""
    project, findings = examine(root)
    if project is not None:
        known = {claim.id for claim in project.registry.claims}
        for claim_id, records in sorted(project.records.items()):
            if claim_id in known:
                findings += _records(project, records)
            else:
                message = f"no claim {claim_id} in the registry; claims are withdrawn, not deleted"
                findings.append(Finding(file=f"evidence/{claim_id}", message=message))
        findings += [f for claim in project.registry.claims for f in _status(project, claim)]
    return sorted(findings, key=lambda f: (f.file, f.line, f.column, f.field))


def _status(project: Project, claim: Claim) -> Iterator[Finding]:
    status = project.standing(claim).status
    if status is not claim.status:
        place = project.loaded.places.of(claim.id, "status")
        yield Finding(
            file=place.file,
            line=place.line,
            column=place.column,
            field=f"{claim.id}.status",
            message=f"says {claim.status}, the records give {status} (TAMPERED); statuses are written by claims verify",
            kind="tampered",
        )


def _records(project: Project, records: Sequence[StoredRecord]) -> Iterator[Finding]:
    digests = {stored.record.digest for stored in records}
    for stored in records:
        for field, message in _disagreements(project, stored.record, digests):
            yield Finding(file=stored.path, field=field, message=f"{message} (TAMPERED)", kind="tampered")


def _disagreements(project: Project, record: Record, digests: set[str]) -> Iterator[tuple[str, str]]:
    """Field and message for everything in a record that does not follow from its raw measurements."""
    if record.claim.digest != claim_digest(record.claim):
        yield "claim.digest", "does not belong to the claim as judged"
    if record.closure.digest != digest_of([[f.path, f.sha256] for f in record.closure.files]):
        yield "closure.digest", "does not belong to the files listed"
    for missing in sorted(set(record.previous) - digests):
        yield "previous", f"names the record {missing[:8]}, which is not there; records are never removed"
    yield from _replicates(record)
    if record.rule in RULES:
        replicates = [r.replicate for r in record.replicates]
        rule = RULES[record.rule]
        try:
            again = rule(
                record.claim.check, replicates, record.controls, deterministic=record.deterministic, asked=record.asked
            )
        except ValueError as error:
            yield "replicates", f"cannot be judged: {error}"
        else:
            yield from _differences("verdict", as_json(record.verdict), as_json(again))
    declared = project.declared.get(record.experiment)
    closure = project.closures.get(record.experiment)
    if declared is not None and closure is not None and closure.digest == record.closure.digest:
        yield from _declared_controls(record, declared)
    if is_registered(project.root, record):
        why = why_exploratory(project.root, record.claim.id, record.claim.digest, record, project.all_records)
        if record.confirmatory and why is not None:
            yield "confirmatory", f"says true, but {why}"


def _replicates(record: Record) -> Iterator[tuple[str, str]]:
    for position, judged in enumerate(record.replicates):
        replicate, field = judged.replicate, f"replicates[{position}]"
        if replicate.index != position:
            yield f"{field}.replicate.index", f"says {replicate.index}, expected {position}: a replicate is missing"
        expected = derived_seed(
            record.experiment, _plain(record.params), record.scale, record.closure.digest, record.batch, position
        )
        if replicate.seed != expected:
            yield f"{field}.replicate.seed", f"says {replicate.seed}, the derivation gives {expected}"
        gates = gate_results(record.claim.check.gates, replicate)
        if judged.gates != gates:
            yield f"{field}.gates", "do not follow from the measurements"
        if judged.valid != is_valid(record.claim.check.gates, replicate):
            yield f"{field}.valid", f"says {judged.valid}, the outcome and the gates say {not judged.valid}"


def _declared_controls(record: Record, declared: Declared) -> Iterator[tuple[str, str]]:
    """Controls and parameters against the experiment's declaration, where that is still the one that ran."""
    try:
        params = declared.params_at(record.scale, record.claim.check.params)
    except ClaimsError as error:
        yield "params", str(error)
        return
    if digest_of(_plain(params)) != digest_of(_plain(record.params)):
        yield "params", "are not the scale's with the claim's over them"
    found = {control.name: control for control in record.controls}
    for control in declared.experiment.controls:
        if control.name not in found:
            yield "controls", f"lacks {control.name}, which the experiment declares"
            continue
        ran = found[control.name]
        own = declared.params_at(record.scale, {**record.claim.check.params, **control.params})
        seeds = [
            derived_seed(record.experiment, _plain(own), record.scale, record.closure.digest, record.batch, i)
            for i in range(control.seeds)
        ]
        if [run.seed for run in ran.runs] != seeds:
            yield f"controls.{control.name}.runs", "are not at the derived seeds"
        said = ran.expect.model_dump(mode="json", exclude_none=True)
        if digest_of(said) != digest_of(_plain(control.expect)) or ran.metric != control.metric:
            yield f"controls.{control.name}.expect", "is not what the experiment declares"


def _plain(values: object) -> dict[str, Json]:
    assert isinstance(values, dict)
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


def _differences(field: str, said: Json, derived: Json) -> Iterator[tuple[str, str]]:
    """The leaves at which two JSON values differ."""
    if isinstance(said, dict) and isinstance(derived, dict):
        for key in sorted({*said, *derived}):
            yield from _differences(f"{field}.{key}", said.get(key), derived.get(key))
    elif isinstance(said, list) and isinstance(derived, list) and len(said) == len(derived):
        for position, (one, other) in enumerate(zip(said, derived, strict=True)):
            yield from _differences(f"{field}[{position}]", one, other)
    elif isinstance(said, float) and isinstance(derived, float):
        if not math.isclose(said, derived, rel_tol=TOLERANCE, abs_tol=1e-15):
            yield field, f"says {said:g}, the measurements give {derived:g}"
    elif said != derived and not field.endswith(".reason"):
        yield field, f"says {said}, the measurements give {derived}"
