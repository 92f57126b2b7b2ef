"""The command line of bubblewrap: a machine with Python, one closure and a small scratch disk in memory, no more."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from claims.errors import SetupError

CLOSURE = "/exp"
"""Where a child finds its closure."""
SCRATCH = "/scratch"
HUB = "/models"
SCRATCH_BYTES = 256 * 2**20
TEMPORARY = "/tmp"  # noqa: S108  # a disk of its own inside
SHARED = "/dev/shm"  # noqa: S108  # another one
TEMPORARY_BYTES = 64 * 2**20
KEPT = (
    "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "CUDA_VISIBLE_DEVICES", "CUDA_HOME",
)  # fmt: skip
NODES = ("null", "zero", "full", "random", "urandom", "tty")
"""What bubblewrap binds from the host's /dev."""
GPU_NODES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", "nvidia-caps")


def inside(
    bwrap: str, closure: Path, *, filter_fd: int, variables: Mapping[str, str], gpu: bool, hub: Path | None
) -> list[str]:
    """The words that come before a command to run it inside, reading the seccomp filter from `filter_fd`.

    The scratch disks come first, so that a Python below /tmp is mounted over them; the roots are closed last.
    Of our environment only `KEPT` comes along, and `variables`. `hub` is a folder of models that the child may read,
    at `HUB`. Raises SetupError where Python cannot be shared.
    """
    models = ["--ro-bind", str(hub), f"{HUB}/hub"] if hub is not None else []
    return [
        bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv",
        *_system(),
        "--proc", "/proc", "--dev", "/dev", *_disk(TEMPORARY_BYTES, SHARED),
        *_disk(SCRATCH_BYTES, SCRATCH), *_disk(TEMPORARY_BYTES, TEMPORARY),
        *_python(python_folders()),
        "--ro-bind", str(closure), CLOSURE, *models, *(_gpu() if gpu else ("--remount-ro", "/proc")),
        # The host's own nodes, whose modes root could change; then two disks in memory without a bound of their own.
        *(word for node in NODES for word in ("--remount-ro", f"/dev/{node}")),
        "--remount-ro", "/dev", "--remount-ro", "/",
        "--chdir", SCRATCH,
        *(word for name, value in sorted(_environment(variables, hub).items()) for word in ("--setenv", name, value)),
        "--seccomp", str(filter_fd), "--",
    ]  # fmt: skip


def python_folders() -> list[str]:
    """The folders that this Python is made of, beyond /usr. Raises SetupError where one of them holds too much."""
    named = {Path(p) for p in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)}
    outer = sorted(p for p in {*named, *(p.resolve() for p in named)} if not p.is_relative_to("/usr"))
    home = Path.home().resolve()
    for folder in outer:
        if home.is_relative_to(folder.resolve()) or folder.resolve() == home / ".local":
            raise SetupError(f"Python's own folder {folder} holds more than Python: use a virtual environment")
    return [str(p) for p in outer if not any(p != other and p.is_relative_to(other) for other in outer)]


def _python(folders: list[str]) -> Iterator[str]:
    """Python's folders, and the links that lead to the program where these lie outside (uv puts one into ~/.local)."""
    for folder in folders:
        yield from ("--ro-bind", folder, folder)
    link = Path(sys.executable)
    while link.is_symlink():
        if not any(link.is_relative_to(folder) for folder in (*folders, "/usr", "/bin")):
            yield from ("--symlink", str(link.readlink()), str(link))
        link = Path(os.path.normpath(link.parent / link.readlink()))


def _environment(variables: Mapping[str, str], hub: Path | None) -> dict[str, str]:
    kept = {**{name: os.environ[name] for name in KEPT if name in os.environ}, **variables}
    fixed = {"PATH": "/usr/bin:/bin", "HOME": SCRATCH, "TMPDIR": TEMPORARY, "USER": "nobody", "HF_HUB_OFFLINE": "1"}
    return {**kept, **fixed, **({"HF_HOME": HUB} if hub is not None else {})}


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        place = Path(name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), name)
        elif place.is_dir():
            yield from ("--ro-bind", name, name)
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        yield from ("--ro-bind-try", name, name)


def _disk(size: int, place: str) -> tuple[str, ...]:
    return ("--size", str(size), "--tmpfs", place)


def _gpu() -> Iterator[str]:
    """The NVIDIA driver needs its nodes, and /sys to find the card; without /sys it says that there is none."""
    yield from ("--ro-bind", "/sys", "/sys")
    cards = sorted(p.name for p in Path("/dev").glob("nvidia[0-9]*"))
    for name in (*cards, *GPU_NODES):
        yield from ("--dev-bind-try", f"/dev/{name}", f"/dev/{name}")
