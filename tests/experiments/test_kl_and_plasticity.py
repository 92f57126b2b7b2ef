"""The experiment on KL and plasticity: names, pairing, repeatability, and defects that must show."""

from functools import partial

import pytest

from claims.experiment import Arm
from claims.lab.training import on_policy, record_stages
from experiments import kl_and_plasticity as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, prompt_steps=4, prompts=16)
DECLARED, SMOKE, CONTROLS = BENCH.declared, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
ARMS = list(DECLARED.experiment.conditions)
LEARNING = SMOKE | {"base_steps": 200, "base_lr": 1e-2, "lr": 3e-3, "most": 60, "next_steps": 30, "prompt_steps": 4}
holds = partial(BENCH.holds, params=LEARNING)


@pytest.fixture(scope="module")
def learnt():
    """A learnt base with its second stage, as the conditions of a replicate share them."""
    shared = {}
    measured("untouched", LEARNING, shared=shared)
    return shared


def test_every_metric_is_measured_within_its_bounds_by_arms_and_combined():
    shared, arms = {}, {}
    for condition in [*ARMS, *DECLARED.experiment.control_conditions]:
        run = run_of(condition, shared=shared)
        arms[condition] = Arm(experiment.measure(run), run.kept)
    combined = experiment.combine({name: arms[name] for name in ARMS}, experiment.Params(**SMOKE))
    for name, value in [pair for arm in arms.values() for pair in arm.metrics.items()] + list(combined.items()):
        assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, name
    assert set(arms["rft"].metrics) | set(combined) == set(DECLARED.metrics)


def test_every_condition_has_a_recipe():
    assert {*ARMS, *DECLARED.experiment.control_conditions} <= set(record_stages.RECIPES)


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    shared = {}
    measured("grpo-kl-0p5", shared=shared)
    assert measured("prefix-first", shared=shared) == measured("prefix-first")
    assert measured("rft", seed=6) != measured("rft", seed=5)


def test_progress_ends_at_one_and_traces_the_second_stage():
    heard, run = [], run_of("grpo-no-kl")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["chance of a right answer to task 2"]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, learnt):
    assert holds(name, shared=dict(learnt))


def arm(kl, plasticity, entropy, reward=0.8, policy=None):
    numbers = {
        "reverse_kl_new": kl,
        "policy_kl_new": kl if policy is None else policy,
        "plasticity": plasticity,
        "entropy_next": entropy,
        "task1_pass_at_1": reward,
    }
    return Arm(numbers, {"fresh": [0.2, 0.7]})


def test_numbers_over_arms_by_hand():
    rows = [arm(1.0, 0.9, 3.0), arm(2.0, 0.8, 2.0), arm(0.5, 0.6, 2.5, policy=3.0), arm(4.0, 0.7, 1.0, 0.83)]
    arms = dict(zip(["grpo-no-kl", "rft", "prefix-first", "grpo-fast"], rows, strict=True))
    found = experiment.combine(arms, experiment.Params(**SMOKE))
    assert found["kl_plasticity_correlation"] == pytest.approx(-0.8)
    assert found["entropy_plasticity_correlation"] == pytest.approx(0.4)
    assert found["kl_plasticity_correlation_grpo"] == pytest.approx(-1.0)
    # Given entropy: (-.8 - (-.8)(.4)) / sqrt((1 - .64)(1 - .16)).
    assert found["correlation_given_entropy"] == pytest.approx(-0.48 / (0.36 * 0.84) ** 0.5)
    assert found["correlation_removed_by_entropy"] == pytest.approx(1 - 0.48 / (0.36 * 0.84) ** 0.5 / 0.8)
    # With the prompt before the base as well that arm is the closest: squared differences of ranks sum to 8.
    assert found["kl_plasticity_correlation_same_input"] == pytest.approx(1 - 6 * 8 / (4 * 15))
    assert found["kl_saved_by_prompt"] == pytest.approx(0.5)
    assert found["policy_kl_saved_by_prompt"] == pytest.approx(-2.0)
    assert found["kl_spread"] == 4.0
    assert found["task1_mismatch"] == pytest.approx(0.03)
    assert found["task2_pass_at_1_of_base"] == 0.2
    assert found["task2_gain_of_base"] == pytest.approx(0.5)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch, learnt):
    right = on_policy.clipped
    monkeypatch.setattr(on_policy, "clipped", lambda ratio, advantages, clip: -right(ratio, advantages, clip))
    assert not holds("grpo-learns", shared=dict(learnt))


def test_a_reward_that_is_ignored_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(experiment.Records, "reward", lambda self, p, a: (a.sum(dim=1) % 2).float())
    assert not holds("grpo-learns", shared=dict(learnt))


def test_a_shuffle_that_does_not_shuffle_shows_in_controls(monkeypatch, learnt):
    monkeypatch.setattr(record_stages.torch, "randperm", lambda count, **_: record_stages.torch.arange(count))
    assert not holds("shuffled-reward", shared=dict(learnt))
    assert not holds("nothing-to-learn", shared=dict(learnt))


def test_an_area_that_ignores_the_curve_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(experiment, "area", lambda levels: 1.0)
    assert not holds("planted-loss", shared=dict(learnt))


def test_a_divergence_that_is_always_nought_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(experiment, "divergence", lambda of, to: 0.0)
    assert not holds("planted-distance", shared=dict(learnt))
