import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from claims.stats.intervals import mean_interval

numbers = st.floats(-1e6, 1e6)
ordinary = st.floats(-1e6, 1e6).map(lambda v: round(v, 6))
levels = st.floats(0.5, 0.999)


@given(st.lists(ordinary, min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1), levels)
def test_interval_is_the_one_of_scipy(values, level):
    estimate = mean_interval(values, level)
    expected = stats.t.interval(level, len(values) - 1, stats.tmean(values), stats.sem(values))
    # Values a millionth apart around a million keep about four digits of their spread.
    assert (estimate.low, estimate.high) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert estimate.sd == pytest.approx(stats.tstd(values), rel=1e-3)


def test_interval_of_a_case_solved_by_hand():
    estimate = mean_interval([1.0, 2.0, 3.0], 0.95)
    half = 4.302652729911275 / 3**0.5  # t(.975, 2), NIST/SEMATECH table 1.3.6.7.2 has 4.303
    assert estimate.mean == 2.0
    assert estimate.sd == pytest.approx(1.0)
    assert (estimate.low, estimate.high) == pytest.approx((2 - half, 2 + half))


@given(numbers, st.integers(2, 30), levels)
def test_equal_values_have_an_interval_of_no_width(value, n, level):
    estimate = mean_interval([value] * n, level)
    assert (estimate.low, estimate.mean, estimate.high, estimate.sd) == (value, value, value, 0.0)


@given(st.lists(numbers, min_size=2, max_size=30), levels, levels)
def test_a_higher_level_is_not_narrower(values, one, other):
    low, high = (mean_interval(values, level) for level in sorted((one, other)))
    assert high.low <= low.low <= low.mean <= low.high <= high.high


@given(st.permutations([0.1, 0.2, 0.7, 1e-9, 1e6, -3.3]))
def test_order_of_values_changes_no_bit_of_the_mean(values):
    assert mean_interval(values, 0.9).mean == mean_interval(sorted(values), 0.9).mean


@pytest.mark.parametrize("values", [[], [1.0]])
def test_one_value_has_no_interval(values):
    with pytest.raises(ValueError, match="two values"):
        mean_interval(values, 0.99)


@pytest.mark.parametrize("values", [[1.0, float("nan")], [1.0, float("inf")], [1.7e308, 1.7e308], [-1e308, 1e308]])
def test_what_has_no_finite_interval_is_refused(values):
    with pytest.raises(ValueError, match="interval"):
        mean_interval(values, 0.99)


@pytest.mark.parametrize("level", [0.0, 1.0, 99.0])
def test_level_is_a_fraction(level):
    with pytest.raises(ValueError, match="fraction"):
        mean_interval([1.0, 2.0], level)
