"""The effective number of kinds."""

import math

import pytest

from claims.lab.metrics.shares import effective_number


@pytest.mark.parametrize("kinds", [1, 2, 7])
def test_equal_shares_count_their_kinds(kinds):
    assert effective_number([1 / kinds] * kinds) == pytest.approx(kinds)


def test_a_kind_that_never_occurs_does_not_count():
    assert effective_number([0.5, 0.5, 0.0]) == pytest.approx(2)


def test_unequal_shares_by_hand():
    # 3/4 and 1/4: exp(3/4 log 4/3 + 1/4 log 4) = 4 / 3 ** (3/4).
    assert effective_number([0.75, 0.25]) == pytest.approx(4 / math.pow(3, 0.75))
