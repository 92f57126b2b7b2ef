"""A project with a record and a paper, and branches on it as strangers would send them."""

import json
import shutil
import subprocess
from pathlib import Path

from claims.cli import reviewing
from claims.domain.record import Record
from claims.ledger.evidence import write_record
from claims.report.facts import Facts
from claims.report.gather import base_of, gather
from tests.conftest import commit

PAPER = {
    "id": "2505.11711",
    "title": "Coins in Practice",
    "authors": ["A. Author"],
    "published": "2025-05-16",
    "versions": [{"version": 1}, {"version": 2}],
    "origin": "dossier",
    "readings": [{"version": 2, "what": "full text", "how": "the journal", "on": "2026-01-01"}],
    "quotes": [
        {"quote": "the treated coin lands higher", "found": True, "text": "full text of v2", "checked": "2026-01-01"},
        {"quote": "coins never land at all", "found": False, "text": "full text of v2", "checked": "2026-01-01"},
    ],
}

GOOD = """\
  - id: coins-treated-high
    question: Does the treated coin score above the plain one on its own?
    statement: The treated coin scores more than half a point.
    scope: {coins: two}
    topics: [coins]
    asserted: 2025-05-16
    sources:
      - arxiv: 2505.11711v2
        stance: asserts
        locator: Table 1
        says: The treated coin lands higher.
        quote: the treated coin lands higher
        reported:
          - {metric: score, value: 1.0, unit: points, locator: Table 1}
    watch: A third coin.
    grounding: {label: faithful, because: Table 1 says so.}
    check:
      experiment: toy
      gates:
        - {metric: learned, condition: treated, expect: {above: 0.5}}
      predictions:
        - {id: high, metric: score, condition: treated, expect: {above: 0.5}, rival: 0.0}
      note: Half of what Table 1 prints, so that an untreated coin is excluded.
    status: untested
"""


def git(root: Path, *words: str) -> str:
    """What a git command prints."""
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


def write_paper(root: Path, **changes: object) -> None:
    (root / "literature").mkdir(exist_ok=True)
    (root / "literature" / "2505.11711.json").write_text(json.dumps({**PAPER, **changes}))


def add_claim(root: Path, text: str) -> None:
    """Put an entry behind the claims that begin with `coins`."""
    path = root / "claims.yaml"
    path.write_text(path.read_text().replace("inquiries:\n", f"{text}inquiries:\n", 1))


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text()
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1))


def record_of(root: Path, claim: str = "coins-differ") -> Path:
    (path,) = (root / "evidence" / claim).glob("*.json")
    return path


def forged(path: Path, change_body) -> Path:  # type: ignore[no-untyped-def]
    """Change a record as a forger would who knows the format: a new digest, a new name."""
    body = json.loads(path.read_text())
    change_body(body)
    record = Record.model_validate_json(json.dumps(body))
    path.unlink()
    return write_record(path.parents[2], record.model_copy(update={"digest": record.computed_digest()}))


def copied(root: Path, to: Path) -> Path:
    """A clone that may be changed."""
    shutil.copytree(root, to)
    return to


def facts_of(root: Path, base: str = "main") -> Facts:
    return gather(root, base_of(root, base))[0]


def reported(root: Path, base: str = "main", **changes: object) -> tuple[int, str]:
    """Exit status and report of `check --base`."""
    place = root.parent / f"{root.name}-report.md"
    settings = {"smoke": False, "sandbox": "off", "as_json": False, **changes}
    code = reviewing.run(root, reviewing.Wanted(base, place, **settings))  # type: ignore[arg-type]
    return code, place.read_text(encoding="utf-8")


def submitted(root: Path, why: str = "a change") -> Path:
    """Commit all as a branch's last commit."""
    commit(root, why)
    return root
