"""From text that strangers wrote to HTML that means nothing but that text.

Every value that a template places goes through `inert`: besides HTML's own signs, everything that Markdown or
a template could read as an instruction becomes a numeric entity, and white space never starts a new block.
Only three things are HTML on purpose, and each is made here or in `figures`: highlighted code, the sanitised
Markdown of an inquiry's answer, and our own SVG.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`*_[](){}\\|#~!=$^"}
_SPACE = re.compile(r"\s+")
_BREAKING = re.compile(r"[^\S\u00a0]+")
"""White space but for the no-break space, which holds a number together."""
_LINE_SIGN = re.compile(r"^[^\S\n]*#", re.MULTILINE)
_HIDDEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters (Cc) but for tab and line feed, and the signs that turn the direction of writing."""
_AWAY = re.compile(r"https://[^\s\\\"<>\x00-\x20\x7f]+")
_MOST_OPENINGS = 400
"""The reader's time grows with the square of `[` and `<` that are never closed: 19,000 of them took 100 s."""


@dataclass(frozen=True)
class Chip:
    """A claim as it is named inside an answer: its live verdict in a word, and where its page is."""

    claim: str
    word: str
    kind: str
    href: str


def inert(text: str) -> Markup:
    """Text on one line that neither HTML, Markdown nor a template can read as anything else."""
    return Markup(_inert(text.strip()))  # noqa: S704 (that is how it is made inert)


def struck(text: str, beside: str = "") -> Markup:
    """Inert text struck out, with words beside it that are not: a line alone is not seen by everyone."""
    return Markup("<s>{}</s>{}").format(inert(text), beside)


def preformatted(text: str) -> Markup:
    """Text whose lines stay as they are, for a `pre` element."""
    return Markup(_printable(text).translate(_ENTITIES))  # noqa: S704 (that is how it is made inert)


def prose(text: str) -> Markup:
    """Inert text in which `backticks` mark code, as authors write it in docstrings and definitions."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return inert(text)
    joined = (_inert(part) if i % 2 == 0 else f"<code>{_inert(part)}</code>" for i, part in enumerate(parts))
    return Markup("".join(joined).strip())  # noqa: S704 (every part is inert)


def finished(value: object) -> Markup:
    """What a template places: HTML of ours as it is, text made inert; anything else is a view's mistake.

    No line of it begins with `#`: in a page, that is a heading, and only templates have those.
    """
    if isinstance(value, Markup):
        return Markup(_LINE_SIGN.sub("&#35;", value)) if "#" in value else value  # noqa: S704 (the same text)
    if isinstance(value, str):
        return inert(value)
    raise TypeError(f"a template placed {type(value).__name__}; a view holds finished strings only")


def python(source: str) -> Markup:
    """Python source, escaped and highlighted with classes (the theme has the colours)."""
    return code(source, "python")


def code(source: str, language: str) -> Markup:
    """Source in a language that pygments knows, in the same way.

    Signs that would show a reader other code than runs are written out, as `\\u202e`.
    """
    lexer, form = get_lexer_by_name(language), HtmlFormatter(wrapcode=True, cssclass="highlight")
    return Markup(highlight(_shown(source), lexer, form))  # noqa: S704 (escapes)


def answer(text: str, chips: Mapping[str, Chip]) -> Markup:
    """An answer's Markdown as sanitised HTML; `[[claim-id]]` becomes a chip, unless there is no such claim.

    Links lead to other hosts over https; inside the site only chips lead, since nobody can know that a path is there.
    A text with more openings than any answer needs is shown as it stands, not read as Markdown.
    """
    if max(text.count("["), text.count("<")) > _MOST_OPENINGS:
        return Markup("<p>{}</p>").format(inert(text))
    reader = Markdown(extensions=["tables", "sane_lists", _Chips(chips)], output_format="html")
    kinds, ours = {"chip", *(f"chip--{c.kind}" for c in chips.values())}, {c.href for c in chips.values()}

    def followed(_element: str, attribute: str, value: str) -> str | None:
        return value if attribute != "href" or value in ours or _AWAY.fullmatch(value) else None

    # An entity may stand for a sign that the text itself may not hold, so the result is looked at once more.
    return Markup(  # noqa: S704 (sanitised here)
        _printable(
            nh3.clean(
                reader.convert(_printable(text)),
                tags={
                    *("p", "br", "hr", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4"),
                    *("table", "thead", "tbody", "tr", "th", "td", "sub", "sup", "span"),
                },
                attributes={"a": {"href"}},
                allowed_classes={"a": kinds, "span": {"chip__word", "chip__claim"}},
                attribute_filter=followed,
                url_schemes={"https"},
                link_rel="noopener noreferrer",
            )
        )
    )


def one_line_of(text: str) -> str:
    """Text on one line without control characters, for what is not HTML; nothing in it is escaped."""
    return _SPACE.sub(" ", _printable(text)).strip()


def _inert(text: str) -> str:
    return _BREAKING.sub(" ", _printable(text)).translate(_ENTITIES)


def _printable(text: str) -> str:
    """Without control characters and without the signs that turn the direction of what follows."""
    return _HIDDEN.sub("", text)


def _shown(source: str) -> str:
    return "".join(c if c in "\n\t" or _printable(c) else f"\\u{ord(c):04x}" for c in source)


class _Chips(Extension):
    def __init__(self, chips: Mapping[str, Chip]) -> None:
        super().__init__()
        self._chips = chips

    def extendMarkdown(self, md: Markdown) -> None:
        # 155: after code spans (190) and links (160), so that neither a code span nor an address gets a chip
        md.inlinePatterns.register(_ChipPattern(md, self._chips.get), "claim-chip", 155)


class _ChipPattern(InlineProcessor):
    def __init__(self, md: Markdown, find: Callable[[str], Chip | None]) -> None:
        super().__init__(r"\[\[([a-z0-9-]+)\]\]", md)
        self._find = find

    def handleMatch(  # type: ignore[override]
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element | None, int | None, int | None]:
        chip = self._find(m.group(1))
        if chip is None:
            return None, None, None
        link = Element("a", {"class": f"chip chip--{chip.kind}", "href": chip.href})
        for part, content in (("word", chip.word), ("claim", chip.claim)):
            child = Element("span", {"class": f"chip__{part}"})
            child.text = content
            link.append(child)
        return link, m.start(0), m.end(0)
