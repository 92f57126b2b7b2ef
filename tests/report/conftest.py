"""A verified project on a branch of its own, copied for each test: a verify takes seconds."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import TOY, commit
from tests.report_samples import copied, git, write_paper
from tests.verify.test_verify import run


@pytest.fixture(scope="package")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is on main: three claims, two of them with a record each, of the same runs."""
    root = tmp_path_factory.mktemp("base") / "project"
    shutil.copytree(TOY, root)
    git(root, "init", "-q", "-b", "main")
    for key, value in (("user.name", "A Tester"), ("user.email", "tester@example.org"), ("commit.gpgsign", "false")):
        git(root, "config", key, value)
    (root / ".gitignore").write_text(".claims/\nbuild/\n")
    (root / "pyproject.toml").write_text('[project]\nname = "toy"\ndependencies = ["numpy>=2"]\n')
    write_paper(root)
    commit(root, "begin")
    run(root)
    run(root, "coins-sum")
    commit(root, "evidence")
    return root


@pytest.fixture
def branch(merged: Path, tmp_path: Path) -> Path:
    """A branch on it, with nothing changed yet."""
    root = copied(merged, tmp_path / "branch")
    git(root, "switch", "-q", "-c", "theirs")
    return root
