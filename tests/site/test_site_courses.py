"""Plots of how the runs went: what they say is what they show."""

import random
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from site_samples import ABOVE_HALF, GAP, RANKS, claim, record, replicate

from claims.domain.run import Trace
from claims.experiment import Metric
from claims.site.figures.means import Kind, means
from claims.site.figures.traces import MOST_SERIES, Series, TracePlot, trace_plot
from claims.site.render import templates
from claims.site.view.courses import courses
from claims.site.view.trial import trial

TEMPLATES = Path(__file__).parents[2] / "site" / "templates"
METRICS = {"train_mse": Metric("train_mse", "mean square", 0, 1, "error")}
FAMILIES = (
    *(f"grpo-{i}" for i in range(6)),
    *("prefix-first", "rft", "rft-fast"),
    *(f"sft-{i}" for i in range(6)),
)


def line(*points):
    return Trace(x=tuple(x for x, _ in points), y=tuple(y for _, y in points))


def recorded(*replicates, name="reward", predictions=(RANKS,), dead=(), **other):
    """A record whose replicates kept these lines by condition; those at the places of `dead` fail the gate."""
    rng = random.Random(3)
    gate = {"metric": "reward_gain", "condition": "coarse", "expect": {"above": 0.05}}
    made = claim("a-claim", "Is it so?", predictions=predictions, gates=(gate,) if dead else ())
    runs = [
        replicate(i, rng, coarse=0.6, gain=0.0 if i in dead else 0.3, spread=0.001).model_copy(
            update={"traces": {condition: {name: trace} for condition, trace in lines.items()}}
        )
        for i, lines in enumerate(replicates)
    ]
    return record(made, runs, **other)


def only(stored, metrics=METRICS):
    (drawing,) = courses(stored, metrics).first
    return drawing


def drawn(svg, kind):
    """The attributes of every shape of a class that is not part of a legend."""
    return [e.attrib for e in ElementTree.fromstring(svg).iter() if kind in e.get("class", "").split()]


def alt(panel):
    return ElementTree.fromstring(panel.svg).get("aria-label")


def plotted(*names, seeds=2):
    trace = line((0, 0), (1, 1), (2, 4))
    series = tuple(Series(name, (trace,) * seeds, trace, f"{name} goes up") for name in names)
    return trace_plot(TracePlot("step", "reward", series, "reward by step", "Caption."))


def test_a_mean_ends_where_the_first_of_its_lines_does():
    short, long = line((0, 0), (4, 4)), line((0, 2), (2, 4), (8, 10))
    mean = means({"a": [short, long]})["a"]
    assert mean.kind is Kind.COMMON_RANGE
    assert dict(zip(mean.line.x, mean.line.y, strict=True)) == {0: 1, 2: 3, 4: 5}


def test_a_mean_begins_where_the_last_of_its_lines_does():
    mean = means({"a": [line((0, 0), (4, 4)), line((1, 3), (5, 7))]})["a"]
    assert (mean.line.x[0], mean.line.y[0]) == (1, 2)


def test_lines_at_the_same_places_are_averaged_there():
    mean = means({"a": [line((0, 1), (9, 3)), line((0, 3), (9, 9))]})["a"]
    assert (mean.kind, mean.line) == (Kind.SAME_PLACES, line((0, 2), (9, 6)))


def test_lines_that_turn_back_are_averaged_point_by_point():
    back, on = line((0, 0), (2, 2), (1, 4)), line((2, 2), (4, 4), (5, 6))
    mean = means({"a": [back, on]})["a"]
    assert (mean.kind, mean.line) == (Kind.POINT_BY_POINT, line((1, 1), (3, 3), (3, 5)))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line((0, 0), (1, 1)), line((2, 0), (3, 1))], id="nothing in common"),
        pytest.param([line((0, 0), (1, 1)), line((1, 0), (3, 1))], id="one place in common"),
        pytest.param([line((0, 0), (2, 2), (1, 4)), line((0, 0), (2, 2))], id="turning back, of other lengths"),
    ],
)
def test_lines_with_too_little_in_common_have_no_mean(lines):
    assert means({"a": lines}) == {}


def test_a_trace_plot_names_its_lines_and_axes():
    drawing = plotted("fp32", "bf16", "a $ b")
    (panel,) = drawing.panels
    assert [name for _, name in panel.legend] == ["fp32", "bf16", "a $ b"]
    assert (drawing.above, drawing.axis, drawing.caption) == ("reward", "step", "Caption.")
    assert len(drawn(panel.svg, "seed")) == 6
    assert len(drawn(panel.svg, "mean")) == 3


def test_a_long_trace_keeps_its_ends_and_few_points_between():
    trace = Trace(x=tuple(range(1000)), y=(0.0,) * 999 + (1.0,))
    drawing = trace_plot(TracePlot("step", "reward", (Series("one", (trace,), trace, "up"),), "alt", "c"))
    points = drawn(drawing.panels[0].svg, "mean")[0]["points"].split()
    xs, ys = points[::2], points[1::2]
    assert len(xs) <= 41
    assert float(ys[-1]) < float(ys[0]), "the last value is drawn, and up is less"


def test_many_series_are_drawn_in_panels_that_can_be_read():
    drawing = plotted(*FAMILIES)
    legends = [[name for _, name in panel.legend] for panel in drawing.panels]
    assert [name for names in legends for name in names] == list(FAMILIES)
    assert [len(names) for names in legends] == [6, 3, 6], "names that begin alike stay together"
    assert drawing.caption == "Caption. All panels have the same scales."


def test_a_family_too_large_for_a_panel_goes_on_in_the_next():
    legends = [panel.legend for panel in plotted(*(f"a-{i}" for i in range(8)), "b").panels]
    assert [len(legend) for legend in legends] == [MOST_SERIES, 3]


def test_panels_have_one_scale():
    low, high = line((0, 0), (1, 1)), line((0, 0), (10, 10))
    series = [Series(f"a-{i}", (low,), low, "") for i in range(6)] + [Series("b", (high,), high, "")]
    first, last = trace_plot(TracePlot("step", "y", tuple(series), "", "")).panels
    ticks = [[t.text for t in ElementTree.fromstring(p.svg).iter("text")] for p in (first, last)]
    assert ticks[0] == ticks[1]
    assert "10" in ticks[0], "it holds the lines of all panels"
    assert drawn(first.svg, "mean")[0]["points"] != drawn(last.svg, "mean")[0]["points"]


def test_every_panel_says_what_it_shows_to_those_who_cannot_see_it():
    for i, panel in enumerate(plotted(*FAMILIES).panels, start=1):
        assert alt(panel).startswith(f"Panel {i} of 3. ")
        assert re.findall(r"(\S+) goes up", alt(panel)) == [name for _, name in panel.legend]


def test_series_of_a_panel_differ_in_more_than_colour():
    panel = plotted(*FAMILIES).panels[0]
    shapes = [re.search(r' d="([^"]+)"', swatch).group(1) for swatch, _ in panel.legend]
    dashes = [a["class"].split()[-1] for a in drawn(panel.svg, "mean")]
    assert len(set(shapes)) == len(set(dashes)) == MOST_SERIES
    assert set(shapes) <= {e.get("d") for e in ElementTree.fromstring(panel.svg).iter("path")}


def test_runs_that_stop_at_different_steps_have_a_mean_that_says_how_far_it_goes():
    stored = recorded(*({"coarse": line((0, 0.2), (i, 0.8))} for i in range(10, 18)))
    drawing = only(stored)
    (panel,) = drawing.panels
    assert (len(drawn(panel.svg, "seed")), len(drawn(panel.svg, "mean"))) == (8, 1)
    assert "Thin lines: 8 replicates; thick: their mean, interpolated, as far as all of them go." in drawing.caption
    assert "coarse goes from 0.2 (step 0) to 0.8 (step 10 to 17)" in alt(panel)


def test_where_no_mean_is_drawn_none_is_spoken_of():
    apart = [{"coarse": line((10 * i, 0.2), (10 * i + 5, 0.8)), "fine": line((0, 1), (9, 2))} for i in range(8)]
    drawing = only(recorded(*apart))
    (panel,) = drawing.panels
    assert len(drawn(panel.svg, "mean")) == 1
    assert drawing.caption.endswith(
        "without a mean, as the lines have too little in common: coarse, marked at each end."
    )
    (coarse, _), (fine, _) = panel.legend
    assert (drawn(coarse, "mean"), len(drawn(fine, "mean"))) == ([], 1)
    circle = re.search(r' d="([^"]+)"', coarse).group(1)
    assert sum(e.get("d") == circle for e in ElementTree.fromstring(panel.svg).iter("path")) == 8


def test_a_figure_without_any_mean_has_no_thick_line_to_speak_of():
    drawing = only(recorded(*({"coarse": line((10 * i, 0.2), (10 * i + 5, 0.8))} for i in range(8))))
    assert "thick" not in drawing.caption


def test_a_replicate_that_kept_a_single_point_is_seen():
    drawing = only(recorded(*({"coarse": line((0, i))} for i in range(8))))
    assert len(list(ElementTree.fromstring(drawing.panels[0].svg).iter("path"))) == 8 + 1, "and their mean"


def test_the_mean_is_that_of_valid_replicates_and_says_so():
    stored = recorded(*({"coarse": line((0, 0), (1, 9 if i == 2 else 1))} for i in range(9)), dead=(2,))
    drawing = only(stored)
    (panel,) = drawing.panels
    assert len(drawn(panel.svg, "seed")) == 9
    assert "9 replicates, invalid ones too; thick: the mean of the valid ones." in drawing.caption
    assert "means over 8 valid replicates: coarse goes from 0 to 1." in alt(panel)


def test_without_a_valid_replicate_the_mean_is_of_all_and_the_caption_says_that_none_is():
    stored = recorded(*({"coarse": line((0, 0), (1, 1))} for _ in range(8)), dead=range(8))
    assert "8 replicates, none of them valid; thick: their mean." in only(stored).caption


def test_one_replicate_has_no_thin_lines_to_speak_of():
    drawing = only(recorded({"coarse": line((0, 0), (1, 1))}))
    assert drawing.caption == "reward by step. One replicate of each condition."
    assert drawn(drawing.panels[0].svg, "seed") == []


@pytest.mark.parametrize(
    ("name", "above", "axis", "words"),
    [
        ("reward", "reward", "step", "reward by step."),
        ("reward by step", "reward", "step", "reward by step."),
        ("pass@256 over pass@1", "pass@256", "pass@1", "pass@256 over pass@1."),
        ("reward over tokens", "reward", "tokens", "reward over tokens."),
        ("share over all rows by epoch", "share over all rows", "epoch", "share over all rows by epoch."),
        ("majority right, by votes", "majority right", "votes", "majority right by votes."),
        ("loss, nats a token", "loss, nats a token", "step", "loss, nats a token, by step."),
        ("train_mse", "train mse (mean square)", "step", "train mse (mean square) by step."),
        ("Procrustes distance of block outputs", "Procrustes distance of block outputs", "block", "outputs by block."),
    ],
)
def test_the_axes_are_what_the_experiment_names(name, above, axis, words):
    drawing = only(recorded(*({"coarse": line((0, 0), (1, 1))} for _ in range(8)), name=name))
    assert (drawing.above, drawing.axis) == (above, axis)
    assert words in drawing.caption
    assert words.rstrip(".") in alt(drawing.panels[0])


def test_an_audit_ran_nothing_and_has_no_course():
    stored = recorded({"table": line((0, 0), (1, 1))}, predictions=(GAP,), deterministic=True, asked=1)
    assert courses(stored, METRICS) is None


def test_conditions_that_are_not_drawn_are_named():
    lines = {"coarse": line((0, 0), (1, 1)), "elsewhere": line((0, 0), (1, 1)), "other": line((0, 0), (1, 1))}
    found = courses(recorded(*(lines for _ in range(8)), predictions=(ABOVE_HALF,)), METRICS)
    assert [name for _, name in found.first[0].panels[0].legend] == ["coarse"]
    assert "2 conditions are not drawn" in found.left_out
    assert "elsewhere, other. The record holds their numbers." in found.left_out


def test_a_claim_that_names_no_condition_draws_them_all_and_leaves_nothing_out():
    found = courses(recorded(*({name: line((0, 0), (1, 1)) for name in FAMILIES} for _ in range(8))), METRICS)
    assert sorted(n for panel in found.first[0].panels for _, n in panel.legend) == sorted(FAMILIES)
    assert found.left_out == ""


def test_a_line_that_no_axis_can_hold_is_left_out_in_words():
    wild, tame = ({"coarse": line((0, -high), (1, high))} for high in (1.7e308, 1))
    found = courses(recorded(wild, *(tame,) * 7), METRICS)
    assert "1 line is not drawn" in found.left_out
    assert len(drawn(found.first[0].panels[0].svg, "seed")) == 7


def test_invalid_replicates_are_not_said_to_be_missing_from_the_figures():
    stored = recorded(*({} for _ in range(9)), dead=(2,))
    assert "1 invalid, listed below: in the record, but not counted" in trial(stored).summary


def test_the_page_shows_every_panel_with_its_legend_and_tells_once_what_they_share():
    macro = templates(TEMPLATES).from_string('{% from "marks.html.j2" import drawing %}{{ drawing(it) }}')
    html = macro.render(it=plotted(*FAMILIES))
    assert html.count('role="img"') == html.count("figure__legend") == 3
    assert html.count("<figcaption") == html.count("figure__above") == html.count("figure__axis") == 1
    assert re.findall(r"</svg> (\S+)</li>", html) == list(FAMILIES)
