"""Random points: their spread, and where neighbours lie."""

import pytest
import torch

from claims.lab.tasks.points import at_one_norm, nearest_distances, norm_matched, normal_points, offsets, taught_pairs


def test_coordinates_have_unit_variance():
    points = normal_points(4000, 16, seed=1)
    assert float(points.var()) == pytest.approx(1.0, rel=0.03)
    assert points.shape == (4000, 16)


def test_a_seed_gives_the_same_points_again_and_another_seed_others():
    assert torch.equal(normal_points(3, 2, seed=5), normal_points(3, 2, seed=5))
    assert not torch.equal(normal_points(3, 2, seed=5), normal_points(3, 2, seed=6))


def test_points_at_one_norm_keep_their_directions_and_have_a_mean_square_of_one():
    points = normal_points(5, 16, seed=1)
    level = at_one_norm(points)
    torch.testing.assert_close(level.square().mean(1), torch.ones(5, dtype=torch.float64))
    torch.testing.assert_close(torch.nn.functional.cosine_similarity(level, points), torch.ones(5, dtype=torch.float64))


def test_matched_points_have_norms_of_the_given_ones_and_other_directions():
    points = normal_points(3, 16, seed=1)
    matched = norm_matched(points, 50, seed=2)
    gap = (matched.norm(dim=1)[:, None] - points.norm(dim=1)).abs().amin(1)
    assert float(gap.max()) < 1e-12
    assert float((torch.cdist(matched, points)).min()) > 1.0


def test_the_nearest_distance_is_to_another_point():
    points = torch.tensor([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])
    assert nearest_distances(points).tolist() == [5.0, 1.0, 1.0]


def test_one_point_has_no_nearest_distance():
    with pytest.raises(ValueError, match="two or more"):
        nearest_distances(torch.zeros(1, 2))


def test_offsets_are_as_long_as_asked_and_point_everywhere():
    points = normal_points(4, 3, seed=1)
    steps = offsets(points, 500, reach=0.25, seed=2)
    torch.testing.assert_close(steps.norm(dim=2), (0.25 * nearest_distances(points))[:, None].expand(4, 500))
    assert float((steps.mean(1).norm(dim=1) / steps.norm(dim=2)[:, 0]).max()) < 0.15


def test_taught_pairs_keep_points_and_scale_offsets():
    points = normal_points(4, 3, seed=1)
    x, y = taught_pairs(points, slope=1.5, reach=0.1, seed=2)
    assert torch.equal(x[:4], points)
    assert torch.equal(y[:4], points)
    from_point = points.repeat_interleave(6, dim=0)
    torch.testing.assert_close(y[4:] - from_point, 1.5 * (x[4:] - from_point))
