"""`list`, `show`, `power`: claims in the terminal."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from claims.domain.claim import Claim
from claims.domain.digest import as_json as plain
from claims.domain.status import Standing
from claims.domain.verdict import PredictionVerdict
from claims.project import Project


def console() -> Console:
    """Plain words where there is no terminal; never markup from data."""
    return Console(highlight=False, markup=False, emoji=False)


def row(project: Project, claim: Claim, standing: Standing) -> dict[str, Any]:
    """A claim as programs get it."""
    record = standing.record
    stored = next((s for s in project.records.get(claim.id, ()) if record and s.record.digest == record.digest), None)
    return {
        "id": claim.id,
        "question": claim.question,
        "statement": claim.statement,
        "topics": list(claim.topics),
        "grounding": claim.grounding.label.value,
        "told": sorted({c.label.value for c in claim.circulated}),
        "status": standing.status.value,
        "verdict": record.verdict.verdict.value if record and record.verdict.verdict else None,
        "grade": standing.grade,
        "tier": record.tier if record else None,
        "flags": list(standing.flags),
        "confirmatory": record.confirmatory if record else None,
        "record": stored.path if stored else None,
    }


def list_claims(
    project: Project, *, topic: str | None, status: str | None, grounding: str | None, as_json: bool
) -> None:
    """Print the claims that match. A grounding matches the claim's own label or one of how it is told."""
    rows = [row(project, claim, project.standing(claim)) for claim in project.registry.claims]
    rows = [
        r
        for r in rows
        if (topic is None or topic in r["topics"])
        and (status is None or status == r["status"])
        and (grounding is None or grounding in {r["grounding"], *r["told"]})
    ]
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("claim", overflow="fold")
    table.add_column("verdict here")
    table.add_column("grade")
    table.add_column("grounding")
    for r in rows:
        flags = f" ({', '.join(r['flags'])})" if r["flags"] else ""
        told = [t for t in r["told"] if t != r["grounding"]]
        table.add_row(
            r["id"],
            r["status"] + flags,
            r["grade"] or "",
            r["grounding"] + (f"; told {', '.join(told)}" if told else ""),
        )
    out = console()
    out.print(table)
    out.print(f"{len(rows)} of {len(project.registry.claims)} claims; `claims show ID` for one", style="dim")


def show(project: Project, claim_id: str, *, as_json: bool) -> None:
    """Print one claim."""
    claim = project.claim(claim_id)
    standing = project.standing(claim)
    if as_json:
        whole = {**row(project, claim, standing), "claim": plain(claim)}
        whole["result"] = plain(standing.record.verdict) if standing.record else None
        print(json.dumps(whole, indent=1, ensure_ascii=False))
        return
    out = console()
    out.print(claim.id, style="bold")
    out.print(f"  {claim.question}\n")
    _field(out, "claim", claim.statement)
    _field(out, "scope", " · ".join(f"{k}: {_listed(v)}" for k, v in claim.scope.items()))
    _field(out, "verdict", _verdict_line(standing))
    _field(out, "grounding", f"{claim.grounding.label.value}: {claim.grounding.because}")
    if standing.record is not None:
        out.print()
        out.print(predictions_table(standing.record.verdict.predictions, claim))
    out.print()
    for source in claim.sources:
        _field(out, source.stance, f"arXiv:{source.arxiv}, {source.locator}: {source.says}")
    for told in claim.circulated:
        _field(out, "told as", f"“{told.text}” ({told.label.value}: {told.because})")
    _field(out, "watch", claim.watch)
    if claim.check is not None:
        _field(out, "repeat it", f"claims verify {claim.id}")


def predictions_table(found: tuple[PredictionVerdict, ...], claim: Claim) -> Table:
    """One row a prediction: what was expected, what came out."""
    expects = {p.id: str(p.expect) for p in claim.check.predictions} if claim.check else {}
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("prediction", "expected", "measured", "n", "outside", "verdict"):
        table.add_column(name, overflow="fold")
    for p in found:
        table.add_row(p.id, expects.get(p.id, ""), measured(p), str(p.n), str(p.outside), p.verdict.value)
    return table


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


def power(project: Project, claim_id: str, *, spread: float | None, at: float | None, as_json: bool) -> None:
    """Print the power of a claim's design."""
    from dataclasses import asdict

    from claims.power import power_of

    found = power_of(project, project.claim(claim_id), spread=spread, at=at)
    if as_json:
        print(json.dumps(asdict(found), indent=1))
        return
    out = console()
    out.print(claim_id, style="bold")
    out.print("  what must be true for a chance of .8 to be called supported, by number of replicates\n")
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    looks = list(found.predictions[0].needed)
    for name in ("prediction", "expected", "spread", *(f"n = {n}" for n in looks)):
        table.add_column(name, overflow="fold")
    for p in found.predictions:
        unit = "" if p.spread is not None else " sd"
        sign = "±" if p.two_sided else ""
        cells = [f"{sign}{p.needed[n]:.2g}{unit}" + (" (too narrow)" if p.feasible[n] is False else "") for n in looks]
        table.add_row(p.id, p.expected, f"{p.spread:.2g}" if p.spread is not None else "unknown", *cells)
    out.print(table)
    out.print(
        "\n  one-sided: how far inside its edge the true mean must lie; two-sided: how wide the interval must be",
        style="dim",
    )
    for p in found.predictions:
        out.print(f"  spread of {p.id}: {p.spread_from}", style="dim")
    if found.joint is not None:
        chances = ", ".join(f"{c:.2f} by n = {n}" for n, c in found.joint.items())
        out.print(f"  with the truth at {at:g} for every prediction: supported with chance {chances}")


def _verdict_line(standing: Standing) -> str:
    record = standing.record
    flags = f" ({', '.join(standing.flags)})" if standing.flags else ""
    if record is None:
        return standing.status.value + flags
    return f"{standing.status.value}, grade {standing.grade}, {record.tier}{flags}: {record.verdict.reason}"


def _field(out: Console, name: str, text: str) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=12, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(f"  {name}", text)
    out.print(grid)


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
