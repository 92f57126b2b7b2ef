"""A report as a job of a pull request hands it over: an archive of one text file. Nothing is written to disk."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from claims.errors import ClaimsError

MOST = 256 * 1024
"""Bytes of a report, and of the archive that holds it."""


class Unfit(ClaimsError):
    """An archive that is not a report; the message is ours alone."""


def report_in(archive: bytes, name: str) -> str:
    """The text of the only file, called `name`. Raises Unfit for anything else."""
    if len(archive) > MOST:
        raise Unfit("the archive is larger than 256 KiB")
    try:
        with ZipFile(BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) != 1 or entries[0].filename != name:
                raise Unfit(f"the archive does not hold {name} and nothing else")
            if entries[0].compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                raise Unfit("the archive is packed in an unusual way")  # others may ask for gigabytes to begin with
            with opened.open(entries[0]) as file:
                data = file.read(MOST + 1)  # what the archive says of the size is not believed
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        raise Unfit("the archive cannot be read") from None
    if len(data) > MOST:
        raise Unfit("the report is larger than 256 KiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfit("the report is not UTF-8") from None
    if "\0" in text:
        raise Unfit("the report is not text")
    return text
