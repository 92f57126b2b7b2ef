"""`check --base` in the terminal: the reviewer's report, short here and whole in a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from claims.cli.deciding import SANDBOXES
from claims.errors import ClaimsError, SetupError
from claims.project import tampered
from claims.report.facts import Facts
from claims.report.gather import base_of, gather, unreadable
from claims.report.inert import terminal
from claims.report.markdown import markdown
from claims.report.words import summary, verdict

_MOST = 30


@dataclass(frozen=True)
class Wanted:
    """The command line of `check --base`, as given."""

    base: str
    report: Path | None
    smoke: bool
    sandbox: str
    as_json: bool


def run(root: Path, wanted: Wanted) -> int:
    """Say what the working tree adds over a revision. 0 sound, 1 problems, 3 tampered, with a report in each case.

    Raises SetupError where there is no base, or the report cannot be written.
    """
    sandbox = next((known for known in SANDBOXES if known == wanted.sandbox), None)
    if sandbox is None:
        raise SetupError(f"--sandbox {wanted.sandbox}: use {', '.join(SANDBOXES)}")
    try:
        base = base_of(root, wanted.base)
    except ClaimsError as error:
        _write(wanted.report, unreadable(wanted.base, error))
        raise
    facts, project = gather(root, base)
    _write(wanted.report, facts)  # what contributed code does to this process may be the end of it
    if wanted.smoke:
        from claims.report.smoke import with_smoke

        facts = with_smoke(facts, project, sandbox)
        _write(wanted.report, facts)
    if wanted.as_json:
        print(json.dumps(_plain(facts), indent=1))
    else:
        print("\n".join(_lines(facts, wanted.report)))
    if tampered(facts.findings):
        return 3
    return 1 if facts.findings else 0


def _write(report: Path | None, facts: Facts) -> None:
    if report is None:
        return
    try:
        report.write_text(markdown(facts), encoding="utf-8")
    except OSError as error:
        raise SetupError(f"--report {report}: cannot be written ({error.strerror or error})") from None


def _plain(facts: Facts) -> dict[str, object]:
    findings = [f.model_dump() for f in facts.findings]
    return {"verdict": verdict(facts), "summary": summary(facts), **asdict(facts), "findings": findings}


def _lines(facts: Facts, report: Path | None) -> list[str]:
    lines = [verdict(facts), summary(facts)]
    for title, found in (
        ("Fails", [terminal(str(f)) for f in facts.findings]),
        ("Look at", [terminal(" ".join(filter(None, (f"{k.where}: {k.what}", k.said)))) for k in facts.looks]),
        ("Smoke", [terminal(f"{s.claim}: {s.outcome} ({s.isolation})") for s in facts.smoke or ()]),
    ):
        if found:
            lines += ["", f"{title}:", *(f"  {line}" for line in found[:_MOST])]
            lines += [f"  and {len(found) - _MOST} more"] if len(found) > _MOST else []
    lines += ["", f"report: {terminal(str(report))}" if report else "Whole report: add --report FILE.md"]
    return lines
