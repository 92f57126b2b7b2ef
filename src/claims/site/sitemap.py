"""The sitemap. Its format asks for whole addresses, so that of a site that does not know its own is empty."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from claims.site.address import Address

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MKDOCS = ("sitemap.xml", "sitemap.xml.gz")
"""What mkdocs writes: an empty one without an address, and with one the day of the build for every page."""


def put(html: Path, address: Address) -> None:
    """Replace what mkdocs wrote into the built site by a sitemap; an empty one where there is no address.

    The theme's script asks for it on every page, and would complain in every reader's console without it.
    """
    for name in _MKDOCS:
        (html / name).unlink(missing_ok=True)
    pages = sorted(p.parent.relative_to(html).as_posix() for p in html.rglob("index.html")) if address else []
    (html / _MKDOCS[0]).write_bytes(sitemap(pages, address))


def sitemap(pages: Iterable[str], address: Address) -> bytes:
    """The sitemap of `pages`, folders from the top. It says no dates: when a page last changed is not known."""
    root = ElementTree.Element("urlset", {"xmlns": _NAMESPACE})
    for page in pages:
        place = ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc")
        place.text = address.to("" if page == "." else f"{page}/")
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
