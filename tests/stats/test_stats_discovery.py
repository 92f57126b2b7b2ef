"""What is said of wrong verdicts holds: checked against registries in which the truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.stats.discovery import expected_wrong, expected_wrong_beside, most_wrong, share, wrong_given

COUNT = st.integers(0, 5000)
CHANCE = st.floats(0, 0.999)


def registries(rng, tests, true_share, alpha, power, runs=20_000):
    """Numbers supported wrongly and rightly in many registries."""
    true = rng.binomial(tests, true_share, runs)
    return rng.binomial(tests - true, alpha), rng.binomial(true, power)


@pytest.mark.parametrize("alpha", [0.003, 0.038, 0.2])
@pytest.mark.parametrize("true_share", [0.0, 0.3, 0.9])
def test_bounds_hold_where_the_truth_is_known(alpha, true_share):
    rng = np.random.default_rng(5)
    tests = 70
    wrong, right = registries(rng, tests, true_share, alpha, 0.9)
    unsupported = tests - wrong - right
    assert wrong.mean() <= expected_wrong(tests, alpha) * 1.02
    assert wrong.mean() <= expected_wrong_beside(1, alpha) * unsupported.mean() * 1.02
    assert (wrong <= most_wrong(tests, alpha)).mean() >= 0.95 - 0.005
    if true_share == 0:  # the bounds are attained there, so they are not idle
        assert wrong.mean() >= expected_wrong(tests, alpha) * 0.95
        assert wrong.mean() >= expected_wrong_beside(1, alpha) * unsupported.mean() * 0.95


def test_the_expectation_needs_no_independence_and_the_most_does():
    rng = np.random.default_rng(6)
    all_or_none = 40 * (rng.random(200_000) < 0.04)
    assert all_or_none.mean() == pytest.approx(expected_wrong(40, 0.04), rel=0.03)
    spread = 40 * (rng.random(200_000) < 0.1)
    assert (spread <= most_wrong(40, 0.1)).mean() < 0.95


@pytest.mark.parametrize(("true_share", "alpha", "power"), [(0.1, 0.038, 0.95), (0.5, 0.003, 0.99), (0.75, 0.1, 0.3)])
def test_the_share_for_a_known_share_of_true_claims_is_what_is_drawn(true_share, alpha, power):
    wrong, right = registries(np.random.default_rng(7), 100, true_share, alpha, power)
    assert wrong.sum() / (wrong.sum() + right.sum()) == pytest.approx(wrong_given(true_share, alpha, power), rel=0.03)


def test_the_published_formula_gives_the_published_numbers():
    """Ioannidis 2005, table 4, without bias: PPV = (1 - beta) R / (R - beta R + alpha)."""
    for odds, alpha, power in ((1, 0.05, 0.8), (0.2, 0.05, 0.2), (0.1, 0.05, 0.8)):
        ppv = power * odds / (odds - (1 - power) * odds + alpha)
        assert 1 - wrong_given(odds / (1 + odds), alpha, power) == pytest.approx(ppv)


@given(COUNT, COUNT, CHANCE, CHANCE)
def test_more_tests_or_a_worse_rule_never_mean_fewer_wrong(m, more, a, b):
    low, high = sorted((a, b))
    assert 0 <= expected_wrong(m, low) <= expected_wrong(m + more, high)
    assert 0 <= expected_wrong_beside(m, low) <= expected_wrong_beside(m + more, high)
    assert 0 <= most_wrong(m, low) <= most_wrong(m + more, high) <= m + more


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_true_claims_never_mean_more_wrong_verdicts(a, b, alpha, power):
    low, high = sorted((a, b))
    few, many = wrong_given(low, alpha, power), wrong_given(high, alpha, power)
    assert few is None or many is None or many <= few + 1e-9
    assert all(v is None or 0 <= v <= 1 for v in (few, many))


@given(st.floats(0, 1e6), COUNT)
def test_a_share_is_at_most_all_and_of_nothing_unknown(wrong, supported):
    found = share(wrong, supported)
    assert found is None if supported == 0 else 0 <= found <= 1


@pytest.mark.parametrize(
    "call",
    [
        (expected_wrong, (-1, 0.1)),
        (expected_wrong, (1, 1.1)),
        (expected_wrong_beside, (1, 1)),
        (most_wrong, (1, 0.1, 1)),
        (wrong_given, (0.1, 0.1, 2)),
    ],
)
def test_what_is_no_count_and_no_probability_is_refused(call):
    function, arguments = call
    with pytest.raises(ValueError, match=r"probabilit|level"):
        function(*arguments)
