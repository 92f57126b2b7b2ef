"""The experiment on spurious forgetting: names, repeatability, controls, and defects that must show."""

from functools import partial

import pytest
import torch

from claims.lab.training.optimiser import Optimiser
from experiments import spurious_forgetting as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.controls
BASES = {}
"""Bases of a seed, made once for the tests that break nothing."""
measured, holds = partial(BENCH.measured, shared=BASES), partial(BENCH.holds, shared=BASES)


def test_every_metric_is_measured_within_its_bounds():
    seen = {}
    for condition in CONDITIONS:
        seen[condition] = measured(condition)
        for name, value in seen[condition].items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
    assert set(seen["plain"]) == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    assert measured("never-trained", shared={}) == measured("never-trained")
    assert measured("never-trained", seed=6, shared={}) != measured("never-trained")


def test_the_control_starts_without_the_held_out_people():
    known, half_known = measured("plain"), measured("never-trained")
    assert known["old_accuracy_before"] > 0.95
    assert half_known["old_accuracy_before"] < 0.75


@pytest.mark.parametrize("condition", ["freeze-bottom", "freeze-top"])
def test_what_is_frozen_stays_and_the_rest_moves(condition, monkeypatch):
    kept = []
    plain = experiment.reminded
    monkeypatch.setattr(experiment, "reminded", lambda model, *a, **k: kept.append(model) or plain(model, *a, **k))
    shared = dict(BASES)
    measured(condition, shared=shared)
    half = {"freeze-bottom": experiment.bottom, "freeze-top": experiment.top}
    for name, part in half.items():
        pairs = [(a, b) for x, y in zip(part(shared["base"]), part(kept[0]), strict=True)
                 for a, b in zip(x.parameters(), y.parameters(), strict=True)]  # fmt: skip
        assert all(torch.equal(a, b) for a, b in pairs) == (name == condition)


def test_replay_keeps_what_the_new_task_alone_would_risk():
    assert measured("replay")["old_accuracy_after"] >= measured("plain")["old_accuracy_after"]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(name)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    step = Optimiser.step
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: step(self, -loss))
    assert not holds("all-kept", shared={})


def test_recovery_that_does_nothing_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "reminded", lambda model, *a, **k: model)
    assert not holds("out-of-reach")


def test_examining_the_people_who_were_shown_shows_in_a_control(monkeypatch):
    """An erased model that is examined on what it is being taught would seem to remember."""
    monkeypatch.setattr(experiment, "answered", lambda model, world, facts, form=0: 1.0)
    assert not holds("gone")
