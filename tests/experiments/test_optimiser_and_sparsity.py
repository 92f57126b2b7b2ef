"""The experiment on SGD and AdamW: names, bounds, tuning, and defects that must show."""

from functools import partial

import pytest

from claims.lab.metrics import updates
from claims.lab.training import tuning
from claims.lab.training.on_policy import Method
from experiments import optimiser_and_sparsity as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, held_out=128, tuning_prompts=64, prompts=8)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"steps": 30, "adamw_rates": (5e-4, 1e-3, 2e-3)}
holds = partial(BENCH.holds, params=LEARNING)


def test_every_condition_measures_declared_metrics_within_their_bounds_and_all_are_measured():
    shared, seen = {}, set()
    for condition in CONDITIONS:
        found = measured(condition, shared=shared)
        seen |= set(found)
        for name, value in found.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (condition, name, value)
    assert seen == set(DECLARED.metrics)


@pytest.mark.parametrize("condition", ["grpo-sgd", "grpo-adamw"])
def test_the_same_seed_gives_the_same_numbers_alone_and_in_company(condition):
    shared = {}
    measured("grpo-sgd-untuned", shared=shared)
    assert measured(condition) == measured(condition, shared=shared)
    assert measured(condition) != measured(condition, seed=6)


def test_the_best_of_the_learning_rates_is_taken():
    rates = (0.0, 0.0, 1e-3)
    assert measured("grpo-adamw", LEARNING | {"adamw_rates": rates})["best_rate"] == 2
    assert measured("grpo-adamw", LEARNING | {"adamw_rates": rates[::-1]})["best_rate"] == 0


def test_progress_ends_at_one_and_every_learning_rate_is_traced():
    heard, run = [], run_of("grpo-sgd")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert len(run.traces) == 3


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(name, params=SMOKE if name == "slow-sgd-is-still" else LEARNING)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = tuning.GRPO.weigh
    monkeypatch.setattr(tuning, "GRPO", Method(lambda rewards: -right(rewards)))
    assert not holds("adamw-learns")


def test_a_rule_that_is_mistaken_for_the_other_shows_in_a_control(monkeypatch):
    right = experiment.Optimiser
    monkeypatch.setattr(experiment, "Optimiser", lambda model, rule, **more: right(model, rule="adamw", **more))
    assert not holds("slow-sgd-is-still")


def test_measuring_other_weights_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(updates, "counts", lambda name, weight: weight.ndim == 1)
    assert not holds("dense-update")
