"""Forecasting: how good probabilities were, beside one that knows nothing but how often verdicts are `supported`.

The Brier score (1950, Monthly Weather Review 78) of a forecast is the squared distance between the probability and
what came, 1 or 0: 0 is best, .25 is what always saying one half gets. Forecasts of one claim share its outcome, so a
claim is the unit: its forecasts' scores are averaged before anything is said of their spread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from claims.stats.bounded import Bounded, bounded_mean, wilson

FEWEST = 8
"""Claims below which nothing is said of skill: an interval from fewer spans nearly all there is."""
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))


@dataclass(frozen=True)
class Scored:
    """A forecast whose verdict came."""

    claim: str
    probability: float
    came: bool


@dataclass(frozen=True)
class Bin:
    """Forecasts of about one probability, and how often they came true."""

    low: float
    high: float
    said: float
    """Their mean."""
    came: Bounded


@dataclass(frozen=True)
class Score:
    """How good forecasts were."""

    forecasts: int
    claims: int
    brier: Bounded
    base_rate: float
    """Share of these claims that were supported, known afterwards only, which flatters the baseline."""
    baseline: float
    """Brier score of saying the base rate each time."""
    gain: Bounded
    """Baseline minus forecasts, by claim: above 0 is better than the baseline."""
    bins: tuple[Bin, ...]

    @property
    def skill(self) -> str:
        """`better`, `worse` or `same`, the last where the interval of the gain holds 0; `few` below FEWEST claims."""
        if self.claims < FEWEST:
            return "few"
        if self.gain.low > 0:
            return "better"
        return "worse" if self.gain.high < 0 else "same"


def score(forecasts: Sequence[Scored]) -> Score:
    """Of at least one forecast. Raises ValueError without any."""
    by_claim: dict[str, list[Scored]] = {}
    for forecast in forecasts:
        by_claim.setdefault(forecast.claim, []).append(forecast)
    came = {claim: group[0].came for claim, group in by_claim.items()}
    losses = {
        claim: fsum(_loss(f.probability, f.came) for f in group) / len(group) for claim, group in by_claim.items()
    }
    brier = bounded_mean(list(losses.values()), 0, 1)
    base = sum(came.values()) / len(came)
    return Score(
        forecasts=len(forecasts),
        claims=len(by_claim),
        brier=brier,
        base_rate=base,
        baseline=fsum(_loss(base, c) for c in came.values()) / len(came),
        gain=_gain(losses, came, base),
        bins=tuple(found for low, high in BINS if (found := _bin(forecasts, low, high)) is not None),
    )


def _gain(losses: Mapping[str, float], came: Mapping[str, bool], base: float) -> Bounded:
    """The base rate comes from the same claims; its own error moves the mean in the second order only."""
    return bounded_mean([_loss(base, came[claim]) - loss for claim, loss in losses.items()], -1, 1)


def _bin(forecasts: Sequence[Scored], low: float, high: float) -> Bin | None:
    """From `low` to below `high`; the last one holds 1 too."""
    inside = [f for f in forecasts if low <= f.probability < high or (high == 1 and f.probability == 1)]
    if not inside:
        return None
    said = fsum(f.probability for f in inside) / len(inside)
    return Bin(low, high, said, wilson(sum(f.came for f in inside), len(inside)))


def _loss(probability: float, came: bool) -> float:
    return (probability - came) ** 2
