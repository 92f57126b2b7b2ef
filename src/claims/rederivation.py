"""Rederivation: what in a record does not follow from its raw measurements, its code and its commits."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from claims.declaration import Declared, parse
from claims.domain.digest import Json, as_json, claim_digest, digest_of
from claims.domain.record import Record
from claims.domain.run import Replicate, gate_results, is_valid
from claims.domain.verdict import ControlResult
from claims.errors import ClaimsError
from claims.experiment import Control
from claims.registration import Batch, commits_of, is_registered, ran_as_committed, why_exploratory
from claims.runner import git
from claims.runner.seeds import derived_seed
from claims.stats.decide import RULES, as_exploratory

TOLERANCE = 1e-9
"""Relative; verdicts are words and are compared exactly, numbers may differ in their last digits between machines."""

Disagreements = Iterator[tuple[str, str]]
"""A field of a record, and what is wrong with it."""


def disagreements(
    root: Path, record: Record, declared: Declared | None, all_records: Sequence[Record]
) -> Disagreements:
    """Everything in a record that does not follow. `declared` is today's declaration where today's code is the
    record's; else the declaration is read from the commit at which it ran, if that can be had."""
    if record.claim.digest != claim_digest(record.claim):
        yield "claim.digest", "does not belong to the claim as judged"
    if record.closure.digest != digest_of([[f.path, f.sha256] for f in record.closure.files]):
        yield "closure.digest", "does not belong to the files listed"
    if record.experiment != record.claim.check.experiment:
        yield "experiment", f"says {record.experiment}, the check says {record.claim.check.experiment}"
    if record.tier != "self-reported":
        # reruns raise a tier, files of their own; nothing here can tell that a machine of the project ran it
        yield "tier", f"says {record.tier} of itself; a record is self-reported until somebody else runs it again"
    yield from _replicates(record)
    yield from _verdict(record)
    declared = declared or _declared_then(root, record)
    if declared is not None:
        yield from _declaration(record, declared)
    yield from _confirmation(root, record, all_records)


def _replicates(record: Record) -> Disagreements:
    for position, judged in enumerate(record.replicates):
        replicate, field = judged.replicate, f"replicates[{position}]"
        if replicate.index != position:
            yield f"{field}.replicate.index", f"says {replicate.index}, expected {position}: a replicate is missing"
        expected = derived_seed(
            record.experiment, record.params, record.scale, record.closure.digest, record.batch, position
        )
        if replicate.seed != expected:
            yield f"{field}.replicate.seed", f"says {replicate.seed}, the derivation gives {expected}"
        if judged.gates != gate_results(record.claim.check.gates, replicate):
            yield f"{field}.gates", "do not follow from the measurements"
        if judged.valid != is_valid(record.claim.check.gates, replicate):
            yield f"{field}.valid", f"says {judged.valid}, the outcome and the gates say {not judged.valid}"


def _verdict(record: Record) -> Disagreements:
    replicates = [r.replicate for r in record.replicates]
    rule = RULES[record.rule]
    try:
        again = rule(
            record.claim.check, replicates, record.controls, deterministic=record.deterministic, asked=record.asked
        )
    except ValueError as error:
        yield "replicates", f"cannot be judged: {error}"
        return
    again = again if record.confirmatory else as_exploratory(again)
    yield from _differences("verdict", as_json(record.verdict), as_json(again))


def _confirmation(root: Path, record: Record, all_records: Sequence[Record]) -> Disagreements:
    commits = commits_of(record)
    if None in commits and record.confirmatory:
        yield "confirmatory", "says true, but a replicate ran outside a git commit"
    elif is_registered(root, record):
        others = [r for r in all_records if r.digest != record.digest]
        why = why_exploratory(root, record.claim.id, record.claim.digest, Batch.of(record), commits, others)
        if record.confirmatory and why is not None:
            yield "confirmatory", f"says true, but {why}"
        if not record.confirmatory and why is None:
            yield "confirmatory", "says false, but nothing makes it exploratory"


def _declared_then(root: Path, record: Record) -> Declared | None:
    path = f"experiments/{record.experiment}.py"
    for commit in sorted(c for c in commits_of(record) if c):
        data = git.file_at(root, commit, path)
        if data is not None and ran_as_committed(root, commit, record.experiment, record.closure):
            return parse(data.decode(), path)
    return None


def _declaration(record: Record, declared: Declared) -> Disagreements:
    experiment = declared.experiment
    if record.deterministic != experiment.deterministic:
        yield "deterministic", f"says {record.deterministic}, the experiment declares {experiment.deterministic}"
    try:
        params = declared.params_at(record.scale, record.claim.check.params)
    except ClaimsError as error:
        yield "params", str(error)
        return
    if digest_of(params) != digest_of(record.params):
        yield "params", "are not the scale's with the claim's over them"
    for position, judged in enumerate(record.replicates):
        yield from _bounds(f"replicates[{position}].replicate", judged.replicate, declared)
    found = {control.name: control for control in record.controls}
    names = sorted(control.name for control in experiment.controls)
    if sorted(control.name for control in record.controls) != names:
        yield "controls", f"are {', '.join(sorted(found)) or 'none'}; the experiment declares {', '.join(names)}"
    for control in experiment.controls:
        if control.name in found:
            yield from _control(record, found[control.name], control, declared)


def _bounds(field: str, replicate: Replicate, declared: Declared) -> Disagreements:
    for where, numbers in ({"combined": replicate.combined} | replicate.measured).items():
        for name, value in numbers.items():
            metric = declared.metrics.get(name)
            if metric is None or not metric.low <= value <= metric.high:
                yield f"{field}.{where}.{name}", f"says {value:g}, which the experiment's declaration does not allow"


def _control(record: Record, ran: ControlResult, control: Control, declared: Declared) -> Disagreements:
    field = f"controls.{control.name}"
    own = declared.params_at(record.scale, {**record.claim.check.params, **control.params})
    key = (record.scale, record.closure.digest, record.batch)
    seeds = [derived_seed(record.experiment, own, *key, i) for i in range(control.seeds)]
    if [run.seed for run in ran.runs] != seeds:
        yield f"{field}.runs", "are not at the derived seeds"
    if any(run.value is not None and run.outcome not in ("ok", "not-finite") for run in ran.runs):
        yield f"{field}.runs", "hold a value of a run that did not end well"
    said = ran.expect.model_dump(mode="json", exclude_none=True)
    fields = (ran.metric, ran.condition, ran.kind, ran.trains)
    declares = (control.metric, control.condition, control.kind, control.trains)
    if digest_of(said) != digest_of(control.expect) or fields != declares:
        yield f"{field}.expect", "is not what the experiment declares"


def _differences(field: str, said: Json, derived: Json) -> Disagreements:
    """The leaves at which two JSON values differ; reasons are words that may be worded better one day."""
    if isinstance(said, dict) and isinstance(derived, dict):
        for key in sorted({*said, *derived} - {"reason"}):
            yield from _differences(f"{field}.{key}", said.get(key), derived.get(key))
    elif isinstance(said, list) and isinstance(derived, list) and len(said) == len(derived):
        for position, (one, other) in enumerate(zip(said, derived, strict=True)):
            yield from _differences(f"{field}[{position}]", one, other)
    elif isinstance(said, float) and isinstance(derived, float):
        if not math.isclose(said, derived, rel_tol=TOLERANCE, abs_tol=1e-15):
            yield field, f"says {said:g}, the measurements give {derived:g}"
    elif said != derived:
        yield field, f"says {said}, the measurements give {derived}"
