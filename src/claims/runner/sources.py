"""Where the closure reads from: a working tree or a commit, and this package where the project does not hold it."""

from pathlib import Path

from claims.runner import git
from claims.runner.closure import MAX_BYTES, Read

PACKAGE = "src/claims/"


def in_tree(root: Path) -> Read:
    """Files of a working tree."""
    own = (root / PACKAGE).is_dir()

    def read(path: str) -> bytes | None:
        if path.startswith(PACKAGE) and not own:
            return _installed(path)
        return None if is_link(root, path) else _bytes(root / path)

    return read


def is_link(root: Path, path: str) -> bool:
    """Whether a path inside the project leads elsewhere, by itself or by a folder on the way.

    What a closure holds is shown to the experiment, so a link would show it a file of ours, or `/proc/self/environ`.
    """
    inside = Path(path)
    return any((root / place).is_symlink() for place in (inside, *inside.parents[:-1]))


def holds_package(root: Path, commit: str) -> bool:
    """Whether a commit of this project holds the package itself."""
    return bool(git.names_at(root, commit, PACKAGE.rstrip("/")))


def at_commit(root: Path, commit: str) -> Read:
    """Files as a commit holds them."""
    own = holds_package(root, commit)

    def read(path: str) -> bytes | None:
        if path.startswith(PACKAGE) and not own:
            return _installed(path)
        return git.file_at(root, commit, path)

    return read


def _installed(path: str) -> bytes | None:
    return _bytes(Path(__file__).parent.parent / path.removeprefix(PACKAGE))


def _bytes(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() and place.stat().st_size <= MAX_BYTES else None
