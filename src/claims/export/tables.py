"""Rows as CSV (RFC 4180) and JSON Lines, in UTF-8."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from claims.domain.digest import Json

_DANGEROUS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""A spreadsheet runs a cell that begins with one of these as a formula, in whatever quotes it came (OWASP, CSV
injection). The last four are the same signs at full width, as some East Asian versions take them."""


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Json]]) -> str:
    """A header and a line a row.

    Text that a spreadsheet would run gets an apostrophe before it, and so does text that begins with one: who takes
    one apostrophe off every text that begins with one has the text again. Numbers stand as numbers, true and false as
    those words, nothing as nothing; lists and objects are JSON.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def as_jsonl(rows: Iterable[BaseModel]) -> str:
    """A JSON object a line, in ASCII: no line ends inside of one, and no sign in it turns the direction of text."""
    return "".join(f"{row.model_dump_json(ensure_ascii=True)}\n" for row in rows)


def _cell(value: Json) -> str | int | float | None:
    match value:
        case bool():
            return "true" if value else "false"
        case None | int() | float():
            return value
        case str():
            return f"'{value}" if value.startswith((*_DANGEROUS, "'")) else value
    return json.dumps(value, ensure_ascii=False)
