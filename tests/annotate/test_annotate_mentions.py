"""arXiv ids are found where people write them, and nowhere else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.literature.mentions import Mention, mentions, only_id, without_class

NEW = st.builds(
    lambda year, month, number: f"{year:02}{month:02}.{number:0{5 if year >= 15 else 4}}",
    st.integers(8, 30), st.integers(1, 12), st.integers(1, 9999),
)  # fmt: skip
OLD = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "math", "cs", "math-ph", "q-bio", "cond-mat"]),
    st.sampled_from([*range(92, 100), *range(7)]), st.integers(1, 12), st.integers(1, 999),
)  # fmt: skip
VERSION = st.one_of(st.none(), st.integers(1, 99))
FORMS = st.sampled_from(
    [
        "arXiv:{}", "arxiv: {}", "arXiv preprint arXiv:{}", "(arXiv {})", "https://arxiv.org/abs/{}",
        "http://www.arxiv.org/pdf/{}.pdf", "https://arxiv.org/pdf/{}", "see https://export.arxiv.org/abs/{}.",
        "[x](https://arxiv.org/abs/{})", "https://doi.org/10.48550/arXiv.{}", "<a href='https://arxiv.org/html/{}'>",
        "CoRR, abs/{} (2019)", "https://huggingface.co/papers/{}", "https://www.alphaxiv.org/abs/{}#x", "\n{}\n",
        "- {}", "3. {}", "{}  # a comment", "eprint = {{{}}},", '"eprint": "{}"', "\\url{{https://arxiv.org/abs/{}}}",
        "arXiv:\n        {}", "arXiv:&nbsp;{}", "arXiv:1810.10333, {}; and more",
    ]
)  # fmt: skip


@given(st.one_of(NEW, OLD), VERSION, FORMS)
def test_an_id_is_found_in_each_form_with_its_version(paper: str, version: int | None, form: str) -> None:
    written = paper if version is None else f"{paper}v{version}"
    found = [(m.paper, m.version) for m in mentions(form.format(written))]
    assert (paper, version) in found, found
    assert set(found) <= {(paper, version), ("1810.10333", None)}


NUMBER = st.integers(0, 10**6)
DATES = st.dates().flatmap(
    lambda day: st.sampled_from(
        [day.isoformat(), f"{day:%Y.%m.%d}", f"{day:%Y.%m%d}", f"{day:%d.%m.%Y}", f"{day:%Y%m%d}", f"{day:%y%m.%d}"]
    )
)
DOIS = st.builds(
    lambda prefix, suffix: f"10.{prefix}/{suffix}",
    st.integers(1000, 99999).filter(lambda n: n != 48550),
    st.from_regex(r"[0-9a-zA-Z.()/-]{1,12}([0-9]{4}\.[0-9]{4,5}(v[1-9])?|(hep-th|cs)/[0-9]{7})", fullmatch=True),
).filter(lambda doi: not re.search("arxiv|abs/|eprint", doi, re.IGNORECASE))
IN_PROSE = st.builds("it took {}.{} s".format, st.integers(0, 9999), st.integers(0, 99999))
OTHER = st.sampled_from(
    [
        "PsyArXiv:2505.11711", "bioRxiv 2020.03.05.979260v1", "viXra:1204.5678", "evil-arxiv.org/abs/2505.11711",
        "arxiv.org.example.com/2505.11711", "src/cs/0112017.txt", "arXiv:2513.12345", "arXiv:2500.12345",
        "arXiv:2505.1171", "arXiv:1204.56789", "arXiv:2505.117112", "arXiv:2505.11711.5", "arXiv:2505.11711x",
        "arXiv:2505.00000", "hep-th/9913001", "hep-xx/9901001", "cs/5012017", "2505.11711 on a line", "12505.11711v1",
        "2505.11711v0", "192.168.2505.11711v1", "ISBN 978-3-16-148410-0", "0704.0001 m", "arXiv:hep-th/0801001",
    ]
)  # fmt: skip


PARTS = st.lists(st.one_of(DATES, DOIS, IN_PROSE, OTHER), min_size=1, max_size=4)


@given(PARTS, st.sampled_from([" and ", ", ", "\n"]))
def test_dates_dois_and_numbers_are_no_ids(parts: list[str], between: str) -> None:
    assert mentions(between.join(parts)) == ()


@given(st.text())
def test_any_text_is_read_and_what_is_found_stands_in_it(text: str) -> None:
    for mention in mentions(text):
        assert mention.paper.rpartition("/")[2] in text
        assert 1 <= mention.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text", ["arXiv:2505.11711," * 20_000, "a." * 200_000, "arxiv" + " " * 300_000, "1. " * 90_000]
)
@pytest.mark.timeout(20)
def test_long_hostile_text_takes_time_in_proportion(text: str) -> None:
    mentions(text)


def test_a_list_of_ids_may_have_bullets_separators_and_comments() -> None:
    text = "# my list\n2505.11711\n- 2505.11711v2, hep-th/9901001;\n* 1810.10333   # why\n\n2505.11712 is prose\n"
    assert mentions(text) == (
        Mention("2505.11711", None, 2), Mention("2505.11711", 2, 3), Mention("hep-th/9901001", None, 3),
        Mention("1810.10333", None, 4),
    )  # fmt: skip


def test_what_follows_in_a_list_behind_arxiv_counts() -> None:
    found = mentions("arXiv:2505.11711, 2504.07912v3 and math.GT/0309136 show 2505.12345 things")
    assert [(m.paper, m.version) for m in found] == [
        ("2505.11711", None), ("2504.07912", 3), ("math/0309136", None),
    ]  # fmt: skip


def test_the_subject_class_is_dropped_and_a_number_alone_is_an_id_where_ids_stand() -> None:
    assert without_class("math.GT/0309136") == "math/0309136"
    assert without_class("2505.11711") == "2505.11711"
    assert only_id(" 2505.11711v2 ") == Mention("2505.11711", 2, 1)
    assert only_id("2505.11711 and") is None and only_id("2513.11711") is None
