"""Files: what the site holds beside its pages, as bytes that do not depend on when or where they are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import to_json


@dataclass(frozen=True)
class File:
    """A file of the site: its place from the top, with `/`, and its bytes."""

    path: str
    data: bytes


def json_file(path: str, document: BaseModel) -> File:
    """A document as JSON: ASCII, so that no invisible sign hides in it and no server can mislabel its encoding."""
    return File(path, document.model_dump_json(indent=1, ensure_ascii=True).encode() + b"\n")


def json_list(path: str, documents: Iterable[BaseModel]) -> File:
    """Documents as a JSON array."""
    return File(path, to_json(list(documents), indent=1, ensure_ascii=True) + b"\n")


def write(files: Iterable[File], folder: Path) -> int:
    """Write files under `folder`; returns how many."""
    written = 0
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        written += 1
    return written
