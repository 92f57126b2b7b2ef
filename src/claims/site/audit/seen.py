"""Seen: what the audit of one file found and what it needs to know about it, whatever the file is called."""

from dataclasses import dataclass

_SHOWN = 80


@dataclass(frozen=True)
class Spot:
    """Something off the list: the line, where in it, what is wrong there and what to do."""

    line: int
    where: str
    message: str


@dataclass(frozen=True)
class Link:
    """An address that a file names; `where` is the element and attribute that hold it."""

    line: int
    where: str
    target: str


@dataclass(frozen=True)
class Seen:
    """One file. `inside` are addresses in the site, `outside` those of hosts that only an answer may link to."""

    spots: tuple[Spot, ...] = ()
    inside: tuple[Link, ...] = ()
    outside: tuple[Link, ...] = ()
    anchors: frozenset[str] = frozenset()


def shown(value: str) -> str:
    """A stranger's value as it may be printed in a terminal: short, and nothing in it acts."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value[: _SHOWN + 1])
    return repr(plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…").replace("\\\\", "\\")
