"""Learning curves: crossings, half-times, comparison at equal progress; by hand."""

import pytest

from claims.lab.metrics.curves import at_common_level, crossing, half_time


def test_a_crossing_lies_between_two_points():
    assert crossing([0, 10, 20], [0.0, 0.2, 0.6], 0.4) == pytest.approx(15.0)


def test_the_first_of_several_crossings_counts():
    assert crossing([0, 1, 2, 3], [0.0, 1.0, 0.0, 1.0], 0.5) == pytest.approx(0.5)


def test_a_level_that_is_there_at_the_start_is_reached_at_once_and_one_beyond_never():
    assert crossing([5, 6], [0.5, 0.7], 0.5) == 5.0
    assert crossing([5, 6], [0.5, 0.7], 0.8) is None


def test_half_time_is_counted_from_the_first_point_to_half_of_the_rise():
    assert half_time([10, 20, 30], [0.2, 0.4, 0.6]) == pytest.approx(10.0)


def test_what_does_not_rise_has_no_half_time():
    assert half_time([0, 1, 2], [0.5, 0.5, 0.4]) is None


def test_a_slower_run_of_the_same_curve_differs_in_nothing_at_equal_progress():
    fast = [(0.4, 0.9), (0.5, 0.85), (0.6, 0.8)]
    slow = [(0.4, 0.9), (0.45, 0.875), (0.5, 0.85)]
    level = at_common_level(slow, fast)
    assert level.gain == pytest.approx(0.1)
    assert level.margin == pytest.approx(0.0)


def test_what_is_kept_at_equal_progress_is_the_margin():
    kept = [(0.4, 0.9), (0.5, 0.9), (0.6, 0.9)]
    lost = [(0.4, 0.9), (0.5, 0.8), (0.6, 0.7)]
    assert at_common_level(kept, lost).margin == pytest.approx(0.2)
    assert at_common_level(lost, kept).margin == pytest.approx(-0.2)


def test_a_run_that_never_gains_is_compared_at_the_start():
    level = at_common_level([(0.4, 0.9), (0.3, 0.5)], [(0.4, 0.9), (0.6, 0.7)])
    assert level.gain == pytest.approx(0.0)
    assert level.margin == pytest.approx(0.0)
