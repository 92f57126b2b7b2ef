"""The use case `power`: what the registered design of a claim would see, before it is run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import stdev

import numpy as np

from claims.domain.claim import Check, Claim, Prediction
from claims.domain.record import Record
from claims.domain.run import is_valid
from claims.errors import SetupError
from claims.project import Project
from claims.stats.power import Assumed, half_width_for, margin_for
from claims.stats.power import power as simulated
from claims.stats.sample import sample

POWER = 0.8
SEED = 20261121
"""Of the simulation; the figures of one design are the same in every run."""


@dataclass(frozen=True)
class PredictionPower:
    """What one prediction needs. Distances are in the metric's unit where a spread is known, else in run-sd."""

    id: str
    expected: str
    spread: float | None
    spread_from: str
    needed: Mapping[int, float]
    """Look → how far inside the edge the truth must lie (two-sided: half the width needed) for a power of .8."""
    two_sided: bool
    half_width: float | None
    """Half the registered interval's width, in the unit of `needed`; None for one-sided predictions."""
    feasible: Mapping[int, bool | None]
    """Look → whether a two-sided interval is wide enough; None for one-sided ones."""


@dataclass(frozen=True)
class ClaimPower:
    """All predictions of a claim, and its joint power where spreads and a truth were given."""

    claim: str
    predictions: tuple[PredictionPower, ...]
    joint: Mapping[int, float] | None
    at: float | None


def power_of(project: Project, claim: Claim, *, spread: float | None = None, at: float | None = None) -> ClaimPower:
    """The power of a claim's registered design.

    `spread` is the sd between replicates of each prediction's number; without it the spread of recorded
    replicates of the same experiment is taken. `at` is the true value to assume for every prediction.
    Raises SetupError for a claim without a check, and for an audit, which has no sampling error.
    """
    if claim.check is None:
        raise SetupError(f"{claim.id} has no check, hence no design")
    if project.declared[claim.check.experiment].experiment.deterministic:
        raise SetupError(f"{claim.id} is an audit: it has no seeds, so power does not apply")
    rows = tuple(_row(p, claim.check, project.all_records, spread) for p in claim.check.predictions)
    joint = None
    if at is not None and all(row.spread is not None for row in rows):
        assumed = [
            Assumed(p.expect.interval, at, row.spread or 0.0)
            for p, row in zip(claim.check.predictions, rows, strict=True)
        ]
        found = simulated(assumed, rng=np.random.default_rng(SEED), looks=claim.check.looks)
        joint = dict(zip(found.looks, found.supported, strict=True))
    return ClaimPower(claim.id, rows, joint, at)


def _row(prediction: Prediction, check: Check, records: Iterable[Record], spread: float | None) -> PredictionPower:
    source = "given"
    if spread is None:
        spread, source = _recorded_spread(prediction, check, records)
    interval = prediction.expect.interval
    two_sided = np.isfinite(interval.low) and np.isfinite(interval.high)
    unit = spread if spread is not None else 1.0
    needed: dict[int, float] = {look: _needed(look, two_sided=bool(two_sided)) * unit for look in check.looks}
    half = (interval.high - interval.low) / 2 if two_sided else None
    known = half is not None and spread is not None
    return PredictionPower(
        id=prediction.id,
        expected=str(prediction.expect),
        spread=spread,
        spread_from=source,
        needed=needed,
        two_sided=bool(two_sided),
        half_width=half,
        feasible={look: (half or 0.0) >= needed[look] if known else None for look in check.looks},
    )


@lru_cache(maxsize=16)
def _needed(look: int, *, two_sided: bool) -> float:
    find = half_width_for if two_sided else margin_for
    return find(look, rng=np.random.default_rng(SEED), power=POWER)


def _recorded_spread(prediction: Prediction, check: Check, records: Iterable[Record]) -> tuple[float | None, str]:
    """The sd over the largest recorded batch of this experiment that measured what the prediction is about."""
    best: Sequence[float] = ()
    for record in records:
        if record.experiment != check.experiment or record.scale != check.scale:
            continue
        replicates = [r.replicate for r in record.replicates if is_valid(check.gates, r.replicate)]
        try:
            values = sample(prediction, replicates)
        except ValueError:
            continue
        best = values if len(values) > len(best) else best
    if len(best) < 3:
        return None, "no record yet; distances in run-sd"
    return stdev(best), f"{len(best)} recorded replicates"
