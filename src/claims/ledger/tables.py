"""Rows of the ledger. Not the domain: `table=True` models validate nothing, so constraints stand in the schema."""

from collections.abc import Iterable
from typing import ClassVar, Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, MetaData, Text
from sqlmodel import Field, SQLModel

from claims.domain.run import Outcome

State = Literal["running", "done", "interrupted", "failed"]
"""How far a verify came."""


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    return CheckConstraint(f"{column} in ({', '.join(repr(word) for word in words)})", name=column)


class Row(SQLModel):
    """Base of all rows. Every constraint has a name, so that a later schema can drop or change it."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class SchemaRow(Row, table=True):
    """One row: which schema this database has."""

    __tablename__ = "claims_schema"
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class ReplicateRow(Row, table=True):
    """A replicate, valid or not, under its cache key."""

    __tablename__ = "claims_replicate"
    __table_args__ = (
        _one_of("outcome", [outcome.value for outcome in Outcome]),
        CheckConstraint("role = 'replicate' or role like 'control%'", name="role"),
    )

    key: str = Field(primary_key=True)
    experiment: str = Field(index=True)
    closure: str
    params: str
    """Digest of the canonical parameters."""
    scale: str
    batch: int
    index: int
    role: str
    """`replicate`, `control`, or `control:` and a control's name."""
    seed: int = Field(sa_type=BigInteger)
    device: str
    dtype: str
    torch: str | None
    """torch's version; None for an experiment without torch."""
    commit: str | None
    """HEAD when it ran."""
    utc: str
    """When it ended, ISO 8601."""
    outcome: str
    seconds: float
    body: str = Field(sa_type=Text)
    """The replicate and its environment as canonical JSON."""
    body_digest: str
    """SHA-256 of the body: SQLite does not notice a damaged page of text."""


class VerifyRow(Row, table=True):
    """One verify of one claim, from its start on."""

    __tablename__ = "claims_verify"
    __table_args__ = (_one_of("state", get_args(State)),)

    id: int | None = Field(default=None, primary_key=True)
    claim: str = Field(index=True)
    claim_digest: str
    started: str
    finished: str | None = None
    state: str
    verdict: str | None = None
    record: str | None = None
    """Path of the record relative to the root."""
    pid: int
