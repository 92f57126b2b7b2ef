"""The made-up project, built once, and a browser where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest
from site_samples import sample

from claims.site.build import build

ROOT = Path(__file__).parents[2]
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr"),
)


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The sample project with this repository's own `site/`."""
    made = sample(tmp_path_factory.mktemp("project") / "root")
    (made.root / "site").symlink_to(ROOT / "site")
    return made


@pytest.fixture(scope="session")
def site(project):
    """The built site of the sample project."""
    return build(project, project.root / "build" / "site", log=lambda line: None)


@pytest.fixture(scope="session")
def browse(tmp_path_factory):
    """Open an address in Chromium with extra flags; gives its standard output and what its console said."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: pages were not looked at in a browser")

    def run(*flags):
        profile = tmp_path_factory.mktemp("profile")
        ended = subprocess.run(
            [chromium, *QUIET, f"--user-data-dir={profile}", "--virtual-time-budget=4000", *flags],
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout, [line for line in ended.stderr.splitlines() if "CONSOLE" in line]

    return run
