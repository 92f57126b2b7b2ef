"""A server on this machine that speaks arXiv's Atom format about papers that do not exist."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

ABSTRACT = (
    "We count pebbles in jars. A jar of pebbles weighs more than an empty jar,\n  by 12%-15% in all of our trials. "
    "Lids do not matter."
)
REWORDED = ABSTRACT.replace("We count", "We carefully count")
SHORTENED = "We count pebbles in jars. Lids do not matter."
QUOTE = "weighs more than an empty jar"
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/made-up</id>
  <title>arXiv Query: id_list</title>
  <updated>2026-01-01T00:00:00Z</updated>
  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  {entries}
</feed>
"""
ENTRY = """<entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <title>{title}</title>
    <updated>{submitted}T10:00:00Z</updated>
    <link href="https://arxiv.org/abs/{id}v{version}" rel="alternate" type="text/html"/>
    <summary>{abstract}</summary>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>
    <published>{published}T09:00:00Z</published>
    {comment}
    <arxiv:primary_category term="cs.LG"/>
    <author><name>Ada Example</name></author>
    <author><name>Béla Example</name></author>
  </entry>"""
ERROR = """<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_{0}</id><title>Error</title>
<summary>incorrect id format for {0}</summary></entry>"""


@dataclass(frozen=True)
class Made:
    """One version of a paper that was made up."""

    abstract: str = ABSTRACT
    title: str = "Pebbles in\n  Jars"
    comment: str | None = None
    submitted: str = "2025-02-03"


@dataclass
class FakeArxiv:
    """What it knows, what it was asked, and what it does next instead of answering."""

    papers: dict[str, list[Made]] = field(default_factory=dict)
    faults: "list[Callable[[Handler], None]]" = field(default_factory=list)
    """Used up one a request, the first one first."""
    begun: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    ids: list[list[str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def feed(self, ids: list[str]) -> str:
        """The answer to a list of ids. It leaves out what it does not know, as arXiv does."""
        entries = [entry for one in ids if (entry := self.entry(one))]
        return FEED.format(count=len(entries), total=len(entries), entries="\n  ".join(entries))

    def entry(self, one: str) -> str:
        """One id, with or without version; empty when there is none."""
        name, _, number = one.partition("v")
        versions = self.papers.get(name, [])
        version = int(number) if number else len(versions)
        if not 1 <= version <= len(versions):
            return ""
        made = versions[version - 1]
        comment = f"<arxiv:comment>{escape(made.comment)}</arxiv:comment>" if made.comment else ""
        return ENTRY.format(id=name, version=version, title=escape(made.title), abstract=escape(made.abstract),
                            submitted=made.submitted, published=versions[0].submitted, comment=comment)  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """One request."""

    fake: FakeArxiv

    def do_GET(self) -> None:
        fake = self.fake
        with fake.lock:
            fake.begun.append(time.monotonic())
            fake.at_once += 1
            fake.most_at_once = max(fake.most_at_once, fake.at_once)
            fake.ids.append(self.asked)
            fake.agents.append(self.headers.get("User-Agent", ""))
            fault = fake.faults.pop(0) if fake.faults else None
        try:
            if fault is not None:
                fault(self)
            else:
                self.answer(fake.feed(self.asked))
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with fake.lock:
                fake.at_once -= 1

    @property
    def asked(self) -> list[str]:
        """The ids of this request."""
        query = parse_qs(urlsplit(self.path).query)
        return query.get("id_list", [""])[0].split(",")

    def answer(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Send a whole answer; headers are named with `_` for `-`."""
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        named = {"Content_Type": "application/atom+xml; charset=utf-8", "Content_Length": str(len(data)), **headers}
        for name, value in named.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at `fake`."""


@contextmanager
def serving(fake: FakeArxiv) -> Iterator[FakeArxiv]:
    """Serve on a free port of 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/api/query"
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
