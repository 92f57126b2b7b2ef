"""Nothing that a contributor writes can be anything but text in a report."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from claims.report.facts import Facts, Look
from claims.report.inert import code, terminal, visible
from claims.report.markdown import BEGIN, END, LIMIT, markdown
from tests.report_samples import GOOD, add_claim, change, forged, git, reported, submitted, write_paper
from tests.verify.test_verify import run

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
HOSTILE = (
    "pwn `` ` ``` <script>pwn()</script> <img src=x onerror=pwn> ![pwn](https://evil.example/pwn.png) "
    "[pwn](https://evil.example/pwn) [pwn]: https://evil.example/pwn @pwn-team #1 GH-1 pwn/pwn#1 www.evil.example/pwn "
    "https://evil.example/pwn pwn@evil.example "
    "<!-- claims:smoke --> <!-- /claims:smoke --> | pwn | *pwn* _pwn_ **pwn** "
    "~~pwn~~ $pwn$ \\pwn\\` &lt;pwn&gt; <https://evil.example/pwn> [^pwn] :pwn: - [x] pwn ## pwn {{pwn}} ${{ pwn }} "
    "::set-output name=pwn:: javascript:pwn 0123456789abcdef0123456789abcdef01234567"
)
ALIVE = re.compile(r"(?<![`\w])@\w|<[A-Za-z/!]|https?://|www\.|!\[|\]\(|\]:|#\d")


def tokens(report: str) -> list[Token]:
    found: list[Token] = []
    for token in READER.parse(report):
        found += [token, *(token.children or ())]
    return found


def assert_inert(report: str, *, markers: int = 0) -> None:
    """No HTML, link or image; nothing of a contributor outside a code span; no sign that a reader could act on."""
    found = tokens(report)
    kinds = {t.type for t in found}
    assert not kinds & {"link_open", "image", "html_inline", "fence", "code_block", "hardbreak"}, kinds
    html = [t.content.strip() for t in found if t.type == "html_block"]
    assert "".join(html).count("<!--") == markers
    for token in found:
        if token.type == "text":
            assert "pwn" not in token.content.lower(), token.content
    plain = report.replace(BEGIN, "").replace(END, "") if markers else report
    assert ALIVE.search(plain) is None, ALIVE.search(plain)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", report)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def hostile_claim() -> str:
    words = quoted(HOSTILE)
    return (
        GOOD.replace("Does the treated coin score above the plain one on its own?", words)
        .replace("The treated coin scores more than half a point.", words)
        .replace("{coins: two}", f"{{coins: {words}}}")
        .replace("The treated coin lands higher.", words)
        .replace("quote: the treated coin lands higher", "quote: 'pwn <b>@pwn</b> `x` | https://evil.example/pwn'")
        .replace("unit: points, locator: Table 1", f"unit: {words}, locator: Table 1, conditions: {words}")
        .replace("Half of what Table 1 prints, so that an untreated coin is excluded.", words)
        .replace("because: Table 1 says so.", f"because: {words}")
        .replace("metric: score, value", f"metric: {words}, value")
    )


def test_every_field_of_a_claim_is_inert(branch: Path) -> None:
    add_claim(branch, hostile_claim())
    report = reported(branch)[1]
    assert "#### `coins-treated-high`, new" in report and "Only a person can answer" in report
    assert report.count("pwn") > 20
    assert_inert(report)


def test_every_changed_field_is_inert_in_the_table(branch: Path) -> None:
    text = (branch / "claims.yaml").read_text()
    text = text.replace("Do the coins differ?", quoted(HOSTILE)).replace(
        "watch: A third coin.", f"watch: {quoted(HOSTILE)}"
    )
    (branch / "claims.yaml").write_text(text)
    report = reported(branch)[1]
    assert "| `question` | `Do the coins differ?` | `pwn" in report
    rows = [t for t in tokens(report) if t.type in ("th_open", "td_open")]
    assert len(rows) % 3 == 0  # no bar made a column
    assert_inert(report)


def test_a_claim_that_cannot_be_read_is_inert(branch: Path) -> None:
    add_claim(branch, hostile_claim().replace("stance: asserts", f"stance: {quoted(HOSTILE)}"))
    change(branch, "claims.yaml", "watch: A third coin.", "'pwn <img src=x> @pwn': 1\n    watch: A third coin.")
    report = reported(branch)[1]
    assert "img src=x" in report
    assert_inert(report)


def test_every_text_of_an_experiment_is_inert(branch: Path) -> None:
    text = (branch / "experiments" / "toy.py").read_text()
    words = repr(HOSTILE)
    for old, new in (
        ('"Two coins"', words),
        ('differs="there is no paper"', f"differs={words}"),
        ('"mean `treated`"', words),
        ('"a normal number around the condition\'s mean"', words),
        ('"points", -100', f"{words}, -100"),
        ('"""Are two coins different?', f'r"""Are two coins different? {HOSTILE}. <b>@pwn</b> 5 seconds.'),
        ('"plain": "mean `plain`"', f'"plain": "mean", {words}: {words}'),
        ('"score", {"above": 3.0}', f'"score", {{{words}: {words}}}'),
        ('condition="planted"', f'condition="planted", doc={words}'),
        ('("2505.11711v2",)', f'("2505.11711v2", {words})'),
        ("MEANS = {", f"import os  # {HOSTILE}\nMEANS = {{"),
        ('"smoke": {"seconds": 0.0}', f'"smoke": {{"fail": {words}}}'),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    (branch / "experiments" / "other.py").write_text(text)
    add_claim(branch, GOOD.replace("experiment: toy", "experiment: other"))
    report = reported(branch)[1]
    assert "docstring says" in report and "#### `other`, added" in report and "### Lines to look at" in report
    assert_inert(report)


def test_names_of_files_people_and_packages_are_inert(branch: Path) -> None:
    git(branch, "config", "user.name", HOSTILE[:200])
    run(branch, batch="2")
    for folder in ("src", "tests", "evidence/coins-sum", ".github", "literature", "experiments"):
        (branch / folder).mkdir(parents=True, exist_ok=True)
        (branch / folder / "pwn `<img src=x>` @pwn\n## pwn\x1b[2J\u202e.json").write_text("{}")
    (branch / "evidence" / "coins-sum" / "pwn <b> @pwn.erratum.json").write_text("{}")
    (branch / "constraints.txt").write_text("pwn<img> @pwn https://evil.example/pwn\n")
    write_paper(branch, title=HOSTILE, withdrawn=HOSTILE)
    add_claim(branch, GOOD)
    report = reported(submitted(branch, HOSTILE))[1]
    assert "by `pwn" in report
    assert_inert(report)


def test_everything_that_a_record_says_of_itself_is_inert(branch: Path) -> None:
    def hostile(record: dict[str, Any]) -> None:
        record |= {"exploratory_because": HOSTILE, "confirmatory": False, "previous": [HOSTILE], "contributor": HOSTILE}
        record["environment"] |= {"device_name": HOSTILE, "platform": HOSTILE}
        for judged in record["replicates"]:
            judged["replicate"] |= {"commit": HOSTILE[:90], "message": HOSTILE[:400]}

    run(branch, batch="2")
    (path,) = git(branch, "ls-files", "--others", "--exclude-standard", "evidence").splitlines()
    forged(branch / path, hostile)
    report = reported(branch)[1]
    assert "confirmatory `no: pwn" in report and "previous `pwn" in report and "ran at `pwn" in report
    assert_inert(report)


def test_what_a_run_says_in_its_last_words_is_inert_and_stays_between_the_marks(branch: Path) -> None:
    text = (branch / "experiments" / "toy.py").read_text()
    text = text.replace('"""One condition at one seed."""', f"raise RuntimeError({HOSTILE!r})")
    (branch / "experiments" / "toy.py").write_text(text)
    code_, report = reported(submitted(branch), smoke=True)
    assert code_ == 1
    assert report.count(BEGIN) == report.count(END) == 1
    between = report.partition(BEGIN)[2].partition(END)[0]
    assert "**FAILED**" in between and "pwn" in between
    assert_inert(report, markers=2)
    assert_inert(between)


def test_no_report_without_a_smoke_run_holds_the_marks(branch: Path) -> None:
    add_claim(branch, hostile_claim())
    report = reported(branch)[1]
    assert BEGIN not in report and END not in report


@given(st.text(max_size=80) | st.text("`|<>@\\-!#[]()*:/\n", max_size=30))
def test_any_text_is_one_code_span_and_one_cell(text: str) -> None:
    span = code(text)
    found = tokens(f"before {span} after")
    assert [t.type for t in found if t.type not in ("paragraph_open", "paragraph_close", "inline")] == [
        "text", "code_inline", "text"
    ]  # fmt: skip
    assert len([t for t in tokens(f"| a | b |\n| --- | --- |\n| {span} | {span} |\n") if t.type == "td_open"]) == 2
    assert [t.type for t in tokens(span) if t.type == "code_inline"] == ["code_inline"]


@given(st.text(max_size=80))
def test_any_text_is_one_ascii_line_in_a_terminal(text: str) -> None:
    assert re.fullmatch("[ -~]*", terminal(text))


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\u202eb\x1b[2J\u200bc\nd") == "a\\u202eb\\u001b[2J\\u200bc d"


@pytest.mark.parametrize("length", [2_000, 200_000])
def test_a_long_text_is_cut(length: int) -> None:
    assert len(code("x" * length)) < 700


def test_a_report_is_cut_between_lines_and_keeps_the_smoke_section() -> None:
    looks = tuple(Look("w" * 500, "what", "\U0001f600" * 500) for _ in range(40))
    from claims.domain.finding import Finding
    from claims.report.facts import Card, Delta

    deltas = tuple(Delta(f"f{i}", "é" * 300, "é" * 300, judged=True) for i in range(40))
    cards = tuple(Card(f"c{i}", "changed", statement="é" * 1500, deltas=deltas) for i in range(40))
    findings = tuple(Finding(file="f" * 500, message="m" * 600) for _ in range(100))
    report = markdown(Facts("b", "h", findings, cards=cards, looks=looks, smoke=()))
    assert len(report.encode()) <= LIMIT
    assert "The report is cut here" in report and "And 60 more of these." in report
    assert report.rstrip().endswith(END) and "Nothing to run" in report
