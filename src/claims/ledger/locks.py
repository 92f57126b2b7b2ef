"""Locks between processes. They are the kernel's, so a holder that is killed holds nothing.

A lock file is never deleted: a process that deletes one and a process that waits for it could both win.
A child that was forked without exec shares its parent's lock; our workers are started by exec and do not.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from claims.errors import Busy, LedgerError

_POLL = 0.05
"""Seconds between two tries while waiting."""


@contextmanager
def hold(path: Path, *, what: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock at `path` alone, waiting at most `wait` seconds for it.

    Args:
        what: Whoever holds this lock, in words: the subject of the message to the one who does not get it.

    Raises:
        Busy: another process has it, or this one has it already; the message gives the process's number.
        LedgerError: the lock file cannot be made or opened.
    """
    descriptor = _open(path)
    try:
        _acquire(descriptor, what, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise LedgerError(f"{path}: cannot be used as a lock ({error.strerror})") from error


def _acquire(descriptor: int, what: str, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(f"{what} is still running{_holder(descriptor)}: try again when it has ended") from None
            time.sleep(_POLL)
        except OSError as error:
            raise LedgerError(f"no lock against {what} can be had on this file system ({error.strerror})") from error
        else:
            return


def _holder(descriptor: int) -> str:
    # Empty for the moment between taking the lock and writing the number.
    pid = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (process {pid})" if pid.isdecimal() else ""
