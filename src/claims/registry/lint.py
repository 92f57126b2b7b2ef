"""What a registry must keep to beyond its form: ids, links, sources, order. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from claims.declaration import Declared
from claims.domain.finding import Finding
from claims.domain.paper import Paper
from claims.registry.draft import Draft
from claims.registry.entry import Entry
from claims.registry.lint_check import lint_check
from claims.registry.lint_forecasts import lint_forecasts
from claims.registry.lint_links import cycles, dangling
from claims.registry.lint_sources import lint_sources
from claims.registry.load import LoadedRegistry, in_order

_TAKEN = "index is the name of a folder's own page on the site: choose another"


def lint(loaded: LoadedRegistry, declared: Mapping[str, Declared], papers: Mapping[str, Paper]) -> tuple[Finding, ...]:
    """Everything wrong with a registry, given the experiments by name and the papers by id without version.

    Experiments have rules of their own: `lint_experiment`.
    """
    claims = [draft.entry for draft in loaded.drafts]
    inquiries = [entry for entry, _ in loaded.inquiries]
    findings = [*_twice(claims), *_twice(inquiries), *_order(claims), *_order(inquiries), *cycles(loaded.drafts)]
    findings += (e.finding(("id",), _TAKEN) for e in (*claims, *inquiries) if e.label == "index")
    if loaded.whole:
        findings += dangling(loaded)
    for draft in loaded.drafts:
        findings += lint_sources(draft.entry, draft.sources, papers)
        findings += _planned(draft, declared)
        if draft.check is not None:
            findings += lint_check(draft.entry, draft.check, declared)
    for claim in loaded.registry.claims:
        findings += lint_forecasts(claim, loaded.places.claims[claim.id])
        if "index" in claim.topics:
            findings.append(loaded.places.claims[claim.id].finding(("topics",), _TAKEN))
    return in_order(findings)


def _planned(draft: Draft, declared: Mapping[str, Declared]) -> Iterator[Finding]:
    """A planned check names what is not written yet, so nothing of it is looked up but whether that is still so."""
    if draft.planned is not None and draft.planned in declared:
        message = f"{declared[draft.planned].path} is there now: rename planned to check"
        yield draft.entry.key_finding(("planned",), message)


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
    seen: dict[str, list[str]] = {}
    for entry in _named(entries):
        before = seen.setdefault(entry.file, [])
        if before and entry.label < before[-1]:
            place = bisect_right(before, entry.label)
            yield entry.finding(("id",), f"belongs before {before[place]}: a file is ordered by id")
            before.insert(place, entry.label)
        else:
            before.append(entry.label)
