"""Reading a text of a paper that the user has, to look the cited quotes up in it. Asks nobody."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from claims.domain.paper import Paper, QuoteCheck, Reading
from claims.errors import SetupError
from claims.literature.entry import paper_id
from claims.literature.quotes import form_of
from claims.sources.looking import Text, looked_up
from claims.sources.shelf import read_shelf, write_paper, writing

MAX_BYTES = 16 * 1024 * 1024
_NOT_TEXT = {b"%PDF": "is a PDF: run pdftotext on it first", b"\x1f\x8b": "is packed: unpack it first",
               b"PK\x03\x04": "is packed: unpack it first"}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """What came of it: a paper, and the outcome for every quote that claims cite from it."""

    paper: Paper
    text: str
    checks: tuple[QuoteCheck, ...]


def read_text(root: Path, named: str, file: Path, on: date) -> Looked:
    """Look every cited quote of a paper up in a file, and note that its text was read.

    Raises:
        SetupError: no such paper here, or a file that is no text.
    """
    identity = paper_id(named)
    if identity is None:
        raise SetupError(f"{named!r:.80} is not an arXiv id; write it with its version, as in 2505.11711v2")
    one, version = identity
    data = _bytes(file)
    body = _decoded(data)
    form = form_of(body)
    which = f"v{version}" if version is not None else "an unknown version"
    text = Text(body, form, f"full text of {which}, as {form}", version, hashlib.sha256(data).hexdigest())
    how = f"a file read as {form}, {len(body.split())} words, searched for the quotes; SHA-256 {text.sha256[:12]}…"
    with writing(root):
        shelf = read_shelf(root)
        paper = shelf.papers.get(one)
        if paper is None:
            raise SetupError(f"{one} is not in literature/: run `claims sources sync {one}` first")
        if version is not None and paper.at(version) is None:
            raise SetupError(f"literature/ knows {one} up to v{paper.newest.version}, not v{version}")
        quotes = [c.quote for c in shelf.of(one) if c.quote is not None]
        after = looked_up(paper, quotes, text, on)
        reading = Reading(version=version, what="full text", how=how, on=on)
        if not any(r.how == how and r.version == version for r in paper.readings):
            after = after.model_copy(update={"readings": (*paper.readings, reading)})
        if after != paper:
            write_paper(root, after)
    return Looked(after, text.called, tuple(c for c in after.quotes if c.sha256 == text.sha256))


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise SetupError(f"{file}: there is no such file")
        if file.stat().st_size > MAX_BYTES:
            raise SetupError(f"{file}: more than {MAX_BYTES // 2**20} MiB: give the paper's text alone")
        data = file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
    for start, remedy in _NOT_TEXT.items():
        if data.startswith(start):
            raise SetupError(f"{file}: {remedy}")
    if b"\0" in data or not data.strip():
        raise SetupError(f"{file}: holds no text; give HTML, TeX or what pdftotext prints")
    return data


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # sources of old papers; every byte has a meaning in it
