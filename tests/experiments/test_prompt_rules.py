"""The experiment on stated rules: which rules an arm sees, repeatability, controls, and defects that must show."""

from functools import partial

import pytest

from claims.experiment import Arm
from claims.lab.tasks.stated_rules import StatedRules
from claims.lab.training import on_policy, supervised
from experiments import prompt_rules as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
measured = BENCH.measured
LEARNING = SMOKE | {"layers": 2, "start_steps": 600, "start_lr": 5e-3, "lr": 2e-3, "held_out": 128}
LEARNING |= {"at_most": 120}
holds = partial(BENCH.holds, params=LEARNING)


@pytest.fixture(scope="module")
def starts():
    """A place for the start of `LEARNING`, trained once."""
    return {}


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared = {}
    arms = {condition: Arm(measured(condition, shared=shared), {}) for condition in CONDITIONS}
    found = [arm.metrics for arm in arms.values()] + [experiment.combine(arms, experiment.Params(**SMOKE))]
    for numbers in found:
        for name, value in numbers.items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (name, value)
    assert {name for numbers in found for name in numbers} == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    shared = {}
    measured("sft-diverse", shared=shared)
    assert measured("rl-diverse", shared=shared) == measured("rl-diverse")
    assert measured("sft-frozen", seed=6) != measured("sft-frozen", seed=5)


def test_arms_are_trained_on_the_rules_that_they_are_named_after(monkeypatch):
    right, stated = StatedRules.prompts, []

    def heard(task, count, rules, rng):
        stated.append(rules)
        return right(task, count, rules, rng)

    monkeypatch.setattr(StatedRules, "prompts", heard)
    start = {}
    measured("sft-many", shared=start)
    numbers = {}
    for condition in ("sft-frozen", "rl-frozen", "sft-diverse", "rl-diverse", "sft-many"):
        stated.clear()
        measured(condition, shared=start)
        trained = {tuple(map(tuple, rules.tolist())) for rules in stated[1:]}  # the first is the exam on unseen rules
        unseen = {tuple(rule) for rule in stated[0].tolist()}
        assert len(unseen) == 84
        assert not any(unseen & set(rules) for rules in trained)
        [numbers[condition]] = {len(rules) for rules in trained}
    assert numbers == {"sft-frozen": 1, "rl-frozen": 1, "sft-diverse": 16, "rl-diverse": 16, "sft-many": 900}


def test_training_stops_near_the_target(starts):
    short = measured("sft-diverse", LEARNING, shared=starts)
    assert 0.75 < short["accuracy_on_training_rule"] < 0.95
    assert 0 < short["steps"] < LEARNING["at_most"]


def test_mismatch_is_the_range_of_the_four_arms():
    own = {"sft-frozen": 0.8, "sft-diverse": 0.85, "rl-frozen": 0.9, "rl-diverse": 0.86, "sft-frozen-long": 1.0}
    arms = {name: Arm({"accuracy_on_training_rule": value}, {}) for name, value in own.items()}
    assert experiment.combine(arms, experiment.Params()) == {"mismatch": pytest.approx(0.1)}


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, starts):
    assert holds(name, shared=starts)


def test_a_policy_gradient_with_its_sign_flipped_fails_a_control(monkeypatch, starts):
    right = on_policy.clipped
    monkeypatch.setattr(on_policy, "clipped", lambda *given: -right(*given))
    assert not holds("rl-learns", shared=starts)


def test_an_sft_loss_with_its_sign_flipped_fails_a_control(monkeypatch, starts):
    holds("many-generalise", shared=starts)
    right = supervised.log_likelihood
    monkeypatch.setattr(supervised, "log_likelihood", lambda *given: -right(*given))
    assert not holds("many-generalise", shared=starts)


def test_a_model_that_is_not_deaf_fails_the_control_of_the_metric(monkeypatch, starts):
    holds("deaf-memorises", shared=starts)
    right = StatedRules.answers_under
    monkeypatch.setattr(StatedRules, "answers_under", lambda task, _, p: right(task, (p[:, :3] - 10) % 10, p))
    assert not holds("deaf-memorises", shared=starts)
