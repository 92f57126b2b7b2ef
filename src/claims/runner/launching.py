"""Launching: the process of a job at its level of isolation, its pipes, and the job as it is told to it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.runner.job import Job
from claims.runner.sandbox import choosing
from claims.runner.sandbox.bubblewrap import CLOSURE, KEPT
from claims.runner.sandbox.watchdog import TASKS, Watchdog
from claims.runner.scratch import scratch as new_scratch
from claims.runner.worker import plain

MEMORY_MIB = 8192
FILE_BYTES = 16 * 2**20
"""Of one file that a child writes."""
OPEN_FILES = 1024
"""Of one process: each pipe, too, is memory that belongs to none."""
KEPT_OUTSIDE = (*KEPT, "PATH", "TMPDIR", "SYSTEMROOT", "HF_HOME")


@dataclass(frozen=True)
class Child:
    """A running job: where its answers and its prints come from, and who watches it."""

    process: "subprocess.Popen[bytes]"
    answers: int
    prints: int
    watchdog: Watchdog


@contextmanager
def launched(job: Job) -> Iterator[Child]:
    """Start a job's process. On leaving, it and all that it started are gone, and its pipes are closed."""
    with ExitStack() as stack:
        answers, answers_there = _pipe(stack)
        prints, prints_there = _pipe(stack)
        scratch = None
        if job.isolation in ("files", "limits"):
            scratch = stack.enter_context(new_scratch())
        passed = [answers_there]
        words = _words(job, scratch, passed)
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=prints_there, stderr=prints_there, pass_fds=passed,
            cwd=scratch or job.folder, env=_variables(job, scratch), start_new_session=True,
        )  # fmt: skip
        watchdog = Watchdog(process, None if job.gpu else MEMORY_MIB)
        stack.callback(_leave, process, watchdog)
        for there in (prints_there, *passed):
            os.close(there)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write((json.dumps(_message(job, answers_there)) + "\n").encode())
            process.stdin.flush()
        yield Child(process, answers, prints, watchdog)


def _pipe(stack: ExitStack) -> tuple[int, int]:
    read_end, write_end = os.pipe()
    stack.callback(os.close, read_end)
    # A child can open its end for reading and take back what it wrote: who waits for that waits past every limit.
    os.set_blocking(read_end, False)
    return read_end, write_end


def _leave(process: "subprocess.Popen[bytes]", watchdog: Watchdog) -> None:
    watchdog.end()
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def _words(job: Job, scratch: Path | None, passed: list[int]) -> list[str]:
    folder, before = str(job.folder), list[str]()
    if job.isolation == "strong":
        folder = CLOSURE
        passed.append(choosing.filter_pipe(gpu=job.gpu))
        before = choosing.strong(job.folder, passed[-1], _settings(job), gpu=job.gpu, hub=_hub(job))
    elif job.isolation == "files":
        assert scratch is not None
        before = choosing.files(job.folder, scratch, hub=_hub(job))
    return [*before, sys.executable, "-s", "-P", "-B", "-X", "faulthandler", f"{folder}/worker.py"]


def _hub(job: Job) -> Path | None:
    """The models that a scale with pretrained weights reads. Not the folder above, which holds the user's token."""
    place = os.environ.get("HF_HOME")
    hub = Path(place, "hub").absolute() if place and job.scale == "gpu" else None
    return hub if hub is not None and hub.is_dir() else None


def _settings(job: Job) -> dict[str, str]:
    threads = str(job.threads)
    return {"PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
            "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}  # fmt: skip


def _variables(job: Job, scratch: Path | None) -> dict[str, str]:
    """The environment of what we start; inside `strong` bubblewrap makes another."""
    kept = {name: os.environ[name] for name in KEPT_OUTSIDE if name in os.environ}
    if job.isolation == "strong":
        return {"PATH": kept.get("PATH", os.defpath)}
    places = {"HOME": str(scratch or job.folder), **({"TMPDIR": str(scratch)} if scratch else {})}
    offline = job.scale != "gpu" or job.isolation == "files"  # at `files` nothing could be kept
    return {**kept, **places, **_settings(job), **({"HF_HUB_OFFLINE": "1"} if offline else {})}


def _limits(job: Job) -> dict[str, int]:
    limits = {"RLIMIT_FSIZE": FILE_BYTES, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": OPEN_FILES}
    if not job.gpu:  # the CUDA driver reserves address space of the order of all GPU memory
        limits["RLIMIT_AS"] = MEMORY_MIB * 2**20
    if job.isolation == "strong":
        limits["RLIMIT_NPROC"] = TASKS + _counted_already()
    return limits


def _counted_already() -> int:
    """Processes that count against the child's limit although they are not its own.

    Since Linux 5.14 a user namespace counts by itself. Before, all that the user runs counts; nobody runs nothing.
    """
    numbers = os.uname().release.split("-")[0].split(".")[:2]
    if os.geteuid() == 0 or tuple(int(n) for n in numbers if n.isdecimal()) >= (5, 14):
        return 0
    count = 0
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):  # it may end while we look
            if place.name.isdecimal() and place.stat().st_uid == os.geteuid():
                count += len(list((place / "task").iterdir()))
    return count


def _message(job: Job, answers: int) -> dict[str, Any]:
    return {
        "answers": answers,
        "limits": _limits(job),
        "keep_orphans": job.isolation in ("limits", "files"),
        "folder": CLOSURE if job.isolation == "strong" else str(job.folder),
        "experiment": job.declared.name,
        "declared": plain(job.declared.experiment),
        "conditions": list(job.conditions),
        "combine": job.combine,
        "params": dict(job.params),
        "seed": job.seed,
        "device": job.device,
        "dtype": job.dtype,
        "threads": job.threads,
    }
