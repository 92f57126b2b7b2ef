"""The commands between the registry and other texts and programs: `annotate`, `new`, `export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from claims.cli.options import Json, Out, Root, load, root_of

NotesFormat = Literal["bibtex", "csl-json"]
ExportFormat = Literal["bibtex", "csl-json", "csv", "jsonl"]
ExportWhat = Literal["claims", "sources", "verdicts"]


def annotate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .bib, a text with arXiv ids in it, or -.")],
    notes: Annotated[NotesFormat | None, typer.Option(help="Notes for a reference manager.")] = None,
    out: Out = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say which papers that a file cites have claims here, and what became of those."""
    from claims.cli import annotating

    annotating.annotate(load(root), file, notes=notes, out=out, as_json=as_json)


def new(
    paper: Annotated[str, typer.Argument(metavar="ARXIV_ID", help="With or without a version.")],
    claim_id: Annotated[str | None, typer.Option("--id", help="The claim's id, where you know it.")] = None,
    experiment: Annotated[str | None, typer.Option(metavar="NAME", help="Also write experiments/NAME.py.")] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the entry, write nothing.")] = False,
    root: Root = None,
) -> None:
    """Begin a claim from a paper: an entry to fill in, and if wished an experiment that runs."""
    from claims.cli import scaffolding

    if only_print and experiment is not None:
        raise typer.BadParameter("--print writes nothing, and --experiment writes a file: choose one")
    scaffolding.new(root_of(root), paper, claim_id=claim_id, experiment=experiment, only_print=only_print)


def export(
    form: Annotated[ExportFormat, typer.Option("--format", help="For references, for tables, for programs.")],
    what: Annotated[
        ExportWhat | None, typer.Option(help="Default: claims and sources as references, claims as rows.")
    ] = None,
    out: Out = None,
    root: Root = None,
) -> None:
    """Write claims, sources or verdicts for other programs."""
    from claims.cli import exporting

    exporting.run(load(root), form, what, out)
