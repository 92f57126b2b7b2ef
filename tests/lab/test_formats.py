"""Readings of formats, their base, and a pass over prompts."""

import math

import pytest
import torch

from claims.lab.metrics.formats import Reading, description, points, read
from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.tagged_sorting import TaggedSorting, Verifier
from claims.lab.training.format_pass import Pass, one_pass, shuffled, tagged_base

TASK = TaggedSorting(2, (2, 2, 2))
PROMPTS = TASK.distinct(9, generator(1))
BUDGET = Pass(steps=3, prompts=3, group=2, lr=1e-3, warmup=0, every=1)


def reading(shares, right, accepted=1.0, chances=(0.5,)):
    share, right = torch.tensor(shares), torch.tensor(right)
    return Reading(share, right, right * accepted, torch.tensor(chances))


@pytest.fixture(scope="module")
def base():
    shape = {"width": 16, "layers": 1, "steps": 60, "lr": 1e-2}
    return tagged_base(TASK, (0.6, 0.3, 0.1), (0.0, 0.0, 0.0), seed=2, device="cpu", **shape)


def test_a_reading_is_what_sampling_would_show(base):
    verifier = Verifier(TASK, (0.5, 0.8, 0.8), generator(3))
    seen = read(base, PROMPTS, TASK.written(PROMPTS), verifier.accepted(PROMPTS))
    asked = PROMPTS.repeat_interleave(4000, dim=0)
    answers = sample(base, PROMPTS, each=4000, length=TASK.answer, generator=generator(4))
    for format, tag in enumerate(TASK.tags):
        assert float((answers[:, 0] == tag).float().mean()) == pytest.approx(float(seen.share_F[format]), abs=0.02)
    chances = verifier.reward(asked, answers).view(9, 4000).mean(dim=1)
    assert chances.tolist() == pytest.approx(seen.chance_B.tolist(), abs=0.04)
    assert (seen.accuracy_F <= seen.right_F).all()


def test_a_base_has_the_shares_of_its_corpus(base):
    seen = read(base, PROMPTS, TASK.written(PROMPTS), torch.ones(9, 3, dtype=torch.bool))
    assert seen.share_F.tolist() == pytest.approx([0.6, 0.3, 0.1], abs=0.06)


def test_a_description_by_hand():
    before = reading([0.5, 0.3, 0.2], [0.4, 0.5, 1.0], chances=[0.0, 0.5])
    after = reading([0.1, 0.1, 0.8], [1.0, 1.0, 1.0], chances=[1.0, 0.5])
    found = description(before, after)
    assert found["base_accuracy"] == pytest.approx(0.25)
    assert found["accuracy_gain"] == pytest.approx(0.5)
    assert found["skill"] == pytest.approx(0.5 * 0.4 + 0.3 * 0.5 + 0.2 * 1.0)
    assert found["skill_common"] == pytest.approx(0.4)
    assert found["accuracy_spread"] == pytest.approx(0.6)
    assert found["base_pass_at_64"] == pytest.approx(0.5)
    assert found["pass_at_64"] == pytest.approx(1.0)
    assert (found["share_common"], found["share_rare"]) == pytest.approx((0.1, 0.8))
    assert found["dominant_share"] == pytest.approx(0.8)
    assert found["dominance_gain"] == pytest.approx(0.3)
    assert found["favourite_share"] == pytest.approx(0.8)
    assert found["effective_formats"] == pytest.approx(math.exp(-0.2 * math.log(0.1) - 0.8 * math.log(0.8)))


def test_shares_that_do_not_sum_to_one_are_shares_of_what_has_a_format():
    halves = reading([0.4, 0.4, 0.0], [1.0, 1.0, 1.0])
    assert description(halves, halves)["effective_formats"] == pytest.approx(2.0)


def test_points_of_a_replicator_lie_on_a_line():
    share, accuracy = torch.tensor([0.6, 0.3, 0.1]), torch.tensor([0.4, 0.6, 0.9])
    later = share * (3 * accuracy).exp()
    found = points(reading(share.tolist(), accuracy.tolist()), reading((later / later.sum()).tolist(), [1.0, 1.0, 1.0]))
    assert found.sum(dim=1).tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    assert torch.allclose(found[0], 3 * found[1], atol=1e-6)
    assert torch.allclose(found[2], share - share.mean())


def test_a_pass_shows_each_prompt_once_and_leaves_the_base_alone(base, monkeypatch):
    asked, steps, heard = [], [], []
    before = [w.clone() for w in base.parameters()]

    def reward(prompts, answers):
        asked.append(prompts[::2])
        return answers[:, 0].remainder(2).float()

    def on_model(step, model):
        steps.append(step)
        heard.append(any(not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)))

    one_pass(base, TASK, PROMPTS, reward, BUDGET, kl=0.0, seed=5, on_model=on_model)
    assert torch.equal(torch.cat(asked), PROMPTS)
    assert steps == [1, 2, 3]
    assert heard[-1]
    assert all(torch.equal(a, b) for a, b in zip(before, base.parameters(), strict=True))


def test_too_few_prompts_are_no_pass(base):
    with pytest.raises(ValueError, match="9 prompts, got 8"):
        one_pass(base, TASK, PROMPTS[:8], lambda p, a: a[:, 0], BUDGET, kl=0.0, seed=5, on_model=print)


def test_a_shuffled_reward_pays_as_much_to_others():
    paid = shuffled(lambda prompts, answers: answers[:, 0].float(), generator(6))
    answers = torch.arange(200)[:, None]
    found = paid(answers, answers)
    assert sorted(found.tolist()) == list(range(200))
    assert (found == torch.arange(200)).sum() < 10
