"""Graph: claims, inquiries, papers and experiments as nodes, and why any two of them are linked as edges."""

from collections.abc import Iterator
from dataclasses import dataclass

from claims.domain.claim import Claim, Source
from claims.domain.status import doubts
from claims.neighbours import Neighbour
from claims.site.links import folder
from claims.site.numbers import fixed
from claims.site.view.context import Context
from claims.site.view.marks import grade_words
from claims.site.view.tables import short_answer
from claims.site.words import one_line

WORDS = {
    "contradicts": ("contradicts", "contradicted by"),
    "supersedes": ("supersedes", "superseded by"),
    "refines": ("refines", "refined by"),
    "depends-on": ("depends on", "ground for"),
    "supports": ("supports", "supported by"),
    "tests": ("tests", "tested by"),
    "rests-on": ("rests on", "used to answer"),
    "source-asserts": ("asserted by", "asserts"),
    "source-supports": ("a source that supports it", "supports"),
    "source-contradicts": ("a source that contradicts it", "contradicts"),
    "source-qualifies": ("a source that qualifies it", "qualifies"),
    "source-supersedes": ("a source that supersedes it", "supersedes"),
    "source-mentions": ("mentioned by", "mentions"),
    "names": ("goes back to", "taken up by"),
    "alike": ("reads alike", "reads alike"),
}
"""Every kind of edge, as its two ends see it; the order is the order in which neighbours are listed."""


@dataclass(frozen=True)
class Node:
    """What has a page. `status` is a claim's verdict, empty for everything else."""

    kind: str
    id: str
    title: str
    lead: str
    note: str
    status: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A link between two nodes, by their places in the graph; `kind` is one of `WORDS`."""

    one: int
    other: int
    kind: str
    why: str


@dataclass(frozen=True)
class Graph:
    """Nodes by kind in the order of the registry, and edges by kind."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(context: Context) -> Graph:
    """Everything that has a page of its own, in time linear in claims and links."""
    nodes = (*_claims(context), *_inquiries(context), *_papers(context), *_experiments(context))
    places = {(node.kind, node.id): place for place, node in enumerate(nodes)}
    order = {kind: rank for rank, kind in enumerate(WORDS)}
    edges = sorted(_edges(context, places), key=lambda e: (order[e.kind], e.one, e.other))
    return Graph(nodes, tuple(edges))


def _claims(context: Context) -> Iterator[Node]:
    for claim in context.claims:
        standing = context.standings[claim.id]
        words = [grade_words(claim, standing), f"grounding {claim.grounding.label.value}", *doubts(standing)]
        yield Node(
            kind="claim",
            id=claim.id,
            title=claim.question,
            lead=one_line(claim, standing),
            note=", ".join(word for word in words if word),
            status=standing.status.value,
            topics=claim.topics,
        )


def _inquiries(context: Context) -> Iterator[Node]:
    for inquiry in context.project.registry.inquiries:
        yield Node("inquiry", inquiry.id, inquiry.question, short_answer(inquiry.answer), "")


def _papers(context: Context) -> Iterator[Node]:
    for paper_id in context.paper_ids():
        paper = context.project.papers.get(paper_id)
        if paper is None:
            yield Node("paper", folder(paper_id), f"arXiv:{paper_id}", "", "not resolved")
        else:
            others = " and others" if len(paper.authors) > 1 else ""
            note = f"{paper.authors[0]}{others}, {paper.published.isoformat()}, arXiv:{paper_id}"
            yield Node("paper", folder(paper_id), paper.title, "", note)


def _experiments(context: Context) -> Iterator[Node]:
    for name, declared in context.project.declared.items():
        yield Node("experiment", name, declared.experiment.title, "", name)


def _edges(context: Context, places: dict[tuple[str, str], int]) -> Iterator[Edge]:
    for claim in context.claims:
        here = places["claim", claim.id]
        yield from _of_claim(claim, here, places)
        for source in claim.sources:
            yield Edge(here, places["paper", folder(source.arxiv)], f"source-{source.stance}", _said(source))
    for inquiry in context.project.registry.inquiries:
        for cited in inquiry.cites:
            if ("claim", cited) in places:
                yield Edge(places["inquiry", inquiry.id], places["claim", cited], "rests-on", "")
    for name, declared in context.project.declared.items():
        for paper in dict.fromkeys(folder(p) for p in declared.experiment.papers):
            yield Edge(places["experiment", name], places["paper", paper], "names", "")
    yield from _alike(context, places)


def _of_claim(claim: Claim, here: int, places: dict[tuple[str, str], int]) -> Iterator[Edge]:
    for relation in claim.relations:
        if ("claim", relation.to) in places:
            yield Edge(here, places["claim", relation.to], relation.kind, relation.because)
    if claim.check is not None and ("experiment", claim.check.experiment) in places:
        yield Edge(places["experiment", claim.check.experiment], here, "tests", "")


def _said(source: Source) -> str:
    return source.says if source.locator == "unverified" else f"{source.locator}: {source.says}"


def _alike(context: Context, places: dict[tuple[str, str], int]) -> Iterator[Edge]:
    """Pairs that read alike, once each; claims that a relation links already are left out, as on their pages."""
    linked = {frozenset((c.id, r.to)) for c in context.claims for r in c.relations}
    found: dict[tuple[int, int], float] = {}
    for kind, near in (("claim", context.alike.claims), ("paper", context.alike.papers)):
        for name, neighbour in ((n, v) for n, each in near.items() for v in each):
            pair = _pair(kind, name, neighbour, places)
            if pair is not None and frozenset((name, neighbour.id)) not in linked:
                found[pair] = max(neighbour.cosine, found.get(pair, -1.0))
    for (one, other), cosine in found.items():
        yield Edge(one, other, "alike", f"cosine of the wording {fixed(cosine, 2)}")


def _pair(kind: str, name: str, near: Neighbour, places: dict[tuple[str, str], int]) -> tuple[int, int] | None:
    ends = [places.get((kind, folder(end) if kind == "paper" else end)) for end in (name, near.id)]
    one, other = ends
    return (min(one, other), max(one, other)) if one is not None and other is not None else None
