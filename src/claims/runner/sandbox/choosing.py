"""Choosing: which level of isolation this machine reaches, found out by running something inside."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from claims.domain.isolation import Isolation
from claims.errors import SetupError
from claims.runner.sandbox import landlock
from claims.runner.sandbox.bubblewrap import home_folder, inside, python_folders
from claims.runner.sandbox.syscalls import program

Wanted = Literal["require", "auto", "off"]
PATIENCE = 60.0
"""Seconds that a probe may take: a busy machine is no machine without a sandbox."""
APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
READABLE = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/proc",
            "/sys/devices/system", "/dev/urandom", "/dev/random", "/dev/zero")  # fmt: skip

INSIDE = """
import json, os, socket, sys
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
def refused(what):
    try:
        what()
    except OSError:
        return True
    return False
print(json.dumps({
    "filter": status["Seccomp"] == "2" and status["NoNewPrivs"] == "1",
    "capabilities": int(status["CapBnd"], 16) == 0,
    "processes": os.getpid() < 10,
    "network": refused(lambda: socket.socket(socket.AF_INET)) and
               [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line] == ["lo"],
    "home": not os.path.isdir(sys.argv[1]) or not [n for n in os.listdir(sys.argv[1]) if n not in sys.argv[2:]],
    "disk": all(refused(lambda: open(p, "x")) for p in ("/x", "/dev/x", "/exp/x", os.path.join(sys.prefix, ".x"))),
    "random": len(open("/dev/urandom", "rb").read(1)) == 1,
    "scratch": not refused(lambda: open("/scratch/x", "x")),
}))
"""
"""What a probe looks at from inside; each answer must be true."""
WITHOUT_FILES = "import sys\nopen(sys.argv[2], 'w').close()\ntry: open(sys.argv[1])\nexcept OSError: print('held')"


@dataclass(frozen=True)
class Box:
    """The level at which experiments run; `why` says what keeps it below `strong`, with the remedy."""

    level: Isolation
    why: str = ""


def choose(wanted: Wanted, *, gpu: bool = False) -> Box:
    """The box to run in. Raises SetupError where `strong` is required and not to be had."""
    if wanted == "off":
        return Box("none", "--sandbox off")
    box = reach(gpu=gpu)
    if wanted == "require" and box.level != "strong":
        raise SetupError(f"--sandbox require: {box.why}")
    return box


@lru_cache(maxsize=2)
def reach(*, gpu: bool = False) -> Box:
    """The strongest level that works here, tried once a process. A level counts when a probe inside it was held."""
    try:
        _probe_strong(gpu=gpu)
    except SetupError as missing:
        return Box("files" if not gpu and _files_held() else "limits", str(missing))
    return Box("strong")


def strong(
    closure: Path, filter_fd: int, variables: Mapping[str, str], *, gpu: bool = False, hub: Path | None = None
) -> list[str]:
    """The words before a command that run it at level `strong`. Raises SetupError where bubblewrap is missing."""
    if not sys.platform.startswith("linux"):
        raise SetupError("the sandbox needs Linux: run experiments that you have not read in a virtual machine")
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SetupError("bubblewrap is not installed: apt install bubblewrap libseccomp2")
    return inside(bwrap, closure, filter_fd=filter_fd, variables=variables, gpu=gpu, hub=hub)


def files(closure: Path, scratch: Path, *, hub: Path | None = None) -> list[str]:
    """The words before a command that run it at level `files`."""
    read = [*READABLE, *python_folders(), str(closure), *([str(hub)] if hub is not None else [])]
    rules = {"read": read, "write": [str(scratch), "/dev/null"]}
    return [sys.executable, "-s", "-P", "-B", landlock.__file__, json.dumps(rules)]


def filter_pipe(*, gpu: bool = False) -> int:
    """A descriptor from which bubblewrap reads the seccomp filter. The caller closes it."""
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as pipe:
        pipe.write(program(gpu=gpu))  # about a kilobyte: a pipe holds 64
    return read_end


def _probe_strong(*, gpu: bool) -> None:
    home = home_folder()
    below = sorted({Path(p).relative_to(home).parts[0] for p in python_folders() if Path(p).is_relative_to(home)})
    with tempfile.TemporaryDirectory() as closure:
        descriptor = filter_pipe(gpu=gpu)
        try:
            words = strong(Path(closure), descriptor, {}, gpu=gpu)
            python = [sys.executable, "-s", "-P", "-B", "-c", INSIDE, str(home), *below]
            tried = subprocess.run(
                [*words, *python], pass_fds=(descriptor,), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=PATIENCE, errors="replace", check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SetupError(f"bubblewrap does not run here: {error}") from None
        finally:
            os.close(descriptor)
    if tried.returncode:
        raise SetupError(_said(tried.stderr))
    try:
        leaks = [name for name, held in json.loads(tried.stdout).items() if held is not True]
    except (ValueError, AttributeError):
        leaks = ["the probe did not answer"]
    if leaks:
        raise SetupError(f"bubblewrap runs here and does not hold: {', '.join(leaks)}; please report this")


def _said(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    said = "".join(c for c in lines[0][:200] if c.isprintable()) if lines else "no reason given"
    if APPARMOR.exists() and APPARMOR.read_text().strip() == "1" and "ermission denied" in said:
        return (
            "AppArmor keeps bubblewrap from making a namespace (Ubuntu 24.04): load a profile for it "
            "(apt install apparmor-profiles, then bwrap-userns-restrict), or, on a machine that is thrown away, "
            f"sudo sysctl -w kernel.{APPARMOR.name}=0"
        )
    if "Unknown option" in said:
        return f"bubblewrap is older than 0.8 ({said}): apt install bubblewrap from a newer release"
    root = "; under root a child is nobody, who must be able to read Python" if os.geteuid() == 0 else ""
    return f"bubblewrap does not run here: {said}{root}"


def _files_held() -> bool:
    """Whether Landlock keeps a child from a file that it could read, and lets it write where it may."""
    if not sys.platform.startswith("linux") or landlock.version() < landlock.OLDEST:
        return False
    with tempfile.TemporaryDirectory() as folder:
        closure, scratch, secret = Path(folder, "closure"), Path(folder, "scratch"), Path(folder, "secret")
        closure.mkdir()
        scratch.mkdir()
        secret.write_text("secret")
        try:
            words = [*files(closure, scratch), sys.executable, "-s", "-P", "-B", "-c", WITHOUT_FILES]
            tried = subprocess.run(
                [*words, str(secret), str(scratch / "mine")], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=PATIENCE, errors="replace", check=False,
            )  # fmt: skip
        except (OSError, SetupError, subprocess.TimeoutExpired):
            return False
        return tried.stdout.strip() == "held"
