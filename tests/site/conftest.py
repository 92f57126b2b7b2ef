"""The made-up project, built once, and a browser where there is one."""

from pathlib import Path

import pytest
from site_bench import Bench, browsing, serving
from site_samples import disputed_sample

from claims.site.build import build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The sample project with this repository's own `site/`."""
    made = disputed_sample(tmp_path_factory.mktemp("project") / "root")
    (made.root / "site").symlink_to(ROOT / "site")
    return made


@pytest.fixture(scope="session")
def site(project):
    """The built site of the sample project."""
    return build(project, project.root / "build" / "site", log=lambda line: None)


@pytest.fixture(scope="session")
def address(site):
    """Where the sample site is served, on loopback, with a slash at the end."""
    with serving(site) as home:
        yield home


@pytest.fixture(scope="session")
def chromium():
    """A Chromium that listens to nobody but the tests."""
    with browsing() as browser:
        if browser is None:
            pytest.skip("no Chromium, or no playwright to drive it: pages were not looked at in a browser")
        yield browser


@pytest.fixture
def open_page(chromium, address):
    """Open a page of the sample site: `open_page(path, width=1280, height=900, dark=False, javascript=True)`.

    Gives a `playwright.sync_api.Page`; its `watch` holds what was said and asked for. At the end the test fails where
    a page complained in the console or asked another host for anything.
    """
    bench = Bench(chromium, address)
    yield bench
    assert bench.close() == []
