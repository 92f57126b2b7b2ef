"""The experiment on the two halves of the signal: names, pairing, repeatability, and defects that must show."""

from functools import partial

import pytest
import torch

from claims.experiment import Arm
from claims.lab.metrics import coverage
from claims.lab.tasks.chains import Chains
from claims.lab.training.on_policy import Method
from experiments import sample_polarity as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, base_steps=30, weak_reward=0.02)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
COMBINED = {name for name, metric in DECLARED.metrics.items() if metric.combined}
LEARNING = {"nodes": 24, "relations": 6, "width": 48, "base_steps": 120, "steps": 50, "looks": 3, "held_out": 256}
holds = partial(BENCH.holds, params=LEARNING)


def all_arms(params=SMOKE, shared=None):
    shared, arms = {} if shared is None else shared, {}
    for condition in DECLARED.experiment.conditions:
        run = run_of(condition, params, shared=shared)
        arms[condition] = Arm(experiment.measure(run), run.kept)
    return arms


@pytest.fixture(scope="module")
def bases():
    return {}


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared, seen = {}, set()
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
            seen.add(name)
    assert seen == set(DECLARED.metrics) - COMBINED


def test_combined_metrics_are_all_measured_and_within_their_bounds():
    combined = experiment.combine(all_arms(), experiment.Params(**SMOKE))
    assert set(combined) == COMBINED
    for name, value in combined.items():
        assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (name, value)


@pytest.mark.parametrize("condition", ["grpo", "weak-negative-only", "shuffled"])
def test_the_same_seed_gives_the_same_numbers(condition):
    assert measured(condition) == measured(condition)


def test_seeds_differ_and_a_condition_alone_equals_the_condition_in_company():
    shared = {}
    measured("weak-grpo", shared=shared)
    measured("positive-only", shared=shared)
    assert measured("negative-only", shared=shared) == measured("negative-only")
    assert measured("base", seed=6) != measured("base", seed=5)


def test_the_weak_base_is_weak_and_a_base_gains_nothing(bases):
    weak, base = (measured(c, LEARNING, shared=bases) for c in ("weak-base", "base"))
    assert weak["pass_at_1"] < 0.15 < base["pass_at_1"]
    assert base["reward_gain"] == base["coverage_gain"] == 0.0
    assert base["pass_at_1"] < base["pass_at_16"] < base["pass_at_256"]


def test_progress_ends_at_one_and_the_curve_starts_at_the_base(bases):
    heard, run = [], run_of("grpo", LEARNING | {"seen": 256}, shared=bases)
    run._report = heard.append
    numbers = experiment.measure(run)
    assert heard[-1] == 1.0
    assert run.kept["curve"][0] == (numbers["pass_at_1_of_base"], numbers["pass_at_256_of_base"])
    assert run.kept["curve"][-1] == (numbers["pass_at_1"], numbers["pass_at_256"])
    assert list(run.traces) == ["pass@256 over pass@1"]


def test_shares_and_margins_by_hand():
    gains = {
        "base": 0.0,
        "grpo": 0.1,
        "reinforce": 0.1,
        "positive-only": 0.05,
        "negative-only": 0.08,
        "weak-grpo": 0.2,
        "weak-negative-only": 0.1,
    }
    fast, slow = [(0.4, 0.9), (0.6, 0.7)], [(0.4, 0.9), (0.5, 0.8)]
    arms = {name: Arm({"reward_gain": gain}, {"curve": fast}) for name, gain in gains.items()}
    arms["negative-only"].kept["curve"] = slow
    found = experiment.combine(arms, experiment.Params())
    assert found == pytest.approx(
        {
            "negative_share": 0.8,
            "positive_share": 0.5,
            "weak_margin": 0.0,
            "level_gain": 0.1,
            "level_margin": 0.0,
            "level_margin_positive": 0.0,
        }
    )


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, bases):
    assert holds(name, shared=bases)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch, bases):
    flipped = Method(lambda rewards: rewards.mean() - rewards)
    monkeypatch.setitem(experiment.METHODS, "reinforce", flipped)
    assert not holds("rewards-teach", shared=bases)


def test_a_reward_that_is_ignored_shows_in_a_control(monkeypatch, bases):
    measured("base", LEARNING, shared=bases)
    monkeypatch.setattr(Chains, "reward", lambda self, prompts, answers: torch.ones(len(prompts)))
    assert not holds("rewards-teach", shared=bases)


def test_right_answers_that_are_left_out_show_in_a_control(monkeypatch, bases):
    whole = coverage.chances
    monkeypatch.setattr(coverage, "chances", lambda *given: whole(*given)[:, :1])
    assert not holds("exact-is-right", shared=bases)
