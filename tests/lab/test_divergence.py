"""Divergence and entropy against an enumeration of every answer."""

import pytest
import torch

from claims.lab.metrics.divergence import entropy, kl
from claims.lab.models.decoder import decoder
from claims.lab.sampling import log_likelihood
from claims.lab.seeding import generator

VOCABULARY, MANY = 5, 4096


def pointed(seed):
    """A random model whose answers are far from uniform."""
    model = decoder(VOCABULARY, 4, width=16, layers=1, heads=2, seed=seed, device="cpu")
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(1.0 if weight.ndim == 1 else 8.0)
    return model


ONE, OTHER = pointed(1), pointed(2)
PROMPTS = torch.tensor([[0, 3], [4, 1]])
ANSWERS = torch.cartesian_prod(torch.arange(VOCABULARY), torch.arange(VOCABULARY))
ALL = ANSWERS.repeat(len(PROMPTS), 1)


def enumerated(model, end):
    """Log-chance (B, answers) of every distinct answer; what follows an end is that token again."""
    logs = log_likelihood(model, PROMPTS, ALL, end).sum(dim=1).view(len(PROMPTS), -1)
    distinct = (ANSWERS[:, 0] != end) | (ANSWERS[:, 1] == end) if end is not None else torch.ones(25, dtype=torch.bool)
    return logs[:, distinct]


@pytest.mark.parametrize("end", [None, 2])
def test_the_chances_of_all_answers_sum_to_one(end):
    assert enumerated(ONE, end).exp().sum(dim=1).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)


@pytest.mark.parametrize("end", [None, 2])
@pytest.mark.parametrize(("of", "to"), [(ONE, OTHER), (OTHER, ONE)])
def test_kl_is_that_of_the_enumeration(of, to, end):
    of_logs, to_logs = enumerated(of, end), enumerated(to, end)
    exact = (of_logs.exp() * (of_logs - to_logs)).sum(dim=1).mean().item()
    assert exact > 0.2
    found = kl(of, to, PROMPTS.repeat(MANY, 1), length=2, generator=generator(3), end=end)
    assert found == pytest.approx(exact, rel=0.05)


def test_a_model_does_not_diverge_from_itself():
    assert kl(ONE, ONE, PROMPTS, length=2, generator=generator(3)) == 0.0


@pytest.mark.parametrize("end", [None, 2])
def test_the_entropies_of_the_positions_sum_to_that_of_the_answer(end):
    logs = enumerated(ONE, end)
    exact = -(logs.exp() * logs).sum(dim=1).mean().item()
    found = entropy(ONE, PROMPTS.repeat(MANY, 1), length=2, generator=generator(4), end=end)
    assert found.shape == (2,)
    assert found.sum().item() == pytest.approx(exact, rel=0.05)


def test_the_first_position_has_the_entropy_of_the_first_token():
    first = enumerated(ONE, None).exp().view(2, VOCABULARY, VOCABULARY).sum(dim=2)
    exact = -(first * first.log()).sum(dim=1).mean().item()
    assert entropy(ONE, PROMPTS, length=2, generator=generator(5))[0].item() == pytest.approx(exact, rel=1e-4)


def test_a_uniform_model_has_the_entropy_of_its_vocabulary():
    flat = decoder(VOCABULARY, 4, width=16, layers=1, heads=2, seed=1, device="cpu")
    with torch.no_grad():
        flat.get_output_embeddings().weight.zero_()
    found = entropy(flat, PROMPTS, length=2, generator=generator(6))
    assert found.tolist() == pytest.approx([torch.tensor(5.0).log().item()] * 2, rel=1e-5)
