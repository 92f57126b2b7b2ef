"""Read the registry: `claims.yaml`, with `claims.d/*.yaml` as one, every problem at once."""

import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from claims.domain.claim import Claim, Inquiry, Registry
from claims.domain.finding import Finding
from claims.errors import Problems
from claims.registry.characters import MAX_BYTES
from claims.registry.draft import Draft, draft_of
from claims.registry.entry import Entry, Places
from claims.registry.model import parsed
from claims.registry.nodes import Loc, MappingNode, Node, ScalarNode, SequenceNode, child
from claims.registry.yaml_subset import read_yaml

MAIN = "claims.yaml"
FOLDER = "claims.d"

_MOST = 1000
_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class LoadedRegistry:
    """What could be read. With `findings`, `registry` holds only what is sound, and `drafts` more than that."""

    registry: Registry
    places: Places
    drafts: tuple[Draft, ...]
    """Every claim as far as it could be read, in the order of the files."""
    inquiries: tuple[tuple[Entry, Inquiry], ...]
    whole: bool
    """Whether every file could be read to its end, so that an unknown id is really unknown."""
    findings: tuple[Finding, ...]


def load_registry(root: Path) -> LoadedRegistry:
    """The registry in a folder. Raises Problems with everything that is wrong."""
    return parse_registry(registry_files(root))


def parse_registry(files: Mapping[str, bytes]) -> LoadedRegistry:
    """The registry in files given as name → bytes, such as those of an old commit. Raises Problems."""
    loaded = read_registry(files)
    if loaded.findings:
        raise Problems(loaded.findings)
    return loaded


def registry_files(root: Path) -> dict[str, bytes]:
    """The bytes of the registry's files by their path under `root`. Raises Problems when they cannot be had."""
    findings: list[Finding] = []
    files: dict[str, bytes] = {}
    folder = root / FOLDER
    extra = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in [root / MAIN, *extra]:
        name = path.relative_to(root).as_posix()
        if path.suffix == ".yml":
            findings.append(Finding(file=name, message=f"is not read; name it {path.stem}.yaml"))
        elif path.suffix == ".yaml":
            try:
                files[name] = _bytes(path)
            except OSError as error:
                findings.append(Finding(file=name, message=f"cannot be read: {error.strerror or error}"))
    if findings:
        raise Problems(findings)
    return files


def read_registry(files: Mapping[str, bytes]) -> LoadedRegistry:
    """As parse_registry, but what is wrong is returned in `findings`, so that lint can add to it."""
    return _read_once(tuple(files.items()))


@lru_cache(maxsize=4)
def _read_once(files: tuple[tuple[str, bytes], ...]) -> LoadedRegistry:
    """Once a process for the same bytes: a verify looks at the registry several times."""
    with _collector_paused():
        return _Loading().read(dict(files))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as they stand in the files, `claims.yaml` first; of very many, the first thousand."""
    ordered = sorted(findings, key=lambda f: ((f.file != MAIN, f.file), f.line, f.column))
    more = len(ordered) - _MOST
    if more > 0:
        ordered[_MOST:] = [Finding(file=ordered[_MOST].file, message=f"{more} more problems are not listed")]
    return tuple(ordered)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Python's search for reference cycles, off: nodes hold none, and looking through them took half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Loading:
    """Collects entries and findings over the files."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.claims: list[Claim] = []
        self.drafts: list[Draft] = []
        self.inquiries: list[tuple[Entry, Inquiry]] = []
        self.inquiry_entries: list[Entry] = []
        self.whole = True

    def read(self, files: Mapping[str, bytes]) -> LoadedRegistry:
        if MAIN not in files:
            self.findings.append(Finding(file=MAIN, message="is missing"))
        for file in sorted(files, key=lambda name: (name != MAIN, name)):
            self.file(file, files[file])
        return LoadedRegistry(
            registry=Registry(
                schema_version=1, claims=tuple(self.claims), inquiries=tuple(i for _, i in self.inquiries)
            ),
            places=Places(
                claims={draft.entry.label: draft.entry for draft in reversed(self.drafts)},
                inquiries={entry.label: entry for entry in reversed(self.inquiry_entries)},
            ),
            drafts=tuple(self.drafts),
            inquiries=tuple(self.inquiries),
            whole=self.whole,
            findings=in_order(self.findings),
        )

    def file(self, file: str, data: bytes) -> None:
        document = read_yaml(data, file)
        self.findings.extend(document.findings)
        root = document.root
        if not isinstance(root, MappingNode):
            self.whole = False
            if not document.findings:
                message = "holds no registry; it begins with schema_version: 1"
                self.findings.append(Finding(file=file, line=1, column=1, message=message))
            return
        self._shell(root, file)
        for entry in _entries(root, "claims", file):
            claim = self._model(Claim, entry, entry.node)
            if claim is not None:
                self.claims.append(claim)
            self.drafts.append(draft_of(entry, claim))
        for entry in _entries(root, "inquiries", file):
            inquiry = self._model(Inquiry, entry, entry.node)
            self.inquiry_entries.append(entry)
            if inquiry is not None:
                self.inquiries.append((entry, inquiry))

    def _shell(self, root: MappingNode, file: str) -> None:
        """Everything of a file but its lists."""
        empty = {
            key: SequenceNode((), node.begin, node.finish, flow=True) if isinstance(node, SequenceNode) else node
            for key, node in root.items.items()
        }
        shell = MappingNode(empty, root.keys, root.begin, root.finish, root.flow)
        self._model(Registry, Entry("", file, shell), shell)

    def _model(self, model: type[_M], entry: Entry, node: Node) -> _M | None:
        value, found = parsed(model, entry, node, _dates(entry) if model is Claim else ())
        self.findings.extend(found)
        return value


def _entries(root: MappingNode, key: str, file: str) -> Iterator[Entry]:
    listed = child(root, key)
    if isinstance(listed, SequenceNode):
        for index, node in enumerate(listed.items):
            name = child(node, "id")
            usable = isinstance(name, ScalarNode) and re.fullmatch(r"[a-z0-9-]{1,80}", name.raw)
            yield Entry(name.raw if usable and isinstance(name, ScalarNode) else f"{key}[{index}]", file, node)


def _dates(entry: Entry) -> tuple[Loc, ...]:
    listed = child(entry.node, "forecasts")
    forecasts = range(len(listed.items) if isinstance(listed, SequenceNode) else 0)
    return (("asserted",), ("withdrawn", "on"), *(("forecasts", i, "on") for i in forecasts))


def _bytes(path: Path) -> bytes:
    """At most one byte more than the cap, which is then reported."""
    if path.is_symlink():  # it could show what is outside the repository
        raise OSError("it is a link; put the file itself here")
    if not path.is_file():
        raise OSError("there is no such file" if not path.exists() else "it is not a file")
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)
