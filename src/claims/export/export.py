"""One export: a format, and what of the project goes into it."""

from collections.abc import Callable, Iterable
from typing import Literal

from claims.errors import SetupError
from claims.export.references import as_bibtex, as_csl
from claims.export.rows import ClaimRow, Row, SourceRow, VerdictRow, claim_rows, source_rows, verdict_rows
from claims.export.tables import as_csv, as_jsonl
from claims.project import Project

Format = Literal["bibtex", "csl-json", "csv", "jsonl"]
What = Literal["claims", "sources", "verdicts"]

ROWS: dict[What, tuple[type[Row], Callable[[Project], Iterable[Row]]]] = {
    "claims": (ClaimRow, claim_rows),
    "sources": (SourceRow, source_rows),
    "verdicts": (VerdictRow, verdict_rows),
}


def export(project: Project, form: Format, what: What | None) -> str:
    """The text of an export. Without `what`: papers and claims as references, claims as rows.

    Raises SetupError for verdicts as references: a verdict is cited by its claim.
    """
    if form in ("bibtex", "csl-json"):
        if what == "verdicts":
            raise SetupError(f"{form} holds what can be cited, claims and sources; for verdicts use csv or jsonl")
        chosen = ("sources", "claims") if what is None else (what,)
        return as_bibtex(project, chosen) if form == "bibtex" else as_csl(project, chosen)
    kind, rows = ROWS[what or "claims"]
    if form == "jsonl":
        return as_jsonl(rows(project))
    return as_csv(tuple(kind.model_fields), (row.model_dump(mode="json") for row in rows(project)))
