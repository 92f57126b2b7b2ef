"""Supervised tuning, and the base models that it makes."""

from copy import deepcopy
from functools import cache

import pytest
import torch

from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import snapshot
from claims.lab.models.decoder import logits_of
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter
from claims.lab.training.supervised import supervised

TASK = Sorting(2)


@cache
def base(steps=40):
    return sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=steps)


def right(model):
    return exam(model, TASK, count=512, seed=2).right


def demonstrated(target):
    model, rng, losses = deepcopy(base()), generator(5), []

    def batch(_):
        prompts = TASK.prompts(64, rng)
        return prompts, target(prompts, rng)

    optimiser = Optimiser(model, lr=3e-3, warmup=5)
    supervised(model, batch, optimiser, steps=60, on_step=lambda step, loss: losses.append((step, loss)))
    return right(model) - right(base()), losses


def test_supervision_learns_from_right_answers():
    gain, losses = demonstrated(lambda prompts, _: TASK.plain(prompts))
    assert gain > 0.05
    assert [step for step, _ in losses] == list(range(60))
    assert losses[-1][1] < losses[0][1]


def test_supervision_does_not_learn_the_task_from_shuffled_answers():
    gain, _ = demonstrated(lambda p, rng: TASK.plain(p)[torch.randperm(len(p), generator=rng)])
    assert gain < 0.02


@pytest.mark.parametrize("end", [None, 7])
def test_the_loss_is_the_mean_over_the_tokens_of_the_answers(end):
    prompts = torch.tensor([[3, 1, 20], [9, 4, 20]])
    answers = torch.tensor([[1, 3], [7, 7]])
    belongs = torch.tensor([[True, True], [True, end is None]])
    logs = logits_of(base(), torch.cat([prompts, answers[:, :-1]], dim=1), last=2).log_softmax(-1)
    taken = logs.gather(-1, answers[..., None])[..., 0][belongs]
    heard, model = [], deepcopy(base())
    supervised(
        model, lambda _: (prompts, answers), Optimiser(model, lr=0.0), steps=1, end=end,
        on_step=lambda _, loss: heard.append(loss),
    )  # fmt: skip
    assert heard == [pytest.approx(-taken.mean().item(), rel=1e-5)]


def test_pretraining_stops_where_there_is_something_left_to_gain():
    assert 0.1 < right(base()) < 0.9


def test_the_same_seed_trains_the_same_base():
    one, two = (snapshot(sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=3)) for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_base_holds_bf16_values():
    assert all(torch.equal(w, w.bfloat16().float()) for w in base(3).parameters())
