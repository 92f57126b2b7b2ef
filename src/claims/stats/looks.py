"""Looks of rule 1: the sample sizes at which it may decide, and the replicates that each takes.

These numbers are rule 1 for ever: another choice is another rule, with another name (DESIGN §6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from claims.domain.claim import Gate
from claims.domain.run import Replicate, is_valid


@dataclass(frozen=True)
class Look:
    """A sample size at which a decision may be taken, and how strict that decision is."""

    n: int
    """Valid replicates that it takes."""
    alpha: float
    """Two-sided error of its interval: 0.01 is a 99 % interval."""
    guard: int
    """Replicates that may lie on the wrong side of the expected interval's edge."""

    @property
    def level(self) -> float:
        """Two-sided coverage of the interval, as a fraction."""
        return 1 - self.alpha

    @property
    def reach(self) -> int:
        """The seeds that may be run for it: ⌈1.25 n⌉."""
        return (5 * self.n + 3) // 4


LOOKS_V1 = {8: Look(8, 0.01, 0), 16: Look(16, 0.015, 1), 24: Look(24, 0.025, 2)}
PRELIMINARY = range(5, 8)
"""Sample sizes that give a leaning, not a verdict."""


def preliminary(n: int) -> Look:
    """The look behind a leaning: 99 %, and nothing on the wrong side."""
    return Look(n, 0.01, 0)


@dataclass(frozen=True)
class Taken:
    """What a look found: `ready` with its n replicates, `short` of valid ones for good, or still `open`."""

    look: Look
    state: Literal["ready", "short", "open"]
    used: tuple[Replicate, ...]
    """Valid replicates in seed order, n at most."""
    invalid: tuple[Replicate, ...]
    """Invalid ones among the seeds that were looked at."""


def take(look: Look, gates: tuple[Gate, ...], replicates: Sequence[Replicate]) -> Taken:
    """The replicates that a look takes, from `replicates` in index order.

    It reads on from index 0 and stops at a gap: a seed that has not come back may not be skipped, or the
    seeds that are slow to train would be left out.
    """
    used: list[Replicate] = []
    invalid: list[Replicate] = []
    for index, replicate in enumerate(replicates[: look.reach]):
        if replicate.index != index or len(used) == look.n:
            break
        (used if is_valid(gates, replicate) else invalid).append(replicate)
    run = len(used) + len(invalid)
    state: Literal["ready", "short", "open"] = "open"
    if len(used) == look.n:
        state = "ready"
    elif run == look.reach:
        state = "short"
    return Taken(look, state, tuple(used), tuple(invalid))
