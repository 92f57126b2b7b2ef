"""Records: what is written is read back, and nothing else is."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_children import finish, start
from ledger_samples import record, replicate
from ledger_strategies import records

from claims.domain.finding import Finding
from claims.domain.record import Record
from claims.domain.run import Trace
from claims.errors import LedgerError, Problems
from claims.ledger.document import LIMIT, parse, render
from claims.ledger.evidence import clean_temporaries, fit, read_records, write_record


def sealed(value: Record) -> Record:
    return value.model_copy(update={"digest": value.computed_digest()})


def findings(root: Path) -> list[Finding]:
    return read_records(root)[1]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write_record(tmp_path, record())


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert data.count(old) >= 1
    path.write_bytes(data.replace(old, new, 1))


def test_a_record_lies_under_its_claim_and_is_named_after_its_content(tmp_path: Path) -> None:
    path = write_record(tmp_path, record())
    digest = record().computed_digest()
    assert path == tmp_path / "evidence" / "a-claim" / f"20261121T100000Z-cpu-{digest[:8]}.json"
    stored, wrong = read_records(tmp_path)
    assert wrong == []
    assert [s.path for s in stored["a-claim"]] == [path.relative_to(tmp_path).as_posix()]
    assert stored["a-claim"][0].record == sealed(record())


def test_the_file_is_ascii_with_sorted_keys_and_one_newline_at_its_end(written: Path) -> None:
    text = written.read_bytes().decode("ascii")
    assert text.endswith("}\n") and not text.endswith("\n\n")
    keys = list(json.loads(text))
    assert keys == sorted(keys)
    assert max(map(len, text.splitlines())) < 400


@settings(max_examples=60, deadline=None)
@given(records)
def test_every_record_reads_back_as_it_was(value: Record) -> None:
    data = render(sealed(value))
    parse(data, "x")
    back = Record.model_validate_json(data)
    assert back == sealed(value)
    assert back.digest == back.computed_digest()
    assert render(back) == data


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records)
def test_every_record_survives_the_disk(tmp_path: Path, value: Record) -> None:
    shutil.rmtree(tmp_path / "evidence", ignore_errors=True)
    write_record(tmp_path, value)
    stored, wrong = read_records(tmp_path)
    assert wrong == []
    assert stored["a-claim"][0].record == sealed(value)


def test_flipping_any_digit_is_tampering_and_names_the_file(written: Path, tmp_path: Path) -> None:
    data = written.read_bytes()
    # No digit becomes a leading zero: that would be a syntax error, not a subtle edit.
    places = [i for i, byte in enumerate(data) if chr(byte).isdigit()]
    assert len(places) > 300
    for place in places[::3]:
        new = b"%d" % (int(data[place : place + 1]) % 9 + 1)
        written.write_bytes(data[:place] + new + data[place + 1 :])
        stored, wrong = read_records(tmp_path)
        assert stored == {}, data[place - 20 : place + 20]
        assert {f.file for f in wrong} == {written.relative_to(tmp_path).as_posix()}
        assert any(f.kind == "tampered" and f.field == "digest" for f in wrong), data[place - 20 : place + 20]


def test_a_truncated_record_is_refused_wherever_it_ends(written: Path, tmp_path: Path) -> None:
    data = written.read_bytes()
    for end in range(0, len(data) - 1, 64):
        written.write_bytes(data[:end])
        stored, wrong = read_records(tmp_path)
        assert stored == {}
        assert [f.file for f in wrong] == [written.relative_to(tmp_path).as_posix()]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_flipped_bit_is_accepted(written: Path, tmp_path: Path, data: st.DataObject) -> None:
    original = render(sealed(record()))
    place = data.draw(st.integers(0, len(original) - 1))
    bit = data.draw(st.integers(0, 7))
    written.write_bytes(original[:place] + bytes([original[place] ^ 1 << bit]) + original[place + 1 :])
    stored, wrong = read_records(tmp_path)
    assert stored == {} and wrong


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        (b'"batch": 1', b'"batch": 1,\n "batch": 1', "batch", "given twice"),
        (b'"x": [0.0,', b'"x": [NaN,', "replicates.0.replicate.traces.arm-a.loss.x.0", "nan"),
        (b'"seconds": 1.5', b'"seconds": Infinity', "replicates.0.replicate.seconds", "inf"),
        (b'"seconds": 1.5', b'"seconds": 1e999', "replicates.0.replicate.seconds", "inf"),
        (b'"seconds": 1.5', b'"seconds": 1e308', "replicates.0.replicate.seconds", "less than or equal"),
        (b'"seconds": 1.5', b'"seconds": -1.5', "replicates.0.replicate.seconds", "greater than or equal"),
        (b'"batch": 1', b'"batch": ' + b"1" * 5000, "", "too many digits"),
        (b'"batch": 1', b'"batch": 1,', "", "not JSON"),
        (b'"contributor": "someone"', b'"contributor": "some\xff"', "", "not UTF-8"),
        (b'"batch": 1', b'"batch": 1,\n "mood": 1', "mood", "Extra inputs"),
        (b'"batch": 1', b'"batch": true', "batch", "integer"),
        (b'"commit": null,\n', b"", "commit", "required"),
    ],
)
def test_what_is_not_a_record_is_refused_with_its_field(
    written: Path, tmp_path: Path, old: bytes, new: bytes, field: str, message: str
) -> None:
    rewrite(written, old, new)
    stored, wrong = read_records(tmp_path)
    assert stored == {}
    assert any(f.field == field and message in f.message for f in wrong), wrong


def test_several_flaws_are_reported_together(written: Path, tmp_path: Path) -> None:
    rewrite(written, b'"batch": 1', b'"batch": 1,\n "batch": NaN')
    rewrite(written, b'"seconds": 1.5', b'"seconds": -Infinity')
    assert {f.field for f in findings(tmp_path)} == {"batch", "replicates.0.replicate.seconds"} and len(
        findings(tmp_path)
    ) == 3


@pytest.mark.parametrize("data", [b"[]\n", b"null\n", b"1\n", b"", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 900])
def test_other_json_and_no_json_are_refused(written: Path, tmp_path: Path, data: bytes) -> None:
    written.write_bytes(data)
    assert read_records(tmp_path)[0] == {}
    assert findings(tmp_path)


def test_a_reformatted_record_is_refused_though_its_digest_holds(written: Path, tmp_path: Path) -> None:
    written.write_text(json.dumps(json.loads(written.read_text()), indent=2, sort_keys=True) + "\n")
    (found,) = findings(tmp_path)
    assert found.kind == "tampered" and "reformatted" in found.message


def test_a_record_larger_than_the_limit_is_refused_unread(written: Path, tmp_path: Path) -> None:
    written.write_bytes(written.read_bytes() + b" " * LIMIT)
    (found,) = findings(tmp_path)
    assert str(LIMIT) in found.message


def test_an_edit_that_renews_the_digest_is_caught_by_the_name(written: Path, tmp_path: Path) -> None:
    forged = sealed(record().model_copy(update={"contributor": "else"}))
    written.write_bytes(render(forged))
    (found,) = findings(tmp_path)
    assert found.kind == "tampered" and forged.name in found.message


def test_a_record_of_another_claim_is_refused(written: Path, tmp_path: Path) -> None:
    other = tmp_path / "evidence" / "other-claim"
    other.mkdir()
    written.rename(other / written.name)
    (found,) = findings(tmp_path)
    assert found.field == "claim.id" and "a-claim" in found.message


@pytest.mark.parametrize("order", [(1, 0), (0, 0)])
def test_replicates_out_of_order_are_not_written(tmp_path: Path, order: tuple[int, int]) -> None:
    with pytest.raises(Problems, match="sorted by index"):
        write_record(tmp_path, record(tuple(replicate(i) for i in order)))
    assert not (tmp_path / "evidence").exists()


def test_a_seed_that_counts_twice_is_not_written(tmp_path: Path) -> None:
    twice = replicate(1).model_copy(update={"seed": replicate(0).seed})
    with pytest.raises(Problems, match="same seed"):
        write_record(tmp_path, record((replicate(0), twice)))


def test_a_time_that_is_no_time_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="UTC"):
        write_record(tmp_path, record().model_copy(update={"started": "../../elsewhere"}))


def test_the_same_record_twice_is_one_file(written: Path, tmp_path: Path) -> None:
    assert write_record(tmp_path, record()) == written
    assert list(written.parent.iterdir()) == [written]


def test_traces_are_thinned_until_the_file_fits_and_nothing_else_is(tmp_path: Path) -> None:
    long = Trace(x=tuple(i / 7 for i in range(5000)), y=tuple(i / 3 for i in range(5000)))
    arms = {"arm-a": {"loss": long, "short": Trace(x=(1.0, 2.0), y=(3.0, 4.0))}}
    big = record(tuple(replicate(i).model_copy(update={"traces": arms}) for i in range(8)))
    path = write_record(tmp_path, big)
    assert LIMIT / 4 < path.stat().st_size <= LIMIT
    (stored,) = read_records(tmp_path)[0]["a-claim"]
    kept = stored.record.replicates[3].replicate
    loss = kept.traces["arm-a"]["loss"]
    assert (loss.x[0], loss.x[-1]) == (long.x[0], long.x[-1]) and len(loss.x) == len(loss.y) > 100
    assert kept.traces["arm-a"]["short"] == arms["arm-a"]["short"]
    assert kept.model_copy(update={"traces": {}}) == big.replicates[3].replicate.model_copy(update={"traces": {}})


def test_a_record_that_fits_is_left_as_it_is() -> None:
    value = record()
    assert fit(value) is value


def test_a_record_too_large_without_traces_is_refused(tmp_path: Path) -> None:
    noisy = replicate().model_copy(update={"message": "x" * LIMIT})
    with pytest.raises(LedgerError, match="without traces"):
        write_record(tmp_path, record((noisy,)))
    assert not (tmp_path / "evidence").exists()


def test_an_erratum_marks_its_record(written: Path, tmp_path: Path) -> None:
    beside = written.with_name(written.stem + ".erratum.json")
    beside.write_text('{"person": "A. Person", "date": "2026-11-22", "what": "The loss was summed, not averaged."}')
    stored, wrong = read_records(tmp_path)
    assert wrong == []
    erratum = stored["a-claim"][0].erratum
    assert erratum is not None and erratum.person == "A. Person" and erratum.date.isoformat() == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"person": "A", "date": "2026-11-22"}', "what"),
        ('{"person": "A", "date": "yesterday", "what": "w"}', "date"),
        ('{"person": "A", "person": "B", "date": "2026-11-22", "what": "w"}', "person"),
        ('{"person": " ", "date": "2026-11-22", "what": "w"}', "person"),
    ],
)
def test_an_incomplete_erratum_is_a_finding_and_marks_nothing(
    written: Path, tmp_path: Path, text: str, field: str
) -> None:
    written.with_name(written.stem + ".erratum.json").write_text(text)
    stored, wrong = read_records(tmp_path)
    assert [f.field for f in wrong] == [field]
    assert stored["a-claim"][0].erratum is None


def test_an_erratum_without_a_record_is_a_finding(written: Path, tmp_path: Path) -> None:
    beside = written.with_name("20200101T000000Z-cpu-00000000.erratum.json")
    beside.write_text('{"person": "A", "date": "2026-11-22", "what": "w"}')
    (found,) = findings(tmp_path)
    assert "no record" in found.message


def test_strange_things_in_evidence_are_findings_and_do_not_stop_the_reading(written: Path, tmp_path: Path) -> None:
    folder = written.parent
    (folder / "notes.txt").write_text("hello")
    (folder / "a-link.json").symlink_to(written)
    os.mkfifo(folder / "a-pipe.json")
    (folder / "a-folder.json").mkdir()
    (folder / "20200101T000000Z-cpu-00000000.json").write_bytes(b"{}")
    (folder.parent / "misplaced.json").write_bytes(written.read_bytes())
    (folder.parent / "linked-claim").symlink_to(folder)
    (folder.parent / "README.md").write_text("What this folder is.")
    stored, wrong = read_records(tmp_path)
    assert [s.path for s in stored["a-claim"]] == [written.relative_to(tmp_path).as_posix()]
    assert {Path(f.file).name for f in wrong} == {
        "notes.txt", "a-link.json", "a-pipe.json", "a-folder.json", "20200101T000000Z-cpu-00000000.json",
        "misplaced.json", "linked-claim",
    }  # fmt: skip


def test_a_file_name_that_is_not_text_is_a_finding(written: Path, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(written.parent) + b"/\xff.json")).write_bytes(b"{}")
    assert findings(tmp_path)[0].file.endswith("?.json")


def test_no_evidence_is_no_problem(tmp_path: Path) -> None:
    assert read_records(tmp_path) == ({}, [])


@pytest.mark.parametrize("place", ["evidence", "evidence/a-claim"])
def test_nothing_is_written_through_a_link(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    (root / place).parent.mkdir(parents=True)
    (root / place).symlink_to(outside)
    with pytest.raises(LedgerError, match="link"):
        write_record(root, record())
    assert list(outside.iterdir()) == []


def test_a_writer_killed_before_the_name_is_given_leaves_no_record(tmp_path: Path) -> None:
    code = """
        from ledger_samples import record
        import os, signal
        from pathlib import Path
        from claims.ledger.evidence import write_record
        Path.hardlink_to = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
        write_record(Path(sys.argv[1]), record())
    """
    child = start(code, tmp_path)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    folder = tmp_path / "evidence" / "a-claim"
    (left,) = folder.iterdir()
    assert left.name.startswith(".tmp-")
    assert read_records(tmp_path) == ({}, [])
    clean_temporaries(tmp_path)
    assert list(folder.iterdir()) == []
    write_record(tmp_path, record())
    assert len(read_records(tmp_path)[0]["a-claim"]) == 1


def test_cleaning_keeps_records_and_errata(written: Path, tmp_path: Path) -> None:
    beside = written.with_name(written.stem + ".erratum.json")
    beside.write_text("{}")
    clean_temporaries(tmp_path)
    assert written.exists() and beside.exists()


def test_two_processes_that_write_the_same_record_both_succeed(tmp_path: Path) -> None:
    code = """
        from ledger_children import wait_for
        from ledger_samples import record
        from pathlib import Path
        from claims.ledger.evidence import write_record
        wait_for(sys.argv[2])
        for n in range(20):
            write_record(Path(sys.argv[1]), record(claim=f"claim-{n}"))
    """
    gate = tmp_path / "go"
    children = [start(code, tmp_path, gate) for _ in range(2)]
    gate.touch()
    for child in children:
        finish(child)
    stored, wrong = read_records(tmp_path)
    assert wrong == [] and len(stored) == 20
    assert all(len(found) == 1 for found in stored.values())
    assert not list(tmp_path.rglob(".tmp-*"))


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"finished": "0"}, "finished"),
        ({"finished": "2026-11-21T10:00:00"}, "finished"),
        ({"started": "2026-13-01T10:00:00Z"}, "started"),
        ({"finished": "2026-11-20T10:00:00Z"}, "started"),
        ({"started": "2026-11-21T09:00:00Z", "finished": "2026-11-21T09:30:00Z"}, "replicates[0].utc"),
    ],
)
def test_times_that_are_none_or_contradict_each_other_are_refused(
    tmp_path: Path, times: dict[str, str], field: str
) -> None:
    """Which record came first decides a status: a time that was made up must not be first."""
    with pytest.raises((Problems, LedgerError)) as raised:
        write_record(tmp_path, sealed(record().model_copy(update=times)))
    if isinstance(raised.value, Problems):
        assert field in {f.field for f in raised.value.findings}


def test_a_file_of_flaws_alone_is_refused_in_few_words() -> None:
    """A file of 240 kB took 10 s and 111 MB of words before the flaws of one file were counted."""
    nested = '{"a":' + "[" * 900 + ",".join(["NaN"] * 60_000) + "]" * 900 + "}"
    with pytest.raises(Problems) as refused:
        parse(nested.encode(), "evidence/a-claim/x.json")
    assert len(str(refused.value)) < 20_000
    assert "not a finite number" in str(refused.value)
