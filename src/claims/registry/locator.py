"""Locators: where in a paper something stands. `section 3.2 and Table 2` is one; `see paper` is none."""

import re
from typing import Literal, NamedTuple

HOW = "name a place, such as abstract, section 3.2, appendix B.6, Table 2, Figure 5, footnote 4, page 7, project page"

_NUMBER = r"(?:[A-Z]?\d+(?:\.\d+)*[a-z]?|[A-Z](?:\.\d+)*|[IVX]+)"
_RANGE = rf"\(?{_NUMBER}(?:\([a-z\d]+\))?\)?(?:\s?(?:[-–]|to)\s?{_NUMBER})?(?:\([a-z\d]+\))?"
_NUMBERED = (
    r"(?i:sections?|secs?\.?|chapters?|appendix|appendices|app\.|tables?|tabs?\.|figures?|figs?\.|algorithms?|alg\."
    r"|equations?|eqs?\.|footnotes?|pages?|pp?\.|theorems?|lemmas?|propositions?|corollar(?:y|ies)|definitions?"
    r"|remarks?|assumptions?|paragraphs?)|§§?"
)
_NAMED = (
    r"(?i:abstract|title|introduction|background|preliminaries|related work|methods?|setup|experiments|evaluation"
    r"|results|ablations?|discussion|limitations|conclusions?|appendix|supplement|(?:section|appendix|paragraph) on"
    r"|project page|repository|code|(?:result|data|configuration) files?|model cards?|read ?me"
    r"|(?:\w+ )?results (?:tables?|figures?))"
)
_PLACE = re.compile(rf"(?:^|(?<=[\s(/]))(?:(?:{_NUMBERED})\s?{_RANGE}|(?P<name>{_NAMED}))(?=[\s).:/'’]|$)")
_ONLY_NUMBER = re.compile(_RANGE)
_FINER = re.compile(
    r"(?i:the |first|second|third|last|left|right|top|bottom|upper|lower|as |in |under |on |caption|column|row|line"
    r"|paragraph|panel|item|bullet|entry|entries)"
)
_BREAK = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s*&\s*")


class Place(NamedTuple):
    """A place that a locator names. `part` tells what somebody must have had before them to name it."""

    words: str
    part: Literal["abstract", "body", "beside"]
    """`beside`: not in the paper, but next to it: code, result files, a project page."""


def places(locator: str) -> tuple[Place, ...]:
    """The places that a locator names, in its order; nothing when part of it names none."""
    found: list[Place] = []
    for words in _BREAK.split(locator.strip()):
        named = [_place(match) for match in _PLACE.finditer(words)]
        numbers_on = _ONLY_NUMBER.fullmatch(words) is not None
        if not named and not (found and (numbers_on or _FINER.match(words))):
            return ()
        found += named
    return tuple(found)


def _place(match: "re.Match[str]") -> Place:
    words = match[0]
    name = (match["name"] or "").lower()
    if name in ("abstract", "title"):
        return Place(words, "abstract")
    if re.search(r"project|repository|code|files?$|card|read", name):
        return Place(words, "beside")
    return Place(words, "body")
