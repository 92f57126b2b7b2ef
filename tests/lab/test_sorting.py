"""The sorting task, its sampler and its exam."""

import pytest
import torch

from claims.lab.metrics.exam import exam
from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of, log_likelihood, right_answers, sample
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.pretraining import sorter

TASK = Sorting(2)
PROMPTS = TASK.prompts(4, generator(1))


@pytest.fixture(scope="module")
def model():
    return decoder(TASK.vocabulary, TASK.length, width=16, layers=2, heads=2, seed=3, device="cpu")


def test_a_prompt_is_digits_and_an_equals_sign():
    assert PROMPTS.shape == (4, 3)
    assert (PROMPTS[:, :2] < 10).all()
    assert (PROMPTS[:, 2] == 20).all()


def test_both_styles_are_right_and_nothing_else_is():
    prompt = torch.tensor([[7, 2, 20]])
    assert TASK.plain(prompt).tolist() == [[2, 7]]
    assert TASK.other(prompt).tolist() == [[12, 17]]
    rewards = [float(TASK.reward(prompt, torch.tensor([answer]))) for answer in ([2, 7], [12, 17], [7, 2], [2, 17])]
    assert rewards == [1.0, 1.0, 0.0, 0.0]


def test_a_mixture_has_its_share_of_letters():
    prompts = TASK.prompts(2000, generator(2))
    answers = TASK.mixed(prompts, 0.2, generator(3))
    assert TASK.reward(prompts, answers).all()
    assert float((answers[:, 0] >= 10).float().mean()) == pytest.approx(0.2, abs=0.03)


def test_the_cached_sampler_draws_from_the_distribution_of_the_model(model):
    prompts = PROMPTS[:1]
    answers = sample(model, prompts, each=4000, length=2, generator=generator(4))
    first, second = model(input_ids=prompts).logits[0, -1], answers[:, 0].mode().values
    assert answers.shape == (4000, 2)
    seen = torch.bincount(answers[:, 0], minlength=21) / 4000
    assert (seen - first.softmax(-1)).abs().max() < 0.03
    after = model(input_ids=torch.cat([prompts, second.view(1, 1)], dim=1)).logits[0, -1].softmax(-1)
    follow = answers[answers[:, 0] == second][:, 1]
    assert (torch.bincount(follow, minlength=21) / len(follow) - after).abs().max() < 0.15


def test_samples_are_grouped_by_prompt():
    base = sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=20)
    prompts = torch.tensor([[0, 0, 20], [9, 9, 20]])
    answers = sample(base, prompts, each=500, length=2, generator=generator(5)).view(2, 500, 2)
    for prompt, drawn in zip(prompts, answers, strict=True):
        first = base(input_ids=prompt[None]).logits[0, -1].softmax(-1)
        assert (torch.bincount(drawn[:, 0], minlength=21) / 500 - first).abs().max() < 0.08
        exact = chance_of(base, prompt[None], drawn[:1])
        seen = (drawn == drawn[0]).all(dim=1).float().mean()
        assert float(seen) == pytest.approx(float(exact), abs=0.08)


def test_the_same_seed_samples_the_same(model):
    one, two = (sample(model, PROMPTS, each=2, length=2, generator=generator(7)) for _ in range(2))
    assert torch.equal(one, two)


def test_the_chances_of_all_answers_add_to_one(model):
    first, second = torch.meshgrid(torch.arange(21), torch.arange(21), indexing="ij")
    answers = torch.stack([first.flatten(), second.flatten()], dim=1)
    chances = chance_of(model, PROMPTS[:1].repeat(len(answers), 1), answers)
    assert float(chances.sum()) == pytest.approx(1.0, abs=1e-5)


def test_likelihood_reads_the_token_after_each_position(model):
    answers = TASK.plain(PROMPTS)
    whole = model(input_ids=torch.cat([PROMPTS, answers], dim=1)).logits.log_softmax(-1)
    expected = torch.stack([whole[:, 2 + i].gather(-1, answers[:, i, None])[:, 0] for i in range(2)], dim=1)
    assert torch.allclose(log_likelihood(model, PROMPTS, answers), expected, atol=1e-5)


def test_the_exam_is_the_chance_of_a_reward(model):
    score = exam(model, TASK, count=64, seed=8)
    prompts = TASK.prompts(64, generator(8))
    answers = sample(model, prompts, each=400, length=2, generator=generator(9))
    rewards = TASK.reward(prompts.repeat_interleave(400, dim=0), answers)
    assert score.right == pytest.approx(float(rewards.mean()), abs=0.003)
    assert 0 < score.other < score.right


def test_own_right_answers_are_right_and_belong_to_their_prompts(model):
    prompts = TASK.prompts(3000, generator(10))
    asked, answers = right_answers(model, prompts, TASK.reward, length=2, generator=generator(11))
    assert 0 < len(asked) < 300
    assert TASK.reward(asked, answers).all()


def test_a_model_without_right_answers_is_refused(model):
    with pytest.raises(ValueError, match="none of 4 sampled answers is right"):
        right_answers(model, PROMPTS, lambda p, a: torch.zeros(len(p)), length=2, generator=generator(12))
