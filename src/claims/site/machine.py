"""Everything beside the pages: the files for programs, all of them, in one go."""

from collections.abc import Iterator
from pathlib import Path

from claims.site import sitemap
from claims.site.api.files import api_files
from claims.site.crate import crate_file
from claims.site.dump.database import database
from claims.site.dump.lines import line_files
from claims.site.files import File, write
from claims.site.llms import llms_txt
from claims.site.view.context import Context


def publish(context: Context, html: Path) -> int:
    """Write all files for programs into the built site; returns how many."""
    sitemap.put(html, context.address)
    return write(files(context), html)


def files(context: Context) -> Iterator[File]:
    """All files for programs but the sitemap, which needs the built pages."""
    yield from api_files(context)
    yield from (crate_file(context, c, found) for c in context.claims if (found := context.records(c.id)))
    yield database(context)
    yield from line_files(context)
    yield llms_txt(context)
