"""Other analyses of a record: what they say is right, and they decide nothing."""

import random

import numpy as np
import pytest
from scipy import stats

from claims.stats.multiverse import _cut, _middle, _signed_ranks


@pytest.mark.parametrize(("n", "alpha"), [(8, 0.05), (8, 0.01), (16, 0.05), (24, 0.05), (10, 0.1)])
def test_signed_ranks_cover_as_they_say(n, alpha):
    rng = np.random.default_rng(0)
    draws = rng.standard_t(3, size=(4000, n))
    inside = np.mean([low <= 0 <= high for low, high in (_signed_ranks(list(d), alpha) for d in draws)])
    assert 1 - alpha - 3 * (alpha / 4000) ** 0.5 <= inside


@pytest.mark.parametrize("n", [6, 8, 12])
def test_the_interval_by_signed_ranks_is_that_of_the_test(n):
    """A value is inside exactly if Wilcoxon's exact test does not reject it."""
    rng = random.Random(n)
    values = [rng.gauss(0.3, 1) for _ in range(n)]
    low, high = _signed_ranks(values, 0.05)
    for centre in np.linspace(min(values) - 0.5, max(values) + 0.5, 61):
        rejected = stats.wilcoxon([v - centre for v in values], method="exact").pvalue <= 0.05
        assert (low < centre < high) == (not rejected)


def test_the_cut_is_that_of_the_tables():
    """The largest sum of ranks that a two-sided test at 5 % rejects: 3 for eight values, 29 for sixteen."""
    assert [_cut(n, 0.05) for n in (8, 16)] == [3, 29]


def test_without_its_ends_a_mean_ignores_one_wild_value():
    tame = [1.0, 1.1, 0.9, 1.05, 0.95, 1.02, 0.98, 1.01]
    low, high = _middle([*tame[:-1], 1e6], 0.01)
    assert 0.8 < low < 1.0 < high < 1.3


def test_the_trimmed_interval_covers_as_it_says():
    rng = np.random.default_rng(1)
    inside = np.mean([low <= 0 <= high for low, high in (_middle(list(d), 0.05) for d in rng.normal(size=(4000, 8)))])
    assert 0.93 < inside < 0.975
