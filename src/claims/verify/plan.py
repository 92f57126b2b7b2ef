"""Plan: what a verify will run, and what the ledger already holds of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from claims.declaration import Declared
from claims.domain.claim import Check, Claim
from claims.domain.digest import claim_digest, digest_of
from claims.domain.isolation import Isolation
from claims.domain.record import Closure
from claims.domain.run import Replicate
from claims.errors import SetupError
from claims.ledger.store import Store
from claims.project import Project
from claims.registration import Batch, why_exploratory
from claims.runner import git
from claims.runner.machine import torch_version
from claims.runner.sandbox.choosing import Box, choose
from claims.runner.seeds import derived_seed


@dataclass(frozen=True)
class Options:
    """How to run. `asked` is the number of valid replicates at which to stop: 1 to 7, or a look."""

    scale: str
    asked: int
    device: str = "cpu"
    dtype: str = "float32"
    jobs: int = 2
    threads: int = 1
    batch: int = 1
    fresh: bool = False
    sandbox: Literal["require", "auto", "off"] = "auto"
    """Whether an experiment may run outside the strongest sandbox, and outside of any."""


@dataclass(frozen=True)
class Plan:
    """What a verify will do, before it does anything."""

    claim: Claim
    file: str
    """Where the claim stands: `claims.yaml`, or a file of `claims.d/`."""
    check: Check
    declared: Declared
    closure: Closure
    params: dict[str, Any]
    options: Options
    commit: str | None
    box: Box
    """How the replicates that are still to run will be kept in."""
    exploratory_because: str | None
    """Why its replicates will confirm nothing, as far as can be said before they run; None when they will."""
    controls: tuple["PlannedReplicate", ...]
    first: tuple["PlannedReplicate", ...]
    """The replicates up to the first look that will be reached."""


@dataclass(frozen=True)
class PlannedReplicate:
    """One process to run, or to take from the ledger. `controls` are those that it answers."""

    index: int
    seed: int
    conditions: tuple[str, ...]
    params: dict[str, Any]
    key: str
    cached: Replicate | None
    seen_at: str | None = None
    """The commit at which a run that is now made afresh was seen first."""
    controls: tuple[str, ...] = ()
    isolation: Isolation | None = None
    """At which level the cached one ran."""


def make_plan(project: Project, claim: Claim, options: Options, store: Store) -> Plan:
    """Everything that a verify of `claim` needs, with what the ledger already holds.

    Raises SetupError when the claim has no check, its experiment no such scale, or the machine no sandbox that is
    required.
    """
    if claim.check is None:
        raise SetupError(f"{claim.id} has no check: nothing to run; `claims show {claim.id}` tells what is known")
    check = claim.check
    declared = project.declared[check.experiment]
    if options.scale not in declared.experiment.scales:
        raise SetupError(
            f"{declared.path} declares no scale {options.scale}: use {', '.join(declared.experiment.scales)}"
        )
    params = declared.params_at(options.scale, check.params)
    base = Planner(declared, project.closures[declared.name], options, store)
    asked = 1 if declared.experiment.deterministic else min(options.asked, check.looks[0])
    first = tuple(base.replicate(i, params) for i in range(asked))
    head = git.head(project.root)
    closure = project.closures[declared.name]
    commits = {head, *(item.cached.commit for item in first if item.cached), *(i.seen_at for i in first if i.seen_at)}
    batch = Batch(declared.name, closure, digest_of(params), options.scale, options.batch)
    digest = claim_digest(claim)
    return Plan(
        claim=claim,
        file=project.loaded.places.of(claim.id).file,
        check=check,
        declared=declared,
        closure=closure,
        params=params,
        options=options,
        commit=head,
        box=choose(options.sandbox, gpu=options.device.startswith("cuda")),
        exploratory_because=why_exploratory(project.root, claim.id, digest, batch, commits, project.all_records),
        controls=base.controls(check.params),
        first=first,
    )


@dataclass(frozen=True)
class Planner:
    """Derives seeds and cache keys of one experiment at given options."""

    declared: Declared
    closure: Closure
    options: Options
    store: Store

    def replicate(self, index: int, params: dict[str, Any]) -> PlannedReplicate:
        """Replicate `index` of the batch: every condition of the experiment."""
        return self._planned(index, params, tuple(self.declared.experiment.conditions), combine=True, controls=())

    def controls(self, overrides: Mapping[str, Any]) -> tuple[PlannedReplicate, ...]:
        """Control runs: controls of equal parameters share a process a seed."""
        groups: dict[str, list[str]] = {}
        params: dict[str, dict[str, Any]] = {}
        for control in self.declared.experiment.controls:
            own = self.declared.params_at(self.options.scale, {**overrides, **control.params})
            group = digest_of(own)
            groups.setdefault(group, []).append(control.name)
            params[group] = own
        by_name = {c.name: c for c in self.declared.experiment.controls}
        planned = []
        for group, names in groups.items():
            seeds = max(by_name[n].seeds for n in names)
            if self.options.asked < 5 and self.options.scale == "smoke":
                seeds = min(seeds, self.options.asked)
            conditions = tuple(dict.fromkeys(by_name[n].condition for n in names))
            planned += [
                self._planned(i, params[group], conditions, combine=False, controls=tuple(names)) for i in range(seeds)
            ]
        return tuple(planned)

    def _planned(
        self,
        index: int,
        params: dict[str, Any],
        conditions: tuple[str, ...],
        *,
        combine: bool,
        controls: tuple[str, ...],
    ) -> PlannedReplicate:
        options = self.options
        seed = derived_seed(self.declared.name, params, options.scale, self.closure.digest, options.batch, index)
        key = digest_of(
            [
                self.closure.digest, params, options.scale, list(conditions), combine, seed,
                options.device.split(":")[0], options.dtype, options.threads, torch_version(),
            ]
        )  # fmt: skip
        known = self.store.get(key)
        if options.fresh and known is not None:
            return PlannedReplicate(index, seed, conditions, params, key, None, known.commit, controls)
        level = self.store.isolation(key) if known is not None else None
        return PlannedReplicate(index, seed, conditions, params, key, known, None, controls, level)
