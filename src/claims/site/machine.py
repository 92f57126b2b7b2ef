"""Everything beside the pages: the files for programs, all of them but the sitemap."""

from collections.abc import Iterator

from claims.site.api.files import api_files
from claims.site.crate import crate_file
from claims.site.dump.database import database
from claims.site.dump.lines import line_files
from claims.site.files import File
from claims.site.llms import llms_txt
from claims.site.view.context import Context


def files(context: Context) -> Iterator[File]:
    """All files for programs but the sitemap, which needs the built pages."""
    yield from api_files(context)
    yield from (crate_file(context, c, found) for c in context.claims if (found := context.records(c.id)))
    yield database(context)
    yield from line_files(context)
    yield llms_txt(context)
