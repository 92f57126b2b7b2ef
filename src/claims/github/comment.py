"""From reports that anyone may have written to a comment that means nothing but their text. Pure.

A pull request brings the workflow that writes its reports, so each may hold anything. What reaches the comment keeps
its headings, lists, tables and code, but neither HTML, links, images, mentions nor references: each of these is broken
by a character of no width after the sign that would begin it. GitHub looks for mentions and references in the text
that a reader sees, so to escape them with entities would not do. Each line of a report stands in a quotation, which
ends where we end it, whatever fence or comment is left open in it.
"""

import re
from collections.abc import Sequence
from html import unescape
from typing import Literal, NamedTuple

MARK = "<!-- claims:report -->"
"""Begins the one comment that is updated."""
MOST = 60_000
"""Characters of a whole comment; GitHub takes 65,536."""
_FOLDERS = (".github/", ".ci/", "src/", "tests/", "site/", "benchmarks/")
GUARDED = (
    *_FOLDERS, "pyproject.toml", "constraints.txt", "Makefile",
    "setup.py", "setup.cfg", "conftest.py",  # none is here: each would run when the package is built or tested
    ".gitattributes", ".gitmodules",  # they could keep a change out of what a reviewer is shown
)  # fmt: skip
"""Folders and files that are machinery: code owners approve them."""
_OWN_WORKFLOW = frozenset({".github/", ".ci/"})

_NIL = "\u200b"
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What cannot be seen, turns the direction of writing, or steers a terminal."""
_DOLLAR = "\uff04"
"""A sign like a dollar's that begins no formula; a character of no width behind a dollar would not prevent one."""
_COMMENT = re.compile(r"<!--[^\n]{0,200}?-->")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|&")
_STAYS = frozenset("<>&\"'`*_[](){}\\|~!=^+-")
"""Signs that a report may write as an entity: as text, none of them begins anything."""
_BREAKS = re.compile(
    r"<(?=[A-Za-z/!?])"  # HTML, and addresses in angle brackets
    r"|@"  # mentions, mail, user@commit
    r"|#(?=[0-9])|GH(?=-[0-9])"  # references, which leave a trace at what they name
    r"|\](?=[(:\[])|\[(?=[!^])"  # links and images, their definitions, notes, coloured boxes
    r"|:(?=//)|www(?=\.)|(?:mailto|xmpp)(?=:)"  # addresses that need no brackets
    r"|(?:`{3,}|~{3,})(?=[^\n`~])",  # the language of a fence: some are drawn, not shown
    re.IGNORECASE,
)

Job = Literal["static", "smoke"]
_SMOKE = re.compile(r"<!-- claims:smoke -->(.*?)<!-- /claims:smoke -->", re.DOTALL)


class Report(NamedTuple):
    """What a job handed over: the text, or, where there is none that can be shown, why."""

    text: str
    missing: str = ""


class Ended(NamedTuple):
    """A run of pr-validate, as GitHub tells it: `commit` is hexadecimal, `how` one word."""

    page: str
    commit: str
    how: str


def body(run: Ended, static: Report, smoke: Report, touched: Sequence[str] | None) -> str:
    """The whole comment. `touched`: which of GUARDED the pull request changes, None where nobody could say."""
    parts = [
        MARK,
        f"### Report on {run.commit[:10]}",
        f"[pr-validate]({run.page}) ended with **{run.how}**. What is quoted below is data from that run.",
        *_warning(touched),
        "#### The checker's report",
        _quoted(static, MOST * 2 // 3, run.page),
        "#### From the job that ran contributed code",
        "The sandbox held that code, and this part may still say what its author wants it to say.",
        _quoted(smoke._replace(text=_between(smoke.text)), MOST // 4, run.page),
    ]
    return "\n\n".join(parts) + "\n"


def touched(names: Sequence[str]) -> tuple[str, ...]:
    """Which of GUARDED a change touches, by the paths of its files."""
    return tuple(
        place for place in GUARDED if any(n.startswith(place) if place.endswith("/") else n == place for n in names)
    )


def inert(text: str) -> str:
    """Markdown without anything that leads, loads, calls or hides."""
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _COMMENT.sub("", text).replace("$", _DOLLAR)
    return _BREAKS.sub(lambda found: found[0] + _NIL, _ENTITY.sub(_entity, text))


def _warning(touched: Sequence[str] | None) -> list[str]:
    if touched is None:
        return ["**GitHub did not say which files this pull request changes.** Look whether its machinery is touched."]
    if not touched:
        return []
    names = ", ".join(f"`{name}`" for name in touched)
    rest = (
        "It may have written these reports itself: read the files, do not rely on the reports."
        if _OWN_WORKFLOW & set(touched)
        else "A code owner must have read that."
    )
    return [f"**This pull request changes machinery: {names}.** {rest}"]


def _between(text: str) -> str:
    """What the smoke report says of the run itself; the rest of it is the checker's report once more."""
    found = _SMOKE.search(text)
    return found[1] if found else ""


def _quoted(report: Report, most: int, page: str) -> str:
    """A report as a quotation of at most about `most` characters, cut between two lines."""
    if report.missing:
        return f"*No report: {report.missing}.*"
    lines: list[str] = []
    size = 0
    for line in inert(report.text).strip("\n").split("\n"):
        size += len(line) + 3
        if size > most:
            return "\n".join(lines) + f"\n\n*Cut here: it is too long for a comment. [The run]({page}) has all of it.*"
        lines.append(f"> {line}")
    return "\n".join(lines) if any(line.strip("> ") for line in lines) else "*The report is empty.*"


def _entity(found: re.Match[str]) -> str:
    """An entity that stands for a harmless sign as it is; any other, and a bare &, as the text that it is."""
    sign = unescape(found[0]) if len(found[0]) > 1 else ""
    if sign in {"@", "#", ":", "/", "."}:  # an honest report may have escaped them
        return sign + _NIL
    if len(sign) == 1 and sign in _STAYS:
        return found[0]
    return "&" + _NIL + found[0][1:]
