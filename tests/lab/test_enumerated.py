"""Exact distributions of two-token answers against what the lab samples and scores elsewhere."""

import math

import pytest
import torch

from claims.lab.metrics.divergence import kl
from claims.lab.metrics.enumerated import all_answers, divergence, entropy
from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator


def small(seed, sharp=3.0):
    model = decoder(7, 6, width=16, layers=1, heads=2, seed=seed, device="cpu")
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 2:
                weight.mul_(sharp * 4)
    return model


PROMPTS = torch.tensor([[0, 1], [2, 3], [4, 4]])


def test_chances_add_up_to_one_and_agree_with_the_chance_of_an_answer():
    model = small(1)
    log_BVV = all_answers(model, PROMPTS)
    assert log_BVV.exp().sum(dim=(1, 2)).tolist() == pytest.approx([1.0] * 3, abs=1e-5)
    pairs = torch.cartesian_prod(torch.arange(7), torch.arange(7))
    chances = chance_of(model, PROMPTS, pairs.repeat(3, 1)).view(3, 7, 7)
    assert torch.allclose(chances, log_BVV.exp(), atol=1e-5)


def test_divergence_agrees_with_the_sampled_estimate_and_has_a_direction():
    one, two = small(1), small(2)
    first, second = all_answers(one, PROMPTS), all_answers(two, PROMPTS)
    many = PROMPTS.repeat(4000, 1)
    sampled = kl(one, two, many, length=2, generator=generator(3))
    assert divergence(first, second) == pytest.approx(sampled, rel=0.05)
    assert divergence(first, second) != pytest.approx(divergence(second, first), rel=0.02)
    assert divergence(first, first) == 0.0


def test_divergence_and_entropy_by_hand():
    even = torch.full((1, 2, 2), 0.25).log()
    skewed = torch.tensor([[[0.5, 0.25], [0.125, 0.125]]]).log()
    assert entropy(even) == pytest.approx(math.log(4))
    assert entropy(skewed) == pytest.approx(1.75 * math.log(2))
    assert divergence(skewed, even) == pytest.approx(0.25 * math.log(2))
    assert divergence(even, skewed) == pytest.approx(0.25 * math.log(2))
