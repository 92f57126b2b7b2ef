"""Multiverse: a record's numbers under other reasonable analyses. Only the registered one decides; these are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from math import fsum, inf, sqrt

from scipy.special import stdtrit

from claims.domain.claim import Prediction
from claims.domain.interval import Interval
from claims.domain.record import Record
from claims.domain.run import Outcome, Replicate
from claims.domain.verdict import Verdict
from claims.stats.intervals import mean_interval
from claims.stats.sample import sample

Ends = Callable[[Sequence[float], float], tuple[float, float]]
"""An interval from values and its two-sided error."""
Asked = tuple[Interval, Sequence[float]]
"""A prediction as an analysis sees it: where its number is expected, and the number of each replicate."""

_LEAST = 5
"""Replicates below which the other analyses say nothing."""


@dataclass(frozen=True)
class Universe:
    """One choice of replicates: the verdict under each analysis of `ANALYSES`, in their order."""

    replicates: str
    registered: Verdict | None
    """What the rule itself said of these replicates, where it was asked."""
    verdicts: tuple[Verdict, ...]


def multiverse(record: Record) -> tuple[Universe, ...]:
    """A record under every choice, the registered one first; nothing for an audit or a void record."""
    verdict = record.verdict.verdict
    used = [judged.replicate for judged in record.replicates if judged.valid][: record.verdict.n]
    if record.deterministic or verdict in {None, Verdict.VOID} or len(used) < _LEAST:
        return ()
    assert verdict is not None
    predictions = record.claim.check.predictions
    asked = _asked(predictions, used)
    found = [Universe("the valid replicates", verdict, tuple(_word(asked, a) for a in ANALYSES))]
    measured = _measured(predictions, [judged.replicate for judged in record.replicates])
    if len(measured) > len(used):
        words = tuple(_word(_asked(predictions, measured), a) for a in ANALYSES)
        found.append(Universe("invalid ones too", None, words))
    left = tuple(_word_of_all(asked, a) for a in ANALYSES)
    return (*found, Universe("any one left out", None, left))


@dataclass(frozen=True)
class Analysis:
    """A way to get an interval; `alpha` is its two-sided error."""

    name: str
    ends: Ends
    alpha: float


def _mean(values: Sequence[float], alpha: float) -> tuple[float, float]:
    found = mean_interval(values, 1 - alpha)
    return found.low, found.high


def _middle(values: Sequence[float], alpha: float) -> tuple[float, float]:
    """Yuen's interval of the mean without the smallest and the largest value (doi:10.1093/biomet/61.1.165)."""
    ordered, n = sorted(values), len(values)
    kept = ordered[1:-1]
    mean = fsum(kept) / (n - 2)
    winsorized = [kept[0], *kept, kept[-1]]
    centre = fsum(winsorized) / n
    squares = fsum((v - centre) ** 2 for v in winsorized)
    half = _t(n - 3, alpha) * sqrt(squares / ((n - 2) * (n - 3)))
    return mean - half, mean + half


def _signed_ranks(values: Sequence[float], alpha: float) -> tuple[float, float]:
    """The interval of the median by Wilcoxon's signed ranks: ordered means of pairs (Hodges and Lehmann, 1963)."""
    cut = _cut(len(values), alpha)
    if cut is None:
        return -inf, inf
    means = sorted((a + b) / 2 for a, b in combinations_with_replacement(values, 2))
    return means[cut], means[-1 - cut]


def _every(values: Sequence[float], alpha: float) -> tuple[float, float]:  # noqa: ARG001 (it has no error)
    return min(values), max(values)


ANALYSES = (
    Analysis("mean, 99 %", _mean, 0.01),
    Analysis("mean, 95 %", _mean, 0.05),
    Analysis("mean without the two ends, 99 %", _middle, 0.01),
    Analysis("signed ranks, 95 %", _signed_ranks, 0.05),
    Analysis("every replicate", _every, 0.0),
)
"""None of them is the rule: that has a level for each look and a guard on single replicates besides."""


def _word(asked: Sequence[Asked], analysis: Analysis) -> Verdict:
    """Supported if every interval lies inside, refuted if any lies outside at its share of the error."""
    inside = True
    for expected, values in asked:
        if expected.excludes(*analysis.ends(values, analysis.alpha / len(asked))):
            return Verdict.REFUTED
        inside = inside and expected.holds(*analysis.ends(values, analysis.alpha))
    return Verdict.SUPPORTED if inside else Verdict.INCONCLUSIVE


def _word_of_all(asked: Sequence[Asked], analysis: Analysis) -> Verdict:
    """The word that stays the same whichever replicate is left out, else inconclusive."""
    first = None
    for i in range(len(asked[0][1])):
        word = _word([(expected, (*values[:i], *values[i + 1 :])) for expected, values in asked], analysis)
        if first not in {None, word}:
            return Verdict.INCONCLUSIVE
        first = word
    assert first is not None
    return first


def _asked(predictions: Sequence[Prediction], used: Sequence[Replicate]) -> list[Asked]:
    return [(p.expect.interval, sample(p, used)) for p in predictions]


def _measured(predictions: Sequence[Prediction], replicates: Sequence[Replicate]) -> list[Replicate]:
    """Those that have every predicted number, whether their gates passed or not."""
    found = []
    for replicate in replicates:
        if replicate.outcome is Outcome.OK:
            try:
                for p in predictions:
                    sample(p, (replicate,))
            except ValueError:
                continue
            found.append(replicate)
    return found


@lru_cache(maxsize=256)
def _t(degrees: int, alpha: float) -> float:
    return float(stdtrit(degrees, 1 - alpha / 2))


@lru_cache(maxsize=256)
def _cut(n: int, alpha: float) -> int | None:
    """How many of the ordered means to leave out at each end, so that the error stays at most alpha; exact.

    None where even all of them err more often: five values cannot give 95 %.
    """
    ways = [1]  # ways to reach each sum of signed ranks
    for rank in range(1, n + 1):
        ways = [
            (ways[s] if s < len(ways) else 0) + (ways[s - rank] if s >= rank else 0) for s in range(len(ways) + rank)
        ]
    cut, below = 0, 0
    while 2 * (below + ways[cut]) <= alpha * 2**n:
        below += ways[cut]
        cut += 1
    return cut - 1 if cut else None
