"""What is fuzzed: the readers of everything that a stranger can send, each with the errors that it may raise.

A target takes any bytes. It ends in a value, or in an error that tells a person what to do; anything else is a defect.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from markdown import Markdown

from claims.declaration import parse
from claims.domain.finding import Finding
from claims.errors import ClaimsError
from claims.github.comment import inert
from claims.ledger.document import render
from claims.ledger.evidence import _load
from claims.ledger.reruns import load_rerun
from claims.literature import client
from claims.literature.answer import inspect_body
from claims.literature.bib_file import read_bib
from claims.literature.mentions import mentions
from claims.literature.service import Service, service_from
from claims.registry.disputes import read_said
from claims.registry.lint import lint
from claims.registry.load import MAIN, read_registry
from claims.report.inert import code
from claims.runner.answers import Garbled, Heard, contradiction, disagreement
from claims.site.markup import answer, finished

ROOT = Path(__file__).resolve().parent.parent
_OURS = {
    *("p", "code", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "br", "pre"),
    *(f"h{n}" for n in range(1, 7)),
}
"""Elements that a report's own Markdown makes."""
_TOY = parse((ROOT / "tests" / "toy" / "experiments" / "toy.py").read_text(encoding="utf-8"), "experiments/toy.py")


class Target(NamedTuple):
    """A reader, what it is first fed with, and how many bytes it gets at most."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    most: int = 65_536


def registry(data: bytes) -> None:
    """`claims.yaml`: every problem with its place, nothing else."""
    loaded = read_registry({MAIN: data})
    for finding in [*loaded.findings, *lint(loaded, {}, {})]:
        _telling(finding)


def record(data: bytes) -> None:
    """A record's file. One that is accepted is, byte for byte, what would be written again."""
    found = _load(data, "evidence/a-claim/20260101T000000Z-cpu-00000000.json")
    assert render(found) == data


def rerun(data: bytes) -> None:
    """A rerun's file, in the same way."""
    assert render(load_rerun(data, "x.rerun-00000000.json")) == data


def dispute(data: bytes) -> None:
    """A dispute or a reply."""
    said, _, findings = read_said(data, "disputes/a-claim/2026-01-01-x.yaml")
    assert said is not None or findings, "refused without a word"
    for finding in findings:
        _telling(finding)


def answers(data: bytes) -> None:
    """What the process of an experiment says on its pipe, in pieces of any length."""
    heard = Heard()
    try:
        for start in range(0, len(data), 997):
            heard.feed(data[start : start + 997])
    except Garbled as error:
        assert str(error)
        return
    if heard.result is not None:
        disagreement(heard.result, _TOY.experiment, ("treated", "plain"), combine=True)
    if heard.environment is not None:
        contradiction(heard.environment, {"threads": 1}, "cpu")


def report(data: bytes) -> None:
    """A stranger's words in the reviewer's report and in the comment."""
    for shown in (code(_text(data)), inert(_text(data))):
        assert "\x1b" not in shown
        tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", Markdown().convert(shown)))
        assert tags <= _OURS, tags


def declaration(data: bytes) -> None:
    """An experiment's file, which is read and never run."""
    parse(_text(data), "experiments/x.py")


def atom(data: bytes) -> None:
    """What arXiv's server, or somebody in its place, answers: all that is done with it but the transport."""

    def answered(url: str, at: Service) -> bytes:  # noqa: ARG001
        inspect_body(data)
        return data

    with patch.object(client, "_persistently", answered):
        client._request(["2501.00001"], service_from({}))


def bibliography(data: bytes) -> None:
    """A .bib file, or any text in which papers are named."""
    text = _text(data)
    mentions(text)
    read_bib(text)


def prose(data: bytes) -> None:
    """An inquiry's answer on its way to HTML."""
    text = _text(data)
    shown = str(answer(text, {})) + str(finished(text))
    assert "<script" not in shown.lower() and "javascript:" not in shown.lower()


ALLOWED = (ClaimsError,)


def feed(target: Target, data: bytes) -> None:
    """One input. Raises whatever is a defect."""
    try:
        target.feed(data)
    except ALLOWED as error:
        assert str(error).strip(), "an error without a word"


def _feeds() -> Iterator[bytes]:
    from tests.literature.fake_arxiv import ABSTRACT, ENTRY, ERROR, FEED

    given = {"version": 1, "title": "Jars", "submitted": "2025-02-03", "published": "2025-01-02", "abstract": ABSTRACT}
    for comment in ("", "<arxiv:comment>8 pages</arxiv:comment>"):
        entry = ENTRY.format(id="2501.00001", comment=comment, **given)
        yield FEED.format(count=1, total=1, entries=entry).encode()
    yield FEED.format(count=1, total=1, entries=ERROR.format("x")).encode()


def _telling(finding: Finding) -> None:
    assert finding.message and finding.file


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _disputes() -> Iterator[bytes]:
    head = b"schema_version: 1\nby: A. Person\non: 2026-01-01\n"
    yield (
        head
        + b"kind: dispute\nabout: prediction\nreason: >-\n  The threshold is not argued.\nevidence: [2505.11711v2]\n"
    )
    yield head + b"kind: reply\nas: author\npaper: 2505.11711v2\nto: x\ntext: We meant the other table.\n"


def _answers() -> Iterator[bytes]:
    for path in sorted(ROOT.glob("evidence/*/*-cpu-*.json"))[:3]:
        found = json.loads(path.read_bytes())
        one = found["replicates"][0]["replicate"]
        result = {k: one[k] for k in ("measured", "combined", "traces", "seconds", "cpu_seconds", "peak_mib")}
        lines = [{"environment": found["environment"]}, {"progress": 0.5}, {"result": {**result, "not_finite": []}}]
        yield "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    yield b'{"failed": "crash", "message": "it died", "environment": null}\n'


def _files(pattern: str, most: int) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted(ROOT.glob(pattern))[:most])


def _pieces(path: Path, mark: bytes, head: bytes) -> Iterator[bytes]:
    """A file's entries, a few at a time, each a file of its own."""
    first, *entries = path.read_bytes().split(mark)
    yield from (head + mark + entry for entry in entries[:20])
    yield first


TARGETS = {
    "registry": Target(registry, lambda: _pieces(ROOT / "claims.yaml", b"\n  - id: ", b"schema_version: 1\nclaims:")),
    "record": Target(record, lambda: _files("evidence/*/*.json", 12), 262_144),
    "rerun": Target(rerun, lambda: _files("evidence/*/*.rerun-*.json", 12), 262_144),
    "dispute": Target(dispute, _disputes),
    "answers": Target(answers, _answers),
    "report": Target(report, lambda: _files("*.md", 3), 8_192),
    "declaration": Target(declaration, lambda: _files("experiments/*.py", 30)),
    "atom": Target(atom, _feeds),
    "bibliography": Target(bibliography, lambda: _files("*.md", 3)),
    "prose": Target(prose, lambda: _files("*.md", 3), 8_192),
}
