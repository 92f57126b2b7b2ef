"""kill -9 at any moment: nothing is lost, nothing is half-written, the next verify finishes the job."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from claims.check import check
from claims.ledger.store import Store
from claims.project import load
from tests.conftest import commit

COMMAND = [sys.executable, "-c", "from claims.cli.app import main; main()", "verify", "coins-differ", "--seeds", "8"]
KILLS = 20


def start(root: Path) -> "subprocess.Popen[bytes]":
    """A verify that hears interrupts, also where this test runs in the background, which ignores them."""

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        COMMAND, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=hear, env=marked(root)
    )


def marked(root: Path) -> dict[str, str]:
    """Folders of replicates lie below the project, so that it stands on the command lines of its workers."""
    temporary = root / ".claims" / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    return {**os.environ, "TMPDIR": str(temporary)}


def wait_for_worker(root: Path) -> None:
    deadline = time.monotonic() + 30
    while not children_of(root) and time.monotonic() < deadline:
        time.sleep(0.02)


def children_of(root: Path) -> list[int]:
    """Processes that still run a worker of this project."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if str(root / ".claims").encode() in words:
                found.append(int(folder.name))
    return found


def replicates_in(root: Path) -> dict[str, str]:
    """Key → time of every replicate in the ledger."""
    import sqlite3

    place = root / ".claims" / "ledger.sqlite"
    if not place.exists():
        return {}
    with sqlite3.connect(place, timeout=30) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        return dict(database.execute("select key, utc from claims_replicate")) if tables else {}


def wait_for_more(root: Path, process: "subprocess.Popen[bytes]", before: int) -> None:
    """Until the ledger holds more than `before` replicates, or the verify has ended."""
    deadline = time.monotonic() + 60
    while process.poll() is None and len(replicates_in(root)) <= before and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for orphans in /proc")
def test_twenty_kills_lose_nothing_and_the_next_verify_finishes(toy: Path) -> None:
    text = (toy / "experiments" / "toy.py").read_text()
    (toy / "experiments" / "toy.py").write_text(text.replace("seconds: float = 0.0", "seconds: float = 0.2"))
    commit(toy, "take some time")
    moments = random.Random(20261121)
    registry = (toy / "claims.yaml").read_text()
    done: dict[str, str] = {}
    progressed = 0
    for kill in range(KILLS):
        process = start(toy)
        if kill % 2:  # a busy machine may take seconds to come this far
            wait_for_worker(toy)
        if kill % 4 == 3:  # and many more to get anything done
            wait_for_more(toy, process, len(done))
        time.sleep(moments.uniform(0.1, 3.0 if kill % 4 == 1 else 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
        now = replicates_in(toy)
        assert done.items() <= now.items(), "a replicate that was done was run again"
        progressed += len(now) > len(done)
        done = now
        assert [f for f in check(toy) if f.kind != "tampered"] == []
        assert (toy / "claims.yaml").read_text() in (
            registry,
            registry.replace("status:   untested", "status:   supported"),
        )
    assert progressed > 2, "the kills came at moments that test nothing"
    final = subprocess.run(COMMAND, cwd=toy, capture_output=True, text=True, env=marked(toy))
    assert final.returncode == 0, final.stderr
    assert check(toy) == []
    assert len(load(toy).records["coins-differ"]) == 1, "one record, however often it was interrupted"
    assert len(Store(toy / ".claims" / "ledger.sqlite").history("coins-differ")) >= 1
    deadline = time.monotonic() + 5
    while children_of(toy) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert children_of(toy) == [], "a worker outlived its parent"
    assert not list((toy / "evidence").rglob(".tmp-*"))


def test_an_interrupt_is_said_keeps_what_is_done_and_leaves_no_child(toy: Path) -> None:
    text = (toy / "experiments" / "toy.py").read_text()
    (toy / "experiments" / "toy.py").write_text(text.replace("seconds: float = 0.0", "seconds: float = 0.5"))
    commit(toy, "take some time")
    process = start(toy)
    deadline = time.monotonic() + 30
    while not replicates_in(toy) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"run the same command to go on" in error
    assert b"Traceback" not in error
    assert children_of(toy) == []
    assert replicates_in(toy)
