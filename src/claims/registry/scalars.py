"""Plain scalars by the rules of YAML 1.2's core schema (section 10.3.2 of its specification), narrowed.

Narrower than the core schema: octal, hexadecimal and numbers with a leading zero stay text, and numbers that
JSON cannot carry are refused. So `no`, `12:30:45`, `0755` and dates are text, as they look.
"""

import math
import re

from claims.registry.nodes import Typed

_WORDS: dict[str, Typed] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def typed(text: str) -> Typed:
    """The value of a plain scalar. Raises ValueError for a number that JSON cannot carry exactly."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":  # most scalars are words, and three patterns cost more than one look
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be compared; write a finite one")
    if _INT.fullmatch(text):
        if len(text) > 17 or abs(int(text)) > 2**53:
            raise ValueError(f"{shown(text)} is beyond 2^53 and would be rounded; write it in quotes if it is a name")
        return int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(f"{shown(text)} is too large for a number")
        return value
    return text


def shown(text: str) -> str:
    """Text for a message: one line, at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
