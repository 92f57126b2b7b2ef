"""Forecasts against what came: who said what probability before the run, and how that compares with no knowledge."""

from collections.abc import Iterable
from dataclasses import dataclass

from claims.domain.claim import Forecast, Status
from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.status import Standing
from claims.history.forecasts import stood
from claims.history.timeline import Timeline
from claims.registration import Batch, commits_of
from claims.site.numbers import fixed
from claims.site.view.context import Context
from claims.stats.bounded import Bounded
from claims.stats.forecasting import FEWEST, Score, Scored, score

_SETTLED = (Status.SUPPORTED, Status.REFUTED, Status.INCONCLUSIVE)
_SKILL = {
    "better": "better than the baseline",
    "worse": "worse than the baseline",
    "same": "indistinguishable from the baseline",
    "few": f"too few claims to say (below {FEWEST})",
}


@dataclass(frozen=True)
class ScoreRow:
    """How good one person's forecasts were, or all together."""

    who: str
    forecasts: str
    brier: str
    baseline: str
    gain: str
    skill: str


@dataclass(frozen=True)
class BinRow:
    """How often forecasts of about one probability came true."""

    said: str
    mean: str
    came: str
    interval: str


@dataclass(frozen=True)
class Forecasts:
    """The section; `rows` is empty where there is nothing to score, which `summary` says."""

    summary: str
    rows: tuple[ScoreRow, ...]
    bins: tuple[BinRow, ...]


def forecasts(context: Context, timeline: Timeline) -> Forecasts:
    """Forecasts that stood in the registry when the deciding replicates ran, scored."""
    ever = any(change.known.forecasts for step in timeline.steps for change in step.changes)
    now = [(claim.id, forecast) for claim in context.claims for forecast in claim.forecasts]
    if not ever and not now:
        return Forecasts("Nobody has given a forecast yet.", (), ())
    scored: list[tuple[str, Scored]] = []
    unknown: set[str] = set()
    for claim in context.claims:
        standing = context.standings[claim.id]
        if standing.record is None or not _settled(standing):
            continue
        counted = stood(context.project.root, claim.id, sorted(_seen_at(context, standing.record), key=str))
        if counted is None:
            unknown.add(claim.id)
        came = standing.status is Status.SUPPORTED
        scored += [(f.by, Scored(claim.id, f.supported, came)) for f in counted or ()]
    summary = _summary(context, now, {(s.claim, by) for by, s in scored}, unknown)
    if not scored:
        return Forecasts(summary, (), ())
    people = sorted({by for by, _ in scored})
    whole = score([s for _, s in scored])
    rows = [_row(by, score([s for who, s in scored if who == by])) for by in people]
    if len(people) > 1:
        rows.insert(0, _row("all together", whole))
    return Forecasts(summary, tuple(rows), _bins(whole))


def _seen_at(context: Context, deciding: Record) -> set[str | None]:
    """The commits at which replicates of this batch ran, for whatever claim: who forecast later may have seen them."""
    batch = Batch.of(deciding)
    everything = (s.record for stored in context.project.records.values() for s in stored)
    same = (r for r in everything if r.experiment == deciding.experiment and Batch.of(r) == batch)
    return commits_of(deciding).union(*map(commits_of, same))


def _settled(standing: Standing) -> bool:
    """Of a void run and of a leaning nothing came."""
    return standing.status in _SETTLED


def _summary(
    context: Context, now: Iterable[tuple[str, Forecast]], counted: set[tuple[str, str]], unknown: set[str]
) -> str:
    """How many count, and what became of the others."""
    now = list(now)
    others = [(name, f) for name, f in now if (name, f.by) not in counted]
    waiting = sum(not _settled(context.standings[name]) for name, _ in others)
    unclear = sum(name in unknown for name, _ in others)
    late = len(others) - waiting - unclear
    parts = [f"{count(len(counted), 'forecast')} stood in the registry when the runs that decided began."]
    if waiting:
        parts.append(f"{count(waiting, 'more waits', 'more wait')} for a verdict.")
    if late:
        parts.append(f"{count(late, 'more does', 'more do')} not count: written or changed after the run.")
    if unclear:
        parts.append(
            f"Of {count(unclear, 'more')} it is not known whether {'it' if unclear == 1 else 'they'} stood there: the "
            "history was not there when this was built."
        )
    return " ".join(parts)


def _row(who: str, found: Score) -> ScoreRow:
    return ScoreRow(
        who=who,
        forecasts=f"{found.forecasts} on {count(found.claims, 'claim')}",
        brier=_interval(found.brier),
        baseline=f"{fixed(found.baseline, 2)} (always {100 * found.base_rate:.0f} %)",
        gain=_interval(found.gain),
        skill=_SKILL[found.skill],
    )


def _bins(found: Score) -> tuple[BinRow, ...]:
    return tuple(
        BinRow(
            said=f"{100 * b.low:.0f} to {100 * b.high:.0f} %",
            mean=f"{100 * b.said:.0f} %",
            came=f"{round(b.came.mean * b.came.n)} of {b.came.n}",
            interval=f"{100 * b.came.low:.0f} to {100 * b.came.high:.0f} %",
        )
        for b in found.bins
    )


def _interval(value: Bounded) -> str:
    return f"{fixed(value.mean, 2)} [{fixed(value.low, 2)}, {fixed(value.high, 2)}]"
