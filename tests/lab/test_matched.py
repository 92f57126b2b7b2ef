"""Training to a level, on models of one weight."""

import pytest
import torch
from torch import nn

from claims.lab.training.matched import train_to, warm_to


class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


def climb(model, by):
    def train(steps):
        with torch.no_grad():
            model.weight += by * steps

    return train


def test_it_ends_between_two_looks_where_the_score_is_the_target():
    model, heard = One(), []
    steps = train_to(
        model, climb(model, 0.3), lambda: model.weight.item() ** 2, 0.8, every=2, most=20,
        on_look=lambda step, score: heard.append((step, round(score, 2))),
    )  # fmt: skip
    assert steps == 4
    assert heard == [(2, 0.36), (4, 1.44)]
    assert model.weight.item() ** 2 == pytest.approx(0.8, abs=0.01)
    assert model.weight.item() ** 2 >= 0.8


def test_a_model_that_never_gets_there_keeps_its_last_weights():
    model = One()
    assert train_to(model, climb(model, 0.1), lambda: model.weight.item(), 5.0, every=3, most=7) == 9
    assert model.weight.item() == pytest.approx(0.9)


def test_a_level_that_dips_first_is_reached_later():
    model = One()
    steps = train_to(
        model, climb(model, 1.0), lambda: model.weight.item() * (model.weight.item() - 4), 5.0, every=1, most=9
    )
    assert steps == 5
    assert model.weight.item() == pytest.approx(5.0, abs=0.01)


def test_a_temperature_is_found_that_brings_the_score_down():
    scale = nn.Parameter(torch.tensor([2.0, 4.0]))
    logits = torch.tensor([1.0, 0.0])
    found = warm_to(scale, lambda: (scale[1] * logits).softmax(0)[0].item(), 0.8, hottest=8.0)
    # Four over the temperature is the logit of 0.8, log 4.
    assert found == pytest.approx(4 / 1.386294, rel=1e-3)
    assert scale.tolist() == pytest.approx([2 / found, 4 / found])
