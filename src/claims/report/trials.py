"""Trials: the experiments that a change reaches, and the verdicts that rest on what they were."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from claims.declaration import Declared
from claims.domain.record import Closure
from claims.errors import ClaimsError
from claims.ledger.files import read_plain
from claims.literature.mentions import mentions
from claims.project import Project
from claims.report.facts import Kind, Suspect, Trial
from claims.report.suspects import imports, suspects
from claims.runner import git
from claims.runner.closure import MAX_BYTES, closure_of
from claims.runner.sources import at_commit

FOLDER = "experiments/"


def trials_of(project: Project, base: str, changed: Mapping[str, str]) -> tuple[Trial, ...]:
    """Every experiment that is added, removed, or depends on a file that the change touches, by name."""
    found = []
    for path in sorted(changed):
        name = path.removeprefix(FOLDER).removesuffix(".py")
        if path == f"{FOLDER}{name}.py" and changed[path] == "D":
            stale = [c.id for c in project.registry.claims if c.check is not None and c.check.experiment == name]
            found.append(Trial(name, "removed", stale=tuple(stale)))
    for name, closure in sorted(project.closures.items()):
        touched = [file.path for file in closure.files if file.path in changed]
        if touched:
            found.append(_trial(project, project.declared[name], base, changed, touched))
    return tuple(found)


def suspects_of(project: Project, base: str, changed: Mapping[str, str]) -> tuple[Suspect, ...]:
    """Lines to look at, in the changed files that experiments depend on."""
    reached = {file.path for closure in project.closures.values() for file in closure.files}
    paths = sorted(path for path in reached & changed.keys() if path.endswith(".py"))
    return tuple(s for path in paths for s in _suspects(project.root, base, path))


def _trial(
    project: Project, declared: Declared, base: str, changed: Mapping[str, str], touched: Collection[str]
) -> Trial:
    experiment, closure = declared.experiment, project.closures[declared.name]
    kind: Kind = "added" if changed.get(declared.path) == "A" else "changed"
    source = text_of(project.root, declared.path) or ""
    doc = dict.fromkeys(f"{m.paper}{f'v{m.version}' if m.version else ''}" for m in mentions(declared.doc))
    return Trial(
        name=declared.name,
        kind=kind,
        title=experiment.title,
        differs=experiment.differs,
        papers=experiment.papers,
        named=tuple(doc),
        conditions=(*experiment.conditions.items(), *experiment.control_conditions.items()),
        metrics=tuple(f"{m.name} ({m.unit}, {m.low:g} to {m.high:g}): {m.doc}" for m in experiment.metrics),
        controls=tuple(
            f"{c.name}: {c.kind}{', trains' if c.trains else ''}, {c.metric} at {c.condition} {_expect(c.expect)}"
            for c in experiment.controls
        ),
        scales=tuple(_scale(declared, scale) for scale in experiment.scales),
        lines=len(source.splitlines()),
        imports=imports(source),
        closure=tuple(touched),
        files=len(closure.files),
        stale=tuple(_stale(project, closure, _before(project.root, base, declared.name), declared.name)),
    )


def _stale(project: Project, now: Closure, before: Closure | None, name: str) -> Iterator[str]:
    """Claims that stood on the code as it was, where what counts of it is another now."""
    if before is None or before.digest == now.digest:
        return
    for claim in project.registry.claims:
        if claim.check is not None and claim.check.experiment == name:
            record = project.standing(claim).record
            if record is not None and record.closure.digest == before.digest:
                yield claim.id


def _before(root: Path, base: str, name: str) -> Closure | None:
    try:
        return closure_of(name, at_commit(root, base))[0]
    except ClaimsError:
        return None


def _suspects(root: Path, base: str, path: str) -> tuple[Suspect, ...]:
    now, before = text_of(root, path), git.file_at(root, base, path)
    return suspects(now, path, before.decode(errors="replace") if before is not None else None) if now else ()


def text_of(root: Path, path: str) -> str | None:
    """A file of the change; None for a link, which could show what is outside of it, and for what is too large."""
    try:
        data = read_plain(root / path, MAX_BYTES)
    except OSError:
        return None
    return data.decode(errors="replace") if len(data) <= MAX_BYTES else None


def _scale(declared: Declared, scale: str) -> str:
    params = ", ".join(f"{k}={v}" for k, v in declared.experiment.scales[scale].items()) or "the defaults"
    limit = declared.experiment.time_limit.get(scale)
    return f"{scale}: {params}{f'; at most {limit:g} s' if limit is not None else ''}"


def _expect(expect: Mapping[str, object]) -> str:
    return ", ".join(f"{k} {v}" for k, v in expect.items())
