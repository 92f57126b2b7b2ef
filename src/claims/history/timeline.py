"""Timeline: everything that happened to the claims of a registry, by commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from claims.errors import LedgerError
from claims.history.changes import Change, between, joined
from claims.history.sketch import Sketches, sketches
from claims.history.versions import Incomplete, files_at, states
from claims.ledger.files import make_folder, replace_file
from claims.registry.load import FOLDER, MAIN, registry_files
from claims.runner import git

CACHE = Path(".claims/changes-2.json")
"""Changes by commit. The number counts how they are read and written: a newer way does not meet older files."""


@dataclass(frozen=True)
class Step:
    """What one commit changed. `when` is in seconds since 1970."""

    commit: str
    when: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Timeline:
    """The steps of a registry, newest first."""

    steps: tuple[Step, ...]
    pending: tuple[Change, ...]
    """What the working tree changes over the newest commit."""
    when: int | None
    """Time of the commit that HEAD names, in seconds since 1970."""
    missing: str
    """Why there is no history here, and what to do about it; empty where there is one."""


def timeline(root: Path) -> Timeline:
    """The history of a project's registry, as far as this copy holds it."""
    head = git.head(root)
    missing = git.trouble(root) or ("" if head else "this folder is no git repository with a commit")
    if missing or head is None:
        return Timeline((), (), None, missing)
    commits = git.touching(root, (MAIN, FOLDER))
    if not commits:
        return Timeline((), (), None, f"git holds no version of {MAIN}: commit it")
    try:
        return Timeline(_steps(root, head), _pending(root, head), git.newest(root).when, "")
    except Incomplete as error:
        return Timeline((), (), None, str(error))


def _pending(root: Path, head: str) -> tuple[Change, ...]:
    committed, here = files_at(root, head), registry_files(root)
    if committed == here:
        return ()
    then, now = sketches(committed), sketches(here)
    return between(then, now) if then is not None and now is not None else ()


@lru_cache(maxsize=4)
def _steps(root: Path, head: str) -> tuple[Step, ...]:  # noqa: ARG001 (the history hangs on it)
    commits = git.touching(root, (MAIN, FOLDER))
    known = _kept(root)
    new = [c for c in commits if c.name not in known]
    bases = _bases(root, new)
    at = states(root, {name for c in new for name in (c.name, *c.parents)} | set(bases.values()))
    if None in at.values():  # what came before a version that cannot be read is needed, however old it is
        new, bases = list(commits), _bases(root, commits)
        at = states(root, {c.name for c in commits} | set(bases.values()))
    for commit in reversed(new):
        known[commit.name] = _changes(at, commit, bases.get(commit.name))
    if new:
        _keep(root, {c.name: known[c.name] for c in commits})
    steps = [Step(c.name, c.when, known[c.name]) for c in commits if known[c.name]]
    return tuple(sorted(steps, key=lambda step: -step.when))


def _bases(root: Path, commits: Iterable[git.Commit]) -> dict[str, str]:
    """What the two sides of each merge have in common."""
    found = {c.name: git.fork(root, *c.parents) for c in commits if len(c.parents) == 2}
    return {name: base for name, base in found.items() if base is not None}


def _changes(at: dict[str, Sketches | None], commit: git.Commit, base: str | None) -> tuple[Change, ...]:
    """What a commit changed; nothing where it cannot be read, whose successor is then compared with its parent."""
    after = at[commit.name]
    if after is None:
        at[commit.name] = at[commit.parents[0]] if commit.parents else {}
        return ()
    return joined(tuple(at[parent] or {} for parent in commit.parents), after, at[base] if base else None)


_KEPT = TypeAdapter(dict[str, tuple[Change, ...]])


def _kept(root: Path) -> dict[str, tuple[Change, ...]]:
    """What an earlier call worked out; nothing where there is no such file, or it is not ours."""
    try:
        return _KEPT.validate_json((root / CACHE).read_bytes())
    except (OSError, ValidationError):
        return {}


def _keep(root: Path, found: dict[str, tuple[Change, ...]]) -> None:
    """Write it down for the next call. A disk that does not take it costs time, nothing else."""
    try:
        make_folder(root / CACHE.parent)
        replace_file(root / CACHE, _KEPT.dump_json(found))
    except LedgerError:
        return
