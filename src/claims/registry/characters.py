"""What is looked at before a parser sees a file: size, encoding, characters, line length."""

import re

from claims.domain.finding import Finding

MAX_BYTES = 8 * 1024 * 1024
MAX_LINE = 4096
"""Characters. Longer text is folded with `>-`: a reviewer cannot read a longer line in a diff."""

FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
    r"\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # the last row turns the direction of text and hides what it says
)
_UNREADABLE = re.compile(FORBIDDEN.pattern + r"|\t|\r(?!\n)")
_MOST = 20
_NAMES = {
    "\t": "a tab; indent with spaces",
    "\r": "a carriage return without a line feed; end lines with LF or CRLF",
    "\ufeff": "a byte order mark; save the file as UTF-8 without one",
}


def decode(data: bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text of a file, or None with what is wrong with it. Takes time proportional to the size."""
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1024**2} MiB; move claims into claims.d/"
        return None, [Finding(file=file, message=message)]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, start = before.count(b"\n") + 1, before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8")) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return None, [Finding(file=file, line=line, column=column, message=message)]
    findings = [*_forbidden(text, file), *_long_lines(text, file)]
    return (None if findings else text), findings


def _forbidden(text: str, file: str) -> list[Finding]:
    findings: list[Finding] = []
    line, start = 1, 0
    for found in _UNREADABLE.finditer(text):
        if len(findings) == _MOST:
            break
        line += text.count("\n", start, found.start())
        start = found.start()
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        name = _NAMES.get(found[0], "a character that cannot be seen; delete it")
        findings.append(Finding(file=file, line=line, column=column, message=f"U+{ord(found[0]):04X} is {name}"))
    return findings


def _long_lines(text: str, file: str) -> list[Finding]:
    message = f"the line is longer than {MAX_LINE} characters; fold long text with >-"
    numbers = [number for number, line in enumerate(text.split("\n"), 1) if len(line) > MAX_LINE]
    return [Finding(file=file, line=number, column=MAX_LINE + 1, message=message) for number in numbers[:_MOST]]
