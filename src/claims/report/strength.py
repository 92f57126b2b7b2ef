"""Strength: how many replicates the predictions of a claim need, at the spread that is to be expected."""

from collections.abc import Iterator, Mapping
from math import inf, isfinite

import numpy as np

from claims.declaration import Declared
from claims.domain.claim import Claim, Prediction
from claims.domain.interval import Interval
from claims.power import POWER, SEED, PredictionPower, power_of
from claims.project import Project
from claims.registry.lint_check import bounds_of
from claims.report.facts import Seeds
from claims.report.risk import edge_distance
from claims.stats.power import Assumed, replicates_needed

ASSUMED = (0.01, 0.03, 0.1, 0.3)
"""Spreads to try where none is recorded, as parts of the metric's range."""


def strength_of(project: Project, claim: Claim) -> tuple[tuple[Seeds, ...], str]:
    """Replicates needed by each prediction, and by all together in words. Nothing for an audit."""
    assert claim.check is not None
    declared = project.declared[claim.check.experiment]
    if declared.experiment.deterministic:
        return (), "an audit: one run, no seeds, so power does not apply"
    rows = power_of(project, claim).predictions
    pairs = list(zip(claim.check.predictions, rows, strict=True))
    seeds = tuple(found for p, row in pairs for found in _seeds(p, row, declared))
    spreads = [row.spread for row in rows if row.spread is not None]
    if len(spreads) < len(rows):
        return seeds, ""
    assumed = [Assumed(p.expect.interval, _truth(p, declared), row.spread or 0.0) for p, row in pairs]
    if any(not isfinite(a.mean) for a in assumed):
        return seeds, ""
    needed = replicates_needed(assumed, rng=np.random.default_rng(SEED), target=POWER, looks=claim.check.looks)
    if needed is None:
        return seeds, f"more than {claim.check.looks[-1]}, the last look: this design would probably stay undecided"
    return seeds, f"{needed}"


def _seeds(prediction: Prediction, row: PredictionPower, declared: Declared) -> Iterator[Seeds]:
    distance, truth = edge_distance(prediction, declared)
    unit = {look: needed / (row.spread or 1.0) for look, needed in row.needed.items()}
    for spread in [row.spread] if row.spread is not None else _spreads(prediction, declared):
        source = row.spread_from if row.spread is not None else "assumed"
        yield Seeds(prediction.id, spread, source, truth, _first(unit, spread, distance))


def _first(unit: Mapping[int, float], spread: float, distance: float) -> int | None:
    return next((look for look, needed in sorted(unit.items()) if needed * spread <= distance), None)


def _spreads(prediction: Prediction, declared: Declared) -> list[float]:
    """Spreads to try: parts of the metric's range, where it has one that means something; else of the distance."""
    metric = declared.metrics[prediction.metric]
    bounds: Interval = bounds_of(metric, difference=False)
    width = bounds.high - bounds.low
    distance, _ = edge_distance(prediction, declared)
    # Bounds that are there only because there must be some say nothing of a spread.
    if width == inf or (isfinite(distance) and distance < width / 20):
        width = 2 * distance
    return [part * width for part in ASSUMED] if isfinite(width) and width > 0 else []


def _truth(prediction: Prediction, declared: Declared) -> float:
    expected = prediction.expect.interval
    distance, _ = edge_distance(prediction, declared)
    return expected.low + distance if isfinite(expected.low) else expected.high - distance
