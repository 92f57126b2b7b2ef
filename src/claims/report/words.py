"""Words: what a change comes to, in a line or two, for Markdown and for the terminal. Holds no contributor's text."""

from claims.domain.counting import count
from claims.report.facts import Facts

_KINDS = (("added", "Adds"), ("changed", "Changes"), ("removed", "Removes"))


def verdict(facts: Facts) -> str:
    """The line that a reviewer reads first."""
    failing = len(facts.findings)
    looks = f"{count(len(facts.looks), 'thing')} for a person to look at"
    if facts.tampered:
        edited = f"{count(facts.tampered, 'record or status', 'records or statuses')} edited, removed or typed by hand"
        more = f"; {count(failing - facts.tampered, 'other problem')}" if failing > facts.tampered else ""
        return f"TAMPERED: {edited}{more}; {looks}"
    if failing:
        return f"Blocked: {count(failing, 'problem')}; {looks}"
    return f"Sound by machine; {looks}"


def summary(facts: Facts) -> str:
    """What is added, changed and removed."""
    parts = [facts.unread] if facts.unread else []
    for kind, verb in _KINDS:
        counts = (
            (sum(card.kind == kind for card in facts.cards), "claim"),
            (sum(trial.kind == kind for trial in facts.trials), "experiment"),
            (sum(paper.kind == kind for paper in facts.papers), "paper"),
            (len(facts.entries) if kind == "added" else facts.rewritten.count(kind), "record"),
            (len(facts.reruns) if kind == "added" else 0, "rerun"),
            (sum(f.kind == kind and f.what == "dispute" for f in facts.filings), "dispute"),
            (sum(f.kind == kind and f.what == "reply" for f in facts.filings), "reply", "replies"),
        )
        told = [count(n, *nouns) for n, *nouns in counts if n]
        if told:
            parts.append(f"{verb} {_listed(told)}.")
    return " ".join(parts) or "No claim, experiment, paper, record or dispute is added, changed or removed."


def after_all(facts: Facts) -> str:
    """What this rests on, and how to read it."""
    files = count(facts.files, "file differs", "files differ")
    return f"{files}. What stands in `this type` may hold words of the contributor."


def _listed(told: list[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
