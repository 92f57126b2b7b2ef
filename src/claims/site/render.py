"""Render: a view-model and a template become one Markdown file with inert text."""

import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

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


def markdown(environment: Environment, page: Page) -> str:
    """The page as Markdown with its front matter. Raises SetupError when the template does not fit the view."""
    try:
        body = environment.get_template(page.template).render(page=page.view)
    except (TemplateError, TypeError) as error:
        raise SetupError(f"site/templates/{page.template}: {error}") from error
    # The theme places a title as HTML, unescaped, so it gets it as HTML: the escaped text.
    title = json.dumps(str(inert(page.title)), ensure_ascii=False)
    return f"---\ntitle: {title}\nhide: {json.dumps(list(page.hidden))}\n---\n\n{body}"
