"""What counts as a place in a paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.registry.locator import places


@pytest.mark.parametrize(
    "locator",
    [
        "abstract", "title", "introduction", "conclusion", "section 3.2", "sec. 3", "§3.2", "§§ 3, 4",
        "Sections 3.1–3.3",
        "appendix B.6", "Table 2", "Tables 2 and 3", "Table II", "Table S3", "Figure 5", "Fig. 5(b)", "Figures 1 to 3",
        "Algorithm 1", "Eq. (4)", "equation 12", "footnote 5", "page 7", "pp. 3-4", "Theorem 3.1", "project page",
        "code", "result files", "README of the repository", "model card", "abstract and Table 1",
        "abstract, section 3.2 and Table 2", "section 6 and appendix B, Table 2", "Table 4; appendix E",
        "Table 4, last row", "caption of Figure 2", "main results table, as on the project page",
        "section 2, paragraph on explicit regularization", "code/result files", "Table 2's caption", "experiments",
    ],
)  # fmt: skip
def test_a_place_is_understood(locator):
    assert places(locator)


@pytest.mark.parametrize(
    "locator",
    [
        "", "somewhere", "see paper", "the paper", "main text", "3", "3.2", "B.6", "Table", "table in the paper",
        "section", "page", "unknown", "unverified", "abstractions", "decode", "everywhere and nowhere",
        "Table 2 and somewhere", "Table 2, see paper", "2 and Table 3", ",", "and", "the last row",
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_not(locator):
    assert places(locator) == ()


@pytest.mark.parametrize(
    ("locator", "parts"),
    [
        ("title and abstract", ["abstract", "abstract"]),
        ("abstract and Table 3", ["abstract", "body"]),
        ("main results table, as on the project page", ["body", "beside"]),
        ("result files", ["beside"]),
    ],
)
def test_a_place_tells_what_one_must_have_read(locator, parts):
    assert [place.part for place in places(locator)] == parts


NUMBERS = st.from_regex(r"[A-H]?[1-9][0-9]?(\.[1-9]){0,2}", fullmatch=True)
KINDS = st.sampled_from(["section", "Section", "sec.", "§", "appendix", "Table", "Figure", "Fig.", "footnote", "page"])
ONE = st.one_of(
    st.builds("{} {}".format, KINDS, NUMBERS), st.sampled_from(["abstract", "introduction", "project page"])
)
JOINTS = st.sampled_from([", ", "; ", " and ", ", and "])


@given(st.lists(ONE, min_size=1, max_size=5), JOINTS)
def test_every_place_of_a_list_is_named_in_its_order(parts, joint):
    assert [place.words for place in places(joint.join(parts))] == parts


@given(st.lists(ONE, max_size=3), st.sampled_from(["somewhere", "see paper", "tbd", "passim"]), st.integers(0, 3))
def test_one_part_that_leads_nowhere_spoils_the_list(parts, nowhere, position):
    assert places(", ".join([*parts[:position], nowhere, *parts[position:]])) == ()


@given(st.text(max_size=300))
def test_any_text_is_read_without_fail(text):
    places(text)
