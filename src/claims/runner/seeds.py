"""Seeds are derived, never typed (DESIGN §5)."""

import hashlib
from collections.abc import Mapping

from claims.domain.digest import Json, canonical


def derived_seed(experiment: str, params: Mapping[str, Json], scale: str, closure: str, batch: int, index: int) -> int:
    """Seed `index` of a batch: the first 53 bits of a SHA-256 over what it must depend on."""
    digest = hashlib.sha256(canonical([experiment, params, scale, closure, batch, index])).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def fresh_batch(entropy: str, record: str) -> int:
    """A batch of its own for the fresh seeds of a rerun of a record (by digest): far beyond those that people count.

    From 2**40 up to 2**41, so that no later batch of the registry is seen in advance.
    """
    digest = hashlib.sha256(canonical([entropy, record])).digest()
    return 2**40 + int.from_bytes(digest[:5], "big")
