"""Rerun: what came of running a record's replicates again, `evidence/<claim>/<record's name>.rerun-<digest8>.json`."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from claims.domain.claim import Model, Name, Slug, Text
from claims.domain.contributor import is_somebody_else
from claims.domain.digest import as_json, digest_of
from claims.domain.isolation import Isolation
from claims.domain.record import Record, Tier
from claims.domain.run import Environment, Replicate
from claims.domain.verdict import ControlResult

Agreement = Literal["agrees-exactly", "agrees", "inconclusive", "disagrees", "nondeterministic"]
"""Of numbers with numbers. `nondeterministic`: the same seed differs even between two runs on this machine."""
SETTING = ("device", "device_name", "dtype", "threads", "isa", "platform", "torch", "transformers", "numpy")
"""What must be equal before equal seeds are expected to give equal numbers (reproducibility notes of PyTorch)."""


class Comparison(Model):
    """What the numbers of a rerun say of the record's: at its seeds, and of fresh seeds with its own."""

    recorded: Agreement
    fresh: Literal["agrees", "inconclusive", "disagrees"] | None
    """None for a deterministic experiment."""
    because: Text


class Rerun(Model):
    """One rerun of one record. Like a record it is written once; `digest` is over everything else."""

    schema_version: Literal[1]
    record: str
    """The digest of the record that was run again."""
    claim: Slug
    experiment: Name
    entropy: Text
    """What the sample was drawn with, so that anybody can draw it again."""
    replicates: tuple[Replicate, ...]
    """At seeds of the record, without traces."""
    repeated: tuple[Replicate, ...]
    """Those that differed from the record's, once more."""
    controls: tuple[ControlResult, ...]
    fresh_batch: Annotated[int, Field(ge=0, lt=2**53)]
    fresh: tuple[Replicate, ...]
    """At seeds that no record has, drawn from `entropy`."""
    comparison: Comparison
    commit: str | None
    """The commit whose code of the experiment ran; the record's own."""
    environment: Environment
    isolation: Isolation
    contributor: str
    started: str
    finished: str
    digest: str = ""

    def computed_digest(self) -> str:
        """SHA-256 over the canonical form of everything but the digest itself."""
        body = as_json(self)
        body.pop("digest", None)
        return digest_of(body)

    @property
    def agrees(self) -> bool:
        """Whether it speaks for the record."""
        return self.comparison.recorded in ("agrees-exactly", "agrees") and self.comparison.fresh != "disagrees"

    @property
    def disagrees(self) -> bool:
        """Whether it speaks against the record."""
        return "disagrees" in (self.comparison.recorded, self.comparison.fresh)


def same_setting(one: Environment, other: Environment) -> bool:
    """Whether two runs of one seed should give the same numbers to the last digit."""
    return all(getattr(one, name) == getattr(other, name) for name in SETTING)


def tier_of(record: Record, reruns: Iterable[Rerun]) -> Tier:
    """How far others stand behind a record: its own word, raised by reruns of other people that agree.

    Of all its seeds: who runs a part again can draw until the part agrees.
    """
    every = len(record.replicates)
    others = (r for r in reruns if is_somebody_else(r.contributor, record.contributor))
    found = [r for r in others if r.agrees and len(r.replicates) == every]
    if any(_elsewhere(r.environment, record.environment) for r in found):
        return "re-run-elsewhere"
    return "re-run" if found else record.tier


def _elsewhere(one: Environment, other: Environment) -> bool:
    return (one.device_name, one.isa) != (other.device_name, other.isa)
