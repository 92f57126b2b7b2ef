"""Cost: what a claim's check takes at its scale, by what was measured, else by what the experiment says."""

import re

from claims.declaration import Declared
from claims.domain.claim import Check, Claim
from claims.domain.digest import digest_of
from claims.project import Project
from claims.verify.running import DEFAULT_TIME_LIMIT

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_SAID = re.compile(r"\b(?:s|seconds?|min|minutes?|h|hours?)\b")
_DAY = 86400.0


def cost_of(project: Project, claim: Claim) -> str:
    """To the first look and to the last, one run at a time."""
    assert claim.check is not None
    check, declared = claim.check, project.declared[claim.check.experiment]
    looks = (1,) if declared.experiment.deterministic else (check.looks[0], check.looks[-1])
    controls = control_runs(declared, check)
    runs = (
        f"{' to '.join(dict.fromkeys(map(str, looks)))} replicates and {controls} control runs at scale {check.scale}"
    )
    measured = [
        r.replicate.seconds
        for record in project.all_records
        if record.experiment == check.experiment and record.scale == check.scale
        for r in record.replicates
    ]
    if measured:
        each = sum(measured) / len(measured)
        times = " to ".join(dict.fromkeys(lasting((look + controls) * each) for look in looks))
        return f"{times} one run at a time: {runs}, {each:.1f} s each by {len(measured)} recorded replicates"
    limit = declared.experiment.time_limit.get(check.scale, DEFAULT_TIME_LIMIT)
    said = next((s for s in _SENTENCE_END.split(" ".join(declared.doc.split())) if _SAID.search(s)), "").rstrip(".")
    words = f'its docstring says "{said}"' if said else "its docstring says nothing of it"
    most = lasting((looks[-1] + controls) * limit)
    return f"NOT MEASURED: {runs}; {words}; by its time limit of {limit:g} s a run at most {most}"


def control_runs(declared: Declared, check: Check) -> int:
    """Processes that the controls take: those of equal parameters share one a seed."""
    seeds: dict[str, int] = {}
    for control in declared.experiment.controls:
        params = declared.params_at(check.scale, {**check.params, **control.params})
        group = digest_of(params)
        seeds[group] = max(seeds.get(group, 0), control.seeds)
    return sum(seeds.values())


def lasting(seconds: float) -> str:
    """A time in the unit that people would use."""
    for size, unit in ((_DAY, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
