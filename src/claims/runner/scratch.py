"""Scratch: a folder for what a child needs and leaves."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A new folder, gone afterwards as far as it can be.

    What a child leaves there may refuse to go, or lie deeper than Python can walk; that is no reason to lose its
    replicate, or those of others.
    """
    folder = tempfile.TemporaryDirectory(prefix="claims-", ignore_cleanup_errors=True)
    try:
        yield Path(folder.name)
    finally:
        with contextlib.suppress(RecursionError):
            folder.cleanup()
