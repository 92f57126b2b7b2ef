"""The experiment on masks: which weights each arm trains, and defects that must show."""

from functools import partial

import pytest

from claims.lab.training import tuning
from claims.lab.training.on_policy import Method
from claims.lab.training.optimiser import Optimiser
from experiments import masked_rl as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, held_out=128, tuning_prompts=64)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"steps": 30, "rates": (5e-4, 1e-3, 2e-3), "found_lr": 3e-4}
holds = partial(BENCH.holds, params=LEARNING)


def test_every_condition_measures_every_metric_within_its_bounds():
    shared = {}
    for condition in CONDITIONS:
        found = measured(condition, shared=shared)
        assert set(found) == set(DECLARED.metrics)
        for name, value in found.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (condition, name, value)


def test_arms_train_as_many_weights_as_they_say():
    shared = {}
    density = {condition: measured(condition, shared=shared)["density"] for condition in CONDITIONS}
    assert density["grpo-full"] == 1.0
    assert 0 < density["grpo-found-mask"] < 1
    assert density["grpo-random-mask"] == density["grpo-found-mask"] == density["shuffled-found-mask"]
    assert [density[f"grpo-random-{n}"] for n in (20, 5, 1)] == pytest.approx([0.2, 0.05, 0.01], rel=0.01)


@pytest.mark.parametrize("condition", ["grpo-random-mask", "grpo-full"])
def test_the_same_seed_gives_the_same_numbers_alone_and_in_company(condition):
    shared = {}
    measured("grpo-random-1", shared=shared)
    assert measured(condition) == measured(condition, shared=shared)
    assert measured(condition) != measured(condition, seed=6)


def test_progress_ends_at_one_and_every_learning_rate_is_traced():
    heard, run = [], run_of("grpo-full")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert len(run.traces) >= 3


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(name)


def test_a_mask_that_is_ignored_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "Optimiser", lambda model, masks, **more: Optimiser(model, **more))
    assert not holds("outside-stays")


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = tuning.GRPO.weigh
    monkeypatch.setattr(tuning, "GRPO", Method(lambda rewards: -right(rewards)))
    assert not holds("a-fifth-learns")


def test_steps_that_are_not_taken_show_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "changed_weights", lambda base, _: experiment.random_weights(
        base, 100, generator=experiment.generator(1)))  # fmt: skip
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: None)
    assert not holds("a-fifth-learns")
