"""`site audit` in the terminal."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from claims.domain.counting import count
from claims.domain.finding import Finding
from claims.errors import SiteRefused

_MOST = 40
"""One mistake in a template is found on every page; this many lines tell enough."""


def run(root: Path | None, folder: Path | None, *, as_json: bool) -> int:
    """Print what the audit finds in `folder`, else in the project's own site. 0 nothing, 1 something."""
    from claims.site.audit import audit

    memory = root / ".claims" / "site-audit.json" if root else None
    findings = audit(folder or (root or Path()) / "build" / "site", memory=memory)
    if as_json:
        print(json.dumps([f.model_dump() for f in findings], indent=1))
    elif findings:
        print(_told(findings))
    else:
        print("sound: everything in the site is on the list, and every link inside it leads somewhere")
    return 1 if findings else 0


def refused(error: SiteRefused) -> int:
    """Say why a new site does not replace the old one. Always 1."""
    print(_told(error.findings), file=sys.stderr)
    print("claims: the audit refused the new site; the old one stays", file=sys.stderr)
    return 1


def _told(findings: Sequence[Finding]) -> str:
    lines = [str(finding) for finding in findings[:_MOST]]
    files, more = len({f.file for f in findings}), len(findings) - _MOST
    lines += [f"… and {more} more (--json tells all)"] if more > 0 else []
    return "\n".join([*lines, f"{count(len(findings), 'problem')} in {count(files, 'file')}"])
