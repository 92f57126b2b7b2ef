"""Render: a view-model and a template become a page, its text inert.

MkDocs gets only the headings: it would read our HTML as Markdown, and again for its search, and spend most of its
time on that (`benchmarks/results/site-scale.json`: bare MkDocs beside our step). `assembly` adds the rest afterwards.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from claims.errors import SetupError
from claims.site.markup import finished, inert


@dataclass(frozen=True)
class Page:
    """A page to write: its place under the documents, its template, its title, and what the template places."""

    path: str
    template: str
    title: str
    view: object
    hidden: tuple[str, ...] = ("navigation",)
    """Sidebars that the page does without: `navigation`, `toc`."""
    boost: int = 1
    """How much a match in it weighs in the search."""
    tags: tuple[str, ...] = ()
    """Names of ours by which the search finds it first."""
    prose: bool = False
    """Whether its template is written in Markdown, of which MkDocs must read all."""
    findable: bool = True
    """Whether the search knows it; a list says nothing that the pages in it do not say."""


def templates(folder: Path) -> Environment:
    """The templates in `folder`. They place finished strings: an undefined name or a number is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@dataclass(frozen=True)
class Rendered:
    """A page for MkDocs: Markdown with its headings, and the HTML between them, which MkDocs need not read."""

    markdown: str
    parts: tuple[Markup, ...]


def rendered(environment: Environment, page: Page) -> Rendered:
    """The page with its front matter. Raises SetupError when the template does not fit the view."""
    try:
        body = environment.get_template(page.template).render(page=page.view)
    except (TemplateError, TypeError) as error:
        raise SetupError(f"site/templates/{page.template}: {error}") from error
    # The theme places a title as HTML, unescaped, so it gets it as HTML: the escaped text.
    title = json.dumps(str(inert(page.title)), ensure_ascii=False)
    kept, parts = ([body], ()) if page.prose else _split(body)
    search = f"search: {{boost: {page.boost}, exclude: {json.dumps(not page.findable)}}}"
    tags = f"\ntags: {json.dumps(page.tags)}" if page.tags else ""
    head = f"title: {title}\nhide: {json.dumps(list(page.hidden))}\n{search}{tags}"
    return Rendered(f"---\n{head}\n---\n\n{''.join(kept)}", parts)


def place(number: int) -> str:
    """What stands in the Markdown, as a paragraph of its own, where a part belongs."""
    return f"claims-part-{number}"


def _split(body: str) -> tuple[list[str], tuple[Markup, ...]]:
    """Headings as they are, with places between them. No value can begin a line with `#`: see `markup.finished`."""
    kept: list[str] = []
    parts: list[Markup] = []
    for piece in _HEADING.split(body):
        if piece.startswith("## "):
            kept.append(f"{piece}\n\n")
        elif piece.strip():
            kept.append(f"{place(len(parts))}\n\n")
            parts.append(Markup(piece.strip()))  # noqa: S704 (what a template made of finished values)
    return kept, tuple(parts)


_HEADING = re.compile(r"^(## .*)\n", re.MULTILINE)
