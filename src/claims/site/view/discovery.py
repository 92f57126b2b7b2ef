"""How many verdicts `supported` must be reckoned wrong, in words and numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from claims.domain.claim import Status
from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.verdict import Verdict
from claims.site.numbers import plain
from claims.site.view.context import Context
from claims.site.view.method import NOISES, OURS, RATES, Figures, read_rates, share_words
from claims.stats.discovery import expected_wrong, expected_wrong_beside, most_wrong, share, wrong_given

_DECIDED = (Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE)
_TRUE_SHARES = (0.1, 0.25, 0.5, 0.75)
_LEVEL = 0.95


@dataclass(frozen=True)
class WrongRow:
    """What one noise makes of this registry's counts."""

    noise: str
    alpha: str
    expected: str
    share: str
    beside: str
    most: str


@dataclass(frozen=True)
class GivenRow:
    """The share of supported verdicts that is wrong, for a share of true claims among those tested."""

    true_share: str
    low: str
    high: str


@dataclass(frozen=True)
class Discovery:
    """The section; without rows where nothing was decided."""

    summary: str
    rows: tuple[WrongRow, ...]
    given: tuple[GivenRow, ...]
    exact: str


def decisions(records: Iterable[Record]) -> tuple[Verdict, ...]:
    """What the rule said of each claim, code and batch of seeds that counts, at the last look taken.

    A claim that was tested again counts again, under its old words too: each test was an occasion to be wrong.
    """
    last: dict[tuple[object, ...], Record] = {}
    for record in sorted(records, key=lambda r: (r.finished, r.digest)):
        said = record.verdict
        if record.confirmatory and said.grade == "standard" and said.verdict in _DECIDED:
            key = (record.claim.id, record.claim.digest, record.closure.digest, record.scale, record.batch)
            last[key] = record
    return tuple(record.verdict.verdict for record in last.values() if record.verdict.verdict is not None)


def discovery(context: Context) -> Discovery:
    """The section. Raises SetupError when the simulated error rates are missing or cannot be read."""
    rates = read_rates(context.project.root / RATES).rules[OURS].rates
    records = (s.record for claim in context.claims for s in context.project.records.get(claim.id, ()))
    tests = decisions(records)
    standing = [s for s in context.standings.values() if s.status is Status.SUPPORTED]
    supported = sum(s.grade in {"standard", "replicated"} for s in standing)
    exact = sum(s.grade == "exact" for s in standing)
    worst = max(rates, key=lambda noise: rates[noise].supported_edge.rate)
    rows = tuple(_row(noise, rates[noise], tests, supported) for noise in dict.fromkeys(("normal", worst)))
    return Discovery(
        summary=_summary(tests, supported, rates, worst) if supported else _nothing(tests),
        rows=rows if supported else (),
        given=tuple(_given(true_share, rates) for true_share in _TRUE_SHARES),
        exact=_exact(exact),
    )


def _summary(tests: tuple[Verdict, ...], supported: int, rates: Mapping[str, Figures], worst: str) -> str:
    low, high = (
        share(expected_wrong(len(tests), rates[noise].supported_edge.rate), supported) for noise in ("normal", worst)
    )
    assert low is not None and high is not None, "something is supported"
    tested = count(len(tests), "test was", "tests were")
    claims = count(supported, "claim stands", "claims stand")
    return (
        f"{tested} decided from replicates, and {claims} as supported by one of them. Even if every claim tested were "
        f"false, the wrong verdicts to be expected would be no more than {share_words(low)} of these under normal "
        f"noise, and {share_words(high)} under the noise that the rule bears worst of those simulated."
    )


def _nothing(tests: tuple[Verdict, ...]) -> str:
    tested = count(len(tests), "test was", "tests were")
    return f"{tested} decided from replicates, and no claim stands as supported by one, so none can be wrongly so."


def _exact(exact: int) -> str:
    if not exact:
        return ""
    one = count(exact, "further claim is", "further claims are")
    return f"{one} supported by an audit that recomputes a number without chance; no error rate applies to that."


def _row(noise: str, figures: Figures, tests: tuple[Verdict, ...], supported: int) -> WrongRow:
    alpha, m = figures.supported_edge.rate, len(tests)
    wrong = expected_wrong(m, alpha)
    beside = expected_wrong_beside(sum(v is not Verdict.SUPPORTED for v in tests), alpha)
    most = min(most_wrong(m, alpha, _LEVEL), supported)
    return WrongRow(
        noise=NOISES.get(noise, noise),
        alpha=share_words(alpha),
        expected=plain(wrong, 2),
        share=_percent(share(wrong, supported)),
        beside=_percent(share(beside, supported)),
        most=f"{most} ({_percent(share(most, supported))})",
    )


def _given(true_share: float, rates: Mapping[str, Figures]) -> GivenRow:
    found = [
        wrong
        for f in rates.values()
        if f.supported_inside is not None
        and (wrong := wrong_given(true_share, f.supported_edge.rate, f.supported_inside.rate)) is not None
    ]
    return GivenRow(f"{100 * true_share:.0f} %", _percent(min(found)), _percent(max(found)))


def _percent(value: float | None) -> str:
    return share_words(value) if value is not None else "–"
