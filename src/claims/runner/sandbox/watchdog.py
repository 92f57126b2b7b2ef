"""Watchdog: what a child and all its descendants hold together, and their end.

It reads /proc from outside, so nothing that a child does to its own limits matters. Where there is no /proc
(macOS) it counts nothing and ends the child's process group.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

TASKS = 256
"""Processes and threads together. torch on one core needs under 20, a CUDA context some 50."""
LEAVE = 3.0
"""Seconds that killed processes have to be gone; one in the middle of a disk write takes a while."""
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass
class Watchdog:
    """Watches one child. `memory_mib` bounds the resident memory of the tree; None leaves it unbounded."""

    child: "subprocess.Popen[bytes]"
    memory_mib: int | None
    _seen: dict[int, str] = field(default_factory=dict)
    """Start time by process id: an id alone may be somebody else's by the time we kill."""

    def exceeded(self) -> str | None:
        """What the tree holds too much of, in words; None while all is well."""
        tasks, resident = 0, 0
        for pid in self._tree():
            tasks += len(_listed(f"/proc/{pid}/task"))
            resident += _resident(pid)
            if tasks > TASKS:  # counting on would give a fork bomb the time that it wants
                return f"more than {TASKS} processes and threads"
            if self.memory_mib is not None and resident > self.memory_mib * 2**20:
                return f"more than {self.memory_mib} MiB of memory"
        return None

    def end(self) -> int:
        """Kill everything, wait until it is gone, and return the child's exit status."""
        first = self._first_of_namespace()
        if first is not None:
            # The kernel ends all others of a PID namespace with its first process, and those who wait for it leave.
            _kill(first)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(LEAVE)
        for _ in islice(self._tree(), 2 * TASKS):
            pass  # remembers them: a process whose parent is gone is found by nothing else
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        code = self.child.wait()
        deadline = time.monotonic() + LEAVE
        while (left := [p for p, born in self._seen.items() if _born(p) == born]) and time.monotonic() < deadline:
            for pid in left:
                for below in (*islice(_below(pid), TASKS), pid):
                    _kill(below)
            time.sleep(0.005)
        return code

    def _tree(self) -> Iterator[int]:
        """The child, all below it, and all below those that were below it once."""
        met = set()
        for root in (self.child.pid, *[pid for pid, born in self._seen.items() if _born(pid) == born]):
            for pid in chain((root,), _below(root)):
                if pid not in met:
                    met.add(pid)
                    if born := _born(pid):
                        self._seen.setdefault(pid, born)
                    yield pid

    def _first_of_namespace(self) -> int | None:
        """Process 1 of the sandbox, at the end of bubblewrap's own processes, each with one child."""
        below = _children(self.child.pid)
        while len(below) == 1:
            if _is_first_of_namespace(below[0]):
                return below[0]
            below = _children(below[0])
        return None


def _below(pid: int) -> Iterator[int]:
    waiting, met = [pid], {pid}
    while waiting:
        for child in _children(waiting.pop()):
            if child not in met:
                met.add(child)
                waiting.append(child)
                yield child


def _children(pid: int) -> list[int]:
    words = (_text(f"/proc/{pid}/task/{task}/children") for task in _listed(f"/proc/{pid}/task"))
    return [int(word) for line in words for word in line.split()]


def _is_first_of_namespace(pid: int) -> bool:
    numbers = [line.split()[1:] for line in _text(f"/proc/{pid}/status").splitlines() if line.startswith("NSpid:")]
    return bool(numbers) and len(numbers[0]) > 1 and numbers[0][-1] == "1"


def _born(pid: int) -> str:
    """When a process started, in ticks since boot; empty when it is gone or a zombie."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else ""


def _resident(pid: int) -> int:
    fields = _text(f"/proc/{pid}/statm").split()
    return int(fields[1]) * PAGE if len(fields) > 1 else 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names are all we need, ten times a second
    except OSError:  # it ended while we looked
        return []


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
