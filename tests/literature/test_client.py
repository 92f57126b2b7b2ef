"""arXiv is asked politely, and every answer that cannot be used ends in one line."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from claims.literature.client import BATCH, USER_AGENT, ArxivError, ask
from claims.literature.service import ARXIV, INTERVAL, Service, service_from
from tests.literature.fake_arxiv import ERROR, FEED, FakeArxiv, Handler, Made

Fault = Callable[[Handler], None]
BOMB = """<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>"""


def answers(body: str | bytes, status: int = 200, **headers: str) -> Fault:
    """A whole answer, always this one."""
    return lambda handler: handler.answer(body, status, **headers)


def truncated(handler: Handler) -> None:
    body = handler.fake.feed(handler.asked).encode()
    handler.answer(body[: len(body) // 2], Content_Length=str(len(body)))


def cut_in_an_entry(handler: Handler) -> None:
    body = handler.fake.feed(handler.asked).encode()
    handler.answer(body[: len(body) // 2])


def hangs(handler: Handler) -> None:
    handler.fake.closing.wait(5)


def drips(handler: Handler) -> None:
    body = handler.fake.feed(handler.asked).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body:
        handler.wfile.write(bytes([byte]))
        if handler.fake.closing.wait(0.1):
            return


def drips_headers(handler: Handler) -> None:
    for number in range(100):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" if number == 0 else f"X-{number}: y\r\n".encode())
        handler.wfile.flush()
        if handler.fake.closing.wait(0.1):
            return


def oversize(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" " * 2**16)


def resets(handler: Handler) -> None:
    handler.connection.close()


def other_paper(handler: Handler) -> None:
    handler.answer(handler.fake.feed(["0002.00002"]))


def other_version(handler: Handler) -> None:
    handler.answer(handler.fake.feed(["0002.00002v2"]))


def twice(handler: Handler) -> None:
    handler.answer(handler.fake.feed([*handler.asked, *handler.asked]))


def counts_more(handler: Handler) -> None:
    feed = handler.fake.feed(handler.asked)
    handler.answer(feed.replace("<opensearch:totalResults>1<", "<opensearch:totalResults>1000000000<"))


def without(element: str) -> Fault:
    """A feed whose entries lack an element."""
    return lambda handler: handler.answer(
        handler.fake.feed(handler.asked).replace(f"<{element}>", "<left>").replace(f"</{element}>", "</left>")
    )


def test_only_arxiv_and_github_are_spoken_to_each_in_one_module() -> None:
    source = Path(__file__).parents[2] / "src" / "claims"
    speaks = re.compile(
        r"^(?:import|from) (?:arxiv|requests|urllib3|urllib\.request|http\.client|socket)\b", re.MULTILINE
    )
    found = {p.relative_to(source).as_posix() for p in source.rglob("*.py") if speaks.search(p.read_text())}
    assert found == {"literature/client.py", "github/api.py"}


def test_ids_are_asked_for_once_and_in_batches(fake: FakeArxiv, service: Service) -> None:
    ids = [f"0003.{n:05d}" for n in range(1, 251)]
    fake.papers = {one: [Made()] for one in ids}
    found = ask([*ids, *ids], service)
    assert list(found.entries) == ids and found.missing == ()
    assert [len(batch) for batch in fake.ids] == [BATCH, BATCH, 50]
    assert BATCH <= 100


def test_an_entry_holds_what_arxiv_says(fake: FakeArxiv, service: Service) -> None:
    fake.papers["0002.00002"][1] = Made(comment="8 pages,\n 2 jars", submitted="2025-06-07", title="Jars\n  & Lids")
    entry = ask(["0002.00002"], service).entries["0002.00002"]
    assert (entry.versioned, entry.title, entry.comment) == ("0002.00002v2", "Jars & Lids", "8 pages, 2 jars")
    assert entry.authors == ("Ada Example", "Béla Example")
    assert (entry.published.isoformat(), entry.submitted.isoformat()) == ("2025-02-03", "2025-06-07")
    assert entry.categories == ("cs.LG", "stat.ML")
    assert "empty jar, by 12%-15%" in entry.abstract


def test_what_we_call_ourselves_is_true_and_names_no_one(fake: FakeArxiv, service: Service) -> None:
    ask(["0001.00001"], service)
    assert fake.agents == [USER_AGENT]
    assert USER_AGENT.startswith("claims/") and "@" not in USER_AGENT and "http" not in USER_AGENT


def test_a_version_is_asked_for_once_for_all_time(fake: FakeArxiv, service: Service) -> None:
    first = ask(["0002.00002v1"], service)
    assert ask(["0002.00002v1"], service) == first
    assert len(fake.begun) == 1


def test_the_newest_version_is_asked_for_each_time_and_kept_as_a_version(fake: FakeArxiv, service: Service) -> None:
    ask(["0002.00002"], service)
    ask(["0002.00002"], service)
    assert len(fake.begun) == 2
    ask(["0002.00002v2"], service)
    assert len(fake.begun) == 2


def test_a_broken_cache_is_only_asked_again(fake: FakeArxiv, service: Service) -> None:
    expected = ask(["0002.00002v1"], service)
    (file,) = (service.cache / "answers").iterdir()
    for spoilt in (b"", b"{", file.read_bytes().replace(b'"version": 1', b'"version": 2')):
        file.write_bytes(spoilt)
        assert ask(["0002.00002v1"], service) == expected
    assert len(fake.begun) == 4


def test_ids_that_arxiv_does_not_know_are_named(service: Service) -> None:
    found = ask(["0009.99999", "0001.00001", "0001.00001v7"], service)
    assert list(found.entries) == ["0001.00001"]
    assert found.missing == ("0009.99999", "0001.00001v7")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (other_paper, "holds 0002.00002v2, which was not asked for"),
        (twice, "holds 0001.00001 twice"),
        (without("summary"), "whose abstract cannot be used"),
        (without("name"), "whose authors.0 cannot be used"),
        (answers(BOMB), "declares entities"),
        (answers(BOMB.encode("utf-16")), "not UTF-8"),
        (answers("<!DOCTYPE html><html><body>Rate exceeded.</body></html>"), "web page"),
        (answers("Rate exceeded."), "begins 'Rate exceeded.'"),
        (answers("<html><body>maintenance</body></html>"), "not a feed; it begins '<html><body>maintenance"),
        (answers("\x1b[31mred\n\n" + "x" * 500), "it begins '[31mred xxx"),
        (answers('{"error": 1}', Content_Type="application/json"), "no whole XML"),
        (answers(b""), "no whole XML"),
        (answers(b"\xff\xfe\x00"), "not UTF-8"),
        (answers("<a>" * 50000), "no whole XML"),
        (answers(FEED.format(count=1, total=1, entries=ERROR.format("0001.1"))), "incorrect id format for 0001.1"),
        (answers(FEED.format(count=1, total=1, entries=ERROR.format("0001.1")), 400), "answered 400: 'incorrect id"),
        (answers("<html>", 404), "answered 404"),
        (answers("", 302, Location="http://127.0.0.1:9/\x1b[2J"), "points elsewhere ('http://127.0.0.1:9/"),
        (truncated, "broke off its answer"),
        (cut_in_an_entry, "no whole XML"),
        (resets, "broke off its answer"),
        (hangs, "was silent for 0.4 s"),
        (drips, "did not finish its answer within 0.9 s"),
        (drips_headers, "did not finish its answer within 0.9 s"),
        (oversize, "sent more than 1 MiB"),
        (answers(b"busy", 503), "answered 503"),
        (answers(b"slow down", 429), "answered 429"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_one_clear_line(
    fake: FakeArxiv, service: Service, fault: Fault, said: str
) -> None:
    fake.faults = [fault] * 9
    with pytest.raises(ArxivError) as caught:
        ask(["0001.00001"], replace(service, tries=2, largest=2**20))
    message = str(caught.value)
    assert said in message and "nothing was changed" in message
    assert "\n" not in message and message.isprintable() and len(message) < 300
    assert "id_list" not in message, "no address with all ids in it"
    assert not (service.cache / "answers").exists()


def test_a_service_that_is_not_there_is_said_at_once(service: Service) -> None:
    with pytest.raises(ArxivError, match=r"127\.0\.0\.1 cannot be reached .*network"):
        ask(["0001.00001"], replace(service, url="http://127.0.0.1:9/api/query", interval=20))


@pytest.mark.parametrize("fault", [counts_more])
def test_a_feed_that_counts_more_than_it_holds_is_not_asked_for_the_rest(
    fake: FakeArxiv, service: Service, fault: Fault
) -> None:
    fake.faults = [fault]
    assert list(ask(["0001.00001"], service).entries) == ["0001.00001"]
    assert len(fake.begun) == 1


def test_an_entry_without_a_date_counts_as_missing(fake: FakeArxiv, service: Service) -> None:
    fake.faults = [without("published")]  # the arxiv package leaves such an entry out
    assert ask(["0001.00001"], service).missing == ("0001.00001",)


@pytest.mark.parametrize("fault", [answers(b"", 500), answers(b"", 503), truncated, resets, answers("Rate exceeded.")])
def test_what_passes_is_tried_again(fake: FakeArxiv, service: Service, fault: Fault) -> None:
    fake.faults = [fault, fault]
    lines: list[str] = []
    assert ask(["0001.00001"], replace(service, log=lines.append)).missing == ()
    assert len(fake.begun) == 3
    assert [line.rpartition("; ")[2] for line in lines] == ["try 2 of 4 after 0 s", "try 3 of 4 after 0 s"]


def test_what_does_not_pass_is_not_tried_again(fake: FakeArxiv, service: Service) -> None:
    fake.faults = [answers(BOMB)] * 2
    with pytest.raises(ArxivError):
        ask(["0001.00001"], service)
    assert len(fake.begun) == 1


def test_pauses_double(fake: FakeArxiv, service: Service) -> None:
    fake.faults = [answers(b"", 503)] * 3
    ask(["0001.00001"], replace(service, interval=0.06))
    gaps = [later - earlier for earlier, later in zip(fake.begun, fake.begun[1:], strict=False)]
    assert gaps[0] >= 0.12 and gaps[1] >= 0.24 and gaps[2] >= 0.48


@pytest.mark.parametrize("wish", [lambda: "1", lambda: formatdate(time.time() + 2.2, usegmt=True)])
def test_retry_after_is_waited_for(fake: FakeArxiv, service: Service, wish: Callable[[], str]) -> None:
    fake.faults = [answers(b"", 429, Retry_After=wish())]
    ask(["0001.00001"], service)
    assert fake.begun[1] - fake.begun[0] >= 1.0


def test_a_pause_too_long_to_wait_for_ends_the_command_and_holds_for_the_next(
    fake: FakeArxiv, service: Service
) -> None:
    fake.faults = [answers(b"", 503, Retry_After="900")]
    for _ in range(2):
        with pytest.raises(ArxivError, match=r"left alone until \d\d:\d\d:\d\d UTC"):
            ask(["0001.00001"], service)
    assert len(fake.begun) == 1


@pytest.mark.parametrize("wish", ["nan", "-5", "soon", "1e9", "9" * 40, ""])
def test_a_retry_after_without_sense_is_no_reason_to_wait(fake: FakeArxiv, service: Service, wish: str) -> None:
    fake.faults = [answers(b"", 503, Retry_After=wish)]
    ask(["0001.00001"], service)
    assert fake.begun[1] - fake.begun[0] < 1


def test_an_earlier_batch_is_kept_when_a_later_one_fails(fake: FakeArxiv, service: Service) -> None:
    ids = [f"0003.{n:05d}v1" for n in range(1, 151)]
    fake.papers = {one.removesuffix("v1"): [Made()] for one in ids}
    fake.faults = [lambda handler: handler.answer(fake.feed(handler.asked)), answers(BOMB)]
    with pytest.raises(ArxivError):
        ask(ids, service)
    ask(ids, service)
    assert [len(batch) for batch in fake.ids] == [100, 50, 50]


def test_arxiv_itself_is_asked_every_three_seconds_whatever_the_environment_says() -> None:
    assert INTERVAL == 3.0
    for environment in ({}, {"CLAIMS_ARXIV_INTERVAL": "0"}, {"CLAIMS_ARXIV_URL": "https://example.org/api"}):
        assert service_from({**environment, "CLAIMS_ARXIV_INTERVAL": "0"}).interval == 3.0
    assert service_from({}).url == ARXIV == "https://export.arxiv.org/api/query"
    local = {"CLAIMS_ARXIV_URL": "http://127.0.0.1:80", "CLAIMS_ARXIV_INTERVAL": "0.5"}
    assert service_from(local).interval == 0.5
    assert service_from({"CLAIMS_ARXIV_URL": "http://127.0.0.1:80"}).url == "http://127.0.0.1:80/api/query"
