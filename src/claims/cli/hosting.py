"""`doctor`: what this machine offers, and what GitHub is set to."""

import json
import os
import re
from pathlib import Path
from typing import Annotated

import typer

from claims.cli.options import Json, Root, root_or_none
from claims.errors import SetupError


def doctor(
    github: Annotated[bool, typer.Option("--github", help="GitHub's settings instead; needs GITHUB_TOKEN.")] = False,
    repo: Annotated[str | None, typer.Option(help="With --github: OWNER/NAME; default: git's origin.")] = None,
    api: Annotated[str, typer.Option(help="With --github: the API's address.")] = "https://api.github.com",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say what this machine can run, what is missing, and the command that fixes it.

    With --github: which settings of the repository are not as they should be; reads only. Exit status: 0 all as
    it should be, 1 something is missing or wrong, 69 nothing wrong, but not everything could be told.
    """
    if not github:
        from claims.cli import checking

        raise typer.Exit(checking.doctor(root_or_none(root), as_json=as_json))
    place = root_or_none(root)
    raise typer.Exit(_settings(place, repo or _repository(place), api, as_json=as_json))


def _settings(root: Path | None, repo: str, url: str, *, as_json: bool) -> int:
    from claims.cli.browse import console
    from claims.github.api import Api, ApiError
    from claims.github.settings import examine

    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not token:
        raise SetupError("GITHUB_TOKEN is not set: GITHUB_TOKEN=$(gh auth token) claims doctor --github")
    try:
        settings = examine(Api(url, token.strip()), repo, root)
    except ApiError as error:
        raise SetupError(str(error)) from None
    if as_json:
        print(json.dumps([setting._asdict() for setting in settings], indent=1))
    else:
        out = console()
        for setting in settings:
            out.print(f"{setting.state:12} {setting.name:13} {setting.found}")
            if setting.remedy:
                out.print(f"  {setting.remedy}", style="dim", soft_wrap=True)  # a command is copied whole
    states = {setting.state for setting in settings}
    return 1 if "wrong" in states else 69 if "cannot tell" in states else 0


def _repository(root: Path | None) -> str:
    """OWNER/NAME of git's origin, or of the workflow that this runs in. Raises SetupError where there is neither."""
    from claims.runner import git

    origin = git.origin(root) if root else ""
    found = re.search(r"github\.com[:/]([\w-]+/[\w.-]+?)(?:\.git)?/?$", origin, re.ASCII)
    if found:
        return found[1]
    if named := os.environ.get("GITHUB_REPOSITORY"):
        return named
    raise SetupError("git's origin is not on github.com: name the repository with --repo OWNER/NAME")
