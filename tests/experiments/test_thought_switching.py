"""The experiment on switching thoughts: names, repeatability, controls, and defects that must show."""

import json
from pathlib import Path

import pytest

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Run
from claims.lab.metrics import logistic
from claims.lab.training import searchers
from claims.lab.training.optimiser import Optimiser
from experiments import thought_switching as experiment

DECLARED = parse(Path(experiment.__file__).read_text("utf-8"), "experiments/thought_switching.py")
SMOKE = DECLARED.params_at("smoke", {})
LEARNING = DECLARED.params_at("cpu", {"layers": 1, "alphas": (3.0,), "betas": (6,), "exam": 1024, "traces": 2048})
CONTROLS = {control.name: control for control in DECLARED.experiment.controls}


def run_of(condition, params=SMOKE, seed=5):
    settings = {name: tuple(v) if isinstance(v, list) else v for name, v in params.items()}
    return Run(
        params=experiment.Params(**settings),
        condition=condition,
        seed=seed,
        device="cpu",
        dtype="float32",
        shared={},
        data={},
        report=lambda share: None,
    )


def measured(condition, params=SMOKE, seed=5):
    return experiment.measure(run_of(condition, params, seed))


def holds(control, params=LEARNING):
    value = measured(control.condition, params | dict(control.params))[control.metric]
    return value in Expect.model_validate_json(json.dumps(dict(control.expect))).interval


def test_every_metric_is_measured_within_its_bounds():
    seen = {}
    for condition in [*DECLARED.experiment.conditions, *DECLARED.experiment.control_conditions]:
        seen[condition] = measured(condition)
        for name, value in seen[condition].items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
    assert set(seen["switches-1x"]) == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers():
    assert measured("switches-3x") == measured("switches-3x")
    assert measured("switches-3x", seed=6) != measured("switches-3x")


def test_the_loss_is_traced_and_progress_ends_at_one():
    heard, run = [], run_of("switches-1x")
    run._report = heard.append
    experiment.measure(run)
    assert list(run.traces) == ["loss, nats a token"]
    assert heard[-1] == 1.0


def test_a_penalty_is_chosen_on_problems_of_its_own(monkeypatch):
    counts = []
    by_rule = searchers.by_rule
    monkeypatch.setattr(
        searchers, "by_rule", lambda h, tape, q: counts.append(len(tape.levels_N)) or by_rule(h, tape, q)
    )
    measured("planted-3x")
    tried = 1 + len(SMOKE["alphas"]) * len(SMOKE["betas"])
    assert counts.count(SMOKE["tuning"]) == tried
    assert counts.count(SMOKE["exam"]) == 3


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(CONTROLS[name])


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    step = Optimiser.step
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: step(self, -loss))
    assert not holds(CONTROLS["known-accuracy"], SMOKE)


def test_a_penalty_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = searchers.Penalty.on
    monkeypatch.setattr(
        searchers.Penalty, "on", lambda self, h, t: right(searchers.Penalty(-self.alpha, self.beta), h, t)
    )
    assert not holds(CONTROLS["known-gain"])


def test_a_penalty_that_never_ends_shows_in_a_control(monkeypatch):
    right = searchers.Penalty.on
    monkeypatch.setattr(searchers.Penalty, "on", lambda self, h, t: right(searchers.Penalty(self.alpha, 48), h, t))
    assert not holds(CONTROLS["known-end"])


def test_difficulty_that_is_not_held_fixed_shows_in_a_control(monkeypatch):
    alone = logistic.logistic
    monkeypatch.setattr(logistic, "logistic", lambda outcomes, predictors: alone(outcomes, predictors[:, :1]))
    assert not holds(CONTROLS["all-difficulty"])
