"""`export`: the registry for other programs."""

from pathlib import Path

from claims.cli.writing import put
from claims.export.export import Format, What, export
from claims.project import Project


def run(project: Project, form: Format, what: What | None, out: Path | None) -> None:
    """Write or print an export."""
    put(export(project, form, what), out)
