"""Replicates in child processes: start, watch, collect. A child's end is an outcome, never a verdict."""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claims.domain.run import Outcome, Replicate
from claims.runner.answers import Garbled, Heard, contradiction, disagreement
from claims.runner.closure import Source
from claims.runner.job import Done, Job
from claims.runner.launching import Child, launched
from claims.runner.worker import environment

LOG_BYTES = 16 * 2**20
TICK = 0.1
"""Seconds between two looks of the watchdog."""
LAST_WORDS = 1.0
"""Seconds that a child has to leave once it has answered, or has closed its pipe."""


def lay_out(sources: Sequence[Source], folder: Path) -> Path:
    """Copy a closure and the worker into `folder`, importable as `claims` and `experiments`."""
    for source in sources:
        place = folder / source.path.removeprefix("src/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source.data)
    (folder / "experiments" / "__init__.py").touch()
    (folder / "worker.py").write_bytes((Path(__file__).parent / "worker.py").read_bytes())
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)  # where we are root, the child is nobody
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
    job.log.unlink(missing_ok=True)  # a link would lead to a file that somebody wants the experiment to write
    with job.log.open("wb") as log, launched(job) as child:
        call = _Call(job, child, stop, started + job.time_limit, lambda share: on_progress(job, share), log.write)
        end = call.listen()
        code = child.watchdog.end() if end is not None else _left(child)
        call.drain()
    return _done(job, call.heard, end, code, time.monotonic() - started)


def _left(child: Child) -> int:
    """The exit status of a child that has said all it had to say."""
    try:
        return child.process.wait(LAST_WORDS)
    except subprocess.TimeoutExpired:
        return child.watchdog.end()


@dataclass(frozen=True)
class _End:
    """Why we stopped listening before the child had done."""

    outcome: Outcome
    message: str


@dataclass
class _Call:
    """Listens to one child."""

    job: Job
    child: Child
    stop: threading.Event
    deadline: float
    on_progress: Callable[[float], None]
    keep: Callable[[bytes], object]
    heard: Heard = field(default_factory=Heard)
    _printed: int = 0

    def listen(self) -> _End | None:
        """Hear the child out; None when it closed its pipe by itself, or was done."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.child.answers, selectors.EVENT_READ)
            selector.register(self.child.prints, selectors.EVENT_READ)
            look = patience = 0.0
            while True:
                now = time.monotonic()
                if self.stop.is_set():
                    return _End(Outcome.CRASH, "it was stopped")
                if now > self.deadline:
                    return _End(Outcome.TIMEOUT, f"no answer after {self.job.time_limit:g} s")
                if patience and now > patience:
                    return None  # what a process left behind may hold the pipe open
                if now >= look:
                    look = now + TICK
                    if (excess := self.child.watchdog.exceeded()) is not None:
                        kind = Outcome.OUT_OF_MEMORY if excess.endswith("memory") else Outcome.CRASH
                        return _End(kind, f"it held {excess}")
                for key, _ in selector.select(timeout=TICK):
                    try:
                        chunk = os.read(key.fd, 65536)
                    except BlockingIOError:  # it was there when we looked
                        continue
                    if not chunk:
                        selector.unregister(key.fd)
                        if key.fd == self.child.answers:
                            return None
                        continue
                    try:
                        (self._answered if key.fd == self.child.answers else self._say)(chunk)
                    except Garbled as error:
                        return _End(Outcome.CRASH, str(error))
                if self.heard.complete and not patience:
                    self.child.watchdog.exceeded()  # to remember what it leaves behind
                    patience = time.monotonic() + LAST_WORDS

    def drain(self) -> None:
        """Keep what the child printed last."""
        try:
            while chunk := os.read(self.child.prints, 65536):
                self._say(chunk)
        except (BlockingIOError, Garbled):
            return

    def _answered(self, chunk: bytes) -> None:
        self.heard.feed(chunk)
        while self.heard.progress:
            self.on_progress(self.heard.progress.pop(0))

    def _say(self, chunk: bytes) -> None:
        self.keep(chunk[: max(0, LOG_BYTES - self._printed)])
        self._printed += len(chunk)
        if self._printed > LOG_BYTES:
            raise Garbled(f"it printed more than {LOG_BYTES // 2**20} MiB")


def _done(job: Job, heard: Heard, end: _End | None, code: int, seconds: float) -> Done:
    told = heard.environment
    wrong = None if told is None else contradiction(told, _known(job), job.device)
    end = end or _judged(job, heard, code, wrong)
    result = heard.result if end.outcome in (Outcome.OK, Outcome.NOT_FINITE) else None
    replicate = Replicate(
        index=job.index,
        seed=job.seed,
        outcome=end.outcome,
        message=end.message,
        measured=result.measured if result else {},
        combined=result.combined if result else {},
        traces=result.traces if result else {},
        seconds=round(seconds, 3),
        cpu_seconds=round(result.cpu_seconds if result else 0.0, 3),
        peak_mib=round(result.peak_mib if result else 0.0, 1),
    )
    return Done(replicate, told if wrong is None else None)


def _known(job: Job) -> dict[str, Any]:
    """What we know of the child's environment without asking it: only torch knows the rest."""
    ours = environment({"device": "cpu", "dtype": job.dtype, "threads": job.threads})
    unknown = {"isa", "device", *(("device_name",) if job.gpu else ())}
    return {name: value for name, value in ours.items() if name not in unknown}


def _judged(job: Job, heard: Heard, code: int, wrong: str | None) -> _End:
    if heard.failed is not None:
        return _End(Outcome(heard.failed), heard.message)
    if heard.result is None or heard.environment is None:
        return _End(Outcome.CRASH, f"no result: {_how(job, code)}; log: {job.log.name}")
    wrong = wrong or disagreement(heard.result, job.declared.experiment, job.conditions, combine=job.combine)
    if wrong is not None:
        return _End(Outcome.CRASH, wrong)
    bad = heard.result.not_finite
    return _End(Outcome.NOT_FINITE, f"not finite: {', '.join(bad)}") if bad else _End(Outcome.OK, "")


def _how(job: Job, code: int) -> str:
    number = code - 128 if job.isolation == "strong" and code > 128 else -code  # bubblewrap tells it as shells do
    try:
        return f"killed by {signal.Signals(number).name}"
    except ValueError:
        return f"exit status {code}"
