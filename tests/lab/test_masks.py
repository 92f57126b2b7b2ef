"""Masks of trainable weights."""

import pytest
import torch
from torch import nn

from claims.lab.seeding import generator
from claims.lab.training.masks import changed_weights, density, random_weights


def model():
    return nn.Sequential(nn.Linear(10, 20), nn.Linear(20, 5))


def test_changed_weights_are_those_that_differ():
    one = model()
    other = model()
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        other[0].weight[3, 4] += 1
        other[1].bias[2] -= 1
    masks = changed_weights(one, other)
    assert {name: mask.nonzero().tolist() for name, mask in masks.items() if mask.any()} == {
        "0.weight": [[3, 4]],
        "1.bias": [[2]],
    }
    assert density(masks) == pytest.approx(2 / 325)


@pytest.mark.parametrize("count", [0, 1, 100, 325])
def test_random_weights_are_as_many_as_asked(count):
    masks = random_weights(model(), count, generator=generator(1))
    assert sum(int(mask.sum()) for mask in masks.values()) == count
    assert {name: mask.shape for name, mask in masks.items()} == {n: w.shape for n, w in model().named_parameters()}


def test_random_weights_are_drawn_from_all_alike():
    drawn = [random_weights(model(), 65, generator=generator(seed)) for seed in range(200)]
    shares = [sum(float(masks[name].double().mean()) for masks in drawn) / 200 for name in drawn[0]]
    assert shares == pytest.approx([0.2] * 4, abs=0.03)


def test_another_generator_draws_another_mask_and_the_same_one_the_same():
    one, two, again = (random_weights(model(), 65, generator=generator(seed)) for seed in (1, 2, 1))
    assert any(not torch.equal(one[name], two[name]) for name in one)
    assert all(torch.equal(one[name], again[name]) for name in one)


def test_more_weights_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError, match="cannot draw 326 of 325"):
        random_weights(model(), 326, generator=generator(1))
