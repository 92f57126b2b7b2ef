"""The ledger: every replicate by its key, and the history of verifies. A cache: records in git are the truth."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from claims.domain.claim import Model
from claims.domain.digest import canonical
from claims.domain.isolation import Isolation
from claims.domain.run import Environment, Replicate
from claims.ledger.engine import damaged, open_engine, prepare, transaction
from claims.ledger.tables import ReplicateRow, State, VerifyRow

DEFAULT = Path(".claims") / "ledger.sqlite"
"""The ledger of a project, relative to its root, where CLAIMS_LEDGER names no other."""


@dataclass(frozen=True)
class Meta:
    """What a replicate is of and what it ran on. For people who look into the ledger; the key alone identifies it."""

    experiment: str
    closure: str
    params: str
    """Digest of the canonical parameters."""
    scale: str
    batch: int
    role: str
    """`replicate`, `control`, or `control:` and a control's name."""
    device: str
    dtype: str
    torch: str | None
    environment: Environment | None = None
    """None where the process died before it could say."""
    isolation: Isolation = "none"


@dataclass(frozen=True)
class Attempt:
    """One verify in the history; times are UTC ISO 8601."""

    id: int
    claim: str
    claim_digest: str
    started: str
    finished: str | None
    state: State
    verdict: str | None
    record: str | None
    pid: int


class _Body(Model):
    replicate: Replicate
    environment: Environment | None = None
    isolation: Isolation = "none"
    """Ledgers older than the sandbox do not say."""


def utc_now() -> str:
    """The time, to the second, as UTC ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """A ledger, SQLite in a file or PostgreSQL at a URL. Opened, and made, at its first use."""

    def __init__(self, place: str | Path, now: Callable[[], str] = utc_now) -> None:
        self._engine = open_engine(place)
        self._now = now
        self._prepared = False

    def get(self, key: str) -> Replicate | None:
        """The replicate under a key; None when it has not run yet. Raises LedgerError for a damaged one."""
        with self._transaction() as session:
            row = session.get(ReplicateRow, key)
            return None if row is None else _body(row).replicate

    def environment(self, key: str) -> Environment | None:
        """What the replicate under a key ran on; None when it has not run or could not say."""
        with self._transaction() as session:
            row = session.get(ReplicateRow, key)
            return None if row is None else _body(row).environment

    def isolation(self, key: str) -> Isolation:
        """How the replicate under a key was kept in; `none` where nobody wrote it down. Raises KeyError without one."""
        with self._transaction() as session:
            row = session.get(ReplicateRow, key)
            if row is None:
                raise KeyError(key)
            return _body(row).isolation

    def put(self, key: str, replicate: Replicate, meta: Meta) -> Replicate:
        """Keep a replicate, on the disk when this returns. The first under a key stays; returns the one that did."""
        try:
            with self._transaction() as session:
                found = session.get(ReplicateRow, key)
                if found is not None:
                    return _body(found).replicate
                session.add(_row(key, replicate, meta))
                return replicate
        except IntegrityError:
            # PostgreSQL lets two writers look before it stops one of them.
            first = self.get(key)
            if first is None:
                raise
            return first

    def replace(self, key: str, replicate: Replicate, meta: Meta) -> Replicate:
        """Keep a replicate in the place of the one under its key: somebody asked for a fresh run. Returns it."""
        with self._transaction() as session:
            found = session.get(ReplicateRow, key)
            if found is not None:
                session.delete(found)
                session.flush()
            session.add(_row(key, replicate, meta))
        return replicate

    def begin_verify(self, claim: str, claim_digest: str) -> int:
        """Open an entry in the history and return its number.

        The caller holds the lock of this claim's verifies, so an entry that still says `running` belongs to a
        process that died: it becomes `interrupted`.
        """
        with self._transaction() as session:
            dead = (col(VerifyRow.claim) == claim, col(VerifyRow.state) == "running")
            session.exec(update(VerifyRow).where(*dead).values(state="interrupted"))
            row = VerifyRow(
                claim=claim, claim_digest=claim_digest, started=self._now(), state="running", pid=os.getpid()
            )
            session.add(row)
            session.flush()
            assert row.id is not None
            return row.id

    def finish_verify(self, attempt: int, state: State, verdict: str | None = None, record: str | None = None) -> None:
        """Close an entry. Raises ValueError when there is none with this number."""
        with self._transaction() as session:
            row = session.get(VerifyRow, attempt)
            if row is None:
                raise ValueError(f"the history has no entry {attempt}")
            row.state, row.finished, row.verdict, row.record = state, self._now(), verdict, record

    def history(self, claim: str | None = None) -> list[Attempt]:
        """All verifies, or those of one claim, oldest first."""
        query = select(VerifyRow).order_by(col(VerifyRow.id))
        if claim is not None:
            query = query.where(VerifyRow.claim == claim)
        with self._transaction() as session:
            return [_attempt(row) for row in session.exec(query)]

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        if not self._prepared:
            prepare(self._engine)
            self._prepared = True
        with transaction(self._engine) as session:
            yield session


def _row(key: str, replicate: Replicate, meta: Meta) -> ReplicateRow:
    # Nulls stay in: an environment without torch says so.
    body = canonical(
        _Body(replicate=replicate, environment=meta.environment, isolation=meta.isolation).model_dump(mode="json")
    )
    return ReplicateRow(
        key=key,
        experiment=meta.experiment,
        closure=meta.closure,
        params=meta.params,
        scale=meta.scale,
        batch=meta.batch,
        index=replicate.index,
        role=meta.role,
        seed=replicate.seed,
        device=meta.device,
        dtype=meta.dtype,
        torch=meta.torch,
        commit=replicate.commit,
        utc=replicate.utc,
        outcome=replicate.outcome.value,
        seconds=replicate.seconds,
        body=body.decode(),
        body_digest=hashlib.sha256(body).hexdigest(),
    )


def _body(row: ReplicateRow) -> _Body:
    if hashlib.sha256(row.body.encode()).hexdigest() != row.body_digest:
        raise damaged(f"the ledger's replicate {row.key[:8]}")
    try:
        return _Body.model_validate_json(row.body)
    except ValidationError as error:
        raise damaged(f"the ledger's replicate {row.key[:8]}") from error


def _attempt(row: VerifyRow) -> Attempt:
    assert row.id is not None
    return Attempt(
        id=row.id,
        claim=row.claim,
        claim_digest=row.claim_digest,
        started=row.started,
        finished=row.finished,
        state=cast(State, row.state),
        verdict=row.verdict,
        record=row.record,
        pid=row.pid,
    )
