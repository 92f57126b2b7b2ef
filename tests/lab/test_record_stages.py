"""Both stages on a base of one layer: what is trained, what is not, and where it stops."""

import pytest
import torch

from claims.lab.tasks.records import Records
from claims.lab.training import record_stages
from claims.lab.training.record_stages import RECIPES, Budget, area, first_stage, level, pretrained, second_stage

TASK = Records(values=4, seed=3, reserved=4)
BUDGET = Budget(lr=1e-3, most=60, prompt_steps=20, target=0.7, overshoot=0.8)


@pytest.fixture(scope="module")
def base():
    return pretrained(TASK, width=32, layers=1, heads=2, steps=250, lr=1e-2, seed=1, device="cpu")


def asked(kind):
    return TASK.all_prompts(kind, "cpu")


def changed(one, two):
    pairs = zip(one.named_parameters(), two.parameters(), strict=True)
    return {name for (name, was), is_now in pairs if not torch.equal(was, is_now)}


def test_the_base_knows_facts_and_does_a_little_of_both_tasks(base):
    assert level(base, TASK, asked("fact")) > 0.8
    assert 0.2 < level(base, TASK, asked("sort")) < 0.5
    assert 0.05 < level(base, TASK, asked("shift")) < 0.4
    assert level(base, TASK, TASK.behind_reserved(asked("sort"))) > 0.15


@pytest.mark.parametrize("name", ["grpo-no-kl", "rft", "sft-other-style", "grpo-warmed"])
def test_the_first_stage_ends_at_the_target_and_leaves_the_base_alone(base, name):
    before = [weight.clone() for weight in base.parameters()]
    end = first_stage(base, TASK, name, BUDGET, seed=2)
    assert level(end.model, TASK, end.asked_BP) == pytest.approx(0.7, abs=0.01)
    assert all(torch.equal(was, is_now) for was, is_now in zip(before, base.parameters(), strict=True))
    assert not changed(end.origin, base)
    assert 0 < end.steps < 60


def test_a_prompt_is_trained_before_the_weights_and_alone(base):
    end = first_stage(base, TASK, "prefix-first", BUDGET, seed=2)
    assert changed(end.origin, base) == {"model.embed_tokens.weight"}
    rows = (end.origin.get_input_embeddings().weight != base.get_input_embeddings().weight).any(dim=1)
    assert rows.nonzero().flatten().tolist() == TASK.reserved_tokens.tolist()
    assert level(end.origin, TASK, end.asked_BP) > level(base, TASK, end.asked_BP)
    assert len(changed(end.model, end.origin)) > 3
    assert end.asked_BP.shape[1] == 4 + 3


def test_nothing_is_nothing_and_shuffled_rewards_teach_nothing(base):
    assert not changed(first_stage(base, TASK, "untouched", BUDGET, seed=2).model, base)
    end = first_stage(base, TASK, "shuffled-reward", BUDGET, seed=2)
    assert end.steps == 60
    assert level(end.model, TASK, asked("sort")) < 0.6


def test_planted_damage_takes_facts_or_the_next_task(base):
    for name, kind in (("habit-old", "fact"), ("habit-next", "shift")):
        end = first_stage(base, TASK, name, BUDGET, seed=2)
        assert level(end.model, TASK, asked(kind)) < 0.1
        assert torch.equal(end.asked_BP, asked("sort"))


def test_the_second_stage_learns_the_other_task_and_the_same_way_twice(base):
    heard = []
    first = second_stage(base, TASK, "rft", BUDGET, 5, steps=30, on_look=lambda step, value: heard.append(step))
    assert first[0] == level(base, TASK, asked("shift"))
    assert first[-1] > first[0] + 0.2
    assert heard == list(range(2, 31, 2))
    assert first == second_stage(base, TASK, "untouched", BUDGET, 5, steps=30)
    assert max(second_stage(base, TASK, "shuffled-next", BUDGET, 5, steps=30)) < first[-1] - 0.1


def test_a_penalty_that_is_dropped_shows(base, monkeypatch):
    with_it = first_stage(base, TASK, "grpo-kl-0p5", BUDGET, seed=2)
    monkeypatch.setattr("claims.lab.training.on_policy.divergence_estimate", lambda now, anchor: 0.0 * now)
    without = first_stage(base, TASK, "grpo-kl-0p5", BUDGET, seed=2)
    assert changed(with_it.model, without.model)


def test_area_is_the_mean_height():
    assert area([0.0, 1.0, 1.0]) == 0.75
    assert area([0.3, 0.3]) == pytest.approx(0.3)


def test_every_recipe_is_either_planted_or_named_by_an_experiment():
    assert {recipe.data for recipe in RECIPES.values()} == set(record_stages.Data.__args__)
