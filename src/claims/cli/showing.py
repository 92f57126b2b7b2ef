"""`show`: one claim after the other."""

import json
from collections.abc import Sequence

from claims.cli import browse
from claims.project import Project


def show(project: Project, names: Sequence[str], *, as_json: bool) -> None:
    """Print claims or inquiries, each once. Raises SetupError before anything is printed."""
    documents = [browse.document(project, name) for name in dict.fromkeys(names)]
    if as_json:
        print(json.dumps(documents if len(documents) > 1 else documents[0], indent=1, ensure_ascii=False))
        return
    for number, name in enumerate(dict.fromkeys(names)):
        if number:
            print()
        browse.show(project, name)
