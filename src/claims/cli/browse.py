"""`list`, `show`, `power`: claims in the terminal."""

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from claims.brief.evidence import repeat_command
from claims.cli.said import lines
from claims.domain.claim import SECONDHAND, Check, Claim, Grounding, Inquiry, Reported, Status
from claims.domain.digest import as_json as plain
from claims.domain.digest import claim_digest
from claims.domain.record import Record
from claims.domain.status import Flag, Standing, doubts
from claims.domain.verdict import PredictionVerdict
from claims.errors import SetupError
from claims.export.rerun_words import rerun_words
from claims.export.rows import listed
from claims.export.said import dispute_rows, reply_rows
from claims.project import Project
from claims.registry.scalars import shown
from claims.stats.sample import arm_means

_CHIP = re.compile(r"\[\[([a-z0-9-]+)\]\]")


def console() -> Console:
    """Plain words where there is no terminal; never markup from data."""
    return Console(highlight=False, markup=False, emoji=False)


def row(project: Project, claim: Claim, standing: Standing) -> dict[str, Any]:
    """A claim as programs get it."""
    return listed(project, claim, standing).model_dump(mode="json")


def list_claims(
    project: Project, *, topic: str | None, status: str | None, grounding: str | None, as_json: bool
) -> None:
    """Print the claims that match. A grounding matches the claim's own label or one of how it is told."""
    rows = [row(project, claim, project.standing(claim)) for claim in project.registry.claims]
    _one_of("--status", status, [*(s.value for s in Status), *get_args(Flag), "planned"])
    _one_of("--grounding", grounding, [g.value for g in Grounding])
    _one_of("--topic", topic, sorted({t for r in rows for t in r["topics"]}))
    rows = [
        r
        for r in rows
        if (topic is None or topic in r["topics"])
        and (status is None or status in {r["status"], *r["flags"], *(["planned"] if r["planned"] else [])})
        and (grounding is None or grounding in {r["grounding"], *r["told"]})
    ]
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    out = console()
    if not out.is_terminal:
        out.width = 200  # one line a claim, for grep
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("claim", no_wrap=True)  # an id that is cut in two cannot be copied
    table.add_column("verdict here", overflow="fold")
    table.add_column("grounding", overflow="fold", min_width=13)
    for r in rows:
        beside = [*(["planned"] if r["planned"] else []), *doubts(project.standing(project.claim(r["id"])))]
        told = [t for t in r["told"] if t != r["grounding"]]
        gone = r["withdrawn"]
        table.add_row(
            Text(r["id"], style="strike" if gone else ""),
            ", ".join([r["status"], *([r["grade"]] if r["grade"] else [])])
            + (f" on {gone['on']}: {shown(gone['because'])}" if gone else "")
            + (f" ({', '.join(beside)})" if beside else ""),
            r["grounding"] + (f"; told {', '.join(told)}" if told else ""),
        )
    out.print(table)
    out.print(
        f"{len(rows)} of {len(project.registry.claims)} claims; `claims show ID` for one, `claims find TEXT` by words",
        style="dim",
    )


def _one_of(option: str, given: str | None, known: Sequence[str]) -> None:
    """Raises SetupError for a word that would silently match nothing."""
    if given is not None and given not in known:
        near = get_close_matches(given, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}"
        raise SetupError(f"{option} {given}: {hint}")


def document(project: Project, name: str) -> dict[str, Any]:
    """All that is known of a claim, or an inquiry with the statuses that it rests on, for programs."""
    inquiry = _inquiry(project, name)
    if inquiry is not None:
        return {**plain(inquiry), "statuses": _statuses(project, inquiry)}
    claim = project.claim(name)
    standing, said = project.standing(claim), project.disputes.get(name, ())
    whole = {**row(project, claim, standing), "claim": plain(claim)}
    whole["result"] = plain(standing.record.verdict) if standing.record else None
    whole["disputes"] = [d.model_dump(mode="json") for d in dispute_rows(said)]
    whole["replies"] = [r.model_dump(mode="json") for r in reply_rows(said)]
    return whole


def _inquiry(project: Project, name: str) -> Inquiry | None:
    return next((inquiry for inquiry in project.registry.inquiries if inquiry.id == name), None)


def _statuses(project: Project, inquiry: Inquiry) -> dict[str, str]:
    return {claim_id: project.standing(project.claim(claim_id)).status.value for claim_id in inquiry.cites}


def _show_inquiry(project: Project, inquiry: Inquiry) -> None:
    from rich.markdown import Markdown  # slow to import, and nothing else here needs it

    out = console()
    out.print(inquiry.id, style="bold")
    out.print(f"  {inquiry.question}\n")
    out.print(Padding(Markdown(_CHIP.sub(r"`\1`", inquiry.answer), hyperlinks=False), (0, 0, 1, 2)))
    for claim_id, status in _statuses(project, inquiry).items():
        _field(out, status, claim_id)


def show(project: Project, name: str) -> None:
    """Print one claim, or one inquiry with the claims that it rests on."""
    inquiry = _inquiry(project, name)
    if inquiry is not None:
        _show_inquiry(project, inquiry)
        return
    claim = project.claim(name)
    standing, said = project.standing(claim), project.disputes.get(name, ())
    out = console()
    out.print(claim.id, style="bold strike" if claim.withdrawn else "bold")
    out.print(f"  {claim.question}\n")
    _field(out, "claim", claim.statement)
    _field(out, "scope", " · ".join(f"{k}: {_listed(v)}" for k, v in claim.scope.items()))
    _field(out, "verdict", _verdict_line(project, claim, standing))
    notes = f" {SECONDHAND}" if claim.secondhand else ""
    _field(out, "grounding", f"{claim.grounding.label.value}: {claim.grounding.because}{notes}")
    if standing.record is not None:
        out.print()
        out.print(predictions_table(standing.record.verdict.predictions, claim))
        meanings(out, standing.record.verdict.predictions, standing.record.claim.check, standing.record)
        _trial(out, standing.record)
    elif check := claim.check or claim.planned:
        out.print()
        out.print(expectations_table(check))
    out.print()
    for source in claim.sources:
        place = f"unverified ({source.unverified})" if source.unverified else source.locator
        _field(out, source.stance, f"arXiv:{source.arxiv}, {place}: {source.says}")
        if source.quote:
            _field(out, "", f"“{source.quote}”")
        for reported in source.reported:
            _field(out, "", f"{reported.metric.replace('_', ' ')}: {_reported(reported)}")
    for word, text in lines(said):
        _field(out, word, text)
    for told in claim.circulated:
        where = f" in {told.where}" if told.where else ""
        _field(out, "told as", f"“{told.text}”{where} ({told.label.value}: {told.because})")
    _linked(out, project, claim)
    _field(out, "would change", claim.watch)
    for inquiry in project.registry.inquiries:
        if claim.id in inquiry.cites:
            _field(out, "answers", f"{inquiry.question} (claims show {inquiry.id})")
    for stored in project.records.get(claim.id, ()):
        verdict = stored.record.verdict.verdict
        if standing.record is not None and stored.record.digest == standing.record.digest:
            out.print(f"  record         {stored.path}", soft_wrap=True)
            for rerun in stored.reruns:
                _field(out, "run again", rerun_words(rerun, stored.record))
        elif stored.record.claim.digest != claim_digest(claim) and verdict is not None:
            _field(out, "earlier", f"{verdict.value} when the claim was worded or checked otherwise: {stored.path}")
    if claim.check is not None:
        _field(out, "repeat it", repeat_command(claim.id, standing.record))
    if claim.planned is not None:
        _field(out, "to be done", f"write experiments/{claim.planned.experiment}.py, then rename planned to check")


def expectations_table(check: Check) -> Table:
    """One row a prediction of which nothing was measured."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("prediction", "of", "expected"):
        table.add_column(name, overflow="fold")
    for p in check.predictions:
        where = f"{p.contrast.of} minus {p.contrast.minus}" if p.contrast else p.condition or "all conditions"
        table.add_row(p.id, f"{p.metric}, {where}", str(p.expect))
    return table


def predictions_table(found: tuple[PredictionVerdict, ...], claim: Claim) -> Table:
    """One row a prediction: what was expected, what came out."""
    expects = {p.id: str(p.expect) for p in claim.check.predictions} if claim.check else {}
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("prediction", no_wrap=True)  # a name that is broken in two cannot be copied
    for name in ("expected", "measured", "n", "outside", "verdict"):
        table.add_column(name, overflow="fold")
    for p in found:
        table.add_row(p.id, expects.get(p.id, ""), measured(p), str(p.n), str(p.outside), p.verdict.value)
    return table


def _trial(out: Console, record: Record) -> None:
    """Whether the run could have come out otherwise: controls, gates, replicates that do not count."""
    held, invalid = sum(c.held for c in record.controls), sum(not r.valid for r in record.replicates)
    out.print()
    _field(out, "controls", f"{held} of {len(record.controls)} came out right")
    for gate in record.claim.check.gates:
        where = f" in {gate.condition}" if gate.condition else ""
        _field(out, "gate", f"a replicate counts if {gate.metric}{where} is {gate.expect}")
    if invalid:
        _field(out, "invalid", f"{invalid} of {len(record.replicates)} replicates do not count")
    if record.claim.check.note:
        _field(out, "note", record.claim.check.note)


def _linked(out: Console, project: Project, claim: Claim) -> None:
    """What is written down between this claim and others, each with where it stands."""

    def named(claim_id: str) -> str:
        other = project.by_id.get(claim_id)
        return f"{claim_id} ({project.standing(other).status.value})" if other else claim_id

    for relation in claim.relations:
        _field(out, relation.kind.replace("-", " "), f"{named(relation.to)}: {relation.because}")
    for link in project.backlinks.get(claim.id, ()):
        _field(
            out,
            "linked from",
            f"{named(link.of)}, which {link.relation.kind.replace('-', ' ')} this: {link.relation.because}",
        )


def meanings(out: Console, found: tuple[PredictionVerdict, ...], check: Check, record: Record | None = None) -> None:
    """What each number of a predictions table is, below it; with a record, both sides of each difference."""
    used = [r.replicate for r in record.replicates if r.valid][: record.verdict.n] if record else []
    levels = {p.id: p.level for p in found}
    for p in check.predictions:
        where = f"{p.contrast.of} minus {p.contrast.minus}" if p.contrast else p.condition or "all conditions"
        level = levels.get(p.id)
        interval = f"; interval at {100 * level:g} %" if level is not None else ""
        sides = arm_means(p, used)
        both = f" ({sides[0]:.4g} against {sides[1]:.4g})" if sides else ""
        rival = f"; rival {p.rival:g}" if p.rival is not None else ""
        out.print(f"  {p.id}: {p.metric}, {where}{both}{interval}{rival}", style="dim", soft_wrap=True)


def measured(p: PredictionVerdict) -> str:
    """Estimate and interval with as many digits as the interval allows."""
    if p.estimate is None:
        return "nothing"
    if p.low is None or p.high is None or p.level is None or p.low == p.high:
        return f"{p.estimate:.4g}"
    digits = digits_for(p.high - p.low)
    return f"{p.estimate:.{digits}f} [{p.low:.{digits}f}, {p.high:.{digits}f}]"


def digits_for(width: float) -> int:
    """Decimals that an interval of this width allows: two digits of the width."""
    digits = 0
    while width > 0 and width < 10 and digits < 6:
        width *= 10
        digits += 1
    return digits


def _verdict_line(project: Project, claim: Claim, standing: Standing) -> str:
    record = standing.record
    flags = f" ({', '.join(doubts(standing))})" if standing.flags else ""
    if claim.withdrawn is not None:
        return f"withdrawn on {claim.withdrawn.on}{flags}: {claim.withdrawn.because}"
    if record is None:
        planned = "; its predictions are planned, the experiment is still to be written" if claim.planned else ""
        return standing.status.value + flags + planned
    return f"{standing.status.value}, grade {standing.grade}, {project.tier(standing)}{flags}: {record.verdict.reason}"


def _field(out: Console, name: str, text: str) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=14, style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(f"  {name}", text)
    out.print(grid)


def _reported(reported: Reported) -> str:
    value = " to ".join(map(str, reported.value)) if isinstance(reported.value, tuple) else str(reported.value)
    return f"{value} {reported.unit} ({reported.locator})"


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
