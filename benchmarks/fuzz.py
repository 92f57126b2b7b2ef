"""Write `benchmarks/results/fuzz.json`: how many inputs the readers were tried with, and what they did.

`python -m benchmarks.fuzz [SECONDS [TARGET…]]` (60 seconds a target unless told) lets libFuzzer, through Atheris,
change real files and mix them, guided by which lines of our readers each input reaches. A defect is any error but
ours, an input that takes longer than 10 s, or memory beyond 2 GiB; its input is kept in `build/fuzz/` and the command
ends with 1. Atheris is in no list of dependencies: `pip install atheris`.
"""

import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "fuzz.json"
FOUND = ROOT / "build" / "fuzz"
SLOWEST, MOST_MEMORY = 10, 2048
"""Seconds an input may take, MiB the process may."""
NAMES = ("registry", "record", "rerun", "dispute", "answers", "declaration", "atom", "bibliography", "prose", "report")


def main() -> int:
    """Fuzz all targets, or those named; returns the exit status."""
    words = sys.argv[1:]
    if words[:1] == ["--child"]:
        return _child(words[1], words[2:])
    seconds = int(words[0]) if words else 60
    found = {name: _fuzz(name, seconds) for name in words[1:] or NAMES}
    known: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))["targets"] if RESULTS.exists() else {}
    told = {"python": platform.python_version(), "targets": {**known, **found}}
    RESULTS.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if any(one["defect"] for one in found.values()) else 0


def _fuzz(name: str, seconds: int) -> dict[str, Any]:
    from benchmarks.fuzz_targets import TARGETS

    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(TARGETS[name].seeds()):
            (Path(folder) / str(number)).write_bytes(seed)
        flags = [
            f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEMORY}", "-seed=1",
            f"-max_len={TARGETS[name].most}", "-print_final_stats=1", f"-artifact_prefix={FOUND}/{name}-",
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.fuzz", "--child", name, *flags, folder],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
    said = done.stderr
    defect = done.returncode != 0
    if defect:
        sys.stderr.write(f"{name}: {said[-3000:]}\n")
    covered = re.findall(r"cov: (\d+)", said)
    return {
        "inputs": _stat(said, "number_of_executed_units"),
        "seconds": seconds,
        "slowest_seconds": _stat(said, "slowest_unit_time_sec"),
        "memory_mib": _stat(said, "peak_rss_mb"),
        "branches_reached": int(covered[-1]) if covered else None,
        "branches_reached_by_real_files": int(covered[0]) if covered else None,
        "defect": defect,
    }


def _stat(said: str, name: str) -> int | None:
    found = re.search(rf"stat::{name}:\s+(\d+)", said)
    return int(found[1]) if found else None


def _child(name: str, flags: list[str]) -> int:
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=["claims"]):
        from benchmarks.fuzz_targets import TARGETS, feed
    target = TARGETS[name]
    atheris.Setup([sys.argv[0], *flags], lambda data: feed(target, data))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
