"""Write `benchmarks/results/registry-scale.json`: what checking a registry costs as it grows.

`python -m benchmarks.registry_scale` makes registries of 100, 1,000 and 10,000 claims with their papers in a temporary
folder and runs what `claims check` and `claims relations` run on them. Takes about a minute on one core.
"""

import gc
import json
import platform
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.made_registry import write_registry
from claims.check import check
from claims.domain.claim import Status
from claims.domain.relations import contradictions, fallen
from claims.domain.status import Standing
from claims.project import examine

SIZES = (100, 1_000, 10_000)
REPEATS = 3
"""The quickest of so many, since other work on the machine only ever adds to it."""

TARGET = Path(__file__).parent / "results" / "registry-scale.json"

_STANDING = Standing(Status.SUPPORTED, None, None, ())
_FALLEN = Standing(Status.REFUTED, None, None, ())


def measure(claims: int) -> dict[str, Any]:
    """Seconds for one size; the counts show that the work was done."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_registry(root, claims)
        checked = _quickest(lambda: check(root))  # first: a project in memory would be swept again and again
        project, findings = examine(root)
        assert project is not None and not findings, findings[:3]
        registered = project.registry.claims
        standings = {c.id: _FALLEN if i % 10 == 0 else _STANDING for i, c in enumerate(registered)}
        related = _quickest(lambda: (tuple(contradictions(registered)), fallen(registered, standings)))
    return {
        "claims": claims,
        "papers": len(project.papers),
        "check_seconds": round(checked, 3),
        "check_milliseconds_a_claim": round(1000 * checked / claims, 3),
        "relations_seconds": round(related, 4),
        "contradictions": len(tuple(contradictions(registered))),
        "on_fallen_ground": len(fallen(registered, standings)),
    }


def _quickest(work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest run, each on a swept heap; nothing here waits for anything else."""
    taken = []
    for _ in range(REPEATS):
        gc.collect()
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Measure every size and replace the file."""
    rows = [measure(claims) for claims in SIZES]
    ratios = {
        f"{after['claims']} over {before['claims']} claims": {
            "check": round(after["check_seconds"] / before["check_seconds"], 2),
            "relations": round(after["relations_seconds"] / before["relations_seconds"], 2),
        }
        for before, after in pairwise(rows)
    }
    found = {"sizes": rows, "ratios": ratios, "python": platform.python_version(), "repeats": REPEATS}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
