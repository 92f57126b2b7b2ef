"""arXiv on this machine, and a project whose claims cite it. No test here can reach another host."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from claims.literature.service import Service
from tests.literature.fake_arxiv import QUOTE, FakeArxiv, Made, serving

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CLAIM = """  - id: {name}
    question: Do jars weigh more with pebbles?
    statement: A jar with pebbles weighs more than without.
    scope: {{jars: glass}}
    topics: [jars]
    asserted: 2025-02-03
    sources:
      - arxiv: {arxiv}
        stance: asserts
        locator: abstract
        says: Pebbles weigh something.
        quote: {quote}
    watch: A lighter pebble.
    grounding: {{label: faithful, because: The abstract says it.}}
    status: untested
"""


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere else fails the test."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", f"a test reached for {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)


@pytest.fixture
def fake() -> Iterator[FakeArxiv]:
    """arXiv as of today: two papers, the second one with two versions."""
    known = {"0001.00001": [Made()], "0002.00002": [Made(), Made(submitted="2025-06-07")]}
    with serving(FakeArxiv(papers=known)) as running:
        yield running


@pytest.fixture
def service(fake: FakeArxiv, tmp_path: Path) -> Service:
    """How the tests ask it: the same way as arXiv, only sooner."""
    return Service(cache=tmp_path / "cache", url=fake.url, interval=0.02, timeout=0.4, deadline=0.9)


def registry(*cited: str, quote: str = QUOTE) -> str:
    """A registry with one claim on each of these papers."""
    claims = (CLAIM.format(name=f"jars-{n}", arxiv=arxiv, quote=quote) for n, arxiv in enumerate(cited))
    return f"schema_version: 1\nclaims:\n{''.join(claims)}inquiries: []\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a claim on 0001.00001v1."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "claims.yaml").write_text(registry("0001.00001v1"))
    return root
