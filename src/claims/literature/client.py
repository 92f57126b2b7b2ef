"""Ask arXiv what it knows of papers, politely. The only code here that uses the network.

The arxiv package (4.x) makes the addresses and reads the feeds. What it leaves to its user stands here: it has no
time-out, drops the entries that it cannot read, takes a web page for an empty feed, ignores Retry-After, and keeps
its pace within one object only.
"""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from threading import Thread
from typing import Any

import arxiv
import requests
import urllib3

from claims.errors import ClaimsError
from claims.literature.answer import Passing, Unusable, inspect_body, inspect_status
from claims.literature.cache import kept, known
from claims.literature.entry import Entry, entries_of
from claims.literature.pace import Pace, TooSoon
from claims.literature.service import Service

BATCH = 100
"""Ids in one request: they travel in its address."""
USER_AGENT = (
    f"claims/{version('claims')} (tracks what papers say, for a registry of claims; arxiv.py {version('arxiv')})"
)


class ArxivError(ClaimsError):
    """arXiv gave no answer that can be used. What was known before is as it was."""


@dataclass(frozen=True)
class Answers:
    """What arXiv knows of the ids that it was asked for."""

    entries: Mapping[str, Entry]
    """By id as asked: the newest version for an id without one."""
    missing: tuple[str, ...]
    """Ids for which it gave no whole entry."""


def ask(ids: Iterable[str], at: Service) -> Answers:
    """What arXiv knows of these ids, with or without a version; each is asked for once, BATCH at a time.

    An id with a version is asked for only if it never was before: arXiv does not change a version.

    Raises:
        ArxivError: no usable answer. Earlier batches are in the cache.
    """
    wanted = tuple(dict.fromkeys(ids))
    found = known(at.cache, wanted)
    rest = [one for one in wanted if one not in found]
    # Apart, so that an entry answers one question: the newest version, or this version.
    for group in ([i for i in rest if not _pinned(i)], [i for i in rest if _pinned(i)]):
        for start in range(0, len(group), BATCH):
            answer = _request(group[start : start + BATCH], at)
            kept(at.cache, answer.values())
            found |= answer
    return Answers(found, tuple(one for one in wanted if one not in found))


def _pinned(one: str) -> bool:
    return re.search(r"v\d+$", one) is not None


def _request(batch: Sequence[str], at: Service) -> dict[str, Entry]:
    """The entries of one feed by id as asked."""
    client = arxiv.Client(page_size=BATCH, delay_seconds=0, num_retries=0)
    client.query_url_format = f"{at.url}?{{}}"
    client._session = _Session(at)
    results: list[Any] = []
    try:
        try:
            # Without max_results=None the package stops at 100 results in all.
            for result in client.results(arxiv.Search(id_list=list(batch), max_results=None)):
                results.append(result)
        except _OnePage:
            pass
        return _matched(batch, entries_of(results))
    except ValueError as error:  # Unusable, or a date or number that the package cannot read
        raise ArxivError(f"the answer of {at.host} {error}; nothing was changed") from error


def _matched(batch: Sequence[str], entries: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        asked = entry.versioned if entry.versioned in batch else entry.id
        if asked not in batch:
            raise Unusable(f"holds {entry.versioned}, which was not asked for")
        if asked in found:
            raise Unusable(f"holds {asked} twice")
        found[asked] = entry
    return found


class _OnePage(Exception):
    """The feed counts more entries than were asked for; every batch fits on its first page."""


@dataclass
class _Page:
    """What the arxiv package looks at in a response."""

    content: bytes
    status_code: int = 200


class _Session:
    """In the place of the arxiv package's session: one whole feed, or an error."""

    def __init__(self, at: Service) -> None:
        self._at = at
        self._asked = False

    def get(self, url: str, headers: Mapping[str, str]) -> _Page:  # noqa: ARG002  # the package's own User-Agent
        if self._asked:
            raise _OnePage
        self._asked = True
        return _Page(_persistently(url, self._at))


def _persistently(url: str, at: Service) -> bytes:
    """A whole feed, tried again after pauses that double, or are as long as the server asks for."""
    pace = Pace(at.cache, at.interval)
    for attempt in range(1, at.tries + 1):
        try:
            with pace.turn():
                try:
                    return _feed(url, at)
                except Passing as trouble:
                    pause = max(trouble.wait, at.interval * 2**attempt)
                    pace.pause(pause)
                    if attempt == at.tries:
                        raise ArxivError(f"{at.host} {trouble}, {attempt} times; nothing was changed") from trouble
                    at.log(f"{at.host} {trouble}; try {attempt + 1} of {at.tries} after {pause:.0f} s")
        except TooSoon as error:
            when = datetime.fromtimestamp(error.until, UTC).strftime("%H:%M:%S UTC")
            raise ArxivError(f"{at.host} wants to be left alone until {when}; nothing was changed") from None
        except Unusable as error:
            raise ArxivError(f"{at.host} {error}; nothing was changed") from error
    raise AssertionError("the last try returns or raises")


def _feed(url: str, at: Service) -> bytes:
    """The body of one answer that is a whole feed, within the deadline. Raises Passing and Unusable."""
    whole: Future[bytes] = Future()

    def work() -> None:
        try:
            whole.set_result(_body(url, at))
        except BaseException as error:  # noqa: BLE001  # the outermost frame of a thread; raised again by result()
            whole.set_exception(error)

    # Headers may drip too, where no time-out of a library sees it. The thread dies with the process, which ends
    # soon after: one that hangs is not tried again, so there is never a second connection beside it.
    Thread(target=work, daemon=True).start()
    try:
        body = whole.result(timeout=at.deadline)
    except TimeoutError:
        raise Unusable(_slow(at.deadline)) from None
    inspect_body(body)
    return body


def _body(url: str, at: Service) -> bytes:
    session = requests.Session()
    session.trust_env = not at.on_this_machine  # a proxy has no business with our own ports
    headers = {"User-Agent": USER_AGENT, "Accept": "application/atom+xml"}
    try:
        with (
            session,
            session.get(url, headers=headers, timeout=at.timeout, stream=True, allow_redirects=False) as response,
        ):
            body = _read(response.raw, at)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise Passing(f"was silent for {at.timeout:g} s") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _broken(error) from None
    inspect_status(response.status_code, response.headers, body)
    return body


def _read(raw: Any, at: Service) -> bytes:
    """The body, by what each packet brings: to wait for a full block would let a drip go on for ever."""
    until = time.monotonic() + at.deadline
    parts: list[bytes] = []
    size = 0
    while part := raw.read1(65536, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > at.largest:
            raise Unusable(f"sent more than {at.largest / 2**20:g} MiB")
        if time.monotonic() > until:
            raise Unusable(_slow(at.deadline))
    return b"".join(parts)


def _slow(deadline: float) -> str:
    return f"did not finish its answer within {deadline:g} s"


def _broken(error: Exception) -> Unusable:
    reason = error.args[0] if error.args else None
    if isinstance(reason, urllib3.exceptions.MaxRetryError) or isinstance(error, requests.exceptions.InvalidURL):
        why = type(reason.reason).__name__ if isinstance(reason, urllib3.exceptions.MaxRetryError) else "InvalidURL"
        return Unusable(f"cannot be reached ({why}): is there a network?")
    return Passing("broke off its answer")
