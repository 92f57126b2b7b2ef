"""Gathering: reads a project and its base, and gives the facts. Runs nothing of what it reads."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from claims.check import checked
from claims.domain.finding import Finding
from claims.errors import SetupError
from claims.history.versions import files_at
from claims.literature.snapshot import file_name
from claims.project import Project
from claims.registry.load import read_registry
from claims.report.areas import DEPENDENCIES, areas, mixed
from claims.report.cards import cards_of
from claims.report.dependencies import dependencies
from claims.report.entries import KINDS, append_only, entries_of, errata, reruns_of, rewritten
from claims.report.facts import Bound, Dependency, Facts
from claims.report.filings import filings_of
from claims.report.looks import looks_at
from claims.report.trials import suspects_of, text_of, trials_of
from claims.runner import git

_LITERATURE = "literature/"


def base_of(root: Path, rev: str) -> str:
    """The commit that a change is read against. Raises SetupError where there is none, with what to do."""
    trouble = git.trouble(root)
    if trouble is not None:
        raise SetupError(f"--base {rev}: {trouble}")
    if git.head(root) is None:
        raise SetupError(f"--base {rev}: {root} is no git repository with a commit")
    base = git.merge_base(root, rev)
    if base is None:
        raise SetupError(f"--base {rev}: no commit that HEAD has a common history with: git fetch, then again")
    return base


def gather(root: Path, base: str) -> tuple[Facts, Project | None]:
    """The facts of what the working tree adds over `base`, a full name, and the project where it could be read."""
    changed = git.changed_since(root, base)
    project, findings = checked(root)
    tampered = {f.file for f in findings if f.kind == "tampered"}
    gone = rewritten(changed)
    facts = Facts(
        base=base,
        head=git.head(root) or "",
        findings=(*findings, *(append_only(path, gone[path], base) for path in gone if path not in tampered)),
        rewritten=tuple(gone.values()),
        errata=errata(changed),
        touched=areas(changed),
        dependencies=_dependencies(root, base, changed),
        mixed=tuple(mixed(git.paths_by_commit(root, base).items())),
        files=len(changed),
    )
    if project is None:
        facts = replace(facts, unread="The registry cannot be read, so nothing is said of its claims.")
    else:
        facts = replace(
            facts,
            unread=""
            if project.loaded.whole
            else "The registry cannot be read to its end: claims may be missing here.",
            cards=cards_of(project, read_registry(files_at(root, base))),
            trials=trials_of(project, base, changed),
            suspects=suspects_of(project, base, changed),
            papers=_papers(project, changed),
            entries=entries_of(project, base, changed),
            reruns=reruns_of(project, changed),
            filings=filings_of(project, base, changed),
        )
    return replace(facts, looks=looks_at(facts)), project


def unreadable(rev: str, error: Exception) -> Facts:
    """What can be said where there is no base: why."""
    return Facts(
        base=rev,
        head="",
        findings=(Finding(file="--base", message=str(error)),),
        unread="There is nothing to compare with, so nothing was read.",
    )


def _papers(project: Project, changed: Mapping[str, str]) -> tuple[Bound, ...]:
    files = {f"{_LITERATURE}{file_name(name)}": paper for name, paper in project.papers.items()}
    found = []
    for path, letter in sorted(changed.items()):
        if path.startswith(_LITERATURE) and path.endswith(".json") and letter in KINDS:
            paper = files.get(path)
            asked = paper is not None and paper.resolved is not None
            origin = "as arXiv gave it" if asked else "written by a person: arXiv was not asked"
            name = path.removeprefix(_LITERATURE).removesuffix(".json")
            title = paper.title if paper is not None else "no file that can be read"
            found.append(Bound(name, KINDS[letter], title, origin if paper is not None else ""))
    return tuple(found)


def _dependencies(root: Path, base: str, changed: Mapping[str, str]) -> tuple[Dependency, ...]:
    found: list[Dependency] = []
    for file in DEPENDENCIES:
        if file in changed:
            before = git.file_at(root, base, file)
            found += dependencies(file, before.decode(errors="replace") if before else None, text_of(root, file))
    return tuple(found)
