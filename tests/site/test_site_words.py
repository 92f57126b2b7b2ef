"""Short words on pages: reasons, reruns, an audit's history, linked claims, and what a search shows of a claim."""

import json
import re

import pytest
from test_site_build import Seen, page

from claims.domain.rerun import Comparison, Rerun
from claims.export.rerun_words import rerun_words
from claims.site.assembly import words
from claims.site.markup import finished
from claims.site.numbers import plain


def records(project):
    return {name: found[-1].record for name, found in project.records.items()}


@pytest.mark.parametrize(
    ("claim", "told"), [("headline-follows", "its one seed"), ("most-weights-stay", "2 of its 5 seeds")]
)
def test_a_rerun_says_how_many_of_the_seeds_were_run(project, claim, told):
    record = records(project)[claim]
    again = Rerun.model_construct(
        replicates=tuple(judged.replicate for judged in record.replicates[:2]),
        comparison=Comparison(recorded="agrees-exactly", fresh=None, because="-"),
        contributor="Somebody Else",
        finished="2026-01-09T00:00:00Z",
    )
    told = f"Run again on 2026-01-09 at {told}, signed Somebody Else: the same numbers to the last digit."
    assert rerun_words(again, record) == told


def test_the_history_of_an_audit_names_no_scale_and_no_batch(site):
    audit = page(site, "claims/headline-follows").text
    assert "recomputed once" in audit
    assert "scale cpu, batch" not in audit
    assert "replicates, scale cpu, batch" in page(site, "claims/most-weights-stay").text


def test_a_number_with_a_power_of_ten_stays_in_one_piece_on_the_page():
    assert "\u00a0×\u00a010" in finished(plain(2.2e-6))


def test_linked_claims_are_told_with_their_verdicts_in_both_directions(site):
    there, back = (words(linked(site, name)) for name in ("storage-keeps-weights", "ranks-hold"))
    assert there == "this claim refines Do the ranks of the arms agree? inconclusive it names the storage"
    assert back == (
        "Is it the storage that keeps weights where they were? supported refines this claim it names the storage"
    )


def test_there_is_a_space_between_a_linked_claim_and_what_follows(site):
    assert re.search(r"</a> <span[^>]*>.*</span> refines this claim<", linked(site, "ranks-hold"))


def linked(site, name):
    text = (site / "claims" / name / "index.html").read_text()
    return re.search(r'<ul class="relations">(.*?)</ul>', text, re.DOTALL)[1]


def test_a_hit_shows_the_verdict_in_words_and_the_sentence(site):
    docs = json.loads((site / "search" / "search_index.json").read_text())["docs"]
    (entry,) = [d for d in docs if d["location"] == "claims/storage-keeps-weights/"]
    assert entry["text"].startswith("Supported in ")
    assert "Is it the storage that keeps weights where they were: yes." in entry["text"]
    assert [
        word for word in ("on the map", "JSON", "badge", "Scope", "Grounding", "Topic") if word in entry["text"]
    ] == []
    (home,) = [d for d in docs if d["location"] == ""]
    assert "Do the ranks of the arms agree: yes." not in home["text"], "the table says only what its pages say"


def test_the_page_for_what_is_not_there_leads_on(site):
    seen = Seen(site / "404.html")
    assert "There is no such page" in seen.text
    links = {a.get("href") for t, a in seen.tags if t == "a"}
    assert {"/.", "/.#claims", "/inquiries/", "/papers/", "/changes/"} <= links
