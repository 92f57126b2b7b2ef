"""Disputes and replies as files, `disputes/<claim>/<date>-<slug>.yaml`: read strictly, every problem at once."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from claims.domain.claim import Slug
from claims.domain.dispute import Dispute, Filed, Reply, Said
from claims.domain.finding import Finding
from claims.registry.characters import FORBIDDEN
from claims.registry.entry import Entry
from claims.registry.model import parsed
from claims.registry.nodes import Loc, MappingNode, ScalarNode, child
from claims.registry.yaml_subset import read_yaml

FOLDER = "disputes"
LIMIT = 64 * 1024
"""Bytes that a file may have."""
NAME = re.compile(r"(20\d\d-\d\d-\d\d)-[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
"""Of a file, without `.yaml`."""

_LONGEST = 80
_ID = re.compile(get_args(Slug)[1].pattern)
_MODELS: dict[str, type[Dispute | Reply]] = {"dispute": Dispute, "reply": Reply}
_DATES: tuple[Loc, ...] = (("on",), ("resolved", "on"))


@dataclass
class Filings:
    """What stands under `disputes/`: by claim what could be read, oldest first, and where it stands by path."""

    said: dict[str, tuple[Filed, ...]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_disputes(root: Path) -> Filings:
    """Everything under `disputes/`; whatever is neither a dispute nor a reply there is a finding."""
    found = Filings()
    for folder in _entries(root / FOLDER):
        shown = _shown(root, folder)
        if folder.is_symlink() or not folder.is_dir():
            found.findings.append(
                Finding(file=shown, message="belongs in a folder named as its claim; links are refused")
            )
        elif not _is_id(folder.name):
            found.findings.append(Finding(file=shown, message="is no claim's id: a folder here is named as its claim"))
        elif said := tuple(filed for path in _entries(folder) if (filed := _file(root, path, found)) is not None):
            found.said[folder.name] = said
    return found


def read_said(data: bytes, file: str) -> tuple[Said | None, Entry | None, list[Finding]]:
    """A dispute or a reply from the bytes of its file, which `file` names in findings."""
    if len(data) > LIMIT:
        return None, None, [Finding(file=file, message=f"is larger than {LIMIT // 1024} KiB; say it in fewer words")]
    document = read_yaml(data, file)
    findings, root = list(document.findings), document.root
    if not isinstance(root, MappingNode):
        if not findings:
            findings.append(
                Finding(file=file, line=1, column=1, message="holds nothing; it begins with schema_version: 1")
            )
        return None, None, findings
    entry, kind = Entry("", file, root), child(root, "kind")
    model = _MODELS.get(kind.raw) if isinstance(kind, ScalarNode) else None
    if model is None:
        what = "must be dispute or reply" if kind is not None else "is missing; it is dispute or reply"
        return None, None, [*findings, entry.finding(("kind",), what)]
    value, wrong = parsed(model, entry, root, _DATES)
    findings += wrong
    return (None if findings else value), entry, findings


def _file(root: Path, path: Path, found: Filings) -> Filed | None:
    shown = _shown(root, path)
    named = path.suffix == ".yaml" and NAME.fullmatch(path.stem) is not None and len(path.stem) <= _LONGEST
    if not named:
        message = f"must be named as 2026-11-22-what-it-is-about.yaml, in small letters, at most {_LONGEST} signs"
        found.findings.append(Finding(file=shown, message=message))
        if path.suffix != ".yaml":  # perhaps no dispute at all
            return None
    try:
        data = _bytes(path)
    except OSError as error:
        found.findings.append(Finding(file=shown, message=f"cannot be read: {error.strerror or error}"))
        return None
    said, entry, findings = read_said(data, shown)
    found.findings += findings
    if entry is not None:
        found.entries[shown] = entry
    return Filed(path.parent.name, path.stem, shown, said) if said is not None and named else None


def _is_id(name: str) -> bool:
    return _ID.fullmatch(name) is not None and len(name) <= _LONGEST


def _bytes(path: Path) -> bytes:
    """At most one byte more than the cap, which is then reported."""
    if path.is_symlink():
        raise OSError("it is a link; put the file itself here")
    if not path.is_file():
        raise OSError("it is not a file")
    with path.open("rb") as stream:
        return stream.read(LIMIT + 1)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; hidden files do not count."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _shown(root: Path, path: Path) -> str:
    """A path for a message: a file's name may hold anything, also what steers a terminal."""
    text = path.relative_to(root).as_posix().encode("utf-8", "replace").decode()
    return re.sub(rf"{FORBIDDEN.pattern}|\s", "?", text)
