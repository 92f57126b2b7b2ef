"""Versions: the registry as it stood at commits, each file read once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from claims.errors import ClaimsError
from claims.history.sketch import Sketches, sketches
from claims.registry.load import FOLDER, MAIN
from claims.runner import git

_AT_ONCE = 16
"""Versions whose bytes are held at the same time: one of a thousand claims has four megabytes."""


class Incomplete(ClaimsError):
    """A part of the history is named here and not held: a partial clone, or git did not answer."""


Files = tuple[tuple[str, str], ...]
"""Path and object name of each file of a version."""


def states(root: Path, commits: Iterable[str]) -> dict[str, Sketches | None]:
    """The claims of the registry at each commit; None where it cannot be read, nothing where there is none."""
    files = _files_at(root, tuple(commits))
    known: dict[Files, Sketches | None] = {}
    wanted = list(dict.fromkeys(files.values()))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        asked = {blob for version in some for _, blob in version}
        blobs = git.objects(root, asked)
        if asked - blobs.keys():
            raise Incomplete(f"git holds {len(blobs)} of {len(asked)} versions of the registry: git fetch, then again")
        for version in some:
            known[version] = sketches({path: blobs[blob] for path, blob in version})
    return {commit: known[version] for commit, version in files.items()}


def files_at(root: Path, commit: str) -> dict[str, bytes]:
    """The files of the registry at a commit; none where it is not known here or held none."""
    version = _files_at(root, (commit,))[commit]
    blobs = git.objects(root, {blob for _, blob in version})
    return {path: blobs[blob] for path, blob in version if blob in blobs}


def _files_at(root: Path, commits: tuple[str, ...]) -> dict[str, Files]:
    main = git.object_names(root, [f"{commit}:./{MAIN}" for commit in commits])
    folders = git.object_names(root, [f"{commit}:./{FOLDER}" for commit in commits])
    trees = git.objects(root, set(folders.values()))
    inside = {name: tuple(_yaml_files(tree, len(name) // 2)) for name, tree in trees.items()}
    found = {}
    for commit in commits:
        blob, folder = main.get(f"{commit}:./{MAIN}"), folders.get(f"{commit}:./{FOLDER}", "")
        found[commit] = (*(((MAIN, blob),) if blob else ()), *inside.get(folder, ()))
    return found


def _yaml_files(tree: bytes, width: int) -> Iterator[tuple[str, str]]:
    """The registry's files in a folder as git keeps it: mode, space, name, zero byte, digest of `width` bytes."""
    while tree:
        head, _, rest = tree.partition(b"\0")
        name = head.partition(b" ")[2].decode(errors="replace")
        if name.endswith(".yaml"):
            yield f"{FOLDER}/{name}", rest[:width].hex()
        tree = rest[width:]
