"""The words of an HTML page, as arXiv makes them of papers. Pure."""

from html.parser import HTMLParser

from claims.literature.tex import from_abstract

_UNSEEN = frozenset({"script", "style", "head", "template", "noscript", "math", "svg"})
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
    }
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)  # fmt: skip


def from_html(page: str) -> str:
    """What a reader sees of a page; its footnotes at the end, for they interrupt the sentence they stand in."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "".join([*reader.body, "\n", *reader.notes])


class _Reader(HTMLParser):
    """Collects text; `convert_charrefs` turns entities into characters."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.body: list[str] = []
        self.notes: list[str] = []
        self._unseen: list[str] = []
        self._note = 0
        """How many elements deep in a footnote."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if self._unseen:
            if tag in _UNSEEN:
                self._unseen.append(tag)
            return
        if tag == "math":
            # The element repeats a formula as signs, as structure and as TeX; its alternative text has it once.
            self._say(from_abstract(named.get("alttext") or ""))
        if tag in _UNSEEN:
            self._unseen.append(tag)
            return
        if tag not in _VOID and (self._note or "ltx_note" in (named.get("class") or "").split()):
            if not self._note:
                self.notes.append("\n")
            self._note += 1
        if tag == "wbr":
            self._say("\u00ad")
        elif tag not in _INLINE:
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            return
        if tag in _VOID:
            return
        if tag not in _INLINE or (self._note and tag == "sup"):  # the note's number is no part of its first word
            self._say("\n")
        self._note = max(0, self._note - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._say(data)

    def _say(self, text: str) -> None:
        (self.notes if self._note else self.body).append(text)
