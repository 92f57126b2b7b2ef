"""Writes that happen wholly or not at all, also when the process or the machine dies in between."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from claims.errors import LedgerError

TEMPORARY = ".tmp-"
"""Start of a temporary file's name. Such a file is never evidence and may be removed when no one is writing."""


def replace_file(path: Path, data: bytes) -> None:
    """Make `data` the whole content of `path`. An existing file's mode stays; links are refused.

    A reader sees the old content or the new one. Raises LedgerError, and the old content is still there.
    """
    with _explained(path):
        before = _mode(path)
        with _temporary(path.parent, data, before) as temporary:
            temporary.replace(path)
        _sync_folder(path.parent)


def create(path: Path, data: bytes) -> None:
    """Write a file that must never change afterwards. One that is there with the same bytes is a success.

    Raises LedgerError for a file with other bytes, a link, or a disk that does not take it; nothing is
    overwritten and nothing half-written is visible.
    """
    with _explained(path):
        with _temporary(path.parent, data, None) as temporary:
            _publish(temporary, path, data)
        _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make one folder, durably. Raises LedgerError when its place is taken by a link or a file."""
    with _explained(path):
        with suppress(FileExistsError):
            path.mkdir()
            _sync_folder(path.parent)
        if path.is_symlink() or not path.is_dir():
            raise LedgerError(f"{path}: is not a folder (links are refused); move it away")


def read_plain(path: Path, limit: int) -> bytes:
    """At most `limit` + 1 bytes of a regular file. Raises OSError for a link, a pipe or anything else."""
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a regular file")
        return file.read(limit + 1)


def remove_temporaries(folder: Path) -> None:
    """Remove what killed writers left in `folder`. The caller holds the lock that writers hold."""
    with _explained(folder):
        for path in folder.glob(f"{TEMPORARY}*"):
            path.unlink(missing_ok=True)


@contextmanager
def _temporary(folder: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    """A file in `folder` that holds `data` on the disk itself, gone afterwards unless it was renamed."""
    path = folder / f"{TEMPORARY}{uuid4().hex}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)


def _publish(temporary: Path, path: Path, data: bytes) -> None:
    """Give the written file its name: the one step after which it exists. Never overwrites."""
    try:
        # A rename would overwrite; a second name for the same file cannot.
        path.hardlink_to(temporary)
    except FileExistsError:
        if read_plain(path, len(data)) != data:
            raise LedgerError(f"{path}: is already there with other content; nothing was written") from None
    except OSError as error:
        # FAT and some network folders have no second names. Writers hold the project's lock, so looking first is safe.
        if error.errno not in (errno.EPERM, errno.ENOTSUP) or path.is_symlink() or path.exists():
            raise
        temporary.rename(path)


def _mode(path: Path) -> int | None:
    """Permission bits of a regular file, None where there is no file yet."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found):
        raise LedgerError(f"{path}: is a link or no regular file; put a regular file there")
    return stat.S_IMODE(found)


def _sync_folder(folder: Path) -> None:
    # Without this a name can be lost in a power cut although the file's content is on the disk.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise LedgerError(f"{path}: cannot be written ({why}); it is as it was, never half new") from error
