"""The command line of bubblewrap: a machine with Python, one closure and a small scratch disk in memory, no more."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from claims.errors import SetupError

CLOSURE = "/exp"
"""Where a child finds its closure."""
SCRATCH = "/scratch"
HUB = "/models"
NOBODY = "65534"
SCRATCH_BYTES = 256 * 2**20
TEMPORARY = "/tmp"  # noqa: S108  # a disk of its own inside
SHARED = "/dev/shm"  # noqa: S108  # another one
TEMPORARY_BYTES = 64 * 2**20
KEPT = (
    "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "CUDA_VISIBLE_DEVICES", "CUDA_HOME",
)  # fmt: skip
GPU_NODES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", "nvidia-caps")


def inside(
    bwrap: str, closure: Path, *, filter_fd: int, variables: Mapping[str, str], gpu: bool, hub: Path | None
) -> list[str]:
    """The words that come before a command to run it inside, reading the seccomp filter from `filter_fd`.

    The scratch disks come first, so that a Python below /tmp is mounted over them; the roots are closed last.
    Of our environment only `KEPT` comes along, and `variables`. `hub` is a folder of models that the child may read,
    at `HUB`. Raises SetupError where Python cannot be shared.
    """
    folders = python_folders()
    shared = {**{folder: folder for folder in folders}, str(closure): CLOSURE}
    if hub is not None:
        shared[str(hub)] = f"{HUB}/hub"
    before: list[str] = []
    if os.geteuid() == 0:
        before, shared = _as_nobody(bwrap, shared)
    return [
        *before,
        bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv",
        *_system(),
        "--proc", "/proc", "--dev", "/dev", *_disk(TEMPORARY_BYTES, SHARED),
        *_disk(SCRATCH_BYTES, SCRATCH), *_disk(TEMPORARY_BYTES, TEMPORARY),
        *(word for source, place in shared.items() for word in ("--ro-bind", source, place)),
        *_links(folders), *(_gpu() if gpu else ("--remount-ro", "/proc")),
        # Both are disks in memory without a bound of their own.
        "--remount-ro", "/dev", "--remount-ro", "/",
        "--chdir", SCRATCH,
        *(word for name, value in sorted(_environment(variables, hub).items()) for word in ("--setenv", name, value)),
        "--seccomp", str(filter_fd), "--",
    ]  # fmt: skip


def _as_nobody(bwrap: str, shared: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Words that give root away before the box is made, and where the shared folders stand for nobody.

    Root in a namespace is still root to the kernel: no limit on processes holds for it, and it owns the host's
    /dev/null. But nobody may not walk to a Python below /root, so an outer bubblewrap brings the folders along.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise SetupError("setpriv is not installed, which root needs: apt install util-linux")
    near = {source: f"{TEMPORARY}/{number}" for number, source in enumerate(shared)}
    words = [
        bwrap, "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", TEMPORARY,
        *(word for source, place in near.items() for word in ("--ro-bind", source, place)),
        "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--",
        setpriv, "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--inh-caps", "-all", "--",
    ]  # fmt: skip
    return words, {near[source]: place for source, place in shared.items()}


def home_folder() -> Path:
    """The user's home; a place that does not exist where there is none, as in some containers."""
    try:
        return Path.home().resolve()
    except RuntimeError:
        return Path("/nonexistent")


def python_folders() -> list[str]:
    """The folders that this Python is made of, beyond /usr. Raises SetupError where one of them holds too much."""
    named = {Path(p) for p in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)}
    outer = sorted(p for p in {*named, *(p.resolve() for p in named)} if not p.is_relative_to("/usr"))
    home = home_folder()
    for folder in outer:
        if home.is_relative_to(folder.resolve()) or folder.resolve() == home / ".local":
            raise SetupError(f"Python's own folder {folder} holds more than Python: use a virtual environment")
    return [str(p) for p in outer if not any(p != other and p.is_relative_to(other) for other in outer)]


def _links(folders: list[str]) -> Iterator[str]:
    """The links that lead to the program and lie outside Python's folders: uv puts one into ~/.local."""
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
