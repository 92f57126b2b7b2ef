"""The database: everything that the site holds as one SQLite file.

It is made in memory, row by row in the registry's order, so equal projects give equal bytes (with one SQLite).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count

from claims.domain.claim import Claim
from claims.domain.digest import Json
from claims.domain.record import Record
from claims.export.rows import Row, claim_row, finite, sources_of
from claims.export.said import dispute_rows, reply_rows
from claims.site.database_schema import SCHEMA
from claims.site.files import File
from claims.site.links import DATABASE
from claims.site.view.agreement import ends
from claims.site.view.context import Context
from claims.site.words import findings, headline

_Row = tuple[str | int | float | None, ...]


def database(context: Context) -> File:
    """The file."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        numbers = _records(connection, context)
        _claims(connection, context, numbers)
        _papers(connection, context)
        _sources(connection, context)
        connection.execute("COMMIT")
        return File(DATABASE, connection.serialize())
    finally:
        connection.close()


def _claims(connection: sqlite3.Connection, context: Context, numbers: dict[str, int]) -> None:
    claims = context.claims
    _insert(connection, "claims", (_claim(context, claim, numbers) for claim in claims))
    _insert(connection, "topics", ((claim.id, topic) for claim in claims for topic in claim.topics))
    _insert(
        connection,
        "circulated",
        ((c.id, t.text, t.where, t.label.value, t.because) for c in claims for t in c.circulated),
    )
    _insert(connection, "relations", ((c.id, r.kind, r.to, r.because) for c in claims for r in c.relations))
    said = [filed for claim in claims for filed in context.project.disputes.get(claim.id, ())]
    _insert(connection, "disputes", (tuple(_flat(row)) for row in dispute_rows(tuple(said))))
    _insert(connection, "replies", (tuple(_flat(row)) for row in reply_rows(tuple(said))))
    _insert(connection, "predictions", (row for claim in claims for row in _predictions(claim)))


def _claim(context: Context, claim: Claim, numbers: dict[str, int]) -> _Row:
    standing = context.standings[claim.id]
    row = claim_row(context.project, claim, standing)
    return (
        *(row.id, row.question, row.statement, _json(row.scope), row.asserted, row.grounding, row.grounding_because),
        *(row.status, row.grade, headline(claim, standing), findings(claim, standing), _json(row.flags)),
        *(_json(row.contested_by), *((gone.on.isoformat(), gone.because) if (gone := row.withdrawn) else (None, None))),
        *(numbers[row.record] if row.record else None, row.experiment, row.planned, row.watch, row.digest),
    )


def _predictions(claim: Claim) -> Iterator[_Row]:
    check = claim.check or claim.planned
    for asked in check.predictions if check else ():
        of, minus = (asked.contrast.of, asked.contrast.minus) if asked.contrast else (None, None)
        interval = asked.expect.interval
        yield (
            *(claim.id, asked.id, asked.metric, asked.condition, of, minus),
            *(finite(interval.low), finite(interval.high), asked.rival),
        )


def _papers(connection: sqlite3.Connection, context: Context) -> None:
    held = context.project.papers
    _insert(
        connection,
        "papers",
        (
            (p.id, p.title, _json(p.authors), p.published.isoformat(), p.newest.version)
            if (p := held.get(paper_id))
            else (paper_id, None, "[]", None, None)
            for paper_id in context.paper_ids()
        ),
    )


def _sources(connection: sqlite3.Connection, context: Context) -> None:
    rows = [row for claim in context.claims for row in sources_of(context.project, claim)]
    _insert(
        connection,
        "sources",
        (
            (number, s.claim, s.paper, s.version, s.stance, s.locator, s.unverified, s.says, s.quote)
            for number, s in enumerate(rows, 1)
        ),
    )
    _insert(
        connection,
        "reported",
        (
            (number, r.metric, *map(float, ends(r)), r.unit, r.locator, r.conditions)
            for number, s in enumerate(rows, 1)
            for r in s.reported
        ),
    )


def _records(connection: sqlite3.Connection, context: Context) -> dict[str, int]:
    """Write all records; returns their numbers by path."""
    stored = [s for claim_id in sorted(context.project.records) for s in context.records(claim_id)]
    numbers = {s.path: number for number, s in enumerate(stored, 1)}
    replicates = count(1)
    for s in stored:
        record, number = s.record, numbers[s.path]
        _insert(connection, "records", [_record(number, s.path, record, s.erratum.what if s.erratum else None, s.tier)])
        _insert(
            connection,
            "verdicts",
            (
                (number, v.id, v.estimate, v.low, v.high, v.level, v.n, v.outside, v.verdict.value)
                for v in record.verdict.predictions
            ),
        )
        _replicates(connection, number, record, replicates)
    return numbers


def _record(number: int, path: str, record: Record, erratum: str | None, tier: str) -> _Row:
    verdict = record.verdict
    return (
        *(number, path, record.claim.id, record.experiment, record.scale, record.batch, _json(record.params)),
        *(verdict.verdict.value if verdict.verdict else None, verdict.grade, verdict.n, verdict.reason, record.rule),
        *(int(record.confirmatory), record.exploratory_because, erratum, tier, record.contributor),
        *(record.commit, int(record.dirty), record.closure.digest, record.started, record.finished),
        *(_json(record.environment.model_dump(mode="json")), record.digest),
    )


def _replicates(connection: sqlite3.Connection, record: int, held: Record, numbers: Iterator[int]) -> None:
    numbered = [(next(numbers), judged) for judged in held.replicates]
    _insert(
        connection,
        "replicates",
        (
            (number, record, r.index, r.seed, r.outcome.value, int(j.valid), r.seconds, r.cpu_seconds, r.peak_mib)
            for number, j in numbered
            if (r := j.replicate)
        ),
    )
    _insert(
        connection,
        "measurements",
        (
            (number, condition, metric, value)
            for number, j in numbered
            for condition, metrics in (*j.replicate.measured.items(), (None, j.replicate.combined))
            for metric, value in metrics.items()
        ),
    )


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    held = list(rows)
    if held:
        places = ", ".join("?" * len(held[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", held)  # noqa: S608 (a name of ours)


def _flat(row: Row) -> Iterator[str | None]:
    """The fields of a row of texts, in their order, which is that of the table."""
    return (_json(value) if isinstance(value, tuple) else value for _, value in row)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
