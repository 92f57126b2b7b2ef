"""Files that are not pages, against the list: feeds, drawings, style sheets, the search index, plain text."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree, html
from markdown import Markdown

from claims.site.audit import allowed
from claims.site.audit.seen import Link, Seen, Spot, shown
from claims.site.audit.text import address, inside, strange, strange_in_markup

_URL = re.compile(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)]*)\s*\)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDEX = re.compile(f"</?(?:{'|'.join(allowed.INDEX_MARKUP)})>")
_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def read(name: str, data: bytes, home: str = "") -> Seen:
    """What stands in the file called `name` that is not on the list, and the addresses that it holds.

    `home` is where the site will be reached, if it says so.
    """
    suffix = PurePosixPath(name).suffix
    if suffix in allowed.OPAQUE or name.startswith(allowed.RECORDS):
        return Seen()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _only(Spot(0, "file", f"is not UTF-8 (byte {error.start}); write it as UTF-8"))
    if suffix == ".json":
        return _json(name, text)
    if suffix in {".xml", ".atom", ".svg"}:
        return _xml(data, text, home, drawing=suffix == ".svg")
    if suffix == ".css":
        return _style(text)
    if suffix in allowed.PLAIN:
        return _markdown(text, home) if name.endswith("llms.txt") else Seen(tuple(strange(text)))
    return _only(Spot(0, "file", "is of a kind that the audit does not know; add it to audit/allowed.py if it is ours"))


def _only(spot: Spot) -> Seen:
    return Seen((spot,))


def _json(name: str, text: str) -> Seen:
    try:
        value = json.loads(text)
    except ValueError as error:
        return _only(Spot(getattr(error, "lineno", 0), "file", "is not JSON; write it with json.dumps"))
    if not name.endswith("search/search_index.json"):
        return Seen(tuple(strange(text)))
    spots, links = strange(text), []
    for entry in value["docs"]:
        place = str(entry["location"])
        links.append(Link(0, "location", f"/{place}"))  # as seen from the top
        for part in ("title", "text"):
            left = _INDEX.sub("", str(entry[part]))
            if "<" in left:
                at = left.index("<")
                spots.append(
                    Spot(
                        0, f"{shown(place)} {part}", f"holds markup: {shown(left[at:])}; make it inert where it is made"
                    )
                )
            spots += [Spot(0, f"{shown(place)} {part}", s.message) for s in strange(left)]
    return Seen(tuple(spots), tuple(links))


def _xml(data: bytes, text: str, home: str, *, drawing: bool) -> Seen:
    try:
        root = etree.fromstring(data, _XML)
    except etree.XMLSyntaxError as error:
        return _only(Spot(error.lineno or 0, "file", "is not well-formed XML; write it with an XML writer"))
    spots, links = strange_in_markup(text), []
    if root.getroottree().docinfo.doctype or "<!" in text or "<?" in text.removeprefix("<?xml"):
        spots.append(Spot(1, "file", "holds a document type, comment, CDATA or instruction; take it out"))
    for element in root.iter("*"):
        for judged in _drawn(element) if drawing else _fed(element, home):
            if isinstance(judged, Spot):
                spots.append(judged)
            else:
                links.append(judged)
    return Seen(tuple(spots), tuple(filter(inside, links)), anchors=frozenset(root.xpath("//@id")))


def _drawn(element: Any) -> Iterator[Spot | Link]:
    tag = etree.QName(element).localname.lower()
    own = allowed.ELEMENTS[tag] | allowed.EVERYWHERE if tag in allowed.SVG else None
    if own is None:
        yield Spot(
            element.sourceline or 0, f"<{tag[:40]}>", "is not on the list of what a drawing may hold; take it out"
        )
        return
    for key, value in element.items():
        name = etree.QName(key).localname.lower()
        where = f"{tag} {name[:40]}"
        if name not in own and not name.startswith(allowed.PREFIXES):
            yield Spot(element.sourceline or 0, where, "is not on the list of what a drawing may hold; take it out")
        elif name == "href" and not value.startswith("#"):
            yield Spot(element.sourceline or 0, where, f"{shown(value)} is not in this drawing; use #id")
        elif value.lower().count("url(") != value.lower().count("url(#"):
            yield Spot(element.sourceline or 0, where, f"{shown(value)} points out of its drawing; use url(#id)")


def _fed(element: Any, home: str) -> Iterator[Spot | Link]:
    tag, line = etree.QName(element).localname, element.sourceline or 0
    if tag not in allowed.FEED | allowed.SITEMAP:
        yield Spot(line, f"<{tag[:40]}>", "is not on the list of what a feed may hold; take it out")
    if element.get("type") not in {None, "text", "application/atom+xml", "application/json", "text/html"}:
        yield Spot(
            line, f"{tag} type", f"{shown(element.get('type'))}: a feed holds plain text; give the text as it is"
        )
    for where, value in ((f"{tag} href", element.get("href")), (f"{tag} src", element.get("src"))):
        if value is not None:
            yield address(value, line=line, where=where, home=home)
    if tag in {"loc", "uri", "icon", "logo"} and element.text:
        yield address(element.text.strip(), line=line, where=tag, home=home)


def _style(text: str) -> Seen:
    plain = _COMMENT.sub("", text)
    links, spots = [], strange(text)
    if "@import" in plain.lower():
        spots.append(Spot(0, "@import", "loads another style sheet; add it to extra_css"))
    for found in _URL.finditer(plain):
        target, line = found.group(1).strip("\"' "), plain.count("\n", 0, found.start()) + 1
        if target.startswith(("data:image/", "data:font/", "#")):
            continue
        judged = address(target, line=line, where="url()")
        if isinstance(judged, Spot) or not inside(judged):
            spots.append(
                Spot(line, "url()", f"{shown(target)} would be fetched from another host; put it into the site")
            )
        else:
            links.append(judged)
    return Seen(tuple(spots), tuple(links))


def _markdown(text: str, home: str) -> Seen:
    """Plain text that programs read as Markdown: its links are links."""
    links, spots = [], strange(text)
    for element in html.fragment_fromstring(Markdown().convert(text) or "<p></p>", create_parent="div").iter("*"):
        if element.tag not in {
            "div",
            "h1",
            "h2",
            "h3",
            "p",
            "ul",
            "ol",
            "li",
            "a",
            "em",
            "strong",
            "code",
            "blockquote",
        }:
            spots.append(Spot(0, f"<{element.tag[:40]}>", "is markup in plain text; escape what is not ours"))
        target = element.get("href")
        if target is None:
            continue
        judged = address(target, line=0, where="link", home=home)
        if isinstance(judged, Spot):
            spots.append(judged)
        elif inside(judged):
            links.append(judged)
    return Seen(tuple(spots), tuple(links))
