"""The data in whole: what goes into the database and the lines comes out, and the data page's examples work."""

import json
import re
import sqlite3

import pytest

from claims.domain.record import Record
from claims.export.export import export
from claims.site.database_schema import SCHEMA
from claims.site.view.data import QUERIES


@pytest.fixture(scope="module")
def asked(site):
    connection = sqlite3.connect(f"file:{site / 'data' / 'claims.sqlite'}?mode=ro", uri=True)
    yield lambda query, *values: connection.execute(query, values).fetchall()
    connection.close()


def test_the_file_is_sound_and_its_references_lead_somewhere(asked):
    assert asked("PRAGMA integrity_check") == [("ok",)]
    assert asked("PRAGMA foreign_key_check") == []


def test_no_table_is_empty_and_each_says_what_the_schema_says(asked):
    tables = [name for (name,) in asked("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert tables == re.findall(r"CREATE TABLE (\w+)", SCHEMA)
    assert [t for t in tables if asked(f"SELECT count(*) FROM {t}") == [(0,)]] == []
    assert "-- what newer result would change it" in asked("SELECT sql FROM sqlite_schema WHERE name = 'claims'")[0][0]


def test_claims_stand_with_their_verdicts(asked, project):
    rows = dict(asked("SELECT id, status FROM claims"))
    assert rows == {c.id: project.standing(c).status.value for c in project.registry.claims}
    assert asked(
        "SELECT r.path FROM claims c JOIN records r ON r.id = c.record WHERE c.id = 'storage-keeps-weights'"
    ) == [(project.records["storage-keeps-weights"][0].path,)]
    assert asked("SELECT topic FROM topics WHERE claim = 'storage-keeps-weights'") == [
        ("post-training",),
        ("update-sparsity",),
    ]
    assert asked("SELECT low, high FROM reported JOIN sources ON id = source WHERE claim = 'most-weights-stay'") == [
        (0.685, 0.96)
    ]


def test_every_measurement_is_there(asked, project):
    rows = asked(
        "SELECT path, seed, condition, metric, value FROM measurements m "
        "JOIN replicates p ON p.id = m.replicate JOIN records r ON r.id = p.record"
    )
    expected = {
        (stored.path, j.replicate.seed, condition, metric): value
        for found in project.records.values()
        for stored in found
        for j in stored.record.replicates
        for condition, values in (*j.replicate.measured.items(), (None, j.replicate.combined))
        for metric, value in values.items()
    }
    assert {row[:4]: row[4] for row in rows} == expected
    invalid = asked("SELECT outcome FROM replicates WHERE NOT valid ORDER BY number")
    assert invalid == [("ok",), ("crash",)]


def test_the_examples_of_the_data_page_answer(asked, site, project):
    answers = dict(zip([words for words, _ in QUERIES], [asked(sql) for _, sql in QUERIES], strict=True))
    statuses, fell, told, seeds = answers.values()
    assert dict(statuses)["refuted"] == 2
    assert {claim for claim, _ in fell} == {"most-weights-stay", "headline-follows"}
    assert all("expected" in words for _, words in fell)
    assert told == [("storage-keeps-weights", "no weight ever moves", "a note", "Most, not all.")]
    contrast = [row for row in seeds if row[:2] == ("storage-keeps-weights", "coarse-stays-more")]
    assert len(contrast) == 2 * 8, "both conditions at each valid seed"
    assert {row[3] for row in seeds if row[0] == "ranks-hold"} == {None}, "combined over the conditions"
    assert len([row for row in seeds if row[1] == "ranks-agree"]) == 8
    page = (site / "data" / "index.html").read_text("utf-8")
    assert all(words in page for words, _ in QUERIES)


def test_lines_are_what_the_command_exports(site, project):
    assert (site / "data" / "claims.jsonl").read_text("utf-8") == export(project, "jsonl", "claims")


def test_a_line_a_record_with_all_but_its_traces(site, project):
    lines = [json.loads(line) for line in (site / "data" / "records.jsonl").read_text("ascii").splitlines()]
    stored = {s.path: s.record for found in project.records.values() for s in found}
    assert {line["path"] for line in lines} == set(stored)
    for line in lines:
        read = Record.model_validate_json(json.dumps(line["record"]))
        assert read.verdict == stored[line["path"]].verdict
        assert not any(j.replicate.traces for j in read.replicates)
        assert [j.replicate.measured for j in read.replicates] == [
            j.replicate.measured for j in stored[line["path"]].replicates
        ]
