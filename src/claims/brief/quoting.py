"""Text that strangers wrote, as Markdown that is read by people and by language models: always quoted, never structure.

Whatever came from the registry or from a paper stands on one line behind `>` or between backticks. Signs that no reader
sees are dropped: they can carry words that only a model would read.
"""

import re
import unicodedata

_CHIP = re.compile(r"(\[\[[a-z0-9-]+\]\](?![(\[]))")
_INLINE = re.compile(r"[\\`\[\]<]")
"""What could begin code, a link, an image or HTML."""
_OPENING = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+#>=|~:_]|\*(?:\s|[*\s]*$)))")
"""What could make a line a heading, a list, a rule, a table or a fence. A star before a word is emphasis."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def quoted(text: str) -> str:
    """One line behind `>`. A blank line must follow: otherwise what comes next would belong to it."""
    return f"> {_unread(line(text))}"


def paragraphs(text: str) -> str:
    """Several paragraphs behind `>`, each on one line."""
    found = [line(part) for part in re.split(r"\n\s*\n", text)]
    return "\n>\n".join(quoted(part) for part in found if part)


def code(text: str) -> str:
    """Between as many backticks as it takes."""
    plain = line(text) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def block(lines: list[str], language: str) -> str:
    """A fenced block; the fence is longer than any run of backticks inside."""
    longest = max((len(run) for text in lines for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def line(text: str) -> str:
    """On one line, without signs that cannot be seen."""
    if text.isascii() and text.isprintable():  # nearly every text, and then there are none
        return " ".join(text.split())
    seen = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _hidden(c))
    return " ".join(seen.split())


def _hidden(c: str) -> bool:
    # variation selectors count as marks, and a run of them can carry a text of its own
    return unicodedata.category(c) in _UNSEEN or "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"


def _unread(text: str) -> str:
    """Backslashes before what Markdown would take for its own; `[[claim-id]]` means nothing to it and stays."""
    parts = _CHIP.split(text)  # every second one is a chip
    escaped = "".join(part if i % 2 else _INLINE.sub(r"\\\g<0>", part) for i, part in enumerate(parts))
    return _OPENING.sub(r"\1\\", escaped)
