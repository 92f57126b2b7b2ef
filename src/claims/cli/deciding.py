"""`verify` in the terminal: which claims, how, and what to exit with."""

import json
import re
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from claims.cli.browse import console
from claims.cli.costing import about, plan_lines
from claims.cli.screen import Screen, conclusion, isolation_line, width_of, wrapped
from claims.domain.claim import Claim, Status
from claims.domain.counting import count
from claims.domain.digest import as_json as plain
from claims.domain.verdict import Verdict
from claims.errors import SetupError
from claims.ledger.store import DEFAULT, Store
from claims.project import Project, load
from claims.runner.machine import cores, has_cuda
from claims.verify.concluding import Result
from claims.verify.plan import Options, make_plan
from claims.verify.verify import verify

SANDBOXES: tuple[Literal["require", "auto", "off"], ...] = ("require", "auto", "off")
SCALES = ("smoke", "cpu", "gpu")
EXITS = {Verdict.SUPPORTED: 0, Verdict.REFUTED: 10, Verdict.VOID: 30}


@dataclass(frozen=True)
class Wanted:
    """The command line of `verify`, as given."""

    claims: tuple[str, ...]
    every: bool
    topic: str | None
    scale: str | None
    seeds: int | None
    device: str
    dtype: str
    jobs: int | None
    threads: int
    batch: str
    budget: str | None
    fresh: bool
    dry_run: bool
    as_json: bool
    sandbox: str = "auto"


def run(root: Path, wanted: Wanted) -> int:
    """Verify what is wanted, one claim after the other; claims of one experiment share its replicates."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to end is an interrupt like any other
    project = load(root)
    chosen = choose(project, wanted)
    budget = seconds_of(wanted.budget)
    store = Store(ledger_of(root))
    if wanted.dry_run:
        return _dry_run(project, chosen, wanted, store)
    started = time.monotonic()
    results: list[Result] = []
    skipped: list[str] = []
    for claim in chosen:
        if budget is not None and time.monotonic() - started > budget:
            skipped.append(claim.id)
            continue
        screen = Screen(project, quiet=wanted.as_json)
        try:
            with screen:
                result = verify(root, claim.id, options_for(project, claim, wanted), screen, store)
        except KeyboardInterrupt:
            kept = screen.kept()
            print(f"\ninterrupted: {kept}; run the same command to go on", file=sys.stderr)
            return 130
        results.append(result)
        if not wanted.as_json:
            conclusion(root, result)
    if wanted.as_json:
        print(json.dumps([_answer(root, r) for r in results], indent=1, ensure_ascii=False))
    if skipped:
        print(f"budget used up; not started: {', '.join(skipped)}", file=sys.stderr)
    return max((EXITS.get(r.verdict.verdict, 20) if r.verdict.verdict else 20 for r in results), default=20)


def choose(project: Project, wanted: Wanted) -> list[Claim]:
    """The claims meant. Raises SetupError for none, for both forms at once, and for an unknown id."""
    if wanted.every == bool(wanted.claims):
        raise SetupError("name claims to verify, or --all (not both); `claims list` names them")
    if not wanted.every:
        return [project.claim(claim_id) for claim_id in dict.fromkeys(wanted.claims)]
    known = project.declared
    chosen = [
        c
        for c in project.registry.claims
        if c.check is not None
        and c.check.experiment in known
        and c.status is not Status.WITHDRAWN
        and (wanted.topic is None or wanted.topic in c.topics)
    ]
    if not chosen:
        raise SetupError(f"no claim with a check has the topic {wanted.topic}")
    return chosen


def options_for(project: Project, claim: Claim, wanted: Wanted) -> Options:
    """Options with their defaults filled in from the claim and this machine. Raises SetupError for a wrong one."""
    if claim.check is None:
        raise SetupError(f"{claim.id} has no check: nothing to run")
    scale = wanted.scale or claim.check.scale
    if scale not in SCALES:
        raise SetupError(f"--scale {scale}: use one of {', '.join(SCALES)}")
    asked = wanted.seeds if wanted.seeds is not None else (1 if scale == "smoke" else claim.check.looks[-1])
    if asked not in {*range(1, 8), *claim.check.looks}:
        raise SetupError(f"--seeds {asked}: use 1 to 7, or a look: {', '.join(map(str, claim.check.looks))}")
    device = wanted.device
    if device == "auto":
        device = "cuda" if scale == "gpu" and has_cuda() else "cpu"
    if device != "cpu" and not re.fullmatch(r"cuda(:\d+)?", device):
        raise SetupError(f"--device {device}: use auto, cpu or cuda")
    if device != "cpu" and not has_cuda():
        raise SetupError("no CUDA device, or a torch without CUDA; `claims doctor` says which")
    if wanted.threads < 1 or (wanted.jobs is not None and wanted.jobs < 1):
        raise SetupError("--jobs and --threads are at least 1")
    jobs = wanted.jobs if wanted.jobs is not None else (1 if device != "cpu" else max(1, cores() // wanted.threads))
    return Options(
        scale=scale, asked=asked, device=device, dtype=wanted.dtype, jobs=jobs, threads=wanted.threads,
        batch=_batch(project, claim, wanted.batch, scale), fresh=wanted.fresh, sandbox=sandbox_of(wanted.sandbox),
    )  # fmt: skip


def sandbox_of(given: str) -> Literal["require", "auto", "off"]:
    """The word after --sandbox. Raises SetupError for another one."""
    found = next((known for known in SANDBOXES if known == given), None)
    if found is None:
        raise SetupError(f"--sandbox {given}: use require, auto or off")
    return found


def seconds_of(budget: str | None) -> float | None:
    """`90s`, `30m`, `2h` in seconds. Raises SetupError for anything else."""
    if budget is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", budget)
    if found is None:
        raise SetupError(f"--budget {budget}: write 90s, 30m or 2h")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def ledger_of(root: Path) -> str | Path:
    """Where the ledger is: CLAIMS_LEDGER, or in the project."""
    import os

    return os.environ.get("CLAIMS_LEDGER") or root / DEFAULT


def _batch(project: Project, claim: Claim, given: str, scale: str) -> int:
    assert claim.check is not None
    used = [r.batch for r in project.all_records if r.experiment == claim.check.experiment and r.scale == scale]
    following = max(used, default=0) + 1
    if given == "next":
        return following
    if not given.isdecimal() or not 1 <= int(given) <= following:
        raise SetupError(f"--batch {given}: use a number from 1 to {following}, or next; batches are taken in order")
    return int(given)


def _dry_run(project: Project, chosen: Sequence[Claim], wanted: Wanted, store: Store) -> int:
    plans = [make_plan(project, claim, options_for(project, claim, wanted), store) for claim in chosen]
    seen: set[str] = set()
    out = console()
    total = 0.0
    rows: list[dict[str, Any]] = []
    for plan in plans:
        lines, seconds = plan_lines(project, plan, seen, width_of(out))
        total += seconds or 0.0
        counts = {"replicates": len(plan.first), "controls": len(plan.controls)}
        rows.append({"id": plan.claim.id, "seconds": seconds, **counts, "isolation": plan.box.level})
        if not wanted.as_json:
            for line in lines:
                out.print(line)
    if wanted.as_json:
        print(json.dumps(rows, indent=1))
    else:
        for line in dict.fromkeys(isolation_line(plan, width_of(out)) for plan in plans):
            out.print(line)
        unknown = sum(row["seconds"] is None for row in rows)
        wrapped(out, f"{_costs(total, len(rows), unknown)}Nothing was run.")
    return 0


def _costs(seconds: float, claims: int, unknown: int) -> str:
    """What several plans cost together; of one, its own line says it."""
    later = "A claim that stays undecided goes on to later looks. "
    if claims == 1 or not (seconds or unknown):
        return later if seconds or unknown else ""
    if not seconds:
        return f"Together: cost not known yet. {later}"
    beside = f", and {count(unknown, 'claim')} whose cost is not known yet" if unknown else ""
    return f"Together {about(seconds)} by recorded costs{beside}. {later}"


def _answer(root: Path, result: Result) -> dict[str, object]:
    return {
        "id": result.plan.claim.id,
        "verdict": result.verdict.verdict.value if result.verdict.verdict else None,
        "result": plain(result.verdict),
        "ran": result.ran,
        "isolation": result.isolation,
        "confirmatory": result.record.confirmatory if result.record else None,
        "exploratory_because": result.exploratory_because,
        "record": result.path.relative_to(root).as_posix() if result.path else None,
        "status": result.after.value,
    }
