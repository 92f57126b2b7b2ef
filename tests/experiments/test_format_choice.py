"""The experiment on formats: names, pairing, repeatability, and defects that must show."""

from functools import partial

import pytest
import torch

from claims.experiment import Arm
from claims.lab.metrics import formats
from claims.lab.tasks.tagged_sorting import Verifier
from claims.lab.training import on_policy
from claims.lab.training.optimiser import Optimiser
from experiments import format_choice as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = DECLARED.params_at(
    "smoke", {"size": 3, "base_steps": 100, "base_lr": 1e-2, "steps": 56, "prompts": 8, "held_out": 256, "lr": 2e-3}
)
BASES: dict = {}
holds = partial(BENCH.holds, params=LEARNING, shared=BASES)


def test_every_metric_is_measured_within_its_bounds_and_nothing_else():
    shared, arms, seen = {}, {}, set()
    for condition in CONDITIONS:
        run = run_of(condition, shared=shared)
        arms[condition] = Arm(experiment.measure(run), run.kept)
    combined = experiment.combine(arms, experiment.Params(**SMOKE))
    for numbers in (*(arm.metrics for arm in arms.values()), combined):
        for name, value in numbers.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (name, value)
        seen |= set(numbers)
    assert seen == set(DECLARED.metrics)
    assert set(combined) == {name for name, metric in DECLARED.metrics.items() if metric.combined}


def test_a_seed_gives_the_same_numbers_alone_and_in_company_and_another_seed_others():
    shared = {}
    measured("grpo-common", shared=shared)
    assert measured("grpo-kl-0p05", shared=shared) == measured("grpo-kl-0p05")
    assert measured("grpo-kl-0p05", seed=6) != measured("grpo-kl-0p05")


def test_runs_without_an_advantage_differ_in_their_rollouts_only():
    shared = {}
    first, second = (measured(c, LEARNING, shared=shared) for c in ("grpo-equal", "grpo-equal-b"))
    assert first["base_accuracy"] == second["base_accuracy"]
    assert first["share_rare"] != second["share_rare"]


def test_progress_ends_at_one_and_shares_and_accuracy_are_traced():
    heard, run = [], run_of("grpo-no-kl")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert set(run.traces) == {"largest share", "accuracy"}


def test_arms_of_one_size_start_from_one_base_and_the_small_model_is_smaller():
    shared = {}
    for condition in ("grpo-no-kl", "grpo-equal", "small-common"):
        measured(condition, shared=shared)
    large, small = (sum(w.numel() for w in model.parameters()) for model in shared.values())
    assert small < large


def test_ceilings_and_penalties_are_those_of_the_descriptions(monkeypatch):
    seen = {}

    def verifier(task, ceilings, rng):
        seen["ceilings"], seen["writes"] = ceilings, task.writes
        return Verifier(task, ceilings, rng)

    def one_pass(*_, kl, **__):
        seen["kl"] = kl

    monkeypatch.setattr(experiment, "Verifier", verifier)
    monkeypatch.setattr(experiment, "one_pass", one_pass)
    shared, rows = {}, {}
    for condition in DECLARED.experiment.conditions:
        measured(condition, shared=shared)
        rows[condition] = (seen["ceilings"], seen["writes"][1] == 1, seen["kl"])
    rare, common = (0.4, 0.6, 0.9), (0.9, 0.6, 0.4)
    assert rows == {
        "grpo-no-kl": (rare, False, 0.0),
        "grpo-kl-0p01": (rare, False, 0.01),
        "grpo-kl-0p05": (rare, False, 0.05),
        "grpo-common": (common, False, 0.0),
        **{f"grpo-equal{run}": ((0.65,) * 3, False, 0.0) for run in ("", "-b", "-c")},
        "grpo-slips": ((1.0,) * 3, False, 0.0),
        "small-common": (common, False, 0.0),
        "large-short": (common, True, 0.0),
        "small-short": (common, True, 0.0),
    }


def test_what_takes_several_arms_by_hand():
    def arm(gain, effective, growth, accuracy):
        kept = {"points": torch.tensor([growth, accuracy, [-1.0, 0.0, 1.0]])}
        return Arm({"dominance_gain": gain, "effective_formats": effective}, kept)

    arms = {
        "grpo-no-kl": arm(0.4, 1.2, [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]),
        "grpo-common": arm(0.3, 1.1, [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]),
        "grpo-equal": arm(0.1, 2.0, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        "grpo-equal-b": arm(0.0, 2.0, [9.0, 9.0, 9.0], [0.0, 0.0, 0.0]),
        "grpo-equal-c": arm(0.2, 2.0, [9.0, 9.0, 9.0], [0.0, 0.0, 0.0]),
        "grpo-slips": arm(0.05, 2.0, [9.0, 9.0, 9.0], [0.0, 0.0, 0.0]),
        "grpo-kl-0p05": arm(0.3, 1.8, [9.0, 9.0, 9.0], [0.0, 0.0, 0.0]),
    }
    assert experiment.combine(arms, experiment.Params()) == pytest.approx(
        {
            "effective_formats_ratio": 1.5,
            "growth_accuracy_correlation": 1.0,
            "growth_share_correlation": 0.0,
            "equal_excess": -0.05,
            "slips_excess": -0.15,
        },
        abs=1e-6,
    )


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(name)


def test_a_loss_with_its_sign_flipped_shows_in_a_control(monkeypatch):
    right = on_policy.clipped
    monkeypatch.setattr(on_policy, "clipped", lambda ratio, advantages, clip: -right(ratio, advantages, clip))
    assert not holds("one-accepted")


def test_steps_that_are_not_taken_show_in_a_control(monkeypatch):
    measured("untouched", LEARNING, shared=BASES)
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: None)
    assert not holds("one-accepted")


def test_a_reward_that_forgets_the_verifier_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(Verifier, "reward", lambda self, prompts, answers: (answers[:, 1] == 0).float())
    assert not holds("one-accepted")


def test_a_penalty_that_is_left_out_shows_in_a_control(monkeypatch):
    measured("untouched", LEARNING, shared=BASES)
    monkeypatch.setattr(on_policy, "divergence_estimate", lambda now, anchor: torch.zeros_like(now))
    assert not holds("strong-penalty")


def test_shares_of_whole_answers_in_place_of_formats_show_in_a_control(monkeypatch):
    monkeypatch.setattr(formats, "pass_at_k", lambda chances, k: float(chances.mean()))
    assert not holds("most-in-64")
