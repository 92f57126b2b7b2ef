"""The child process: one replicate in, one JSON object out.

It runs as a script from a private copy of the experiment's closure, so that of our code it can import only what
the closure holds. The job comes as the first line of standard input; answers go as JSON lines to the file
descriptor named in the job, whatever the experiment prints goes to the log. When standard input ends, the parent
is gone and so are we.
"""

import dataclasses
import importlib
import json
import math
import os
import platform
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

TRACE_POINTS = 60
PROGRESS_EVERY = 0.2
"""Seconds; the parent counts what it is sent."""


def plain(value: object) -> Any:
    """A declaration as JSON values with every number a float: equal declarations are equal here."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return repr(float(value))  # type: ignore[arg-type]  # what is left is a number


class Failed(Exception):
    """The experiment did not keep its contract."""


def main() -> None:
    """Read the job, run it, answer, leave without waiting for anybody's threads."""
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    for name, most in job["limits"].items():
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]  # which only root may raise
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))
    if job["keep_orphans"]:
        _keep_orphans()
    answers = os.fdopen(job["answers"], "w", encoding="utf-8")

    def say(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message, allow_nan=False) + "\n")
        answers.flush()

    try:
        say({"result": replicate(job, say)})
    except MemoryError as error:
        say({"failed": "out-of-memory", "message": f"MemoryError: {error}"})
    except Exception as error:  # noqa: BLE001  # whatever an experiment raises is an outcome
        traceback.print_exc()
        kind = "out-of-memory" if _is_memory(error) else "crash"
        say({"failed": kind, "message": f"{type(error).__name__}: {error}"[:500], "environment": environment(job)})
    sys.stdout.flush()
    os._exit(0)


def _leave_with_parent() -> None:
    while sys.stdin.readline():
        pass
    os._exit(3)


def _keep_orphans() -> None:
    """What a child of ours leaves behind comes to us, where the parent's watchdog finds it. Linux only."""
    import ctypes

    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _is_memory(error: Exception) -> bool:
    words = str(error).lower()
    return "out of memory" in words or "can't allocate memory" in words


def replicate(job: Mapping[str, Any], say: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Run every condition of the job at its seed, then `combine`."""

    said = [0.0]

    def report(share: float) -> None:
        now = time.monotonic()
        if now - said[0] > PROGRESS_EVERY:
            said[0] = now
            say({"progress": share})

    sys.path[:0] = [job["folder"]]
    module = importlib.import_module(f"experiments.{job['experiment']}")
    if plain(module.EXPERIMENT) != job["declared"]:
        raise Failed("what was imported declares something else than what was read; is EXPERIMENT changed by code?")
    _settle(job)
    say({"environment": environment(job)})
    from claims.experiment import Arm, Run

    params = module.Params(**{k: tuple(v) if isinstance(v, list) else v for k, v in job["params"].items()})
    data = {name: Path(job["folder"], "experiments", name).read_bytes() for name in module.EXPERIMENT.data}
    shared: dict[str, Any] = {}
    arms: dict[str, Arm] = {}
    traces: dict[str, dict[str, Any]] = {}
    started, cpu = time.perf_counter(), time.process_time()
    for done, condition in enumerate(job["conditions"]):
        run: Run[Any] = Run(
            params=params,
            condition=condition,
            seed=job["seed"],
            device=job["device"],
            dtype=job["dtype"],
            shared=shared,
            data=data,
            report=partial(_report_part, report, done, len(job["conditions"])),
        )
        numbers = _numbers(module.measure(run), module.EXPERIMENT, combined=False, where=f"measure({condition})")
        arms[condition] = Arm(numbers, run.kept)
        traces[condition] = {name: _thin(x, y) for name, (x, y) in run.traces.items()}
        report((done + 1) / len(job["conditions"]))
    combined: dict[str, float] = {}
    if job["combine"]:
        combined = _numbers(module.combine(arms, params), module.EXPERIMENT, combined=True, where="combine")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    not_finite = [
        name
        for numbers in (*(a.metrics for a in arms.values()), combined)
        for name, value in numbers.items()
        if not math.isfinite(value)
    ]
    return {
        "measured": {c: _finite(a.metrics) for c, a in arms.items()},
        "combined": _finite(combined),
        "not_finite": sorted(set(not_finite)),
        "traces": {c: t for c, t in traces.items() if t},
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mib": peak,
    }


def _report_part(report: Callable[[float], None], done: int, of: int, share: float) -> None:
    report((done + share) / of)


def _numbers(returned: object, experiment: Any, *, combined: bool, where: str) -> dict[str, float]:
    declared = {m.name: m for m in experiment.metrics if m.combined is combined}
    if not isinstance(returned, Mapping) or not returned:
        raise Failed(f"{where} returned {type(returned).__name__}, expected a non-empty dict of numbers")
    numbers: dict[str, float] = {}
    for name, value in returned.items():
        if name not in declared:
            raise Failed(f"{where} measured {name!r}; declared: {sorted(declared)}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Failed(f"{where} gave {name} as {type(value).__name__}; return a float (tensor.item())")
        low, high = declared[name].low, declared[name].high
        if math.isfinite(value) and not low <= value <= high:
            raise Failed(f"{where} gave {name} = {value!r}, outside its declared bounds [{low:g}, {high:g}]")
        numbers[name] = float(value)
    return numbers


def _finite(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _thin(x: list[float], y: list[float]) -> dict[str, list[float]]:
    """At most TRACE_POINTS points of a series, evenly, with its last one; six digits are enough to draw."""
    step = max(1, math.ceil(len(x) / TRACE_POINTS))
    keep = sorted({*range(0, len(x), step), len(x) - 1})
    return {"x": [float(f"{x[i]:.6g}") for i in keep], "y": [float(f"{y[i]:.6g}") for i in keep]}


def _settle(job: Mapping[str, Any]) -> None:
    """Threads and deterministic kernels, if the experiment brought torch along."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(job["threads"])
        torch.use_deterministic_algorithms(True, warn_only=True)


def environment(job: Mapping[str, Any]) -> dict[str, Any]:
    """What this process really ran on. The device is the one that was used, not the one asked for."""
    torch = sys.modules.get("torch")
    cuda = torch is not None and job["device"].startswith("cuda") and torch.cuda.is_available()
    return {
        "python": platform.python_version(),
        "torch": _version("torch"),
        "transformers": _version("transformers"),
        "numpy": _version("numpy"),
        "device": job["device"] if cuda or not job["device"].startswith("cuda") else "cpu",
        "device_name": torch.cuda.get_device_name(0) if cuda and torch is not None else _processor(),
        "dtype": job["dtype"],
        "threads": job["threads"],
        "isa": torch.backends.cpu.get_cpu_capability() if torch is not None else "not asked",
        "platform": platform.platform(terse=True),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
