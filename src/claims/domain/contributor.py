"""Contributor: a name as somebody signed with it. No program can tell who did."""

import unicodedata

_NOBODY = {"", "unknown"}
"""The second is what stands there when git knows no name."""


def is_somebody_else(one: str, other: str) -> bool:
    """Whether two names are those of two people, as far as names can say.

    Case, spaces, signs and what cannot be seen make no other person, and neither does a name of nothing else; who
    writes letters of another alphabet or another name passes, and a reviewer of the pull request must see who sent it.
    """
    names = _plain(one), _plain(other)
    return names[0] != names[1] and not _NOBODY & {*names}


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if c.isalnum())
