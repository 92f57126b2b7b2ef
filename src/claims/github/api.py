"""Ask GitHub's API: JSON, within bounds of time and size, and never at another host with our token."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from claims.errors import ClaimsError

VERSION = "2022-11-28"
"""Sent as X-GitHub-Api-Version. The paths and fields used here are those of this version, from memory of its
documentation; an answer without the expected field is told as one that cannot be used, never taken for a yes."""
LARGEST = 16 * 2**20
"""Bytes: a hundred pull requests, each with the longest text that GitHub takes, are about half of it."""
_MOST_PAGES = 30
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ApiError(ClaimsError):
    """An answer that cannot be used. `status` is HTTP's, 0 where there was none; `location` is where it leads."""

    def __init__(self, what: str, status: int = 0, location: str = "") -> None:
        super().__init__(what)
        self.status = status
        self.location = location


@dataclass(frozen=True)
class Api:
    """A service that speaks GitHub's API. Times are in seconds."""

    url: str
    token: str = field(repr=False)
    timeout: float = 10
    """Between two packets."""
    deadline: float = 30
    """For a whole answer."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not ((parts.scheme == "https" and parts.hostname) or local):
            raise ApiError("the API's address must begin with https://, or the token could be read on its way")
        # The message of http.client would print a token that no header can hold.
        if not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise ApiError("the token is empty or holds characters that no token has")

    def get(self, path: str) -> Any:
        """The JSON at a path that begins with a slash."""
        return _parsed(self._ask("GET", path), path)

    def pages(self, path: str) -> Iterator[Any]:
        """The items of a list that comes in pages, at most 3,000; `path` may have a query."""
        for page in range(1, _MOST_PAGES + 1):
            items = self.get(f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}")
            if not isinstance(items, list):
                raise ApiError(f"GET {_shown(path)}: no list")
            yield from items
            if len(items) < 100:
                return

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Write something; returns GitHub's answer."""
        return _parsed(self._ask(method, path, json.dumps(body).encode()), path)

    def download(self, path: str, most: int) -> bytes:
        """A file that GitHub keeps at another host, of at most `most` bytes. That host does not see the token."""
        try:
            return self._ask("GET", path, most=most)
        except ApiError as error:
            if error.status not in {302, 303, 307} or not error.location:
                raise
            place = error.location
        target = urlsplit(place)
        ours = urlsplit(self.url)
        if target.scheme != "https" and not (ours.scheme == "http" and target.hostname in _LOOPBACK):
            raise ApiError(f"GET {_shown(path)}: leads to an address that is not https")
        request = urllib.request.Request(place, headers={"User-Agent": "claims"})  # noqa: S310 (looked at above)
        return self._within(request, f"GET {_shown(path)} (the file)", most)

    def _ask(self, method: str, path: str, body: bytes | None = None, most: int = LARGEST) -> bytes:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "User-Agent": "claims",
            "X-GitHub-Api-Version": VERSION,
        } | ({"Content-Type": "application/json"} if body is not None else {})
        request = urllib.request.Request(  # noqa: S310 (the scheme was looked at when this was made)
            self.url.rstrip("/") + path, data=body, headers=headers, method=method
        )
        return self._within(request, f"{method} {_shown(path)}", most)

    def _within(self, request: urllib.request.Request, what: str, most: int) -> bytes:
        """The body. Headers may drip where no time-out of the library sees it, so another thread waits for them."""
        whole: Future[bytes] = Future()

        def work() -> None:
            try:
                whole.set_result(self._body(request, what, most))
            except BaseException as error:  # noqa: BLE001 (the outermost frame of a thread; raised again by result())
                whole.set_exception(error)

        Thread(target=work, daemon=True).start()
        try:
            return whole.result(timeout=self.deadline)
        except TimeoutError:
            raise ApiError(f"{what}: no whole answer within {self.deadline:g} s") from None

    def _body(self, request: urllib.request.Request, what: str, most: int) -> bytes:
        handlers: list[urllib.request.BaseHandler] = [_Stay()]
        if urlsplit(self.url).hostname in _LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))  # a proxy has no business with our own ports
        parts: list[bytes] = []
        size = 0
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=self.timeout) as answer:
                while part := answer.read1(65536):
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise ApiError(f"{what}: more than {most} bytes")
        except urllib.error.HTTPError as error:
            error.close()
            location = error.headers.get("Location", "")
            raise ApiError(f"{what}: GitHub answers {error.code}", error.code, location) from None
        except TimeoutError:
            raise ApiError(f"{what}: silent for {self.timeout:g} s") from None
        except (OSError, HTTPException, ValueError) as error:
            raise ApiError(f"{what}: no answer ({type(error).__name__}): is there a network?") from None
        return b"".join(parts)


def pick(answer: object, *path: str) -> object:
    """What stands at a path of keys in an answer; None where it does not stand there."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere: the library would take the token along to another host."""

    def redirect_request(self, *_: Any) -> None:
        """Nothing to ask next, so that the answer is an error."""


def _parsed(body: bytes, path: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(f"{_shown(path)}: the answer is not JSON") from None


def _shown(path: str) -> str:
    """A path without its query, which may hold a stranger's text, in plain ASCII."""
    return path.partition("?")[0].encode("ascii", "replace").decode()[:120]
