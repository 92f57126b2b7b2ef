"""What a registry must keep to beyond its form: ids, links, sources, order. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from claims.declaration import Declared
from claims.domain.claim import Source
from claims.domain.finding import Finding
from claims.domain.paper import Paper
from claims.registry.draft import Draft
from claims.registry.entry import Entry
from claims.registry.lint_check import lint_check
from claims.registry.load import LoadedRegistry, in_order
from claims.registry.messages import did_you_mean

CHIP = re.compile(r"\[\[([^\[\]\n]*)\]\]")
"""A claim named in an inquiry's answer: `[[claim-id]]`."""


def lint(loaded: LoadedRegistry, declared: Mapping[str, Declared], papers: Mapping[str, Paper]) -> tuple[Finding, ...]:
    """Everything wrong with a registry, given the experiments by name and the papers by id without version.

    Experiments have rules of their own: `lint_experiment`.
    """
    claims = [draft.entry for draft in loaded.drafts]
    inquiries = [entry for entry, _ in loaded.inquiries]
    findings = [*_twice(claims), *_twice(inquiries), *_order(claims), *_order(inquiries)]
    if loaded.whole:
        findings += _dangling(loaded)
    for draft in loaded.drafts:
        findings += [f for index, source in draft.sources.items() for f in _source(draft, index, source, papers)]
        if draft.check is not None:
            findings += lint_check(draft.entry, draft.check, declared)
    return in_order(findings)


def _named(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries with an id of their own; others are reported for that."""
    return (entry for entry in entries if "[" not in entry.label)


def _twice(entries: Iterable[Entry]) -> Iterator[Finding]:
    first: dict[str, Entry] = {}
    for entry in _named(entries):
        if entry.label in first:
            file, line, _ = first[entry.label].place("id")
            yield entry.finding(("id",), f"this id stands at {file}:{line} already; ids are never reused")
        first.setdefault(entry.label, entry)


def _order(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Ordered by id within a file, so that two pull requests seldom touch the same lines."""
    last: dict[str, str] = {}
    for entry in _named(entries):
        before = last.get(entry.file, "")
        if entry.label < before:
            yield entry.finding(("id",), f"belongs before {before}: a file is ordered by id")
        last[entry.file] = max(before, entry.label)


def _dangling(loaded: LoadedRegistry) -> Iterator[Finding]:
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


def _no_claim(name: str, known: Iterable[str]) -> str:
    close = did_you_mean(name, known)
    return f"there is no claim {name}" + (close if "did you mean" in close else "")


def _source(draft: Draft, index: int, source: Source, papers: Mapping[str, Paper]) -> Iterator[Finding]:
    paper_id, _, version = source.arxiv.rpartition("v")
    paper = papers.get(paper_id)
    loc = ("sources", index)
    if paper is None:
        message = f"{paper_id} is not in literature/; `claims sources sync` fetches it"
        yield draft.entry.finding((*loc, "arxiv"), message)
        return
    newest = max(v.version for v in paper.versions)
    if int(version) > newest:
        message = f"literature/ knows {paper_id} up to v{newest}; correct it, or run `claims sources sync`"
        yield draft.entry.finding((*loc, "arxiv"), message)
    if source.quote is not None:
        message = _quote(source.quote, paper)
        if message:
            yield draft.entry.finding((*loc, "quote"), message)


def _quote(quote: str, paper: Paper) -> str:
    """What is wrong with a quote, empty when it was found. Line breaks do not matter."""
    checks = [check for check in paper.quotes if check.quote.split() == quote.split()]
    if any(check.found for check in checks):
        return ""
    if checks:
        texts = ", ".join(check.text for check in checks)
        return f"was not found in {texts}; quote the paper word for word, or leave the quote out"
    return "has not been looked for in the paper's text; run `claims sources sync`"
