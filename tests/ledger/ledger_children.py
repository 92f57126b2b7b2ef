"""How the ledger's tests start other processes. Imports nothing of ours: a child pays for what it uses only."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path


def wait_for(path: str) -> None:
    """Return when the file is there: what lets several children begin together."""
    deadline = time.monotonic() + 30
    while not Path(path).exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def start(code: str, *arguments: object, within: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """A child that runs `code` with the helpers of this folder importable, below `within`; its output is a pipe."""
    prelude = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    return subprocess.Popen(
        [*within, sys.executable, "-c", prelude + textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child: "subprocess.Popen[str]") -> str:
    """The child's output. Fails when the child did."""
    output, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    return output
