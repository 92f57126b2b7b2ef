"""The walk in CONTRIBUTING.md, run as it stands there, in a clone of a small project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from claims.registry.load import read_registry, registry_files
from tests.conftest import commit

ROOT = Path(__file__).parents[2]
SECTION = (
    (ROOT / "CONTRIBUTING.md").read_text().partition("## Your first claim in ten minutes\n")[2].partition("\n## ")[0]
)
ELSEWHERE = ("git clone ", "make setup", ". .venv/bin/activate", "git push ", "gh pr ")
"""What needs a network, or was done for this test already."""
ENDS = {"claims verify": 20, "claims new": 0}
CLAIM = "decay-helps-on-few-points"
PAPER = "2310.04415"


class Step(NamedTuple):
    """A command and the words to look for, or a file's text."""

    command: str
    words: str = ""
    text: str = ""


def steps() -> list[Step]:
    """The walk in order."""
    found = []
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL):
        if kind == "yaml":
            found.append(Step("", text=block))
            continue
        for line in block.splitlines():
            command, _, note = line.partition("  # ") if not line.startswith("printf") else (line, "", "")
            words = re.match(r'"([^"]+)"', note)
            found.append(Step(command.strip(), words[1] if words else ""))
    return found


@pytest.fixture
def clone(toy: Path, tmp_path: Path) -> Path:
    """A clone of the small project with the walk's paper, and `claims` in its environment."""
    (toy / "literature").mkdir()
    shutil.copy(ROOT / f"literature/{PAPER}.json", toy / "literature")
    shutil.copy(ROOT / ".gitignore", toy)
    commit(toy)
    subprocess.run(["git", "-C", str(toy), "branch", "-q", "-M", "main"], check=True)
    place = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(toy), str(place)], check=True)
    for key, value in (("user.name", "A Newcomer"), ("user.email", "newcomer@example.org")):
        subprocess.run(["git", "-C", str(place), "config", key, value], check=True)
    script = place / ".venv/bin/claims"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from claims.cli.app import main; main()' \"$@\"\n")
    script.chmod(0o755)
    return place


def run(place: Path, command: str) -> "subprocess.CompletedProcess[str]":
    """A line as a newcomer types it, with the environment activated."""
    env = os.environ | {"PATH": f"{place / '.venv/bin'}:{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", command], cwd=place, env=env, capture_output=True, text=True, timeout=120)


def test_the_walk_goes_as_it_says(clone: Path) -> None:
    written = False
    for step in steps():
        if step.text:
            (clone / f"claims.d/{CLAIM}.yaml").write_text(step.text)
            written = True
        elif not step.command.startswith(ELSEWHERE):
            done = run(clone, step.command)
            expected = ENDS.get(" ".join(step.command.split()[:2]), 0 if written or "check" not in step.command else 1)
            assert done.returncode == expected, f"{step.command}\n{done.stdout}{done.stderr}"
            assert step.words in done.stdout, f"{step.command}\n{done.stdout}"
    assert run(clone, "git status --porcelain").stdout == "", "nothing is left over that could be committed by mistake"
    assert CLAIM in (clone / "report.md").read_text()
    # The hook of the last step is in place: it lets a sound registry through and keeps an unsound one.
    assert run(clone, "git commit -q --allow-empty -m sound").returncode == 0
    path = clone / f"claims.d/{CLAIM}.yaml"
    path.write_text(path.read_text().replace("metric: explained", "metric: unheard_of"))
    refused = run(clone, "git commit -q -a -m unsound")
    assert refused.returncode != 0 and "unheard_of" in refused.stdout + refused.stderr


def test_the_walk_has_the_steps_that_this_test_counts_on() -> None:
    commands = [step.command for step in steps()]
    for beginning in (*ELSEWHERE, "claims new ", "claims check", "git commit ", "claims verify ", "printf "):
        assert any(command.startswith(beginning) for command in commands), beginning
    assert sum(bool(step.words) for step in steps()) >= 6
    assert "setup:" in (ROOT / "Makefile").read_text()


def test_the_walk_can_be_gone_in_this_repository() -> None:
    claims = read_registry(registry_files(ROOT)).registry.claims
    assert CLAIM not in {claim.id for claim in claims}, "an id is never used twice"
    assert not (ROOT / "experiments/decay_on_few_points.py").exists()
    assert (ROOT / f"literature/{PAPER}.json").exists()
