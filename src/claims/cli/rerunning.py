"""`audit` in the terminal: which records, what came of running them again, and what to exit with."""

import json
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from claims.cli.browse import console
from claims.cli.deciding import sandbox_of, seconds_of
from claims.cli.screen import Screen, wrapped
from claims.domain.claim import Claim
from claims.domain.contributor import is_somebody_else
from claims.domain.digest import as_json as plain
from claims.domain.rerun import Rerun
from claims.errors import ClaimsError, SetupError
from claims.ledger.evidence import StoredRecord
from claims.project import Project, load
from claims.rerun.drawing import Risk, draw, risks_of
from claims.rerun.rerun import Wish, keep, rerun
from claims.runner.machine import cores

EXITS = {"agrees-exactly": 0, "agrees": 0, "inconclusive": 20, "nondeterministic": 20, "disagrees": 10}


@dataclass(frozen=True)
class Wanted:
    """The command line of `audit`, as given."""

    claims: tuple[str, ...]
    sample: int | None
    entropy: str | None
    replicates: int | None
    jobs: int | None
    budget: str | None
    dry_run: bool
    as_json: bool
    sandbox: str = "auto"


def run(root: Path, wanted: Wanted) -> int:
    """Run records again, one after the other; returns the exit status that `claims audit --help` explains."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = load(root)
    if (wanted.replicates is not None and wanted.replicates < 1) or (wanted.jobs is not None and wanted.jobs < 1):
        raise SetupError("--replicates and --jobs are at least 1")
    budget = seconds_of(wanted.budget)
    entropy = wanted.entropy or secrets.token_hex(16)
    chosen = _chosen(project, wanted, entropy)
    out = console()
    if not wanted.as_json:
        out.print(f"entropy {entropy}: with --entropy, the same records and seeds are drawn again")
        for stored, risk in chosen:
            out.print(f"  {stored.record.claim.id}  {stored.record.digest[:8]}")
            if wanted.sample is not None:
                why = "; ".join(risk.reasons) or "as any other"
                out.print(f"      drawn with weight {risk.weight:g}: {why}", style="dim")
    if wanted.dry_run:
        if wanted.as_json:
            print(json.dumps([_drawn(s, r, entropy) for s, r in chosen], indent=1))
        return 0
    wish = Wish(entropy, wanted.replicates, wanted.jobs or max(1, cores()), sandbox_of(wanted.sandbox))
    return _run_all(project, chosen, wish, wanted, budget)


def _run_all(
    project: Project, chosen: Sequence[tuple[StoredRecord, Risk]], wish: Wish, wanted: Wanted, budget: float | None
) -> int:
    import time

    started, code = time.monotonic(), 0
    answers: list[dict[str, object]] = []
    for number, (stored, _) in enumerate(chosen):
        if budget is not None and time.monotonic() - started > budget:
            left = ", ".join(s.record.claim.id for s, _ in chosen[number:])
            print(f"budget used up; not run again: {left}", file=sys.stderr)
            break
        screen = Screen(project, quiet=wanted.as_json)
        try:
            with screen:
                found = rerun(project, stored, wish, screen)
        except KeyboardInterrupt:
            print("\ninterrupted: nothing of this record was kept", file=sys.stderr)
            return 130
        except ClaimsError as error:
            print(f"claims: {error}", file=sys.stderr)
            answers.append({"record": stored.path, "error": str(error)})
            code = max(code, 1)
            continue
        path = keep(project, stored, found)
        code = max(code, EXITS[_worst(found)])
        answers.append(_answer(project.root, stored, found, path))
        if not wanted.as_json:
            _tell(project.root, stored, found, path)
    if wanted.as_json:
        print(json.dumps(answers, indent=1, ensure_ascii=False))
    return code


def _chosen(project: Project, wanted: Wanted, entropy: str) -> tuple[tuple[StoredRecord, Risk], ...]:
    """The records meant: those that are named or that named claims rest on, or a sample of all."""
    if bool(wanted.claims) == (wanted.sample is not None):
        raise SetupError("name claims or records to run again, or --sample K (not both)")
    stored = [s for found in project.records.values() for s in found]
    if not stored:
        raise SetupError("there are no records to run again")
    if wanted.sample is not None:
        if wanted.sample < 1:
            raise SetupError(f"--sample {wanted.sample}: at least 1")
        return draw(stored, wanted.sample, entropy)
    risks = risks_of(stored)
    return tuple((s, risks[s.record.digest]) for s in (_named(project, name) for name in wanted.claims))


def _named(project: Project, name: str) -> StoredRecord:
    """The record in a file, or the one that a claim rests on."""
    if not name.endswith(".json"):
        return _deciding(project, name)
    found = next((s for held in project.records.values() for s in held if s.path == name), None)
    if found is None:
        raise SetupError(f"{name}: no record of this project; name one as evidence/<claim>/<record>.json")
    return found


def _deciding(project: Project, name: str) -> StoredRecord:
    claim = project.claim(name)
    record = project.standing(claim).record
    if record is None:
        raise SetupError(f"{name} {_why_none(project, claim)}")
    return next(s for s in project.records[name] if s.record.digest == record.digest)


def _why_none(project: Project, claim: Claim) -> str:
    """Why a claim rests on no record, and what to do about it."""
    if claim.withdrawn is not None:
        held = project.records.get(claim.id, ())
        return "is withdrawn and rests on no record" + (f"; name a file instead: {held[-1].path}" if held else "")
    if claim.planned is not None:
        missing = f"experiments/{claim.planned.experiment}.py"
        return f"is planned: {missing} is still to be written, so there is no record to run again"
    if claim.check is None:
        return "has no check: nothing was run, so there is no record to run again"
    return f"rests on no record: `claims verify {claim.id}` makes one"


def _worst(found: Rerun) -> str:
    order = ("disagrees", "nondeterministic", "inconclusive", "agrees", "agrees-exactly")
    said = (found.comparison.recorded, *(["disagrees"] if found.comparison.fresh == "disagrees" else []))
    return min(said, key=order.index)


def _tell(root: Path, stored: StoredRecord, found: Rerun, path: Path) -> None:
    out = console()
    fresh = f", fresh seeds: {found.comparison.fresh}" if found.comparison.fresh else ""
    out.print(f"{found.claim}  {found.comparison.recorded}{fresh}")
    wrapped(out, found.comparison.because)
    if stored.record.deterministic:
        wrapped(out, "There is no chance in it: whether its numbers were read right, no rerun can show.", style="dim")
    out.print(f"  isolation {found.isolation}", style="dim")
    out.print(f"  {path.relative_to(root).as_posix()}", style="dim", soft_wrap=True)
    if not is_somebody_else(found.contributor, stored.record.contributor):
        only = "only somebody else's rerun raises that."
        wrapped(out, f"You wrote this record too ({found.contributor}), so it stays {stored.tier}: {only}", style="dim")
    elif len(found.replicates) < len(stored.record.replicates):
        wrapped(out, "A part of the seeds speaks against a record, never for it: the tier stays as it is.", style="dim")
    elif found.agrees:
        wrapped(out, "Once this file is merged, the record counts as run again under your name.", style="dim")


def _drawn(stored: StoredRecord, risk: Risk, entropy: str) -> dict[str, object]:
    record = {"claim": stored.record.claim.id, "record": stored.path, "digest": stored.record.digest}
    return record | {"weight": risk.weight, "reasons": list(risk.reasons), "entropy": entropy}


def _answer(root: Path, stored: StoredRecord, found: Rerun, path: Path) -> dict[str, object]:
    return {
        "claim": found.claim,
        "record": stored.path,
        "rerun": path.relative_to(root).as_posix(),
        "entropy": found.entropy,
        "digest": found.computed_digest(),
        **plain(found.comparison),
    }
