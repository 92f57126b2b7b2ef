"""Traces on a claim's page: the conditions that it speaks of, on an axis that shows them."""

from claims.site.figures.canvas import spans_decades


def test_an_error_that_falls_by_decades_needs_a_logarithmic_axis_and_a_reward_does_not() -> None:
    assert spans_decades([1.0, 1e-8])
    assert not spans_decades([0.3, 0.6])
    assert not spans_decades([0.0, 1.0]), "zero has no logarithm"
