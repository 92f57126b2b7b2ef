"""Stacks of autoencoders: members agree with the stack, and start as documented."""

import pytest
import torch

from claims.lab.models.autoencoder import AutoencoderStack


def stack(activation="tanh", gains=(1.0, 0.5), like=None, seed=3):
    like = torch.zeros(1, 4, dtype=torch.float64) if like is None else like
    return AutoencoderStack(activation, 2, width=400, gains=gains, like=like, seed=seed)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_member_maps_points_as_the_stack_does(activation):
    nets = stack(activation)
    for bias_S1O in nets.biases_S1O:
        torch.nn.init.uniform_(bias_S1O, generator=torch.Generator().manual_seed(1))
    x_ND = torch.randn(7, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for index in (0, 1):
        torch.testing.assert_close(nets.member(index)(x_ND), nets(x_ND)[index])
        torch.testing.assert_close(nets.member(index)(x_ND[2]), nets(x_ND)[index, 2])


def test_nets_of_a_stack_start_from_the_same_weights_up_to_their_gain():
    for weight_SIO in stack().weights_SIO:
        torch.testing.assert_close(weight_SIO[1], 0.5 * weight_SIO[0])


def test_the_gain_is_the_spread_of_a_weight_times_the_root_of_its_inputs():
    hidden_to_hidden = stack().weights_SIO[1]
    assert float(hidden_to_hidden[0].detach().std()) * 400**0.5 == pytest.approx(1.0, rel=0.02)


def test_biases_start_at_zero():
    assert all(not bias.any() for bias in stack().biases_S1O)


def test_relu_and_tanh_are_not_the_same_net():
    x_ND = torch.ones(1, 4, dtype=torch.float64)
    assert not torch.allclose(stack("tanh")(x_ND), stack("relu")(x_ND))


def test_dtype_comes_from_the_points():
    nets = stack(like=torch.zeros(1, 4))
    assert {p.dtype for p in nets.parameters()} == {torch.float32}


def test_a_member_does_not_change_when_training_goes_on():
    nets = stack()
    member = nets.member(0)
    before = member.norm()
    with torch.no_grad():
        nets.weights_SIO[0].zero_()
    assert member.norm() == before


def test_the_norm_is_euclidean_over_all_parameters():
    nets = stack()
    squares = sum(float(p[0].detach().square().sum()) for p in nets.parameters())
    assert nets.member(0).norm() == pytest.approx(squares**0.5)


def test_another_seed_gives_other_weights():
    assert not torch.allclose(stack(seed=1).weights_SIO[0], stack(seed=2).weights_SIO[0])
