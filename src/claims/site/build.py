"""Build: from a project to `build/site`, all or nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from filelock import FileLock, Timeout
from markupsafe import Markup

from claims.errors import Busy, SetupError, SiteRefused
from claims.history.timeline import timeline
from claims.project import Project
from claims.site import policy, sitemap
from claims.site.address import Address
from claims.site.assembly import assemble
from claims.site.audit import audit
from claims.site.feed import PLACE, feed
from claims.site.files import write
from claims.site.machine import files
from claims.site.map.file import write_graph
from claims.site.map.graph import graph
from claims.site.pages import pages
from claims.site.render import Page, rendered, templates
from claims.site.view.context import context

_EPOCH = 315532800
"""1980, in seconds: the date of a site without records. The build never asks the clock."""
_TIMEOUT = 600


def build(project: Project, out: Path, *, log: Callable[[str], None], url: str = "") -> Path:
    """Render `project` into `out`, replacing what is there only when everything went well; returns `out`.

    `url` is where the site will be reached, if that is known: only with it are there a sitemap and whole addresses.

    Pages are written into a scratch copy of the project's `site/` beside `out`, and `mkdocs build --strict` runs there.

    Raises:
        SetupError: the project has no `site/`, a file that a page needs is missing, mkdocs found a problem, or `url`
            is no address.
        SiteRefused: the audit found something in the new site; the old one stays.
        Busy: another build writes to the same place.
    """
    source, address = project.root / "site", Address.of(url)
    if not (source / "mkdocs.yml").is_file():
        raise SetupError(f"{source / 'mkdocs.yml'}: not there; the site is built from a project's site/ folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            FileLock(out.parent / f".{out.name}.lock", timeout=0),
            tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch,
        ):
            work, html, programs = (Path(scratch) / name for name in ("site", "html", "programs"))
            _copy_sources(source, work)
            top = context(project, address)
            then, drawn = timeline(project.root), graph(top)
            parts = _write_pages(pages(top, then, drawn), source, work / "docs")
            log(f"{len(parts)} pages rendered")
            write_graph(drawn, work / "docs" / "map" / "graph.json")
            with ThreadPoolExecutor(1) as beside:  # MkDocs is a process of its own, and one core is ours
                running = beside.submit(_run_mkdocs, work, html, _newest(project), address)
                log(f"{write(files(top), programs)} files for programs")
                _copy_records(project, programs)
                (programs / PLACE).write_bytes(feed(project, then, address.root))
                running.result()
            assemble(html, parts)
            policy.apply(html, address)
            sitemap.put(html, address)
            _move(programs, html)
            _refuse_unsound(html, project.root / ".claims" / "site-audit.json")
            _replace(out, html, Path(scratch) / "old")
    except Timeout:
        raise Busy(f"another build writes to {out}: wait for it") from None
    log(f"site in {out}")
    return out


def serve(out: Path, port: int) -> None:
    """Show a built site on this machine until interrupted. Raises SetupError when it cannot."""
    with server(out, port) as running:
        running.serve_forever()


def server(out: Path, port: int) -> ThreadingHTTPServer:
    """A server of `out` for this machine only, not yet running."""
    if not (out / "index.html").is_file():
        raise SetupError(f"{out}: no site there; `claims site build` makes it")
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(out)))
    except (OSError, OverflowError) as error:
        raise SetupError(f"port {port} cannot be used ({error}): choose another one") from None


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a library does not print."""


def _copy_sources(source: Path, work: Path) -> None:
    for name in ("docs", "overrides"):
        shutil.copytree(source / name, work / name)
    shutil.copytree(source / "assets", work / "docs" / "assets", dirs_exist_ok=True)
    shutil.copy(source / "mkdocs.yml", work)


def _write_pages(pages: Iterable[Page], source: Path, docs: Path) -> dict[str, tuple[Markup, ...]]:
    """Write what MkDocs reads of every page; gives the rest, by the page's place."""
    environment = templates(source / "templates")
    parts = {}
    for page in pages:
        made = rendered(environment, page)
        target = docs / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made.markdown, encoding="utf-8")
        parts[page.path] = made.parts
    return parts


def _run_mkdocs(work: Path, html: Path, epoch: int, address: Address) -> None:
    """In a child: mkdocs configures logging and warnings for the whole process that it runs in."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(html)]
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(epoch),
        "SITE_URL": address.root,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
    try:
        ended = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"mkdocs build did not end within {_TIMEOUT} s") from None
    if ended.returncode != 0:
        lines = [line.strip() for line in (ended.stderr + ended.stdout).splitlines() if line.strip()]
        telling = [line for line in lines if line.startswith(("WARNING", "ERROR", "Error"))] or lines[-1:]
        raise SetupError(f"mkdocs build --strict failed: {' | '.join(telling[:3]) or 'without a word'}")


def _newest(project: Project) -> int:
    """When the newest record was finished, in seconds: equal projects give equal bytes."""
    ends = [datetime.fromisoformat(s.record.finished) for found in project.records.values() for s in found]
    return int(max(ends).timestamp()) if ends else _EPOCH


def _copy_records(project: Project, html: Path) -> None:
    for found in project.records.values():
        for stored in found:
            target = html / stored.path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project.root / stored.path, target)


def _move(files: Path, folder: Path) -> None:
    for file in (p for p in files.rglob("*") if p.is_file()):
        target = folder / file.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)


def _refuse_unsound(html: Path, memory: Path) -> None:
    findings = audit(html, memory=memory)
    if findings:
        raise SiteRefused(findings)


def _replace(out: Path, new: Path, old: Path) -> None:
    """Two renames: a reader meets the old site or the new one, for an instant none, never half of one."""
    if out.exists():
        out.rename(old)
    try:
        new.rename(out)
    except BaseException:  # an interrupt too: the old site lies in a folder that is about to be removed
        if old.exists() and not out.exists():
            old.rename(out)
        raise
