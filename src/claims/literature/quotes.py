"""Whether a quote stands in a text, typography aside. Pure.

Typography is white space, ligatures, quotation marks, dashes, hyphens at line ends, invisible characters and the
marks of TeX and HTML. Words, their order, numbers, capitals and punctuation are not: with one of them changed, a
quote is another sentence.
"""

import re
import unicodedata
from typing import Literal

from claims.literature.tex import from_abstract, from_tex
from claims.literature.web_page import from_html

Form = Literal["abstract", "TeX", "HTML", "plain text"]

SOFT = "\u00ad"
"""The soft hyphen: stands where a text was broken, so that nobody can say whether the word has a hyphen there."""

_DOUBLE = re.compile("[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d\u301e]|``|''")
_SINGLE = re.compile("[\u2018\u2019\u201a\u201b\u2032\u2039\u203a`\u00b4]")
_LONG_DASH = re.compile(r"\s*(?:[\u2014\u2015]|---)\s*|\s+(?:[\u2012\u2013]|--?)\s+")
_DASH = re.compile("[\u2010-\u2013\u2212\ufe63\uff0d]|--")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINE_END = re.compile(r"(?<=[\w%)])(?:-|\u00ad)[ \t]*\r?\n\s*(?=\w)")
_RAISED = re.compile(r"[{}^_$]")
"""Signs of TeX that carry no word: a page shows a raised 5, a copy of it says 5, its source ^5."""
_TIGHT = re.compile(r" ?([×±≈≃≤≥≪≫=<>~·∼→←/]) ?")
_CLINGING = re.compile(r" +([,.;:!?)\]%])|([(\[]) +")


def occurs(quote: str, text: str, form: Form) -> bool:
    """Whether `quote` stands in `text` word for word, beginning and ending where words and numbers do."""
    pattern = _pattern(_settled(from_abstract(quote)).replace(SOFT, ""))
    return pattern is not None and pattern.search(normalised(text, form)) is not None


def normalised(text: str, form: Form) -> str:
    """`text` without its marks, on one line; a hyphen at the end of a line became a soft hyphen."""
    match form:
        case "TeX":
            return _settled(from_tex(text))
        case "HTML":
            return _settled(from_html(text))
        case "abstract":
            return _settled(from_abstract(_unbroken(text)))
        case "plain text":
            return _settled(_unbroken(text))


def form_of(text: str) -> Form:
    """What a text of a paper is written in, by its marks."""
    start = text[:4096].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html", "<?xml")):
        return "HTML"
    if re.search(r"\\(?:documentclass|begin\{|section\*?\{|cite[a-z]*\{)", text):
        return "TeX"
    return "HTML" if re.search(r"</(?:p|div|span|article)>", text) else "plain text"


def _unbroken(text: str) -> str:
    """A text that was set in lines, as `pdftotext` prints it, with its broken words joined."""
    folded = _DASH.sub("-", _INVISIBLE.sub("", text))
    return _LINE_END.sub(SOFT, folded)


def _settled(text: str) -> str:
    """The typography that all forms share, made one."""
    text = " ".join(_INVISIBLE.sub("", text).split())  # long runs of spaces would make the search for dashes slow
    text = _DOUBLE.sub('"', text)
    text = _SINGLE.sub("'", text).replace("''", '"')
    text = _LONG_DASH.sub(" - ", text)
    text = unicodedata.normalize("NFKC", text)
    text = _RAISED.sub("", _SINGLE.sub("'", _DASH.sub("-", text)))
    text = " ".join(text.split())
    text = _CLINGING.sub(r"\1\2", _TIGHT.sub(r"\1", text))
    return " ".join(text.split())


def _pattern(quote: str) -> re.Pattern[str] | None:
    """Finds a settled quote in a settled text. None for a quote without a word."""
    if not re.search(r"\w", quote):
        return None
    parts: list[str] = []
    for before, character in zip(" " + quote, quote, strict=False):
        if before.isalnum() and character.isalnum():
            parts.append(f"{SOFT}?")
        parts.append(f"[{SOFT}-]" if character == "-" else re.escape(character))
    return re.compile(_before(quote[0]) + "".join(parts) + _after(quote[-1]))


def _before(first: str) -> str:
    """ "significant" is not in "non-significant", and "5 points" neither in "2.5 points" nor in "-5 points"."""
    if first.isdigit():
        return rf"(?<![\w{SOFT}.,+-])"
    return rf"(?<![\w{SOFT}-])" if first.isalpha() else rf"(?<![\w{SOFT}])" if first in ".,-+" else ""


def _after(last: str) -> str:
    """ "fine" is not in "fine-tuning", and "up to 3" not in "up to 3.5"."""
    if last.isdigit():
        return rf"(?![\w{SOFT}%-]|[.,]\d)"
    return rf"(?![\w{SOFT}-])" if last.isalpha() else rf"(?![\w{SOFT}])" if last in ".,-+" else ""
