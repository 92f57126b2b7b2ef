"""`new`: the beginning of a claim from a paper."""

import os
import sys
from pathlib import Path

from claims.registry.placeholders import MARK
from claims.scaffold.begin import begin, write


def new(root: Path, paper: str, *, claim_id: str | None, experiment: str | None, only_print: bool) -> None:
    """Write the scaffold, or print the entry and write nothing."""
    begun = begin(root, paper, claim_id=claim_id, experiment=experiment)
    if only_print:
        sys.stdout.write(begun.entry)
        return
    for path in write(root, begun):
        print(f"wrote {os.path.relpath(path) if path.is_relative_to(Path.cwd()) else path}")
    number = begun.entry.count(f'"{MARK}')
    print(f"{number} places to fill in; `claims check` names those that are left")
    if experiment is not None:
        print(f"then, for a first run that decides nothing: claims verify {claim_id or 'ID'} --scale smoke")
