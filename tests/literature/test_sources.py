"""`claims sources` as its user meets it: a registry, arXiv on this machine, a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from claims.cli.app import main
from claims.domain.paper import Paper, QuoteCheck, moves
from claims.errors import Problems, SetupError
from claims.literature.client import ArxivError
from claims.literature.service import Service
from claims.literature.snapshot import read_papers
from claims.project import load
from claims.site.view.context import context as context_of
from claims.site.view.sources import source_item
from claims.sources.reading import read_text
from claims.sources.sync import Report, sync, watch
from tests.literature.conftest import NOW, registry
from tests.literature.fake_arxiv import ABSTRACT, QUOTE, REWORDED, SHORTENED, FakeArxiv, Made

LATER = NOW.replace(month=5)
DOSSIER = {
    "id": "0001.00001", "title": "Pebbles", "authors": ["A. Example"], "published": "2025-02-03", "origin": "dossier",
    "versions": [{"version": 1}], "note": "Read: a copy.",
    "readings": [{"version": 1, "what": "abstract", "how": "a copy", "on": "2026-01-01"}],
    "quotes": [{"quote": "of pebbles", "found": True, "text": "a third-party copy of the abstract",
                "checked": "2026-01-01"}],
}  # fmt: skip


def paper(root: Path, one: str = "0001.00001") -> Paper:
    papers, findings = read_papers(root)
    assert not findings
    return papers[one]


def flags(root: Path, claim: str = "jars-0") -> tuple[str, ...]:
    project = load(root)
    return project.standing(project.claim(claim)).flags


def surroundings(root: Path, fake: FakeArxiv) -> dict[str, str]:
    """What the command finds in its environment."""
    return {
        "CLAIMS_ARXIV_URL": fake.url, "CLAIMS_ARXIV_INTERVAL": "0.02", "COLUMNS": "160",
        "XDG_CACHE_HOME": str(root.parent / "cache"),
    }  # fmt: skip


def claims(root: Path, fake: FakeArxiv, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a child, as a user would."""
    command = [sys.executable, "-c", "from claims.cli.app import main; main()", "sources", *words]
    env = os.environ | surroundings(root, fake)
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, env=env)


class Done(NamedTuple):
    """What a command said."""

    returncode: object
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def sources(
    root: Path, fake: FakeArxiv, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command in this process, where no other host can be reached."""
    for name, value in surroundings(root, fake).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(root)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["claims", "sources", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(ended.value.code or 0, *capsys.readouterr())

    return run


def test_sync_writes_what_arxiv_says_and_finds_the_quote(root: Path, service: Service) -> None:
    report = sync(root, [], service, NOW)
    held = paper(root)
    assert [seen.paper for seen in report.seen] == [held]
    assert (held.title, held.origin, held.resolved, held.withdrawn) == ("Pebbles in Jars", "arxiv", NOW, None)
    assert held.abstract is not None and "empty jar, by 12%" in held.abstract
    (check,) = held.quotes
    assert (check.quote, check.found, check.text, check.version) == (QUOTE, True, "abstract of v1", 1)
    assert check.sha256 is not None and len(check.sha256) == 64
    assert load(root) and flags(root) == ()


def test_a_second_sync_changes_no_byte(root: Path, service: Service) -> None:
    sync(root, [], service, NOW)
    file = root / "literature/0001.00001.json"
    before = file.read_bytes()
    sync(root, [], service, LATER)
    assert file.read_bytes() == before
    assert before.endswith(b"}\n") and before == before.strip() + b"\n"


def test_sync_keeps_what_people_wrote(root: Path, service: Service) -> None:
    (root / "literature").mkdir()
    (root / "literature/0001.00001.json").write_text(json.dumps(DOSSIER))
    sync(root, [], service, NOW)
    held = paper(root)
    assert held.origin == "arxiv" and held.authors == ("Ada Example", "Béla Example")
    assert held.note == "Read: a copy." and len(held.readings) == 1
    assert [c.quote for c in held.quotes] == ["of pebbles", QUOTE]


def test_sync_pins_the_version_that_is_cited_beside_the_newest(root: Path, fake: FakeArxiv, service: Service) -> None:
    (root / "claims.yaml").write_text(registry("0002.00002v1"))
    sync(root, [], service, NOW)
    held = paper(root, "0002.00002")
    assert [v.submitted and v.submitted.isoformat() for v in held.versions] == ["2025-02-03", "2025-06-07"]
    assert all(v.words for v in held.versions)
    assert fake.ids == [["0002.00002"], ["0002.00002v1"]]
    assert flags(root) == ("source-moved",)


@pytest.mark.parametrize("word", ["0001.00001", "arXiv:0001.00001v1", "https://arxiv.org/abs/0001.00001v1"])
def test_sync_takes_ids_as_people_write_them(root: Path, fake: FakeArxiv, service: Service, word: str) -> None:
    sync(root, [word], service, NOW)
    assert fake.ids == [["0001.00001"]]


def test_old_ids_have_a_file_too(root: Path, fake: FakeArxiv, service: Service) -> None:
    fake.papers["math.AG/0001001"] = [Made()]
    sync(root, ["math.AG/0001001"], service, NOW)
    assert (root / "literature/math.AG_0001001.json").is_file()
    assert paper(root, "math.AG/0001001").id == "math.AG/0001001"


def test_what_is_wrong_is_named_and_the_rest_is_written(root: Path, service: Service) -> None:
    (root / "claims.yaml").write_text(registry("0001.00001v1", "0002.00002v5", "0009.00009v1"))
    report = sync(root, [], service, NOW)
    assert sorted(p.name for p in (root / "literature").iterdir()) == ["0001.00001.json", "0002.00002.json"]
    assert report.problems == (
        "127.0.0.1 gives no paper 0009.00009: correct the id",
        "127.0.0.1 knows 0002.00002 up to v2, not v5: correct the version",
    )


def test_no_usable_answer_leaves_every_file_as_it_was(root: Path, fake: FakeArxiv, service: Service) -> None:
    sync(root, [], service, NOW)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    fake.papers["0001.00001"] = [Made(), Made(title="Other")]
    for use in (sync, watch):
        fake.faults = [lambda handler: handler.answer("<html>", 200)] * 2
        with pytest.raises(ArxivError):
            use(root, [], replace(service, tries=2), NOW)
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_a_paper_file_that_cannot_be_read_is_not_written_over(root: Path, fake: FakeArxiv, service: Service) -> None:
    (root / "literature").mkdir()
    (root / "literature/0001.00001.json").write_text('{"id": "0001.00001"')
    with pytest.raises(Problems):
        sync(root, [], service, NOW)
    assert fake.begun == []


def test_an_answer_older_than_what_is_known_changes_nothing(root: Path, fake: FakeArxiv, service: Service) -> None:
    (root / "claims.yaml").write_text(registry("0002.00002v2"))
    sync(root, [], service, NOW)
    before = paper(root, "0002.00002")
    fake.papers["0002.00002"].pop()
    report = watch(root, [], service, LATER)
    assert "newest version of 0002.00002 is v1, literature/ knows v2" in report.problems[0]
    assert paper(root, "0002.00002") == before


def test_a_quote_that_the_abstract_lacks_waits_for_another_text(root: Path, service: Service, tmp_path: Path) -> None:
    (root / "claims.yaml").write_text(registry("0001.00001v1", quote="stones are not pebbles"))
    sync(root, [], service, NOW)
    with pytest.raises(Problems, match="was not found in abstract of v1"):
        load(root)
    text = tmp_path / "full.txt"
    text.write_text("1 Introduction\nAs is well known, stones are not peb-\nbles.\n")
    looked = read_text(root, "0001.00001v1", text, NOW.date())
    assert [c.found for c in looked.checks] == [True]
    held = paper(root)
    assert [(c.found, c.text) for c in held.quotes] == [(True, "full text of v1, as plain text")]
    (reading,) = held.readings
    assert (reading.version, reading.what, reading.on) == (1, "full text", NOW.date())
    assert "stones" not in reading.how and str(tmp_path) not in reading.how
    assert load(root) and flags(root) == ()
    watch(root, [], service, LATER)
    assert flags(root) == (), "nobody expects a quote from the body in the abstract"


def test_a_text_without_the_quote_is_noted_too(root: Path, service: Service, tmp_path: Path) -> None:
    sync(root, [], service, NOW)
    text = tmp_path / "paper.tex"
    text.write_text("\\documentclass{article} A jar weighs less than an empty jar.")
    assert [c.found for c in read_text(root, "0001.00001v1", text, NOW.date()).checks] == [False]
    assert [(c.found, c.text) for c in paper(root).quotes] == [
        (True, "abstract of v1"),
        (False, "full text of v1, as TeX"),
    ]


def test_reading_a_text_twice_changes_nothing(root: Path, service: Service, tmp_path: Path) -> None:
    sync(root, [], service, NOW)
    text = tmp_path / "paper.html"
    text.write_text(f"<html><body><p>{ABSTRACT}</p></body></html>")
    first = read_text(root, "0001.00001v1", text, NOW.date()).paper
    assert read_text(root, "0001.00001v1", text, LATER.date()).paper == first


@pytest.mark.parametrize(
    ("named", "data", "said"),
    [
        ("0001.00001v1", b"%PDF-1.5 ...", "run pdftotext on it first"),
        ("0001.00001v1", b"\x1f\x8b\x08", "unpack it first"),
        ("0001.00001v1", b"a\0b", "holds no text"),
        ("0001.00001v1", b"  \n", "holds no text"),
        ("0001.00001v3", b"text", "up to v1, not v3"),
        ("0002.00002v1", b"text", "is not in literature/"),
        ("pebbles", b"text", "is not an arXiv id"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(
    root: Path, service: Service, tmp_path: Path, named: str, data: bytes, said: str
) -> None:
    sync(root, [], service, NOW)
    (tmp_path / "text").write_bytes(data)
    with pytest.raises(SetupError, match=said):
        read_text(root, named, tmp_path / "text", NOW.date())


def kinds(report: Report) -> list[str]:
    return [item.kind for seen in report.seen for item in seen.news]


def on_the_page(root: Path) -> list[str]:
    """The words beside the source on the page of the claim."""
    context = context_of(load(root))
    (source,) = context.claims[0].sources
    return [word for word, meaning in source_item(context, source).moved if meaning]


OUTCOMES = [
    ([Made()], []),
    ([Made(abstract=REWORDED)], ["reworded"]),
    ([Made(abstract=SHORTENED)], ["quote-gone", "reworded"]),
    ([Made(comment="This paper has been withdrawn: Lemma 2 is wrong")], ["withdrawn"]),
    ([Made(), Made(submitted="2026-04-01")], ["newer-version"]),
    ([Made(title="Stones in Jars")], ["reworded"]),
    ([Made(), Made(abstract=REWORDED)], ["reworded", "newer-version"]),
    ([Made(), Made(abstract=SHORTENED)], ["quote-gone", "reworded", "newer-version"]),
    (
        [Made(), Made(abstract="This paper was Withdrawn by its author.")],
        ["withdrawn", "quote-gone", "reworded", "newer-version"],
    ),
]


@pytest.mark.parametrize(("then", "expected"), OUTCOMES)
def test_watch_tells_apart_what_can_happen_to_a_paper(
    root: Path, fake: FakeArxiv, service: Service, then: list[Made], expected: list[str]
) -> None:
    sync(root, [], service, NOW)
    fake.papers["0001.00001"] = then
    assert kinds(watch(root, [], service, LATER)) == expected
    assert flags(root) == (("source-moved",) if expected else ())
    assert list(moves(paper(root), 1, QUOTE)) == expected
    assert on_the_page(root) == expected
    again = watch(root, [], service, LATER)
    assert kinds(again) == [], "what was told is no news"
    assert [o.moves for seen in again.seen for o in seen.open] == ([tuple(expected)] if expected else [])
    assert flags(root) == (("source-moved",) if expected else ())


def test_typography_is_no_news(root: Path, fake: FakeArxiv, service: Service) -> None:
    sync(root, [], service, NOW)
    fake.papers["0001.00001"] = [Made(abstract=" ".join(ABSTRACT.split()), title="Pebbles   in Jars")]
    assert kinds(watch(root, [], service, LATER)) == []


def test_a_quote_that_moved_from_the_abstract_to_the_body_is_not_gone(
    root: Path, fake: FakeArxiv, service: Service, tmp_path: Path
) -> None:
    sync(root, [], service, NOW)
    fake.papers["0001.00001"] = [Made(), Made(abstract=SHORTENED)]
    watch(root, [], service, LATER)
    (tmp_path / "v2.txt").write_text(ABSTRACT)
    read_text(root, "0001.00001v2", tmp_path / "v2.txt", LATER.date())
    assert "quote-gone" not in moves(paper(root), 1, QUOTE)
    watch(root, [], service, LATER)
    assert "quote-gone" not in moves(paper(root), 1, QUOTE)


def test_who_reads_the_reworded_version_settles_it(
    root: Path, fake: FakeArxiv, service: Service, tmp_path: Path
) -> None:
    sync(root, [], service, NOW)
    (tmp_path / "v1.txt").write_text(ABSTRACT)
    read_text(root, "0001.00001v1", tmp_path / "v1.txt", NOW.date())
    fake.papers["0001.00001"] = [Made(abstract=REWORDED)]
    watch(root, [], service, LATER)
    assert flags(root) == ("source-moved",), "who read it before knows nothing of the new words"
    (tmp_path / "v1.txt").write_text(REWORDED)
    read_text(root, "0001.00001v1", tmp_path / "v1.txt", LATER.date())
    assert flags(root) == ()


def test_who_has_read_the_newest_version_may_cite_an_older_one(root: Path, service: Service, tmp_path: Path) -> None:
    (root / "claims.yaml").write_text(registry("0002.00002v1"))
    sync(root, [], service, NOW)
    assert flags(root) == ("source-moved",)
    (tmp_path / "text.txt").write_text(ABSTRACT)
    for version in (1, 2):
        read_text(root, f"0002.00002v{version}", tmp_path / "text.txt", NOW.date())
    assert flags(root) == ()


def test_a_third_party_copy_is_overruled_by_arxiv(root: Path, service: Service) -> None:
    wrong = DOSSIER | {"quotes": [{"quote": "weighs less", "found": True, "text": "a third-party copy of the abstract",
                                   "checked": "2026-01-01"}]}  # fmt: skip
    (root / "literature").mkdir()
    (root / "literature/0001.00001.json").write_text(json.dumps(wrong))
    (root / "claims.yaml").write_text(registry("0001.00001v1", quote="weighs less"))
    sync(root, [], service, NOW)
    assert paper(root).quotes[-1] == QuoteCheck(
        quote="weighs less", found=False, text="abstract of v1", version=1, checked=NOW.date(),
        sha256=paper(root).quotes[-1].sha256,
    )  # fmt: skip
    assert flags(root) == ("source-moved",)


def test_watch_without_a_resolved_paper_is_not_a_pass(root: Path, service: Service) -> None:
    with pytest.raises(SetupError, match="no paper here was resolved yet: run `claims sources sync`"):
        watch(root, [], service, NOW)
    sync(root, [], service, NOW)
    with pytest.raises(SetupError, match=r"0002\.00002 was never resolved"):
        watch(root, ["0002.00002"], service, NOW)


def test_paper_files_from_before_are_still_valid(root: Path) -> None:
    (root / "literature").mkdir()
    (root / "literature/0001.00001.json").write_text(json.dumps(DOSSIER))
    assert paper(root).abstract is None and paper(root).resolved is None
    repository = Path(__file__).parents[2]
    assert read_papers(repository)[1] == []


def test_the_five_outcomes_in_the_terminal(root: Path, fake: FakeArxiv) -> None:
    names = ["same", "reworded", "shortened", "withdrawn", "newer"]
    ids = [f"0004.0000{n}" for n in range(5)]
    fake.papers = {one: [Made(title=name)] for one, name in zip(ids, names, strict=True)}
    (root / "claims.yaml").write_text(registry(*(f"{one}v1" for one in ids)))
    synced = claims(root, fake, "sync")
    assert synced.returncode == 0, synced.stderr
    assert "5 papers asked for, 5 files of literature/ written" in synced.stdout
    assert synced.stdout.count(f"“{QUOTE}” found in abstract of v1,") == 5
    for one, (then, _) in zip(ids, OUTCOMES[:5], strict=True):
        fake.papers[one] = [replace(made, title=fake.papers[one][0].title) for made in then]
    done = claims(root, fake, "watch")
    assert done.returncode == 1, done.stderr
    words = {line.split()[2]: line.split()[1] for line in done.stdout.splitlines() if line.startswith("0004.")}
    assert words == {"same": "unchanged", "reworded": "reworded", "shortened": "quote-gone",
                     "withdrawn": "withdrawn", "newer": "newer-version"}  # fmt: skip
    for line in (
        "1 of 3 sentences went, “We count pebbles",
        f"no longer in the abstract of v1: “{QUOTE}”",
        "for a person to judge: comment of v1: This paper has been withdrawn",
        "v2, submitted 2026-04-01",
        "jars-4 cites 0004.00004v1: newer-version",
        "marked source-moved: jars-1, jars-2, jars-3, jars-4",
    ):
        assert line in done.stdout, line
    again = claims(root, fake, "watch", "--json")
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)["papers"]
    assert [p["outcome"] for p in told] == ["unchanged"] + ["known"] * 4
    assert [o["moves"] for p in told for o in p["open"]] == [
        ["reworded"], ["quote-gone", "reworded"], ["withdrawn"], ["newer-version"]
    ]  # fmt: skip


def test_show_prints_a_paper_with_its_claims(sources: Command) -> None:
    assert sources("sync").returncode == 0
    done = sources("show", "0001.00001v1")
    assert done.returncode == 0, done.stderr
    for words in ("Pebbles in Jars", "Ada Example, Béla Example", "v1 (2025-02-03)", f"“{QUOTE}” found in",
                  "jars-0  untested, faithful", "asserts at 0001.00001v1, abstract"):  # fmt: skip
        assert words in done.stdout, words
    told = json.loads(sources("show", "0001.00001", "--json").stdout)
    assert told["paper"]["title"] == "Pebbles in Jars" and told["claims"][0]["claim"] == "jars-0"
    missing = sources("show", "0002.00002")
    assert missing.returncode == 2 and "claims sources sync 0002.00002" in missing.stderr


def test_a_title_is_printed_as_it_is(sources: Command, fake: FakeArxiv) -> None:
    fake.papers["0001.00001"] = [Made(title="[red]Jars[/] :smile: \u202e \x9b31m")]
    for words in (["sync"], ["show", "0001.00001"], ["watch"]):
        assert "[red]Jars[/] :smile: 31m\n" in sources(*words).stdout


def test_a_text_from_the_command_line(sources: Command, fake: FakeArxiv, tmp_path: Path) -> None:
    assert sources("sync").returncode == 0
    asked = len(fake.begun)
    (tmp_path / "text.txt").write_text(SHORTENED)
    done = sources("sync", "--text", str(tmp_path / "text.txt"), "--id", "0001.00001v1")
    assert done.returncode == 1 and "not found" in done.stdout
    assert len(fake.begun) == asked, "to look into a file nobody is asked"
    alone = sources("sync", "--text", str(tmp_path / "text.txt"))
    assert alone.returncode == 2 and "--text FILE and --id ID go together" in alone.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("sync", "0009.99999"), 2, "gives no paper 0009.99999"),
        (("sync", "pebbles"), 2, "'pebbles' is not an arXiv id"),
        (("watch",), 2, "run `claims sources sync`"),
    ],
)
def test_what_is_wrong_is_one_line(sources: Command, words: tuple[str, ...], code: int, said: str) -> None:
    done = sources(*words)
    assert done.returncode == code and said in done.stderr
    assert done.stderr.count("\n") == 1


def test_arxiv_that_does_not_answer_has_an_exit_status_of_its_own(
    root: Path, sources: Command, fake: FakeArxiv
) -> None:
    fake.faults = [lambda handler: handler.answer("busy", 503)] * 4
    done = sources("sync")
    assert done.returncode == 69
    assert done.stderr.splitlines()[0] == "claims: 127.0.0.1 answered 503; try 2 of 4 after 0 s"
    assert done.stderr.splitlines()[-1] == "claims: 127.0.0.1 answered 503, 4 times; nothing was changed"
    assert not (root / "literature").exists()
