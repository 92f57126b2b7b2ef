r"""Papers as BibTeX. Every text is escaped, so that nothing in a title is a command to TeX. Pure.

An arXiv title may hold TeX of its own, `$\ell_1$`, and it may hold `\input`: who compiles a bibliography runs what
stands in it. So the signs of TeX are written as the signs themselves, and mathematics in a title is printed as its
source. Texts beyond ASCII stay as they are, in UTF-8, as BibTeX's successors read them.
"""

import re
from collections.abc import Iterable, Mapping

from claims.domain.paper import Paper

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # `\{` would do for TeX, but BibTeX counts that brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
}
_SIGN = re.compile(r"[\\{}~^$&#%_]")
_LIGATURE = re.compile(r"([-`',<>?!])(?=[-`',<>])")
"""Pairs that TeX sets as one sign, such as -- and ``."""


def tex(text: str) -> str:
    """A text on one line, as TeX prints it sign by sign."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _SIGN.sub(lambda sign: _SIGNS[sign[0]], _LIGATURE.sub("\\1\0", words)).replace("\0", "{}")


def names(authors: Iterable[str]) -> str:
    """Authors in BibTeX's form. A name with a comma or an `and` in it is held together by braces."""
    return " and ".join(f"{{{tex(a)}}}" if re.search(r",|\band\b", a, re.IGNORECASE) else tex(a) for a in authors)


def entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """One entry. The values of `fields` are TeX already, with balanced braces."""
    width = max(map(len, fields), default=0)
    lines = [f"  {name:{width}} = {{{value}}},\n" for name, value in fields.items()]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def paper_key(paper_id: str) -> str:
    """The citation key that we give a paper: `arxiv-2505.11711`."""
    return f"arxiv-{paper_id.replace('/', '-')}"


def paper_fields(paper: Paper) -> dict[str, str]:
    """What a bibliography says of a paper. The year is that of its first version."""
    fields = {
        "title": f"{{{tex(paper.title)}}}",  # the inner braces keep its capitals
        "author": names(paper.authors),
        "year": str(paper.published.year),
        "month": str(paper.published.month),
        "eprint": paper.id,
        "archiveprefix": "arXiv",
        "url": f"https://arxiv.org/abs/{paper.id}",
    }
    if paper.categories:
        fields["primaryclass"] = tex(paper.categories[0])
    if paper.doi is not None:
        fields["doi"] = tex(paper.doi)
    return fields
