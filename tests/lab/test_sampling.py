"""Sampling from a decoder, and the exact chance of an answer."""

import pytest
import torch
from scipy.stats import chisquare
from transformers import GPT2Config, GPT2LMHeadModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of, counted, log_likelihood, sample
from claims.lab.seeding import generator, seeded

VOCABULARY, LENGTH, END = 5, 3, 4
EVERY_ANSWER = torch.cartesian_prod(*[torch.arange(VOCABULARY)] * LENGTH)
PROMPTS = torch.tensor([[0, 1, 2], [3, 3, 0]])


def gpt2():
    """A family that the lab has not written out: it goes through its own forward pass and cache."""
    config = GPT2Config(
        vocab_size=VOCABULARY, n_positions=16, n_embd=16, n_layer=2, n_head=2, bos_token_id=None, eos_token_id=None
    )
    with seeded(6):
        return GPT2LMHeadModel(config).eval()


def spread(model):
    """Weights large enough for chances that differ."""
    with seeded(7), torch.no_grad():
        for weight in model.parameters():
            weight += 0.3 * torch.randn_like(weight)
    return model


@pytest.fixture(scope="module", params=["llama", "neox", "gpt2"])
def model(request):
    if request.param == "gpt2":
        return spread(gpt2())
    return spread(decoder(VOCABULARY, 16, width=16, layers=2, heads=2, seed=3, device="cpu", family=request.param))


def share_of(answers):
    """How many of the answers are each of all possible ones."""
    places = VOCABULARY ** torch.arange(LENGTH - 1, -1, -1)
    return torch.bincount((answers * places).sum(dim=1), minlength=VOCABULARY**LENGTH).numpy()


def fits(answers, chances):
    """The chi-square test does not reject at 0.1 %; rare answers are counted together."""
    seen, expected = share_of(answers), chances.double().numpy() * len(answers)
    rare = expected < 5
    if rare.any():
        seen = [*seen[~rare], seen[rare].sum()]
        expected = [*expected[~rare], expected[rare].sum()]
    scale = sum(seen) / sum(expected)
    return chisquare(seen, [e * scale for e in expected]).pvalue > 0.001


def test_samples_are_as_frequent_as_their_chance(model):
    answers = sample(model, PROMPTS, each=4000, length=LENGTH, generator=generator(1)).view(2, 4000, LENGTH)
    chances = [chance_of(model, prompt[None], EVERY_ANSWER) for prompt in PROMPTS]
    for drawn, chance in zip(answers, chances, strict=True):
        assert float(chance.sum()) == pytest.approx(1.0, abs=1e-5)
        assert fits(drawn, chance)
    assert not fits(answers[0], chances[1])


def test_temperature_sharpens(model):
    cold = sample(model, PROMPTS[:1], each=4000, length=LENGTH, generator=generator(2), temperature=0.5)
    logs = [
        model(input_ids=torch.cat([PROMPTS[:1].repeat(125, 1), EVERY_ANSWER], dim=1)).logits[:, 2 + i] * 2.0
        for i in range(LENGTH)
    ]
    chances = sum(log.log_softmax(-1).gather(1, EVERY_ANSWER[:, i, None])[:, 0] for i, log in enumerate(logs)).exp()
    assert fits(cold, chances.detach())
    assert not fits(cold, chance_of(model, PROMPTS[:1], EVERY_ANSWER))


def test_an_answer_ends_with_the_first_end(model):
    answers = sample(model, PROMPTS[:1], each=4000, length=LENGTH, generator=generator(3), end=END)
    ended = (answers == END).cumsum(dim=1) > 0
    assert (answers[ended] == END).all()
    assert 0.05 < float(ended.float().mean()) < 0.95
    closed = EVERY_ANSWER[(EVERY_ANSWER.where(counted(EVERY_ANSWER, END), END) == EVERY_ANSWER).all(dim=1)]
    chances = chance_of(model, PROMPTS[:1], closed, END)
    assert float(chances.sum()) == pytest.approx(1.0, abs=1e-5)
    table = torch.zeros(VOCABULARY**LENGTH)
    table[(closed * VOCABULARY ** torch.arange(LENGTH - 1, -1, -1)).sum(dim=1)] = chances
    assert fits(answers, table)


def test_when_all_have_ended_the_rest_is_end(model):
    def always(logits, before):
        return torch.where(torch.arange(VOCABULARY) == END, logits, float("-inf"))

    answers = sample(model, PROMPTS, each=2, length=6, generator=generator(4), end=END, adjust=always)
    assert (answers == END).all()


def test_adjusted_logits_are_what_is_sampled_from(model):
    seen = []

    def odd_then_even(logits, before):
        seen.append((logits.shape, before.clone()))
        allowed = torch.arange(VOCABULARY) % 2 == (before.shape[1] + 1) % 2
        return logits.masked_fill(~allowed, float("-inf"))

    answers = sample(model, PROMPTS, each=50, length=LENGTH, generator=generator(5), adjust=odd_then_even)
    assert (answers % 2 == torch.tensor([1, 0, 1])).all()
    assert [shape for shape, _ in seen] == [(100, VOCABULARY)] * LENGTH
    assert all(torch.equal(before, answers[:, :i]) for i, (_, before) in enumerate(seen))


def test_the_same_seed_samples_the_same(model):
    one, two, other = (sample(model, PROMPTS, each=20, length=LENGTH, generator=generator(seed)) for seed in (6, 6, 7))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_a_sample_can_be_learnt_from(model):
    answers = sample(model, PROMPTS, each=2, length=LENGTH, generator=generator(8))
    assert not answers.is_inference()
    log_likelihood(model, PROMPTS, answers).sum().backward()


@pytest.mark.parametrize("end", [None, END])
def test_likelihood_is_the_same_grouped_and_alone(model, end):
    answers = sample(model, PROMPTS, each=6, length=LENGTH, generator=generator(9), end=end)
    grouped = log_likelihood(model, PROMPTS, answers, end)
    alone = log_likelihood(model, PROMPTS.repeat_interleave(6, dim=0), answers, end)
    whole = model(input_ids=torch.cat([PROMPTS.repeat_interleave(6, dim=0), answers], dim=1)).logits.log_softmax(-1)
    expected = whole[:, 2:-1].gather(-1, answers[..., None]).squeeze(-1) * counted(answers, end)
    assert torch.allclose(grouped, expected, atol=1e-5)
    assert torch.allclose(alone, expected, atol=1e-5)
    short = log_likelihood(model, PROMPTS, answers[:, :1], end)
    assert torch.allclose(short, expected[:, :1], atol=1e-5)


def test_a_model_that_has_diverged_is_refused(model):
    def nonsense(logits, before):
        return logits * float("nan")

    with pytest.raises(ValueError, match="the model's logits are not numbers"):
        sample(model, PROMPTS, each=2, length=LENGTH, generator=generator(10), adjust=nonsense)


def test_what_counts_ends_with_the_first_end():
    answers = torch.tensor([[1, 4, 4], [4, 1, 4], [1, 2, 3]])
    assert counted(answers, END).tolist() == [[True, True, False], [True, False, False], [True, True, True]]
    assert counted(answers, None).all()
