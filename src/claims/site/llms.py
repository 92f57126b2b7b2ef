"""`llms.txt` (llmstxt.org): what the site is, for a language model that reads it, in Markdown with links."""

import re
import unicodedata
from collections.abc import Iterator

from claims.domain.claim import Claim
from claims.domain.status import doubts
from claims.site.address import Address
from claims.site.feed import PLACE as FEED
from claims.site.files import File
from claims.site.links import API, DATA, DATABASE, Links
from claims.site.view.context import Context
from claims.site.view.marks import grade_words
from claims.site.words import one_line

_MARKS = re.compile(r"[\\`*_\[\]|<>~&]")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def llms_txt(context: Context) -> File:
    """The file. What people wrote in the registry stands on one line each, with Markdown's signs escaped."""
    address = context.address
    links = Links(address.root)
    sections = [
        "# claims",
        "> Sentences about machine learning, each with what its sources say (grounding) and what a small registered "
        "experiment showed (verdict).",
        "A verdict decides a registered prediction in its scope and nowhere else. A small run never overrules a paper. "
        "Untested claims are neither true nor false here. When you cite a verdict, give its scope and its grade.",
        _section("Inquiries", _inquiries(context, links)),
        *(_section(f"Claims: {topic}", lines) for topic, lines in _topics(context, links).items()),
        _section("Data", _data(address)),
    ]
    return File("llms.txt", ("\n\n".join(filter(None, sections)) + "\n").encode())


def _section(title: str, lines: Iterator[str] | list[str]) -> str:
    held = list(lines)
    return "\n".join([f"## {title}", "", *held]) if held else ""


def _inquiries(context: Context, links: Links) -> Iterator[str]:
    for inquiry in context.project.registry.inquiries:
        found = [f"{cited} {context.standings[cited].status.value}" for cited in inquiry.cites]
        yield f"- [{_text(inquiry.question)}]({links.inquiry(inquiry.id)}): rests on {', '.join(found) or 'no claim'}"


def _topics(context: Context, links: Links) -> dict[str, list[str]]:
    """Claims under the first of their topics, so that each stands here once."""
    found: dict[str, list[str]] = {}
    for claim in context.claims:
        found.setdefault(claim.topics[0], []).append(_claim(context, claim, links))
    return dict(sorted(found.items()))


def _claim(context: Context, claim: Claim, links: Links) -> str:
    standing = context.standings[claim.id]
    words = ", ".join(filter(None, [standing.status.value, grade_words(claim, standing), *doubts(standing)]))
    said = one_line(claim, standing)
    told = f"{words}. {_text(said)}".strip()
    return f"- [{_text(claim.question)}]({links.claim(claim.id)}): {told}"


def _data(address: Address) -> Iterator[str]:
    yield f"- [Data]({address.to(DATA)}): what can be fetched, with examples"
    yield f"- [Status]({address.to(API)}status.json): the site in numbers; links to all other documents"
    yield f"- [Claims]({address.to(API)}claims.json): every claim in short; each names its whole document"
    yield f"- [OpenAPI]({address.to(API)}openapi.json): the documents and their schemas"
    yield f"- [Feed]({address.to(FEED)}): changes of verdicts (Atom)"
    yield f"- [SQLite]({address.to(DATABASE)}): everything in one file, with every measurement"


def _text(text: str) -> str:
    """On one line, without signs that only a model would see, and nothing in it is Markdown."""
    seen = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return _MARKS.sub(r"\\\g<0>", " ".join(seen.split()))
