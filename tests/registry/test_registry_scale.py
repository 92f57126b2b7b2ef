"""The cost of checking grows with the registry and no faster. Counted in calls, which no busy machine changes."""

import sys
from collections.abc import Callable

from benchmarks.made_registry import write_registry
from claims.check import check
from claims.domain.claim import Status
from claims.domain.relations import contradictions, fallen
from claims.domain.status import Standing
from claims.project import examine


def calls_of(work: Callable[[], object]) -> int:
    """Calls of functions of Python and of C."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_checking_costs_so_much_a_claim(tmp_path):
    counts = []
    for claims in (40, 80, 320):
        root = tmp_path / str(claims)
        write_registry(root, claims)
        assert check(root) == [], "sound, and imports are done"
        counts.append(calls_of(lambda root=root: check(root)))
    a_claim = (counts[1] - counts[0]) / 40
    assert counts[2] < counts[1] + 1.02 * 240 * a_claim


def test_relations_cost_so_much_a_claim(tmp_path):
    held, fell = Standing(Status.SUPPORTED, None, None, ()), Standing(Status.REFUTED, None, None, ())
    counts = []
    for claims in (40, 80, 320):
        write_registry(tmp_path / str(claims), claims)
        project, _ = examine(tmp_path / str(claims))
        assert project is not None
        registered = project.registry.claims
        standings = {c.id: fell if i % 10 == 0 else held for i, c in enumerate(registered)}
        assert len(tuple(contradictions(registered))) >= claims // 8, "there is work to do"
        counts.append(calls_of(lambda r=registered, s=standings: (tuple(contradictions(r)), fallen(r, s))))
    a_claim = (counts[1] - counts[0]) / 40
    assert counts[2] < counts[1] + 1.1 * 240 * a_claim
