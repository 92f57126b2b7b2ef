"""Running: replicates out of the ledger or out of child processes, into the state of a verify."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from claims.domain.digest import digest_of
from claims.domain.interval import Expect
from claims.domain.isolation import Isolation
from claims.domain.run import Environment, Outcome, Replicate, is_valid
from claims.domain.verdict import ClaimVerdict, ControlResult, ControlRun
from claims.errors import ChangedWhileRunning, SetupError
from claims.ledger.store import Meta, Store, utc_now
from claims.runner.closure import Read, Source, closure_of
from claims.runner.execute import execute, lay_out
from claims.runner.job import Done, Job
from claims.runner.machine import torch_version
from claims.runner.scratch import scratch
from claims.runner.sources import in_tree
from claims.verify.plan import Plan, PlannedReplicate

DEFAULT_TIME_LIMIT = 900.0
"""Seconds a replicate may take where its experiment does not say."""


class Watcher(Protocol):
    """What the command line is told while a verify runs."""

    def planned(self, plan: Plan) -> None:
        """The plan stands; nothing has run."""

    def queued(self, count: int) -> None:
        """So many more runs are wanted; some of them may be in the ledger."""

    def progress(self, job: Job, share: float) -> None:
        """A running replicate has done this share."""

    def finished(self, planned: PlannedReplicate, replicate: Replicate, *, valid: bool, cached: bool) -> None:
        """A replicate is there."""

    def decided(self, n: int, verdict: ClaimVerdict) -> None:
        """The rule was applied at n valid replicates."""


@dataclass
class State:
    """What a verify has so far. Controls by `name/index`."""

    replicates: dict[int, Replicate] = field(default_factory=dict)
    controls: dict[str, Replicate] = field(default_factory=dict)
    environment: Environment | None = None
    isolations: set[Isolation] = field(default_factory=set)
    """Every level that something of it ran at."""
    ran: int = 0


@dataclass
class Runner:
    """Brings planned replicates into the state: from the ledger, else by running them."""

    root: Path
    plan: Plan
    watcher: Watcher
    store: Store
    state: State
    read: Read | None = None
    """Where the code is read from; the working tree unless told."""

    def run(self, waiting: Sequence[PlannedReplicate]) -> None:
        """Take what the ledger has, run the rest."""
        self.watcher.queued(len(waiting))
        missing: dict[int, PlannedReplicate] = {}
        for number, item in enumerate(waiting):
            if item.cached is not None:
                self._check_contract(item, item.cached)
                self._take(item, item.cached, cached=True)
                self.state.environment = self.state.environment or self.store.environment(item.key)
                self.state.isolations.add(item.isolation or "none")
            else:
                missing[number] = item
        if missing:
            with scratch() as folder:
                self._run_missing(missing, folder)

    def _run_missing(self, missing: Mapping[int, PlannedReplicate], folder: Path) -> None:
        """Each in a copy of the closure of its own, and none that was there before: what anybody left would run."""
        sources = self._sources()
        jobs = {
            id(job := self._job(item, lay_out(sources, folder / str(number)))): (job, item)
            for number, item in missing.items()
        }

        def done(job: Job, outcome: Done) -> None:
            item = jobs[id(job)][1]
            replicate = outcome.replicate.model_copy(
                update={"commit": item.seen_at or self.plan.commit, "utc": utc_now()}
            )
            self._check_contract(item, replicate)
            keep = self.store.replace if self.plan.options.fresh else self.store.put
            replicate = keep(item.key, replicate, self._meta(item, outcome.environment))
            self.state.ran += 1
            self.state.isolations.add(self.store.isolation(item.key))  # another verify may have been first
            self.state.environment = outcome.environment or self.state.environment
            self._take(item, replicate, cached=False)

        execute(
            [job for job, _ in jobs.values()],
            self.plan.options.jobs,
            on_progress=self.watcher.progress,
            on_done=done,
        )

    def _sources(self) -> tuple[Source, ...]:
        closure, sources = closure_of(self.plan.declared.name, self.read or in_tree(self.root))
        if closure.digest != self.plan.closure.digest:
            raise ChangedWhileRunning(f"{self.plan.declared.path} or what it imports changed: run verify again")
        return (*sources, *_package_marks(sources))

    def _job(self, item: PlannedReplicate, folder: Path) -> Job:
        options = self.plan.options
        limits = self.plan.declared.experiment.time_limit
        return Job(
            declared=self.plan.declared,
            folder=folder,
            conditions=item.conditions,
            combine=self.plan.declared.combines and not item.controls,
            params=item.params,
            scale=options.scale,
            index=item.index,
            seed=item.seed,
            device=options.device,
            dtype=options.dtype,
            threads=options.threads,
            log=self.root / ".claims" / "logs" / f"{self.plan.declared.name}-{item.key[:12]}.log",
            time_limit=limits.get(options.scale, DEFAULT_TIME_LIMIT),
            isolation=self.plan.box.level,
        )

    def _meta(self, item: PlannedReplicate, environment: Environment | None) -> Meta:
        options = self.plan.options
        return Meta(
            experiment=self.plan.declared.name,
            closure=self.plan.closure.digest,
            params=digest_of(item.params),
            scale=options.scale,
            batch=options.batch,
            role="control" if item.controls else "replicate",
            device=options.device,
            dtype=options.dtype,
            torch=torch_version(),
            environment=environment,
            isolation=self.plan.box.level,
        )

    def _check_contract(self, item: PlannedReplicate, replicate: Replicate) -> None:
        """A number that the check needs and the experiment did not return is the author's error, not an outcome."""
        if item.controls or replicate.outcome is not Outcome.OK:
            return
        check = self.plan.check
        needed: set[tuple[str, str | None]] = {(g.metric, g.condition) for g in check.gates}
        for prediction in check.predictions:
            arms = (
                (prediction.contrast.of, prediction.contrast.minus) if prediction.contrast else (prediction.condition,)
            )
            needed |= {(prediction.metric, arm) for arm in arms}
        missing = sorted(f"{m} at {c or 'combine'}" for m, c in needed if replicate.value(m, c) is None)
        if missing:
            raise SetupError(
                f"{self.plan.declared.path}: returned no {', '.join(missing)}; {self.plan.claim.id} needs it"
            )

    def _take(self, item: PlannedReplicate, replicate: Replicate, *, cached: bool) -> None:
        if item.controls:
            for name in item.controls:
                self.state.controls[f"{name}/{item.index}"] = replicate
        else:
            self.state.replicates[item.index] = replicate
        valid = replicate.outcome is Outcome.OK if item.controls else is_valid(self.plan.check.gates, replicate)
        self.watcher.finished(item, replicate, valid=valid, cached=cached)


def _package_marks(sources: Sequence[Source]) -> list[Source]:
    """Empty `__init__.py` files for packages of ours that a closure enters without one."""
    have = {s.path for s in sources}
    folders = {s.path.rsplit("/", 1)[0] for s in sources if s.path.startswith("src/claims/") and s.path.endswith(".py")}
    return [Source(f"{f}/__init__.py", b"") for f in sorted(folders) if f"{f}/__init__.py" not in have]


def control_results(planned: Plan, state: State) -> tuple[ControlResult, ...]:
    """Every declared control with the values at its seeds."""
    results = []
    for control in planned.declared.experiment.controls:
        runs = []
        for index in range(control.seeds):
            replicate = state.controls.get(f"{control.name}/{index}")
            if replicate is None:
                continue
            value = replicate.value(control.metric, control.condition)
            ok = replicate.outcome in {Outcome.OK, Outcome.NOT_FINITE}
            runs.append(ControlRun(seed=replicate.seed, outcome=replicate.outcome, value=value if ok else None))
        results.append(
            ControlResult(
                name=control.name,
                kind=control.kind,
                metric=control.metric,
                condition=control.condition,
                expect=Expect.model_validate(
                    {k: tuple(v) if isinstance(v, list) else v for k, v in control.expect.items()}
                ),
                trains=control.trains,
                runs=tuple(runs),
            )
        )
    return tuple(results)
