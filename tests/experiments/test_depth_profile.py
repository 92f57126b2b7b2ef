"""The experiment on depth profiles: names, repeatability, controls, and defects that must show."""

import pytest

from claims.experiment import Arm
from claims.lab.metrics import depth
from claims.lab.training.optimiser import Optimiser
from experiments import depth_profile as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
measured = BENCH.measured
LEARNING = SMOKE | {"vocabulary": 5, "topics": 3, "steps": 60, "lr": 5e-3, "base_steps": 40, "width": 32, "layers": 6}


def test_every_metric_is_measured_somewhere_within_its_bounds():
    shared, arms = {}, {}
    for condition in CONDITIONS:
        arms[condition] = Arm(measured(condition, shared=shared), {})
    seen = {name: value for arm in arms.values() for name, value in arm.metrics.items()}
    seen |= experiment.combine(arms, experiment.Params(**SMOKE))
    assert seen.keys() == DECLARED.metrics.keys()
    for arm in arms.values():
        for name, value in arm.metrics.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, name


def test_the_interaction_solved_by_hand():
    slopes = {"sequential-cls": 0.9, "parallel-cls": 0.2, "sequential-clm": 0.5, "parallel-clm": 0.4}
    arms = {f"{name}-equal-step": Arm({"slope": slope}, {}) for name, slope in slopes.items()}
    found = experiment.combine(arms, experiment.Params(**SMOKE))["block_objective_interaction"]
    assert found == pytest.approx(0.7 - 0.1)


@pytest.mark.parametrize("condition", ["sequential-cls-equal-step", "parallel-clm-random"])
def test_the_same_seed_gives_the_same_numbers_alone_and_in_company(condition):
    shared = {}
    measured("sequential-clm-random", shared=shared)
    assert measured(condition) == measured(condition, shared=shared) != measured(condition, seed=6)


def test_the_controls_come_out_right():
    shared = {}
    assert [name for name in CONTROLS if not BENCH.holds(name, LEARNING, shared)] == []


def test_equal_steps_change_every_block_alike_and_sgd_does_not():
    equal, sgd = (measured(f"sequential-cls-{rule}", LEARNING)["slope_weights"] for rule in ("equal-step", "sgd"))
    assert abs(equal) < abs(sgd)


def test_a_loss_with_the_wrong_sign_turns_a_control(monkeypatch):
    right = Optimiser.step
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: right(self, -loss))
    assert not BENCH.holds("labels-are-learnt", LEARNING)


def test_a_profile_in_the_wrong_order_turns_a_control(monkeypatch):
    right = depth.profile
    monkeypatch.setattr(depth, "profile", lambda *a: right(*a)[::-1])
    assert not BENCH.holds("change-at-the-end", LEARNING)
