"""The commands `sources`: papers as arXiv gives them."""

from pathlib import Path
from typing import Annotated

import typer

from claims.cli.options import Json, PaperIds, Root
from claims.cli.options import load_sound as _load_sound
from claims.cli.options import root_of as _root

sources_app = typer.Typer(no_args_is_help=True, help="Papers as arXiv gives them, and the quotes from them.")


@sources_app.command("sync")
def sources_sync(
    papers: PaperIds = None,
    text: Annotated[Path | None, typer.Option(help="Look the quotes up in this file instead; asks nobody.")] = None,
    of: Annotated[str | None, typer.Option("--id", help="With --text: its paper and version, 2505.11711v2.")] = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Ask arXiv about papers, keep its answer in literature/, look up what claims quote from them.

    Exit status: 0, 2 where an id or version is wrong, 69 where arXiv did not answer; with --text, 1 for a quote that
    is not there.
    """
    from claims.cli import sources

    if (text is None) != (of is None) or (text is not None and papers):
        raise typer.BadParameter("--text FILE and --id ID go together, without other ids")
    if text is not None and of is not None:
        raise typer.Exit(sources.run_text(_root(root), of, text, as_json=as_json))
    raise typer.Exit(sources.run_sync(_root(root), papers or (), as_json=as_json))


@sources_app.command("watch")
def sources_watch(papers: PaperIds = None, as_json: Json = False, root: Root = None) -> None:
    """Say what is new of papers: versions, wording, quotes that are gone, withdrawal.

    Exit status: 0 nothing new, 1 news, 2 where a paper could not be compared, 69 where arXiv did not answer.
    """
    from claims.cli import sources

    raise typer.Exit(sources.run_watch(_root(root), papers or (), as_json=as_json))


@sources_app.command("show")
def sources_show(
    paper: Annotated[str, typer.Argument(metavar="ID", help="A paper's arXiv id.")],
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Show a paper with the claims on it."""
    from claims.cli import papers

    papers.show(_load_sound(root, as_json=as_json), paper, as_json=as_json)
