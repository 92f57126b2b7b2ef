"""What git is asked: a record may name anything as its commit."""

import os
import subprocess
from pathlib import Path

import pytest

from claims.runner import git
from tests.conftest import commit


@pytest.mark.parametrize(
    "name", ["HEAD", "main", "HEAD^", ":0", "", "{short}", "{full}^", "--all", "{full}\0", "{full}\n"]
)
def test_what_is_no_commit_named_in_full_is_no_commit(toy: Path, name: str) -> None:
    subprocess.run(["git", "-C", str(toy), "branch", "-M", "main"], check=True)
    full = commit(toy, "another")
    assert git.is_ancestor(toy, full, full) and git.file_at(toy, full, "claims.yaml") is not None
    assert git.names_at(toy, full, "experiments")
    name = name.format(full=full, short=full[:10])
    assert not git.is_ancestor(toy, name, full) and not git.is_ancestor(toy, full, name)
    assert git.file_at(toy, name, "claims.yaml") is None
    assert git.names_at(toy, name, "experiments") == ()


def test_a_name_that_is_no_text_is_no_traceback(toy: Path) -> None:
    (toy / "claims.d").mkdir()
    (toy / "claims.d" / os.fsdecode(b"\xff.yaml")).write_text("")
    assert git.names_at(toy, commit(toy), "claims.d") == ("claims.d/\ufffd.yaml",)


def test_a_name_cannot_begin_another_commit(toy: Path) -> None:
    """Python sees the end of a line where git does not, and a commit is then split in two, as if it were not mixed."""
    base = commit(toy)
    for name in ("evidence/x", f"evidence0\u2028commit {base}", "experiments/x"):
        (toy / name).parent.mkdir(exist_ok=True)
        (toy / name).write_text("")
    full = commit(toy)
    assert {name: len(paths) for name, paths in git.paths_by_commit(toy, base).items()} == {full: 3}


def test_a_project_inside_a_repository_sees_its_own_files_as_they_were(toy: Path) -> None:
    inside = toy / "inside"
    inside.mkdir()
    (inside / "a name.txt").write_text("then")
    (inside / "ä").write_text("umlaut")
    full = commit(toy)
    (inside / "a name.txt").write_text("now")
    assert git.file_at(inside, full, "a name.txt") == b"then"
    assert git.file_at(inside, full, "ä") == b"umlaut"
    assert git.file_at(inside, full, "claims.yaml") is None
    assert git.file_at(inside, full, "") is None
