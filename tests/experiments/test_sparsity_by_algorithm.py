"""The experiment on sparsity at matched displacement: names, bounds, pairing, and defects that must show."""

import pytest

from claims.experiment import Arm
from claims.lab.metrics import displacement
from claims.lab.training import tuning
from claims.lab.training.on_policy import Method
from experiments import sparsity_by_algorithm as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, held_out=128)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"steps": 30, "lr": 1e-3, "sft_rates": (1e-6, 2e-6, 4e-6, 8e-6, 3e-5)}


def holds(name, params):
    try:
        return BENCH.holds(name, params)
    except ValueError:
        return False  # a control that cannot even be measured does not hold


def test_every_condition_measures_declared_metrics_within_their_bounds_and_all_are_measured():
    shared, arms = {}, {}
    for condition in CONDITIONS:
        arms[condition] = Arm(measured(condition, shared=shared), {})
    combined = experiment.combine({name: arms[name] for name in DECLARED.experiment.conditions}, experiment.Params())
    for name, value in [item for arm in arms.values() for item in arm.metrics.items()] + list(combined.items()):
        assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (name, value)
    assert {name for arm in arms.values() for name in arm.metrics} | set(combined) == set(DECLARED.metrics)


@pytest.mark.parametrize("condition", ["sft", "dpo", "grpo-sgd"])
def test_the_same_seed_gives_the_same_numbers_alone_and_in_company(condition):
    shared = {}
    measured("grpo-fast", shared=shared)
    assert measured(condition) == measured(condition, shared=shared)
    assert measured(condition) != measured(condition, seed=6)


def test_the_mean_is_of_the_runs_of_grpo_and_the_largest_of_the_seven():
    residuals = {"grpo": 0.01, "grpo-slow": 0.02, "grpo-fast": 0.06, "rloo": -0.07, "grpo-sgd": 0.9}
    arms = {name: Arm({"residual": residuals.get(name, 0.0)}, {}) for name in CONDITIONS if name != "sft"}
    found = experiment.combine(arms | {"sft": Arm({"misfit": 0.0}, {})}, experiment.Params())
    assert found == {"grpo_residual": pytest.approx(0.03), "largest_residual": pytest.approx(0.07)}


def test_progress_ends_at_one_and_the_reward_is_traced():
    heard, run = [], run_of("grpo")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["reward or loss at learning rate 8.0e-06"]


# Seven small matrices and thirty steps leave the curve too coarse to say where SFT itself lies: not at this scale.
@pytest.mark.parametrize("name", [name for name in CONTROLS if name != "sft-is-on-the-curve"])
def test_every_control_that_this_scale_can_show_holds(name):
    assert holds(name, LEARNING)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = tuning.GRPO.weigh
    monkeypatch.setattr(tuning, "GRPO", Method(lambda rewards: -right(rewards)))
    assert not holds("grpo-learns", LEARNING)


def test_a_read_out_that_does_not_round_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "as_bf16", lambda weights: weights)
    monkeypatch.setattr(displacement, "as_bf16", lambda weights: weights)
    assert not holds("rounding-hides", LEARNING)


def test_a_displacement_that_says_nothing_fails_the_gate_on_the_fit(monkeypatch):
    right = displacement.points

    def none(before, after):
        return [displacement.Point(0.1 * i, point.unchanged) for i, point in enumerate(right(before, after))]

    assert measured("sft", LEARNING)["misfit"] < 0.04
    monkeypatch.setattr(experiment, "points", none)
    assert measured("sft", LEARNING)["misfit"] > 0.1
