"""The experiment on update sparsity: names, pairing, repeatability, and defects that must show."""

import pytest
import torch

from claims.lab.metrics import updates
from claims.lab.tasks.sorting import Sorting
from claims.lab.training import tuning
from claims.lab.training.on_policy import Method
from claims.lab.training.optimiser import Optimiser
from experiments import update_sparsity as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment, held_out=128)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured = BENCH.run_of, BENCH.measured
LEARNING = SMOKE | {"steps": 30, "lr_stored": 1e-3, "lr_master": 1e-3, "prompts": 8, "base_steps": 30}
holds = BENCH.holds


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared = {}
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)


def test_every_metric_is_measured_somewhere():
    shared = {}
    seen = {name for condition in DECLARED.experiment.conditions for name in measured(condition, shared=shared)}
    assert seen == set(DECLARED.metrics)


@pytest.mark.parametrize("condition", ["grpo-master-b", "rft-bf16", "shuffled-master"])
def test_the_same_seed_gives_the_same_numbers(condition):
    assert measured(condition) == measured(condition)


def test_seeds_differ_and_a_condition_alone_equals_the_condition_in_company():
    shared = {}
    for condition in ("grpo-bf16", "rft-master"):
        measured(condition, shared=shared)
    assert measured("grpo-bf16-b", shared=shared) == measured("grpo-bf16-b")
    assert measured("grpo-bf16-b", seed=6) != measured("grpo-bf16-b", seed=5)


def test_progress_ends_at_one_and_traces_reward_or_loss():
    heard, run = [], run_of("grpo-master")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["reward"]
    supervised = run_of("sft-bf16")
    experiment.measure(supervised)
    assert list(supervised.traces) == ["loss, nats a token"]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_holds(name):
    assert holds(name, params=LEARNING if name == "shuffled-reward" else SMOKE)


def test_grpo_gains_reward_where_a_shuffled_reward_does_not():
    shared = {}
    gains = [measured(c, LEARNING, shared=shared)["reward_gain"] for c in ("grpo-master", "shuffled-master")]
    assert gains[0] > 0.05
    assert gains[1] < 0.02


def test_sft_learns_the_style_of_the_expert_and_rft_does_not():
    shared = {}
    longer = LEARNING | {"steps": 60}
    gains = [measured(c, longer, shared=shared)["expert_gain"] for c in ("sft-bf16", "rft-bf16")]
    assert gains[0] > 0.1
    assert abs(gains[1]) < 0.1


def test_the_second_run_differs_in_its_tuning_seed_only():
    shared = {}
    first, second = (measured(c, shared=shared) for c in ("grpo-bf16", "grpo-bf16-b"))
    assert first["base_reward"] == second["base_reward"]
    assert 0 < second["overlap"] < 1


def test_a_loss_with_its_sign_flipped_fails_the_gate(monkeypatch):
    right = tuning.GRPO.weigh
    monkeypatch.setattr(tuning, "GRPO", Method(lambda rewards: -right(rewards)))
    assert measured("grpo-fp32", LEARNING)["reward_gain"] < 0.05


def test_steps_that_are_not_taken_fail_the_gate_and_leave_nothing_to_compare(monkeypatch):
    monkeypatch.setattr(Optimiser, "step", lambda self, loss: None)
    with pytest.raises(ValueError, match=r"nothing to compare|changed nothing"):
        measured("grpo-bf16-b")
    assert measured("grpo-fp32")["reward_gain"] == 0.0


def test_a_base_that_has_not_learnt_gains_nothing():
    untrained = LEARNING | {"size": 6, "base_steps": 0}
    assert abs(measured("grpo-fp32", untrained)["reward_gain"]) < 0.05
    with pytest.raises(ValueError, match="has not learnt the task"):
        measured("rft-bf16", untrained)


def test_a_reward_that_reads_other_answers_fails_the_gate(monkeypatch):
    monkeypatch.setattr(Sorting, "reward", lambda self, p, a: (a.sum(dim=1) % 2).float())
    assert measured("grpo-fp32", LEARNING)["reward_gain"] < 0.05


@pytest.mark.parametrize(
    ("defect", "control"),
    [
        (lambda name, weight: "embed" in name, "dense-update"),
        (lambda name, weight: True, "sparse-share"),
        (lambda name, weight: weight.ndim == 1, "sparse-share"),
    ],
)
def test_measuring_other_weights_shows_in_a_control(monkeypatch, defect, control):
    monkeypatch.setattr(updates, "counts", defect)
    assert not _survives(control)


def test_a_storage_that_does_not_round_shows_in_a_control(monkeypatch):
    monkeypatch.setattr("claims.lab.training.optimiser.round_to_bf16", lambda model: None)
    assert not holds("stored-in-bf16")


def test_reading_fp32_in_bf16_shows_in_a_control(monkeypatch):
    plain = experiment.snapshot
    monkeypatch.setattr(experiment, "snapshot", lambda model: updates.as_bf16(plain(model)))
    assert not holds("read-in-fp32")


def test_reading_bf16_in_fp32_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "as_bf16", lambda weights: weights)
    assert not holds("read-in-bf16")


def test_the_base_holds_bf16_values():
    shared = {}
    measured("grpo-fp32", shared=shared)
    weights = updates.snapshot(shared["base"])
    assert all(torch.equal(w, w.bfloat16().float()) for w in weights.values())


def _survives(name):
    """A control that cannot even be measured does not hold."""
    try:
        return holds(name)
    except (IndexError, ValueError, RuntimeError, torch.linalg.LinAlgError):
        return False
