"""The feed is Atom as RFC 4287 has it, and says the same of the same sampled wherever it is published."""

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from site_samples import sample

from claims.domain.claim import Registry
from claims.domain.dispute import Filed
from claims.history import timeline as history
from claims.history.changes import Change
from claims.history.sketch import Sketch
from claims.history.timeline import Step, Timeline, timeline
from claims.registry.disputes import read_said
from claims.site.feed import MOST, feed
from tests.disputes.dispute_samples import DISPUTE, RESOLVED
from tests.history_samples import begin, commit, entry

ATOM = "{http://www.w3.org/2005/Atom}"
NOTHING = Timeline((), (), None, "no history")
DAY = 86400
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9/._~%!$&'()*+,;=:@?-]*")
"""RFC 4151, for an authority that is a name."""


@pytest.fixture
def sampled(tmp_path):
    return sample(tmp_path / "root")


def read(data):
    return ElementTree.fromstring(data)


def children(element, name):
    return element.findall(f"{ATOM}{name}")


def one(element, name):
    found = children(element, name)
    assert len(found) == 1, (element.tag, name, len(found))
    return found[0].text


def check_rfc_4287(data, address):
    """What sections 4.1 and 4.2 require of a feed and its entries, and of the constructs in them."""
    root = read(data)
    assert root.tag == f"{ATOM}feed"
    known = {"id", "title", "updated", "author", "link", "entry", "summary", "name"}
    assert {e.tag.removeprefix(ATOM) for e in root.iter()} - {"feed"} <= known
    assert one(children(root, "author")[0], "name"), "4.1.1: an author, where entries have none"
    entries = children(root, "entry")
    ids = [one(element, "id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids), "4.1.1: no two entries have the same id and updated; ours never share an id"
    for element in (root, *entries):
        assert TAG.fullmatch(one(element, "id")), "4.2.6: an absolute IRI"
        assert one(element, "title").strip()
        stamp = one(element, "updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp), "3.3: RFC 3339 with a capital T and Z"
        assert datetime.fromisoformat(stamp)
        links = [(k.get("rel"), k.get("type"), k.get("hreflang")) for k in children(element, "link")]
        assert len(set(links)) == len(links), "4.1.1: one alternate of a kind"
        assert ("alternate", "text/html", None) in links, "4.1.2: an entry without content has one"
        for link in children(element, "link"):
            assert urljoin(address, link.get("href")).startswith(address), "4.2.7.1: an IRI reference"
    newest = [one(entry, "updated") for entry in entries]
    assert newest == sorted(newest, reverse=True)
    assert not newest or one(root, "updated") == newest[0]
    assert [k.get("rel") for k in children(root, "link")] == ["self", "alternate"]
    return root


def lived(sampled, tmp_path):
    root = begin(tmp_path / "lived")
    at = DAY * 20500
    name, question = "most-weights-stay", "Do most weights stay put?"
    for day, status in enumerate(("untested", "refuted", "untested", "refuted")):
        commit(root, entry(name, question=question, status=status), at=at + day * DAY)
    commit(root, entry(name, question=question, status="refuted", label="inverted"), at=at + 9 * DAY)
    history._steps.cache_clear()
    return replace(sampled, root=root)


@pytest.mark.parametrize("url", [None, "https://claims.example/ml", "https://claims.example/ml/"])
def test_it_is_what_the_standard_asks_for(sampled, tmp_path, url):
    there = lived(sampled, tmp_path)
    for made, then in ((sampled, NOTHING), (there, timeline(there.root))):
        check_rfc_4287(feed(made, then, url), "https://claims.example/ml/")


def test_an_address_makes_links_absolute_and_changes_no_id(sampled):
    here, there = read(feed(sampled, NOTHING)), read(feed(sampled, NOTHING, "https://claims.example/ml"))
    assert [e.text for e in here.iter(f"{ATOM}id")] == [e.text for e in there.iter(f"{ATOM}id")]
    assert {k.get("href").split("/")[0] for k in there.iter(f"{ATOM}link")} == {"https:"}
    assert not any(":" in k.get("href") for k in here.iter(f"{ATOM}link"))


def test_it_tells_changes_of_verdicts_with_their_reason_and_record(sampled, tmp_path):
    made = lived(sampled, tmp_path)
    entries = children(read(feed(made, timeline(made.root))), "entry")
    assert [one(e, "title") for e in entries] == [
        "refuted: Do most weights stay put?",
        "untested: Do most weights stay put?",
        "refuted: Do most weights stay put?",
    ]
    assert one(entries[0], "summary").startswith("untested → refuted. ")
    page, record = (k.get("href") for k in children(entries[0], "link"))
    assert page == "claims/most-weights-stay/"
    assert record.startswith("evidence/most-weights-stay/20260103")


def test_it_tells_a_dispute_and_its_end(sampled):
    said, _, _ = read_said((DISPUTE + RESOLVED).encode(), "")
    filed = Filed("ranks-hold", "2026-01-10-table-1", "", said)
    data = feed(replace(sampled, records={}, disputes={"ranks-hold": (filed,)}), NOTHING)
    root = check_rfc_4287(data, "https://claims.example/")
    end, start = (e for e in children(root, "entry") if "dispute" in one(e, "title"))
    assert one(start, "title").startswith("disputed: ") and one(end, "title").startswith("dispute fixed: ")
    assert one(start, "summary") == "disputed by A. Reader: Table 1 says it of one model."
    assert one(end, "summary") == "dispute fixed by A. Maintainer: The sentence now names the model."
    assert {k.get("href").partition("#")[0] for k in end.iter(f"{ATOM}link")} == {"claims/ranks-hold/"}


def test_an_id_stays_when_news_come_and_when_the_history_is_gone(sampled, tmp_path):
    made = lived(sampled, tmp_path)
    before = [one(e, "id") for e in children(read(feed(made, timeline(made.root))), "entry")]
    name, question = "most-weights-stay", "Do most weights stay put?"
    commit(made.root, entry(name, question=question, status="void"), at=DAY * 20600)
    history._steps.cache_clear()
    after = [one(e, "id") for e in children(read(feed(made, timeline(made.root))), "entry")]
    assert after[1:] == before
    alone = [one(e, "id") for e in children(read(feed(sampled, NOTHING)), "entry")]
    assert before[-1] in alone


def test_what_is_not_committed_is_no_news(sampled, tmp_path):
    made = lived(sampled, tmp_path)
    before = feed(made, timeline(made.root))
    (made.root / "claims.yaml").write_text("schema_version: 1\nclaims:\n" + entry("most-weights-stay", status="void"))
    assert timeline(made.root).pending
    assert feed(made, timeline(made.root)) == before


def test_it_has_an_end(sampled):
    here, there = (Sketch("ranks-hold", "Q?", status, "faithful", "check", "1", 0) for status in ("void", "refuted"))
    swings = (Change(here, there), Change(there, here))
    steps = tuple(Step(f"{n:040x}"[::-1], n * DAY, (swings[n % 2],)) for n in range(300, 0, -1))
    root = check_rfc_4287(feed(sampled, Timeline(steps, (), 300 * DAY, "")), "https://claims.example/")
    assert len(children(root, "entry")) == MOST
    assert one(children(root, "entry")[0], "updated").startswith("1970-10-28")


def test_nothing_to_tell_is_a_feed_too(tmp_path, sampled):
    bare = replace(sampled, registry=Registry(schema_version=1), records={})
    assert children(check_rfc_4287(feed(bare, NOTHING), "https://claims.example/"), "entry") == []


def test_a_stranger_s_text_is_text(sampled):
    evil = "]]></title><script>alert(1)</script>&amp; \u202e \ud800 \x00 \x0b {{7*7}}"
    sketches = [Sketch("gone", evil, status, "faithful", "check", "1", 0) for status in ("untested", 'x"/><y')]
    data = feed(sampled, Timeline((Step("a" * 40, DAY, (Change(*sketches),)),), (), DAY, ""))
    root = check_rfc_4287(data, "https://claims.example/")
    assert b"<script" not in data
    title = one(children(root, "entry")[0], "title")
    assert "<script>alert(1)</script>&amp;" in title
    assert not re.search("[\u202e\x00\x0b]", title)


def test_every_page_names_the_feed_and_it_is_there(site):
    assert check_rfc_4287((site / "feed.xml").read_bytes(), "https://claims.example/") is not None
    for page in (site / "index.html", site / "claims" / "ranks-hold" / "index.html"):
        found = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)"', page.read_text())
        assert (page.parent / found[1]).resolve() == (site / "feed.xml").resolve()
    linked = {k.get("href") for k in read((site / "feed.xml").read_bytes()).iter(f"{ATOM}link")}
    for page, _, anchor in (href.partition("#") for href in linked):
        assert (site / page).exists()
        assert not anchor or f'id="{anchor}"' in (site / page / "index.html").read_text()
