"""A claim's card as Markdown: what a reviewer asks of it, in the order in which it is asked."""

from collections.abc import Iterator

from claims.report.facts import Card, Grounds, Risk, Seeds
from claims.report.inert import code, codes
from claims.report.risk import percent

_DELTAS = 40
_HEAD = "| prediction | about | expected | of what can be measured | rival | on record elsewhere |"


def card_lines(card: Card) -> Iterator[str]:
    """The card, from its heading to the four questions."""
    kind = {"added": "new", "changed": "changed", "removed": "REMOVED"}[card.kind]
    yield from ("", f"#### {code(card.id)}, {kind}", "")
    if card.statement:
        yield f"> {code(card.statement, 1500)}"
        yield ""
    if card.kind == "removed":
        yield "Claims are withdrawn, with date and reason; not deleted."
        return
    yield from _changes(card)
    if not card.label:
        yield "It cannot be read in full: see what fails."
        return
    judged = card.kind == "added" or card.digest_changed
    if judged:
        yield f"- **scope**: {code(card.scope)}"
    if card.kind == "added" or card.sources_changed:
        yield from _grounds(card)
    if judged:
        yield from _predictions(card)
        yield from _design(card)
    yield f"- **status**: {code(card.status)}"
    if judged:
        yield from _questions(card)


def _changes(card: Card) -> Iterator[str]:
    if card.kind != "changed":
        return
    if card.digest_changed:
        yield f"**What is judged was changed.** Records that no longer count: {card.lost}."
    else:
        yield "What is judged stays as it was: records of it still count."
    yield from ("", "| field | was | is |", "| --- | --- | --- |")
    for delta in sorted(card.deltas, key=lambda d: not d.judged)[:_DELTAS]:
        was, now = (code(text, 300) if text is not None else "nothing" for text in (delta.before, delta.after))
        yield f"| {'**judged** ' if delta.judged else ''}{code(delta.field)} | {was} | {now} |"
    if len(card.deltas) > _DELTAS:
        yield from ("", f"And {len(card.deltas) - _DELTAS} more fields.")
    yield ""


def _grounds(card: Card) -> Iterator[str]:
    yield f"- **grounding**: {card.label}, because {code(card.because)}"
    if not card.grounds:
        yield "  - **no source**"
    yield from (f"  - {_source(source)}" for source in card.grounds)


def _source(source: Grounds) -> str:
    said = [f"{code(source.arxiv)} {source.stance}, at {code(source.locator)}: {code(source.says)}"]
    if source.quote is not None:
        state = f"**{source.quote_state}**" if source.quote_state != "found" else "found"
        said.append(f"quote {state}: {code(source.quote)}")
    else:
        said.append("**no quote**")
    if source.reported:
        said.append(f"numbers: {codes(source.reported)}")
    said += [f"**{doubt}**" for doubt in source.doubts]
    return f"{'; '.join(said)}; paper {code(source.paper, 200)}; read: {codes(source.read, 3) or '**nobody read it**'}"


def _predictions(card: Card) -> Iterator[str]:
    if not card.risks:
        yield "- **nothing to run**: no check"
        return
    yield f"- **experiment**: {code(card.experiment)}"
    yield from ("", _HEAD, "| --- | --- | --- | --- | --- | --- |")
    yield from (_row(risk) for risk in card.risks)
    yield ""
    yield from (f"- **{code(risk.id)} {risk.weak}**" for risk in card.risks if risk.weak)


def _row(risk: Risk) -> str:
    share = f"{percent(risk.share)} of {risk.bounds}" if risk.share is not None else risk.bounds
    rival = f"{risk.rival:g}, excluded" if risk.rival is not None else "**none**"
    seen = f"{risk.inside} of {risk.seen} inside" if risk.seen else "none"
    return f"| {code(risk.id)} | {code(risk.what)} | {risk.expected} | {share} | {rival} | {seen} |"


def _design(card: Card) -> Iterator[str]:
    yield from _power(card)
    yield f"- **gates**, none on what is predicted: {codes(card.gates or ('none',))}"
    if card.controls:
        yield f"- **controls**: {'; '.join(code(control) for control in card.controls)}"
        yield f"- **compared with, and negative controls**: {'; '.join(map(code, card.may_fail)) or '**none named**'}"
    if card.cost:
        yield f"- **cost at full scale**: {code(card.cost)}"
        yield f"- **smoke**: `claims verify {card.id} --scale smoke`"


def _power(card: Card) -> Iterator[str]:
    if card.together:
        words = f"{card.together} replicates for all predictions" if card.together.isdecimal() else card.together
        yield f"- **power** (.8, rule 1, simulated): {words}"
    if any(s.spread_from == "assumed" for s in card.seeds):
        yield "- **power** (.8, rule 1, simulated): no spread is on record; replicates needed at four assumed ones:"
    for name in dict.fromkeys(s.prediction for s in card.seeds):
        own = [s for s in card.seeds if s.prediction == name]
        sizes = "; ".join(_size(s) for s in own)
        yield f"  - {code(name)}: {sizes}, {own[0].truth}"


def _size(seeds: Seeds) -> str:
    needed = str(seeds.needed) if seeds.needed is not None else "**more than any look**"
    source = "" if seeds.spread_from == "assumed" else f" ({seeds.spread_from})"
    return f"{needed} at a spread of {seeds.spread:.2g}{source}"


def _questions(card: Card) -> Iterator[str]:
    """What only a person can answer, with what there is to answer it by."""
    expected = tuple(f"{risk.what}: {risk.expected}" for risk in card.risks)
    numbers = tuple(number for source in card.grounds for number in source.reported)
    bounds = tuple(f"{risk.what}: {risk.bounds}" for risk in card.risks)
    yield from ("", "Only a person can answer:", "")
    yield f"- [ ] Is it falsifiable as worded? It fails unless {codes(expected or ('nothing is predicted',))}"
    yield f"- [ ] Is the threshold argued? {_argued(card.note, numbers)}"
    moved = f"Bounds {codes(bounds or ('none',))}; gates {codes(card.gates or ('none',), 4)}"
    yield f"- [ ] Could the metric have moved? {moved}"
    yield f"- [ ] Does what differs from the paper matter? {code(card.differs or 'nothing is said of it')}"


def _argued(note: str, numbers: tuple[str, ...]) -> str:
    argued = f"The note says {code(note, 400)}" if note else "No note says why"
    return f"{argued}; the papers print {codes(numbers)}" if numbers else f"{argued}; no number of a paper is given"
