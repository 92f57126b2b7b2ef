"""File: the graph with its layout as one compact JSON document, for the map's script to fetch."""

import json
from pathlib import Path

from claims.site.map.graph import WORDS, Graph
from claims.site.map.layout import Layout, layout
from claims.site.markup import one_line_of
from claims.site.view.marks import STATUSES, WITHDRAWN

KINDS = ("claim", "inquiry", "paper", "experiment")
_LONGEST = 400
"""Letters of a reason: the page that it comes from has all of it."""
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}
"""Escaped though only a script reads the file: no reader may take it for markup, whatever a server says it is."""


def write_graph(drawn: Graph, target: Path) -> None:
    """Write the map of a project into the file `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(graph_json(drawn, layout(drawn)), encoding="utf-8")


def graph_json(drawn: Graph, placed: Layout) -> str:
    """`graph.json`: rows instead of objects, words by number. Text in it is plain text, never markup."""
    statuses = [status.value for status in STATUSES]
    topics = sorted({topic for node in drawn.nodes for topic in node.topics})
    number = {topic: place for place, topic in enumerate(topics)}
    kinds = {kind: place for place, kind in enumerate(WORDS)}
    document = {
        "kinds": KINDS,
        "statuses": statuses,
        "topics": topics,
        "links": [list(words) for words in WORDS.values()],
        "weak": kinds["alike"],
        "islands": [[i.name, i.x, i.y, i.radius] for i in placed.islands if i.name],
        "nodes": [
            [
                KINDS.index(node.kind),
                node.id,
                one_line_of(node.title + (WITHDRAWN if node.status == "withdrawn" else "")),
                _short(node.lead),
                _short(node.note),
                statuses.index(node.status) if node.status else -1,
                [number[topic] for topic in node.topics],
                *place,
            ]
            for node, place in zip(drawn.nodes, placed.places, strict=True)
        ],
        "edges": [[e.one, e.other, kinds[e.kind], _short(e.why)] for e in drawn.edges],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"{text.translate(_UNSAFE)}\n"


def _short(text: str) -> str:
    line = one_line_of(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rsplit(' ', 1)[0]} …"
