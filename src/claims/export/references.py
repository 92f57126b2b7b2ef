"""Papers, and claims themselves, as references that a text can cite."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from claims.domain.claim import Claim
from claims.domain.digest import claim_digest
from claims.domain.status import Standing, doubts
from claims.literature.bibtex import entry, paper_fields, paper_key, tex
from claims.literature.csl import Item, paper_item
from claims.project import Project

REGISTRY = "claims: a literature-grounded claim tracker for machine learning"
AUTHOR = "The claims contributors"


class _Cited(NamedTuple):
    """A claim as a text cites it. The digest says which wording it was; the verdict may change, and has a date."""

    key: str
    claim: Claim
    note: str
    year: int | None


def as_bibtex(project: Project, what: Sequence[str]) -> str:
    """An entry a paper that we hold (`sources`), then one a claim (`claims`)."""
    entries = []
    if "sources" in what:
        entries += [entry("misc", paper_key(p.id), paper_fields(p)) for _, p in sorted(project.papers.items())]
    if "claims" in what:
        entries += [entry("misc", cited.key, _fields(cited)) for cited in _cited(project)]
    return "\n".join(entries)


def as_csl(project: Project, what: Sequence[str]) -> str:
    """The same as CSL-JSON."""
    items: list[Item] = []
    if "sources" in what:
        items += [paper_item(paper, paper_key(paper.id)) for _, paper in sorted(project.papers.items())]
    if "claims" in what:
        items += [_item(cited) for cited in _cited(project)]
    return json.dumps(items, indent=1, ensure_ascii=False) + "\n"


def claim_entry(claim: Claim, standing: Standing) -> str:
    """One claim as a BibTeX entry, with its verdict as it stands now."""
    cited = _cite(claim, standing)
    return entry("misc", cited.key, _fields(cited))


def claim_item(claim: Claim, standing: Standing) -> Item:
    """One claim as CSL-JSON, with its verdict as it stands now."""
    return _item(_cite(claim, standing))


def _cited(project: Project) -> list[_Cited]:
    return [_cite(claim, project.standing(claim)) for claim in project.registry.claims]


def _cite(claim: Claim, standing: Standing) -> _Cited:
    year = int(standing.record.finished[:4]) if standing.record is not None else None
    return _Cited(f"claim-{claim.id}", claim, _note(claim, standing), year)


def _note(claim: Claim, standing: Standing) -> str:
    flags = f", {', '.join(doubts(standing))}" if standing.flags else ""
    grade = f" ({standing.grade})" if standing.grade else ""
    record = f"; record {standing.record.digest[:8]}" if standing.record is not None else ""
    return (
        f"Claim {claim.id}, wording {claim_digest(claim)[:8]}; verdict in its scope: {standing.status.value}{grade}"
        f"{flags}{record}; grounding: {claim.grounding.label.value}"
    )


def _fields(cited: _Cited) -> dict[str, str]:
    fields = {
        "title": f"{{{tex(cited.claim.statement)}}}",
        "author": f"{{{AUTHOR}}}",
        "howpublished": tex(f"Entry {cited.claim.id} in {REGISTRY}"),
        "note": tex(cited.note),
    }
    return fields | ({"year": str(cited.year)} if cited.year is not None else {})


def _item(cited: _Cited) -> Item:
    item: Item = {
        "id": cited.key,
        "type": "entry",
        "title": cited.claim.statement,
        "author": [{"literal": AUTHOR}],
        "container-title": REGISTRY,
        "number": cited.claim.id,
        "note": cited.note,
    }
    return item | ({"issued": {"date-parts": [[cited.year]]}} if cited.year is not None else {})
