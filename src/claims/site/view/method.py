"""The method page: the rule as the code has it, and its error rates as the simulation wrote them."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from claims.domain.claim import Grounding, Status
from claims.errors import SetupError
from claims.site.numbers import count, percent, plain
from claims.site.view.context import Context
from claims.site.view.marks import FLAGS, TIERS, Mark, grounding_mark, verdict_mark
from claims.stats.looks import LOOKS_V1, PRELIMINARY

_OURS = "rule-1"
RATES = Path("site/data/rule-v1-error-rates.json")
_NOISES = {
    "normal": "normal",
    "t3": "heavy tails (t, 3 degrees of freedom)",
    "lognormal": "skewed (lognormal)",
    "crash10": "one seed in ten collapses",
}


class _Rate(BaseModel):
    rate: float
    error: float


class _Figures(BaseModel):
    supported_edge: _Rate
    refuted_edge: _Rate
    supported_inside: _Rate | None = None


class _Rule(BaseModel):
    about: str
    rates: dict[str, _Figures]


class _Rates(BaseModel):
    repetitions: int
    conventions: dict[str, str]
    noise: dict[str, str]
    rules: dict[str, _Rule]
    family: dict[str, _Figures]
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
    tiers: tuple[tuple[str, str], ...]
    looks: tuple[LookRow, ...]
    preliminary: str
    rates: RuleRates
    others: tuple[Compared, ...]
    family: RuleRates
    conventions: tuple[tuple[str, str], ...]
    repetitions: str
    margins: tuple[tuple[str, str, str], ...]
    unreported: str
    expected_wrong: str


def method_page(context: Context) -> MethodPage:
    """The method page. Raises SetupError when the simulated error rates are missing or cannot be read."""
    rates = _read(context.project.root / RATES)
    rule = rates.rules[_OURS]
    links = context.links
    return MethodPage(
        verdicts=tuple(verdict_mark(status, links) for status in Status),
        groundings=tuple(grounding_mark(label, links) for label in Grounding),
        flags=tuple(FLAGS.items()),
        tiers=tuple(TIERS.items()),
        looks=tuple(LookRow(str(k.n), percent(k.level), str(k.guard), str(k.reach)) for k in LOOKS_V1.values()),
        preliminary=f"{PRELIMINARY.start} to {PRELIMINARY.stop - 1}",
        rates=_rule(rule.about, rule.rates),
        others=tuple(_compared(other) for other in (rule, *(r for n, r in rates.rules.items() if n != _OURS))),
        family=_rule(rates.conventions["family"], rates.family),
        conventions=tuple(rates.conventions.items()),
        repetitions=f"{rates.repetitions:,}".replace(",", " "),
        margins=tuple(
            (n, plain(one), plain(rates.margins["two_sided"][n]))
            for n, one in sorted(rates.margins["one_sided"].items(), key=lambda pair: int(pair[0]))
        ),
        unreported=_unreported(context),
        expected_wrong=_expected_wrong(context, rule),
    )


def _read(path: Path) -> _Rates:
    try:
        rates = _Rates.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SetupError(f"{RATES}: not there; `python -m benchmarks.rule_error_rates` writes it") from None
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise SetupError(f"{RATES}: not what `python -m benchmarks.rule_error_rates` writes: {first}") from None
    if _OURS not in rates.rules:
        raise SetupError(f"{RATES}: has no figures for {_OURS}; `python -m benchmarks.rule_error_rates` writes them")
    return rates


def _rule(about: str, rates: dict[str, _Figures]) -> RuleRates:
    rows = [
        RateRow(
            _NOISES.get(noise, noise),
            _share(f.supported_edge.rate),
            _share(f.refuted_edge.rate),
            _share(f.supported_inside.rate) if f.supported_inside else "–",
        )
        for noise, f in sorted(
            rates.items(), key=lambda pair: list(_NOISES).index(pair[0]) if pair[0] in _NOISES else 99
        )
    ]
    return RuleRates(about, tuple(rows))


def _compared(rule: _Rule) -> Compared:
    wrong = {noise: max(f.supported_edge.rate, f.refuted_edge.rate) for noise, f in rule.rates.items()}
    power = {noise: f.supported_inside.rate for noise, f in rule.rates.items() if f.supported_inside}
    return Compared(
        about=rule.about,
        wrong=_share(wrong["normal"]),
        wrong_worst=_share(max(wrong.values())),
        power=_share(power["normal"]),
        power_worst=_share(min(power.values())),
    )


def _share(rate: float) -> str:
    if rate in {0, 1}:
        return f"{100 * rate:.0f} %"
    if rate < 0.001:
        return f"{100 * rate:.1g} %"
    return f"{100 * rate:.1f} %" if rate < 0.99 else f"{100 * rate:.2f} %"


def _unreported(context: Context) -> str:
    registered = [c for c in context.claims if c.check is not None]
    open_ = [c for c in registered if not context.project.records.get(c.id)]
    return f"Of {len(registered)} claims with a registered prediction, {len(open_)} have no recorded run of any kind."


def _expected_wrong(context: Context, rule: _Rule) -> str:
    """How many wrongly supported claims this registry must reckon with; empty before anything was decided."""
    decided = [s for s in context.standings.values() if s.grade in {"standard", "replicated"}]
    if not decided:
        return ""
    supported = sum(s.status is Status.SUPPORTED for s in decided)
    rates = [f.supported_edge.rate for f in rule.rates.values()]
    low, high = (plain(len(decided) * rate, 2) for rate in (rule.rates["normal"].supported_edge.rate, max(rates)))
    return (
        f"{count(len(decided), 'claim was', 'claims were')} decided from replicates, {supported} of them supported. "
        f"Were the truth of every one exactly on the edge, the rule would wrongly support about {low} of them under "
        f"normal noise, and {high} under the noise that it bears worst."
    )
