"""Job: one replicate to run, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.declaration import Declared
from claims.domain.isolation import Isolation
from claims.domain.run import Environment, Replicate


@dataclass(frozen=True)
class Job:
    """One replicate to run: which conditions, at which seed, on what."""

    declared: Declared
    folder: Path
    """A private copy of the closure (`lay_out`)."""
    conditions: tuple[str, ...]
    combine: bool
    params: Mapping[str, Any]
    scale: str
    index: int
    seed: int
    device: str
    dtype: str
    threads: int
    log: Path
    time_limit: float
    """Seconds after which the child counts as hung."""
    isolation: Isolation

    @property
    def gpu(self) -> bool:
        """Whether it asks for a GPU, whose driver needs more of the machine."""
        return self.device.startswith("cuda")


@dataclass(frozen=True)
class Done:
    """What a job came to. `environment` is None when the child could not say."""

    replicate: Replicate
    environment: Environment | None
