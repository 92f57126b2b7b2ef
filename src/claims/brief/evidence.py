"""What was measured of a claim, or what is predicted of it, as Markdown."""

from collections.abc import Iterator, Mapping

from claims.brief.quoting import code, quoted
from claims.domain.claim import Check, Claim, Prediction
from claims.domain.record import Record
from claims.domain.status import Standing, doubts
from claims.domain.verdict import PredictionVerdict
from claims.ledger.evidence import StoredRecord
from claims.project import Project


def evidence(project: Project, claim: Claim) -> Iterator[str]:
    """Paragraphs. A claim without a deciding record says so first."""
    standing = project.standing(claim)
    records = project.records.get(claim.id, ())
    if claim.withdrawn is not None:
        yield f"Withdrawn on {claim.withdrawn.on.isoformat()}. The reason given:"
        yield quoted(claim.withdrawn.because)
    if standing.record is not None:
        yield from _tested(project, claim, standing, standing.record, records)
    elif claim.check is not None:
        yield _flagged(
            "Not tested yet. Its predictions are registered, and no run that counts has been recorded.", standing
        )
        yield from _design(claim.check, _units(project, claim.check))
        yield f"To run it: {code(repeat_command(claim.id, None))}"
    elif claim.planned is not None:
        name = code(f"experiments/{claim.planned.experiment}.py")
        yield _flagged(
            f"Not tested. The predictions were written down before there was an experiment: {name} is still to be "
            "written, "
            "so metrics and conditions are the author's proposal.",
            standing,
        )
        yield from _design(claim.planned, {})
    else:
        yield _flagged("Not tested, and no prediction has been written down.", standing)
    others = [s for s in records if standing.record is None or s.record.digest != standing.record.digest]
    if others:
        yield "Other records of it, which do not decide:\n\n" + "\n".join(_other(stored) for stored in others)


def repeat_command(claim_id: str, record: Record | None) -> str:
    """The command that repeats a record, or that makes a first one."""
    batch = f" --batch {record.batch}" if record is not None and record.batch > 1 else ""
    return f"claims verify {claim_id}{batch}"


def _tested(
    project: Project, claim: Claim, standing: Standing, record: Record, records: tuple[StoredRecord, ...]
) -> Iterator[str]:
    check, judged = record.claim.check, record.verdict
    stored = next(s for s in records if s.record.digest == record.digest)
    valid = sum(r.valid for r in record.replicates)
    scope = (
        "an audit without chance" if record.deterministic else f"{valid} valid of {len(record.replicates)} replicates"
    )
    yield _flagged(
        f"**{standing.status.value}**, grade {standing.grade}, on {record.finished[:10]}, by rule {record.rule}: "
        f"{scope}, "
        f"scale {record.scale}.",
        standing,
    )
    yield "The rule's reason:"
    yield quoted(judged.reason)
    machine = record.environment
    held = sum(c.held for c in record.controls)
    facts = {
        "record": code(stored.path),
        "commit": f"{code(record.commit)}{' (with changes)' if record.dirty else ''}" if record.commit else "none",
        "registered before the run": "yes" if record.confirmatory else "no",
        "who says so": f"{stored.tier}, {code(record.contributor)}",
        "experiment": f"{code(f'experiments/{record.experiment}.py')}, closure {code(record.closure.digest[:12])}",
        "parameters": ", ".join(f"{code(name)} {code(_value(value))}" for name, value in record.params.items())
        or "none",
        "controls that came out right": f"{held} of {len(record.controls)}",
        "machine": f"{code(machine.device_name)}, torch {code(machine.torch or 'none')}, {machine.threads} threads",
        "to repeat it": code(repeat_command(claim.id, record)),
    }
    yield "\n".join(f"- {name}: {words}" for name, words in facts.items())
    yield _judged(check, judged.predictions, _units(project, check))
    yield from _around(check)
    declared = project.declared.get(record.experiment)
    if declared is not None and declared.experiment.differs:
        yield "How the experiment differs from the paper:"
        yield quoted(declared.experiment.differs)


def _design(check: Check, units: Mapping[str, str]) -> Iterator[str]:
    rows = [
        f"| {code(p.id)} | {quantity(p)} | {p.expect} | {_unit(p, units)} | {_rival(p)} |" for p in check.predictions
    ]
    yield "\n".join(
        ["| prediction | quantity | expected | unit | excludes |", "| --- | --- | --- | --- | --- |", *rows]
    )
    yield from _around(check)


def _judged(check: Check, found: tuple[PredictionVerdict, ...], units: Mapping[str, str]) -> str:
    by_id = {v.id: v for v in found}
    head = "| prediction | quantity | expected | unit | excludes | measured | interval | n | outside | verdict |"
    rows = []
    for p in check.predictions:
        v = by_id.get(p.id)
        numbers = f"{_estimate(v)} | {v.n} | {v.outside} | {v.verdict.value}" if v else "– | – | – | – | –"
        rows.append(f"| {code(p.id)} | {quantity(p)} | {p.expect} | {_unit(p, units)} | {_rival(p)} | {numbers} |")
    return "\n".join([head, "|" + " --- |" * 10, *rows])


def _around(check: Check) -> Iterator[str]:
    """What a replicate must pass to count, and the note."""
    if check.gates:
        gates = [f"{code(g.metric)}{_where(g.condition)} {g.expect}" for g in check.gates]
        yield f"A replicate counts only if: {'; '.join(gates)}."
    if check.note:
        yield "Note on the predictions:"
        yield quoted(check.note)


def quantity(p: Prediction) -> str:
    """What a prediction is about."""
    if p.contrast is not None:
        return f"{code(p.metric)}, {code(p.contrast.of)} minus {code(p.contrast.minus)}, paired by seed"
    return f"{code(p.metric)}{_where(p.condition) or ', over all conditions'}"


def _where(condition: str | None) -> str:
    return f" in {code(condition)}" if condition else ""


def _estimate(v: PredictionVerdict) -> str:
    if v.estimate is None:
        return "no number | –"
    if v.low is None or v.high is None or v.level is None:
        return f"{v.estimate:.4g} | exact"
    return f"{v.estimate:.4g} | {v.low:.4g} to {v.high:.4g} ({100 * v.level:g} %)"


def _units(project: Project, check: Check) -> dict[str, str]:
    declared = project.declared.get(check.experiment)
    return {m.name: m.unit for m in declared.experiment.metrics} if declared else {}


def _unit(p: Prediction, units: Mapping[str, str]) -> str:
    return code(units[p.metric]).replace("|", "\\|") if p.metric in units else "not declared"


def _rival(p: Prediction) -> str:
    return f"{p.rival:g}" if p.rival is not None else "–"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _flagged(words: str, standing: Standing) -> str:
    return f"{words} Flags: {', '.join(doubts(standing))}." if standing.flags else words


def _other(stored: StoredRecord) -> str:
    record = stored.record
    word = record.verdict.verdict.value if record.verdict.verdict else "no verdict"
    kind = "confirmatory" if record.confirmatory else "exploratory"
    wrong = ", taken out by an erratum" if stored.erratum else ""
    return f"- {code(stored.path)}: {word}, {record.verdict.grade}, {record.finished[:10]}, {kind}{wrong}"
