"""Markdown: the facts of a change as a report that is safe to post. Every text of a contributor goes through `code`."""

from collections.abc import Iterable, Iterator, Sequence

from claims.domain.counting import count
from claims.report.cards_text import card_lines
from claims.report.facts import Entry, Facts, Smoke, Trial
from claims.report.inert import code, codes
from claims.report.looks import LISTED
from claims.report.words import after_all, summary, verdict

LIMIT = 200_000
"""Bytes of a report in UTF-8, with room for what a comment puts around it."""
BEGIN, END = "<!-- claims:smoke -->", "<!-- /claims:smoke -->"
"""Around the section that comes from running contributed code. No text of a contributor can hold them."""
_SMOKE_LIMIT = 40_000
_LISTED = LISTED
_CARDS = 40


def markdown(facts: Facts) -> str:
    """The report. Deterministic; at most LIMIT bytes, cut between lines, with the smoke section whole."""
    smoke = list(_smoke(facts.smoke, facts.not_run)) if facts.smoke is not None else []
    last = _fitting(smoke[1:-1], _SMOKE_LIMIT) if smoke else []
    last = [BEGIN, *last, END] if smoke else []
    first = _fitting(list(_sections(facts)), LIMIT - sum(len(line.encode()) + 1 for line in last) - 200)
    return "\n".join([*first, "", *last]).rstrip() + "\n"


def _fitting(lines: Sequence[str], limit: int) -> list[str]:
    kept, size = list[str](), 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > limit:
            more = len(lines) - len(kept)
            return [*kept, "", f"**The report is cut here: {more} more lines. `claims check --base` tells all.**"]
        kept.append(line)
    return kept


def _sections(facts: Facts) -> Iterator[str]:
    yield f"## {verdict(facts)}"
    yield ""
    yield summary(facts)
    yield ""
    yield f"Read against {code(facts.base[:10])}. {after_all(facts)}"
    yield from _problems(facts)
    yield from _looks(facts)
    yield from _touched(facts)
    if facts.cards:
        yield from ("", "### Claims")
        for card in facts.cards[:_CARDS]:
            yield from card_lines(card)
        yield from _more(len(facts.cards) - _CARDS, "claims")
    yield from _records(facts)
    if facts.trials:
        yield from ("", "### Experiments")
        for trial in facts.trials[:_CARDS]:
            yield from _trial(trial)
        yield from _more(len(facts.trials) - _CARDS, "experiments")
    yield from _suspects(facts)
    if facts.papers:
        yield from ("", "### Papers", "")
        yield from _listed(f"- {code(p.id)} {p.kind}: {code(p.title, 200)}, {p.origin}" for p in facts.papers)


def _problems(facts: Facts) -> Iterator[str]:
    if not facts.findings:
        return
    yield from ("", f"### What fails ({len(facts.findings)})", "")
    ordered = sorted(facts.findings, key=lambda f: f.kind != "tampered")
    yield from _listed(
        f"- {'**TAMPERED** ' if f.kind == 'tampered' else ''}{code(_place(f.file, f.line))} "
        f"{code(f.field) + ': ' if f.field else ''}{code(f.message.replace(' (TAMPERED)', ''))}"
        for f in ordered
    )


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file


def _looks(facts: Facts) -> Iterator[str]:
    if facts.looks:
        yield from ("", f"### What a person must look at ({len(facts.looks)})", "")
        yield from _listed(
            f"- {code(look.where)}: {look.what}{': ' + code(look.said) if look.said else ''}" for look in facts.looks
        )


def _touched(facts: Facts) -> Iterator[str]:
    if facts.touched:
        yield from ("", "### What else it touches", "")
        yield from (f"- {area} ({len(files)}): {codes(files)}" for area, files in facts.touched)


def _records(facts: Facts) -> Iterator[str]:
    if not facts.entries and not facts.reruns:
        return
    yield from ("", f"### Records ({len(facts.entries)} added, {len(facts.reruns)} run again)", "")
    yield "Numbers that nobody has run again are the contributor's word. A check shows edits; it cannot show invention."
    for entry in facts.entries[:_LISTED]:
        yield from ("", *_record(entry))
    yield from _more(len(facts.entries) - _LISTED, "records")
    if facts.reruns:
        yield ""
        yield from _listed(
            f"- run again, {code(r.claim)}, record {code(r.of)}: {code(r.said)}, by {code(r.contributor)}"
            for r in facts.reruns
        )


def _record(entry: Entry) -> Iterator[str]:
    yield f"- {code(entry.path)}"
    yield f"  - verdict **{entry.verdict}** at n = {entry.n}; {entry.seeds}; confirmatory {code(entry.confirmatory)}"
    yield f"  - by {code(entry.contributor)}, tier {entry.tier}, isolation {code(entry.isolation)}"
    yield f"  - digest {code(entry.digest)}; ran at {code(entry.commits)}; previous {code(entry.previous)}"


def _trial(trial: Trial) -> Iterator[str]:
    yield from ("", f"#### {code(trial.name)}, {trial.kind}", "")
    if trial.stale:
        yield f"- makes stale: {codes(trial.stale)}"
    if trial.kind == "removed":
        return
    if trial.closure:
        yield f"- touched, of {count(trial.files, 'file')} that its numbers depend on: {codes(trial.closure)}"
    if f"experiments/{trial.name}.py" not in trial.closure:
        return
    yield f"- measures: {code(trial.title)}"
    yield f"- differs from the papers: {code(trial.differs)}"
    yield f"- papers declared: {codes(trial.papers)}; named in its docstring: {codes(trial.named or ('none',))}"
    if trial.kind == "added":
        yield f"- {count(trial.lines, 'line')}; imports {codes(trial.imports, 30)}"
        yield from (f"- arm {code(name)}: {code(text)}" for name, text in trial.conditions[:20])
        yield from (f"- metric {code(metric)}" for metric in trial.metrics[:20])
        yield from (f"- scale {code(scale)}" for scale in trial.scales)
    yield from (f"- control {code(control)}" for control in trial.controls[:20])


def _suspects(facts: Facts) -> Iterator[str]:
    shown = [s for s in facts.suspects if s.new]
    if shown:
        yield from ("", f"### Lines to look at ({len(shown)})", "")
        yield "Others are not thereby safe: a reader of syntax sees names, not what they lead to."
        yield ""
        yield from _listed(f"- {code(f'{s.path}:{s.line}')} {code(s.what)}: {code(s.code, 160)}" for s in shown)


def _smoke(runs: Sequence[Smoke], not_run: int) -> Iterator[str]:
    yield BEGIN
    yield from ("### Smoke runs", "")
    if not_run:
        yield from (f"**{count(not_run, 'more claim')} NOT RUN**: a change of less can be tried in full.", "")
    if not runs:
        yield "Nothing to run: no claim with a check, and no experiment of one, was changed."
    for run in runs:
        word = "ran" if run.passed else "**FAILED**"
        yield f"- {code(run.claim)}, experiment {code(run.experiment)}: {word}, {code(run.outcome)}"
        if run.replicates or run.controls:
            yield f"  - replicates: {code(run.replicates)}; controls: {code(run.controls)}"
            yield f"  - {run.seconds:.1f} s, isolation {code(run.isolation)}; scale smoke decides nothing"
    yield END


def _listed(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_LISTED]
    yield from _more(len(every) - _LISTED, "of these")


def _more(number: int, what: str) -> Iterator[str]:
    if number > 0:
        yield from ("", f"And {number} more {what}.")
