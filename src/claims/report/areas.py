"""Areas: what a change touches, by the part of the project that it is. Pure."""

import re
from collections.abc import Iterable, Iterator

DEPENDENCIES = ("pyproject.toml", "constraints.txt")
"""The files in which a new dependency is told by name; others are listed as touched."""
_PREFIXES = (
    (".github/", ".github"),
    (".ci/", ".ci"),
    ("src/claims/lab/", "the lab (src/claims/lab)"),
    ("src/", "the checker (src/claims)"),
    ("tests/", "tests"),
    ("site/templates/", "site templates"),
    ("site/theme/", "site templates"),
    ("site/overrides/", "site templates"),
    ("site/assets/", "site templates"),
    ("site/", "other pages of the site"),
    ("disputes/", "disputes"),
)
_TOLD = re.compile(
    r"claims\.d/[^/.][^/]*\.yaml|evidence/[^/.][^/]*/[^/.][^/]*\.json"
    r"|experiments/[^/.][^/]*\.py|literature/[^/.][^/]*\.json"
)
"""What has a section of its own. What else lies in those folders no section tells."""
_FILES = {"claims.yaml": "", "LICENSE": "LICENSE", "LICENCE": "LICENSE", "NOTICE": "LICENSE"}
_LISTS = ("requirements", "constraints", "setup.", "pyproject", "poetry.", "uv.", "environment.", "Pipfile", "package")
_CODE = ("src/", "experiments/", "tests/", ".github/", ".ci/")


def areas(paths: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Files by area; what claims, experiments, papers and records are has sections of its own."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        if area := _area(path):
            found.setdefault(area, []).append(path)
    return tuple((area, tuple(files)) for area, files in sorted(found.items()))


def mixed(commits: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Commits that hold both evidence and code."""
    for commit, paths in commits:
        evidence = any(path.startswith("evidence/") for path in paths)
        if evidence and any(path.startswith(_CODE) for path in paths):
            yield commit


def _area(path: str) -> str:
    name = path.rpartition("/")[2]
    if path in _FILES:
        return _FILES[path]
    if _TOLD.fullmatch(path):
        return ""
    if name in (".gitattributes", ".gitmodules", ".gitignore", ".mailmap"):
        return "git's own files"
    if name.startswith(_LISTS) and name.endswith((".txt", ".toml", ".cfg", ".py", ".lock", ".json", ".yml", ".yaml")):
        return "dependency files"
    return next((area for prefix, area in _PREFIXES if path.startswith(prefix)), "other files")
