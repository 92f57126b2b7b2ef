"""Scores of forecasts, and intervals that cover what they say they cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.stats.bounded import bounded_mean, wilson
from claims.stats.forecasting import FEWEST, Scored, score

RUNS = 3000


def forecasters(rng, name, n):
    """Probabilities and outcomes of n claims under one kind of forecaster."""
    if name == "calibrated":
        p = rng.beta(2, 2, n)
        return p, rng.random(n) < p
    if name == "sharp":
        p = np.where(rng.random(n) < 0.5, 0.95, 0.05)
        return p, rng.random(n) < p
    if name == "overconfident":
        p = np.where(rng.random(n) < 0.5, 0.95, 0.05)
        return p, rng.random(n) < np.where(p > 0.5, 0.7, 0.3)
    p = rng.beta(2, 2, n)  # knows nothing
    return p, rng.random(n) < 0.45


def scored(p, came):
    return score([Scored(f"c{i}", float(a), bool(b)) for i, (a, b) in enumerate(zip(p, came, strict=True))])


@pytest.mark.parametrize("name", ["calibrated", "sharp", "overconfident", "ignorant"])
@pytest.mark.parametrize("n", [8, 20, 60])
def test_the_intervals_of_score_and_gain_hold_their_level(name, n):
    rng = np.random.default_rng([3, n])
    p, came = forecasters(rng, name, 400_000)
    brier = np.mean((p - came) ** 2)
    gain = came.mean() * (1 - came.mean()) - brier
    runs = [scored(*forecasters(rng, name, n)) for _ in range(RUNS)]
    covered = np.mean([r.brier.low <= brier <= r.brier.high for r in runs])
    gained = np.mean([r.gain.low <= gain <= r.gain.high for r in runs])
    assert covered >= 0.94
    assert gained >= 0.94


def test_the_intervals_are_not_idle():
    """With many claims they are as short as a plain t-interval, so that skill can show."""
    p, came = forecasters(np.random.default_rng(4), "calibrated", 400)
    found = scored(p, came)
    plain = 1.966 * np.std((p - came) ** 2, ddof=1) / 20
    assert found.brier.high - found.brier.low < 2 * plain * 1.15
    assert found.skill == "better"
    assert scored(1 - p, came).skill == "worse"


def test_who_knows_nothing_is_rarely_called_skilled():
    rng = np.random.default_rng(9)
    found = []
    for _ in range(2000):
        came = rng.random(30) < 0.45
        found.append(scored(np.full(30, 0.45), came).skill)
    assert np.mean([skill != "same" for skill in found]) <= 0.06


def test_a_case_by_hand():
    found = score([Scored("a", 0.8, True), Scored("b", 0.6, False), Scored("c", 1.0, True), Scored("d", 0.0, False)])
    assert found.brier.mean == pytest.approx((0.04 + 0.36 + 0 + 0) / 4)
    assert (found.base_rate, found.baseline) == (0.5, 0.25)
    assert found.gain.mean == pytest.approx(0.25 - 0.1)
    assert [(b.low, b.said, b.came.mean, b.came.n) for b in found.bins] == [
        (0.0, 0.0, 0.0, 1),
        (0.6, 0.6, 0.0, 1),
        (0.8, 0.9, 1.0, 2),
    ]
    assert found.skill == "few"


def test_forecasts_of_one_claim_are_one_observation():
    many = score([Scored("a", 0.9, True)] * 50 + [Scored("b", 0.9, False)])
    assert (many.forecasts, many.claims) == (51, 2)
    assert many.brier.mean == pytest.approx((0.01 + 0.81) / 2)
    assert many.skill == "few"
    assert FEWEST == 8


PROBABILITY = st.floats(0, 1)


@given(st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=40))
def test_every_forecast_is_in_one_bin_and_every_interval_holds_its_mean(rows):
    found = score([Scored(f"c{i}", p, came) for i, (p, came) in enumerate(rows)])
    assert sum(b.came.n for b in found.bins) == len(rows)
    assert all(b.low <= b.said <= b.high for b in found.bins)
    for interval in (found.brier, *(b.came for b in found.bins)):
        assert 0 <= interval.low <= interval.mean <= interval.high <= 1
    assert -1 <= found.gain.low <= found.gain.mean <= found.gain.high <= 1


def test_wilson_as_published():
    """10 of 100: Newcombe 1998, Statistics in Medicine 17, table I, method 3 style figures."""
    found = wilson(10, 100)
    assert (found.low, found.high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    assert wilson(0, 5).low == 0
    assert wilson(5, 5).high == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: wilson(3, 2),
        lambda: wilson(0, 0),
        lambda: bounded_mean([], 0, 1),
        lambda: bounded_mean([1.1], 0, 1),
        lambda: score([]),
    ],
)
def test_what_cannot_be_scored_is_refused(wrong):
    with pytest.raises(ValueError, match=r"share|needed"):
        wrong()
