"""The experiment on hints: bounds, pairing, repeatability, and defects that must show."""

import pytest

from claims.lab.metrics import hinting
from claims.lab.tasks.hinted_rules import HintedRules
from claims.lab.training import on_policy as loops
from experiments import abstraction_hints as experiment
from tests.experiments.bench import Bench

BENCH = Bench(experiment)
DECLARED, CONDITIONS, SMOKE, CONTROLS = BENCH.declared, BENCH.conditions, BENCH.smoke, BENCH.controls
run_of, measured, holds = BENCH.run_of, BENCH.measured, BENCH.holds
EASY = {"digits": 1, "rules": 6, "base": 7, "sft_steps": 250, "batch": 64, "steps": 120, "prompts": 32, "held_out": 256}
LEARNT = DECLARED.params_at("cpu", EASY)
TRAINED = [name for name, control in CONTROLS.items() if control.trains]


@pytest.fixture(scope="module")
def warm():
    """A warm start that has learnt a smaller task, and what is measured of it."""
    shared = {}
    measured("warm-start", LEARNT, shared=shared)
    return shared


def test_every_condition_measures_declared_metrics_within_their_bounds():
    shared, seen = {}, set()
    for condition in CONDITIONS:
        for name, value in measured(condition, shared=shared).items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high, (condition, name, value)
            seen.add(name)
    assert seen == set(DECLARED.metrics)


@pytest.mark.parametrize("condition", ["plain", "hints-shuffled", "plain-kl"])
def test_the_same_seed_gives_the_same_numbers(condition):
    assert measured(condition) == measured(condition)


def test_seeds_differ_and_a_condition_alone_equals_the_condition_in_company():
    shared = {}
    company = {condition: measured(condition, shared=shared) for condition in CONDITIONS}
    for condition in ("plain-short", "hints-shuffled", "plain-kl"):
        assert company[condition] == measured(condition)
    assert measured("hints", seed=6) != company["hints"]


def test_arms_differ():
    shared = {}
    passes = [measured(c, shared=shared)["pass_at_64"] for c in CONDITIONS if not c.startswith("planted")]
    assert len(set(passes)) == len(passes)


def test_progress_ends_at_one_and_traces_loss_and_reward():
    for condition, curve in (("plain", "reward"), ("hints", "reward of hints")):
        heard, run = [], run_of(condition)
        run._report = heard.append
        experiment.measure(run)
        assert heard[-1] == 1.0
        assert list(run.traces) == ["loss", curve]


@pytest.mark.parametrize("name", [name for name in CONTROLS if name not in TRAINED])
def test_every_planted_control_holds(name):
    assert holds(name)


@pytest.mark.parametrize("name", TRAINED)
def test_controls_of_the_reward_hold(name, warm):
    assert holds(name, LEARNT, dict(warm))


@pytest.mark.parametrize("name", ["rewarded", "rewarded-hints"])
def test_a_loss_with_its_sign_flipped_shows_in_a_control(name, warm, monkeypatch):
    right = loops.clipped
    monkeypatch.setattr(loops, "clipped", lambda ratio, advantages, clip: -right(ratio, advantages, clip))
    assert not holds(name, LEARNT, dict(warm))


def test_a_hint_that_the_solver_does_not_see_shows_in_a_control(warm, monkeypatch):
    monkeypatch.setattr(HintedRules, "is_hint", lambda self, tokens: tokens < 0)
    assert not holds("rewarded-hints", LEARNT, dict(warm))


def test_hints_that_cost_nothing_show_in_a_control(monkeypatch):
    monkeypatch.setattr(hinting, "HINT_TOKENS", 0)
    assert not holds("wide")


def test_answers_counted_once_for_all_hints_show_in_a_control(monkeypatch):
    monkeypatch.setattr(hinting.Hinted, "best", lambda self, splits: splits[0])
    assert not holds("wide-hints")
