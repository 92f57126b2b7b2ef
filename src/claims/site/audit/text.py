"""Characters that no file of the site may hold, and addresses that it may."""

import re
from urllib.parse import urlsplit

from claims.site.audit import allowed
from claims.site.audit.seen import Link, Spot, shown

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f"
_BIDI = "\u202a-\u202e\u2066-\u2069"
_STRANGE = re.compile(f"[{_CONTROL}{_BIDI}]")
_STRANGE_IN_MARKUP = re.compile(f"[{_CONTROL}{_BIDI}\x7f]")  # JSON may hold a delete sign as it is
_AS_NUMBER = re.compile(r"&#(?:x([0-9a-f]{1,7})|([0-9]{1,8}))", re.IGNORECASE)
_CONTROL_BYTES = bytes(c for c in (*range(32), 127) if c not in b"\t\n\r")
_MAYBE = tuple(
    re.compile(signs)
    for signs in (
        rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])",
        rb"\xc2[\x80-\x9f]",
        rb"&#(?!(?:3[3-9]|[4-9][0-9]|1[01][0-9]|12[0-6]);)",
    )
)
"""The same in UTF-8, and entities whose number is not that of a plain sign of ASCII."""
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BROKEN = re.compile(r"[\x00-\x20\x7f\\\"<>]")


def suspicious(data: bytes) -> bool:
    """Whether UTF-8 bytes may hold something strange: quick, and sure where it says no."""
    return len(data) != len(data.translate(None, _CONTROL_BYTES)) or any(signs.search(data) for signs in _MAYBE)


def strange(text: str) -> list[Spot]:
    """Control characters, and signs that turn the direction of what follows."""
    return _strange(text, _STRANGE)


def strange_in_markup(text: str) -> list[Spot]:
    """The same, as they are or as entities."""
    entities = ((m.start(), _number(m)) for m in _AS_NUMBER.finditer(text))
    found = [_spot(text, at, code) for at, code in entities if code > 0x10FFFF or _STRANGE_IN_MARKUP.match(chr(code))]
    return [*_strange(text, _STRANGE_IN_MARKUP), *found]


def _strange(text: str, signs: re.Pattern[str]) -> list[Spot]:
    return [_spot(text, m.start(), ord(m.group())) for m in signs.finditer(text)]


def _spot(text: str, at: int, code: int) -> Spot:
    line = text.count("\n", 0, at) + 1
    return Spot(line, "text", f"holds U+{code:04X}, a control or direction sign; leave it out")


def address(value: str, *, line: int, where: str, rel: str = "", home: str = "") -> Spot | Link:
    """A link as it may stand in a page: a place inside the site, or https; else what is wrong with it.

    A link to a host that is not on the list comes back as a link, for whoever knows the page to judge. `home` is where
    the site itself will be reached, if it says so: an address there is a place inside.
    """
    top = urlsplit(home).path or "/"
    start = next((s for s in (home, top) if s and value.startswith(s) and not value.startswith("//")), None)
    if start is not None:
        value = f"/{value.removeprefix(start)}"
    elif value.startswith("/") and not value.startswith("//"):
        return Spot(line, where, f"{shown(value)} leaves the site, whose folder is {top}; link inside of it")
    if _BROKEN.search(value):
        return Spot(line, where, f"{shown(value)} holds signs that an address cannot; escape them with %")
    if not _SCHEME.match(value):
        if value.startswith("//"):
            return Spot(line, where, f"{shown(value)} leaves the site without saying how; write https://")
        return Link(line, where, value)
    if not value.startswith("https://"):
        return Spot(line, where, f"{shown(value)} may not be named; link inside the site or to https://")
    if "noopener" not in rel.split() and not known(value):
        return Spot(line, where, f"{shown(value)} is on another host; see audit/allowed.py, or give rel=noopener")
    return Link(line, where, value)


def inside(link: Link) -> bool:
    """Whether a link leads to a place in the site."""
    return ":" not in link.target.partition("/")[0]


def known(value: str) -> bool:
    """Whether an https address is of a host that any page may link to."""
    try:
        parts = urlsplit(value)
        return parts.hostname in allowed.HOSTS and parts.port is None and parts.username is None
    except ValueError:
        return False


def _number(match: re.Match[str]) -> int:
    return int(match.group(1), 16) if match.group(1) else int(match.group(2))
