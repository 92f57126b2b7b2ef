"""Tables of claims: what the filters work on, and that without a script they are plain tables."""

import pytest
from test_site_build import Seen

from claims.site.view.context import context
from claims.site.view.tables import claim_row

HEADS = ["Claim, as a question", "Verdict", "Grade", "Grounding", "Topic", "Run"]
WITH_TABLE = ["", "status/refuted", "grounding/faithful", "topics/post-training"]


def test_a_row_without_a_run_has_no_date_to_sort_by(project):
    seen = context(project)
    assert claim_row(seen, seen.known("not-run-yet")).date == ""
    assert claim_row(seen, seen.known("most-weights-stay")).date == "2026-01-03"


@pytest.mark.parametrize("place", WITH_TABLE)
def test_the_columns_are_there_and_nothing_that_needs_a_script(site, place):
    seen = Seen(site / place / "index.html")
    assert " ".join(HEADS) in seen.text
    inside = [t for t, a in seen.tags if t in {"select", "form"} and "md-search" not in a.get("class", "")]
    assert [t for t in inside if t == "select"] == []
    assert not [a for t, a in seen.tags if t == "button" and "claims" in str(a.get("class"))]


@pytest.mark.parametrize("place", WITH_TABLE)
def test_the_script_is_loaded_where_such_a_table_is_and_is_there(site, place):
    found = [
        a["src"]
        for t, a in Seen(site / place / "index.html").tags
        if t == "script" and "overview.js" in a.get("src", "")
    ]
    assert len(found) == 1
    assert (site / place / found[0]).resolve().is_file()


def test_the_script_is_not_loaded_elsewhere(site):
    holders = {p.relative_to(site).parts[0] for p in site.rglob("*.html") if b"overview.js" in p.read_bytes()}
    assert holders == {"index.html", "status", "grounding", "topics"}


def test_every_cell_says_what_it_holds(site):
    tags = Seen(site / "index.html").tags
    rows = sum(t == "tr" and "data-claim" in a for t, a in tags)
    cells = [a.get("data-cell") for t, a in tags if t == "td"]
    assert rows == 9
    assert cells == ["question", "verdict", "grade", "grounding", "topic", "date"] * rows
