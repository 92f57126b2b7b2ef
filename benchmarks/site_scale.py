"""Write `benchmarks/results/site-scale.json`: what the site costs as the registry grows, and again after a change.

`python -m benchmarks.site_scale [CLAIMS…]` (250 and 1,000 unless told) makes registries with a record for each claim,
builds their sites cold, again after nothing changed, and again after one claim did, and lets bare MkDocs build the same
pages from Markdown that holds all of their HTML. Seconds on the wall; about five minutes for both sizes.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.made_evidence import write_evidence
from benchmarks.made_registry import write_registry
from claims.history.timeline import timeline
from claims.project import load
from claims.site.map.graph import graph
from claims.site.pages import pages
from claims.site.render import place, rendered, templates
from claims.site.view.context import context

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "benchmarks" / "results" / "site-scale.json"
SIZES = (250, 1_000)


def measure(claims: int) -> dict[str, Any]:
    """Seconds for one size."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        write_registry(root, claims, tested=True)
        write_evidence(root)
        shutil.copytree(ROOT / "site", root / "site", ignore=shutil.ignore_patterns("related.json"))
        cold = _seconds(lambda: _build(root))
        again = _seconds(lambda: _build(root))
        _change(root)
        changed = _seconds(lambda: _build(root))
        whole, headings = Path(folder) / "whole", Path(folder) / "headings"
        made = _write(root, whole, headings)
        bare, ours = _seconds(lambda: _mkdocs(whole)), _seconds(lambda: _mkdocs(headings))
        return {
            "claims": claims,
            "pages": made,
            "site_megabytes": round(sum(p.stat().st_size for p in (root / "build").rglob("*") if p.is_file()) / 1e6, 1),
            "cold": round(cold, 1),
            "nothing_changed": round(again, 1),
            "one_claim_changed": round(changed, 1),
            "bare_mkdocs": round(bare, 1),
            "our_mkdocs_step": round(ours, 1),
            "one_claim_changed_over_bare_mkdocs": round(changed / bare, 2),
        }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _build(root: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from claims.cli.app import main; main()", "site", "build", "--root", str(root)],
        check=True,
        capture_output=True,
    )


def _change(root: Path) -> None:
    file = root / "claims.d" / "part-000.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("watch: A larger model in which", "watch: A much larger model in which", 1), encoding="utf-8"
    )


def _write(root: Path, whole: Path, headings: Path) -> int:
    """The pages as Markdown that holds all of their HTML, and as our MkDocs gets them; gives their number."""
    for folder in (whole, headings):
        shutil.copytree(root / "site", folder)
        shutil.copytree(folder / "assets", folder / "docs" / "assets", dirs_exist_ok=True)
    environment = templates(root / "site" / "templates")
    made = 0
    top = context(load(root))
    for page in pages(top, timeline(root), graph(top)):
        found = rendered(environment, page)
        text = found.markdown
        for number, part in enumerate(found.parts):
            text = text.replace(f"{place(number)}\n", f"{part}\n", 1)
        for folder, content in ((whole, text), (headings, found.markdown)):
            target = folder / "docs" / page.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        made += 1
    return made


def _mkdocs(folder: Path) -> None:
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, env=quiet, check=True)


def main() -> None:
    """Measure every size and replace the file."""
    sizes = [int(a) for a in sys.argv[1:]] or list(SIZES)
    found = {"sizes": [measure(n) for n in sizes], "python": platform.python_version(), "cores": os.cpu_count()}
    TARGET.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
