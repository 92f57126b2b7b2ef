"""Whether the addresses inside a site lead somewhere, anchors included."""

from collections.abc import Callable, Collection
from urllib.parse import unquote

from claims.site.audit.seen import shown

_THEME = frozenset(("__skip",))
"""Anchors that the theme names without having them."""


class Places:
    """The files of a site, and what can be pointed to in each."""

    def __init__(self, files: Collection[str], anchors: Callable[[str], Collection[str]]) -> None:
        self._files, self._anchors = files, anchors
        self._folders: dict[str, list[str]] = {}

    def wrong(self, source: str, target: str) -> str | None:
        """Why `target`, as named in the file `source`, leads nowhere; None where it leads somewhere."""
        path, _, anchor = target.partition("#")
        path = unquote(path.partition("?")[0])
        place = self._file(source, path)
        if place is None:
            return f"{shown(target)} leads nowhere; link to a file of the site"
        if anchor and anchor not in _THEME and unquote(anchor) not in self._anchors(place):
            return f"{shown(target)} names a place that {place} does not have; link to an id that is there"
        return None

    def _file(self, source: str, path: str) -> str | None:
        if not path:
            return source
        folder, rest = self._start(source, path)
        if folder is None:
            return None
        place = folder + rest
        if place in self._files:
            return place
        index = f"{place.rstrip('/')}/index.html".lstrip("/")
        return index if index in self._files else None

    def _start(self, source: str, path: str) -> tuple[str | None, str]:
        """The folder that `path` begins in, with its slash, and what is left of the path. None: outside of the site."""
        if path.startswith("/"):
            return "", path.lstrip("/").removeprefix(".")
        up = 0
        while path.startswith("../"):
            up, path = up + 1, path[3:]
        if path in {".", "./"}:
            path = ""
        if path == "..":
            up, path = up + 1, ""
        if path.startswith("./"):
            path = path[2:]
        folders = self._above(source)
        return (folders[up] if up < len(folders) else None), path

    def _above(self, source: str) -> list[str]:
        """The folders around a file, innermost first."""
        folder = source.rpartition("/")[0]
        known = self._folders.get(folder)
        if known is None:
            parts = folder.split("/") if folder else []
            known = [f"{'/'.join(parts[:n])}/" if n else "" for n in range(len(parts), -1, -1)]
            self._folders[folder] = known
        return known
