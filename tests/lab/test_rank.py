"""Spearman's correlation against scipy and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from claims.lab.metrics.rank import spearman

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
