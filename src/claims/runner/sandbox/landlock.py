"""Landlock: run a command that can open no file but those named, where bubblewrap cannot be had.

A script of its own, run from a path, so that it holds the process that it is in: `landlock.py RULES COMMAND…`, RULES
being JSON with `read` and `write`, two lists of paths. The numbers are those of <linux/landlock.h>.
"""

import ctypes
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System calls; the same numbers on every architecture."""
READ_FILES = 0b1101  # execute, read a file, list a folder
ALL_FILES = {3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Rights that a version of the interface knows: truncating files came with 3, device ioctls with 5."""
DEVICE_IOCTL = 1 << 15
ON_FILES = 0b110 | 1 << 14 | DEVICE_IOCTL | 1
"""The rights that make sense of something that is no folder: execute, write, read, truncate, ioctl."""
TCP = 0b11
SCOPES = 0b11
OLDEST = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The version of the interface that the kernel speaks; 0 without Landlock."""
    found = _call(CREATE_RULESET, None, 0, 1)
    return max(found, 0)


def restrict(read: Sequence[str], write: Sequence[str]) -> None:
    """Take from this process, for good, every file but those below the paths; and TCP where the kernel can.

    Raises OSError where the kernel refuses.
    """
    speaks = version()
    files = ALL_FILES[5 if speaks >= 5 else 3]
    wanted = _Ruleset(files, TCP if speaks >= 4 else 0, SCOPES if speaks >= 6 else 0)
    size = 24 if speaks >= 6 else 16 if speaks >= 4 else 8
    rules = _checked(_call(CREATE_RULESET, ctypes.byref(wanted), size, 0))
    for paths, rights in ((read, READ_FILES), (write, files & ~DEVICE_IOCTL)):
        for path in paths:
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            allowed = rights if Path(path).is_dir() else rights & ON_FILES
            _checked(_call(ADD_RULE, rules, 1, ctypes.byref(_Beneath(allowed, place)), 0))
            os.close(place)
    _without_capabilities()
    _checked(_LIBC.prctl(38, 1, 0, 0, 0))  # PR_SET_NO_NEW_PRIVS, which the next call demands
    _checked(_call(RESTRICT_SELF, rules, 0))
    os.close(rules)


def _without_capabilities() -> None:
    """Leave nothing that the next command could be root with: it could read our variables, or load a kernel module."""
    number = 0
    while _LIBC.prctl(23, number, 0, 0, 0) >= 0:  # PR_CAPBSET_READ: there is a capability of this number
        if _LIBC.prctl(24, number, 0, 0, 0) < 0:  # PR_CAPBSET_DROP: only root may, and others have none
            return
        number += 1


_LIBC = ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    return int(_LIBC.syscall(ctypes.c_long(number), *arguments))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def main() -> None:
    """Hold this process, then become the command."""
    rules = json.loads(sys.argv[1])
    restrict(rules["read"], rules["write"])
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  # the words of our own parent


if __name__ == "__main__":
    main()
