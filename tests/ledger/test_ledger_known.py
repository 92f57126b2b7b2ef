"""What was found sound before is not proved again; what was changed since is."""

from pathlib import Path

import pytest
from ledger_samples import record

from claims.ledger import evidence
from claims.ledger.evidence import read_records, write_record
from claims.ledger.known import Known


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = write_record(tmp_path, record())
    assert read_records(tmp_path, Known(tmp_path))[1] == []
    return path


def test_a_known_record_is_read_without_proof(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_load", None)
    stored, wrong = read_records(tmp_path, Known(tmp_path))
    assert wrong == []
    assert stored["a-claim"][0].record.name == written.name


def test_one_changed_digit_is_proved_again_and_found(tmp_path: Path, written: Path) -> None:
    written.write_bytes(written.read_bytes().replace(b'"batch": 1', b'"batch": 2', 1))
    assert [f.kind for f in read_records(tmp_path, Known(tmp_path))[1]][:1] == ["tampered"]


def test_a_known_record_at_another_place_is_found(tmp_path: Path, written: Path) -> None:
    (tmp_path / "evidence" / "other").mkdir()
    written.rename(tmp_path / "evidence" / "other" / written.name)
    assert any("folder is other" in f.message for f in read_records(tmp_path, Known(tmp_path))[1])


def test_what_other_code_found_sound_is_forgotten(tmp_path: Path, written: Path) -> None:
    data = written.read_bytes().replace(b'"batch": 1', b'"batch": 2', 1)
    written.write_bytes(data)
    kept = tmp_path / ".claims" / "sound-records"
    forged = Known(tmp_path).key(data, written.relative_to(tmp_path).as_posix())
    kept.write_text("\n".join(["0" * 64, forged, ""]))
    assert read_records(tmp_path, Known(tmp_path))[1] != []


def test_without_a_cache_everything_is_proved(tmp_path: Path, written: Path) -> None:
    """As `claims check` does: a forged cache must not help an edited record."""
    data = written.read_bytes().replace(b'"batch": 1', b'"batch": 2', 1)
    written.write_bytes(data)
    known = Known(tmp_path)
    known.add(known.key(data, written.relative_to(tmp_path).as_posix()))
    known.save()
    assert read_records(tmp_path)[1] != []
