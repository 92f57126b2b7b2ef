"""Does a headline number follow from the numbers that are printed beside it?

An audit, not a training run: headlines are recomputed in rational arithmetic. A printed digit stands for every number
that rounds to it, so a recomputation is an interval over all unrounded tables that would print the same. A headline
follows when its own rounding interval meets that one.

MobileLLM (arXiv:2402.14905v2): the gain of the whole recipe over earlier models, and of its depth step alone.
Proxy-tuning (arXiv:2401.08565v4, section 3.2): (proxy - base) / (direct - base), averaged over five rows.
RLAD (arXiv:2510.02263v1): the gain over DAPO on AIME 2025, for every pair of printed cells.
Differs from the papers: nothing is trained or evaluated again. Digits, locators and how each was read stand in
`data/reported_numbers.json`; a misread digit would be our error, not the paper's. Cost: milliseconds.
"""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings


class Params(Settings):
    """How far an unrounded number may lie from the printed one."""

    rounding: float = 0.5  # in units of the last printed digit: 0.5 rounded to nearest, 1.0 also allows cut-off digits


EXPERIMENT = Experiment(
    title="Recomputing headlines from the papers' own tables",
    papers=("2402.14905v2", "2401.08565v4", "2510.02263v1"),
    differs="Arithmetic on printed digits and released result files; nothing is trained or evaluated again.",
    conditions={
        "mobilellm-125m-recipe": "MobileLLM-125M minus RWKV-169M: the headline's own comparison",
        "mobilellm-350m-recipe": "MobileLLM-350M minus RWKV-430M: the headline's own comparison",
        "mobilellm-125m-depth": "12 to 30 layers at equal size and data: the isolated depth step, 125M",
        "mobilellm-350m-depth": "15 to 32 layers at equal size and data: the isolated depth step, 350M",
        "proxy-13b-table": "gap closed at 13B, from the five rows of Table 2",
        "proxy-70b-table": "gap closed at 70B, from the five rows of Table 2",
        "proxy-13b-files": "gap closed at 13B, from the released result files",
        "proxy-70b-files": "gap closed at 70B, from the released result files",
        "rlad-plain-over-plain": "RLAD over DAPO, both without abstractions",
        "rlad-avg-over-avg": "RLAD over DAPO, both with abstractions, averaged",
        "rlad-best-over-best": "RLAD over DAPO, both with their best abstraction",
        "rlad-avg-over-plain": "RLAD with abstractions, averaged, over DAPO without",
        "rlad-best-over-plain": "RLAD with its best abstraction over DAPO without",
        "rlad-best-over-avg": "RLAD with its best abstraction over DAPO with, averaged",
        "rlad-avg-over-best": "RLAD with abstractions, averaged, over DAPO with its best",
        "rlad-plain-over-avg": "RLAD without abstractions over DAPO with, averaged",
        "rlad-plain-over-best": "RLAD without abstractions over DAPO with its best",
    },
    control_conditions={
        "planted-follows": "a made-up table whose headline is the difference of its two cells",
        "planted-rounded": "a made-up table whose right headline differs from the printed digits by rounding alone",
        "planted-off": "a made-up table whose headline no rounding explains",
    },
    metrics=(
        Metric("told", "percent", 0, 200, "the headline as told; percentage points where it is a difference"),
        Metric("recomputed", "percent", -100, 200, "the same quantity from the printed digits, in the headline's unit"),
        Metric(
            "tolerance", "percent", 0, 100,
            "how far recomputed and told may lie apart through rounding alone: the larger distance from `recomputed` "
            "to an end of its rounding interval, plus half of the headline's last digit",
        ),
        Metric(
            "unexplained", "percent", 0, 200,
            "distance between the rounding intervals of headline and recomputation; 0 when the headline follows",
        ),
        Metric(
            "rlad_nearest_reading", "percent", -100, 200,
            "of all nine readings of RLAD's gain over DAPO, the recomputed one that is nearest to the headline",
            combined=True,
        ),
    ),
    controls=(
        Control("exact-headline-follows", "positive", "unexplained", {"equals": 0.0}, "planted-follows", seeds=1),
        Control("rounding-is-no-discrepancy", "positive", "unexplained", {"equals": 0.0}, "planted-rounded", seeds=1),
        Control(
            "wrong-headline-is-seen", "negative", "unexplained", {"between": [1.132, 1.133]}, "planted-off", seeds=1,
            doc="21.5 less 36.05 / 29.95, the largest gain that prints as 36.0 over 30.0",
        ),
    ),
    scales={"smoke": {}, "cpu": {}},
    deterministic=True,
    time_limit={"smoke": 60, "cpu": 60},
    data=("data/reported_numbers.json",),
)  # fmt: skip


def difference(of: Fraction, minus: Fraction) -> Fraction:
    """Percentage points between two accuracies."""
    return of - minus


def relative_gain(of: Fraction, over: Fraction) -> Fraction:
    """Percent by which `of` exceeds `over`."""
    return 100 * (of / over - 1)


def gap_closed(base: Fraction, proxy: Fraction, direct: Fraction) -> Fraction:
    """Percent of the way from `base` to `direct` that `proxy` went; not capped at 100, as in the paper."""
    return 100 * (proxy - base) / (direct - base)


FORMULAS: Mapping[str, Callable[..., Fraction]] = {
    "difference": difference,
    "relative_gain": relative_gain,
    "gap_closed": gap_closed,
}


def measure(run: Run[Params]) -> dict[str, float]:
    """The headline as told, its recomputation, and what rounding leaves unexplained."""
    reading: dict[str, Any] = json.loads(run.data["data/reported_numbers.json"])[run.condition]
    formula, rounding = FORMULAS[reading["formula"]], Fraction(run.params.rounding)
    rows = [envelope(formula, cells, rounding) for cells in reading["rows"].values()]
    low, value, high = (sum(column) / len(rows) for column in zip(*rows, strict=True))  # no cell stands in two rows
    told_low, told, told_high = printed(reading["told"], rounding)
    for index, (_, printed_value, _) in enumerate(rows):
        run.trace("recomputed, by row of the table", index, float(printed_value))
    return {
        "told": float(told),
        "recomputed": float(value),
        "tolerance": float(max(value - low, high - value) + (told_high - told)),
        "unexplained": float(max(Fraction(0), told_low - high, low - told_high)),
    }


def combine(arms: Mapping[str, Arm], _: Params) -> dict[str, float]:
    """The most favourable reading of RLAD's table."""
    readings = [arm.metrics for name, arm in arms.items() if name.startswith("rlad-")]
    nearest = min(readings, key=lambda m: abs(m["recomputed"] - m["told"]))
    return {"rlad_nearest_reading": nearest["recomputed"]}


def envelope(
    formula: Callable[..., Fraction], cells: Mapping[str, str], rounding: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Least, printed and greatest value of a row. Each formula is monotone in each cell, so corners are extremes."""
    ranges = {name: printed(digits, rounding) for name, digits in cells.items()}
    corners = product(*((low, high) for low, _, high in ranges.values()))
    values = [formula(**dict(zip(ranges, corner, strict=True))) for corner in corners]
    return min(values), formula(**{name: middle for name, (_, middle, _) in ranges.items()}), max(values)


def printed(digits: str, rounding: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Least, printed and greatest number that a string of printed digits may stand for."""
    value, decimals = Fraction(digits), len(digits.partition(".")[2])
    margin = rounding / 10**decimals
    return value - margin, value, value + margin
