"""What git says of this project: commits, and files as they were."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Commit:
    """A commit by its full name. `when` is the committer's time in seconds since 1970."""

    name: str
    parents: tuple[str, ...]
    when: int


@dataclass(frozen=True)
class Version:
    """A file as a commit left it: the object that holds its bytes; None where the commit took it away."""

    path: str
    blob: str | None
    commit: str
    when: int


def head(root: Path) -> str | None:
    """The commit that HEAD names; None outside a repository or before its first commit."""
    out = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return out.decode().strip() if out else None


HERE = "here"
"""In the place of a commit: the working tree."""
_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A commit named in full. A record may name anything: `HEAD` would be another one each day, `:0` what is not committed,
a branch what nobody merged, and `--x` is an option."""


def file_at(root: Path, commit: str, path: str) -> bytes | None:
    """A file's bytes at a commit, named in full; None when it was not there."""
    name = _blobs_at(root, commit).get(path) if _FULL.fullmatch(commit) else None
    return _blob(root, name) if name else None


@lru_cache(maxsize=64)
def _blobs_at(root: Path, commit: str) -> dict[str, str]:
    """Every file at a commit, by its path, and the object that holds its bytes.

    One question for all: a closure asks for hundreds of paths, most of which are not there.
    """
    out = _git(root, "ls-tree", "-r", "-z", commit) or b""
    rows = (row.partition("\t") for row in out.decode(errors="replace").split("\0") if row)
    return {path: about.split()[2] for about, _, path in rows}


@lru_cache(maxsize=4096)
def _blob(root: Path, name: str) -> bytes | None:
    """The bytes of an object; the same one holds a file that did not change at many commits."""
    return _git(root, "cat-file", "blob", name)


@lru_cache(maxsize=256)
def names_at(root: Path, commit: str, folder: str) -> tuple[str, ...]:
    """Paths of the files directly in `folder` at a commit, named in full."""
    out = _git(root, "ls-tree", "--name-only", "-z", f"{commit}:./{folder}") if _FULL.fullmatch(commit) else None
    return tuple(f"{folder}/{name}" for name in (out or b"").decode(errors="replace").split("\0") if name)


@lru_cache(maxsize=4096)
def is_ancestor(root: Path, commit: str, of: str) -> bool:
    """Whether `commit` is `of` or in its history; both named in full."""
    named = _FULL.fullmatch(commit) and _FULL.fullmatch(of)
    return bool(named) and _git(root, "merge-base", "--is-ancestor", commit, of) is not None


def history(root: Path) -> frozenset[str]:
    """Every commit that HEAD descends from, named in full, and HEAD itself."""
    return frozenset((_git(root, "rev-list", "HEAD") or b"").decode().split())


def trouble(root: Path) -> str | None:
    """Why the history cannot be asked, with what to do; None when it can, or there is none to ask."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--is-shallow-repository"],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
    except FileNotFoundError:
        return "git is not installed: apt install git"
    except subprocess.TimeoutExpired:
        return "git did not answer within a minute: try again"
    if done.returncode == 0:
        return "this clone is shallow: git fetch --unshallow" if done.stdout.strip() == b"true" else None
    said = done.stderr.decode(errors="replace").strip().splitlines()[:1]
    return None if said and "not a git repository" in said[0] else f"git says: {' '.join(said)}"


def rewritten(root: Path, folder: str, suffix: str) -> list[tuple[str, str]]:
    """Files under `folder` that were changed, renamed or removed after they were added: path, and first commit or HERE.

    Merges are compared with each of their parents, since a merge may drop a file that one side brought: git leaves
    out such a merge, and the side, unless it is told to walk the whole history.
    """
    # Renames are told as a removal, whatever this user's git is set to: the name that is gone is the one to name.
    changed = ("--diff-filter=DMT", "--no-renames", "--name-only", "--relative")
    out = _git(root, "log", "--full-history", "-m", "--format=commit %h", *changed, "--", folder)
    found, commit = dict[str, str](), HERE
    for line in (out or b"").decode(errors="replace").split("\n"):
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.endswith(suffix):
            found[line] = commit  # the oldest stays: merges behind it tell the same again
    out = _git(root, "diff", *changed, "HEAD", "--", folder)
    here = [p for p in (out or b"").decode(errors="replace").split("\n") if p.endswith(suffix)]
    return [*found.items(), *((path, HERE) for path in here if path not in found)]


def merge_base(root: Path, rev: str) -> str | None:
    """The commit from which HEAD and `rev` went different ways; None where git knows no such revision or commit."""
    named = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    out = _git(root, "merge-base", "HEAD", named.decode().strip()) if named else None
    return out.decode().strip() if out else None


def fork(root: Path, one: str, other: str) -> str | None:
    """The commit from which two commits, named in full, went different ways; None where they have none in common."""
    out = _git(root, "merge-base", one, other)
    return out.decode().strip() if out else None


def changed_since(root: Path, commit: str) -> dict[str, str]:
    """What the working tree changes over a commit: path and A, M, D or T. Files that git ignores do not count."""
    out = _git(root, "diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--relative", commit)
    words = (out or b"").decode(errors="replace").split("\0")
    found = dict(zip(words[1::2], words[0::2], strict=False))
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return found | {path: "A" for path in (new or b"").decode(errors="replace").split("\0") if path}


def paths_by_commit(root: Path, base: str) -> dict[str, tuple[str, ...]]:
    """The commits that HEAD has over `base`, newest first, each with the paths that it changes; merges without any."""
    shape = ("--format=commit %H", "--name-only", "--no-renames", "--relative")
    out = _git(root, "-c", "core.quotepath=off", "log", *shape, f"{base}..HEAD")
    found: dict[str, list[str]] = {}
    for line in (out or b"").decode(errors="replace").split("\n"):
        if line.startswith("commit "):
            paths = found.setdefault(line.removeprefix("commit "), [])
        elif line:
            paths.append(line)
    return {commit: tuple(paths) for commit, paths in found.items()}


def versions(root: Path, folder: str) -> tuple[Version, ...]:
    """Every version that a file under `folder` had in the history of HEAD, also on merged branches, oldest first."""
    shape = ("--full-history", "-m", "--raw", "--no-abbrev", "--no-renames", "--relative", "--topo-order", "--reverse")
    out = _git(root, "log", *shape, _COMMIT, "HEAD", "--", folder)
    found, commit, when = [], "", 0
    for line in (out or b"").decode(errors="replace").split("\n"):
        about, tab, path = line.partition("\t")
        if tab and line.startswith(":"):
            blob = about.split()[3]
            found.append(Version(path, blob if blob.strip("0") else None, commit, when))
        elif line:
            commit, when = line.split()[0], int(line.split()[1])
    return tuple(found)


def touching(root: Path, paths: Iterable[str]) -> tuple[Commit, ...]:
    """The commits in the history of HEAD that changed `paths`, children first.

    Merges are among them where they join different versions; `parents` are the nearest commits of the list.
    """
    shape = ("--topo-order", "--full-history", "--simplify-merges", "--parents")
    return _commits(_git(root, "log", *shape, _COMMIT, "HEAD", "--", *paths))


def newest(root: Path) -> Commit:
    """The commit that HEAD names, which there must be."""
    return _commits(_git(root, "log", "-1", _COMMIT, "HEAD"))[0]


def mainline(root: Path) -> tuple[Commit, ...]:
    """What HEAD stood at, one commit after the other, newest first: merged branches count when they were merged."""
    return _commits(_git(root, "log", "--first-parent", _COMMIT, "HEAD"))


def objects(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The content of each of these objects, named in full, that there is; in one call."""
    asked = tuple(names)
    out = _git(root, "cat-file", "--batch", given="".join(f"{name}\n" for name in asked).encode()) if asked else b""
    found, rest = {}, memoryview(out or b"")
    while rest:
        line = bytes(rest[:200]).partition(b"\n")[0]
        rest = rest[len(line) + 1 :]
        name, *kind_and_size = line.decode().split()
        if len(kind_and_size) == 2:  # otherwise: `<name> missing`
            size = int(kind_and_size[1])
            found[name], rest = bytes(rest[:size]), rest[size + 1 :]
    return found


def object_names(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The name of the object behind each of `names` that there is, without reading it."""
    asked = tuple(names)
    out = _git(root, "cat-file", "--batch-check", given="".join(f"{name}\n" for name in asked).encode()) or b""
    told = out.decode(errors="replace").split("\n")
    return {name: line.split()[0] for name, line in zip(asked, told, strict=False) if line.rsplit(" ", 1)[-1].isdigit()}


def tracked(root: Path, folder: str) -> tuple[str, ...]:
    """Files under `folder` that are committed or about to be."""
    out = _git(root, "ls-files", "-z", "--", folder)
    return tuple(name for name in (out or b"").decode(errors="replace").split("\0") if name)


def contributor(root: Path) -> str:
    """Who runs this, as git knows them."""
    out = _git(root, "config", "user.name")
    return (out or b"").decode().strip() or "unknown"


def origin(root: Path) -> str:
    """The address of the remote called origin; empty where there is none."""
    return (_git(root, "config", "--get", "remote.origin.url") or b"").decode(errors="replace").strip()


_COMMIT = "--format=%H %ct %P"


def _commits(out: bytes | None) -> tuple[Commit, ...]:
    rows = [line.split() for line in (out or b"").decode().splitlines()]
    return tuple(Commit(name, tuple(parents), int(when)) for name, when, *parents in rows)


def _git(root: Path, *words: str, given: bytes | None = None) -> bytes | None:
    """Output of a git command that reads `given`; None when git is missing or says no."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, check=False, timeout=60, input=given
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
