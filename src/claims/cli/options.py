"""What commands have in common: options, and the project that they are about."""

from pathlib import Path
from typing import Annotated, Any

import typer

from claims.errors import ClaimsError

Root = Annotated[Path | None, typer.Option("--root", help="The project's folder; default: here or above.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
PaperIds = Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="arXiv ids; default: all.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file; default: standard output.")]
ClaimId = Annotated[str, typer.Argument(metavar="ID", help="A claim, as `claims list` names it.")]


def root_of(given: Path | None) -> Path:
    """The folder that was named, else the nearest project. Raises SetupError outside of one."""
    from claims.project import find_root

    return given.resolve() if given is not None else find_root(Path.cwd())


def root_or_none(given: Path | None) -> Path | None:
    """The same, None outside of a project."""
    try:
        return root_of(given)
    except ClaimsError:
        return None


def load(given: Path | None) -> Any:
    """The project, read. Raises Problems where it is not sound."""
    from claims.ledger.known import Known
    from claims.project import load as read

    root = root_of(given)
    return read(root, Known(root))


def load_sound(given: Path | None, *, as_json: bool) -> Any:
    """The project as far as it is sound, for who only reads: a draft beside them should not hide the other claims.

    A line on standard error says what is left out. Programs get all or nothing, and nobody what was tampered with.
    """
    import sys

    from claims.domain.counting import count
    from claims.errors import Problems
    from claims.ledger.known import Known
    from claims.project import examine, tampered

    root = root_of(given)
    project, findings = examine(root, Known(root))
    if project is None or (findings and (as_json or tampered(findings))):
        raise Problems(findings)
    if findings:
        files = ", ".join(dict.fromkeys(f.file for f in findings))
        problems = count(len(findings), "problem")
        print(f"claims: {problems} in {files}, told by claims check; here is the rest", file=sys.stderr)
    return project
