"""Replicates in child processes: start, watch, collect. A child's end is an outcome, never a verdict."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.declaration import Declared
from claims.domain.run import Environment, Outcome, Replicate, Trace
from claims.runner.closure import Source
from claims.runner.worker import plain

MEMORY_MIB = 8192
LOG_BYTES = 16 * 2**20
ANSWER_BYTES = 4 * 2**20
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE",
                  "OPENBLAS_L2_SIZE", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "HF_HOME")  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One replicate to run: which conditions, at which seed, on what."""

    declared: Declared
    folder: Path
    """A private copy of the closure (`lay_out`)."""
    conditions: tuple[str, ...]
    combine: bool
    params: Mapping[str, Any]
    scale: str
    index: int
    seed: int
    device: str
    dtype: str
    threads: int
    log: Path
    time_limit: float
    """Seconds after which the child counts as hung."""


@dataclass(frozen=True)
class Done:
    """What a job came to. `environment` is None when the child could not say."""

    replicate: Replicate
    environment: Environment | None


def lay_out(sources: Sequence[Source], folder: Path) -> Path:
    """Copy a closure and the worker into `folder`, importable as `claims` and `experiments`."""
    for source in sources:
        place = folder / source.path.removeprefix("src/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source.data)
    (folder / "experiments" / "__init__.py").touch()
    (folder / "worker.py").write_bytes((Path(__file__).parent / "worker.py").read_bytes())
    return folder


def execute(
    jobs: Sequence[Job],
    parallel: int,
    *,
    on_progress: Callable[[Job, float], None],
    on_done: Callable[[Job, Done], None],
) -> None:
    """Run all jobs, at most `parallel` at a time. `on_done` is called in this thread, in order of completion.

    On KeyboardInterrupt every child is killed before it is raised again; what is done has been handed over.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=max(1, parallel)) as pool:
        try:
            running = {pool.submit(run_one, job, stop, on_progress): job for job in jobs}
            while running:
                finished, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in finished:
                    on_done(running.pop(future), future.result())
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def run_one(job: Job, stop: threading.Event, on_progress: Callable[[Job, float], None]) -> Done:
    """Run one job to its end, time limit or `stop`."""
    started = time.monotonic()
    job.log.parent.mkdir(parents=True, exist_ok=True)
    read_end, write_end = os.pipe()
    with job.log.open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", "-X", "faulthandler", str(job.folder / "worker.py")],
            stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=(write_end,), cwd=job.folder,
            env=_variables(job), start_new_session=True,
        )  # fmt: skip
    os.close(write_end)
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write((json.dumps(_message(job, write_end)) + "\n").encode())
        child.stdin.flush()
    try:
        heard, ended = _listen(read_end, stop, started + job.time_limit, lambda share: on_progress(job, share))
    finally:
        os.close(read_end)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()
    return _done(job, heard, ended, child.returncode, time.monotonic() - started)


def _variables(job: Job) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    threads = str(job.threads)
    fixed = {"HOME": str(job.folder), "PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
             "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}  # fmt: skip
    return {**kept, **fixed, **({} if job.scale == "gpu" else {"HF_HUB_OFFLINE": "1"})}


def _limits(job: Job) -> dict[str, int]:
    limits = {"RLIMIT_FSIZE": LOG_BYTES, "RLIMIT_CORE": 0}
    if job.device == "cpu":  # the CUDA driver reserves address space of the order of all GPU memory
        limits["RLIMIT_AS"] = MEMORY_MIB * 2**20
    return limits


def _message(job: Job, answers: int) -> dict[str, Any]:
    return {
        "answers": answers,
        "limits": _limits(job),
        "folder": str(job.folder),
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


def _listen(
    pipe: int, stop: threading.Event, deadline: float, on_progress: Callable[[float], None]
) -> tuple[dict[str, Any], str]:
    """All answers but progress in one, and why listening ended: `closed`, `timeout`, `stopped`, `flood`."""
    buffer, heard, seen = b"", dict[str, Any](), 0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if stop.is_set():
                return heard, "stopped"
            if time.monotonic() > deadline:
                return heard, "timeout"
            if not selector.select(timeout=0.2):
                continue
            chunk = os.read(pipe, 65536)
            if not chunk:
                return heard, "closed"
            seen += len(chunk)
            if seen > ANSWER_BYTES:
                return {}, "flood"
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                answer = _parsed(line)
                if "progress" in answer:
                    on_progress(float(answer["progress"]))
                heard |= answer
            if "result" in heard or "failed" in heard:
                return heard, "closed"  # what a process left behind may hold the pipe open


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _done(job: Job, heard: dict[str, Any], ended: str, code: int, seconds: float) -> Done:
    environment = Environment.model_validate(heard["environment"]) if "environment" in heard else None
    outcome, message = _outcome(job, heard, ended, code, environment)
    result = heard.get("result", {}) if outcome in (Outcome.OK, Outcome.NOT_FINITE) else {}
    replicate = Replicate(
        index=job.index,
        seed=job.seed,
        outcome=outcome,
        message=message[:500],
        measured=result.get("measured", {}),
        combined=result.get("combined", {}),
        traces={
            condition: {name: Trace(x=tuple(t["x"]), y=tuple(t["y"])) for name, t in traces.items()}
            for condition, traces in result.get("traces", {}).items()
        },
        seconds=round(seconds, 3),
        cpu_seconds=round(result.get("cpu_seconds", 0.0), 3),
        peak_mib=round(result.get("peak_mib", 0.0), 1),
    )
    return Done(replicate, environment)


def _outcome(
    job: Job, heard: dict[str, Any], ended: str, code: int, environment: Environment | None
) -> tuple[Outcome, str]:
    asked = job.device.split(":")[0]
    if ended == "timeout":
        return Outcome.TIMEOUT, f"no answer after {job.time_limit:g} s"
    if ended == "flood":
        return Outcome.CRASH, "it sent more than it may"
    if "failed" in heard:
        return Outcome(heard["failed"]), str(heard.get("message", ""))
    if "result" not in heard or environment is None:
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return Outcome.CRASH, f"no result: {how}; log: {job.log.name}"
    if environment.device.split(":")[0] != asked:
        return Outcome.CRASH, f"asked for {asked}, ran on {environment.device}"
    bad = heard["result"]["not_finite"]
    return (Outcome.NOT_FINITE, f"not finite: {', '.join(bad)}") if bad else (Outcome.OK, "")
