"""What an answer must be to be read at all. No network here."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
_ERRORS = "arxiv.org/api/errors"
_LATER = frozenset({429, 500, 502, 503, 504})


class Unusable(ValueError):
    """An answer that is not what was asked for; the message says what it is."""


class Passing(Unusable):
    """An answer that may be better the next time. `wait`: seconds that the server asks us to wait."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def inspect_status(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise Unusable unless a status says that the answer follows; Passing where it says: not now."""
    if status in _LATER:
        raise Passing(f"answered {status}", _wait(headers.get("Retry-After", "")))
    if 300 <= status < 400:
        place = headers.get("Location", "nowhere")
        raise Unusable(f"points elsewhere ({place!r:.100}); where that is right, set CLAIMS_ARXIV_URL")
    if status != 200:
        raise Unusable(f"answered {status}{_said_in(body)}")


def inspect_body(body: bytes) -> None:
    """Raise Unusable unless `body` is one whole Atom feed that says no error; Passing where it is none at all.

    The arxiv package parses leniently: of a page in HTML, or of half a feed, it makes a feed with fewer entries.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Passing("answered with what is not UTF-8") from None
    if re.search(r"<!DOCTYPE\s+html", text, re.IGNORECASE):
        raise Passing("answered with a web page, not a feed")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # no feed has one, every XML bomb needs one
        raise Unusable("answered with XML that declares entities")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # what makes this unsafe was refused above
    except (ElementTree.ParseError, ValueError):
        raise Passing(f"answered with what is no whole XML; it begins {_beginning(text)}") from None
    if root.tag != f"{ATOM}feed":
        raise Passing(f"answered with what is not a feed; it begins {_beginning(text)}")
    error = _error(root)
    if error is not None:
        raise Unusable(f"answered with an error: {error}")


def _said_in(body: bytes) -> str:
    """`: ` and what a feed says is wrong; nothing where it is no feed, or says nothing."""
    try:
        inspect_body(body)
    except Unusable as error:
        _, marker, said = str(error).partition("with an error: ")
        return f": {said}" if marker else ""
    return ""


def _error(root: ElementTree.Element) -> str | None:
    """What the entry says by which arXiv tells of an error; the arxiv package drops such entries."""
    for entry in root.iter(f"{ATOM}entry"):
        if _ERRORS in (entry.findtext(f"{ATOM}id") or ""):
            return f"{' '.join((entry.findtext(f'{ATOM}summary') or 'no reason').split())!r:.200}"
    return None


def _wait(said: str) -> float:
    """Seconds that a Retry-After header asks for; 0 where it says nothing that can be understood."""
    if re.fullmatch(r"\d{1,9}", said.strip(), re.ASCII):
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _beginning(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[:400])
    return repr(" ".join(shown.split())[:60])
