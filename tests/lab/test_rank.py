"""Rank correlations against scipy and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from claims.lab.metrics.rank import partial_spearman, spearman

pairs = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=12).filter(
    lambda rows: len({a for a, _ in rows}) > 1 and len({b for _, b in rows}) > 1
)


@given(pairs)
def test_agrees_with_scipy_also_for_ties(rows):
    x, y = [a for a, _ in rows], [b for _, b in rows]
    assert spearman(x, y) == pytest.approx(float(spearmanr(x, y).statistic), abs=1e-12)


def test_one_swap_of_five_gives_nine_tenths_exactly():
    assert spearman([0, 1, 2, 3, 4], [5, 4, 3, 1, 2]) == -0.9


@pytest.mark.parametrize(("x", "y"), [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [3.0, 3.0])])
def test_without_an_order_there_is_no_correlation(x, y):
    with pytest.raises(ValueError, match=r"pairs|constant"):
        spearman(x, y)


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_partial_agrees_with_the_inverse_of_scipys_rank_correlations(seed, held):
    rows = np.random.default_rng(seed).normal(size=(held + 2, 12)).round(1)
    inverse = np.linalg.inv(np.atleast_2d(spearmanr(rows, axis=1).statistic))
    expected = -inverse[0, 1] / np.sqrt(inverse[0, 0] * inverse[1, 1])
    assert partial_spearman(*rows.tolist()) == pytest.approx(expected, abs=1e-8)


def test_partial_without_anything_held_is_plain():
    x, y = [3.0, 1.0, 2.0, 5.0], [1.0, 1.0, 4.0, 2.0]
    assert partial_spearman(x, y) == pytest.approx(spearman(x, y))


def test_a_correlation_that_the_third_makes_is_gone_when_it_is_held():
    rng = np.random.default_rng(1)
    cause = rng.normal(size=4000)
    x, y = (cause + 0.5 * rng.normal(size=4000) for _ in range(2))
    ranks = [rankdata(values).tolist() for values in (x, y, cause)]
    assert np.corrcoef(ranks[:2])[0, 1] > 0.7
    assert abs(partial_spearman(*(values[:600] for values in ranks))) < 0.15


def test_one_step_of_residuals_by_hand():
    # Twice the centred ranks: x -3 -1 1 3, y -3 1 -1 3, held -1 3 -3 1; their slopes on held are 0 and 0.6.
    left_y = [-2.4, -0.8, 0.8, 2.4]
    by_hand = 16 / np.sqrt(20 * sum(value * value for value in left_y))
    assert partial_spearman([1, 2, 3, 4], [1, 3, 2, 4], [2, 4, 1, 3]) == pytest.approx(by_hand)


def test_nothing_left_of_a_side_is_no_correlation():
    x = [1.0, 2.0, 3.0, 4.0, 5.0]
    with pytest.raises(ValueError, match="nothing is left"):
        partial_spearman(x, [2.0, 1.0, 3.0, 5.0, 4.0], [2 * value for value in x])
    with pytest.raises(ValueError, match="lengths"):
        partial_spearman([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 1.0, 2.0])
