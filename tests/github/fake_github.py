"""A server on this machine that speaks as much of GitHub's API as is used here."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "ghs_made_up_for_a_test"
DRIP = "drip"


@dataclass
class FakeGitHub:
    """What it answers, by path: an object as JSON, bytes as they are, a number as a status, a text as a redirect."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and query of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    fake: FakeGitHub

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.fake.asked.append((self.command, parts.path, query))
        self.fake.headers.append(dict(self.headers))
        found = self.fake.answers.get(parts.path, 404)
        if callable(found):
            found = found(query)
        if found == DRIP:
            self._drip()
        elif isinstance(found, list) and "page" in query:
            page, size = int(query["page"]), int(query["per_page"])
            self._answer(200, json.dumps(found[(page - 1) * size : page * size]).encode())
        elif isinstance(found, bytes):
            self._answer(200, found)
        elif isinstance(found, int):
            self._answer(found, b'{"message": "no"}')
        elif isinstance(found, str):
            self._answer(302, b"", Location=found)
        else:
            self._answer(200, json.dumps(found).encode())

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.headers.append(dict(self.headers))
        self.fake.sent.append((self.command, urlsplit(self.path).path, data))
        self._answer(200, b"{}")

    do_PATCH = do_POST

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """Headers that never end, each in time."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.fake.closing.is_set():
                self.wfile.write(b"X: y\r\n")
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        """Nothing on the screen."""


@contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    """A server on a port of its own."""
    fake = FakeGitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OneHandler", (Handler,), {"fake": fake}))
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
