"""Figures say in words and shapes what they show, twice the same."""

import random
import re
from xml.etree import ElementTree

import pytest
from site_samples import ABOVE_HALF, SOURCE, claim, record, replicate

from claims.domain.interval import Interval
from claims.domain.run import Trace
from claims.experiment import Metric
from claims.site.figures.interval import IntervalPlot, interval_plot
from claims.site.figures.traces import TracePlot, trace_plot
from claims.site.view.courses import courses
from claims.site.view.predictions import figures

METRICS = {"unchanged_share": Metric("unchanged_share", "fraction", 0, 1, "weights that are bit-identical")}


def plot(**other):
    given = {
        "key": "k",
        "axis": "share of <b> weights & $x$ (fraction)",
        "expected": Interval(low=0.5, low_open=True),
        "expected_words": "above 0.5",
        "bounds": Interval(low=0, high=1),
        "dots": "seeds",
        "valid": (0.6, 0.61, 0.62, 0.61),
        "invalid": (0.9,),
        "decision": (0.61, 0.58, 0.64),
        "reported": ((0.685, 0.96),),
        "rival": 0.2,
        "alt": 'Four "seeds" <held>.',
        "caption": "c",
    }
    return interval_plot(IntervalPlot(**{**given, **other}))


def texts(svg):
    return " ".join(" ".join(t.itertext()) for t in ElementTree.fromstring(svg).iter("text"))


def test_every_seed_is_a_mark_and_so_is_the_paper():
    svg = str(plot().wide)
    used = re.findall(r"<use [^>]*var\(--fig-(\w+)\)", svg)
    assert used.count("dot") == 4
    assert used.count("paper") == 2
    crosses = [use for use in re.findall(r"<use [^>]*>", svg) if "--fig-muted" in use and "stroke-width: 2" in use]
    assert len(crosses) == 1


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_axis_says_what_it_measures_in_words(size):
    words = texts(getattr(plot(), size))
    assert "share of <b> weights & $x$ (fraction)" in " ".join(words.split())
    for word in ("expected: above 0.5", "seeds", "mean", "paper"):
        assert word in words


def test_the_figure_is_an_image_with_words():
    root = ElementTree.fromstring(plot().wide)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Four "seeds" <held>.'


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_text_is_as_large_as_the_text_around_it(size):
    sizes = re.findall(r"font-size: ([\d.]+)px", getattr(plot(), size))
    assert sizes
    assert min(map(float, sizes)) >= 16


def test_colours_belong_to_the_page():
    drawing = plot()
    for svg in (drawing.wide, drawing.narrow):
        assert not re.findall(r"(?:fill|stroke): #(?!0{6})\w+", svg)
        assert "var(--fig-region)" in svg
        assert "font-family" not in svg
        assert "<style" not in svg


def test_two_figures_of_a_page_share_no_identifier():
    ids = [i for key in ("a", "b") for i in re.findall(r' id="([^"]+)"', "".join(plot(key=key).wide))]
    assert len(ids) == len(set(ids)) > 0


def test_the_same_figure_twice_is_the_same_text():
    assert plot() == plot()


def test_equal_values_are_stacked_beside_each_other():
    svg = plot(valid=(0.6,) * 24, invalid=(), reported=(), decision=None).narrow
    heights = [float(y) for y in re.findall(r'<use [^>]*y="([\d.]+)"[^>]*fig-dot', svg)]
    assert len(set(heights)) == 24


def test_an_end_that_the_metric_cannot_reach_has_no_edge():
    inside, beyond = (plot(expected=Interval(low=low, high=0.7)).wide.count("url(#k-680-h") for low in (0.1, -0.1))
    assert (inside, beyond) == (2, 1)


def test_one_value_alone_can_be_drawn():
    drawing = plot(valid=(2.25,), invalid=(), decision=(2.25, 2.25, 2.25), reported=(), rival=None, bounds=Interval())
    assert "seeds" in texts(drawing.wide)


def test_small_numbers_leave_their_power_of_ten_to_the_axis():
    tiny = {"valid": (2e-6, 3e-6), "decision": None, "reported": (), "rival": None, "invalid": ()}
    words = texts(plot(**tiny, expected=Interval(high=0.0)).wide)
    assert "in units of 10⁻⁶" in words
    assert words.count("10⁻⁶") == 1


def test_a_trace_plot_names_its_lines_and_axes():
    series = {name: [Trace(x=(0, 1, 2), y=(0, i, 2 * i))] * 2 for i, name in enumerate(("fp32", "bf16", "a $ b"))}
    words = texts(trace_plot(TracePlot("k", "step", "reward", series, "alt", "c")).narrow)
    for word in ("fp32", "bf16", "a $ b", "step", "reward"):
        assert word in words


def test_seeds_with_other_steps_are_drawn_without_a_mean():
    series = {"fp32": [Trace(x=(0, 1), y=(0, 1)), Trace(x=(0, 2), y=(0, 1))]}
    assert "fp32" in texts(trace_plot(TracePlot("k", "step", "reward", series, "alt", "c")).wide)


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
    label = ElementTree.fromstring(figure.drawing.wide).get("aria-label")
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
    assert "paper" not in texts(figure.drawing.wide)


def test_courses_read_their_axes_from_the_name(judged):
    (drawing,) = courses(judged[1], METRICS)
    assert {"reward", "step"} <= set(texts(drawing.wide).split())
    assert "coarse goes from" in ElementTree.fromstring(drawing.wide).get("aria-label")
