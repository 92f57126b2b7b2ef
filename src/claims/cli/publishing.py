"""The commands `site`: the evidence as a site."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from claims.cli.options import Json, Root
from claims.cli.options import load as _load
from claims.cli.options import root_of as _root
from claims.cli.options import root_or_none as _root_or_none

site_app = typer.Typer(no_args_is_help=True, help="Render the evidence as a site.")


@site_app.command("build")
def site_build(
    out: Annotated[Path | None, typer.Option(help="Where to; default: build/site.")] = None,
    url: Annotated[
        str, typer.Option(envvar="SITE_URL", help="Where the site will be reached; with it there is a sitemap.")
    ] = "",
    root: Root = None,
) -> None:
    """Render the site."""
    from claims.site.build import build

    project = _load(root)
    place = build(
        project,
        out or project.root / "build" / "site",
        url=url,
        log=lambda line: None if line.startswith("site in") else typer.echo(line),
    )
    elsewhere = f" --out {shlex.quote(_shown(place))}" if out is not None else ""
    typer.echo(f"open {_shown(place)}/index.html, or: claims site serve{elsewhere}")


@site_app.command("audit")
def site_audit(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A built site; default: build/site.")] = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Report whatever a built site holds that none may, and links that lead nowhere. Exit status 1: problems."""
    from claims.cli import auditing

    project = _root_or_none(root) if folder else _root(root)
    raise typer.Exit(auditing.run(project, folder, as_json=as_json))


@site_app.command("serve")
def site_serve(
    port: Annotated[int, typer.Option(help="On 127.0.0.1.")] = 8000,
    out: Annotated[Path | None, typer.Option(help="The built site; default: build/site.")] = None,
    root: Root = None,
) -> None:
    """Serve the built site to this machine."""
    from claims.site.build import serve

    serve(out or _root(root) / "build" / "site", port)


def _shown(path: Path) -> str:
    """A path as short as it is from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
