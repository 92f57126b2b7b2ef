"""The loops: each learns where it must, and does not where nothing can be learnt."""

from itertools import pairwise

import pytest
import torch

from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import snapshot, unchanged_share
from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator, seeded
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import StoredAdamW, round_to_bf16
from claims.lab.training.policy_gradient import advantages, grpo
from claims.lab.training.pretraining import sorter
from claims.lab.training.supervised import supervised

TASK = Sorting(2)


def fresh(steps=40):
    return sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=steps)


def right(model):
    return exam(model, TASK, count=512, seed=2).right


def rewarded(reward, steps=40, lr=1e-3, seed=3):
    model, rng = fresh(), generator(seed)
    before = right(model)
    optimiser = StoredAdamW(model, lr=lr, warmup=5, bf16=False)
    heard = []
    grpo(
        model,
        lambda: TASK.prompts(8, rng),
        lambda prompts, answers: reward(prompts, answers, rng),
        optimiser,
        steps=steps,
        group=8,
        length=2,
        generator=rng,
        on_step=lambda step, mean: heard.append((step, mean)),
    )
    return right(model) - before, heard


def test_pretraining_stops_where_there_is_something_left_to_gain():
    assert 0.1 < right(fresh()) < 0.9


def test_grpo_learns_from_the_verifier():
    gain, heard = rewarded(lambda p, a, rng: TASK.reward(p, a))
    assert gain > 0.05
    assert [step for step, _ in heard] == list(range(40))
    assert all(0 <= mean <= 1 for _, mean in heard)


def test_grpo_does_not_learn_from_a_shuffled_reward():
    def shuffled(p, a, rng):
        return TASK.reward(p, a)[torch.randperm(len(p), generator=rng)]

    assert rewarded(shuffled)[0] < 0.02


def test_grpo_follows_the_sign_of_the_reward():
    assert rewarded(lambda p, a, rng: -TASK.reward(p, a))[0] < -0.05


def test_grpo_leaves_the_model_alone_when_every_group_agrees():
    model, rng = fresh(1), generator(3)
    before = snapshot(model)
    grpo(
        model,
        lambda: TASK.prompts(2, rng),
        lambda p, a: torch.ones(len(p)),
        StoredAdamW(model, lr=1e-2, warmup=0, bf16=False),
        steps=2,
        group=4,
        length=2,
        generator=rng,
    )
    assert unchanged_share(before, snapshot(model)) == 1.0


def test_the_verifier_sees_every_prompt_with_its_own_group_of_samples():
    model, rng = fresh(5), generator(4)
    asked, seen = [], []

    def prompts():
        asked.append(TASK.prompts(3, rng))
        return asked[-1]

    def reward(prompts_NP, answers_NA):
        seen.append(prompts_NP)
        return TASK.reward(prompts_NP, answers_NA)

    optimiser = StoredAdamW(model, lr=1e-3, warmup=0, bf16=False)
    grpo(model, prompts, reward, optimiser, steps=1, group=4, length=2, generator=rng)
    assert all(torch.equal(seen[0][4 * i + k], asked[0][i]) for i in range(3) for k in range(4))


def test_advantages_by_hand():
    # Deviations of ±0.5 over the sample standard deviation of (1, 0, 1, 0), the square root of 1/3.
    found = advantages(torch.tensor([1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]), 4)
    side = 0.5 / ((1 / 3) ** 0.5 + 1e-4)
    assert found.tolist() == pytest.approx([side, -side, side, -side, 0, 0, 0, 0])


def test_grpo_takes_the_gradient_that_its_definition_says():
    model, rng = fresh(), generator(4)
    drawn = []

    def reward(prompts, answers):
        drawn.append((prompts, answers))
        return TASK.reward(prompts, answers)

    class Watched(StoredAdamW):
        def step(self, loss):
            self.gradient = torch.autograd.grad(loss, list(model.parameters()))

    optimiser = Watched(model, lr=0.0, warmup=0, bf16=False)
    grpo(model, lambda: TASK.prompts(16, rng), reward, optimiser, steps=1, group=8, length=2, generator=rng)
    prompts, answers = drawn[0]
    scores = model(input_ids=torch.cat([prompts, answers], dim=1)).logits.log_softmax(-1)[:, 2:4]
    taken = scores.gather(-1, answers[..., None])[..., 0].mean(dim=1)
    weight = advantages(TASK.reward(prompts, answers), 8)
    expected = torch.autograd.grad(-(weight * taken).mean(), list(model.parameters()))
    for found, right_one in zip(optimiser.gradient, expected, strict=True):
        assert torch.allclose(found, right_one, atol=1e-6)


def demonstrated(target, steps=60):
    model, rng = fresh(), generator(5)
    before = right(model)

    def batch(_):
        prompts = TASK.prompts(64, rng)
        return prompts, target(prompts, rng)

    losses = []
    supervised(
        model,
        batch,
        StoredAdamW(model, lr=3e-3, warmup=5, bf16=False),
        steps=steps,
        on_step=lambda _, loss: losses.append(loss),
    )
    return right(model) - before, losses


def test_supervision_learns_from_right_answers():
    gain, losses = demonstrated(lambda prompts, _: TASK.plain(prompts))
    assert gain > 0.05
    assert losses[-1] < losses[0]


def test_supervision_does_not_learn_the_task_from_shuffled_answers():
    gain, _ = demonstrated(lambda p, rng: TASK.plain(p)[torch.randperm(len(p), generator=rng)])
    assert gain < 0.02


def test_the_same_seed_trains_the_same_base():
    one, two = snapshot(fresh(3)), snapshot(fresh(3))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_another_seed_builds_another_model():
    one, two = (snapshot(decoder(21, 5, width=16, layers=1, heads=2, seed=seed, device="cpu")) for seed in (1, 2))
    assert unchanged_share(one, two) < 0.01


def test_seeded_code_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    with seeded(2**60):
        torch.rand(3)
    assert torch.equal(torch.get_rng_state(), state)


def one_step(bf16, lr):
    model = decoder(21, 5, width=16, layers=1, heads=2, seed=1, device="cpu")
    round_to_bf16(model)
    before = snapshot(model)
    optimiser = StoredAdamW(model, lr=lr, warmup=0, bf16=bf16)
    optimiser.step(sum((w**3).sum() for w in model.parameters()))
    return before, snapshot(model)


def test_a_model_stored_in_bf16_holds_bf16_values_after_a_step():
    _, after = one_step(bf16=True, lr=1e-3)
    assert all(torch.equal(w, w.bfloat16().float()) for w in after.values())


def test_bf16_storage_keeps_what_fp32_storage_moves():
    assert unchanged_share(*one_step(bf16=False, lr=1e-6)) < 0.05
    assert unchanged_share(*one_step(bf16=True, lr=1e-6)) > 0.9


def test_warm_up_is_linear_and_ends():
    weight = torch.nn.Linear(1, 1, bias=False)
    optimiser = StoredAdamW(weight, lr=1.0, warmup=4, bf16=False)
    positions = []
    for _ in range(6):
        optimiser.step(weight.weight.sum())
        positions.append(weight.weight.item())
    steps = [a - b for a, b in pairwise(positions)]
    assert steps == pytest.approx([0.5, 0.75, 1.0, 1.0, 1.0], abs=1e-3)
