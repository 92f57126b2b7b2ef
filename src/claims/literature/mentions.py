"""Mentions: the arXiv ids in text that people wrote, and nothing that only looks like one. Pure.

A number such as 2011.08513 may be a date, a price or a part of a DOI. It counts where something says that it is an
arXiv id (an address, `arXiv:`, `abs/`, arXiv's own DOI), where it carries a version, or where a line holds nothing but
ids. An id of the old style counts on its own: the names of the archives are a closed list. Months and the number of
digits must be those of arXiv's schemes (info.arxiv.org/help/arxiv_identifier.html).
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple


class Mention(NamedTuple):
    """A paper named in a text. `paper` is its id without version and without subject class."""

    paper: str
    version: int | None
    line: int
    """From 1."""


_ARCHIVE = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD = rf"(?P<archive>{_ARCHIVE})(?:\.[A-Z]{{2}})?(?:/|%2[Ff])(?P<old>[0-9]{{7}})"
_NEW = r"(?P<new>[0-9]{4}\.[0-9]{4,5})"
_VERSION = r"(?:v(?P<version>[1-9][0-9]{0,3}))?"
_END = r"(?:\.pdf)?(?!\w)(?!\.[0-9])"
_ID = re.compile(rf"(?:{_OLD}|{_NEW}){_VERSION}{_END}")
_SAID = re.compile(
    r"(?i:(?<![\w-])(?:arxiv\.org/(?:abs|pdf|html|format|ps|e-print|src)/|ar5iv\.org/(?:abs|html)/|xxx\.lanl\.gov/abs/"
    r"|alphaxiv\.org/(?:abs|pdf|overview)/|(?:huggingface|hf)\.co/papers/)"
    r"|(?<![\w.])10\.48550/arxiv\."
    r"|(?<![\w-])arxiv(?:\s+(?:e-?prints?|preprints?|id|identifier|number|no\.?))?[\s:~,=(\[{}\"'*_`-]{1,40}"
    r"|(?<![\w/.-])abs/"
    r"|(?<![\w-])(?:eprint|arxivid)[\"']?\s*[=:]\s*[{\"']{0,2})"  # an entry of a bibliography, inside any other text
)
_ALSO = re.compile(r"\s*(?:[,;&]|\band\b)\s*(?:and\s+)?")
_ALONE = re.compile(rf"(?<![\w./:%-])(?:{_OLD}{_VERSION}|{_NEW}v(?P<v>[1-9][0-9]{{0,3}})){_END}(?!/|\.\w)")
_OTHER_DOI = re.compile(r"(?<![\w.])10\.(?!48550/)[0-9]{4,9}/[^\s\"<>{}]+")
_BULLET = re.compile(r"\s*(?:[-*+•]\s+|[0-9]{1,3}[.)]\s+)?")
_BETWEEN = re.compile(r"[\s,;]+")


def mentions(text: str) -> tuple[Mention, ...]:
    """Every mention in the order of the text. Takes time proportional to its length."""
    plain = html.unescape(text)
    found: dict[int, re.Match[str]] = {}
    for match in (*_said(plain), *_alone(plain), *_lists(plain)):
        found.setdefault(match.start(), match)
    mentioned, line, at = [], 1, 0
    for start, match in sorted(found.items()):
        line, at = line + plain.count("\n", at, start), start
        mentioned.append(_mention(match, line))
    return tuple(mentioned)


def only_id(text: str) -> Mention | None:
    """The mention in a text that is nothing but an id, as in the field of a bibliography that holds ids."""
    match = _ID.fullmatch(text.strip())
    return _mention(match, 1) if match is not None and _possible(match) else None


def without_class(paper: str) -> str:
    """`math/0309136` for `math.GT/0309136`: arXiv takes both for the same paper."""
    archive, slash, number = paper.partition("/")
    return f"{archive.partition('.')[0]}/{number}" if slash else paper


def _said(text: str) -> Iterator[re.Match[str]]:
    """Ids behind something that says so, and the rest of a list that begins so."""
    for said in _SAID.finditer(text):
        match = _ID.match(text, said.end())
        while match is not None and _possible(match):
            yield match
            also = _ALSO.match(text, match.end())
            match = _ID.match(text, also.end()) if also is not None else None


def _alone(text: str) -> Iterator[re.Match[str]]:
    """Ids that cannot be taken for anything else. A publisher's DOI may hold anything, so nothing in it counts."""
    without_dois = _OTHER_DOI.sub(lambda doi: " " * len(doi[0]), text)
    return (match for match in _ALONE.finditer(without_dois) if _possible(match))


def _lists(text: str) -> Iterator[re.Match[str]]:
    """The ids of lines that hold nothing else but a bullet, separators and a comment behind `#`."""
    start = 0
    for line in text.splitlines(keepends=True):
        bullet = _BULLET.match(line)
        begin = bullet.end() if bullet is not None else 0
        words = line[begin:].partition("#")[0].rstrip(" \t\r\n,;")
        place, ids = start + begin, []
        for word in _BETWEEN.split(words):
            place = text.find(word, place)
            match = _ID.fullmatch(text, place, place + len(word))
            if match is None or not _possible(match):
                break
            ids.append(match)
            place = match.end()
        else:
            yield from ids
        start += len(line)


def _possible(match: re.Match[str]) -> bool:
    """Whether arXiv can have given this id: from July 2007 four digits a month, from 2015 five, before that seven."""
    new, old = match["new"], match["old"]
    if new is not None:
        year_month, number = int(new[:4]), new[5:]
        digits = 4 if year_month < 1501 else 5
        return year_month >= 704 and 1 <= year_month % 100 <= 12 and len(number) == digits and int(number) > 0
    year, month = int(old[:2]), int(old[2:4])
    begun = (year, month) >= (91, 7) or (year, month) <= (7, 3)
    return begun and 1 <= month <= 12 and int(old[4:]) > 0


def _mention(match: re.Match[str], line: int) -> Mention:
    groups = match.groupdict()
    version = groups["version"] or groups.get("v")
    paper = groups["new"] or f"{groups['archive']}/{groups['old']}"
    return Mention(paper, int(version) if version else None, line)
