"""`power`: what a claim's registered design would see."""

import json

from rich.table import Table

from claims.cli.browse import console
from claims.project import Project


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
