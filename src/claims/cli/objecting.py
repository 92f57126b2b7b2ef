"""`dispute`: say that something of a claim is wrong."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from claims.cli.options import ClaimId, Root, load

About = Literal["statement", "grounding", "source", "prediction", "experiment", "evidence", "other"]


def dispute(
    claim: ClaimId,
    reason: Annotated[str, typer.Option(help="What is wrong, in plain text; a blank line ends a paragraph.")],
    about: Annotated[About, typer.Option(help="What of the claim is wrong.")] = "other",
    evidence: Annotated[
        list[str] | None, typer.Option(help="A paper as 2505.11711v2, or a record's digest; may be repeated.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who says so; default: git's user.name.")] = None,
    root: Root = None,
) -> None:
    """Write down a dispute of a claim: it is contested from then on, until somebody resolves it."""
    from claims.scaffold.dispute import Objection
    from claims.scaffold.dispute import dispute as write

    said = Objection(about, reason, tuple(evidence or ()), by)
    path = write(load(root), claim, said, datetime.now(UTC).date())
    print(f"wrote {os.path.relpath(path) if path.is_relative_to(Path.cwd()) else path}")
    print("commit it by itself and send it as a pull request: from then on only `resolved` may be added to it")
