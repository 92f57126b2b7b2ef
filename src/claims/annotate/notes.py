"""Notes for a reference manager: one for each cited paper that has claims here."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from claims.annotate.cited import Cited, OnPaper
from claims.domain.paper import Paper
from claims.domain.status import doubts
from claims.literature.bib_file import BibEntry
from claims.literature.bibtex import entry, paper_fields, paper_key, tex
from claims.literature.csl import paper_item

PARAGRAPH = r"\par "
"""Between two claims of a note in BibTeX, whose fields have no lines."""


def note(cited: Cited) -> list[str]:
    """What to know of a paper's claims: a line that names the paper, then one a claim."""
    return [f"Claims on arXiv:{cited.id} in this registry", *(_claim(on) for on in cited.claims)]


def scope(on: OnPaper) -> str:
    """The scope on one line."""
    parts = ((k, v if isinstance(v, tuple) else (v,)) for k, v in on.claim.scope.items())
    return " · ".join(f"{key}: {', '.join(map(str, values))}" for key, values in parts)


def verdict(on: OnPaper) -> str:
    """`supported, standard (stale)`: the status here, its grade and its flags."""
    words = on.standing.status.value + (f", {on.standing.grade}" if on.standing.grade else "")
    return words + (f" ({', '.join(doubts(on.standing))})" if on.standing.flags else "")


def stances(on: OnPaper) -> str:
    """What the paper does to the claim: `asserts, qualifies`."""
    return ", ".join(dict.fromkeys(source.stance for source in on.sources))


def as_bibtex(papers: Iterable[Cited]) -> str:
    """A bibliography of the papers with claims. An entry of the file keeps its key, type and fields.

    The note stands in `annote`, which styles do not print, behind what stood there.
    """
    texts = []
    for noted in _noted(papers):
        words = PARAGRAPH.join(map(tex, noted.lines))
        if noted.own is not None:
            texts.append(entry(noted.own.kind, noted.key, _with_note(noted.own, words)))
        else:
            texts.append(entry("misc", noted.key, {**paper_fields(noted.paper), "annote": words}))
    return "\n".join(texts)


def as_csl(papers: Iterable[Cited]) -> str:
    """The same as CSL-JSON; the id of an item is the key of the file's entry."""
    items = [{**paper_item(noted.paper, noted.key), "note": "\n".join(noted.lines)} for noted in _noted(papers)]
    return json.dumps(items, indent=1, ensure_ascii=False) + "\n"


class _Noted(NamedTuple):
    key: str
    own: BibEntry | None
    paper: Paper
    lines: list[str]


def _noted(papers: Iterable[Cited]) -> Iterable[_Noted]:
    """One note a paper; where the file has entries, one an entry, though it may name two papers."""
    found: dict[tuple[str, int], _Noted] = {}
    for cited in papers:
        if cited.claims and cited.paper is not None:
            for own in cited.entries or (None,):
                key, line = (own.key, own.line) if own is not None else (paper_key(cited.id), 0)
                found.setdefault((key, line), _Noted(key, own, cited.paper, [])).lines.extend(note(cited))
    return found.values()


def _claim(on: OnPaper) -> str:
    where = "; ".join(f"{s.arxiv}, {s.locator}" for s in on.sources)
    moved = f" [{', '.join(on.moves)}]" if on.moves else ""
    return (
        f"{on.claim.id}: {on.claim.statement} The paper {stances(on)} this ({where}){moved}. "
        f"Grounding: {on.claim.grounding.label.value}. Verdict here: {verdict(on)}. Scope: {scope(on)}."
    )


def _with_note(own: BibEntry, words: str) -> dict[str, str]:
    kept = {name: value if _balanced(value) else tex(value) for name, value in own.fields.items()}
    before = kept.get("annote", "")
    return {**kept, "annote": f"{before}{PARAGRAPH}{words}" if before else words}


def _balanced(value: str) -> bool:
    """Whether braces close as they open, so that a value in braces stays one."""
    depth = 0
    for sign in value:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
