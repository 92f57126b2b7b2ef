"""Concluding: the record of a verify, then the status. The rename of the record is the commit point."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from claims.domain.claim import Status
from claims.domain.digest import claim_digest
from claims.domain.isolation import Isolation, weakest
from claims.domain.record import Judged, JudgedReplicate, Record
from claims.domain.run import Environment, Replicate, gate_results, is_valid
from claims.domain.verdict import ClaimVerdict, ControlResult
from claims.errors import ChangedWhileRunning, SetupError
from claims.ledger.evidence import write_record
from claims.ledger.files import replace_file
from claims.ledger.locks import hold
from claims.ledger.store import utc_now
from claims.project import Project, load
from claims.registration import Batch, claim_digest_at, commits_of, ran_as_committed, why_exploratory
from claims.registry.edit import with_status
from claims.runner import git
from claims.stats.decide import as_exploratory
from claims.verify.plan import Plan
from claims.verify.running import State, control_results

RULE: Literal[1] = 1


@dataclass(frozen=True)
class Result:
    """What came of a verify. `record` is None where the grade is `smoke`."""

    plan: Plan
    verdict: ClaimVerdict
    replicates: tuple[JudgedReplicate, ...]
    controls: tuple[ControlResult, ...]
    record: Record | None
    path: Path | None
    written: bool
    ran: int
    """Processes started; 0 when the ledger had everything."""
    before: Status
    after: Status
    exploratory_because: str | None
    isolation: Isolation
    """The weakest level that anything of it ran at."""


def conclude(project: Project, planned: Plan, state: State, verdict: ClaimVerdict, asked: int, started: str) -> Result:
    """Build the record, write it, then the status: the record's rename is the commit point."""
    judged = tuple(
        JudgedReplicate(replicate=r, gates=gate_results(planned.check.gates, r), valid=is_valid(planned.check.gates, r))
        for _, r in sorted(state.replicates.items())
    )
    controls = control_results(planned, state)
    before = planned.claim.status
    base = Result(planned, verdict, judged, controls, None, None, False, state.ran, before, before, None,
                  weakest(state.isolations))  # fmt: skip
    if verdict.verdict is None:
        return base
    if state.environment is None:
        raise SetupError("no replicate came far enough to say what it ran on; see .claims/logs/")
    told = tuple(r.model_copy(update={"replicate": _of_interest(r.replicate, planned)}) for r in judged)
    record = _record(project, planned, state.environment, base.isolation, verdict, told, controls, asked, started)
    batch, digest = Batch.of(record), record.claim.digest
    why = why_exploratory(project.root, planned.claim.id, digest, batch, commits_of(record), project.all_records)
    if why is not None:
        verdict = as_exploratory(verdict)
        base = replace(base, verdict=verdict)
    committed = planned.commit is not None and (
        claim_digest_at(project.root, planned.commit, planned.claim.id) == digest
        and ran_as_committed(project.root, planned.commit, record.experiment, record.closure)
    )
    told_of = {"verdict": verdict, "confirmatory": why is None, "exploratory_because": why, "dirty": not committed}
    record = record.model_copy(update=told_of)
    with hold(project.root / ".claims" / "lock", what="the project, whose records are being written,", wait=60):
        now = load(project.root)
        _still_the_same(now, planned)
        known = _equal_record(now, record)
        path = project.root / known if known else write_record(project.root, record)
        after = write_status(project.root, planned.claim.id)
    written = known is None
    stored = next(s.record for s in load(project.root).records[planned.claim.id] if project.root / s.path == path)
    return replace(base, record=stored, path=path, written=written, after=after, exploratory_because=why)


def _of_interest(replicate: Replicate, planned: Plan) -> Replicate:
    """A replicate with the traces of the conditions that the claim names: others would only make records large."""
    meant = planned.check.conditions
    traces = {c: t for c, t in replicate.traces.items() if c in meant or not meant}
    return replicate.model_copy(update={"traces": traces})


def _record(
    project: Project,
    planned: Plan,
    environment: Environment,
    isolation: Isolation,
    verdict: ClaimVerdict,
    judged: tuple[JudgedReplicate, ...],
    controls: tuple[ControlResult, ...],
    asked: int,
    started: str,
) -> Record:
    claim = planned.claim
    scale = planned.options.scale
    assert scale in ("cpu", "gpu")
    return Record(
        schema_version=1,
        rule=RULE,
        claim=Judged(
            id=claim.id, statement=claim.statement, scope=claim.scope, check=planned.check, digest=claim_digest(claim)
        ),
        experiment=planned.declared.name,
        deterministic=planned.declared.experiment.deterministic,
        closure=planned.closure,
        params=planned.params,
        scale="cpu" if scale == "cpu" else "gpu",
        batch=planned.options.batch,
        asked=asked,
        replicates=judged,
        controls=controls,
        verdict=verdict,
        commit=planned.commit,
        dirty=False,
        confirmatory=False,
        environment=environment,
        isolation=isolation,
        tier="self-reported",
        contributor=git.contributor(project.root),
        started=started,
        finished=utc_now(),
        previous=_heads(project, claim.id),
    )


def _heads(project: Project, claim_id: str) -> tuple[str, ...]:
    """Digests of the records of a claim that no other one names as its predecessor."""
    records = [s.record for s in project.records.get(claim_id, ())]
    named = {digest for record in records for digest in record.previous}
    return tuple(sorted(r.digest for r in records if r.digest not in named))


def _equal_record(project: Project, record: Record) -> str | None:
    """The path of a record that says the same of the same replicates; a verify that ran nothing adds nothing."""
    for stored in project.records.get(record.claim.id, ()):
        other = stored.record
        same = (
            other.claim == record.claim
            and other.closure == record.closure
            and _numbers(other) == _numbers(record)
            and other.controls == record.controls
            and other.verdict == record.verdict
            and other.confirmatory == record.confirmatory
        )
        if same:
            return stored.path
    return None


def _numbers(record: Record) -> list[Replicate]:
    """Replicates without their traces, which a record may hold thinned."""
    return [r.replicate.model_copy(update={"traces": {}}) for r in record.replicates]


def _still_the_same(now: Project, planned: Plan) -> None:
    claim = now.claim(planned.claim.id)
    if claim_digest(claim) != claim_digest(planned.claim):
        raise ChangedWhileRunning(f"{claim.id} changed while it ran: its replicates are kept, run verify again")
    if now.closures[planned.declared.name].digest != planned.closure.digest:
        raise ChangedWhileRunning(
            f"{planned.declared.path} changed while it ran: its replicates are kept, run verify again"
        )


def write_status(root: Path, claim_id: str) -> Status:
    """Derive the claim's status from its records and write it where it differs."""
    project = load(root)
    claim = project.claim(claim_id)
    status = project.standing(claim).status
    if status is not claim.status:
        file = project.loaded.places.of(claim_id).file
        replace_file(root / file, with_status((root / file).read_bytes(), claim_id, status, file))
    return status
