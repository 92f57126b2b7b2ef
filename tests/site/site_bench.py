"""A bench with a real browser: pages of a built site, opened on loopback and watched while a test uses them."""

import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from claims.site.build import server

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Whatever a page asks for, no name is ever looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE = 20_000
"""Milliseconds: the machine may be busy with other things."""


@contextmanager
def serving(site):
    """The address of a built site while it is served on loopback."""
    with server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()
        thread.join()


@contextmanager
def browsing():
    """A Chromium; None where there is none, or nothing to drive it with."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS, timeout=60_000)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page said and asked for since it was opened."""

    said: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    answered: list = field(default_factory=list)

    def follow(self, page):
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", lambda response: self.answered.append((response.status, response.url)))

    def wrong(self, home):
        """Everything that no page of ours may do."""
        known = ("http", "ws")  # data: and blob: addresses ask nobody
        strange = [u for u in self.asked if urlsplit(u).scheme.startswith(known) and not u.startswith(home)]
        complaints = [line for line in self.said if line.startswith(("error", "warning", "assert"))]
        missing = [f"answered {status}: {url}" for status, url in self.answered if status >= 400]
        return [*complaints, *missing, *(f"asked elsewhere: {url}" for url in strange)]


class Bench:
    """Opens pages, each in a context of its own, and says at the end what went wrong in any of them."""

    def __init__(self, browser, home):
        self._browser, self._home, self._open = browser, home, []

    def __call__(self, path, *, width=1280, height=900, dark=False, javascript=True, media=None):
        """The page at `path` of the site, loaded; `page.watch` has what it said and asked for."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",  # a colour that is measured in the middle of a transition is nobody's colour
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.watch = Watch()
        page.watch.follow(page)
        self._open.append((context, page.watch))
        if media:
            page.emulate_media(media=media)
        page.goto(self._home + path, wait_until="load")
        return page

    def close(self):
        """Close every page; gives what none of them may have done."""
        wrong = []
        for context, watch in self._open:
            context.close()
            wrong += watch.wrong(self._home)
        return wrong
