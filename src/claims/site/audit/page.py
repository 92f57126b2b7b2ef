"""One HTML page against the list.

A browser acts on tags. So every `<` in the bytes that could begin one must be an element that the parser saw, in the
same order: then the parser and a browser cannot differ on what is an element, and each one is looked up in the list.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from claims.site.audit import allowed
from claims.site.audit.seen import Link, Seen, Spot, shown
from claims.site.audit.text import address, inside, strange_in_markup, suspicious
from claims.site.policy import digest

_OPENING = re.compile(r"<([a-zA-Z][^\s/>]*)")
_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False)
_ADDRESSES = frozenset(("href", "xlink:href", "src", "action"))
_CHECKED = frozenset(
    ("target", "method", "fill", "stroke", "clip-path", "mask", "marker-start", "marker-mid", "marker-end")
)
_PAINTS = re.compile(r"[a-z-]+|#[0-9a-f]+|url\(#[\w-]+\)")
"""The usual colours and references, seen at a glance."""
_SPECIAL = frozenset(("html", "title", "h1", "meta", "link", "script", "input", "img"))
_HEAD_BYTES = 1024
"""A browser looks for the encoding in this many bytes."""


@dataclass
class _Found:
    spots: list[Spot] = field(default_factory=list)
    inside: dict[tuple[str, str], Link] = field(default_factory=dict)
    outside: dict[tuple[str, str], Link] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    headings: int = 0
    policies: int = 0
    inline: list[str] = field(default_factory=list)

    def wrong(self, element: Any, where: str, message: str) -> None:
        self.spots.append(Spot(element.sourceline or 0, where, message))


@dataclass(frozen=True)
class _Plan:
    """What to look at where an element carries a set of attributes: names off the list, names whose values matter."""

    tag: str
    unknown: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    named: bool = False
    special: bool = False


_NOTHING = _Plan("")


class PageReader:
    """Reads pages under one policy; remembers which combinations of element and attributes are on the list."""

    def __init__(self, policy: str, home: str = "") -> None:
        self._policy, self._home = policy, home
        self._digests = frozenset(re.findall(r"'sha256-([^']+)'", policy))
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._judged: dict[tuple[str, str], Spot | Link] = {}
        """Addresses that were looked at before: pages have most of theirs in common."""

    def read(self, data: bytes) -> Seen:
        """What stands in a page that is not on the list, and its links and anchors."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            return Seen((Spot(0, "file", f"is not UTF-8 (byte {error.start}); write it as UTF-8"),))
        found = _Found(spots=strange_in_markup(text) if suspicious(data) else [])
        root = etree.fromstring(data, _PARSER) if text.strip() else None
        if root is None:
            return Seen((Spot(0, "file", "is empty; a page has a title and a heading"),))
        names, plans = [], self._plans
        for element in root.iter("*"):  # most of the audit's time passes here: no call where nothing is to be looked at
            tag = element.tag
            names.append(tag)
            signature = (tag, *element.keys())
            plan = plans.get(signature)
            if plan is None:
                plan = plans[signature] = _plan(*signature)
            if plan is not _NOTHING:
                self._element(element, plan, found)
        found.spots += _frame(data, text, found)
        found.spots += _openings(text, names, found.inline)
        return Seen(
            tuple(found.spots), tuple(found.inside.values()), tuple(found.outside.values()), frozenset(found.ids)
        )

    def _element(self, element: Any, plan: "_Plan", found: _Found) -> None:
        for where in plan.unknown:
            found.wrong(element, where, "is not on the list; take it out, or add it to audit/allowed.py if it is ours")
        found.ids += [element.get("id")] if plan.named else []
        for name in plan.addresses:
            value = element.get(name)
            if (plan.tag, value) not in found.inside:
                self._address(element, f"{plan.tag} {name}", value, found)
        for name in plan.checked:
            _value(element, name, element.get(name), found)
        if plan.special:
            self._special(element, found)

    def _address(self, element: Any, where: str, value: str, found: _Found) -> None:
        tag, rel = element.tag, element.get("rel", "")
        key = (value, rel if tag == "a" else "")
        judged = self._judged.get(key)
        if judged is None:
            judged = self._judged[key] = address(value, line=0, where=where, rel=key[1], home=self._home)
        if isinstance(judged, Spot):
            found.wrong(element, where, judged.message)
            return
        judged = Link(element.sourceline or 0, where, judged.target)
        if inside(judged):
            if tag == "use" and not value.startswith("#"):
                found.wrong(element, where, f"{shown(value)} is not in this drawing; use #id")
            elif tag == "script" and not value.partition("?")[0].endswith(".js"):
                found.wrong(element, where, f"{shown(value)} is no script of ours; a script is a .js file of the site")
            else:
                found.inside[tag, value] = judged
        elif tag == "a" or (tag == "link" and rel in {"canonical", "license"}):
            found.outside[tag, value] = judged
        else:
            found.wrong(element, where, f"{shown(value)} is on another host; put the file into the site")

    def _special(self, element: Any, found: _Found) -> None:
        match element.tag:
            case "html" if not element.get("lang"):
                found.wrong(element, "html", "has no lang; say the language of the page")
            case "title" | "h1" as tag if not "".join(element.itertext()).strip():
                found.wrong(element, tag, "is empty; write what the page is about")
            case "meta":
                self._meta(element, found)
            case "link" if not set((element.get("rel") or "?").split()) <= allowed.RELATIONS:
                found.wrong(element, "link rel", f"{shown(element.get('rel') or '')} is not on the list; take it out")
            case "input" if (element.get("type") or "text") not in allowed.INPUTS:
                found.wrong(element, "input type", f"{shown(element.get('type'))} is not on the list; take it out")
            case "img" if element.get("alt") is None:
                found.wrong(element, "img", 'has no alt; say in words what it shows, or alt="" for an ornament')
            case "script":
                self._script(element, found)
        found.headings += element.tag == "h1"

    def _meta(self, element: Any, found: _Found) -> None:
        kind, name = element.get("http-equiv"), element.get("name")
        if kind is not None:
            found.policies += 1
            if kind != "Content-Security-Policy" or element.get("content") != self._policy:
                found.wrong(element, f"meta {shown(kind)}", "is not the policy that every page has; see site/policy.py")
            if any(e.tag in {"script", "link"} for e in element.itersiblings(preceding=True)):
                found.wrong(element, "meta", "the policy stands after something that it should rule; move it up")
        elif name is not None and name not in allowed.METAS:
            found.wrong(element, "meta name", f"{shown(name)} is not on the list; take it out")

    def _script(self, element: Any, found: _Found) -> None:
        text, kind = element.text or "", element.get("type")
        if element.get("src") is not None:
            if text.strip() or kind not in {None, "module", "text/javascript"}:
                found.wrong(element, "script", "has a source and more; a script is one file of ours")
        elif kind in allowed.DATA_BLOCKS:
            if "<" in text or not _is_json(text):
                found.wrong(element, f"script {kind}", "is not JSON without `<`; write each < as \\u003c")
        elif kind is None and digest(text) in self._digests:
            found.inline.append(text)
        else:
            found.wrong(element, "script", f"{shown(text.strip())} is not in the policy; put it into a file")


def _plan(tag: str, *names: str) -> _Plan:
    own = allowed.ELEMENTS.get(tag)
    if own is None:
        return _Plan(tag, (f"<{tag[:40]}>",))
    known = own | allowed.EVERYWHERE
    unknown = [n for n in names if n not in known and not n.startswith(allowed.PREFIXES)]
    plan = _Plan(
        tag,
        tuple(f"{tag} {n[:40]}" for n in unknown),
        tuple(n for n in names if n in _ADDRESSES),
        tuple(n for n in names if n in _CHECKED),
        "id" in names,
        tag in _SPECIAL,
    )
    return plan if plan != _Plan(tag) else _NOTHING


def _value(element: Any, name: str, value: str, found: _Found) -> None:
    where = f"{element.tag} {name}"
    if name == "target":
        if value != "_blank" or "noopener" not in (element.get("rel") or ""):
            found.wrong(element, where, "opens another window; only target=_blank with rel=noopener may")
    elif name == "method":
        if value.lower() not in {"get", "dialog"}:
            found.wrong(element, where, f"{shown(value)}: a page sends nothing; take it out")
    elif _acts(value):
        found.wrong(element, where, f"{shown(value)} points out of its drawing; use url(#id)")


def _acts(value: str) -> bool:
    if _PAINTS.fullmatch(value):
        return False
    plain = value.lower()
    return "\\" in plain or "@" in plain or "expression" in plain or plain.count("url(") != plain.count("url(#")


def _frame(data: bytes, text: str, found: _Found) -> Iterator[Spot]:
    """What a page must have, once."""
    if not text.lstrip()[:15].lower().startswith("<!doctype html>"):
        yield Spot(1, "page", "does not begin with <!doctype html>; put it first")
    if b'<meta charset="utf-8">' not in data[:_HEAD_BYTES]:
        yield Spot(1, "page", f"does not say its encoding within {_HEAD_BYTES} bytes; move <meta charset> up")
    if found.policies != 1:
        yield Spot(1, "page", f"has {found.policies} policies; one <meta http-equiv=Content-Security-Policy> is right")
    if found.headings != 1:
        yield Spot(1, "page", f"has {found.headings} h1; one is right")
    if text.count("<!") != 1 or "<?" in text:
        yield Spot(1, "page", "holds a comment, CDATA or an instruction; take it out")
    seen: set[str] = set()
    for name in found.ids:
        if name in seen:
            yield Spot(0, "id", f"{shown(name)} is there twice; make it unique")
        seen.add(name)


def _openings(text: str, elements: list[str], inline: list[str]) -> Iterator[Spot]:
    """Places where a tag begins that is no element, or the other way round."""
    for script in inline:
        text = text.replace(script, "")
    begun = _OPENING.findall(text)
    if begun == elements or (begun := [name.lower() for name in begun]) == elements:
        return
    at = next((i for i, pair in enumerate(zip(begun, elements, strict=False)) if pair[0] != pair[1]), len(elements))
    places = list(_OPENING.finditer(text))
    line = text.count("\n", 0, places[at].start()) + 1 if at < len(places) else 0
    name = begun[at] if at < len(begun) else elements[-1]
    yield Spot(line, "tag", f"{shown('<' + name)} begins here and is not read as that element; escape the < as &lt;")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
