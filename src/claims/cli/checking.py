"""`check` and `doctor` in the terminal."""

import json
from pathlib import Path

from claims.cli.browse import console
from claims.domain.counting import count

MARKS = {"ok": "ok", "optional": "-", "missing": "missing"}


def run(root: Path, *, as_json: bool) -> int:
    """Print every finding. 0 sound, 1 problems, 3 tampered."""
    from claims.check import check
    from claims.project import tampered

    findings = check(root)
    if as_json:
        print(json.dumps([f.model_dump() for f in findings], indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
        files = len({f.file for f in findings})
        if findings:
            print(f"{count(len(findings), 'problem')} in {count(files, 'file')}. Nothing was written.")
        else:
            print("sound: the registry is valid, every verdict and status follows from the records")
    if tampered(findings):
        return 3
    return 1 if findings else 0


def doctor(root: Path | None, *, as_json: bool) -> int:
    """Print what this machine offers. 1 when something needed is missing."""
    from claims.doctor import examine_machine

    symptoms = examine_machine(root)
    if as_json:
        print(json.dumps([s._asdict() for s in symptoms], indent=1))
    else:
        out = console()
        for s in symptoms:
            out.print(f"{MARKS[s.state]:8} {s.name:10} {s.found}")
            if s.remedy:
                out.print(f"{'':19} {s.remedy}", style="dim")
    return 1 if any(s.state == "missing" for s in symptoms) else 0
