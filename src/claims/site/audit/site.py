"""A built site against the list, file by file, and its links against its files."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from claims.domain.finding import Finding
from claims.errors import SetupError
from claims.site import policy
from claims.site.audit import allowed, files
from claims.site.audit.links import Places
from claims.site.audit.memory import Memory
from claims.site.audit.page import PageReader
from claims.site.audit.seen import Seen, shown
from claims.site.audit.text import known


def audit(site: Path, *, memory: Path | None = None) -> list[Finding]:
    """Everything in the built `site` that is not on the list, in the order of its files.

    Args:
        site: the folder that holds the site's `index.html`; it is only read.
        memory: a file of the caller's to remember what was seen in which bytes, so that they are not read again.

    Raises:
        SetupError: there is no site, or the page is missing that the policy is taken from.
    """
    if not (site / "index.html").is_file():
        raise SetupError(f"{site}: no site there; `claims site build` makes it")
    home = _home(site / "index.html")
    said = policy.of(site, urlsplit(home).path or "/")
    kept, pages = Memory(memory, [said, home]), PageReader(said, home)
    seen = {name: _seen(name, path, pages, home, kept) for name, path in _files(site)}
    kept.keep()
    places = Places(seen.keys(), lambda name: seen[name].anchors)
    return [finding for name in seen for finding in _findings(name, seen[name], places)]


def _home(first: Path) -> str:
    """Where the site will be reached, as its first page says in its head; empty where it does not."""
    head = first.read_bytes().partition(b"<body")[0]
    links = etree.fromstring(head, etree.HTMLParser(encoding="utf-8")).iter("link") if head.strip() else ()
    return next((str(e.get("href")) for e in links if e.get("rel") == "canonical"), "")


def _files(site: Path) -> Iterator[tuple[str, Path]]:
    for folder, folders, names in os.walk(site):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            yield path.relative_to(site).as_posix(), path


def _seen(name: str, path: Path, pages: PageReader, home: str, memory: Memory) -> Seen:
    if name.startswith(allowed.RECORDS):
        return Seen()
    data = path.read_bytes()
    page = name.endswith(".html")
    digest = sha256(data).hexdigest() if page else f"{name} {sha256(data).hexdigest()}"
    seen = memory.get(digest)
    if seen is None:
        seen = pages.read(data) if page else files.read(name, data, home)
        memory.put(digest, seen)
    return seen


def _findings(name: str, seen: Seen, places: Places) -> Iterator[Finding]:
    for spot in seen.spots:
        yield Finding(file=name, line=spot.line, field=spot.where, message=spot.message)
    for link in seen.inside:
        wrong = places.wrong(name, link.target)
        if wrong:
            yield Finding(file=name, line=link.line, field=link.where, message=wrong)
    for link in seen.outside:
        if not known(link.target) and not name.startswith(allowed.ANSWERS):
            message = (
                f"{shown(link.target)} is on another host; only an answer may link there, or add it to audit/allowed.py"
            )
            yield Finding(file=name, line=link.line, field=link.where, message=message)
