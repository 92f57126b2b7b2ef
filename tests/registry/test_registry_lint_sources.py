"""Grounding rules: somebody looked, at this version, and wrote down where."""

from datetime import date

import pytest
from registry_samples import PAPER, REGISTRY, changed, line_of, linted

from claims.domain.paper import Reading, Version

V1 = "{arxiv: 2505.11711v1, stance: asserts, locator: abstract, says: It does.}"
NUMBER = "unit: fraction, locator: Table 1}"
UNVERIFIED = "        locator: unverified\n        unverified: nobody had the paper\n"


def read(*readings, versions=PAPER.versions):
    made = tuple(Reading(version=v, what=what, how="a copy", on=date(2026, 1, 2)) for v, what in readings)
    return PAPER.model_copy(update={"readings": made, "versions": versions})


def test_a_claim_that_cites_version_4_where_only_version_1_was_read_is_found_in_its_line():
    paper = read((1, "full text"), versions=tuple(Version(version=v) for v in range(1, 5)))
    text = changed(("2505.11711v2", "2505.11711v4"))
    (found,) = linted(text, paper=paper)
    assert found == (
        f"{line_of(text, 'arxiv: 2505.11711v4')}:16  bf16-is-sparse.sources[0].arxiv: nobody read v4 of 2505.11711 "
        "(readings in literature/: v1); cite the version that was read, add the reading of v4, "
        "or write locator: unverified with the reason"
    )


def test_a_paper_that_nobody_read_is_found_at_each_source():
    found = linted(REGISTRY, paper=read())
    assert len(found) == 2
    assert all("(readings in literature/: none)" in line for line in found)


def test_a_reading_of_an_unknown_version_counts_for_any():
    assert linted(REGISTRY, paper=read((None, "full text"))) == []


@pytest.mark.parametrize(
    ("locator", "lines"), [("abstract", 0), ("title and abstract", 0), ("abstract and Table 1", 1)]
)
def test_an_abstract_that_arxiv_gave_counts_as_read_and_nothing_else_of_the_paper(locator, lines):
    synced = read((2, "full text"), versions=(Version(version=1, words="0" * 64), Version(version=2)))
    found = linted(changed((V1, V1.replace("abstract", locator))), paper=synced)
    assert len(found) == lines
    assert all("rl-is-sparser.sources[0].arxiv: nobody read v1" in line for line in found)


def test_an_abstract_of_another_version_does_not_count():
    synced = read((2, "full text"), versions=(Version(version=1), Version(version=2, words="0" * 64)))
    assert len(linted(REGISTRY, paper=synced)) == 1


def test_an_unverified_locator_needs_no_reading():
    text = changed(("        locator: Table 1\n", UNVERIFIED), (V1, V1.replace("v1", "v2")))
    assert linted(text, paper=read((2, "abstract"))) == []


@pytest.mark.parametrize(("what", "lines"), [("abstract", 1), ("full text", 0), ("tables", 0), ("notes by others", 0)])
def test_who_read_the_abstract_only_cannot_point_into_the_paper(what, lines):
    found = linted(REGISTRY, paper=read((1, "abstract"), (2, what)))
    assert len(found) == lines
    assert all("sources[0].locator: only the abstract of 2505.11711v2 was read, not Table 1" in line for line in found)


def test_one_reading_of_more_than_the_abstract_is_enough():
    assert linted(REGISTRY, paper=read((1, "abstract"), (2, "abstract"), (2, "tables"))) == []


@pytest.mark.parametrize("locator", ["somewhere", "see paper", "'3'", "Table", "Table 1 and somewhere"])
def test_a_locator_that_leads_nowhere_is_refused(locator):
    (found,) = linted(changed(("        locator: Table 1\n", f"        locator: {locator}\n")))
    assert "bf16-is-sparse.sources[0].locator: " in found
    assert "is not a place in a paper; name a place, such as abstract" in found


def test_a_locator_that_is_a_number_is_refused_as_such():
    text = changed(("        locator: Table 1\n", "        locator: 3\n"))
    assert linted(text) == [], "the loader says so"


@pytest.mark.parametrize("locator", ["somewhere", "'2'"])
def test_a_reported_number_has_a_place_too(locator):
    (found,) = linted(changed((NUMBER, f"unit: fraction, locator: {locator}}}")))
    assert "sources[0].reported[0].locator: " in found


def test_a_reported_number_is_unverified_only_where_its_source_is():
    (found,) = linted(changed((NUMBER, "unit: fraction, locator: unverified}")))
    assert "sources[0].reported[0].locator: the source names Table 1" in found
    text = changed((NUMBER, "unit: fraction, locator: unverified}"), ("        locator: Table 1\n", UNVERIFIED))
    assert linted(text) == []


@pytest.mark.parametrize(
    "quote",
    [
        "comprising only 5%-30% of the parameters",
        "comprising just 5%-30% of parameters",
        "comprising just 5%-30% of the parameters here",
        "Comprising just 5%-30% of the parameters",
        "comprising just 5%-31% of the parameters",
    ],
)
def test_a_quote_changed_by_one_word_is_found(quote):
    (found,) = linted(changed(("comprising just 5%-30% of the parameters", quote)))
    assert "sources[0].quote: has not been looked for in the paper's text" in found


def test_a_line_break_changes_no_quote():
    folded = "        quote: >-\n          comprising just\n          5%-30% of the parameters\n"
    assert linted(changed(("        quote: comprising just 5%-30% of the parameters\n", folded))) == []


def test_a_hostile_locator_is_shown_short():
    (found,) = linted(changed(("        locator: Table 1\n", f"        locator: {'x' * 3000}\n")))
    assert len(found) < 300


@pytest.mark.parametrize(
    "quote", ["comprising just 5%\u201330% of the parameters", "\u201ccomprising just 5%-30% of the parameters\u201d"]
)
def test_a_quote_changed_by_an_editor_is_told_as_it_was_found(quote):
    (found,) = linted(changed(("comprising just 5%-30% of the parameters", quote)))
    assert "differs in its signs" in found and "write it as there: comprising just 5%-30% of the parameters" in found
