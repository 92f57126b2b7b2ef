"""Inert: text that strangers wrote as Markdown that means nothing but that text. Pure.

Everything of theirs stands in a code span: in there, neither Markdown nor GitHub reads HTML, links, images, mentions,
numbers of issues or digests of commits. Should a reader not know code spans, the signs that begin any of these have
an invisible space behind them, so that no tag, comment, address or mention can be read out of it either.
"""

import re
import unicodedata

LONGEST = 600
"""Characters of one text; of longer ones the beginning is shown."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Kinds of characters that cannot be seen, or that move what is next to them."""
_BEGINS = re.compile(
    r"(?<=@)(?=[\w-])|(?<=<)(?=[\w/!?])|(?<=\])(?=[(\[:])|(?<=!)(?=\[)|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=#)(?=\d)"
    r"|(?<=\bmailto)(?=:)|(?<=\bjavascript)(?=:)|(?<=-)(?=->)",
    re.IGNORECASE,
)
_APART = "\u200b"


def visible(text: str, longest: int = LONGEST) -> str:
    """One line of what can be seen; a sign that cannot is written out, as `\\u202e`."""
    cut = text[: longest + 1]
    line = " ".join("".join(_written(c) for c in cut).split())
    return f"{line[:longest]} [...]" if len(text) > longest else line


def code(text: object, longest: int = LONGEST) -> str:
    """Text as a code span. A backtick in it becomes a sign that looks like one, a bar one that divides no table."""
    line = visible(str(text), longest).replace("`", "\u02cb").replace("|", "\u00a6")
    return f"`{_BEGINS.sub(_APART, line)}`" if line else "`(empty)`"


def codes(texts: object, most: int = 12) -> str:
    """Several texts, each in its span; of many the first."""
    listed = [str(text) for text in texts] if isinstance(texts, tuple | list) else [str(texts)]
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(code(text) for text in listed[:most]) + more


def terminal(text: str, longest: int = 400) -> str:
    """Text for a terminal: one line that moves no cursor, in ASCII."""
    return visible(text, longest).encode("ascii", "backslashreplace").decode()


def _written(character: str) -> str:
    if character in "\t\n\r ":
        return " "
    kind = unicodedata.category(character)
    return f"\\u{ord(character):04x}" if kind in _HIDDEN else character
