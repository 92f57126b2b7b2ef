"""The experiment on sharpened sampling: bounds, pairing, repeatability, and defects that must show."""

import pytest

from experiments import sharpened_sampling as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured, holds = BENCH.run_of, BENCH.measured, BENCH.holds


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
    assert holds(name)


def test_no_resampling_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(experiment, "resampled", lambda chances, **_: chances)
    assert not holds("mode-right")


def test_reading_the_wrong_answer_shows_in_a_control(monkeypatch):
    monkeypatch.setattr(
        experiment.map_exam, "right_of_traces", lambda task, prompts, chances: float(chances[:, 0].mean())
    )
    assert not holds("mode-right")
