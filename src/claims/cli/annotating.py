"""`annotate`: which papers that a file cites have claims here."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from claims.annotate.cited import Cited, cited, decoded, read
from claims.annotate.notes import as_bibtex, as_csl, scope, stances
from claims.cli.browse import console
from claims.cli.writing import put
from claims.domain.counting import count
from claims.domain.status import doubts
from claims.project import Project

NOTES: dict[str, Callable[[Iterable[Cited]], str]] = {"bibtex": as_bibtex, "csl-json": as_csl}


def annotate(project: Project, file: Path, *, notes: str | None, out: Path | None, as_json: bool) -> None:
    """Print what is known of the papers that a file cites, or the notes on them. `-` is standard input."""
    piped = str(file) == "-"
    text = decoded(sys.stdin.buffer.read()) if piped else read(file)
    papers = cited(project, text, bibliography=file.suffix.lower() in (".bib", ".bibtex", ".biblatex"))
    if notes is not None:
        put(NOTES[notes](papers), out, source=None if piped else file)
    elif as_json:
        put(json.dumps([_plain(paper) for paper in papers], indent=1, ensure_ascii=False) + "\n", out)
    else:
        _print(console(), papers)


def _print(out: Console, papers: Sequence[Cited]) -> None:
    for paper in papers:
        if paper.claims:
            out.print(_heading(paper))
            out.print(_row(out, "claim", "the paper", "grounding", "verdict here"), style="dim")
            for on in paper.claims:
                flags = f" ({', '.join(doubts(on.standing))})" if on.standing.flags else ""
                words = on.claim.grounding.label.value, on.standing.status.value + flags
                out.print(_row(out, on.claim.id, stances(on), *words))
                out.print(_shortened(scope(on), out.width), style="dim")
            out.print()
    _listed(out, "held, without a claim on it", [p for p in papers if p.paper is not None and not p.claims])
    missing = [p for p in papers if p.paper is None]
    _listed(out, "not held", missing)
    if missing:
        out.print("  `claims sources sync ID` fetches one; `claims new ID` begins a claim on it\n", style="dim")
    out.print(_sum(papers), style="dim")


def _sum(papers: Sequence[Cited]) -> str:
    if not papers:
        return "no arXiv id in it"
    number = len({on.claim.id for paper in papers for on in paper.claims})
    with_claims = sum(bool(paper.claims) for paper in papers)
    return f"{count(len(papers), 'paper')} cited, {with_claims} of them with claims here; {count(number, 'claim')}"


def _row(out: Console, claim: str, *cells: str) -> Table:
    """A line of the table: tables of rich have no cell over all columns, and a scope needs one."""
    widths = (11, 13, 17)
    rest = max(20, out.width - 2 - sum(widths) - 2 * len(widths))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=rest + 2)
    for width in widths:
        table.add_column(width=width, overflow="fold")
    wrapped = textwrap.wrap(claim, rest + 2, initial_indent="  ", subsequent_indent="    ")
    table.add_row("\n".join(wrapped), *cells)
    return table


def _shortened(text: str, width: int) -> str:
    """At most two lines; `claims show` has all of it."""
    lines = textwrap.wrap(text, max(40, width - 5))
    more = "…" if len(lines) > 2 else ""
    return "\n".join(f"    {line}" for line in lines[:2]) + more


def _heading(paper: Cited) -> Text:
    """Id, title, the keys of the file's entries; where versions differ, which."""
    heading = Text(f"{paper.id}  {paper.title}", style="bold")
    keys = ", ".join(paper.keys)
    heading.append(f"  [{keys}]" if keys else "", style="not bold dim")
    other = _other_versions(paper)
    if paper.versions and other:
        named = ", ".join(f"v{version}" for version in paper.versions)
        heading.append(f"\n  the file cites {named}, the claims {', '.join(other)}", style="not bold dim")
    moved = dict.fromkeys(move for on in paper.claims for move in on.moves)
    if moved:
        heading.append(f"\n  since the claims were written: {', '.join(moved)}", style="not bold dim")
    return heading


def _other_versions(paper: Cited) -> list[str]:
    """Versions that claims cite and the file does not."""
    of_claims = {int(source.arxiv.rpartition("v")[2]) for on in paper.claims for source in on.sources}
    return [f"v{version}" for version in sorted(of_claims - set(paper.versions))]


def _listed(out: Console, what: str, papers: Sequence[Cited]) -> None:
    if papers:
        out.print(what, style="bold")
    for paper in papers:
        keys = ", ".join(paper.keys)
        lines = ", ".join(map(str, paper.lines[:5]))
        where = keys or f"line {lines}"
        title = paper.title or "its title is not known here"
        out.print(Text(f"  {paper.id:14}  {title}").append(f"  [{where}]", style="dim"), overflow="fold")
    if papers:
        out.print()


def _plain(paper: Cited) -> dict[str, Any]:
    """For programs."""
    return {
        "paper": paper.id,
        "versions": list(paper.versions),
        "keys": list(paper.keys),
        "lines": list(paper.lines),
        "held": paper.paper is not None,
        "title": paper.title or None,
        "claims": [
            {
                "id": on.claim.id,
                "statement": on.claim.statement,
                "scope": {k: list(v) if isinstance(v, tuple) else v for k, v in on.claim.scope.items()},
                "sources": [
                    {"arxiv": s.arxiv, "stance": s.stance, "locator": s.locator, "says": s.says} for s in on.sources
                ],
                "grounding": on.claim.grounding.label.value,
                "told": sorted({told.label.value for told in on.claim.circulated}),
                "status": on.standing.status.value,
                "grade": on.standing.grade,
                "flags": list(on.standing.flags),
                "moves": list(on.moves),
            }
            for on in paper.claims
        ],
    }
