"""CSV and JSON Lines: what goes in comes out, and no spreadsheet runs it."""

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.export.export import ROWS, export
from claims.export.rows import SourceRow
from claims.export.tables import as_csv, as_jsonl
from claims.project import load
from tests.cli.test_commands import claims
from tests.conftest import TOY, commit
from tests.exchange_samples import HELD, add_papers

HOSTILE = st.one_of(
    st.text(),
    st.builds(
        "{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", '"', ","]), st.text()
    ),
)
RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def row(text: str) -> SourceRow:
    return SourceRow(
        claim="a", paper="2505.11711", version=1, title=text, authors=(text,), published=None, stance="asserts",
        locator=text, unverified=None, says=text, quote=None, reported=(), moves=(),
    )  # fmt: skip


@given(HOSTILE)
def test_text_comes_back_from_csv_and_no_cell_is_a_formula(text: str) -> None:
    (header, read), *_ = [
        list(csv.reader(io.StringIO(as_csv(tuple(SourceRow.model_fields), [row(text).model_dump()]), newline="")))
    ]
    cells = dict(zip(header, read, strict=True))
    assert not any(cell.startswith(RUN_BY_SPREADSHEETS) for cell in read)
    assert cells["says"].removeprefix("'") == text
    assert json.loads(cells["authors"]) == [text]
    assert (cells["version"], cells["quote"]) == ("1", "")


@given(HOSTILE)
def test_text_comes_back_from_json_lines_one_object_a_line(text: str) -> None:
    lines = as_jsonl([row(text), row(text)]).splitlines()
    assert len(lines) == 2, "whatever a reader takes for the end of a line"
    assert json.loads(lines[0])["says"] == text


def test_numbers_stay_numbers_in_csv() -> None:
    text = as_csv(("a", "b", "c", "d"), [{"a": -0.25, "b": 1e-300, "c": True, "d": None}])
    assert text == "a,b,c,d\r\n-0.25,1e-300,true,\r\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with papers and one record, which no test here changes."""
    root = tmp_path_factory.mktemp("with-a-record") / "project"
    shutil.copytree(TOY, root)
    add_papers(root)
    for words in (["init", "-q"], ["config", "user.name", "A Tester"], ["config", "user.email", "tester@example.org"]):
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    commit(root)
    assert claims(root, "verify", "coins-differ").returncode == 0
    return root


def test_rows_say_where_each_claim_stands(project: Path) -> None:
    loaded = load(project)
    found = {r["id"]: r for r in map(json.loads, export(loaded, "jsonl", None).splitlines())}
    assert found.keys() == {c.id for c in loaded.registry.claims}
    one = found["coins-differ"]
    assert (one["status"], one["verdict"], one["grade"]) == ("supported", "supported", "standard")
    assert one["scope"] == {"coins": "two", "sides": ["heads", "tails"]}
    assert one["papers"] == [f"{HELD}v1"] and one["flags"] == ["source-moved"]
    assert (project / one["record"]).is_file()
    listed = {r["id"]: r for r in json.loads(claims(project, "list", "--json").stdout)}
    for claim_id, words in listed.items():
        assert {k: found[claim_id][k] for k in words} == words, "as `list --json` says it"


def test_verdict_rows_hold_what_the_record_holds(project: Path) -> None:
    loaded = load(project)
    (stored,) = loaded.records["coins-differ"]
    (cells,) = csv.DictReader(io.StringIO(export(loaded, "csv", "verdicts"), newline=""))
    (prediction,) = stored.record.verdict.predictions
    assert (cells["prediction"], cells["of"], cells["minus"]) == ("higher", "treated", "plain")
    assert float(cells["estimate"]) == prediction.estimate
    assert (float(cells["low"]), float(cells["high"])) == (prediction.low, prediction.high)
    assert (cells["expected_low"], cells["expected_high"], cells["decides"]) == ("0.5", "", "true")
    assert cells["record"] == stored.path


@pytest.mark.parametrize("what", sorted(ROWS))
def test_an_empty_table_has_its_header(toy: Path, what: str) -> None:
    (toy / "claims.yaml").write_text("schema_version: 1\n")
    text = export(load(toy), "csv", what)  # type: ignore[arg-type]
    assert text == ",".join(ROWS[what][0].model_fields) + "\r\n"  # type: ignore[index]
    assert export(load(toy), "jsonl", what) == ""  # type: ignore[arg-type]


def test_the_command_writes_a_file_or_prints(project: Path) -> None:
    printed = claims(project, "export", "--format", "csv", "--what", "sources")
    assert printed.returncode == 0, printed.stderr
    done = claims(project, "export", "--format", "csv", "--what", "sources", "-o", "sources.csv")
    assert (done.returncode, done.stdout) == (0, "")
    with (project / "sources.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["claim"] for r in rows] == ["coins-differ", "coins-differ", "coins-sum"]
    assert rows[1]["says"] == '\'=1+1 they do, "often"', "a spreadsheet shows it, and does not run it"
    assert claims(project, "export", "--format", "xls").returncode == 2
    missing = claims(project, "export", "--format", "csv", "-o", "no/such/folder.csv")
    assert missing.returncode == 2 and "there is no folder" in missing.stderr
