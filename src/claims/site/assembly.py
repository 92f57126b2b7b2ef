"""Assembly: what MkDocs made of a page's headings, put together with the HTML that we rendered ourselves."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import html
from markupsafe import Markup, escape

from claims.errors import SetupError
from claims.site.render import place

_SILENT = "//svg|//script|//*[@data-search-exclude]"
"""What a search should not find: the numbers on an axis, and what the theme calls excluded."""
_PLACE = re.compile(r"<p>claims-part-(\d+)</p>")
_ADDED_TITLE = re.compile(rf"<h1>[^<]*</h1>(?=\s*<p>{place(0)}</p>)")
"""The theme gives a page a heading when it sees none."""
_INDEX = Path("search") / "search_index.json"


def assemble(site: Path, parts: Mapping[str, Sequence[Markup]]) -> None:
    """Put every page's parts into the built `site`, and their words into its search index.

    `parts` are those of each page by its place under the documents: `claims/a-claim.md`.

    Raises:
        SetupError: a part has no place in its page.
    """
    addresses = {_address(path): found for path, found in parts.items()}
    for address, found in addresses.items():
        file = site / address / "index.html"
        text, missing = _filled(file.read_text(encoding="utf-8"), found)
        if missing:
            raise SetupError(f"{address}: {missing} parts of the page have no place; is {_PLACE.pattern} in the theme?")
        file.write_text(text, encoding="utf-8")
    _index(site / _INDEX, addresses)


def words(part: str) -> str:
    """The text of a part, as a person reads it."""
    tree = html.fragment_fromstring(part, create_parent="div")
    for element in tree.xpath(_SILENT):
        element.drop_tree()
    return " ".join(" ".join(tree.itertext()).split())


def _address(path: str) -> str:
    """`claims/a-claim.md` becomes `claims/a-claim/`, `papers/index.md` becomes `papers/`, as MkDocs does."""
    bare = path.removesuffix(".md")
    return "" if bare == "index" else f"{bare.removesuffix('/index')}/"


def _filled(text: str, parts: Sequence[Markup]) -> tuple[str, int]:
    """The page with its parts, and how many of them it had no place for."""
    left = len(parts)
    text = _ADDED_TITLE.sub("", text, count=1)
    pieces = []
    at = 0
    for number, part in enumerate(parts):
        token = f"<p>{place(number)}</p>"
        start = text.find(token, at)
        if start >= 0:
            pieces += [text[at:start], part]
            at, left = start + len(token), left - 1
    return "".join([*pieces, text[at:]]), left


def _index(file: Path, parts: Mapping[str, Sequence[Markup]]) -> None:
    index = json.loads(file.read_text(encoding="utf-8"))
    for entry in index["docs"]:
        found = parts.get(entry["location"].partition("#")[0], ())
        pieces = _PLACE.split(entry["text"])  # text, number, text, …
        pieces[1::2] = [escape(words(found[int(number)])) for number in pieces[1::2]]
        entry["text"] = " ".join(filter(None, pieces))
    file.write_text(json.dumps(index, sort_keys=True, separators=(",", ":")), encoding="utf-8")
