"""Text of Markov chains, and learning from it."""

import pytest
import torch

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.markov import Markov
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.text import held_out, language_loss, train_on_text, tune_on_text

TEXT = Markov(vocabulary=5, topics=3, length=8, seed=1)


def small(seed=1):
    return decoder(5, 8, width=32, layers=1, heads=2, seed=seed, device="cpu", family="neox")


def test_transitions_are_distributions_and_the_seed_draws_them():
    chains = TEXT.transitions()
    assert chains.shape == (3, 5, 5, 5)
    assert torch.allclose(chains.sum(-1), torch.ones(3, 5, 5))
    assert not torch.equal(chains, Markov(5, 3, 8, seed=2).transitions())


def test_tokens_follow_the_chain_of_their_topic():
    tokens, topic = TEXT.sample(40_000, generator(2))
    here = (topic == 1) & (tokens[:, 4] == 2) & (tokens[:, 5] == 3)
    seen = torch.bincount(tokens[here, 6], minlength=5) / here.sum()
    assert torch.allclose(seen, TEXT.transitions()[1, 2, 3], atol=0.08)


def test_the_entropy_is_the_loss_of_who_knows_the_chain():
    certain = Markov(2, 1, 40, seed=1)
    tokens, _ = certain.sample(3000, generator(3))
    counted = certain.transitions()[0, tokens[:, 10], tokens[:, 11]]
    known = float(-(counted * counted.log()).sum(-1).mean())
    assert certain.entropy(3000, generator(4)) == pytest.approx(known, abs=0.02)


def test_a_language_is_learnt_and_no_better_than_its_entropy():
    model = small()
    loss = language_loss(model)
    before = held_out(TEXT, loss, seed=5)
    train_on_text(TEXT, loss, Optimiser(model, lr=3e-3), steps=60, batch=32, rng=generator(6))
    after = held_out(TEXT, loss, seed=5)
    assert TEXT.entropy(512, generator(7)) - 0.05 < after < before - 0.1


@pytest.mark.parametrize("objective", ["clm", "cls"])
@pytest.mark.parametrize("rule", ["standard", "equal-step", "sgd"])
def test_tuning_learns_and_leaves_base_and_embeddings_alone(objective, rule):
    base = small()
    weights = [w.clone() for w in base.parameters()]
    lr = 0.1 if rule == "sgd" else 5e-3
    tuned = tune_on_text(base, TEXT, objective, rule, lr=lr, steps=80, batch=32, seed=8)
    assert tuned.learned > 0.03
    assert all(torch.equal(a, b) for a, b in zip(weights, base.parameters(), strict=True))
    assert torch.equal(tuned.model.get_input_embeddings().weight, base.get_input_embeddings().weight)


def test_topics_of_other_sequences_are_not_learnt():
    assert tune_on_text(small(), TEXT, "cls", "shuffled", lr=5e-3, steps=80, batch=32, seed=8).learned < 0.02
