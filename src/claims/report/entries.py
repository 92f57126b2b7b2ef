"""Entries: the records that a change adds, and what it does to those that were there."""

from collections.abc import Mapping
from dataclasses import replace

from claims.domain.finding import Finding
from claims.domain.record import Record
from claims.domain.rerun import tier_of
from claims.ledger.evidence import FOLDER, StoredRecord
from claims.ledger.reruns import rerun_path
from claims.project import Project
from claims.registration import commits_of
from claims.report.facts import Again, Entry, Kind
from claims.runner import git

ERRATUM = ".erratum.json"
KINDS: Mapping[str, Kind] = {"A": "added", "M": "changed", "T": "changed", "D": "removed"}


def rewritten(changed: Mapping[str, str]) -> dict[str, Kind]:
    """Evidence of the base that is not as it was. Records are append-only; an erratum may be corrected."""
    records = (path for path in sorted(changed) if path.startswith(f"{FOLDER}/") and not path.endswith(ERRATUM))
    return {path: KINDS[changed[path]] for path in records if changed[path] != "A" and changed[path] in KINDS}


def append_only(path: str, what: Kind, base: str) -> Finding:
    """What is wrong with evidence that was rewritten, and the way back."""
    message = f"was {what} since {base[:10]}; records are append-only (TAMPERED): git checkout {base[:10]} -- {path}"
    return Finding(file=path, message=message, kind="tampered")


def errata(changed: Mapping[str, str]) -> tuple[tuple[str, Kind], ...]:
    """Errata that come, go or change."""
    return tuple((path, KINDS[letter]) for path, letter in sorted(changed.items()) if path.endswith(ERRATUM))


def entries_of(project: Project, base: str, changed: Mapping[str, str]) -> tuple[Entry, ...]:
    """Every added record that can be read; of the others the findings tell."""
    stored = {s.path: s for records in project.records.values() for s in records}
    added = [path for path in sorted(changed) if changed[path] == "A" and path in stored]
    return tuple(_entry(project, stored[path], base) for path in added)


def reruns_of(project: Project, changed: Mapping[str, str]) -> tuple[Again, ...]:
    """Every added rerun that can be read."""
    found = []
    for stored in (s for records in project.records.values() for s in records):
        added = {rerun_path(stored.path, r): r for r in stored.reruns if changed.get(rerun_path(stored.path, r)) == "A"}
        before = [r for r in stored.reruns if r not in added.values()]
        for path, rerun in added.items():
            compared = rerun.comparison
            ran = f"{len(rerun.replicates)} of {len(stored.record.replicates)} seeds"
            said = f"{ran}: {compared.recorded}; fresh ones: {compared.fresh or 'not compared'}"
            tier = tier_of(stored.record, (*before, rerun))
            again = Again(path, rerun.claim, rerun.digest[:12], rerun.record[:12], rerun.contributor, said)
            raises = tier if tier != tier_of(stored.record, before) else ""
            found.append(replace(again, raises=raises, contests=rerun.disagrees))
    return tuple(found)


def _entry(project: Project, stored: StoredRecord, base: str) -> Entry:
    record = stored.record
    verdict = record.verdict.verdict.value if record.verdict.verdict is not None else "none"
    valid = sum(r.valid for r in record.replicates)
    why = "yes" if record.confirmatory else f"no: {record.exploratory_because or 'no reason given'}"
    return Entry(
        path=stored.path,
        claim=record.claim.id,
        verdict=f"{verdict} ({record.verdict.grade})",
        n=record.verdict.n,
        seeds=f"{len(record.replicates)} seeds, {valid} valid, batch {record.batch} at scale {record.scale}",
        batch=record.batch,
        contributor=record.contributor,
        confirmatory=why,
        tier=record.tier,
        isolation=record.isolation,
        digest=record.digest[:12],
        commits=_commits(project, record, base),
        previous=_previous(project, record),
        decides=_decides(project, stored),
        seen=_seen(project, stored),
    )


def _decides(project: Project, stored: StoredRecord) -> str:
    claim = project.by_id.get(stored.record.claim.id)
    if claim is None or stored.tier != "self-reported":
        return ""
    standing = project.standing(claim)
    decides = standing.record is not None and standing.record.digest == stored.record.digest
    return standing.status.value if decides else ""


def _seen(project: Project, stored: StoredRecord) -> str:
    claim = project.by_id.get(stored.record.claim.id)
    deciding = project.standing(claim).record if claim is not None else None
    if deciding is None or deciding.digest != stored.record.digest:
        return ""
    older = (s.record for s in project.records[deciding.claim.id] if s.record.finished < deciding.finished)
    return "; ".join(
        f"{record.digest[:12]}: {', '.join(f'{p.id} {p.estimate:g}' for p in shown)}"
        for record in sorted(older, key=lambda r: r.finished)
        if record.claim.digest != deciding.claim.digest
        and (shown := [p for p in record.verdict.predictions if p.estimate is not None])
    )


def _commits(project: Project, record: Record, base: str) -> str:
    """At which commits it ran, and where these are."""
    said = []
    for commit in sorted(commits_of(record), key=str):
        if commit is None:
            said.append("outside git: NOT REGISTERED")
        elif git.is_ancestor(project.root, commit, base):
            said.append(f"{commit[:10]}, which the base holds")
        elif git.is_ancestor(project.root, commit, git.head(project.root) or ""):
            said.append(f"{commit[:10]}, of this change")
        else:
            said.append(f"{commit[:10]}, NOT IN THIS HISTORY")
    return "; ".join(said)


def _previous(project: Project, record: Record) -> str:
    if not record.previous:
        return "none: it says that it is the claim's first"
    here = {s.record.digest for s in project.records.get(record.claim.id, ())}
    missing = [digest for digest in record.previous if digest not in here]
    named = ", ".join(digest[:12] for digest in record.previous)
    return f"{named}; {len(missing)} of them MISSING" if missing else f"{named}; all there"
