"""The ledger: what it acknowledged is there, whoever dies and however full the disk is."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from ledger_children import finish, start
from ledger_samples import ENVIRONMENT, META, replicate
from ledger_strategies import replicates

from claims.domain.run import Outcome, Replicate
from claims.errors import LedgerError, SetupError
from claims.ledger.store import DEFAULT, Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / DEFAULT


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Every engine; PostgreSQL where CLAIMS_TEST_POSTGRES names an empty database."""
    if request.param == "sqlite":
        return Store(tmp_path / DEFAULT, now=lambda: "2026-11-21T10:00:00Z")
    url = os.environ.get("CLAIMS_TEST_POSTGRES")
    if not url:
        pytest.skip("CLAIMS_TEST_POSTGRES names no database")
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table if exists claims_schema, claims_replicate, claims_verify")
    engine.dispose()
    return Store(url, now=lambda: "2026-11-21T10:00:00Z")


def sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("pragma integrity_check").fetchall() == [("ok",)])
    finally:
        connection.close()


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_making_a_store_touches_nothing(path: Path) -> None:
    Store(path)
    assert not path.parent.exists()


def test_what_is_put_can_be_got(store: Store) -> None:
    assert store.get("k") is None and store.environment("k") is None
    assert store.put("k", replicate(), META) == replicate()
    assert store.get("k") == replicate()
    assert store.environment("k") == ENVIRONMENT


def test_the_first_replicate_under_a_key_stays(store: Store) -> None:
    store.put("k", replicate(value=0.25), META)
    assert store.put("k", replicate(value=0.75), META) == replicate(value=0.25)
    assert store.get("k") == replicate(value=0.25)


def test_a_crash_without_words_about_its_machine_is_kept_too(store: Store) -> None:
    crashed = Replicate(index=0, seed=2**53 - 1, outcome=Outcome.CRASH, message="Segmentation fault")
    store.put("k", crashed, replace(META, environment=None, torch=None, role="control"))
    assert store.get("k") == crashed and store.environment("k") is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replicates)
def test_every_replicate_reads_back_as_it_was(path: Path, value: Replicate) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    Store(path).put("k", value, META)
    assert Store(path).get("k") == value


def test_the_history_tells_how_each_verify_ended(store: Store) -> None:
    first = store.begin_verify("a-claim", "d" * 64)
    store.finish_verify(first, "done", verdict="supported", record="evidence/a-claim/x.json")
    second = store.begin_verify("a-claim", "d" * 64)
    other = store.begin_verify("other-claim", "d" * 64)
    store.begin_verify("a-claim", "d" * 64)
    assert [(a.id, a.state) for a in store.history("a-claim")] == [
        (first, "done"),
        (second, "interrupted"),
        (other + 1, "running"),
    ]
    (done, *_) = store.history()
    assert (done.verdict, done.record, done.finished, done.pid) == (
        "supported", "evidence/a-claim/x.json", "2026-11-21T10:00:00Z", os.getpid(),
    )  # fmt: skip
    assert len(store.history()) == 4


def test_closing_an_entry_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="no entry 7"):
        store.finish_verify(7, "done")


def test_the_database_is_opened_as_durable_as_it_goes(path: Path) -> None:
    from claims.ledger.engine import open_engine, prepare

    engine = open_engine(path)
    prepare(engine)
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"pragma {p}").scalar() for p in pragmas] == ["delete", 3, 1, 30_000]


def test_every_constraint_has_a_name(path: Path) -> None:
    Store(path).history()
    connection = sqlite3.connect(path)
    schema = " ".join(row[0] for row in connection.execute("select sql from sqlite_master where sql is not null"))
    connection.close()
    assert schema.count("CHECK") == schema.count("CONSTRAINT ck_") == 3
    assert schema.count("PRIMARY KEY") == schema.count("CONSTRAINT pk_") == 3


@pytest.mark.parametrize("column", ["role", "outcome"])
def test_the_schema_refuses_words_that_do_not_exist(path: Path, column: str) -> None:
    Store(path).put("k", replicate(), META)
    with pytest.raises(sqlite3.IntegrityError):
        execute(path, f"update claims_replicate set {column} = 'nonsense'")


WRITER = """
    from ledger_children import wait_for
    from claims.ledger.engine import open_engine, prepare, transaction
    from claims.ledger.tables import VerifyRow
    engine = open_engine(sys.argv[1])
    prepare(engine)
    wait_for(sys.argv[2])
    for _ in range(25):
        with transaction(engine) as session:
            row = session.get(VerifyRow, 1)
            row.pid += 1
"""


def test_four_processes_that_read_and_then_write_lose_nothing(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    store.begin_verify("a-claim", "d" * 64)
    children = [start(WRITER, path, tmp_path / "go") for _ in range(4)]
    (tmp_path / "go").touch()
    for child in children:
        finish(child)
    assert store.history()[0].pid == os.getpid() + 100


def test_four_processes_make_one_schema_and_agree_on_the_first_replicate(path: Path, tmp_path: Path) -> None:
    code = """
        from ledger_children import wait_for
        from ledger_samples import META, replicate
        from claims.ledger.store import Store
        wait_for(sys.argv[2])
        store = Store(sys.argv[1])
        kept = [store.put(f"k{n}", replicate(value=float(sys.argv[3])), META) for n in range(10)]
        print([r.measured["arm-a"]["share"] for r in kept])
    """
    children = [start(code, path, tmp_path / "go", n) for n in range(4)]
    (tmp_path / "go").touch()
    answers = {finish(child) for child in children}
    assert len(answers) == 1
    assert all(Store(path).get(f"k{n}") for n in range(10)) and sound(path)


def test_fifteen_killed_writers_leave_a_sound_ledger_with_all_they_acknowledged(path: Path) -> None:
    code = """
        from ledger_samples import META, replicate
        from claims.ledger.store import Store
        store, n = Store(sys.argv[1]), 0
        while True:
            key = f"{sys.argv[2]}-{n}"
            store.put(key, replicate(n), META)
            print(key, flush=True)
            n += 1
    """
    acknowledged: list[str] = []
    for round_ in range(15):
        child = start(code, path, round_)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(1 + round_ % 4)]
        # Somewhere in the next transaction, a little later each round.
        try:
            child.wait(timeout=0.001 * round_)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate(timeout=60)
        assert child.returncode == -signal.SIGKILL
        acknowledged += [line.strip() for line in [*lines, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    store = Store(path)
    assert len(acknowledged) >= 15
    assert all(store.get(key) is not None for key in acknowledged)
    assert sound(path)


FILLER = """
    from ledger_samples import META, replicate
    import pathlib, resource
    from claims.errors import LedgerError
    from claims.ledger.store import Store
    ledger = pathlib.Path(sys.argv[1])
    waste = ledger.with_name("waste")
    waste.write_bytes(b"0" * 400_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    store = Store(ledger)
    big = replicate().model_copy(update={"message": "x" * 20_000})
    kept = []
    try:
        for n in range(200):
            store.put(f"k{n}", big, META)
            kept.append(f"k{n}")
    except LedgerError as error:
        print(error)
    else:
        sys.exit("nothing stopped it")
    lost = [key for key in kept if store.get(key) != big]
    assert kept and not lost, lost
    assert store.get(f"k{len(kept)}") is None
    waste.unlink()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.put("after", big, META)
    assert store.get("after") == big
    import sqlite3
    assert sqlite3.connect(ledger).execute("pragma integrity_check").fetchall() == [("ok",)]
"""


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    # Mounted where only the child sees it, so that nothing stays mounted however this test ends.
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    small = [*alone, "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"', str(disk)]
    if shutil.which("unshare") is None or subprocess.run([*small, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    output = finish(start(FILLER, disk / "ledger.sqlite", -1, within=small))
    assert "ledger.sqlite: database or disk is full; free some space" in output


def test_a_file_that_may_not_grow_is_said_and_loses_nothing(tmp_path: Path) -> None:
    output = finish(start(FILLER, tmp_path / "ledger.sqlite", 400_000))
    assert "ledger.sqlite: cannot be used (disk I/O error)" in output


def test_a_file_that_is_no_database_is_refused_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all, " * 100)
    with pytest.raises(LedgerError, match=r"ledger\.sqlite: is damaged .*move it away.*evidence/ holds the records"):
        Store(path).get("k")
    assert path.read_bytes().startswith(b"not a database")


def test_a_damaged_page_is_said(path: Path) -> None:
    store = Store(path)
    for n in range(20):
        store.put(f"k{n}", replicate(n).model_copy(update={"message": "x" * 3000}), META)
    data = bytearray(path.read_bytes())
    for start_ in range(4096, len(data), 4096):
        data[start_ : start_ + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(LedgerError, match=r"damaged .*move it away"):
        Store(path).get("k3")


def test_one_digit_changed_in_the_ledger_is_noticed(path: Path) -> None:
    store = Store(path)
    store.put("k", replicate(value=0.25), META)
    execute(path, "update claims_replicate set body = replace(body, '0.25', '0.26')")
    with pytest.raises(LedgerError, match="replicate k is damaged"):
        store.get("k")


def test_a_truncated_ledger_is_never_read_as_empty(path: Path) -> None:
    store = Store(path)
    store.put("k", replicate(), META)
    data = path.read_bytes()
    for end in range(64, len(data), 1024):
        path.write_bytes(data[:end])
        try:
            # A missing last page that this question does not need is no reason to refuse the answer.
            assert Store(path).get("k") == replicate()
        except LedgerError as error:
            assert "damaged" in str(error)


def test_a_newer_ledger_is_refused_and_not_touched(path: Path) -> None:
    Store(path).history()
    execute(path, "update claims_schema set version = 2")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="newer version"):
        Store(path).get("k")
    assert path.read_bytes() == before


def test_an_older_ledger_may_be_moved_away(path: Path) -> None:
    Store(path).history()
    execute(path, "update claims_schema set version = 0")
    with pytest.raises(LedgerError, match="move it away"):
        Store(path).get("k")


def test_a_ledger_that_another_holds_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.ledger.engine._PATIENCE", 0.1)
    store = Store(path)
    store.history()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin exclusive")
    try:
        with pytest.raises(LedgerError, match="another process"):
            store.get("k")
    finally:
        other.close()
    assert store.get("k") is None


def test_a_place_that_is_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="unable to open"):
        Store(tmp_path).get("k")


def test_a_url_that_makes_no_sense_is_said() -> None:
    with pytest.raises(LedgerError, match="CLAIMS_LEDGER"):
        Store("nonsense://somewhere")


def test_a_missing_driver_is_said() -> None:
    with pytest.raises(SetupError, match="oracledb"):
        Store("oracle+oracledb://somewhere")


def test_reading_records_needs_no_database() -> None:
    code = "import claims.ledger.evidence, claims.ledger.locks, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_fresh_run_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "ledger.sqlite")
    old, new = replicate(0), replicate(0).model_copy(update={"message": "fresh"})
    store.put("k", old, META)
    assert store.replace("k", new, META) == new
    assert store.get("k") == new
    assert store.replace("other", new, META) == new
