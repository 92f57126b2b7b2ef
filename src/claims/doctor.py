"""The use case `doctor`: what this machine can run, what is missing, and the command that fixes it."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from claims.errors import ClaimsError
from claims.literature.snapshot import read_papers
from claims.neighbours import PLACE, read, stale, texts_of
from claims.registry.load import read_registry, registry_files
from claims.runner import git
from claims.runner.machine import cores, has_cuda, torch_version
from claims.runner.sandbox.choosing import reach

LEVELS = {
    "limits": "an experiment runs as you, with limits on time, memory and processes",
    "files": "an experiment runs as you and opens no file of yours; it can use the network",
}


class Symptom(NamedTuple):
    """One thing looked at. `remedy` is a command or a sentence, empty where nothing is to be done."""

    name: str
    state: Literal["ok", "optional", "missing"]
    found: str
    remedy: str = ""


def examine_machine(root: Path | None) -> list[Symptom]:
    """Everything that a command of ours may need. `root` is the project's folder, None outside of one."""
    return [*_required(root), *_optional(), *(_related(root) if root is not None else ())]


def _required(root: Path | None) -> Iterator[Symptom]:
    version = ".".join(map(str, sys.version_info[:3]))
    new = sys.version_info >= (3, 11)
    yield Symptom("python", "ok" if new else "missing", version, "" if new else "install Python 3.11 or newer")
    torch = torch_version()
    if torch is None:
        yield Symptom("torch", "missing", "not installed", "pip install -c constraints.txt torch")
    else:
        yield Symptom("torch", "ok", torch)
    if shutil.which("git") is None:
        yield Symptom("git", "missing", "not on PATH", "apt install git (without it every run is exploratory)")
    elif root is not None and git.head(root) is None:
        yield Symptom(
            "git", "missing", "no commit here", "git init && git commit: a run is confirmatory only at a commit"
        )
    else:
        yield Symptom("git", "ok", git.head(root)[:10] if root and git.head(root) else "on PATH")  # type: ignore[index]
    if root is None:
        yield Symptom("project", "missing", "no claims.yaml here or above", "cd into a project, or pass --root")
    else:
        writable = os.access(root, os.W_OK)
        state: Literal["ok", "missing"] = "ok" if writable else "missing"
        yield Symptom("project", state, str(root), "" if writable else "make the folder writable")
        free = shutil.disk_usage(root).free / 2**30
        yield Symptom("disk", "ok" if free > 1 else "missing", f"{free:.0f} GiB free", "" if free > 1 else "free 1 GiB")


def _optional() -> Iterator[Symptom]:
    yield Symptom("cores", "ok", f"{cores()}: verify runs as many replicates at once (--jobs)")
    if has_cuda():
        yield Symptom("cuda", "ok", "a CUDA device and a CUDA build of torch (--device cuda)")
    else:
        yield Symptom("cuda", "optional", "none: scale gpu cannot run here, scale cpu can")
    box = reach()
    if box.level == "strong":
        yield Symptom("isolation", "ok", "strong: verify runs experiments in bubblewrap, under a system call filter")
    else:
        yield Symptom("isolation", "optional", f"{box.level}: {LEVELS[box.level]}", box.why)
    browser = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
    if browser:
        yield Symptom("browser", "ok", f"{browser}: the site's tests run in it")
    else:
        yield Symptom("browser", "optional", "none: the site's browser tests are skipped", "apt install chromium")


def _related(root: Path) -> Iterator[Symptom]:
    """Whether what the site says to read alike was found with today's texts."""
    update = "claims related --update"
    try:
        kept, claims = read(root), read_registry(registry_files(root)).registry.claims
    except ClaimsError as error:  # a registry that cannot be read is for `claims check` to tell
        yield Symptom("related", "optional", str(error).splitlines()[0], update)
        return
    if kept is None:
        yield Symptom("related", "optional", f"no {PLACE}: the site links no related claims", update)
        return
    changed = stale(kept, texts_of(claims, read_papers(root)[0]))
    if changed:
        found = f"of {PLACE} the site leaves out what is new, changed or gone since it was written: {len(changed)}"
        yield Symptom("related", "optional", found, update)
    else:
        yield Symptom("related", "ok", f"{PLACE}: {len(kept.claims)} claims, {len(kept.papers)} papers")
