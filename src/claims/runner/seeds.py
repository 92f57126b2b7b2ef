"""Seeds are derived, never typed (DESIGN §5)."""

import hashlib
from collections.abc import Iterable, Mapping

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


def drawn(entropy: str, record: str, indices: Iterable[int], most: int | None) -> list[int]:
    """Which of the `indices` of a record (by digest) a rerun of `most` seeds takes: all, or some by lot.

    The contributor of the record could not know them, and who runs it again cannot choose them, but with the entropy.
    """
    order = sorted(indices, key=lambda i: hashlib.sha256(f"{entropy}\0{record}\0{i}".encode()).digest())
    return sorted(order[:most])
