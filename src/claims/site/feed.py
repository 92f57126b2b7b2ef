"""The feed: changes of status, and disputes, as Atom (RFC 4287), for readers who want to be told."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urljoin
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from claims.domain.dispute import Dispute
from claims.history.changes import Kind
from claims.history.timeline import Timeline
from claims.project import Project
from claims.site.events import Event, events
from claims.site.links import Links, anchor_of

PLACE = "feed.xml"
_KINDS = (Kind.VERDICT, Kind.WITHDRAWN, Kind.DISPUTED, Kind.SETTLED)
MOST = 100
"""Entries: a reader that asks once a week misses nothing, and the file stays small."""

_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""When a feed changed in which nothing ever did: the build never asks the clock."""
_TAG = "tag:claims.invalid,2026:"
"""Of ids (RFC 4151). They must not change with the site's address, so they stand under a name that nobody can own."""
_NOT_XML = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)


def feed(project: Project, timeline: Timeline, url: str | None = None) -> bytes:
    """The newest changes of status that are committed, and disputes and their ends, newest first.

    Links are absolute where the site's address is known, which ends with a slash then or is given one; else they are
    relative to the feed, as RFC 4287 (section 2) allows.
    """
    told = [e for e in events(project, timeline) if e.kind in _KINDS or _decided(e)]
    base = f"{url.rstrip('/')}/" if url else ""
    register_namespace("", _ATOM)
    root = Element(f"{{{_ATOM}}}feed")
    _text(root, "id", f"{_TAG}changes")
    _text(root, "title", "claims: verdicts and disputes")
    _text(root, "updated", _stamp(told[0].when if told else None))
    _text(SubElement(root, f"{{{_ATOM}}}author"), "name", "claims")
    _link(root, "self", urljoin(base, PLACE), "application/atom+xml")
    _link(root, "alternate", urljoin(base, "changes/"), "text/html")
    known = {claim.id for claim in project.registry.claims}
    for event, name in zip(told[:MOST], _names(told)[:MOST], strict=True):
        page = Links("").claim(event.claim) if event.claim in known else "changes/"
        page = f"{page}#{anchor_of(event.said.name)}" if event.said is not None else page
        record = urljoin(base, event.record.path) if event.record else ""
        _entry(root, event, name, urljoin(base, page), record, _why(project, event))
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _decided(event: Event) -> bool:
    """Whether a claim came with its verdict, as after a squashed merge."""
    return event.kind is Kind.ADDED and event.record is not None


def _names(told: Sequence[Event]) -> list[str]:
    """A name for each: the record that caused it, which outlives a rewritten history; else its commit.

    Where a record caused several, the oldest has its name and the others that of their commits.
    """
    seen: set[tuple[str, str]] = set()
    names = []
    for event in reversed(told):
        record = event.record.record.digest if event.record is not None else ""
        own = record if record and (event.claim, record) not in seen else event.commit
        seen.add((event.claim, record))
        own = own[:16] or (event.said.name if event.said is not None else _stamp(event.when)[:10])
        names.append(f"{_TAG}{event.claim}/{quote(_word(event), safe='')}/{own}")
    return names[::-1]


def _word(event: Event) -> str:
    """What became of the claim."""
    said = event.said.said if event.said is not None else None
    if not isinstance(said, Dispute):
        return event.after
    return f"dispute {said.resolved.outcome}" if event.kind is Kind.SETTLED and said.resolved else "disputed"


def _why(project: Project, event: Event) -> str:
    """The reason that the rule gave, or the person who disputed or withdrew the claim, or ended a dispute."""
    said = event.said.said if event.said is not None else None
    if isinstance(said, Dispute):
        end = said.resolved if event.kind is Kind.SETTLED else None
        by, reason = (end.by, end.because) if end else (said.by, said.reason)
        first, _, _ = reason.partition("\n\n")
        return f" by {by}: {first}"
    if event.record is not None:
        return f". {event.record.record.verdict.reason}"
    claim = project.by_id.get(event.claim)
    gone = claim.withdrawn if claim is not None and event.kind is Kind.WITHDRAWN else None
    return f" on {gone.on.isoformat()}: {gone.because}" if gone is not None else ""


def _entry(root: Element, event: Event, name: str, page: str, record: str, why: str) -> None:
    entry = SubElement(root, f"{{{_ATOM}}}entry")
    _text(entry, "id", name)
    _text(entry, "title", f"{_word(event)}: {event.question}")
    _text(entry, "updated", _stamp(event.when))
    _link(entry, "alternate", page, "text/html")
    if record:
        _link(entry, "related", record, "application/json")
    before = f"{event.before} → {event.after}" if event.before else _word(event)
    _text(entry, "summary", f"{before}{why}")


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}{tag}").text = _NOT_XML.sub("", " ".join(text.split()))


def _link(parent: Element, rel: str, href: str, kind: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _stamp(when: datetime | None) -> str:
    return (when or _EPOCH).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
