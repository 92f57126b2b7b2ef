"""Isolation: how far an experiment's process was kept from the machine it ran on."""

from collections.abc import Iterable
from typing import Literal

Isolation = Literal["none", "limits", "files", "strong"]
"""`none` and `limits` stop accidents; `files` keeps files from it; `strong` is a sandbox (SECURITY.md)."""

WEAKEST_FIRST: tuple[Isolation, ...] = ("none", "limits", "files", "strong")


def weakest(levels: Iterable[Isolation]) -> Isolation:
    """The level that may be said of all; `none` where there are none."""
    return min(levels, key=WEAKEST_FIRST.index, default="none")
