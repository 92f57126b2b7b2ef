"""The audits, against arithmetic done by hand."""

import json
from pathlib import Path

import pytest

from claims.declaration import parse
from claims.experiment import Arm, Run
from experiments import reported_numbers as audit

ROOT = Path(__file__).parents[2]
NAME = "data/reported_numbers.json"
DATA = (ROOT / "experiments" / NAME).read_bytes()


def measured(condition, rounding=0.5, data=DATA):
    run = Run(
        params=audit.Params(rounding=rounding),
        condition=condition,
        seed=1,
        device="cpu",
        dtype="float32",
        shared={},
        data={NAME: data},
        report=lambda share: None,
    )
    return audit.measure(run)


def with_reading(formula, told, rows):
    return json.dumps({"x": {"formula": formula, "told": told, "rows": rows}}).encode()


def test_the_declaration_is_literal_and_every_condition_has_its_digits():
    declared = parse((ROOT / "experiments/reported_numbers.py").read_text(), "experiments/reported_numbers.py")
    names = {*declared.experiment.conditions, *declared.experiment.control_conditions}
    assert names == set(json.loads(DATA))
    assert declared.experiment.deterministic
    assert declared.experiment.data == (NAME,)


def test_every_reading_says_where_its_digits_stand_and_how_they_were_read():
    papers = {*audit.EXPERIMENT.papers, "none"}
    for name, reading in json.loads(DATA).items():
        assert reading["paper"] in papers, name
        assert reading["locator"], name
        assert reading["read"], name
        assert reading["unit"], name


@pytest.mark.parametrize(
    ("condition", "by_hand"),
    [
        ("mobilellm-125m-recipe", 46.3 - 43.6),
        ("mobilellm-350m-recipe", 51.3 - 47.0),
        ("mobilellm-125m-depth", 44.8 - 43.9),
        ("mobilellm-350m-depth", 49.8 - 48.7),
        (
            "proxy-13b-table",
            20 * (81.3 / 85.2 + 19.8 / 25.8 + 70.3 / 70.4 + 18.8 / 23.0 + 32.9 / 31.3),
        ),
        (
            "proxy-70b-table",
            20 * (84.3 / 86.7 + 22.4 / 42.2 + 1 + 16.9 / 26.0 + 31.2 / 25.7),
        ),
        ("rlad-avg-over-avg", 100 * (42.45 - 34.90) / 34.90),
        ("rlad-best-over-plain", 100 * (48.33 - 37.92) / 37.92),
    ],
)
def test_each_headline_is_recomputed_as_by_hand(condition, by_hand):
    assert measured(condition)["recomputed"] == pytest.approx(by_hand, abs=1e-9)


def test_a_difference_of_two_printed_tenths_is_uncertain_by_a_tenth_and_the_headline_by_half_of_one():
    assert measured("mobilellm-125m-depth")["tolerance"] == 0.15


def test_the_tolerance_of_a_ratio_is_that_of_its_worst_corner():
    highest = 100 * (42.455 / 34.895 - 1)
    recomputed = 100 * (42.45 / 34.90 - 1)
    assert measured("rlad-avg-over-avg")["tolerance"] == pytest.approx(highest - recomputed + 0.5, abs=1e-9)


@pytest.mark.parametrize(
    ("condition", "margin"),
    [
        ("mobilellm-125m-depth", 0.15),
        ("mobilellm-350m-depth", 0.15),
        ("proxy-13b-table", 0.334),
        ("proxy-70b-table", 0.322),
        ("proxy-13b-files", 0.05),
        ("proxy-70b-files", 0.065),
    ],
)
def test_the_margins_of_the_registered_predictions_are_what_rounding_allows(condition, margin):
    assert -1e-9 < margin - measured(condition)["tolerance"] < 0.001


def test_the_margin_of_the_nearest_reading_is_that_of_the_least_certain_one():
    readings = [name for name in audit.EXPERIMENT.conditions if name.startswith("rlad-")]
    assert len(readings) == 9
    assert 0 < 0.54 - max(measured(name)["tolerance"] for name in readings) < 0.01


def test_what_rounding_cannot_explain_is_the_distance_between_the_two_intervals():
    assert measured("mobilellm-125m-depth")["unexplained"] == pytest.approx(2.65 - 1.0, abs=1e-12)
    assert measured("mobilellm-125m-recipe")["unexplained"] == 0


@pytest.mark.parametrize("told", ["50.0", "50.5", "51.0"])
def test_a_headline_inside_the_envelope_follows(told):
    data = with_reading("gap_closed", told, {"a": {"base": "10.0", "proxy": "20.1", "direct": "30.0"}})
    assert measured("x", data=data)["unexplained"] == 0


@pytest.mark.parametrize("told", ["49.9", "51.1"])
def test_a_headline_outside_the_envelope_on_either_side_does_not(told):
    data = with_reading("gap_closed", told, {"a": {"base": "10.0", "proxy": "20.1", "direct": "30.0"}})
    assert measured("x", data=data)["unexplained"] > 0


def test_digits_that_may_be_cut_off_widen_the_envelope():
    assert measured("proxy-13b-table", rounding=1.0)["tolerance"] > measured("proxy-13b-table")["tolerance"]


@pytest.mark.parametrize(("low", "high", "nearest"), [(40.0, 47.0, 47.0), (42.0, 60.0, 42.0)])
def test_the_nearest_reading_may_lie_on_either_side_of_the_headline(low, high, nearest):
    arms = {
        "rlad-a": Arm({"told": 44.0, "recomputed": low}, {}),
        "rlad-b": Arm({"told": 44.0, "recomputed": high}, {}),
        "proxy-13b-table": Arm({"told": 44.0, "recomputed": 44.0}, {}),
    }
    assert audit.combine(arms, audit.Params()) == {"rlad_nearest_reading": nearest}


def test_every_control_comes_out_as_planted():
    for control in audit.EXPERIMENT.controls:
        value = measured(control.condition)[control.metric]
        if "equals" in control.expect:
            assert value == control.expect["equals"], control.name
        else:
            low, high = control.expect["between"]
            assert low < value < high, control.name


def test_values_lie_within_the_declared_bounds():
    bounds = {m.name: (m.low, m.high) for m in audit.EXPERIMENT.metrics}
    for condition in audit.EXPERIMENT.conditions:
        for name, value in measured(condition).items():
            low, high = bounds[name]
            assert low <= value <= high, (condition, name)
