"""Locks: one holder, and none after it is dead."""

import os
import signal
import time
from pathlib import Path

import pytest
from ledger_children import start

from claims.errors import Busy, LedgerError
from claims.ledger.locks import hold

HOLDER = """
    import time
    from pathlib import Path
    from claims.ledger.locks import hold
    with hold(Path(sys.argv[1]), what="the first one"):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".claims" / "locks" / "toy.lock"


def test_a_second_process_is_told_who_holds_it_and_a_killed_holder_holds_nothing(path: Path) -> None:
    child = start(HOLDER, path, 60)
    try:
        assert child.stdout is not None and child.stdout.readline() == "held\n"
        with (
            pytest.raises(Busy, match=rf"the first one is still running \(process {child.pid}\)"),
            hold(path, what="the first one"),
        ):
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=60)
    with hold(path, what="the first one"):
        assert path.read_text() == f"{os.getpid()}\n"


def test_waiting_ends_when_the_holder_does(path: Path) -> None:
    child = start(HOLDER, path, 0.5)
    assert child.stdout is not None and child.stdout.readline() == "held\n"
    with hold(path, what="the first one", wait=30):
        child.communicate(timeout=60)


def test_waiting_ends_in_time(path: Path) -> None:
    with hold(path, what="this test"):
        began = time.monotonic()
        with pytest.raises(Busy), hold(path, what="this test", wait=0.2):
            pass
        assert 0.2 <= time.monotonic() - began < 5


def test_a_lock_is_free_again_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(path, what="this test"):
        raise ZeroDivisionError
    with hold(path, what="this test"):
        pass


def test_two_names_are_two_locks(path: Path) -> None:
    with hold(path, what="one"), hold(path.with_name("other.lock"), what="other"):
        pass


def test_a_link_is_no_lock(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(path.parent.parent / "precious")
    with pytest.raises(LedgerError, match=r"toy\.lock"), hold(path, what="this test"):
        pass
    assert not (path.parent.parent / "precious").exists()


def test_a_child_started_by_exec_does_not_keep_the_lock(path: Path) -> None:
    with hold(path, what="this test"):
        child = start("import time; print('up', flush=True); time.sleep(30)")
        assert child.stdout is not None and child.stdout.readline() == "up\n"
    try:
        with hold(path, what="this test"):
            pass
    finally:
        child.kill()
        child.communicate(timeout=60)
