"""What only a browser can tell: that pages run without a complaint, and in the scheme of the system."""

import re
import threading

import pytest

from claims.site.build import server

pytestmark = pytest.mark.browser
PLACES = ["", "claims/storage-keeps-weights/", "experiments/storage/", "method/", "data/"]


@pytest.fixture(scope="module")
def address(site):
    with server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("place", PLACES)
def test_the_console_stays_silent(browse, address, place):
    dom, console = browse("--dump-dom", address + place)
    assert "md-content" in dom
    assert console == []


@pytest.mark.parametrize(("preference", "scheme"), [(0, "slate"), (1, "default")])
def test_the_page_follows_the_system(browse, address, preference, scheme):
    dom, _ = browse(f"--blink-settings=preferredColorScheme={preference}", "--dump-dom", address)
    assert re.search(r'<body[^>]*data-md-color-scheme="(\w+)"', dom).group(1) == scheme
