"""History: every record of a claim, and what it costs to make another."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from claims.domain.claim import Status
from claims.domain.counting import count
from claims.domain.record import Record
from claims.domain.verdict import Verdict
from claims.export.rerun_words import rerun_words
from claims.ledger.evidence import StoredRecord
from claims.site.links import Links
from claims.site.numbers import plain, seconds
from claims.site.view.marks import TIERS, Mark, verdict_mark


@dataclass(frozen=True)
class HistoryRow:
    """One record. `note` says why it does not decide, where it does not, and any erratum."""

    date: str
    verdict: Mark
    grade: str
    extent: str
    commit: str
    machine: str
    contributor: str
    tier: str
    isolation: str
    note: str
    json: str
    reruns: tuple[str, ...]
    """What came of running it again, a sentence each."""


@dataclass(frozen=True)
class Cost:
    """What a replicate took, by scale and machine, over the records that ran it."""

    scale: str
    machine: str
    seconds: str
    cpu_seconds: str
    memory: str
    replicates: str


def history_rows(stored: Sequence[StoredRecord], links: Links) -> tuple[HistoryRow, ...]:
    """All records of a claim, given oldest first, newest first; each says what was changed since the one before."""
    before = [None, *(s.record for s in stored)]
    rows = [_row(s, changed_between(b, s.record) if b else "", links) for s, b in zip(stored, before, strict=False)]
    return tuple(reversed(rows))


def changed_between(one: Record, later: Record) -> str:
    """What of a test was changed between two runs of a claim; empty where nothing was."""
    changed = [
        what
        for what, differs in (
            ("its experiment", one.closure.digest != later.closure.digest),
            ("its check or wording", one.claim.digest != later.claim.digest),
        )
        if differs
    ]
    return " and ".join(changed)


def _row(stored: StoredRecord, changed: str, links: Links) -> HistoryRow:
    record = stored.record
    verdict = record.verdict.verdict
    return HistoryRow(
        date=day(record),
        verdict=verdict_mark(Status(verdict.value) if verdict else Status.UNTESTED, links),
        grade=record.verdict.grade,
        extent=_extent(record),
        commit=f"{(record.commit or 'none')[:10]}{' (changed)' if record.dirty else ''}",
        machine=machine(record),
        contributor=record.contributor,
        tier=TIERS[stored.tier],
        isolation=record.isolation,
        reruns=tuple(rerun_words(r, record) for r in stored.reruns),
        note=_note(stored, changed),
        json=links.evidence(stored.path),
    )


def day(record: Record) -> str:
    """The day on which a record was finished (UTC)."""
    return record.finished[:10]


def machine(record: Record) -> str:
    """Device, kind of number, threads and torch."""
    env = record.environment
    torch = f", torch {env.torch}" if env.torch else ""
    return f"{env.device_name} ({env.device}), {env.dtype}, {count(env.threads, 'thread')}{torch}"


def costs(records: list[Record]) -> tuple[Cost, ...]:
    """Median cost of a replicate for each scale and machine; nothing where nothing ran."""
    groups: dict[tuple[str, str], dict[int, tuple[float, float, float]]] = {}
    for record in records:
        for judged in record.replicates:
            r = judged.replicate
            groups.setdefault((record.scale, machine(record)), {})[r.seed] = (r.seconds, r.cpu_seconds, r.peak_mib)
    return tuple(_cost(*key, list(group.values())) for key, group in sorted(groups.items()))


def expected_wait(record: Record) -> str:
    """How long repeating a record takes, from the seconds that it measured."""
    took = [judged.replicate.seconds for judged in record.replicates]
    if not took:
        return "No replicate came back, so nothing is known of its cost."
    if record.deterministic:
        return f"It took {seconds(sum(took))} on {machine(record)}."
    each, runs = seconds(median(took)), count(len(took), "replicate")
    return f"{runs} of {each} each (median), {seconds(sum(took))} one after the other, on {machine(record)}."


def _extent(record: Record) -> str:
    """How much was run. An audit runs no model, so it has neither scale nor batch worth naming."""
    made = len(record.replicates)
    if record.deterministic:
        return "recomputed once" if made == 1 else f"recomputed {made} times"
    return f"{count(made, 'replicate')}, scale {record.scale}, batch {record.batch}"


def _note(stored: StoredRecord, changed: str) -> str:
    parts = [f"changed since the run before: {changed}"] if changed else []
    if stored.record.verdict.verdict is Verdict.VOID:
        parts.append(stored.record.verdict.reason)
    if not stored.record.confirmatory:
        parts.append(f"exploratory: {stored.record.exploratory_because or 'not registered before it ran'}")
    if stored.erratum is not None:
        parts.append(f"erratum of {stored.erratum.date.isoformat()}, {stored.erratum.person}: {stored.erratum.what}")
    return "; ".join(parts)


def _cost(scale: str, on: str, group: list[tuple[float, float, float]]) -> Cost:
    wall, cpu, memory = (median(column) for column in zip(*group, strict=True))
    return Cost(scale, on, seconds(wall), seconds(cpu), f"{plain(memory, 3)} MiB", str(len(group)))
