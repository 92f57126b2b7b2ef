"""Text for another program: to a file, or to standard output."""

import sys
from pathlib import Path

from claims.errors import SetupError
from claims.ledger.files import replace_file


def put(text: str, out: Path | None, source: Path | None = None) -> None:
    """Write `text` to a file, wholly or not at all, or print it. Raises SetupError rather than overwrite `source`."""
    if out is None:
        sys.stdout.write(text)
        return
    if not out.parent.is_dir():
        raise SetupError(f"{out}: there is no folder {out.parent}")
    if source is not None and out.exists() and out.samefile(source):
        raise SetupError(f"{out}: is the file that is read; write the notes beside it")
    replace_file(out, text.encode())
