"""The experiment on SGD and AdamW: names, bounds, tuning, and defects that must show."""

import json
from pathlib import Path

import pytest

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Run
from claims.lab.metrics import updates
from claims.lab.training import tuning
from claims.lab.training.on_policy import Method
from experiments import optimiser_and_sparsity as experiment

DECLARED = parse(Path(experiment.__file__).read_text("utf-8"), "experiments/optimiser_and_sparsity.py")
CONDITIONS = [*DECLARED.experiment.conditions, *DECLARED.experiment.control_conditions]
SMOKE = DECLARED.params_at("smoke", {"held_out": 128, "tuning_prompts": 64, "prompts": 8})
LEARNING = SMOKE | {"steps": 30, "adamw_rates": (5e-4, 1e-3, 2e-3)}
CONTROLS = {control.name: control for control in DECLARED.experiment.controls}


def run_of(condition, params=SMOKE, seed=5, shared=None):
    return Run(
        params=experiment.Params(**params), condition=condition, seed=seed, device="cpu", dtype="float32",
        shared={} if shared is None else shared, data={}, report=lambda share: None,
    )  # fmt: skip


def measured(condition, params=SMOKE, seed=5, shared=None):
    return experiment.measure(run_of(condition, params, seed, shared))


def holds(name, params=LEARNING):
    control = CONTROLS[name]
    value = measured(control.condition, params)[control.metric]
    return value in Expect.model_validate_json(json.dumps(dict(control.expect))).interval


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
    assert holds(name, SMOKE if name == "slow-sgd-is-still" else LEARNING)


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
