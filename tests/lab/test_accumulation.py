"""Gradients over micro-batches, right and wrong, by numbers solved by hand; and the expert in a mix."""

import pytest
import torch

from claims.lab.models.decoder import decoder
from claims.lab.training.accumulation import accumulated, supervised_by
from claims.lab.training.mixed import WithExpert
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised
from claims.lab.training.until import until

# Two ranks of four micro-batches of one sequence each.
NLL = torch.tensor([1.0, 2.0, 3.0, 8.0, 1.0, 1.0, 2.0, 3.0])
TOKENS = torch.tensor([1, 2, 1, 4, 1, 1, 1, 1])
BATCH = torch.randint(6, (8, 3), generator=torch.Generator().manual_seed(1))


def small():
    return decoder(6, 8, width=16, layers=1, heads=2, seed=1, device="cpu")


def weights(model):
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


@pytest.mark.parametrize(
    ("how", "loss"),
    [
        ("right", 21 / 12),
        ("dropped", 11 / 5),
        ("misweighted", (1 + 1 + 3 + 2 + 1 + 1 + 2 + 3) / 8),
        ("dropped-misweighted", (2 + 3) / 2),
    ],
)
def test_losses_solved_by_hand(how, loss):
    assert float(accumulated(NLL, TOKENS, how)) == pytest.approx(loss)


def test_dropped_micro_batches_get_no_gradient():
    nll = NLL.clone().requires_grad_()
    accumulated(nll, TOKENS, "dropped").backward()
    assert (nll.grad != 0).nonzero().flatten().tolist() == [3, 7]


def test_right_accumulation_is_plain_supervised_tuning():
    one, two = small(), small()
    supervised(one, lambda _: (BATCH, BATCH), Optimiser(one, lr=1e-2), steps=3, end=5)
    supervised_by(two, lambda: (BATCH, BATCH), Optimiser(two, lr=1e-2), how="right", steps=3, end=5)
    assert torch.allclose(weights(one), weights(two), atol=1e-6)


def test_the_expert_is_weighed_by_mu():
    model = small()
    weight = next(model.parameters())
    mix = WithExpert(model, lambda: weight[0, 0] * 4e-3, lr=0.0, warmup=1)
    for mu, gradient in ((0.0, 2e-3), (0.25, 2.5e-3), (1.0, 4e-3)):
        mix.mu = mu
        mix.step(weight[0, 0] * 2e-3)
        assert float(weight.grad[0, 0]) == pytest.approx(gradient)


def test_training_until_stops_at_the_first_check_that_reaches_the_target():
    state = {"value": 0.0}
    heard = []

    def train(steps):
        state["value"] += 0.2 * steps

    taken = until(lambda: state["value"], 0.7, train, between=2, at_most=100, on_check=lambda *c: heard.append(c))
    assert taken == 4
    assert [steps for steps, _ in heard] == [0, 2, 4]
    assert until(lambda: 0.0, 0.7, lambda _: None, between=2, at_most=6) == 6
