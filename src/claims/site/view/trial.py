"""Trial: did the test test anything? Controls, gates and the replicates that do not count."""

from collections.abc import Iterable
from dataclasses import dataclass

from claims.domain.claim import Claim, Gate
from claims.domain.counting import count
from claims.domain.record import JudgedReplicate, Record
from claims.domain.run import Outcome
from claims.domain.verdict import ControlResult, Verdict
from claims.site.numbers import plain
from claims.site.view.history import changed_between, day
from claims.site.words import expected, spoken


@dataclass(frozen=True)
class ControlRow:
    """A planted case: what it had to give, what it gave at each seed, and whether that was right."""

    name: str
    kind: str
    expected: str
    values: str
    trains: str
    result: str


@dataclass(frozen=True)
class GateRow:
    """A manipulation check and how many replicates passed it."""

    quantity: str
    expected: str
    passed: str


@dataclass(frozen=True)
class InvalidRow:
    """A replicate that does not count, and why."""

    seed: str
    why: str


@dataclass(frozen=True)
class Trial:
    """The section of a claim's page that says whether the run could have come out otherwise."""

    summary: str
    before: str
    """What came of earlier runs that ended void, and what was changed after them; empty where none did."""
    controls: tuple[ControlRow, ...]
    gates: tuple[GateRow, ...]
    invalid: tuple[InvalidRow, ...]


def trial(record: Record, others: Iterable[Record] = ()) -> Trial:
    """What the controls, gates and outcomes of a record say; `others` are all records of its claim."""
    held = sum(control.held for control in record.controls)
    valid = sum(judged.valid for judged in record.replicates)
    run = len(record.replicates)
    parts = [
        f"Controls: {held} of {len(record.controls)} came out right",
        f"{valid} of {count(run, 'replicate')} valid" if not record.deterministic else "no seeds: recomputed once",
    ]
    if run - valid:
        parts.append(f"{run - valid} invalid, listed below and never drawn again")
    return Trial(
        summary=f"{'; '.join(parts)}.",
        before=_before(record, others),
        controls=tuple(_control(c) for c in record.controls),
        gates=tuple(_gate(record, i, gate) for i, gate in enumerate(record.claim.check.gates)),
        invalid=tuple(_invalid(record, j) for j in record.replicates if not j.valid),
    )


def _before(record: Record, others: Iterable[Record]) -> str:
    """Controls that came out right after they were moved mean less, so that belongs beside them."""
    voids = [o for o in others if o.finished < record.finished and o.verdict.verdict is Verdict.VOID]
    if not voids:
        return ""
    last = max(voids, key=lambda o: o.finished)
    changed = changed_between(last, record)
    how_many = "An earlier run" if len(voids) == 1 else f"{count(len(voids), 'earlier run')} tested nothing: the last"
    since = f" Before this run, {changed} had been changed; no error rate here counts that." if changed else ""
    return f"{how_many}, of {day(last)}, ended void: {last.verdict.reason.rstrip('.')}.{since}"


def planned_gates(claim: Claim) -> tuple[GateRow, ...]:
    """The gates that a claim asks for, before anything ran."""
    check = claim.check or claim.planned
    gates = check.gates if check else ()
    return tuple(GateRow(gate_words(gate), expected(gate.expect), "") for gate in gates)


def gate_words(gate: Gate) -> str:
    """What a gate looks at."""
    return f"{spoken(gate.metric)} in {gate.condition}" if gate.condition else spoken(gate.metric)


def _control(control: ControlResult) -> ControlRow:
    values = [plain(run.value, 3) if run.value is not None else run.outcome for run in control.runs]
    return ControlRow(
        name=control.name,
        kind=control.kind,
        expected=f"{spoken(control.metric)} {expected(control.expect)}",
        values=", ".join(values) or "not run",
        trains="trains" if control.trains else "metric only",
        result="right" if control.held else "wrong",
    )


def _gate(record: Record, index: int, gate: Gate) -> GateRow:
    passed = sum(judged.gates[index].passed for judged in record.replicates)
    return GateRow(gate_words(gate), expected(gate.expect), f"{passed} of {len(record.replicates)}")


def _invalid(record: Record, judged: JudgedReplicate) -> InvalidRow:
    replicate = judged.replicate
    if replicate.outcome is not Outcome.OK:
        why = f"{replicate.outcome.value}: {replicate.message}" if replicate.message else replicate.outcome.value
        return InvalidRow(str(replicate.index), why)
    failed = [
        f"{gate_words(gate)} was {'not measured' if result.value is None else plain(result.value, 3)}, "
        f"the gate asks {expected(gate.expect)}"
        for gate, result in zip(record.claim.check.gates, judged.gates, strict=True)
        if not result.passed
    ]
    return InvalidRow(str(replicate.index), "; ".join(failed))
