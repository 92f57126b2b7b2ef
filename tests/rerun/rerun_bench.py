"""Records of the toy project, honest and forged, and running them again."""

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from claims.domain.record import Record
from claims.domain.rerun import Comparison, Rerun
from claims.domain.run import Replicate, gate_results, is_valid
from claims.ledger.evidence import StoredRecord, write_record
from claims.project import Project, load
from claims.rerun.rerun import Wish, keep, rerun
from claims.runner.seeds import derived_seed, drawn, fresh_batch
from claims.stats.agreement import compare
from claims.stats.decide import RULES
from claims.verify.concluding import write_status
from tests.conftest import commit
from tests.verify.test_verify import Silent, run

CLAIM = "coins-differ"


def recorded(root: Path, claim: str = CLAIM) -> StoredRecord:
    """A verify of a claim, committed; its record."""
    run(root, claim)
    commit(root, "evidence")
    return load(root).records[claim][-1]


def again(root: Path, stored: StoredRecord, entropy: str = "drawn", most: int | None = None) -> Rerun:
    """The record run again and kept."""
    project = load(root)
    found = rerun(project, stored, Wish(entropy, most, 2), Silent())
    keep(project, stored, found)
    return found


def forged(root: Path, stored: StoredRecord, change: Callable[[Replicate], Replicate]) -> StoredRecord:
    """The record with other measurements, everything that follows from them derived again, in place of the honest one.

    It is what somebody hands in who knows the rules and has no scruples: `claims check` must find it sound.
    """
    record = stored.record
    check = record.claim.check
    judged = []
    for old in record.replicates:
        new = change(old.replicate)
        judged.append(
            old.model_copy(
                update={"replicate": new, "gates": gate_results(check.gates, new), "valid": is_valid(check.gates, new)}
            )
        )
    verdict = RULES[record.rule](
        check, [j.replicate for j in judged], record.controls, deterministic=record.deterministic, asked=record.asked
    )
    return put(root, stored, record.model_copy(update={"replicates": tuple(judged), "verdict": verdict}))


def put(root: Path, stored: StoredRecord, record: Record) -> StoredRecord:
    """`record`, sealed, in the place of another one in a history that never held that other one."""
    subprocess.run(["git", "-C", str(root), "reset", "-q", "--soft", "HEAD~1"], check=True)
    (root / stored.path).unlink()
    write_record(root, record)
    write_status(root, record.claim.id)
    commit(root, "evidence")
    return load(root).records[record.claim.id][-1]


def raised(replicate: Replicate) -> Replicate:
    """Every score of the treated coin half a point higher."""
    measured = {c: {m: v + 0.5 * (c == "treated" and m == "score") for m, v in found.items()}
                for c, found in replicate.measured.items()}  # fmt: skip
    return replicate.model_copy(update={"measured": measured})


def as_somebody_else(root: Path) -> None:
    """Let another person sit down at the machine."""
    subprocess.run(["git", "-C", str(root), "config", "user.name", "Somebody Else"], check=True)


def project_of(root: Path) -> Project:
    """The project as it is now."""
    return load(root)


def invented(stored: StoredRecord, entropy: str = "mine", most: int | None = None, minutes: int = 60) -> Rerun:
    """A rerun that agrees in everything, written without running anything."""
    record = stored.record
    began = datetime.fromisoformat(record.finished) + timedelta(minutes=minutes)
    utc = f"{began:%Y-%m-%dT%H:%M:%SZ}"
    batch = fresh_batch(entropy, record.digest)
    known = [
        j.replicate.model_copy(update={"traces": {}, "utc": utc, "seconds": abs(minutes) / 7})
        for j in record.replicates
    ]
    ran = [known[i] for i in drawn(entropy, record.digest, range(len(known)), most)]
    params = record.model_dump(mode="json")["params"]
    key = (record.experiment, params, record.scale, record.closure.digest, batch)
    fresh = [r.model_copy(update={"index": i, "seed": derived_seed(*key, i)}) for i, r in enumerate(ran)]
    return compared(
        stored,
        Rerun(
            schema_version=1, record=record.digest, claim=record.claim.id, experiment=record.experiment,
            entropy=entropy, replicates=tuple(ran), repeated=(), controls=record.controls, fresh_batch=batch,
            fresh=tuple(fresh), comparison=Comparison(recorded="agrees", fresh=None, because="-"), commit=record.commit,
            environment=record.environment, isolation="none", contributor="Somebody Else", started=utc, finished=utc,
        ),
    )  # fmt: skip


def compared(stored: StoredRecord, rerun: Rerun) -> Rerun:
    """The rerun with what its own numbers say."""
    found = compare(stored.record, rerun.replicates, rerun.repeated, rerun.controls, rerun.fresh, rerun.environment)
    return rerun.model_copy(update={"comparison": found})
