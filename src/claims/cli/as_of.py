"""`as-of`: the registry as it stood at a date, beside what it is now."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from claims.cli.browse import console
from claims.domain.claim import Status
from claims.history.as_of import Standing, as_of
from claims.history.changes import Change, Kind, between
from claims.history.sketch import Sketch, sketches
from claims.project import Project
from claims.registry.load import registry_files

_HEADINGS = {
    Kind.VERDICT: "other verdict",
    Kind.ADDED: "added since",
    Kind.WITHDRAWN: "withdrawn since",
    Kind.REMOVED: "removed since, which nobody should",
    Kind.REGISTERED: "can be run since",
    Kind.JUDGED: "sentence, scope or check changed",
    Kind.GROUNDING: "other grounding",
    Kind.QUESTION: "asked otherwise",
}


@dataclass(frozen=True)
class _Compared:
    then: Standing
    now: dict[str, Sketch]
    flags: Mapping[str, tuple[str, ...]]
    changes: tuple[Change, ...]


def run(project: Project, date: str, *, whole: bool, as_json: bool) -> None:
    """Print what has changed since; with `whole`, also the claims that have not."""
    found = _compared(project, date)
    if as_json:
        print(json.dumps(_plain(date, found), indent=1, ensure_ascii=False))
        return
    out = console()
    if not out.is_terminal:
        out.width = max(out.width, 80)
    stamp = found.then.when.strftime("%Y-%m-%d %H:%M UTC")
    out.print(f"as of {date}: commit {found.then.commit[:7]} of {stamp}", style="bold")
    out.print()
    out.print(_counts(found))
    for kind, heading in _HEADINGS.items():
        _section(out, heading, kind, [c for c in found.changes if kind in c.kinds])
    changed = {change.claim for change in found.changes}
    same = [name for name in found.now if name not in changed]
    out.print()
    if whole and same:
        out.print("as it was", style="bold")
        _table(out, [(name, _now(found, name), "") for name in same])
    elif same:
        out.print(f"{_claims(len(same))} as before; --all names them", style="dim")
    if not changed:
        out.print("nothing has changed since", style="dim")


def _compared(project: Project, date: str) -> _Compared:
    """Today's verdicts are derived from the records, as everywhere; the old ones are as they stood in the files."""
    then = as_of(project.root, date)
    standings = {claim.id: project.standing(claim) for claim in project.registry.claims}
    here = sketches(registry_files(project.root)) or {}
    now = {name: s._replace(status=standings[name].status.value) for name, s in here.items() if name in standings}
    flags = {name: standing.flags for name, standing in standings.items()}
    return _Compared(then, now, flags, between(then.claims, now))


def _counts(found: _Compared) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("")
    for name in ("then", "now"):
        table.add_column(name, justify="right")
    then, now = _by_status(found.then.claims.values()), _by_status(found.now.values())
    for status in Status:
        if then[status.value] or now[status.value]:
            table.add_row(status.value, str(then[status.value]), str(now[status.value]))
    table.add_row("claims", str(len(found.then.claims)), str(len(found.now)), style="bold")
    return table


def _by_status(claims: Iterable[Sketch]) -> Counter[str]:
    return Counter(sketch.status for sketch in claims)


def _section(out: Console, heading: str, kind: Kind, changes: list[Change]) -> None:
    if not changes:
        return
    out.print()
    out.print(f"{heading}: {len(changes)}", style="bold")
    _table(out, [(change.claim, *_words(change, kind)) for change in changes])


def _words(change: Change, kind: Kind) -> tuple[str, str]:
    """What stands beside a claim's id: the word it had, and the one that it has."""
    before, after = change.before, change.after
    match kind:
        case Kind.VERDICT if before is not None and after is not None:
            return before.status, f"→ {after.status}"
        case Kind.GROUNDING if before is not None and after is not None:
            return before.label, f"→ {after.label}"
        case Kind.QUESTION if before is not None:
            return f"was: {before.question}", ""
    return change.known.status, "planned" if change.known.test == "planned" else ""


def _now(found: _Compared, name: str) -> str:
    flags = found.flags.get(name, ())
    return found.now[name].status + (f" ({', '.join(flags)})" if flags else "")


def _table(out: Console, rows: list[tuple[str, str, str]]) -> None:
    """An id is never cut, since it is what people copy: what stands beside it goes to the next line where it must."""
    widest = max(len(name) for name, _, _ in rows)
    for name, *words in rows:
        beside = " ".join(word for word in words if word)
        if widest + len(beside) + 4 <= out.width:
            out.print(f"  {name.ljust(widest)}  {beside}", soft_wrap=True)
        else:
            grid = Table.grid(padding=(0, 0, 0, 4))
            grid.add_row(beside)
            out.print(f"  {name}", soft_wrap=True)
            out.print(grid)


def _claims(number: int) -> str:
    return f"{number} claim is" if number == 1 else f"{number} claims are"


def _plain(date: str, found: _Compared) -> dict[str, Any]:
    """For programs: every claim that was there then or is now."""
    kinds = {change.claim: [kind.value for kind in change.kinds] for change in found.changes}
    names = sorted(found.then.claims.keys() | found.now.keys())
    return {
        "asked": date,
        "commit": found.then.commit,
        "committed": found.then.when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "counts": {
            "then": dict(sorted(_by_status(found.then.claims.values()).items())),
            "now": dict(sorted(_by_status(found.now.values()).items())),
        },
        "claims": [
            {
                "id": name,
                "then": _side(found.then.claims.get(name)),
                "now": _side(found.now.get(name)),
                "flags": list(found.flags.get(name, ())),
                "changed": kinds.get(name, []),
            }
            for name in names
        ],
    }


def _side(sketch: Sketch | None) -> dict[str, str] | None:
    if sketch is None:
        return None
    return {
        "status": sketch.status,
        "grounding": sketch.label,
        "question": sketch.question,
        "test": sketch.test or "none",
    }
