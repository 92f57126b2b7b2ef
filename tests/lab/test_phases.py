"""Phases of a curve, solved by hand."""

import pytest

from claims.lab.metrics.phases import phases


def test_a_fall_a_rise_and_a_fall():
    found = phases([0.5, *[0.2] * 3, *[0.8] * 3, *[0.6] * 3])
    assert (found.dip, found.rise, found.fall) == pytest.approx((0.3, 0.3, 0.2))


def test_a_point_that_sticks_out_is_smoothed_by_its_neighbours():
    found = phases([0.5, 0.5, 0.5, 0.8, 0.5, 0.5, 0.5])
    assert (found.dip, found.rise, found.fall) == pytest.approx((0.0, 0.1, 0.1))


def test_the_dip_counts_before_the_highest_point_only():
    found = phases([0.5, *[0.7] * 3, *[0.1] * 3])
    assert (found.dip, found.rise, found.fall) == pytest.approx((0.0, 0.2, 0.6))


def test_a_curve_that_stays_below_its_start_has_no_dip_and_no_rise():
    found = phases([0.5, *[0.1] * 3, *[0.4] * 3])
    assert (found.dip, found.rise, found.fall) == pytest.approx((0.0, 0.0, 0.1))


def test_one_point_is_no_curve():
    with pytest.raises(ValueError, match="1 points"):
        phases([0.5])
