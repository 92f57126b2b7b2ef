"""What links between claims and inquiries must keep to: they lead somewhere, and dependence has an end. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from claims.domain.finding import Finding
from claims.registry.draft import Draft
from claims.registry.load import LoadedRegistry
from claims.registry.messages import did_you_mean

CHIP = re.compile(r"\[\[([^\[\]\n]*)\]\]")
"""A claim named in an inquiry's answer: `[[claim-id]]`."""

ONE_WAY = ("depends-on", "supersedes")
"""Relations that may not lead back to where they began. Two claims may well contradict or refine each other."""


def dangling(loaded: LoadedRegistry) -> Iterator[Finding]:
    """Links to claims that are not there, and relations of a claim to itself."""
    known = loaded.places.claims.keys()
    for draft in loaded.drafts:
        for index, relation in draft.relations.items():
            loc = ("relations", index, "to")
            if relation.to == draft.id:
                yield draft.entry.finding(loc, "a claim has no relation to itself")
            elif relation.to not in known:
                yield draft.entry.finding(loc, _no_claim(relation.to, known))
    for entry, inquiry in loaded.inquiries:
        for index, cited in enumerate(inquiry.cites):
            if cited not in known:
                yield entry.finding(("cites", index), _no_claim(cited, known))
        for chip in dict.fromkeys(CHIP.findall(inquiry.answer)):
            if chip not in known:
                yield entry.finding(("answer",), f"[[{chip}]]: {_no_claim(chip, known)}")


def cycles(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Each relation that closes a ring of one kind, with the way round."""
    by_id = {draft.id: draft for draft in reversed(tuple(drafts))}
    for kind in ONE_WAY:
        links = {
            name: {r.to: index for index, r in draft.relations.items() if r.kind == kind and r.to != name}
            for name, draft in by_id.items()
        }
        for ring in islice(_rings(links), 100):  # beyond, a list of them helps nobody
            last, first = ring[-1], ring[0]
            way = " → ".join((*ring[:6], *(("…",) if len(ring) > 6 else ()), first))
            message = f"{kind} leads back to where it began: {way}; delete one of these relations"
            yield by_id[last].entry.finding(("relations", links[last][first], "to"), message)


def _rings(links: Mapping[str, Mapping[str, int]]) -> Iterator[list[str]]:
    """The rings that a walk in depth closes: at least one of every knot, none where there is no ring.

    Walks without recursion, since a chain of claims may be longer than Python's stack is deep.
    """
    done: set[str] = set()
    for start in sorted(links):
        if start in done:
            continue
        way = {start: 0}
        ahead = [iter(sorted(links[start]))]
        while ahead:
            step = next(ahead[-1], None)
            if step is None:
                ahead.pop()
                done.add(way.popitem()[0])
            elif step in way:
                yield list(way)[way[step] :]
            elif step in links and step not in done:
                way[step] = len(way)
                ahead.append(iter(sorted(links[step])))


def _no_claim(name: str, known: Iterable[str]) -> str:
    close = did_you_mean(name, known)
    return f"there is no claim {name}" + (close if "did you mean" in close else "")
