"""`sources sync` and `sources watch`: what arXiv says, in the terminal."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.padding import Padding

from claims.cli.browse import console
from claims.cli.papers import name, quote_lines
from claims.domain.counting import count
from claims.domain.digest import as_json as plain
from claims.literature.client import ArxivError
from claims.literature.service import Service, service_from
from claims.sources.news import ORDER
from claims.sources.reading import Looked, read_text
from claims.sources.sync import Report, Seen, sync, watch

NO_ANSWER = 69
"""Exit status where arXiv gave no usable answer: a service is not available."""


def run_sync(root: Path, words: Sequence[str], *, as_json: bool) -> int:
    """Print what came of a sync. 0, 2 where ids or versions are wrong, 69 where arXiv did not answer."""
    try:
        report = sync(root, words, _service(), _now())
    except ArxivError as error:
        return _no_answer(error)
    if as_json:
        _print_json(report, _resolution)
        return _problems(report)
    out = console()
    for seen in report.seen:
        out.print(f"{name(seen.paper):18} {_resolution(seen):13} {seen.paper.title}", soft_wrap=True)
        for line in (*_new_lines(seen), *quote_lines(seen.paper)):
            out.print(_below(line), style="dim")
    changed = sum(seen.paper != seen.before for seen in report.seen)
    out.print(f"{count(len(report.seen), 'paper')} asked for, {count(changed, 'file')} of literature/ written")
    return _problems(report)


def run_text(root: Path, named: str, file: Path, *, as_json: bool) -> int:
    """Print which quotes stand in a file. 0 when all do, 1 when one does not."""
    looked = read_text(root, named, file, _now().date())
    if as_json:
        print(json.dumps({"paper": looked.paper.id, "text": looked.text, "quotes": [plain(c) for c in looked.checks]},
                         indent=1, ensure_ascii=False))  # fmt: skip
    else:
        _print_looked(looked)
    return 0 if all(check.found for check in looked.checks) else 1


def run_watch(root: Path, words: Sequence[str], *, as_json: bool) -> int:
    """Print what is new. 0 nothing, 1 news, 2 where a paper could not be compared, 69 where arXiv did not answer."""
    try:
        report = watch(root, words, _service(), _now())
    except ArxivError as error:
        return _no_answer(error)
    if as_json:
        _print_json(report, _outcome)
    else:
        _print_watched(report)
    return _problems(report) or int(any(seen.news for seen in report.seen))


def _print_watched(report: Report) -> None:
    out = console()
    for seen in report.seen:
        out.print(f"{name(seen.paper):18} {_outcome(seen):13} {seen.paper.title}", soft_wrap=True)
        for line in _new_lines(seen):
            out.print(_below(line))
        for place in seen.open:
            out.print(_below(f"{place.claim} cites {place.versioned}: {', '.join(place.moves)}"), style="dim")
    number = sum(bool(seen.news) for seen in report.seen)
    new = f"news of {count(number, 'paper')}" if number else "nothing new"
    moved = sorted({place.claim for seen in report.seen for place in seen.open})
    marked = f"; marked source-moved: {', '.join(moved)}" if moved else ""
    out.print(f"{count(len(report.seen), 'paper')} asked for, {new}{marked}")


def _print_looked(looked: Looked) -> None:
    out = console()
    out.print(f"{looked.paper.id}  {looked.paper.title}")
    for check in looked.checks:
        out.print(f"  {'found' if check.found else 'not found':10} “{check.quote}”")
    if not looked.checks:
        out.print("  no claim quotes it")
    out.print(f"looked up in the {looked.text}; its digest is kept, the text is not", style="dim")


def _new_lines(seen: Seen) -> list[str]:
    lines = [f"{item.kind}: {item.words}" for item in sorted(seen.news, key=lambda item: ORDER.index(item.kind))]
    if seen.before is not None and seen.before.origin == "dossier" and seen.before.title != seen.paper.title:
        lines.append(f"our notes called it “{seen.before.title}”")
    if seen.before is None and seen.paper.withdrawn:
        lines.append(f"withdrawn: says so itself, for a person to judge: {seen.paper.withdrawn}")
    return lines


def _below(line: str) -> Padding:
    """A line under a paper's, also where it is wrapped."""
    return Padding(line, (0, 0, 0, 19), expand=False)


def _outcome(seen: Seen) -> str:
    """A word for what watch saw: `known` where a paper has moved on and that was told before."""
    if seen.news:
        return seen.news[0].kind
    return "known" if seen.open else "unchanged"


def _resolution(seen: Seen) -> str:
    if seen.before is None:
        return "new"
    if seen.news:
        return seen.news[0].kind
    if seen.before.resolved is None:
        return "resolved"
    return "unchanged" if seen.paper == seen.before else "updated"


def _print_json(report: Report, outcome: Callable[[Seen], str]) -> None:
    papers = [
        {
            "id": seen.paper.id,
            "version": seen.paper.newest.version,
            "title": seen.paper.title,
            "outcome": outcome(seen),
            "news": [{"kind": item.kind, "words": item.words} for item in seen.news],
            "open": [{"claim": o.claim, "cites": o.versioned, "moves": list(o.moves)} for o in seen.open],
            "quotes": [plain(check) for check in seen.paper.quotes],
        }
        for seen in report.seen
    ]
    whole: dict[str, Any] = {"papers": papers, "problems": list(report.problems)}
    print(json.dumps(whole, indent=1, ensure_ascii=False))


def _problems(report: Report) -> int:
    for line in report.problems:
        print(f"claims: {line}", file=sys.stderr)
    return 2 if report.problems else 0


def _no_answer(error: ArxivError) -> int:
    print(f"claims: {error}", file=sys.stderr)
    return NO_ANSWER


def _service() -> Service:
    return service_from(os.environ, log=lambda line: print(f"claims: {line}", file=sys.stderr))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
