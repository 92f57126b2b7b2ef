"""The experiment on phases of RL: names, repeatability, and defects that must show."""

import pytest
import torch

from claims.lab.tasks.plans import Plans
from experiments import rl_phases as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"base_steps": 300, "base_lr": 1e-2, "steps": 60, "lr": 2e-3, "looks": 3, "warmup": 5}
TRAINS = {"rewards-teach", "shuffled-reward"}


def holds(name, shared=None):
    return BENCH.holds(name, LEARNING if name in TRAINS else SMOKE, shared)


@pytest.fixture(scope="module")
def learnt():
    return {}


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared = {}
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)


def test_every_metric_is_measured_where_something_is_learnt(learnt):
    assert set(measured("weak-execution", LEARNING, shared=learnt)) == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others():
    assert measured("equal-tokens") == measured("equal-tokens")
    assert measured("equal-tokens") != measured("equal-tokens", seed=6)


def test_a_condition_alone_equals_the_condition_in_company():
    shared = {}
    measured("shuffled", shared=shared)
    assert measured("weak-execution", shared=shared) == measured("weak-execution")


def test_the_strong_base_executes_better_and_plans_no_better():
    shared, params = {}, LEARNING | {"steps": 3, "weak": 0.3, "strong": 0.6, "held_out": 512}
    weak, strong = (measured(c, params, shared=shared) for c in ("weak-execution", "strong-execution"))
    assert 0.2 < weak["base_execution_accuracy"] < 0.5 < strong["base_execution_accuracy"]
    assert abs(weak["base_plan_accuracy"] - strong["base_plan_accuracy"]) < 0.1


def test_progress_ends_at_one_and_curves_are_traced():
    heard, run = [], run_of("weak-execution")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert {"plan accuracy", "execution accuracy"} <= set(run.traces)
    assert len(run.traces["plan accuracy"][0]) == SMOKE["looks"] + 1


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, learnt):
    assert holds(name, shared=learnt)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch, learnt):
    method = experiment.REINFORCE
    monkeypatch.setattr(experiment, "REINFORCE", type(method)(lambda rewards: -method.weigh(rewards)))
    assert not holds("rewards-teach", shared=learnt)


def test_a_reward_that_is_ignored_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(Plans, "reward", lambda self, prompts, answers: torch.ones(len(prompts)))
    assert not holds("rewards-teach", shared=learnt)


def test_a_shuffle_that_does_nothing_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(torch, "randperm", lambda count, **_: torch.arange(count))
    assert not holds("shuffled-reward", shared=learnt)


def test_half_times_that_are_swapped_show_in_a_control(monkeypatch):
    right = experiment.half_times
    monkeypatch.setattr(experiment, "half_times", lambda times, one, two: right(times, two, one))
    assert not holds("sees-execution-first")
    assert not holds("sees-plan-first")


def test_what_does_not_rise_has_no_ratio():
    assert experiment.half_times([0, 1], [0.5, 0.4], [0.1, 0.2]) == {}
