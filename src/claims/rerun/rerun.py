"""The use case `audit`: a record's replicates again, at its seeds and at fresh ones, and what came of it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from claims.declaration import Declared, parse
from claims.domain.isolation import Isolation, weakest
from claims.domain.record import Record
from claims.domain.rerun import Rerun
from claims.domain.run import Environment, Replicate
from claims.domain.verdict import ControlResult
from claims.errors import DeclarationError, SetupError
from claims.ledger.evidence import StoredRecord
from claims.ledger.locks import hold
from claims.ledger.reruns import write_rerun
from claims.ledger.store import Store, utc_now
from claims.project import Project
from claims.registration import commits_of
from claims.runner import git
from claims.runner.closure import Read, closure_of
from claims.runner.machine import has_cuda
from claims.runner.sandbox.choosing import choose
from claims.runner.seeds import drawn, fresh_batch
from claims.runner.sources import at_commit, in_tree
from claims.stats.agreement import compare, differing
from claims.verify.plan import Options, Plan, Planner
from claims.verify.running import Runner, State, Watcher, control_results


class Listener(Watcher, Protocol):
    """What the command line is told while a record runs again."""

    def part(self, what: str) -> None:
        """What runs next, in words; what is counted begins anew."""


@dataclass(frozen=True)
class Wish:
    """How to run again. `most` is the number of recorded seeds to take of each record, None for all."""

    entropy: str
    most: int | None
    jobs: int
    sandbox: Literal["require", "auto", "off"] = "auto"


def rerun(project: Project, stored: StoredRecord, wish: Wish, watcher: Listener) -> Rerun:
    """Run a record again with the code that it names. Writes nothing.

    Raises SetupError when that code, the claim or the device cannot be had here.
    """
    record = stored.record
    _refuse_other_device(record)
    started = utc_now()
    with tempfile.TemporaryDirectory(prefix="claims-rerun-") as folder:
        own = _Bench(project, record, wish, watcher, Path(folder) / "own")
        chosen = drawn(wish.entropy, record.digest, (r.replicate.index for r in record.replicates), wish.most)
        watcher.part("at the recorded seeds")
        replicates, environment = own.run(record.batch, chosen)
        if record.controls:
            watcher.part("controls")
        controls = own.controls()
        odd = [r.index for r in differing(record, replicates)]
        twice = _Bench(project, record, wish, watcher, Path(folder) / "twice")
        if odd:
            watcher.part("what differs from the record, once more")
        repeated = twice.run(record.batch, odd)[0] if odd else ()
        batch = fresh_batch(wish.entropy, record.digest)
        if not record.deterministic:
            watcher.part("at fresh seeds")
        fresh = () if record.deterministic else own.run(batch, range(len(chosen)))[0]
    if environment is None:
        raise SetupError(f"{stored.path}: no replicate came far enough to say what it ran on; see .claims/logs/")
    return Rerun(
        schema_version=1,
        record=record.digest,
        claim=record.claim.id,
        experiment=record.experiment,
        entropy=wish.entropy,
        replicates=replicates,
        repeated=repeated,
        controls=controls,
        fresh_batch=batch,
        fresh=fresh,
        comparison=compare(record, replicates, repeated, controls, fresh, environment),
        commit=own.commit,
        environment=environment,
        isolation=weakest((*own.isolations, *twice.isolations)),
        contributor=git.contributor(project.root),
        started=started,
        finished=utc_now(),
    )


def keep(project: Project, stored: StoredRecord, found: Rerun) -> Path:
    """Write a rerun beside its record."""
    with hold(project.root / ".claims" / "lock", what="the project, whose records are being written,", wait=60):
        return write_rerun(project.root / stored.path, found)


class _Bench:
    """A record's code, laid out to run, with a ledger of its own: what ran before must not answer for it."""

    def __init__(self, project: Project, record: Record, wish: Wish, watcher: Watcher, folder: Path) -> None:
        self._project, self._record, self._watcher = project, record, watcher
        self.commit, self._read = _code(project, record)
        folder.mkdir()
        self._store = Store(folder / "ledger.sqlite")
        self._declared = _declared(record, self._read)
        environment = record.environment
        self._options = Options(
            scale=record.scale,
            asked=record.asked,
            device=environment.device.split(":")[0],
            dtype=environment.dtype,
            threads=environment.threads,
            jobs=wish.jobs,
            batch=record.batch,
        )
        self._box = choose(wish.sandbox, gpu=environment.device.startswith("cuda"))
        self.isolations: set[Isolation] = set()
        """Every level that something of it ran at."""

    def run(self, batch: int, indices: Sequence[int]) -> tuple[tuple[Replicate, ...], Environment | None]:
        """Replicates of a batch, without their traces, and what they ran on."""
        planner, runner = self._runner(batch)
        runner.run([planner.replicate(i, dict(self._record.params)) for i in indices])
        self.isolations |= runner.state.isolations
        found = (runner.state.replicates[i] for i in sorted(runner.state.replicates))
        return tuple(r.model_copy(update={"traces": {}}) for r in found), runner.state.environment

    def controls(self) -> tuple[ControlResult, ...]:
        """The record's controls again."""
        planner, runner = self._runner(self._record.batch)
        runner.run(planner.controls(self._record.claim.check.params))
        self.isolations |= runner.state.isolations
        return control_results(runner.plan, runner.state)

    def _runner(self, batch: int) -> tuple[Planner, Runner]:
        record, options = self._record, replace(self._options, batch=batch)
        plan = Plan(
            claim=self._project.claim(record.claim.id),
            file="",
            check=record.claim.check,
            declared=self._declared,
            closure=record.closure,
            params=dict(record.params),
            options=options,
            commit=self.commit,
            box=self._box,
            exploratory_because=None,
            controls=(),
            first=(),
        )
        runner = Runner(self._project.root, plan, self._watcher, self._store, State(), read=self._read)
        return Planner(self._declared, record.closure, options, self._store), runner


def _code(project: Project, record: Record) -> tuple[str | None, Read]:
    """Where the record's code can be read: here, or at a commit that it names and that was merged."""
    here = project.closures.get(record.experiment)
    if here is not None and here.digest == record.closure.digest:
        return git.head(project.root), in_tree(project.root)
    head = git.head(project.root) or ""
    for commit in sorted(c for c in commits_of(record) if c and git.is_ancestor(project.root, c, head)):
        read = at_commit(project.root, commit)
        try:
            if closure_of(record.experiment, read)[0].digest == record.closure.digest:
                return commit, read
        except DeclarationError:
            continue
    raise SetupError(
        f"{record.claim.id}: the code of record {record.digest[:8]} is neither here nor at a commit that it names and "
        "this history holds"
    )


def _declared(record: Record, read: Read) -> Declared:
    path = f"experiments/{record.experiment}.py"
    data = read(path)
    assert data is not None, "the closure was computed from it"
    return parse(data.decode(), path)


def _refuse_other_device(record: Record) -> None:
    if record.environment.device.startswith("cuda") and not has_cuda():
        raise SetupError(f"{record.claim.id}: record {record.digest[:8]} ran on a CUDA device and there is none here")
