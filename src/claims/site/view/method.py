"""The method page: the rule as the code has it, and its error rates as the simulation wrote them."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from claims.domain.claim import Grounding, Status
from claims.errors import SetupError
from claims.site.numbers import percent, plain
from claims.site.view.context import Context
from claims.site.view.marks import FLAGS, GRADES, ISOLATIONS, TIERS, Mark, grounding_mark, verdict_mark
from claims.stats.looks import LOOKS_V1, PRELIMINARY

OURS = "rule-1"
"""The rule of this registry, as the file names it."""
RATES = Path("site/data/rule-v1-error-rates.json")
NOISES = {
    "normal": "normal",
    "t3": "heavy tails (t, 3 degrees of freedom)",
    "lognormal": "skewed (lognormal)",
    "crash10": "one seed in ten collapses",
}


class Rate(BaseModel):
    """A simulated share, and its Monte-Carlo standard error."""

    rate: float
    error: float


class Figures(BaseModel):
    """How a rule does under one noise."""

    supported_edge: Rate
    refuted_edge: Rate
    supported_inside: Rate | None = None


class Rule(BaseModel):
    """A rule, and how it does under each noise."""

    about: str
    rates: dict[str, Figures]


class Rates(BaseModel):
    """The file that `benchmarks.rule_error_rates` writes."""

    repetitions: int
    conventions: dict[str, str]
    noise: dict[str, str]
    rules: dict[str, Rule]
    family: dict[str, Figures]
    margins: dict[str, dict[str, float]]


@dataclass(frozen=True)
class LookRow:
    """A look of the rule."""

    n: str
    level: str
    guard: str
    reach: str


@dataclass(frozen=True)
class RateRow:
    """How often the rule errs, and how often it finds what is there, under one noise."""

    noise: str
    supported: str
    refuted: str
    power: str


@dataclass(frozen=True)
class RuleRates:
    """The figures of one rule."""

    about: str
    rows: tuple[RateRow, ...]


@dataclass(frozen=True)
class Compared:
    """A rule beside the others: under normal noise, and under the noise that it bears worst."""

    about: str
    wrong: str
    wrong_worst: str
    power: str
    power_worst: str


@dataclass(frozen=True)
class MethodPage:
    """What the method page places."""

    verdicts: tuple[Mark, ...]
    groundings: tuple[Mark, ...]
    flags: tuple[tuple[str, str], ...]
    grades: tuple[tuple[str, str], ...]
    tiers: tuple[tuple[str, str], ...]
    isolations: tuple[tuple[str, str], ...]
    looks: tuple[LookRow, ...]
    preliminary: str
    rates: RuleRates
    others: tuple[Compared, ...]
    family: RuleRates
    conventions: tuple[tuple[str, str], ...]
    repetitions: str
    margins: tuple[tuple[str, str, str], ...]
    track_record: str
    """Where it is told what these rates mean for this registry."""


def method_page(context: Context) -> MethodPage:
    """The method page. Raises SetupError when the simulated error rates are missing or cannot be read."""
    rates = read_rates(context.project.root / RATES)
    rule = rates.rules[OURS]
    links = context.links
    return MethodPage(
        verdicts=tuple(verdict_mark(status, links) for status in Status),
        groundings=tuple(grounding_mark(label, links) for label in Grounding),
        flags=tuple(FLAGS.items()),
        grades=tuple(GRADES.items()),
        tiers=tuple(TIERS.items()),
        isolations=tuple(ISOLATIONS.items()),
        looks=tuple(LookRow(str(k.n), percent(k.level), str(k.guard), str(k.reach)) for k in LOOKS_V1.values()),
        preliminary=f"{PRELIMINARY.start} to {PRELIMINARY.stop - 1}",
        rates=_rule(rule.about, rule.rates),
        others=tuple(_compared(other) for other in (rule, *(r for n, r in rates.rules.items() if n != OURS))),
        family=_rule(rates.conventions["family"], rates.family),
        conventions=tuple(rates.conventions.items()),
        repetitions=f"{rates.repetitions:,}".replace(",", " "),
        margins=tuple(
            (n, plain(one), plain(rates.margins["two_sided"][n]))
            for n, one in sorted(rates.margins["one_sided"].items(), key=lambda pair: int(pair[0]))
        ),
        track_record=f"{links.root}track-record/",
    )


def read_rates(path: Path) -> Rates:
    """The simulated error rates. Raises SetupError when they are missing or cannot be read."""
    try:
        rates = Rates.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SetupError(f"{RATES}: not there; `python -m benchmarks.rule_error_rates` writes it") from None
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise SetupError(f"{RATES}: not what `python -m benchmarks.rule_error_rates` writes: {first}") from None
    if OURS not in rates.rules:
        raise SetupError(f"{RATES}: has no figures for {OURS}; `python -m benchmarks.rule_error_rates` writes them")
    return rates


def _rule(about: str, rates: dict[str, Figures]) -> RuleRates:
    rows = [
        RateRow(
            NOISES.get(noise, noise),
            share_words(f.supported_edge.rate),
            share_words(f.refuted_edge.rate),
            share_words(f.supported_inside.rate) if f.supported_inside else "–",
        )
        for noise, f in sorted(rates.items(), key=lambda pair: list(NOISES).index(pair[0]) if pair[0] in NOISES else 99)
    ]
    return RuleRates(about, tuple(rows))


def _compared(rule: Rule) -> Compared:
    wrong = {noise: max(f.supported_edge.rate, f.refuted_edge.rate) for noise, f in rule.rates.items()}
    power = {noise: f.supported_inside.rate for noise, f in rule.rates.items() if f.supported_inside}
    return Compared(
        about=rule.about,
        wrong=share_words(wrong["normal"]),
        wrong_worst=share_words(max(wrong.values())),
        power=share_words(power["normal"]),
        power_worst=share_words(min(power.values())),
    )


def share_words(rate: float) -> str:
    """A share as a percentage, with a digit more where it is near all or nothing."""
    if rate in {0, 1}:
        return f"{100 * rate:.0f} %"
    if rate < 0.001:
        return f"{100 * rate:.1g} %"
    return f"{100 * rate:.1f} %" if rate < 0.99 else f"{100 * rate:.2f} %"
