"""The experiment on SFT followed by RL: equal tokens, repeatability, controls, and defects that must show."""

from functools import partial

import pytest

from claims.lab.tasks.dialects import Dialects
from claims.lab.training import accumulation, on_policy
from experiments import sft_then_rl as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, held_out=128)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
measured = BENCH.measured
LEARNING = SMOKE | {
    "base_steps": 400,
    "base_lr": 5e-3,
    "base_accuracy": 0.4,
    "lr": 2e-3,
    "budget": 60_000,
    "sft_steps": 120,
    "layers": 2,
}
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
    measured("sft-then-rl", shared=shared)
    assert measured("mixed", shared=shared) == measured("mixed")
    assert measured("rl-only", seed=6) != measured("rl-only", seed=5)


def test_arms_differ_where_the_bugs_do(bases):
    arms = ["sft-then-rl", "sft-then-rl-dropped", "sft-then-rl-misweighted", "sft-then-rl-buggy"]
    gains = [measured(arm, LEARNING | {"budget": 1}, shared=bases)["sft_accuracy_gain"] for arm in arms]
    assert len(set(gains)) == 4


def test_the_mix_lowers_the_weight_of_the_expert_from_first_to_last(monkeypatch):
    weights = []
    right = experiment.WithExpert.step
    monkeypatch.setattr(experiment.WithExpert, "step", lambda mix, loss: (weights.append(mix.mu), right(mix, loss)))
    measured("mixed", SMOKE | {"budget": 20_000, "base_steps": 200})
    assert weights[0] == experiment.MU_FIRST
    assert weights == sorted(weights, reverse=True)
    assert experiment.MU_LAST <= weights[-1] < 0.3


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, bases):
    assert holds(name, shared=bases)


def test_a_policy_gradient_with_its_sign_flipped_fails_a_control(monkeypatch, bases):
    right = on_policy.clipped
    monkeypatch.setattr(on_policy, "clipped", lambda *given: -right(*given))
    assert not holds("rl-learns", shared=bases)


def test_a_reward_that_reads_other_answers_fails_a_control(monkeypatch, bases):
    monkeypatch.setattr(Dialects, "reward", lambda self, p, a: (a.sum(dim=1) % 2).float())
    assert not holds("rl-learns", shared=bases)


def test_an_sft_loss_with_its_sign_flipped_fails_a_control(monkeypatch, bases):
    right = accumulation.accumulated
    monkeypatch.setattr(accumulation, "accumulated", lambda *given: -right(*given))
    assert not holds("expert-teaches", shared=bases)


def test_tokens_that_are_not_counted_fail_a_control(monkeypatch, bases):
    monkeypatch.setattr(experiment, "rewarded", lambda run, task, model, spent: spent)
    assert not holds("equal-tokens", shared=bases)
