"""The system calls that an experiment does not get, as a seccomp filter for bubblewrap.

All other calls are allowed: what they can reach is bounded by the namespaces and the mounts. A call of another
architecture (32-bit, x32) ends the process, which is libseccomp's default.
"""

import contextlib
import errno
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from claims.errors import SetupError

if TYPE_CHECKING:
    from pyseccomp import SyscallFilter

RECENT = {
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
    "fchmodat2": 452, "setxattrat": 463,
}  # fmt: skip
"""Calls that an older libseccomp has no name for; their numbers are the same on every architecture."""

DENIED: Mapping[str, tuple[str, ...]] = {
    "new namespaces and mounts: the way out of ours, and where most kernel bugs are found": (
        "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick",
        "move_mount", "open_tree", "mount_setattr",
    ),
    "other processes' memory and descriptors: ptrace of process 1 kept bubblewrap waiting for minutes": (
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    ),
    "large parts of the kernel that no experiment needs": (
        "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
        "add_key", "request_key", "keyctl", "fanotify_init", "open_by_handle_at", "name_to_handle_at",
    ),
    "the machine itself; it has no capability for these, so this is a second lock": (
        "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "swapon", "swapoff",
        "acct", "quotactl", "quotactl_fd", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
        "sethostname", "setdomainname", "iopl", "ioperm", "vhangup",
    ),
    "modes and owners of files: /dev/null and its like are the host's own, and as root they would be ours": (
        "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat",
        "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
    ),
    "memory that belongs to no process, which the watchdog would not count": (
        "memfd_secret", "shmget", "shmat", "semget", "msgget", "mq_open",
    ),
}  # fmt: skip
UNCOUNTED = "memfd_create"
"""As the last group; not denied where a GPU is bound, since the CUDA driver may use it."""

NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00000080)
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME: flags of `clone`."""
TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX: typing into the terminal that we were started from."""
AF_UNIX = 1


@lru_cache(maxsize=2)
def program(*, gpu: bool = False) -> bytes:
    """The filter as BPF for this machine. Raises SetupError where pyseccomp or libseccomp is missing."""
    try:
        import pyseccomp
    except ModuleNotFoundError:
        raise SetupError("pyseccomp is not installed: pip install pyseccomp") from None
    except (ImportError, RuntimeError, OSError, AttributeError):  # it looks for the C library as it is imported
        raise SetupError("libseccomp is not installed: apt install libseccomp2") from None
    try:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        add_rules(rules, gpu=gpu)
        with tempfile.TemporaryFile() as file:
            rules.export_bpf(file)
            file.seek(0)
            return file.read()
    except OSError as error:
        raise SetupError(
            f"libseccomp makes no filter here ({error}): apt install libseccomp2, of a newer release"
        ) from None


def add_rules(rules: "SyscallFilter", *, gpu: bool) -> None:
    """Deny what is denied, with `Operation not permitted`."""
    import pyseccomp

    no = pyseccomp.ERRNO(errno.EPERM)
    for name in (*(name for group in DENIED.values() for name in group), *(() if gpu else (UNCOUNTED,))):
        if name in RECENT:
            with contextlib.suppress(OSError):  # not on every architecture does it take a number that it cannot name
                rules.add_rule(no, RECENT[name])
        else:
            rules.add_rule(no, name)
    # Its flags are behind a pointer. glibc takes ENOSYS for an old kernel and falls back to clone.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in NEW_NAMESPACES:
        rules.add_rule(no, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # No network family at all: there is nobody to talk to, and netlink and vsock reach into the kernel. `socketpair`
    # makes a socket of any family before it says that the family has no pairs. Nor unix sockets, but for a driver:
    # what is on its way in them is memory that belongs to no process.
    for name in ("socket", "socketpair"):
        if gpu:
            rules.add_rule(no, name, pyseccomp.Arg(0, pyseccomp.GT, AF_UNIX))
            rules.add_rule(no, name, pyseccomp.Arg(0, pyseccomp.LT, AF_UNIX))
        else:
            rules.add_rule(no, name)
    for request in TERMINAL_INPUT:
        rules.add_rule(no, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
