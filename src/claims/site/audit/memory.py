"""Memory: what was seen in bytes that were audited before, kept between builds; it can be thrown away."""

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree

from claims.site.audit.seen import Link, Seen, Spot


class Memory:
    """A file that maps digests of bytes to what the audit saw in them; empty when the audit itself changed."""

    def __init__(self, file: Path | None, about: Sequence[str]) -> None:
        self._file = file
        self._key = _key(about)
        self._old: dict[str, Any] = _load(file, self._key)
        self._new: dict[str, Any] = {}

    def get(self, digest: str) -> Seen | None:
        """What was seen in these bytes; None where they are new."""
        found = self._new.get(digest) or self._old.get(digest)
        if found is None:
            return None
        self._new[digest] = found
        spots, inside, outside, anchors = found
        return Seen(
            tuple(Spot(*s) for s in spots),
            tuple(Link(*one) for one in inside),
            tuple(Link(*one) for one in outside),
            frozenset(anchors),
        )

    def put(self, digest: str, seen: Seen) -> None:
        """Remember what was seen in these bytes."""
        self._new[digest] = [
            [[s.line, s.where, s.message] for s in seen.spots],
            [[one.line, one.where, one.target] for one in seen.inside],
            [[one.line, one.where, one.target] for one in seen.outside],
            sorted(seen.anchors),
        ]

    def keep(self) -> None:
        """Write what this audit met, and forget the rest. A memory that cannot be written is done without."""
        if self._file is None or self._new.keys() == self._old.keys():
            return
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps({"key": self._key, "files": self._new}), encoding="utf-8")
            fresh.replace(self._file)
        except OSError:
            return


def _key(about: Sequence[str]) -> str:
    """Of the audit's own source and everything else that what it sees depends on."""
    digest = sha256("\0".join([*about, etree.__version__]).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _load(file: Path | None, key: str) -> dict[str, Any]:
    try:
        kept = json.loads(file.read_bytes()) if file is not None else {}
        return dict(kept["files"]) if kept.get("key") == key else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
