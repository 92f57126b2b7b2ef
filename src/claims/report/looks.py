"""Looks: out of the facts, what a person must look at, the gravest sort first. Pure."""

from collections.abc import Iterator

from claims.domain.counting import count
from claims.report.facts import Again, Card, Entry, Facts, Look, Trial

SENSITIVE = {
    ".github": "what CI runs, and with which rights",
    ".ci": "what CI runs",
    "the checker (src/claims)": "what decides whether claims are sound",
    "the lab (src/claims/lab)": "what experiments measure with",
    "tests": "what keeps the checker honest",
    "site templates": "what every page shows",
    "LICENSE": "the terms",
    "dependency files": "code that others wrote and everybody installs",
    "git's own files": "what git does to files and shows of them",
}
LISTED = 40
"""So many a report lists."""
_OF_EACH = LISTED // 10


def looks_at(facts: Facts) -> tuple[Look, ...]:
    """Everything that is no fault by itself and that nobody should merge unseen."""
    sorts = (
        _areas(facts),
        _suspects(facts),
        (look for card in facts.cards for look in _claim(card)),
        (look for trial in facts.trials for look in _experiment(trial)),
        (look for entry in facts.entries for look in (*_shown(entry), *_record(entry))),
        (look for rerun in facts.reruns for look in _rerun(rerun)),
        (Look(filing.path, filing.look, filing.by) for filing in facts.filings if filing.look),
        (Look(path, f"an erratum was {kind}: who says so, and is it right?") for path, kind in facts.errata),
        (Look(f"literature/{p.id}", p.origin) for p in facts.papers if p.origin and "person" in p.origin),
    )
    return _fair(tuple(tuple(looks) for looks in sorts))


def _fair(sorts: tuple[tuple[Look, ...], ...]) -> tuple[Look, ...]:
    """All of them; of more than a report lists, some of every sort first: one sort must not push out another."""
    if sum(map(len, sorts)) <= LISTED:
        return tuple(look for looks in sorts for look in looks)
    first = (look for looks in sorts for look in looks[:_OF_EACH])
    return (*first, *(look for looks in sorts for look in looks[_OF_EACH:]))


def _areas(facts: Facts) -> Iterator[Look]:
    for area, files in facts.touched:
        if area in SENSITIVE:
            yield Look(area, f"touched, {count(len(files), 'file')}: {SENSITIVE[area]}")
    for dep in facts.dependencies:
        if dep.before is None:
            yield Look(dep.file, "new dependency", f"{dep.name} {dep.after}".rstrip())
        elif dep.after is None:
            yield Look(dep.file, "a dependency is gone", dep.name)
        else:
            yield Look(dep.file, "another version", f"{dep.name} {dep.before or 'any'}, now {dep.after or 'any'}")
    for commit in facts.mixed:
        yield Look(commit[:10], "code and evidence in one commit: which code gave these numbers?")


def _claim(card: Card) -> Iterator[Look]:
    if card.kind == "removed":
        yield Look(card.id, "the claim was deleted; claims are withdrawn, with date and reason")
        return
    yield from _withdrawal(card)
    if card.digest_changed and card.kind == "changed":
        yield Look(card.id, f"what is judged was changed; records that no longer count: {card.lost}")
    for risk in card.risks:
        if risk.weak and (card.kind == "added" or card.digest_changed):
            yield Look(card.id, f"prediction {risk.id}: {risk.weak}")
        if risk.seen and (card.kind == "added" or card.digest_changed):
            yield Look(card.id, f"of {risk.id}, {risk.inside} of {risk.seen} replicates on record already lie inside")
    for source in card.grounds if card.kind == "added" or card.sources_changed else ():
        for doubt in source.doubts:
            yield Look(card.id, f"source {source.arxiv}: {doubt}", source.unchecked if "checked" in doubt else "")
        if source.quote_state == "text not held":
            yield Look(card.id, f"source {source.arxiv}: its quote was looked for in no text")
    if card.kind == "changed" and not card.digest_changed:
        return
    if any(s.needed is None for s in card.seeds if s.spread_from != "assumed"):
        yield Look(card.id, "at the recorded spread no look would settle it")


def _withdrawal(card: Card) -> Iterator[Look]:
    """A claim that is taken back, or that is back."""
    for delta in card.deltas:
        if delta.field == "withdrawn.on" and delta.after is None:
            yield Look(card.id, "is back, though it was withdrawn, for a reason, on", delta.before or "")
        elif delta.field == "withdrawn.on" and delta.before is None:
            yield Look(card.id, "is withdrawn: is the reason one, and not the verdict?")


def _experiment(trial: Trial) -> Iterator[Look]:
    where = f"experiments/{trial.name}.py"
    if trial.stale:
        yield Look(where, f"makes {count(len(trial.stale), 'verdict')} stale: {', '.join(trial.stale[:5])}")
    missing = [paper for paper in trial.papers if paper.rpartition("v")[0] not in " ".join(trial.named)]
    if trial.kind == "added" and missing:
        yield Look(where, "its docstring does not name a paper that it declares", ", ".join(missing))


def _suspects(facts: Facts) -> Iterator[Look]:
    for path in dict.fromkeys(s.path for s in facts.suspects):
        new = [s for s in facts.suspects if s.path == path and s.new]
        if new:
            words = ", ".join(dict.fromkeys(s.what.partition(":")[0] for s in new))
            yield Look(path, f"{count(len(new), 'line')} may reach beyond measuring, listed below", words)


def _record(entry: Entry) -> Iterator[Look]:
    if "NOT" in entry.commits:
        yield Look(entry.path, "the commit that it ran at is not in this history", entry.commits)
    if entry.tier != "self-reported":
        yield Look(entry.path, f"says of itself that its tier is {entry.tier}: only a trusted run may")
    if entry.decides:
        yield Look(
            entry.path, f"the status {entry.decides} rests on it, by its contributor's word: claims audit {entry.claim}"
        )


def _shown(entry: Entry) -> Iterator[Look]:
    if entry.seen:
        yield Look(
            entry.path, "its claim was checked or worded otherwise before, and run; what had been seen", entry.seen
        )


def _rerun(rerun: Again) -> Iterator[Look]:
    """No file can show that it was run, nor by whom; that there is a person behind it a reviewer may know."""
    if rerun.raises:
        yield Look(rerun.path, f"raises a record to {rerun.raises}, by nothing but the word of", rerun.contributor)
    if rerun.contests:
        yield Look(rerun.path, f"contests {rerun.claim} with other numbers, by the word of", rerun.contributor)
