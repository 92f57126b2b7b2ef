"""Jacobians, eigenvalues and iteration, on maps solved by hand."""

import math

import pytest
import torch

from claims.lab.metrics.contraction import contraction, jacobians, recovery_share, spectral_radii, top_singular_values
from claims.lab.models.planted import Anchored, saddle, shear
from claims.lab.tasks.points import normal_points

POINTS_ND = normal_points(5, 4, seed=1)


def anchored(matrix_DD):
    return Anchored(POINTS_ND, matrix_DD.double())


def test_the_jacobian_of_a_quadratic_map_depends_on_the_point_and_has_outputs_in_rows():
    def f(x):
        return torch.stack([x[..., 0] ** 2, x[..., 0] * x[..., 1]], dim=-1)

    found = jacobians(f, torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    torch.testing.assert_close(found, torch.tensor([[[2.0, 0.0], [2.0, 1.0]], [[6.0, 0.0], [5.0, 3.0]]]))


def test_a_rotation_has_radius_one_although_its_eigenvalues_are_complex():
    quarter_turn = torch.tensor([[[0.0, -1.0], [1.0, 0.0]]])
    assert float(spectral_radii(quarter_turn)) == pytest.approx(1.0)


def test_a_shear_stretches_more_than_its_spectral_radius():
    matrix = shear(4, diagonal=0.5, stretch=2.0)[None]
    assert float(spectral_radii(matrix)) == pytest.approx(0.5, abs=1e-6)
    # the larger root of s**2 of [[.5, 2], [0, .5]]: trace 4.5 and determinant 1/16 of A A^T
    assert float(top_singular_values(matrix)) == pytest.approx(math.sqrt((4.5 + math.sqrt(4.5**2 - 0.25)) / 2))


def test_an_eigenvalue_counts_by_its_size_not_its_sign():
    assert float(spectral_radii(torch.diag(torch.tensor([-2.0, 0.5]))[None])) == 2.0


def test_a_planted_contraction_is_contractive_everywhere():
    found = contraction(anchored(shear(4, diagonal=0.5, stretch=2.0)), POINTS_ND)
    assert found["contractive_share"] == 1.0
    assert found["median_radius"] == pytest.approx(0.5)


def test_one_way_out_is_enough_not_to_be_contractive():
    found = contraction(anchored(saddle(4, inward=0.1, outward=1.25)), POINTS_ND)
    assert found == {"contractive_share": 0.0, "median_radius": 1.25, "median_sigma": 1.25}


def test_the_identity_is_not_contractive():
    assert contraction(anchored(torch.eye(4)), POINTS_ND)["contractive_share"] == 0.0


def test_the_share_counts_points():
    def f(x):
        return x * x.sum(-1, keepdim=True).sign() * torch.where(x.sum(-1, keepdim=True) > 0, 0.5, 2.0)

    positive = float((POINTS_ND.sum(1) > 0).double().mean())
    assert 0 < positive < 1
    assert contraction(f, POINTS_ND)["contractive_share"] == positive


@pytest.mark.parametrize(("matrix", "share"), [(0.5 * torch.eye(4), 1.0), (torch.eye(4), 0.0), (2 * torch.eye(4), 0.0)])
def test_iteration_returns_to_a_point_only_under_contraction(matrix, share):
    assert recovery_share(anchored(matrix), POINTS_ND, reach=0.1, iterations=50, seed=0) == share


def test_a_start_that_runs_to_infinity_has_not_returned():
    def f(x):
        return x * 1e30

    assert recovery_share(f, POINTS_ND, reach=0.1, iterations=50, seed=0) == 0.0


def test_a_map_that_moves_every_start_to_one_point_recovers_that_one_only():
    def f(x):
        return POINTS_ND[2].expand_as(x)

    assert recovery_share(f, POINTS_ND, reach=0.1, iterations=3, seed=0) == pytest.approx(1 / 5)


def test_planted_maps_keep_their_anchors():
    torch.testing.assert_close(anchored(saddle(4, inward=0.5, outward=3.0))(POINTS_ND), POINTS_ND)


def test_a_shear_needs_pairs_of_axes():
    with pytest.raises(ValueError, match="even"):
        shear(3, diagonal=0.5, stretch=2.0)
