"""Strangers' text stays text, whatever it looks like."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import markdown
from markupsafe import Markup

from claims.site.markup import Chip, answer, finished, inert, prose, python

CHIP = {"a-claim": Chip("a-claim", "refuted", "refuted", "../../claims/a-claim/")}


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=80))
def test_inert_text_means_itself_to_markdown_and_html(text):
    seen = markdown(f"before {inert(text)} after", extensions=["tables", "toc", "attr_list", "md_in_html"])
    assert [tag for tag, _ in Tags(seen).found] == ["p"]
    assert (
        unescape(str(inert(text))).split()
        == "".join(c for c in text if c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069").split()
    )


def test_inert_text_never_starts_a_block():
    assert "\n" not in inert("one\n\n    two\n# three")


def test_control_characters_and_reversed_text_are_left_out():
    assert inert("a\x00b\x1b\u202ec") == "abc"


def test_a_template_may_place_finished_strings_only():
    assert finished(Markup("<b>")) == "<b>"
    assert finished("<b>") == "&#60;b&#62;"
    with pytest.raises(TypeError, match="int"):
        finished(3)


def test_backticks_mark_code_in_prose_and_nothing_else_does():
    assert prose("over `x<y` and _z_") == "over <code>x&#60;y</code> and &#95;z&#95;"
    assert prose("one ` alone") == "one &#96; alone"


def test_source_code_is_escaped():
    assert "<script" not in python("x = '<script>alert(1)</script>'")


def test_source_code_shows_the_signs_that_would_show_other_code():
    seen = python('x = "\u202e\x1b"\n\ty = "ü"')
    assert "\\u202e\\u001b" in seen
    assert "ü" in seen


def test_an_entity_in_an_answer_cannot_turn_the_direction():
    assert "\u202e" not in answer("a &#8238; b &#x2066; c", CHIP)
    assert "\u2066" not in answer("a &#8238; b &#x2066; c", CHIP)


def test_a_chip_shows_the_live_verdict():
    html = answer("It [[a-claim]] fell.", CHIP)
    assert (
        "a",
        {"class": "chip chip--refuted", "href": "../../claims/a-claim/", "rel": "noopener noreferrer"},
    ) in Tags(html).found
    assert '<span class="chip__word">refuted</span>' in html


@pytest.mark.parametrize("text", ["`[[a-claim]]`", "[[no-such-claim]]"])
def test_what_is_not_a_chip_stays_as_written(text):
    html = answer(text, CHIP)
    assert text.strip("`") in html
    assert "chip" not in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        '<img src="x" onerror="alert(1)">',
        "![x](https://elsewhere.example/x.png)",
        '<p style="position:fixed" onclick="x()" class="md-header">x</p>',
        '[[a-claim" onclick="x]]',
        '[t](https://e.example/[[a-claim]] "[[a-claim]]")',
        "<iframe src=x></iframe><style>*{}</style><svg onload=x>",
    ],
)
def test_an_answer_keeps_nothing_that_acts(text):
    for tag, attributes in Tags(answer(text, CHIP)).found:
        assert tag in {"p", "a", "span", "em", "code"}
        assert set(attributes) <= {"href", "rel", "class", "title"}
        assert not attributes.get("href", "").startswith("javascript")
        assert attributes.get("class", "chip").startswith("chip")


@pytest.mark.parametrize(
    "href",
    [
        *("http://e.example/", "//e.example/", "../../claims/other/", "/", "#top", "javascript:x", "data:text/html,x"),
        *("https://", "HTTPS://e.example/", "mailto:a@e.example", "https:/e.example"),
    ],
)
def test_an_answer_links_over_https_or_to_a_claim_and_nowhere_else(href):
    assert [a for t, a in Tags(answer(f"[x]({href})", CHIP)).found if "href" in a] == []
    assert [a["href"] for t, a in Tags(answer("[x](https://e.example/a?b=c#d)", CHIP)).found if t == "a"] == [
        "https://e.example/a?b=c#d"
    ]


def test_an_answer_that_would_take_minutes_to_read_is_shown_as_it_stands():
    assert answer("[" * 15_000, CHIP).startswith("<p>&#91;&#91;")
