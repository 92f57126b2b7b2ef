"""Digests: SHA-256 over the canonical JSON form (RFC 8785) of a value."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785
from pydantic import BaseModel

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes; a tuple is a list. Raises ValueError for NaN, infinities and integers beyond 2**53."""
    return rfc8785.dumps(value)


def digest_of(value: Json) -> str:
    """Hexadecimal SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def as_json(model: BaseModel) -> dict[str, Json]:
    """A model as plain JSON values, fields at None left out."""
    return model.model_dump(mode="json", exclude_none=True)


def claim_digest(claim: BaseModel) -> str:
    """What a registration fixes: id, statement, scope and check. Sources, wording elsewhere and status may change.

    Takes a `Claim`, or a record's `Judged`, which hold these fields alike.
    """
    judged = claim.model_dump(mode="json", include={"id", "statement", "scope", "check"}, exclude_defaults=True)
    return digest_of(judged)
