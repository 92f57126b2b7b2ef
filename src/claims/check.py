"""The use case `check`: everything that is wrong, and every verdict and status derived again from the records."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from claims.domain.claim import Claim
from claims.domain.digest import claim_digest
from claims.domain.finding import Finding
from claims.domain.record import Record
from claims.history.disputes import altered
from claims.history.vanished import vanished
from claims.ledger.evidence import StoredRecord
from claims.ledger.reruns import rerun_path
from claims.project import Project, examine
from claims.rederivation import disagreements
from claims.registry.lint_forecasts import late_forecasts
from claims.rerun_derivation import disagreements_of
from claims.runner import git
from claims.twins import contradictions, copies


def check(root: Path) -> list[Finding]:
    """Every problem of a project, in the order of files and lines."""
    return checked(root)[1]


def checked(root: Path) -> tuple[Project | None, list[Finding]]:
    """The project, unless no registry can be had, and every problem of it in the order of files and lines."""
    project, findings = examine(root)
    if project is not None:
        unsound = {f.file.split("/")[1] for f in findings if f.file.startswith("evidence/")}
        for claim_id, records in sorted(project.records.items()):
            if claim_id in project.loaded.places.claims:
                findings += _records(project, records)
            elif project.loaded.whole:
                message = f"no claim {claim_id} in the registry; claims are withdrawn, not deleted"
                findings.append(Finding(file=f"evidence/{claim_id}", message=message))
        # what an unreadable record said of its claim is not known, so the status is not judged
        # nor is it while two entries have the claim's name: which of them the records are of is not known either
        unsound |= _named_twice(project)
        findings += [f for c in project.registry.claims if c.id not in unsound for f in _status(project, c)]
        findings += _ahead(project)
        findings += [f for c in project.registry.claims if c.forecasts for f in _forecasts(project, c)]
        findings += _history(project)
        findings += _twice_told(project)
        findings += altered(project.root, {f.path: f for said in project.disputes.values() for f in said})
        if project.loaded.whole:
            findings += vanished(project.root, project.loaded.places.claims.keys())
    return project, sorted(findings, key=lambda f: (f.file, f.line, f.column, f.field))


def _named_twice(project: Project) -> set[str]:
    named = Counter(draft.entry.label for draft in project.loaded.drafts)
    return {claim_id for claim_id, times in named.items() if times > 1}


def _ahead(project: Project) -> Iterator[Finding]:
    """Days in claims and disputes that have come nowhere on Earth yet. Time can only cure such a finding."""
    today = datetime.now(UTC).date() + timedelta(days=1)
    late = "has not come yet; write the day on which it was"
    for claim in project.registry.claims:
        if claim.asserted > today:
            where, field = project.loaded.places.of(claim.id, "asserted"), f"{claim.id}.asserted"
            message = f"{claim.asserted} {late}"
            yield Finding(file=where.file, line=where.line, column=where.column, field=field, message=message)
    for filed in (f for said in project.disputes.values() for f in said):
        ended = getattr(filed.said, "resolved", None)
        for field, day in (("on", filed.said.on), *((("resolved.on", ended.on),) if ended else ())):
            if day > today:
                yield Finding(file=filed.path, field=field, message=f"{day} {late}")


def _status(project: Project, claim: Claim) -> Iterator[Finding]:
    status = project.standing(claim).status
    if status is claim.status:
        return
    place = project.loaded.places.of(claim.id, "status")
    kind: Literal["invalid", "tampered"] = "tampered"
    if claim.check is None:
        remedy = f"(TAMPERED); write status: {status}"
    elif any(_was(stored.record, claim) for stored in project.records.get(claim.id, ())):
        kind = "invalid"
        remedy = "since the claim or its check was changed; undo that, or commit it and run claims verify --batch next"
    else:
        remedy = f"(TAMPERED); claims verify {claim.id} writes it"
    yield Finding(
        file=place.file,
        line=place.line,
        column=place.column,
        field=f"{claim.id}.status",
        message=f"says {claim.status}, the records give {status} {remedy}",
        kind=kind,
    )


def _forecasts(project: Project, claim: Claim) -> Iterator[Finding]:
    """Of a stale verdict the next one may be forecast."""
    standing = project.standing(claim)
    if standing.record is not None and "stale" not in standing.flags:
        decided = date.fromisoformat(standing.record.finished[:10])
        yield from late_forecasts(claim, project.loaded.places.claims[claim.id], decided)


def _was(record: Record, claim: Claim) -> bool:
    """Whether a status is what a record said of the claim as it stood before it was changed."""
    said = record.verdict.verdict
    return (
        record.confirmatory
        and record.claim.digest != claim_digest(claim)
        and said is not None
        and said.value == claim.status.value
    )


def _records(project: Project, records: Sequence[StoredRecord]) -> Iterator[Finding]:
    digests = {stored.record.digest for stored in records}
    for stored in records:
        record = stored.record
        closure = project.closures.get(record.experiment)
        current = closure is not None and closure.digest == record.closure.digest
        if stored.erratum is not None and current:
            message = "has an erratum, but its code is today's: an erratum is about older code"
            yield Finding(file=stored.path, message=message)
        for missing in sorted(set(record.previous) - digests):
            message = f"names the record {missing[:8]}, which is not there; records are never removed (TAMPERED)"
            yield Finding(file=stored.path, field="previous", message=message, kind="tampered")
        for other in records:
            if other.record.digest in record.previous and other.record.finished > record.finished:
                message = f"{record.finished} is before {other.path}, which it names as older, was finished (TAMPERED)"
                yield Finding(file=stored.path, field="finished", message=message, kind="tampered")
        for rerun in stored.reruns:
            for field, message in disagreements_of(rerun, record):
                place = rerun_path(stored.path, rerun)
                yield Finding(file=place, field=field, message=f"{message} (TAMPERED)", kind="tampered")
        declared = project.declared.get(record.experiment) if current else None
        for field, message in disagreements(project.root, record, declared, project.all_records):
            yield Finding(file=stored.path, field=field, message=f"{message} (TAMPERED)", kind="tampered")


def _twice_told(project: Project) -> Iterator[Finding]:
    """Claims share replicates, so an edited number is contradicted wherever else its run is told."""
    everything = [stored for records in project.records.values() for stored in records]
    for path, field, message in (*contradictions(everything), *copies(everything)):
        yield Finding(file=path, field=field, message=f"{message} (TAMPERED)", kind="tampered")


def _history(project: Project) -> Iterator[Finding]:
    """Evidence is append-only: in the history, and between the last commit and here."""
    trouble = git.trouble(project.root) if project.records else None
    if trouble is not None:
        yield Finding(file="evidence", message=f"registration could not be checked: {trouble}")
    for path, commit in git.rewritten(project.root, "evidence", ".json"):
        if not path.endswith(".erratum.json"):
            where = "since the last commit" if commit == git.HERE else f"at commit {commit}"
            remedy = f": git restore {path}" if commit == git.HERE else ""
            message = f"was changed or removed {where}; records are append-only (TAMPERED){remedy}"
            yield Finding(file=path, message=message, kind="tampered")
