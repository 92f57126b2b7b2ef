"""What a verify would run, and how long that takes by what is on record."""

import math

from claims.cli.screen import indented
from claims.domain.counting import count
from claims.domain.record import Record
from claims.project import Project
from claims.verify.plan import Plan


def plan_lines(project: Project, plan: Plan, seen: set[str], width: int = 80) -> tuple[list[str], float | None]:
    """A plan in words with the seconds that it takes by recorded ones, None where there are none.

    `seen` holds keys that an earlier claim will have run.
    """
    missing = [[p.key for p in part if p.cached is None] for part in (plan.controls, plan.first)]
    left = [[key for key in keys if key not in seen] for keys in missing]
    seen.update(key for keys in left for key in keys)
    cost, jobs = _seconds(project.all_records, plan.declared.name, plan.options.scale), plan.options.jobs
    rounds = sum(math.ceil(len(keys) / jobs) for keys in left)  # replicates wait for the last control
    seconds = rounds * cost if cost is not None else None if rounds else 0.0
    if rounds:
        words = f"{count(sum(map(len, left)), 'run')}, {about(seconds)}, {'one' if jobs == 1 else jobs} at a time"
    else:
        words = "nothing more to run: a claim above needs the same" if any(missing) else "nothing to run: all kept"
    design = (
        f"{plan.declared.name} at scale {plan.options.scale}: {count(len(plan.first), 'replicate')} and "
        f"{count(len(plan.controls), 'control run')} to the first look"
    )
    return [plan.claim.id, *indented(design, width=width), *indented(words, width=width)], seconds


def about(seconds: float | None) -> str:
    """A cost as people say it, in minutes."""
    if seconds is None:
        return "cost not known yet"
    return f"about {seconds / 60:.0f} min" if seconds >= 60 else "less than a minute"


def _seconds(records: tuple[Record, ...], experiment: str, scale: str) -> float | None:
    found = [
        r.replicate.seconds
        for record in records
        if record.experiment == experiment and record.scale == scale
        for r in record.replicates
    ]
    return sum(found) / len(found) if found else None
