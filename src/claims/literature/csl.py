"""Papers as CSL-JSON, version 1.0.2: what citation processors and reference managers read. Pure."""

import re
from datetime import date
from typing import TypeAlias

from claims.domain.digest import Json
from claims.domain.paper import Paper

Item: TypeAlias = dict[str, Json]


def paper_item(paper: Paper, key: str) -> Item:
    """A paper as an item with this id."""
    item: Item = {
        "id": key,
        "type": "article",  # in CSL the type of a preprint
        "title": paper.title,
        "author": [name(author) for author in paper.authors],
        "issued": day(paper.published),
        "publisher": "arXiv",
        "number": f"arXiv:{paper.id}",
        "URL": f"https://arxiv.org/abs/{paper.id}",
    }
    if paper.abstract is not None:
        item["abstract"] = paper.abstract
    if paper.doi is not None:
        item["DOI"] = paper.doi
    return item


def day(when: date) -> Item:
    """A date as CSL writes it."""
    return {"date-parts": [[when.year, when.month, when.day]]}


def name(author: str) -> Item:
    """An author by BibTeX's own rule: a word without a capital begins the particle, else the last word is the family's.

    One word, or a name with a comma, a digit or an `and` in it, is kept whole: it may be an institution.
    """
    words = author.split()
    if len(words) < 2 or re.search(r"[,\d]|\band\b", author):
        return {"literal": author}
    low = [position for position, word in enumerate(words[:-1]) if word[0].islower()]
    begin, end = (low[0], low[-1] + 1) if low else (len(words) - 1,) * 2
    parts = {"given": words[:begin], "non-dropping-particle": words[begin:end], "family": words[end:]}
    return {part: " ".join(found) for part, found in parts.items() if found}
