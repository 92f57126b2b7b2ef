"""The small project with two papers, one of which two claims cite."""

import json
from pathlib import Path
from typing import Any

HELD = "2505.11711"
UNCITED = "math/0309136"
TITLE = 'Coins {and} $\\ell_1$: 100% & "more" -- a_b^c ~ \\input{x} @misc{'
QUESTION = "    question: Do the coins differ?\n"
SOURCES = f"""\
    sources:
      - {{arxiv: {HELD}v1, stance: asserts, locator: abstract, says: They do.}}
      - {{arxiv: {HELD}v1, stance: qualifies, locator: Table 1, says: "=1+1 they do, \\"often\\""}}
"""


def paper(paper_id: str, **changes: Any) -> dict[str, Any]:
    """A paper as its file holds it."""
    whole = {
        "id": paper_id,
        "title": TITLE,
        "authors": ["Ada Lovelace", "Laurens van der Maaten", "Plato", "Coins, Inc. and Friends"],
        "published": "2025-05-16",
        "versions": [{"version": 1}, {"version": 2}],
        "origin": "dossier",
        "readings": [{"what": "full text", "how": "made up for a test", "on": "2025-05-17"}],
    }
    return whole | changes


def add_papers(root: Path) -> None:
    """Hold two papers and let coins-differ and coins-sum cite one of them."""
    folder = root / "literature"
    folder.mkdir()
    for paper_id in (HELD, UNCITED):
        (folder / f"{paper_id.replace('/', '_')}.json").write_text(json.dumps(paper(paper_id)))
    registry = root / "claims.yaml"
    text = registry.read_text()
    one = SOURCES.splitlines(keepends=True)
    text = text.replace(QUESTION, QUESTION + SOURCES)
    again = "    question: Do the coins sum to one?\n"
    text = text.replace(again, again + "".join(one[:2]).replace("asserts", "contradicts"))
    registry.write_text(text)
