"""The on-policy loop: every method learns where it must, and does not where nothing can be learnt."""

import math
from copy import deepcopy
from functools import cache

import pytest
import torch

from claims.lab.metrics.divergence import kl
from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import snapshot, unchanged_share
from claims.lab.models.decoder import logits_of
from claims.lab.sampling import counted
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training import on_policy as module
from claims.lab.training.on_policy import (
    GRPO,
    NEGATIVE_ONLY,
    POSITIVE_ONLY,
    PPO,
    REINFORCE,
    RLOO,
    clipped,
    divergence_estimate,
    on_policy,
    weighted,
)
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter

TASK = Sorting(2)
METHODS = {
    "grpo": GRPO,
    "rloo": RLOO,
    "reinforce": REINFORCE,
    "ppo": PPO,
    "positive-only": POSITIVE_ONLY,
    "negative-only": NEGATIVE_ONLY,
    "weighted": weighted(0.1),
}


@cache
def _pretrained():
    return sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=40)


def fresh():
    return deepcopy(_pretrained())


def right(model):
    return exam(model, TASK, count=512, seed=2).right


def plain_reward(prompts, answers, _):
    return TASK.reward(prompts, answers)


def shuffled(prompts, answers, rng):
    return TASK.reward(prompts, answers)[torch.randperm(len(prompts), generator=rng)]


def tuned(reward, method, steps=40, lr=1e-3, seed=3, **more):
    """The model after `steps`, and what was heard on the way."""
    model, rng, heard = fresh(), generator(seed), []
    on_policy(
        model,
        lambda: TASK.prompts(8, rng),
        lambda prompts, answers: reward(prompts, answers, rng),
        Optimiser(model, lr=lr, warmup=5),
        method=method,
        steps=steps,
        group=8,
        length=2,
        generator=rng,
        on_rollouts=heard.append,
        **more,
    )
    return model, heard


def gain(*arguments, **named):
    return right(tuned(*arguments, **named)[0]) - right(_pretrained())


@pytest.mark.parametrize("name", METHODS)
def test_every_method_learns_from_the_verifier(name):
    assert gain(plain_reward, METHODS[name]) > 0.05


@pytest.mark.parametrize("name", METHODS)
def test_no_method_learns_from_a_shuffled_reward(name):
    assert gain(shuffled, METHODS[name]) < 0.025


@pytest.mark.parametrize("name", ["grpo", "rloo", "reinforce", "ppo"])
def test_methods_with_a_baseline_follow_the_sign_of_the_reward(name):
    assert gain(lambda p, a, _: -TASK.reward(p, a), METHODS[name], steps=20) < -0.05


def test_every_step_is_heard_with_its_rollouts():
    _, heard = tuned(plain_reward, GRPO, steps=3)
    assert [rollouts.step for rollouts in heard] == [0, 1, 2]
    for rollouts in heard:
        assert rollouts.prompts_BP.shape == (8, 3)
        assert rollouts.answers_NA.shape == (64, 2)
        asked = rollouts.prompts_BP.repeat_interleave(8, dim=0)
        assert torch.equal(rollouts.rewards_N, TASK.reward(asked, rollouts.answers_NA))


@pytest.mark.parametrize(
    ("name", "paid"), [("grpo", 1.0), ("rloo", 0.0), ("positive-only", 0.0), ("negative-only", 1.0)]
)
def test_answers_without_advantage_leave_the_model_alone(name, paid):
    model, _ = tuned(lambda p, a, _: torch.full((len(p),), paid), METHODS[name], steps=2)
    assert unchanged_share(snapshot(_pretrained()), snapshot(model)) == 1.0


def test_the_verifier_sees_every_prompt_with_its_own_group_of_samples():
    seen = []

    def reward(prompts_NP, answers_NA, _):
        seen.append(prompts_NP)
        return TASK.reward(prompts_NP, answers_NA)

    _, heard = tuned(reward, GRPO, steps=1)
    assert all(torch.equal(seen[0][8 * i + k], heard[0].prompts_BP[i]) for i in range(8) for k in range(8))


REWARDS = torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
SIDE = 1 / (0.5 + 1e-4)  # the sample standard deviation of (1, 0, 0, 0) is 1/2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grpo", [[0.75 * SIDE, -0.25 * SIDE, -0.25 * SIDE, -0.25 * SIDE], [0, 0, 0, 0]]),
        ("rloo", [[1, -1 / 3, -1 / 3, -1 / 3], [0, 0, 0, 0]]),
        ("reinforce", [[0.375, -0.625, -0.625, -0.625], [0.375] * 4]),
        ("ppo", [[0.375, -0.625, -0.625, -0.625], [0.375] * 4]),
        ("positive-only", [[1, 0, 0, 0], [1, 1, 1, 1]]),
        ("negative-only", [[0, -1, -1, -1], [0, 0, 0, 0]]),
        ("weighted", [[0.1, -1, -1, -1], [0.1] * 4]),
    ],
)
def test_advantages_by_hand(name, expected):
    assert torch.allclose(METHODS[name].weigh(REWARDS), torch.tensor(expected, dtype=torch.float32), atol=1e-6)


@pytest.mark.parametrize(
    ("ratio", "advantage", "expected"),
    [
        (1.0, 2.0, 2.0),
        (1.1, 1.0, 1.1),
        (1.5, 1.0, 1.2),  # a rise beyond the clip earns no more
        (0.5, 1.0, 0.5),  # a fall of a good answer keeps its price
        (1.5, -1.0, -1.5),  # a rise of a bad answer keeps its price
        (0.5, -1.0, -0.8),  # a fall beyond the clip earns no more
    ],
)
def test_clipping_by_hand(ratio, advantage, expected):
    found = clipped(torch.tensor([[math.log(ratio)]]), torch.tensor([[advantage]]), 0.2)
    assert found.item() == pytest.approx(expected)


def test_a_clipped_ratio_has_no_gradient():
    log_ratio = torch.tensor([[0.5, 0.1]], requires_grad=True)
    clipped(log_ratio, torch.tensor([[1.0]]), 0.2).sum().backward()
    assert log_ratio.grad.tolist()[0] == pytest.approx([0.0, math.exp(0.1)])


def test_ppo_takes_two_steps_a_batch_of_which_the_second_sees_a_ratio(monkeypatch):
    ratios = []

    def watched(log_ratio_NA, *rest):
        ratios.append(log_ratio_NA.detach().exp())
        return clipped(log_ratio_NA, *rest)

    monkeypatch.setattr(module, "clipped", watched)
    tuned(plain_reward, PPO, steps=1)
    assert len(ratios) == 2
    assert torch.equal(ratios[0], torch.ones_like(ratios[0]))
    assert (ratios[1] - 1).abs().max() > 1e-3


def test_the_divergence_estimate_is_unbiased_and_never_negative():
    model, reference = torch.randn(2, 50, generator=generator(1), dtype=torch.float64).log_softmax(dim=-1)
    estimate = divergence_estimate(model, reference)
    assert (estimate >= 0).all()
    exact = (model.exp() * (model - reference)).sum()
    assert (model.exp() * estimate).sum().item() == pytest.approx(exact.item())


def test_the_divergence_estimate_has_the_gradient_that_holds_the_model_to_its_reference():
    now = torch.tensor([-1.0, -2.0, -3.0], requires_grad=True)
    divergence_estimate(now, torch.tensor([-2.0, -2.0, -2.0])).sum().backward()
    above, equal, below = now.grad.tolist()
    assert above > 0 == equal > below


def test_a_penalty_keeps_the_model_near_its_reference():
    def moved(**more):
        model, _ = tuned(plain_reward, GRPO, steps=30, **more)
        return kl(model, _pretrained(), TASK.prompts(256, generator(1)), length=2, generator=generator(2))

    assert moved(kl=1.0, reference=_pretrained()) < 0.5 * moved()


def test_a_penalty_without_a_reference_is_refused():
    with pytest.raises(ValueError, match="needs a reference"):
        tuned(plain_reward, GRPO, steps=1, kl=0.1)


@pytest.mark.parametrize("end", [None, 4])
def test_grpo_takes_the_gradient_that_its_definition_says(end):
    class Watched(Optimiser):
        def step(self, loss):
            self.gradient = torch.autograd.grad(loss, list(model.parameters()))

    model, rng, heard = fresh(), generator(4), []
    optimiser = Watched(model, lr=0.0)
    prompts = TASK.prompts(16, rng)
    on_policy(
        model, lambda: prompts, lambda p, a: (a[:, 0] % 2).float(), optimiser,
        method=GRPO, steps=1, group=8, length=2, generator=rng, end=end, on_rollouts=heard.append,
    )  # fmt: skip
    answers = heard[0].answers_NA
    belongs = counted(answers, end)
    assert bool(belongs.all()) == (end is None)
    scores = logits_of(model, torch.cat([prompts.repeat_interleave(8, dim=0), answers[:, :-1]], dim=1), last=2)
    taken = scores.log_softmax(-1).gather(-1, answers[..., None])[..., 0] * belongs
    weight = GRPO.weigh(heard[0].rewards_N.view(16, 8)).reshape(-1, 1)
    expected = torch.autograd.grad(-(weight * taken).sum() / belongs.sum(), list(model.parameters()))
    for found, right_one in zip(optimiser.gradient, expected, strict=True):
        assert torch.allclose(found, right_one, atol=1e-6)


def test_a_loop_called_again_goes_on_where_it_stopped():
    def run(*chunks):
        model, rng = fresh(), generator(3)
        optimiser = Optimiser(model, lr=1e-3, warmup=4)
        for steps in chunks:
            on_policy(
                model, lambda: TASK.prompts(4, rng), TASK.reward, optimiser,
                method=GRPO, steps=steps, group=4, length=2, generator=rng,
            )  # fmt: skip
        return snapshot(model)

    assert unchanged_share(run(6), run(2, 4)) == 1.0
