"""What the README says that `make verify` says is what stands in the record that decides that claim today."""

import io
import re
from pathlib import Path

from rich.console import Console

from claims.cli.screen import controls_line, predictions, verdict_line
from claims.ledger.known import Known
from claims.project import load

ROOT = Path(__file__).parents[2]


def held_by_the_record() -> list[str]:
    """The claim's name, controls, predictions, verdict and record, as a verify prints them."""
    claim_id = re.search(r"^CLAIM \?= (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert claim_id is not None
    project = load(ROOT, Known(ROOT))
    claim = project.claim(claim_id[1])
    record = project.standing(claim).record
    assert record is not None
    out = Console(file=io.StringIO(), width=80, highlight=False, markup=False, emoji=False)
    out.print(claim.id)
    controls_line(out, record.controls)
    predictions(out, record.verdict, claim)
    verdict_line(out, record.verdict)
    out.print(f"  record   {project.stored(record).path}", soft_wrap=True)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_the_readme_shows_what_the_record_holds() -> None:
    (block,) = re.findall(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    wanted = held_by_the_record()
    shown = [line for line in block.splitlines() if line in wanted]
    assert shown == wanted, "put these lines into the README:\n" + "\n".join(wanted)
