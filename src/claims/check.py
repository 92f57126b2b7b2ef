"""The use case `check`: everything that is wrong, and every verdict and status derived again from the records."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from claims.domain.claim import Claim
from claims.domain.finding import Finding
from claims.ledger.evidence import StoredRecord
from claims.project import Project, examine
from claims.rederivation import disagreements
from claims.runner import git


def check(root: Path) -> list[Finding]:
    """Every problem of a project, in the order of files and lines."""
    project, findings = examine(root)
    if project is not None:
        for claim_id, records in sorted(project.records.items()):
            if claim_id in project.loaded.places.claims:
                findings += _records(project, records)
            else:
                message = f"no claim {claim_id} in the registry; claims are withdrawn, not deleted"
                findings.append(Finding(file=f"evidence/{claim_id}", message=message))
        findings += [f for claim in project.registry.claims for f in _status(project, claim)]
        findings += _history(project)
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
            message=f"says {claim.status}, the records give {status} (TAMPERED); `claims verify {claim.id}` writes it",
            kind="tampered",
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
        declared = project.declared.get(record.experiment) if current else None
        for field, message in disagreements(project.root, record, declared, project.all_records):
            yield Finding(file=stored.path, field=field, message=f"{message} (TAMPERED)", kind="tampered")


def _history(project: Project) -> Iterator[Finding]:
    """Evidence is append-only: in the history, and between the last commit and here."""
    trouble = git.trouble(project.root) if project.records else None
    if trouble is not None:
        yield Finding(file="evidence", message=f"registration could not be checked: {trouble}")
    for path, commit in git.rewritten(project.root, "evidence", ".json"):
        if not path.endswith(".erratum.json"):
            where = "since the last commit" if commit == git.HERE else f"at commit {commit}"
            message = f"was changed or removed {where}; records are append-only (TAMPERED)"
            yield Finding(file=path, message=message, kind="tampered")
