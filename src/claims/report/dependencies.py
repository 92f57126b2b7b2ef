"""Dependencies: packages that a change adds, drops or takes at another version. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from claims.report.facts import Dependency

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(.*)", re.DOTALL)


def dependencies(file: str, before: str | None, after: str | None) -> tuple[Dependency, ...]:
    """What differs between two texts of `pyproject.toml`, or of a list of requirements."""
    read = _of_project if file.endswith(".toml") else _of_list
    old, new = read(before or ""), read(after or "")
    changed = (name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))
    return tuple(Dependency(file, name, old.get(name), new.get(name)) for name in changed)


def _of_list(text: str) -> dict[str, str]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return _joined(line for line in lines if line)


def _of_project(text: str) -> dict[str, str]:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {"pyproject.toml": "cannot be read"}
    return _joined(_requirements(read))


def _joined(lines: Iterable[str]) -> dict[str, str]:
    """By name what is asked of it; a package that is asked for twice has both."""
    found: dict[str, list[str]] = {}
    for line in lines:
        name, asked = _split(line)
        found.setdefault(name, []).append(asked)
    return {name: " and ".join(sorted(asked)) for name, asked in found.items()}


def _requirements(read: Mapping[str, object]) -> Iterator[str]:
    """Every requirement: of the project, of its extras, of its build, of its groups."""
    project, build, groups = (_table(read.get(key)) for key in ("project", "build-system", "dependency-groups"))
    extras = _table(project.get("optional-dependencies"))
    for listed in (project.get("dependencies"), build.get("requires"), *extras.values(), *groups.values()):
        yield from (item for item in (listed if isinstance(listed, list) else ()) if isinstance(item, str))


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _split(line: str) -> tuple[str, str]:
    """A name as packages are compared, and what stands behind it; an option or an address is its own name."""
    found = _NAME.fullmatch(line)
    if found is None:
        return line, ""
    return re.sub(r"[-_.]+", "-", found[1]).lower(), found[2].strip()
