"""The curve of the unchanged share against displacement: a planted curve is found, and points come out by hand."""

import math

import pytest
import torch

from claims.lab.metrics.displacement import Point, fit, points
from claims.lab.seeding import generator


def planted(place):
    return 1 / (1 + math.exp(1.3 + 0.8 * place + 0.05 * place**3))


PLACES = [-4 + 0.25 * i for i in range(33)]
ON_IT = [Point(place, planted(place)) for place in PLACES]


def test_a_planted_curve_is_found():
    curve = fit(ON_IT)
    assert curve.misfit(ON_IT) < 1e-6
    for place in (-3.9, 0.1, 2.7):
        assert curve.at(place) == pytest.approx(planted(place), abs=1e-6)


def test_shares_of_none_and_all_do_not_break_the_fit():
    steep = [Point(place, float(place < 0.1)) for place in PLACES]
    curve = fit(steep)
    assert curve.at(-4) > 0.99
    assert curve.at(4) < 0.01


def test_a_residual_is_the_mean_height_above_the_curve():
    curve = fit(ON_IT)
    above = [Point(0.0, planted(0.0) + 0.1), Point(1.0, planted(1.0) - 0.04)]
    assert curve.residual(above) == pytest.approx(0.03, abs=1e-6)


def test_outside_the_points_the_curve_goes_on_flat():
    curve = fit(ON_IT)
    assert curve.at(9.0) == curve.at(4.0)
    assert curve.share_inside([Point(9.0, 0.5), Point(0.0, 0.5), Point(-4.0, 0.5)]) == pytest.approx(2 / 3)


def test_too_few_points_determine_no_curve():
    with pytest.raises(ValueError, match="needs more than 3"):
        fit([Point(float(i % 3), 0.5) for i in range(9)])


def test_a_point_by_hand():
    # Magnitudes 1, 1, 2 have the median 1; half a unit in the last place of bf16 is 2**-8 at 1 and 2**-7 at 2.
    before = {"w": torch.tensor([[1.0, -1.0, 2.0]])}
    after = {"w": torch.tensor([[1.0 + 2**-7, -1.0 - 2**-10, 2.0 + 2**-9]])}
    (found,) = points(before, after)
    rms = math.sqrt((2**-14 + 2**-20 + 2**-18) / 3)
    assert found.log_displacement == pytest.approx(math.log(rms))
    assert found.unchanged == pytest.approx(2 / 3)


def test_a_matrix_that_did_not_move_is_refused():
    start = {"w": torch.ones(2, 2)}
    with pytest.raises(ValueError, match="did not move"):
        points(start, start)


def test_updates_of_one_shape_and_many_sizes_lie_on_one_curve_and_sparse_ones_above_it():
    rng = generator(1)
    before = {"w": 0.02 * torch.randn(200, 200, generator=rng)}
    before = {"w": before["w"].bfloat16().float()}
    noise = torch.randn(200, 200, generator=rng)
    sizes = [1e-5 * 2**i for i in range(8)]
    curve = fit([point for size in sizes for point in points(before, {"w": before["w"] + size * noise})])
    other = torch.randn(200, 200, generator=rng)
    assert abs(curve.residual(points(before, {"w": before["w"] + 1e-4 * other}))) < 0.02
    few = torch.where(torch.rand(200, 200, generator=rng) < 0.04, 5 * other, 0.0)
    assert curve.residual(points(before, {"w": before["w"] + 1e-4 * few})) > 0.3
