"""Cache of arXiv's answers, one file a version of a paper. Whatever is wrong with it, it is only asked again."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from claims.literature.entry import Entry


def known(folder: Path, ids: Iterable[str]) -> dict[str, Entry]:
    """The entries of those ids that name a version and were kept."""
    found = {}
    for one in ids:
        with suppress(OSError, ValueError):  # pydantic's error is a ValueError
            entry = Entry.model_validate_json(_place(folder, one).read_bytes())
            if entry.versioned == one:
                found[one] = entry
    return found


def kept(folder: Path, entries: Iterable[Entry]) -> None:
    """Keep entries. A folder that takes none costs a request the next time, no more."""
    for entry in entries:
        place = _place(folder, entry.versioned)
        temporary = place.with_name(f".tmp-{uuid4().hex}")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_text(entry.model_dump_json(indent=1) + "\n", encoding="utf-8")
                temporary.replace(place)
            finally:
                temporary.unlink(missing_ok=True)


def _place(folder: Path, versioned: str) -> Path:
    return folder / "answers" / f"{versioned.replace('/', '_')}.json"
