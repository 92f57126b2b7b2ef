"""The experiment on switching thoughts: names, repeatability, controls, and defects that must show."""

from functools import partial

import pytest

from claims.lab.metrics import logistic
from claims.lab.training import searchers
from claims.lab.training.optimiser import Optimiser
from experiments import thought_switching as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = DECLARED.params_at("cpu", {"layers": 1, "alphas": (3.0,), "betas": (6,), "exam": 1024, "traces": 2048})
holds = partial(BENCH.holds, params=LEARNING)


def test_every_metric_is_measured_within_its_bounds():
    seen = {}
    for condition in CONDITIONS:
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
    assert holds(name)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    step = Optimiser.step
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: step(self, -loss))
    assert not holds("known-accuracy", params=SMOKE)


def test_a_penalty_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = searchers.Penalty.on
    monkeypatch.setattr(
        searchers.Penalty, "on", lambda self, h, t: right(searchers.Penalty(-self.alpha, self.beta), h, t)
    )
    assert not holds("known-gain")


def test_a_penalty_that_never_ends_shows_in_a_control(monkeypatch):
    right = searchers.Penalty.on
    monkeypatch.setattr(searchers.Penalty, "on", lambda self, h, t: right(searchers.Penalty(self.alpha, 48), h, t))
    assert not holds("known-end")


def test_difficulty_that_is_not_held_fixed_shows_in_a_control(monkeypatch):
    alone = logistic.logistic
    monkeypatch.setattr(logistic, "logistic", lambda outcomes, predictors: alone(outcomes, predictors[:, :1]))
    assert not holds("all-difficulty")
