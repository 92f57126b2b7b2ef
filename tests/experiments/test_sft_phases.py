"""The experiment on the phases of SFT: names, repeatability, controls, and defects that must show."""

from functools import partial

import pytest

from claims.lab.metrics import phases
from claims.lab.training import supervised
from experiments import sft_phases as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"size": 2, "base_steps": 400, "base_lr": 5e-3, "steps": 120, "lr": 3e-3, "held_out": 64}
holds = partial(BENCH.holds, params=LEARNING)


@pytest.fixture(scope="module")
def bases():
    """A place for the base of `LEARNING`, trained once."""
    return {}


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared = {}
    seen = set()
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
            seen.add(name)
    assert seen == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    shared = {}
    measured("far-many", shared=shared)
    assert measured("spaced-few", shared=shared) == measured("spaced-few")
    assert measured("far-few", seed=6) != measured("far-few", seed=5)


def test_a_curve_of_every_step_is_drawn_and_progress_ends_at_one():
    heard, run = [], run_of("same-few")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    [(epochs, _)] = run.traces.values()
    assert epochs == [(step + 1) / 8 for step in range(SMOKE["steps"])]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, bases):
    assert holds(name, shared=bases)


def test_an_expert_of_the_same_dialect_is_less_strange_than_a_foreign_one(bases):
    same, far = (measured(c, LEARNING, shared=bases)["strangeness"] for c in ("same-few", "far-few"))
    assert same < far / 2


def test_a_longer_warm_up_changes_nothing_but_the_tuning(bases):
    plain, warm = (measured(c, LEARNING, shared=bases) for c in ("far-few", "far-few-warm"))
    assert plain["accuracy_of_base"] == warm["accuracy_of_base"]
    assert plain["strangeness"] == warm["strangeness"]
    assert plain["memorised"] != warm["memorised"]


def test_a_loss_with_its_sign_flipped_fails_a_control(monkeypatch, bases):
    right = supervised.log_likelihood
    assert holds("expert-teaches", shared=bases)
    monkeypatch.setattr(supervised, "log_likelihood", lambda *given: -right(*given))
    assert not holds("expert-teaches", shared=bases)


def test_a_dip_that_ignores_the_order_of_points_fails_a_control(monkeypatch):
    right = phases.phases
    monkeypatch.setattr(experiment, "phases", lambda curve: right([curve[0], *sorted(curve[1:])]))
    assert not all(holds(name) for name, control in CONTROLS.items() if not control.trains)
