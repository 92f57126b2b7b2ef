"""What must be true of every workflow here, as a function of a `.github` folder that returns what is not."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

COMMENTS = "pr-comment.yml"
"""The only workflow that may start after another, with rights that the other does not have."""
_PIN = re.compile(r"([\w.-]+/[\w.-]+(?:/[\w.-]+)*)@([0-9a-f]{40})")
_USES = re.compile(r"^\s*(?:- )?uses:\s*(\S+)(?:\s+#\s*(\S+))?", re.MULTILINE)
_EXPRESSION = re.compile(r"\$\{\{")
_ZIZMOR = Path(sys.executable).with_name("zizmor")


def zizmor_is_here() -> bool:
    """Whether the linter is installed: it is a test dependency, and has no build for some machines."""
    return _ZIZMOR.exists()


def zizmor(folder: Path) -> list[str]:
    """The audits that say something about a folder, by name."""
    how = ("--offline", "--persona=pedantic", "--strict-collection", "--format=plain", "--color=never", "--no-progress")
    done = subprocess.run([_ZIZMOR, *how, folder], capture_output=True, text=True, timeout=60)
    found = re.findall(r"^\w+\[([\w-]+)\]", done.stdout, re.MULTILINE)
    assert bool(found) == bool(done.returncode), done.stdout + done.stderr
    return found


def schema(name: str, *files: Path) -> str:
    """What the schema of this name says of files; empty where it says nothing."""
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [tool, "--builtin-schema", f"vendor.{name}", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def problems(folder: Path) -> list[str]:
    """Every breach of the rules below."""
    found = list(_pins(folder))
    for file in sorted((folder / "workflows").iterdir()):
        text = file.read_text()
        whole = yaml.safe_load(text)
        found += [f"{file.name}: {what}" for what in (*_text(text), *_workflow(file.name, whole))]
    return found


def _pins(folder: Path) -> Iterator[str]:
    """Each `uses:` is in the list of pins, with the version in its comment, and each pin is used."""
    pins = {
        (p["action"], p["commit"], p["version"]) for p in yaml.safe_load((folder / "pins.yaml").read_text())["pins"]
    }
    used = set()
    for file in (folder / "workflows").iterdir():
        for name, version in _USES.findall(file.read_text()):
            pin = _PIN.fullmatch(name)
            if pin is None:
                yield f"{file.name}: not pinned to a commit: {name}"
            else:
                used.add((pin[1], pin[2], version))
    yield from (f"pins.yaml: not in the list: {' '.join(pin)}" for pin in sorted(used - pins))
    yield from (f"pins.yaml: not used: {' '.join(pin)}" for pin in sorted(pins - used))


def _text(text: str) -> Iterator[str]:
    """What no line may hold, comments aside."""
    lines = "\n".join(line.split(" # ")[0] for line in text.splitlines() if not line.lstrip().startswith("#"))
    for word in ("pull_request_target", "actions/cache", "self-hosted", "secrets.", "secrets:", "cache:"):
        if word in lines:
            yield f"holds {word}"


def _workflow(name: str, whole: dict[str, Any]) -> Iterator[str]:
    triggers = whole[True]  # YAML 1.1 reads the key `on` as a truth value
    if "workflow_run" in triggers and name != COMMENTS:
        yield "only the workflow that comments may start after another"
    if whole.get("permissions") != {}:
        yield "gives rights to all of its jobs"
    if "concurrency" not in whole:
        yield "may run beside itself"
    for key, job in whole["jobs"].items():
        for what in _job(triggers, job):
            yield f"{key}: {what}"


def _job(triggers: Any, job: dict[str, Any]) -> Iterator[str]:
    rights = job.get("permissions")
    if not isinstance(rights, dict):
        yield "does not say which rights it needs"
        rights = {"everything": "write"}
    if job.get("runs-on") != "ubuntu-24.04":
        yield "runs on another machine"
    if "timeout-minutes" not in job:
        yield "has no time limit"
    writes = any(right == "write" for right in rights.values())
    if writes and "pull_request" in triggers:
        yield "may write, for a pull request"
    for step in job["steps"]:
        if _EXPRESSION.search(step.get("run", "")):
            yield "puts an expression into a shell line"
        if step.get("uses", "").startswith("actions/checkout@"):
            given = step.get("with", {})
            if given.get("persist-credentials") is not False:
                yield "leaves its token behind a checkout"
            if writes and {"ref", "repository", "allow-unsafe-pr-checkout"} & set(given):
                yield "may write, and checks out something else than the default branch"
        elif writes and re.search(r"\bgit\b|\bgh (pr|repo)\b|refs/pull", step.get("run", "")):
            yield "may write, and fetches code by hand"
