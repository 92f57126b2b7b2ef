"""Figures say in words and shapes what they show, twice the same."""

import random
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from site_samples import ABOVE_HALF, SOURCE, claim, record, replicate

from claims.domain.interval import Interval
from claims.experiment import Metric
from claims.site.figures.interval import Dot, IntervalPlot, interval_plot
from claims.site.figures.scale import Scale, scale_of, spans_decades
from claims.site.view.predictions import figures

METRICS = {"unchanged_share": Metric("unchanged_share", "fraction", 0, 1, "weights that are bit-identical")}


def plot(*, valid=(0.6, 0.61, 0.62, 0.61), invalid=(0.9,), **other):
    values = [*((v, True) for v in valid), *((v, False) for v in invalid)]
    given = {
        "axis": "share of <b> weights & $x$ (fraction)",
        "expected": Interval(low=0.5, low_open=True),
        "expected_words": "above 0.5",
        "bounds": Interval(low=0, high=1),
        "row": "seeds",
        "dots": tuple(Dot(value, f"seed {i}", ok) for i, (value, ok) in enumerate(values)),
        "decision": (0.61, 0.58, 0.64),
        "reported": ((0.685, 0.96),),
        "rival": 0.2,
        "alt": 'Four "seeds" <held>.',
        "caption": "c",
    }
    return interval_plot(IntervalPlot(**{**given, **other}))


def drawn(svg, kind):
    """The attributes of every shape of a class."""
    return [e.attrib for e in ElementTree.fromstring(svg).iter() if kind in e.get("class", "").split()]


def texts(svg):
    return " ".join(" ".join(t.itertext()) for t in ElementTree.fromstring(svg).iter("text"))


def place(attributes, name="cx"):
    return float(attributes[name].removesuffix("%"))


def test_every_seed_is_a_mark_and_so_is_the_paper():
    svg = plot().panels[0].svg
    assert len(drawn(svg, "dot")) == 4 + 1  # and the mean
    assert len(drawn(svg, "cross")) == 1
    assert len([a for a in drawn(svg, "paper") if "d" in a]) == 2


def test_a_mark_says_its_seed_and_value_to_those_who_point_at_it():
    titles = [e.text for e in ElementTree.fromstring(plot().panels[0].svg).iter("title")]
    assert "seed 1: 0.61" in titles
    assert "seed 4: 0.9, invalid" in titles


def test_places_keep_the_order_and_distances_of_the_values():
    seeds = sorted(place(a) for a in drawn(plot(valid=(0.5, 0.6, 0.8), decision=None).panels[0].svg, "dot"))
    assert seeds[2] - seeds[1] == pytest.approx(2 * (seeds[1] - seeds[0]), abs=0.05)


def test_the_mean_lies_inside_its_bar_and_the_bar_at_its_ends():
    svg = plot(valid=(0.6,), decision=(0.61, 0.58, 0.64), invalid=()).panels[0].svg
    (bar,) = drawn(svg, "bar")
    mean = place(drawn(svg, "dot")[-1])
    assert mean == pytest.approx((place(bar, "x1") + place(bar, "x2")) / 2, abs=0.02)
    assert {place(c, "x1") for c in drawn(svg, "cap")} == {place(bar, "x1"), place(bar, "x2")}


def test_the_words_around_it_say_what_is_measured_and_expected():
    drawing = plot()
    assert drawing.axis == "share of <b> weights & $x$ (fraction)"
    assert drawing.above == "expected: above 0.5"
    assert {"seeds", "mean", "paper"} <= set(texts(drawing.panels[0].svg).split())


def test_the_figure_is_an_image_with_words():
    root = ElementTree.fromstring(plot().panels[0].svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Four "seeds" <held>.'


def test_colours_and_sizes_belong_to_the_style_sheet():
    assert not re.findall(r"style=|fill=|stroke=|font-|#[0-9a-f]{3}", plot().panels[0].svg)


def test_the_same_figure_twice_is_the_same_text():
    assert plot() == plot()


def test_equal_values_are_stacked_beside_each_other():
    svg = plot(valid=(0.6,) * 24, invalid=(), reported=(), decision=None).panels[0].svg
    assert len({a["cy"] for a in drawn(svg, "dot")}) == 24


def test_an_end_that_the_metric_cannot_reach_has_no_edge():
    inside, beyond = (
        len(drawn(plot(expected=Interval(low=low, high=0.7)).panels[0].svg, "edge")) for low in (0.1, -0.1)
    )
    assert (inside, beyond) == (2, 1)


def test_the_teeth_of_an_edge_point_inwards():
    svg = plot(expected=Interval(low=0.1, high=0.7)).panels[0].svg
    assert place(drawn(svg, "teeth--right")[0], "x1") < place(drawn(svg, "teeth--left")[0], "x1")


def test_one_value_alone_can_be_drawn():
    svg = (
        plot(valid=(2.25,), invalid=(), decision=(2.25, 2.25, 2.25), reported=(), rival=None, bounds=Interval())
        .panels[0]
        .svg
    )
    assert "seeds" in texts(svg)


def test_small_numbers_leave_their_power_of_ten_to_the_axis():
    tiny = {"valid": (2e-6, 3e-6), "decision": None, "reported": (), "rival": None, "invalid": ()}
    drawing = plot(**tiny, expected=Interval(high=0.0))
    assert drawing.axis.endswith("in units of 10⁻⁶")
    assert "10⁻⁶" not in texts(drawing.panels[0].svg)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 9), st.booleans())
def test_ticks_are_round_few_and_on_the_axis(low, length, most, whole):
    high = low + length
    assume(high > low and (not whole or length > 1))
    assume(length > 1e-9 * max(abs(low), abs(high)))
    ticks = scale_of(low, high).ticks(most, whole)
    assert len(ticks) <= most + 1
    steps = {round((b - a) / (ticks[1][0] - ticks[0][0]), 6) for (a, _), (b, _) in pairwise(ticks)}
    assert steps <= {1.0}
    for value, _ in ticks:
        assert low - 1e-6 * length <= value <= high + 1e-6 * length
        assert not whole or float(value).is_integer()


def test_a_logarithmic_axis_has_powers_of_ten():
    scale = Scale(2e-7, 3.0, logarithmic=True)
    assert [words for _, words in scale.ticks(3)] == ["1e-6", "1e-4", "1e-2", "1"]
    assert scale.share(scale.low) == pytest.approx(0)
    assert scale.share(scale.high) == pytest.approx(100)


def test_an_error_that_falls_by_decades_needs_a_logarithmic_axis_and_a_reward_does_not():
    assert spans_decades([1.0, 1e-8])
    assert not spans_decades([0.3, 0.6])
    assert not spans_decades([0.0, 1.0]), "zero has no logarithm"


@pytest.fixture(scope="module")
def judged():
    rng = random.Random(1)
    made = claim("a-claim", "Is it so?", predictions=[ABOVE_HALF], sources=(SOURCE,))
    runs = [replicate(i, rng, coarse=0.61) for i in range(8)]
    dead = replicate(8, rng, coarse=0.2, gain=0.0)
    crash = replicate(9, rng, coarse=0, outcome="crash", message="gone")
    return made, record(
        made,
        [dead.model_copy(update={"index": 0}), *(r.model_copy(update={"index": r.index + 1}) for r in runs), crash],
    )


def test_alt_and_caption_say_the_result(judged):
    (figure,) = figures(*judged, METRICS)
    label = ElementTree.fromstring(figure.drawing.panels[0].svg).get("aria-label")
    assert "8 of 8 valid replicates in the expected interval, above 0.5" in label
    assert "supported" in label
    assert "our estimate lies below that range" in label
    assert "99 % interval" in figure.drawing.caption
    assert "crosses: 1 invalid seed" in figure.drawing.caption
    assert [(seed, counts) for seed, _, counts in figure.values[:2]] == [("seed 0", "invalid"), ("seed 1", "valid")]


def test_a_reported_number_in_another_unit_is_not_drawn_on_our_axis(judged):
    made, stored = judged
    percent = METRICS["unchanged_share"].__class__("unchanged_share", "percent", 0, 100, "doc")
    (figure,) = figures(made, stored, {"unchanged_share": percent})
    assert "not drawn together" in figure.paper[0]
    assert "paper" not in texts(figure.drawing.panels[0].svg)
