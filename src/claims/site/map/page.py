"""The map's page: a list of everything that stands on the map. Its drawing is the script's part."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from claims.domain.claim import Status
from claims.domain.counting import count
from claims.site.links import Links
from claims.site.map.graph import Graph, Node
from claims.site.markup import struck
from claims.site.view.marks import STATUSES, WITHDRAWN, Mark, verdict_mark


@dataclass(frozen=True)
class MapEntry:
    """A node in the list: its page, and how many links lead from it."""

    title: str
    href: str
    links: str


@dataclass(frozen=True)
class MapGroup:
    """Nodes of one kind; claims also of one verdict, as `mark` says."""

    heading: str
    mark: Mark | None
    number: str
    entries: tuple[MapEntry, ...]


@dataclass(frozen=True)
class MapPage:
    """The page."""

    tally: str
    marks: tuple[Mark, ...]
    """The verdicts that claims on this map have: the key to its signs."""
    groups: tuple[MapGroup, ...]


_KINDS = {"claim": "Claims", "inquiry": "Inquiries", "experiment": "Experiments", "paper": "Papers"}


def map_page(graph: Graph, links: Links) -> MapPage:
    """Everything on the map, folded by kind and verdict."""
    degree = Counter(end for edge in graph.edges for end in (edge.one, edge.other))
    numbered = tuple(enumerate(graph.nodes))
    groups = tuple(_groups(numbered, degree, links))
    kinds = Counter(node.kind for node in graph.nodes)
    words = [
        count(kinds["claim"], "claim"),
        count(kinds["inquiry"], "inquiry", "inquiries"),
        count(kinds["paper"], "paper"),
        count(kinds["experiment"], "experiment"),
        count(len(graph.edges), "link"),
    ]
    return MapPage(", ".join(words), tuple(g.mark for g in groups if g.mark is not None), groups)


def _groups(nodes: tuple[tuple[int, Node], ...], degree: Counter[int], links: Links) -> Iterator[MapGroup]:
    for kind, heading in _KINDS.items():
        chosen = [(place, node) for place, node in nodes if node.kind == kind]
        for status in dict.fromkeys(s.value for s in STATUSES) if kind == "claim" else ("",):
            entries = tuple(_entries(((p, n) for p, n in chosen if n.status == status), degree, links))
            if entries:
                mark = verdict_mark(Status(status), links) if status else None
                yield MapGroup(heading, mark, str(len(entries)), entries)


def _entries(nodes: Iterable[tuple[int, Node]], degree: Counter[int], links: Links) -> Iterator[MapEntry]:
    page = {"claim": links.claim, "inquiry": links.inquiry, "paper": links.paper, "experiment": links.experiment}
    for place, node in nodes:
        title = struck(node.title, WITHDRAWN) if node.status == Status.WITHDRAWN else node.title
        yield MapEntry(title, page[node.kind](node.id), count(degree[place], "link"))
