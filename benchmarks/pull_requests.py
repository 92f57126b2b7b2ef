"""Write `benchmarks/results/pull-requests.json`: what the reviewer's report says of three pull requests.

`python -m benchmarks.pull_requests` makes a scratch repository and three branches as strangers would send them: a
good claim; one with a quote that is not in its paper and a prediction that cannot fail; and eight experiments that
attack the machine they run on. Each gets its report, with smoke runs in the sandbox; the reports lie in `build/pull-
requests/`. About two minutes. It needs bubblewrap.
"""

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import TOY, commit
from tests.report_samples import GOOD, git, write_paper

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "benchmarks" / "results" / "pull-requests.json"
REPORTS = ROOT / "build" / "pull-requests"

NOT_FOR_THEM = "for nobody to read"
DRIFTED = (
    GOOD.replace("coins-treated-high", "coins-never-land")
    .replace("quote: the treated coin lands higher", "quote: coins never land at all")
    .replace("expect: {above: 0.5}, rival: 0.0}", "expect: {between: [-100, 100]}}")
)
ATTACKS = {
    "reads-a-secret": """
        from pathlib import Path
        import os
        raise RuntimeError("GOT " + Path(@secret@).read_text() + os.environ.get("CI_TOKEN", ""))
    """,
    "opens-a-socket": """
        import socket
        with socket.create_connection(("127.0.0.1", @port@), timeout=5) as line:
            line.sendall(b"hello from inside")
    """,
    "writes-outside": """
        from pathlib import Path
        Path(@project@, "claims.yaml").write_text("gone")
    """,
    "forks-away": """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(3)
                open(@project@ + "/left-behind", "w").write("still here")
            os._exit(0)
        time.sleep(1)
        raise RuntimeError("left a process behind")
    """,
    "eats-memory": """
        held = []
        while True:
            held.append(bytearray(64 * 2**20))
    """,
    "prints-without-end": """
        while True:
            print("x" * 100_000)
    """,
    "fakes-a-result": """
        import json
        from pathlib import Path
        folder = Path(@project@, "evidence", "fakes-a-result")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "20260101T000000Z-cpu-00000000.json").write_text(json.dumps({"verdict": "supported"}))
    """,
    "hangs": """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)
    """,
}


def main() -> None:
    """Make the branches, report on them, write down what the reports say."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _listener() as (port, heard):
        Path(folder).chmod(0o755)  # the sandbox runs as nobody, who must get there
        root, home = Path(folder) / "project", Path(folder) / "home"
        home.mkdir()
        (home / "secret").write_text(NOT_FOR_THEM)
        _begin(root)
        found = {
            "good": _good(root),
            "drifted": _drifted(root),
            "malicious": _malicious(root, home, port),
        }
        time.sleep(4)  # longer than the process waits that one of them leaves behind
        reached = {
            "secret told": any(NOT_FOR_THEM in p.read_text() for p in REPORTS.glob("*.md")),
            "bytes sent to a socket": len(heard),
            "files of the project changed": git(root, "status", "--porcelain"),
            "process left behind wrote": (root / "left-behind").exists(),
        }
    told = {"python": platform.python_version(), "requests": found, "reached": reached}
    TARGET.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _begin(root: Path) -> None:
    shutil.copytree(TOY, root)
    git(root, "init", "-q", "-b", "main")
    for key, value in (("user.name", "A Tester"), ("user.email", "tester@example.org"), ("commit.gpgsign", "false")):
        git(root, "config", key, value)
    (root / ".gitignore").write_text(".claims/\nbuild/\n")
    write_paper(root)
    commit(root, "begin")


def _good(root: Path) -> dict[str, Any]:
    return _reported(root, "good", GOOD, {})


def _drifted(root: Path) -> dict[str, Any]:
    return _reported(root, "drifted", DRIFTED, {})


def _malicious(root: Path, home: Path, port: int) -> dict[str, Any]:
    toy = (TOY / "experiments" / "toy.py").read_text()
    files, entries = {}, ""
    for name, attack in sorted(ATTACKS.items()):
        module = name.replace("-", "_")
        body = textwrap.indent(textwrap.dedent(attack).strip(), "    ")
        for mark, value in (("@secret@", repr(str(home / "secret"))), ("@project@", repr(str(root)))):
            body = body.replace(mark, value)
        text = toy.replace("    p = run.params\n", "    attack()\n    p = run.params\n", 1)
        text = text.replace('"cpu": 5.0', '"cpu": 5.0, "smoke": 20.0')
        files[f"experiments/{module}.py"] = f"{text}\n\ndef attack():\n{body.replace('@port@', str(port))}\n"
        entries += GOOD.replace("coins-treated-high", name).replace("experiment: toy", f"experiment: {module}")
    return _reported(root, "malicious", entries, files, CI_TOKEN=NOT_FOR_THEM, HOME=str(home))


def _reported(root: Path, branch: str, entries: str, files: dict[str, str], **environment: str) -> dict[str, Any]:
    """The report on a branch, and what it says in short."""
    git(root, "switch", "-q", "-c", branch, "main")
    for path, text in files.items():
        (root / path).write_text(text)
    (root / "claims.d").mkdir(exist_ok=True)
    (root / "claims.d" / f"{branch}.yaml").write_text(f"schema_version: 1\nclaims:\n{entries}")
    commit(root, branch)
    report = REPORTS / f"{branch}.md"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from claims.cli.app import main; main()", "check", "--base", "main",
         "--report", str(report), "--smoke", "--sandbox", "require"],
        cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    text = report.read_text().replace(str(root.parent), "…")
    report.write_text(text)
    smoke = text.partition("<!-- claims:smoke -->")[2].partition("<!-- /claims:smoke -->")[0]
    return {
        "exit_status": done.returncode,
        "headline": text.splitlines()[0].lstrip("# "),
        "problems": re.findall(r"^- .*", text.partition("### What fails")[2].partition("\n### ")[0], re.MULTILINE),
        "look_at": re.findall(
            r"^- .*", text.partition("### What a person must look at")[2].partition("\n### ")[0], re.M
        ),
        "smoke": [line.strip() for line in smoke.splitlines() if line.strip()],
        "seconds": round(seconds, 1),
        "bytes": len(text.encode()),
    }


def _items(text: str, heading: str) -> list[str]:
    return re.findall(r"^- (.*)", text.partition(heading)[2].partition("\n### ")[0], re.MULTILINE)


@contextmanager
def _listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that remembers what it is sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    heard.append(line.recv(1024))

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], heard


if __name__ == "__main__":
    main()
