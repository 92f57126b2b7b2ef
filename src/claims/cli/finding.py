"""`find`: from words to the claims and inquiries that speak of them."""

import json

from rich.padding import Padding
from rich.text import Text

from claims.cli.browse import console
from claims.domain.claim import Status
from claims.project import Project
from claims.related.find import Found, find

_WIDTH = 2 + max(len(status) for status in Status)


def run(project: Project, asked: str, *, as_json: bool) -> int:
    """Print what is nearest. 1 where nothing is."""
    found = find(project.registry, asked)
    if as_json:
        print(json.dumps([{**one._asdict(), "answer": _answer(project, one)} for one in found], indent=1))
        return 0 if found else 1
    out = console()
    if not found:
        out.print("nothing here speaks of that; `claims list` names all claims")
        return 1
    for one in found:
        out.print(f"{_answer(project, one):{_WIDTH}}{one.id}", soft_wrap=True)  # an id that is broken cannot be copied
        out.print(Padding(Text(one.question, style="dim"), (0, 0, 0, _WIDTH)))
    out.print("`claims show ID` for one; a verdict is on the claim's sentence", style="dim")
    return 0


def _answer(project: Project, found: Found) -> str:
    return project.standing(project.claim(found.id)).status.value if found.kind == "claim" else "inquiry"
