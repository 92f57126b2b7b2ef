"""The bytes of a file of evidence: strict JSON in, one canonical form out."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isfinite
from typing import Any

from claims.domain.claim import Model
from claims.domain.digest import digest_of
from claims.domain.finding import Finding
from claims.errors import Problems

LIMIT = 256 * 1024
"""Bytes that a record file may have."""
_MOST = 100
"""Flaws that are told of one file: 60,000 of them, 900 levels down, took 10 s and 111 MB of words."""
_DEEPEST = 12
"""Steps of a path that are told: no record has more."""


def render(record: Model) -> bytes:
    """The only form in which a record or a rerun is stored: ASCII, sorted keys, containers of plain values on one line.

    One line for each series, prediction and gate: a reviewer reads it, and no invisible or direction-changing
    sign can hide in it. Fields that are unknown are written as null, so that a missing one is an error.
    """
    return (_text(record.model_dump(mode="json"), 0) + "\n").encode("ascii")


def parse(data: bytes, file: str) -> dict[str, Any]:
    """A JSON object. Raises Problems with every flaw: size, encoding, syntax, repeated keys, numbers that are not."""
    if len(data) > LIMIT:
        raise Problems([Finding(file=file, message=f"is larger than {LIMIT} bytes")])
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_Object.of, parse_constant=float)
        flaws = [_finding(file, path, what) for path, what in islice(_flaws(value, ()), _MOST)]
    except UnicodeDecodeError as error:
        raise Problems([Finding(file=file, message=f"is not UTF-8 (byte {error.start})")]) from None
    except json.JSONDecodeError as error:
        found = Finding(file=file, line=error.lineno, column=error.colno, message=f"is not JSON: {error.msg}")
        raise Problems([found]) from None
    except RecursionError:
        raise Problems([Finding(file=file, message="is nested too deeply")]) from None
    except ValueError:
        # Python refuses to read integers of thousands of digits.
        raise Problems([Finding(file=file, message="has a number with too many digits")]) from None
    if not isinstance(value, dict):
        flaws.append(Finding(file=file, message="must be a JSON object"))
    if flaws:
        raise Problems(flaws)
    return dict(value)


def digest_in(raw: dict[str, Any]) -> str | None:
    """The digest that a parsed record should carry; None for content that no record can have.

    Computed on what stands in the file and not on the parsed model, so that an edit which also breaks the
    schema is still reported as an edit. Nulls are left out, as in `Record.computed_digest`.
    """
    try:
        return digest_of(_without_nulls({key: value for key, value in raw.items() if key != "digest"}))
    except (ValueError, RecursionError):
        return None


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys it was given more than once."""

    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, Any]]) -> "_Object":
        value = cls(pairs)
        value.repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return value


def _finding(file: str, path: tuple[str, ...], what: str) -> Finding:
    shown = path if len(path) <= _DEEPEST else (*path[:_DEEPEST], "…")
    return Finding(file=file, field=".".join(shown)[:200], message=what)


def _flaws(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    match value:
        case _Object():
            yield from (((*path, key), "is given twice") for key in value.repeated)
            for key, item in value.items():
                yield from _flaws(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _flaws(item, (*path, str(index)))
        case float() if not isfinite(value):
            yield path, f"is {value}, not a finite number"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _text(value: Any, depth: int) -> str:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(item, dict | list) for item in items):
        return json.dumps(value, sort_keys=True, allow_nan=False)
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        lines = (f"{json.dumps(key)}: {_text(value[key], depth + 1)}" for key in sorted(value))
        return "{" + pad + f",{pad}".join(lines) + end + "}"
    return "[" + pad + f",{pad}".join(_text(item, depth + 1) for item in value) + end + "]"
