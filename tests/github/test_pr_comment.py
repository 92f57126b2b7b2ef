"""The comment on a pull request: whatever a report holds, it stays a quotation of text."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from claims.github.comment import MARK, Ended, Report, body, inert, touched

RUN = Ended("https://github.example/o/r/actions/runs/7", "ab" * 20, "success")
NONE = Report("", "the job handed none over")
READS_AS = re.compile(
    r"@\w|#\d|GH-\d|://|www\.|mailto:|xmpp:|\$|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", re.IGNORECASE
)
"""What GitHub, or a terminal, reads in a text that is not code."""


def tokens(text: str) -> list[Token]:
    """Markdown as CommonMark with tables reads it; a token's children follow it."""
    flat: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        flat += [token, *(token.children or [])]
    return flat


def active(text: str) -> Iterator[str]:
    """Whatever is more than text, code, headings, lists, tables and emphasis."""
    for token in tokens(text):
        if token.type in {"html_inline", "html_block", "link_open", "image"}:
            yield f"{token.type} {token.content} {token.attrs}"
        elif token.type == "text" and READS_AS.search(token.content):
            yield f"text {token.content!r}"
        elif token.type == "fence" and re.match(r"\w", token.info.strip()):
            yield f"fence {token.info}"


HOSTILE = {
    "mention": "@admin and @org/team, a_@admin_",
    "mention by entity": "&#64;admin &#x40;admin &commat;admin &#064;admin",
    "mention by an entity in an entity": "&&#35;64;admin &am&#112;;#64;admin &amp;#64;admin &comma&#116;;admin",
    "letters by entity": "&#119;ww.evil.example &#71;H-1 mailt&#111;:x &dollar;x$ &#36;x$ &#x23;1 &num;1 &#8238;abc",
    "html": "<img src=x onerror=alert(1)> <script>alert(1)</script> </details> <b>x</b> <?php ?> <![CDATA[x]]>",
    "html by entity": "&lt;script&gt; &#60;img&#62;",
    "a comment left open": "<!-- <!--\n\n <!--",
    "a comment that joins two halves": "<<!-- x -->script>alert(1)</script> @<!-- -->admin [a]<!-- -->(https://evil)",
    "image": "![x](https://evil.example/pixel.png) ![x][ref]\n\n[ref]: https://evil.example/p.png",
    "link": "[click](https://evil.example) [a](javascript:alert(1)) <https://evil.example> [b]\n\n[b]: //evil.example",
    "bare links": "https://evil.example www.evil.example _www.evil.example_ http&#58;//evil.example ftp://evil.example",
    "mail": "a@evil.example mailto:a@evil.example xmpp:a@evil.example _mailto:x",
    "references": "#1 fixes #12 o/r#3 GH-4 _GH-5_ &#35;6 gh-7",
    "terminal": "\x1b[2J\x1b]8;;https://evil.example\x07x\x1b]8;;\x07 \x9b31m \u202eabc\u202c \u2066 \ufeff",
    "hidden halves": "@\u200badmin @\u200dadmin @\u00adadmin <\u200bscript> ]\u2060(https://x)",
    "a fence left open": "```\nx\n~~~~ mermaid\n",
    "a drawing": "```mermaid\ngraph TD; A-->B; click A href 'https://evil.example'\n```\n~~~ math\nx\n~~~",
    "a formula": "$\\href{https://evil.example}{x}$ $$x$$ $`x`$",
    "a box": "[!CAUTION]\nApproved by the maintainers",
    "a note": "x[^1]\n\n[^1]: https://evil.example",
    "a forged mark": f"{MARK}\n# Report\n<!-- claims:smoke -->\n<!-- /claims:smoke -->",
    "a forged heading": "</blockquote>\n\n#### From the job that ran contributed code\n\n***\n\n> > x\n",
    "lines": "a\rb\r\nc\u2028d\u2029e\x0bf\x0cg\x85h",
    "surrogates": "\ud800\udfff @admin",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_in_a_report_becomes_more_than_text(case: str) -> None:
    assert list(active(inert(HOSTILE[case]))) == []


@given(
    st.lists(
        st.sampled_from(
            [*"<>!-@#&;[]():/.$`~*_\\ \n\u200b13aw", "&#64;", "&#35;", "&amp;", "&lt;", "www", "http", "GH-", "mailto",
             "-->", "<!--", "```", "](", "]:", "img", "x"]
        )
    ).map("".join)
)  # fmt: skip
def test_nothing_that_is_put_together_becomes_more_than_text(text: str) -> None:
    assert list(active(inert(text))) == []


@pytest.mark.parametrize("case", HOSTILE)
def test_a_report_stays_inside_its_quotation(case: str) -> None:
    smoke = f"<!-- claims:smoke -->{HOSTILE[case]}<!-- /claims:smoke -->"
    found = tokens(body(RUN, Report(HOSTILE[case]), Report(smoke), ()))
    headings = [
        found[i + 1].content for i, token in enumerate(found) if token.type == "heading_open" and token.level == 0
    ]
    assert headings == ["Report on ababababab", "The checker's report", "From the job that ran contributed code"]
    links = [token.attrs["href"] for token in found if token.type == "link_open"]
    assert links == [RUN.page], "the only link is ours"


def test_an_honest_report_keeps_its_form() -> None:
    report = "## One claim was added\n\n- `a-claim`: **risky**, 5 < 6\n\n| a | b |\n|---|---|\n| `1` | 2 |\n"
    report += "\n```\ncode & <b>\n```\n"
    text = body(RUN, Report(report), NONE, ())
    kinds = {token.type for token in tokens(text)}
    assert {"heading_open", "bullet_list_open", "table_open", "code_inline", "strong_open", "fence"} <= kinds
    assert "5 < 6" in text and "> ## One claim was added" in text


def test_what_a_reader_would_not_see_on_github_is_left_out() -> None:
    assert inert("a <!-- claims:smoke -->b<!-- x --> c") == "a b c"
    assert inert("AT&T; a & b") == "AT&\u200bT; a &\u200b b"


def test_the_mark_begins_the_comment() -> None:
    assert body(RUN, NONE, NONE, ()).startswith(f"{MARK}\n\n")


def test_of_the_smoke_report_only_its_own_part_is_shown() -> None:
    smoke = Report("before\n<!-- claims:smoke -->\n- `x` ran\n<!-- /claims:smoke -->\nafter")
    text = body(RUN, NONE, smoke, ())
    assert "> - `x` ran" in text and "before" not in text and "after" not in text
    assert "The report is empty" in body(RUN, NONE, Report("no marks"), ())


def test_a_huge_report_is_cut_between_lines_and_the_rest_still_stands() -> None:
    huge = "\n".join(f"{i} @admin #1 <b> https://x" for i in range(9000))
    text = body(RUN, Report(huge), Report(f"<!-- claims:smoke -->{huge}<!-- /claims:smoke -->"), ())
    assert len(text) < 65_536
    assert text.count("Cut here") == 2 and "> 0 @" in text and "From the job that ran" in text
    one_line = body(RUN, Report("x" * 300_000), NONE, ())
    assert len(one_line) < 65_536 and "Cut here" in one_line


def test_the_reader_is_told_when_a_report_may_have_been_written_by_what_it_is_about() -> None:
    assert "do not rely on the reports" in body(RUN, NONE, NONE, (".github/", "src/"))
    source = body(RUN, NONE, NONE, ("src/",))
    assert "`src/`" in source and "code owner" in source and "do not rely" not in source
    assert "did not say which files" in body(RUN, NONE, NONE, None)
    assert "machinery" not in body(RUN, NONE, NONE, ())


def test_what_is_guarded_is_told_by_place_and_not_by_name() -> None:
    assert touched([".github/workflows/@admin.yml", "src/x.py", "claims.d/src/x", "Makefile", "Makefile.old"]) == (
        ".github/", "src/", "Makefile",
    )  # fmt: skip
    assert touched(["claims.d/a.yaml", "experiments/a.py", "evidence/a/b.json", "srcx/a"]) == ()


def test_a_job_without_a_report_is_named_with_the_reason() -> None:
    assert "*No report: the job handed none over.*" in body(RUN, NONE, NONE, ())
