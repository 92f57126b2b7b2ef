"""Side-by-side training: the same numbers as torch's AdamW, net by net."""

import math

import pytest
import torch

from claims.lab.models.autoencoder import AutoencoderStack
from claims.lab.training.regression import Net, fit, mean_squared_errors, side_by_side

X_ND = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
Y_ND = X_ND.flip(0)


def stack(gains):
    return AutoencoderStack("tanh", 2, width=8, gains=gains, like=X_ND, seed=2)


def trained(decays, steps=40, lr=0.01):
    nets = stack([1.0] * len(decays))
    fit(nets, X_ND, Y_ND, decays=decays, steps=steps, lr=lr, progress=lambda share: None)
    return nets


@pytest.mark.parametrize("decay", [0.0, 2.0])
def test_one_net_trains_as_torch_adamw_does(decay):
    reference, steps, lr = stack([1.0]), 40, 0.01
    adam = torch.optim.AdamW(reference.parameters(), lr=lr, weight_decay=decay)
    for step in range(steps):
        adam.param_groups[0]["lr"] = lr * 0.5 * (1 + math.cos(math.pi * step / steps))
        adam.zero_grad()
        ((reference(X_ND)[0] - Y_ND) ** 2).mean().backward()
        adam.step()
    torch.testing.assert_close(trained([decay])(X_ND), reference(X_ND))


def test_a_net_trains_the_same_alone_and_beside_others():
    together = trained([0.0, 3.0])
    for index, decay in enumerate([0.0, 3.0]):
        torch.testing.assert_close(together(X_ND)[index], trained([decay])(X_ND)[0])


def test_nets_may_have_points_of_their_own():
    own = torch.stack([X_ND, 2 * X_ND])
    nets = stack([1.0, 1.0])
    fit(nets, own, own, decays=[0.0, 0.0], steps=40, lr=0.01, progress=lambda share: None)
    alone = stack([1.0])
    fit(alone, 2 * X_ND, 2 * X_ND, decays=[0.0], steps=40, lr=0.01, progress=lambda share: None)
    torch.testing.assert_close(nets(X_ND)[1], alone(X_ND)[0])


def test_decay_makes_weights_smaller():
    nets = trained([0.0, 3.0], steps=200)
    assert nets.member(1).norm() < 0.9 * nets.member(0).norm()


def test_training_lowers_the_error_towards_the_targets_not_the_inputs():
    nets = trained([0.0], steps=2000)
    assert float(mean_squared_errors(nets, X_ND, Y_ND).detach()) < 1e-4
    assert float(mean_squared_errors(nets, X_ND, X_ND).detach()) > 0.1


def test_the_error_is_a_mean_over_points_and_coordinates():
    nets = stack([0.0])
    assert float(mean_squared_errors(nets, X_ND, Y_ND).detach()) == pytest.approx(float(Y_ND.square().mean()))


@pytest.mark.parametrize("steps", [1, 7, 50, 51, 120])
def test_the_curve_stays_short_and_starts_before_training(steps):
    nets, shares = stack([1.0]), []
    start = float(mean_squared_errors(nets, X_ND, Y_ND).detach())
    curve = fit(nets, X_ND, Y_ND, decays=[0.0], steps=steps, lr=0.01, progress=shares.append)
    assert len(curve) <= 51
    assert len(shares) == len(curve)
    assert curve[0][0] == 0
    assert float(curve[0][1]) == start


def test_nets_of_different_shapes_do_not_stack():
    nets = [Net("tanh", 2, 5, 1.0, 0.0), Net("relu", 2, 5, 1.0, 0.0)]
    with pytest.raises(ValueError, match="one shape"):
        side_by_side(nets, X_ND, X_ND, width=8, steps=1, lr=0.01, seed=1, progress=lambda share: None)


def test_each_net_gets_its_own_gain_and_decay():
    nets = [Net("tanh", 2, 5, 1.0, 0.0), Net("tanh", 2, 5, 0.5, 0.0), Net("tanh", 2, 5, 1.0, 50.0)]
    stacked, _ = side_by_side(nets, X_ND, X_ND, width=8, steps=1, lr=0.001, seed=1, progress=lambda share: None)
    full, half, decayed = (stacked.member(index).norm() for index in range(3))
    assert half == pytest.approx(full / 2, rel=0.05)
    assert decayed == pytest.approx(0.95 * full, rel=0.01)
