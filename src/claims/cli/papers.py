"""`sources show`: a paper in the terminal."""

import json
from collections.abc import Iterator

from claims.cli.browse import console
from claims.domain.counting import count
from claims.domain.digest import as_json as plain
from claims.domain.paper import Paper
from claims.project import Project
from claims.sources.show import Held, held


def show(project: Project, named: str, *, as_json: bool) -> None:
    """Print a paper with the claims on it."""
    found = held(project, named)
    if as_json:
        claims = [{**c._asdict(), "moves": list(c.moves), "flags": list(c.flags)} for c in found.claims]
        print(json.dumps({"paper": plain(found.paper), "claims": claims}, indent=1, ensure_ascii=False))
        return
    _print_held(found)


def quote_lines(paper: Paper) -> list[str]:
    """A line for each quote: where it was found, and where not."""
    lines = []
    for quote in dict.fromkeys(check.quote for check in paper.quotes):
        checks = [check for check in paper.quotes if check.quote == quote]
        words = "; ".join(
            f"{'found in' if c.found else 'not found in'} {c.text}, {c.checked.isoformat()}" for c in checks
        )
        hint = "" if any(c.found for c in checks) else "; another text of it: --text FILE --id ID"
        lines.append(f"“{quote}” {words}{hint}")
    return lines


def name(paper: Paper) -> str:
    """A paper's id with its newest version."""
    return f"{paper.id}v{paper.newest.version}"


def _print_held(found: Held) -> None:
    paper, out = found.paper, console()
    out.print(f"{name(paper)}  {paper.title}", style="bold")
    out.print(f"  {', '.join(paper.authors)}\n")
    for word, text in _facts(paper):
        out.print(f"{word:12} {text}")
    for quote in quote_lines(paper):
        out.print(f"{'quote':12} {quote}")
    out.print()
    for c in found.claims:
        moved = f" ({', '.join(c.moves)})" if c.moves else ""
        out.print(f"{c.claim}  {c.status}, {c.grounding}")
        out.print(f"  {c.stance} at {c.arxiv}{moved}, {c.locator}: {c.says}", style="dim")
    claims, times = len({c.claim for c in found.claims}), len(found.claims)
    out.print(f"named by {count(claims, 'claim')}{f', {times} times' if times != claims else ''}", style="dim")


def _facts(paper: Paper) -> Iterator[tuple[str, str]]:
    yield (
        "versions",
        ", ".join(f"v{v.version}" + (f" ({v.submitted.isoformat()})" if v.submitted else "") for v in paper.versions),
    )
    resolved = f"arXiv, {paper.resolved:%Y-%m-%d %H:%M} UTC" if paper.resolved else "notes of this project, not arXiv"
    yield "known from", resolved
    if paper.withdrawn:
        yield "withdrawn?", f"{paper.withdrawn} (for a person to judge)"
    for word, text in (("comment", paper.comment), ("categories", ", ".join(paper.categories)), ("doi", paper.doi)):
        if text:
            yield word, text
    if paper.abstract:
        yield "abstract", paper.abstract
    if paper.note:
        yield "note", paper.note
    for reading in paper.readings:
        version = f"v{reading.version}" if reading.version else "unknown version"
        yield "read", f"{reading.what} of {version}, {reading.on.isoformat()}: {reading.how}"
