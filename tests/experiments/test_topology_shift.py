"""The experiment on deleted edges: bounds, pairing, repeatability, and defects that must show."""

import pytest

from claims.lab.metrics import network_exam
from claims.lab.tasks.networks import Networks
from claims.lab.training import on_policy as loops
from experiments import topology_shift as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
CPU = DECLARED.params_at("cpu", {"held_out": 256})
holds = BENCH.holds


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared, seen = {}, set()
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
            seen.add(name)
    assert seen == set(DECLARED.metrics)


@pytest.mark.parametrize("condition", ["one-topology-grpo", "many-topologies-sft", "one-topology-deletions"])
def test_the_same_seed_gives_the_same_numbers(condition):
    assert measured(condition) == measured(condition)


def test_seeds_differ_and_a_condition_alone_equals_the_condition_in_company():
    shared = {}
    for condition in ("one-topology-sft", "few-topologies-grpo"):
        measured(condition, shared=shared)
    assert measured("one-topology-grpo", shared=shared) == measured("one-topology-grpo")
    assert measured("one-topology-grpo", seed=6) != measured("one-topology-grpo", seed=5)


def test_progress_ends_at_one_and_traces_loss_or_reward():
    heard, run = [], run_of("one-topology-grpo")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["SFT loss, nats a token", "reward"]


@pytest.mark.parametrize("name", [name for name, control in CONTROLS.items() if not control.trains])
def test_every_planted_control_holds(name):
    assert holds(name)


@pytest.mark.parametrize("name", ["shuffled-reward", "rewarded"])
def test_controls_of_the_reward_hold(name):
    assert holds(name, params=CPU)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = loops.clipped
    monkeypatch.setattr(loops, "clipped", lambda ratio, advantages, clip: -right(ratio, advantages, clip))
    assert not holds("rewarded", params=CPU)


def test_a_reward_that_is_ignored_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(Networks, "reward", lambda self, prompts, answers: (answers.sum(dim=1) % 2).float())
    assert not holds("rewarded", params=CPU)


def test_deleting_nothing_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(Networks, "affected", Networks.unaffected)
    assert not holds("stale-solver")


def test_reading_the_wrong_answer_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(network_exam.NetworkExam, "_right", lambda self, costs, chances: chances[:, 0])
    assert not holds("stale-solver")
