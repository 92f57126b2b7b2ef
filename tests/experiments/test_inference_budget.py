"""The experiment on sampling more: bounds, pairing, repeatability, and defects that must show."""

import pytest
import torch

from claims.experiment import Arm
from claims.lab.metrics import inference
from experiments import inference_budget as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured, holds = BENCH.run_of, BENCH.measured, BENCH.holds
PLANTED = [name for name, control in CONTROLS.items() if not control.trains]


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared, arms, seen = {}, {}, set()
    for condition in CONDITIONS:
        numbers = measured(condition, shared=shared)
        arms[condition] = Arm(numbers, {})
        for name, value in numbers.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (condition, name, value)
            seen.add(name)
    assert seen | set(experiment.combine(arms, experiment.Params(**SMOKE))) == set(DECLARED.metrics)


def test_the_scratchpad_is_set_against_the_best_use_and_the_oracle_of_direct_answers():
    pad = {"accuracy_at_two_steps": 1.0, "accuracy_at_eight_steps": 0.9}
    direct = {"best_at_two_steps": 0.95, "best_at_eight_steps": 0.5, "oracle_excess": 0.3}
    arms = {"scratchpad": Arm(pad, {}), "direct": Arm(direct, {})}
    combined = experiment.combine(arms, experiment.Params(**SMOKE | {"symbols": 10}))
    assert combined == pytest.approx({"accuracy_gap_at_best_budget": 0.4, "gap_at_two_steps": 0.05, "oracle_gap": 0.5})


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    shared = {}
    measured("scratchpad", shared=shared)
    assert measured("direct", shared=shared) == measured("direct")
    assert measured("direct", seed=6) != measured("direct", seed=5)


def test_progress_ends_at_one_and_traces_the_reward_and_the_votes():
    heard, run = [], run_of("direct")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["reward", "majority right at eight steps, by votes"]


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_control_holds(name):
    assert holds(name)


def test_a_vote_for_any_answer_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(torch, "multinomial", lambda chances, count, **_: torch.zeros(len(chances), count).long())
    assert not holds("mode-right")


def test_a_verifier_that_slips_in_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(inference, "votes", lambda chances, right, **_: 1.0)
    assert not holds("mode-wrong")


def test_an_oracle_that_is_paid_for_guesses_only_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(inference, "pass_at_k", lambda right, k: 1 - (1 - 1 / 8) ** k)
    assert not holds("oracle")
