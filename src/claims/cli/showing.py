"""`show`: one claim after the other."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout

from claims.cli import browse
from claims.project import Project


def show(project: Project, names: Sequence[str], *, as_json: bool) -> None:
    """Print claims or inquiries, each as if it were asked for alone. Raises SetupError before anything is printed."""
    chosen = dict.fromkeys(names)
    inquiries = {inquiry.id for inquiry in project.registry.inquiries}
    for name in chosen:
        if name not in inquiries:
            project.claim(name)
    if as_json and len(chosen) > 1:
        print("[" + ",\n".join(_json(project, name) for name in chosen) + "]")
        return
    for number, name in enumerate(chosen):
        if number:
            print()
        browse.show(project, name, as_json=as_json)


def _json(project: Project, name: str) -> str:
    with redirect_stdout(io.StringIO()) as text:
        browse.show(project, name, as_json=True)
    return text.getvalue().strip()
