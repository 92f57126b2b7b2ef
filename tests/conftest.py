"""A small project in a git repository, with an experiment that needs no torch."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# On two busy cores a first call may take long for reasons that say nothing about the code.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")

# Tools colour what they print where one of these is set, as it is on many machines that run tests for a project.
for name in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "NO_COLOR", "COLUMNS"):
    os.environ.pop(name, None)

TOY = Path(__file__).parent / "toy"


def commit(root: Path, why: str = "change") -> str:
    """Commit everything in `root`; returns the commit."""
    for words in (["add", "-A"], ["commit", "-q", "--allow-empty", "-m", why]):
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    out = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return out.stdout.strip()


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The root of a committed project with the claims of tests/toy/."""
    root = tmp_path / "project"
    shutil.copytree(TOY, root)
    for words in (["init", "-q"], ["config", "user.name", "A Tester"], ["config", "user.email", "tester@example.org"]):
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    (root / ".gitignore").write_text(".claims/\nbuild/\n")
    commit(root, "begin")
    return root


@pytest.fixture
def edit(toy: Path) -> Callable[[str, str, str], None]:
    """Replace a piece of text in a file of the project; the text must be there."""

    def change(file: str, old: str, new: str) -> None:
        path = toy / file
        text = path.read_text()
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new))

    return change
