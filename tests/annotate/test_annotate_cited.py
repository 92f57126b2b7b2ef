"""What is said of the papers that a file cites, and the notes on them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pybtex.database import parse_string

from claims.annotate.cited import Cited, cited
from claims.annotate.notes import as_bibtex, as_csl
from claims.project import load
from tests.cli.test_commands import claims
from tests.conftest import commit
from tests.exchange_samples import HELD, TITLE, UNCITED, add_papers

Edit = Callable[[str, str, str], None]
BIB = f"""
@article{{mukherjee, title = {{Coins {{A}}}}, author = {{Some One}}, eprint = {{{HELD}v2}}, archiveprefix = {{arXiv}},
  annote = {{Mine.}}}}
@misc{{held, url = {{https://arxiv.org/abs/math.GT/0309136}}}}
@misc{{unknown, title = {{Never \x1b[31m{{S}}een}}, eprint = {{1706.03762}}}}
"""


@pytest.fixture
def project(toy: Path) -> Path:
    """The small project with papers."""
    add_papers(toy)
    commit(toy)
    return toy


def of(root: Path, text: str, *, bibliography: bool = True) -> dict[str, Cited]:
    return {paper.id: paper for paper in cited(load(root), text, bibliography=bibliography)}


def test_claims_are_told_with_stance_grounding_status_scope_and_moves(project: Path) -> None:
    paper = of(project, BIB)[HELD]
    assert [on.claim.id for on in paper.claims] == ["coins-differ", "coins-sum"]
    on = paper.claims[0]
    assert [source.stance for source in on.sources] == ["asserts", "qualifies"]
    assert (on.standing.status, on.standing.flags) == ("untested", ("source-moved",))
    assert on.moves == ("newer-version",)
    assert (paper.versions, paper.keys, paper.title) == ((2,), ("mukherjee",), TITLE)


def test_papers_without_claims_and_papers_that_are_not_held_are_told(project: Path) -> None:
    found = of(project, BIB)
    assert found[UNCITED].paper is not None and found[UNCITED].claims == ()
    unknown = found["1706.03762"]
    assert unknown.paper is None
    assert unknown.title == "Never [31mSeen", "without the sign that steers a terminal"


def test_the_terminal_shows_a_table_and_both_lists(project: Path) -> None:
    (project / "refs.bib").write_text(BIB)
    done = claims(project, "annotate", "refs.bib")
    assert done.returncode == 0, done.stderr
    for words in (
        HELD, "[mukherjee]", "the file cites v2, the claims v1", "since the claims were written: newer-version",
        "coins-differ", "asserts,", "unsupported", "untested", "(source-moved)", "coins: two · sides: heads, tails",
        "held, without a claim on it", UNCITED, "not held", "1706.03762", "claims sources sync ID",
        "3 papers cited, 1 of them with claims here; 2 claims",
    ):  # fmt: skip
        assert words in done.stdout, words
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_has_every_paper(project: Path) -> None:
    (project / "README").write_text(f"see arXiv:{HELD} and https://arxiv.org/abs/1706.03762v5\n")
    papers = json.loads(claims(project, "annotate", "README", "--json").stdout)
    assert [(p["paper"], p["held"], p["versions"], p["lines"]) for p in papers] == [
        (HELD, True, [], [1]), ("1706.03762", False, [5], [1]),
    ]  # fmt: skip
    claim = papers[0]["claims"][0]
    assert claim["id"] == "coins-differ" and claim["scope"] == {"coins": "two", "sides": ["heads", "tails"]}
    assert [s["stance"] for s in claim["sources"]] == ["asserts", "qualifies"]
    assert (claim["grounding"], claim["status"], claim["flags"]) == ("unsupported", "untested", ["source-moved"])


def test_notes_keep_an_entry_and_add_to_its_annotation(project: Path) -> None:
    entries = parse_string(as_bibtex(of(project, BIB).values()), "bibtex").entries
    assert list(entries) == ["mukherjee"], "one note a paper with claims"
    fields = entries["mukherjee"].fields
    assert entries["mukherjee"].type == "article"
    assert (fields["title"], fields["eprint"]) == ("Coins {A}", f"{HELD}v2")
    assert fields["annote"].startswith("Mine.\\par ")
    for words in ("coins-differ", "more than half a point", "asserts, qualifies", "untested", "coins: two"):
        assert words in fields["annote"], words


def test_an_entry_that_names_two_papers_gets_one_note(project: Path, edit: Edit) -> None:
    both = f"@misc{{both, note = {{arXiv:{HELD}, arXiv:{UNCITED}}}}}"
    edit("claims.yaml", f"{HELD}v1, stance: contradicts", f"{UNCITED}v1, stance: contradicts")
    found = of(project, both).values()
    assert [len(paper.claims) for paper in found] == [1, 1]
    entries = parse_string(as_bibtex(found), "bibtex").entries
    assert list(entries) == ["both"]
    assert "coins-differ" in entries["both"].fields["annote"] and "coins-sum" in entries["both"].fields["annote"]


def test_notes_on_a_text_without_entries_are_entries_of_ours(project: Path) -> None:
    found = of(project, f"arXiv:{HELD}", bibliography=False).values()
    entries = parse_string(as_bibtex(found), "bibtex").entries
    assert entries[f"arxiv-{HELD}"].fields["eprint"] == HELD
    (item,) = json.loads(as_csl(found))
    assert (item["id"], item["title"]) == (f"arxiv-{HELD}", TITLE)
    assert item["note"].splitlines()[1].startswith("coins-differ: The treated coin scores")


def test_notes_never_replace_the_file_that_is_read(project: Path) -> None:
    (project / "refs.bib").write_text(BIB)
    done = claims(project, "annotate", "refs.bib", "--notes", "bibtex", "-o", "refs.bib")
    assert done.returncode == 2 and "is the file that is read" in done.stderr
    assert (project / "refs.bib").read_text() == BIB
    assert claims(project, "annotate", "refs.bib", "--notes", "bibtex", "-o", "notes.bib").returncode == 0
    assert "coins-differ" in (project / "notes.bib").read_text()


@pytest.mark.parametrize(("words", "message"), [(("none.bib",), "cannot be read"), ((".",), "cannot be read")])
def test_a_file_that_cannot_be_read_is_named(project: Path, words: tuple[str, ...], message: str) -> None:
    done = claims(project, "annotate", *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_a_text_without_ids_says_so(project: Path) -> None:
    (project / "README").write_text("nothing, not even 1204.5678 of it\n")
    done = claims(project, "annotate", "README")
    assert (done.returncode, done.stdout) == (0, "no arXiv id in it\n")
