"""Bibliographies: the entries of a BibTeX file as a person keeps it, and the arXiv ids of each. No network here."""

import logging
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from claims.literature.mentions import Mention, mentions, only_id

_NAMED_IDS = ("eprint", "arxivid", "arxiv")
"""Fields that hold a bare id: BibTeX's and BibLaTeX's, Mendeley's, and what people write by hand."""
_ARCHIVE = ("archiveprefix", "eprinttype")
_ABOUT_OTHERS = frozenset({"abstract", "annote", "annotation", "comment", "file", "keywords", "related", "review"})
"""Fields that may name papers which the entry is not."""


class BibEntry(NamedTuple):
    """One entry. Values of `fields` are as TeX reads them; names are in lower case."""

    key: str
    kind: str
    line: int
    fields: Mapping[str, str]
    mentions: tuple[Mention, ...]


def read_bib(text: str) -> tuple[BibEntry, ...]:
    """Every entry, in the order of the file. What cannot be read as an entry still gives the ids that it mentions.

    Such an entry has no fields and an empty key, so that no id is lost to a missing brace.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it tells the log of every block it cannot read
    entries = []
    for block in parse_string(text).blocks:
        # A key or a field that is there twice is read all the same.
        entry = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        line = (block.start_line or 0) + 1
        if isinstance(entry, Entry):
            fields = {field.key.lower(): str(field.value) for field in entry.fields}
            found = tuple(m._replace(line=line) for m in _own(fields))
            entries.append(BibEntry(entry.key, entry.entry_type.lower(), line, fields, found))
        elif isinstance(block, ParsingFailedBlock):
            found = tuple(m._replace(line=line + m.line - 1) for m in mentions(block.raw or ""))
            entries.append(BibEntry("", "", line, {}, found))
    return tuple(entries)


def _own(fields: Mapping[str, str]) -> Iterator[Mention]:
    """The ids of an entry, each once, those of its fields for ids first."""
    archives = {_bare(fields[name]).lower() for name in _ARCHIVE if name in fields}
    others = _ABOUT_OTHERS if archives <= {"arxiv", ""} else {*_ABOUT_OTHERS, "eprint"}
    read = {name: " ".join(value.split()) for name, value in fields.items() if name not in others}
    named = [only_id(_bare(read[name])) for name in _NAMED_IDS if name in read]
    # Behind a word, a number alone is no id; in the fields for ids it has just been looked for.
    elsewhere = [mention for value in read.values() for mention in mentions(f"in {value}")]
    yield from dict.fromkeys(mention for mention in (*named, *elsewhere) if mention is not None)


def _bare(value: str) -> str:
    return value.strip('{}" ')
