"""Known: which record files were found sound before, by their bytes, so that a page need not wait for the proof again.

A cache for readers only, under the ignored `.claims/`: `claims check` proves every record anew and never asks it.
"""

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from claims.errors import LedgerError
from claims.ledger.files import make_folder, replace_file

_PLACE = Path(".claims") / "sound-records"


class Known:
    """The digests of sound files. Those that code other than today's found sound are forgotten."""

    def __init__(self, root: Path) -> None:
        self._file = root / _PLACE
        self._before = self._read()
        self._now: set[str] = set()

    def key(self, data: bytes, file: str) -> str:
        """What names these bytes at this place."""
        return hashlib.sha256(file.encode() + b"\0" + data).hexdigest()

    def __contains__(self, key: str) -> bool:
        return key in self._before

    def add(self, key: str) -> None:
        """Remember a file for `save`."""
        self._now.add(key)

    def save(self) -> None:
        """Write what was added, and only that: a file that is gone is forgotten. A disk that refuses costs time."""
        if self._now == self._before:
            return
        with suppress(LedgerError):
            make_folder(self._file.parent)
            replace_file(self._file, "\n".join([_code(), *sorted(self._now), ""]).encode())

    def _read(self) -> set[str]:
        try:
            code, *keys = self._file.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return set()
        return set(keys) if code == _code() else set()


@cache
def _code() -> str:
    """A digest of the code that decides whether a record is sound."""
    package = Path(__file__).parents[1]
    files = sorted([*(package / "domain").glob("*.py"), *(package / "ledger").glob("*.py")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
