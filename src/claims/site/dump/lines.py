"""The data as JSON Lines: a claim a line, as `claims export` writes them, and a record a line."""

import json
from collections.abc import Iterator

from claims.export.rows import claim_row
from claims.export.tables import as_jsonl
from claims.ledger.evidence import StoredRecord
from claims.site.files import File
from claims.site.links import DATA
from claims.site.view.context import Context

_NO_TRACES = {"replicates": {"__all__": {"replicate": {"traces"}}}}
"""Series for plots: most of a record's bytes, and no verdict rests on them. The record's own file has them."""


def line_files(context: Context) -> Iterator[File]:
    """Both files."""
    claims = (claim_row(context.project, claim, context.standings[claim.id]) for claim in context.claims)
    yield File(f"{DATA}claims.jsonl", as_jsonl(claims).encode())
    records = (s for claim_id in sorted(context.project.records) for s in context.records(claim_id))
    yield File(f"{DATA}records.jsonl", "".join(map(_line, records)).encode())


def _line(stored: StoredRecord) -> str:
    record = stored.record.model_dump_json(exclude=_NO_TRACES, ensure_ascii=True)
    return f'{{"path":{json.dumps(stored.path)},"record":{record}}}\n'
