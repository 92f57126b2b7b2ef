"""Tuning on the sorting task: every objective learns what it is for, at its budget."""

from functools import cache

import pytest
import torch

from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import snapshot
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter
from claims.lab.training.tuning import Budget, tune

TASK, BUDGET = Sorting(2), Budget(steps=40, prompts=8, group=8)


@cache
def base():
    return sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=40)


def score(model):
    return exam(model, TASK, count=512, seed=2)


@cache
def tuned(objective, seed=3):
    heard = []
    model = tune(
        base(), TASK, objective, BUDGET, optimiser=lambda model: Optimiser(model, lr=1e-3, warmup=5), seed=seed,
        on_step=lambda step, value: heard.append((step, value)),
    )  # fmt: skip
    return model, heard


@pytest.mark.parametrize("objective", ["grpo", "rloo", "ppo", "rft", "dpo", "kto", "simpo", "orpo"])
def test_an_objective_that_is_told_what_is_right_gains_reward(objective):
    model, heard = tuned(objective)
    assert score(model).right - score(base()).right > 0.05
    assert [step for step, _ in heard] == list(range(40))


def test_a_shuffled_reward_gains_none():
    assert score(tuned("shuffled")[0]).right - score(base()).right < 0.02


def test_sft_learns_the_style_of_the_expert():
    assert score(tuned("sft")[0]).other - score(base()).other > 0.1


def test_the_base_stays_as_it_is_and_the_seed_decides():
    before = snapshot(base())
    one, other = snapshot(tuned("grpo")[0]), snapshot(tuned("grpo", seed=4)[0])
    assert all(torch.equal(before[name], weight) for name, weight in snapshot(base()).items())
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_objectives_differ():
    weights = [next(tuned(objective)[0].parameters()) for objective in ("grpo", "rloo", "ppo", "dpo", "kto", "simpo")]
    assert all(not torch.equal(a, b) for i, a in enumerate(weights) for b in weights[:i])


def test_the_exam_adds_the_chances_of_both_right_answers():
    prompts = TASK.prompts(64, generator(9))
    found = exam(base(), TASK, count=64, seed=9)
    plain, other = (
        chance_of(base(), prompts, answers).mean().item() for answers in (TASK.plain(prompts), TASK.other(prompts))
    )
    assert found.other == pytest.approx(other, rel=1e-4)
    assert found.right == pytest.approx(plain + other, rel=1e-4)
