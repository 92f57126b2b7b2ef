"""The experiment on sharpened sampling: bounds, pairing, repeatability, and defects that must show."""

import json
from pathlib import Path

import pytest

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Run
from experiments import sharpened_sampling as experiment

DECLARED = parse(Path(experiment.__file__).read_text("utf-8"), "experiments/sharpened_sampling.py")
CONDITIONS = [*DECLARED.experiment.conditions, *DECLARED.experiment.control_conditions]
SMOKE = DECLARED.params_at("smoke", {})
CONTROLS = {control.name: control for control in DECLARED.experiment.controls}


def run_of(condition, params=SMOKE, seed=5, shared=None):
    return Run(
        params=experiment.Params(**params),
        condition=condition,
        seed=seed,
        device="cpu",
        dtype="float32",
        shared={} if shared is None else shared,
        data={},
        report=lambda share: None,
    )


def measured(condition, params=SMOKE, seed=5, shared=None):
    return experiment.measure(run_of(condition, params, seed, shared))


def holds(control, params=SMOKE):
    value = measured(control.condition, params)[control.metric]
    return value in Expect.model_validate_json(json.dumps(dict(control.expect))).interval


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared, seen = {}, set()
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (condition, name, value)
            seen.add(name)
    assert seen == set(DECLARED.metrics)


def test_the_same_seed_gives_the_same_numbers_alone_and_in_company():
    shared = {}
    measured("base-power-sampling", shared=shared)
    assert measured("grpo", shared=shared) == measured("grpo")
    assert measured("grpo", seed=6) != measured("grpo", seed=5)


def test_arms_share_their_bases():
    shared = {}
    arms = [measured(condition, shared=shared)["accuracy_of_base"] for condition in ("base-power-sampling", "grpo")]
    assert arms[0] == arms[1]
    assert len({name for name in shared if name.startswith("base ")}) == SMOKE["bases"]


def test_progress_ends_at_one_and_traces_the_reward_of_each_base():
    heard, run = [], run_of("grpo")
    run._report = heard.append
    experiment.measure(run)
    assert heard[-1] == 1.0
    assert list(run.traces) == ["reward, base 1", "reward, base 2"]


@pytest.mark.parametrize("name", [name for name, control in CONTROLS.items() if not control.trains])
def test_every_planted_control_holds(name):
    assert holds(CONTROLS[name])


def test_no_resampling_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "resampled", lambda chances, **_: chances)
    assert not holds(CONTROLS["mode-right"])


def test_reading_the_wrong_answer_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(
        experiment.map_exam, "right_of_traces", lambda task, prompts, chances: float(chances[:, 0].mean())
    )
    assert not holds(CONTROLS["mode-right"])
