"""The experiment on KL and forgetting: names, pairing, repeatability, and defects that must show."""

from functools import partial

import pytest

from claims.experiment import Arm
from claims.lab.training import on_policy, record_stages, supervised
from experiments import kl_and_forgetting as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, prompt_steps=4, prompts=16)
DECLARED, SMOKE, CONTROLS = BENCH.declared, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
ARMS = list(DECLARED.experiment.conditions)
LEARNING = SMOKE | {"base_steps": 200, "base_lr": 1e-2, "lr": 3e-3, "most": 60, "prompt_steps": 4}
holds = partial(BENCH.holds, params=LEARNING)


@pytest.fixture(scope="module")
def learnt():
    """A learnt base, as the conditions of a replicate share it."""
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


def test_progress_ends_at_one_and_traces_the_new_task():
    heard, run = [], run_of("grpo-no-kl")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["chance of a right answer to the new task"]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name, learnt):
    assert holds(name, shared=dict(learnt))


def test_numbers_over_arms_by_hand():
    names = ["grpo-no-kl", "grpo-kl-0p2", "rft", "grpo-fast", "sft-other-style"]
    arms = {}
    for name, kl, weights in zip(names, [1.0, 0.5, 0.0, 1.5, 2.0], [1.0, 0.0, 1.5, 0.5, 2.0], strict=True):
        numbers = {"forward_kl_new": kl + 0.5, "reverse_kl_new": kl + 0.5, "weight_change": weights}
        numbers |= {"forward_kl_old": (kl - 1) ** 2 + kl, "retention": 1 - kl**2 / 4, "task1_pass_at_1": 0.8}
        arms[name] = Arm(numbers, {"facts": 0.97})
    found = experiment.combine(arms, experiment.Params(**SMOKE))
    assert found["r2_forward_kl"] == found["r2_reverse_kl"] == pytest.approx(1.0)
    assert found["r2_weights"] < 0.9
    assert found["r2_forward_kl_minus_r2_weights"] == found["r2_forward_kl"] - found["r2_weights"]
    assert found["r2_old_inputs_minus_r2_new_inputs"] == found["r2_old_inputs"] - found["r2_forward_kl"]
    assert found["kl_saved_by_penalty"] == pytest.approx(1 - 1.0 / 1.5)
    assert found["retention_spread"] == 1.0
    assert found["kl_spread"] == 5.0
    assert found["fact_chance_of_base"] == 0.97
    assert found["task1_mismatch"] == 0.0


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch, learnt):
    right = on_policy.clipped
    monkeypatch.setattr(on_policy, "clipped", lambda ratio, advantages, clip: -right(ratio, advantages, clip))
    assert not holds("grpo-learns", shared=dict(learnt))


def test_a_supervised_loss_with_its_sign_flipped_shows_in_controls(monkeypatch, learnt):
    right = supervised.log_likelihood
    monkeypatch.setattr(supervised, "log_likelihood", lambda *args: -right(*args))
    assert not holds("sft-learns", shared=dict(learnt))


def test_a_shuffle_that_does_not_shuffle_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(record_stages.torch, "randperm", lambda count, **_: record_stages.torch.arange(count))
    assert not holds("shuffled-reward", shared=dict(learnt))


def test_a_level_that_does_not_read_the_model_shows_in_a_control(monkeypatch, learnt):
    right, base = experiment.level, learnt["base"]
    monkeypatch.setattr(experiment, "level", lambda _, task, asked: right(base, task, asked))
    assert not holds("planted-forgetting", shared=dict(learnt))
    assert not holds("grpo-learns", shared=dict(learnt))


def test_a_divergence_that_is_always_nought_shows_in_a_control(monkeypatch, learnt):
    monkeypatch.setattr(experiment, "divergence", lambda of, to: 0.0)
    assert not holds("planted-distance", shared=dict(learnt))


def test_the_fit_without_far_arms_leaves_out_those_three():
    points = {"grpo-no-kl": (1.0, 0.9), "grpo-kl-0p2": (2.0, 0.7), "rft": (3.0, 0.9), "grpo-fast": (4.0, 0.7)}
    far = dict.fromkeys(experiment.FAR, (9.0, 0.0))
    of = {name: {"forward_kl_new": kl, "retention": kept} for name, (kl, kept) in (points | far).items()}
    same = ("reverse_kl_new", "weight_change", "forward_kl_old")
    arms = {
        name: Arm(found | dict.fromkeys(same, found["forward_kl_new"]) | {"task1_pass_at_1": 0.8}, {"facts": 0.97})
        for name, found in of.items()
    }
    found = experiment.combine(arms, experiment.Params(**SMOKE))
    assert found["r2_forward_kl_near"] == pytest.approx(0.2)
    assert found["r2_forward_kl"] > 0.9
