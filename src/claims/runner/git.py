"""What git says of this project: commits, and files as they were."""

import subprocess
from functools import lru_cache
from pathlib import Path


def head(root: Path) -> str | None:
    """The commit that HEAD names; None outside a repository or before its first commit."""
    out = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return out.decode().strip() if out else None


def file_at(root: Path, commit: str, path: str) -> bytes | None:
    """A file's bytes at a commit; None when it was not there."""
    return _git(root, "cat-file", "blob", f"{commit}:./{path}")


@lru_cache(maxsize=256)
def names_at(root: Path, commit: str, folder: str) -> tuple[str, ...]:
    """Paths of the files directly in `folder` at a commit."""
    out = _git(root, "ls-tree", "--name-only", "-z", f"{commit}:./{folder}")
    return tuple(f"{folder}/{name}" for name in (out or b"").decode().split("\0") if name)


def is_ancestor(root: Path, commit: str, of: str = "HEAD") -> bool:
    """Whether `commit` is in the history of `of`."""
    return _git(root, "merge-base", "--is-ancestor", commit, of) is not None


def contributor(root: Path) -> str:
    """Who runs this, as git knows them."""
    out = _git(root, "config", "user.name")
    return (out or b"").decode().strip() or "unknown"


def _git(root: Path, *words: str) -> bytes | None:
    """Output of a git command; None when git is missing or says no."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False, timeout=60)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
