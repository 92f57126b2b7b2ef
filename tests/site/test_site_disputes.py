"""Disputes and replies on the pages and in the files for programs; withdrawn claims, struck wherever they stand."""

import json
import re
import sqlite3
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from site_samples import disputed_sample
from test_site_build import ROOT, page

from claims.domain.claim import Relation
from claims.history.timeline import Timeline
from claims.site.api.documents import ClaimDocument
from claims.site.build import build
from claims.site.view.changes import changes_page
from claims.site.view.context import context
from claims.site.view.disputes import disputes

CLAIM = "claims/storage-keeps-weights"
OPEN, ENDED = "2026-01-10-one-family", "2026-01-11-low-rate"
AUTHOR, OTHER, THANKS = "2026-01-12-three-families", "2026-01-13-two-families", "2026-01-14-thanks"
GONE = "What was taken back?"


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A site in which other claims and an inquiry name the withdrawn claim."""
    made = disputed_sample(tmp_path_factory.mktemp("named") / "root")
    (made.root / "site").symlink_to(ROOT / "site")
    relation = Relation(to="taken-back", kind="refines", because="it says less")
    claims = [
        c.model_copy(update={"relations": (relation,)}) if c.id == "not-run-yet" else c for c in made.registry.claims
    ]
    (inquiry,) = made.registry.inquiries
    inquiry = inquiry.model_copy(
        update={"cites": (*inquiry.cites, "taken-back"), "answer": f"{inquiry.answer}\n\nNot by [[taken-back]]."}
    )
    registry = made.registry.model_copy(update={"claims": tuple(claims), "inquiries": (inquiry,)})
    made = replace(made, registry=registry)
    return build(made, made.root / "build" / "site", log=lambda line: None)


def test_a_claims_page_shows_what_was_said_with_name_day_and_how_it_ended(site):
    text = page(site, CLAIM).text
    section = text[text.index("Names are as signed") : text.index("no weight ever moves")]
    for words in (
        "Dispute about the grounding open A. Reader, 2026-01-10 Table 1 has ten checkpoints",
        "We had three families; the other two are in the appendix.",
        "C. Reader, 2026-01-13 I counted two.",
        "Dispute about the experiment rejected B. Reader, 2026-01-11 The rate is low.",
        "Rejected. A. Maintainer, 2026-01-15 The gate covers it.",
        "Somebody Else, 2026-01-14 , signed as an author of A paper that was made up for tests (arXiv:0001.00001v2)",
        "we cannot check who wrote it",
    ):
        assert words in section, section
    assert section.count("we cannot check who wrote it") == 2  # of the author's two replies, not of the contributor's


def test_replies_stand_below_the_dispute_that_they_answer(project):
    found = disputes(context(project).at(2), project.by_id["storage-keeps-weights"])
    assert {d.anchor: [r.anchor for r in d.replies] for d in found.disputes} == {
        f"said-{OPEN}": [f"said-{AUTHOR}", f"said-{OTHER}"],
        f"said-{ENDED}": [],
    }
    assert [r.anchor for r in found.replies] == [f"said-{THANKS}"]


def test_the_top_of_the_page_leads_to_the_open_dispute_and_the_source_to_its_authors(site):
    seen = page(site, CLAIM)
    assert "contested a dispute of the claim is open" in seen.text
    links = [given["href"] for tag, given in seen.tags if tag == "a" and given.get("href", "").startswith("#said-")]
    assert links == [f"#said-{OPEN}", f"#said-{AUTHOR}", f"#said-{THANKS}"]
    assert {f"said-{name}" for name in (OPEN, ENDED, AUTHOR, OTHER, THANKS)} <= seen.ids


def test_what_a_dispute_names_can_be_followed(site, project):
    given = [given for tag, given in page(site, CLAIM).tags if tag == "a"]
    hrefs = {g["href"]: g.get("rel") for g in given if "href" in g}
    assert hrefs["https://arxiv.org/abs/0009.00009v1"] == "noopener noreferrer"  # nobody here holds that paper
    record = project.records["storage-keeps-weights"][0]
    assert f"../../{record.path}" in hrefs


def test_a_page_without_disputes_has_no_section(site):
    assert "Disputes and replies" not in page(site, "claims/most-weights-stay").text


def test_every_list_and_badge_says_that_a_disputed_claim_is_contested(site):
    assert "supported contested" in page(site, "status/supported").text
    assert "contested" in (site / "badges/storage-keeps-weights.svg").read_text()
    assert "contested by a dispute" in (site / "llms.txt").read_text()
    assert "contested by a dispute" in (site / "map/graph.json").read_text()


def test_the_api_and_the_database_hold_what_was_said(site, tmp_path):
    found = ClaimDocument.model_validate_json((site / "api/v1" / f"{CLAIM}.json").read_text())
    assert found.contested_by == ("dispute",)
    assert [(d.name, d.outcome) for d in found.disputes] == [(OPEN, None), (ENDED, "rejected")]
    assert [(r.name, r.signed_as, r.to) for r in found.replies] == [
        (AUTHOR, "author", OPEN),
        (OTHER, "contributor", OPEN),
        (THANKS, "author", None),
    ]
    listed = {c["id"]: c for c in json.loads((site / "api/v1/claims.json").read_text())}
    assert listed["storage-keeps-weights"]["contested_by"] == ["dispute"]
    assert listed["taken-back"]["withdrawn"] == {"on": "2026-01-09", "because": "It was two claims in one sentence."}
    with sqlite3.connect(f"file:{site / 'data/claims.sqlite'}?mode=ro", uri=True) as base:
        rows = base.execute("SELECT name, person, day, about, outcome, resolved_by, evidence FROM disputes").fetchall()
        assert rows[1] == (ENDED, "B. Reader", "2026-01-11", "experiment", "rejected", "A. Maintainer", "[]")
        assert base.execute("SELECT name, signed_as, paper, dispute FROM replies").fetchall() == [
            (AUTHOR, "author", "0001.00001v1", OPEN),
            (OTHER, "contributor", None, OPEN),
            (THANKS, "author", "0001.00001v2", None),
        ]
        flags = "SELECT id, contested_by FROM claims WHERE contested_by != '[]'"
        assert base.execute(flags).fetchall() == [("storage-keeps-weights", '["dispute"]')]
        taken = "SELECT id, withdrawn_on, withdrawn_because FROM claims WHERE withdrawn_on IS NOT NULL"
        assert base.execute(taken).fetchall() == [("taken-back", "2026-01-09", "It was two claims in one sentence.")]
    base.close()


def test_disputes_and_their_ends_stand_among_the_changes_on_their_days(project):
    days = changes_page(context(project).at(1), Timeline((), (), None, "no history")).days
    lines = {day.name: day.commits[0].lines[0] for day in days if day.name >= "2026-01-09"}
    told = {name: (line.what, line.note) for name, line in lines.items()}
    assert told == {
        "2026-01-15": ("dispute ended", "about the experiment: rejected, A. Maintainer"),
        "2026-01-11": ("disputed", "about the experiment, B. Reader"),
        "2026-01-10": ("disputed", "about the grounding, A. Reader"),
        "2026-01-09": ("withdrawn", "on 2026-01-09: It was two claims in one sentence."),
    }
    assert lines["2026-01-10"].href == f"../claims/storage-keeps-weights/#said-{OPEN}"
    assert {day.commits[0].time for day in days if day.name >= "2026-01-09"} == {""}


def test_a_withdrawn_claim_is_struck_wherever_its_question_stands_and_a_word_says_so(named):
    places = {}
    for path in sorted(named.rglob("*.html")):
        body = re.sub(r"<head>.*?</head>|<script.*?</script>|<pre.*?</pre>", "", path.read_text(), flags=re.DOTALL)
        found = body.count(GONE)
        said = body.count(f"<s>{GONE}</s> (withdrawn)") + body.count(f"Withdrawn: {GONE}")
        assert found == said, path
        if found:
            places[path.parent.relative_to(named).as_posix()] = found
    assert places.keys() >= {
        *("claims/taken-back", "claims/not-run-yet", "inquiries/is-it-storage", "status/withdrawn", "map", "changes"),
        *(".", "topics/post-training"),
    }


def test_a_withdrawn_claims_page_stays_with_day_reason_and_struck_sentence(named):
    html = (named / "claims/taken-back/index.html").read_text()
    assert "<s>What was taken back: yes.</s>" in html
    assert "Withdrawn on 2026-01-09: It was two claims in one sentence." in html
    assert "<title>Withdrawn: What was taken back?" in html


def test_search_feed_map_and_the_file_for_models_say_that_it_is_withdrawn_when_and_why(named):
    why = "ithdrawn on 2026-01-09: It was two claims in one sentence."
    entries = json.loads((named / "search/search_index.json").read_text())["docs"]
    titles = [e["title"] for e in entries if e["location"] == "claims/taken-back/"]
    assert titles == [f"Withdrawn: {GONE}"]
    feed = ElementTree.parse(named / "feed.xml").getroot()
    assert [s.text for s in feed.iter("{http://www.w3.org/2005/Atom}summary") if why in s.text] == [f"w{why}"]
    (line,) = [line for line in (named / "llms.txt").read_text().splitlines() if "claims/taken-back/" in line]
    assert "withdrawn" in line
    assert why in line
    nodes = {node[1]: node for node in json.loads((named / "map/graph.json").read_text())["nodes"]}
    assert nodes["taken-back"][2] == f"{GONE} (withdrawn)"
    assert why in nodes["taken-back"][3]
