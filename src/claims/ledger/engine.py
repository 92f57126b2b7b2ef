"""How the ledger's database is opened: durable, one writer at a time, refused when it is not ours to read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from claims.errors import LedgerError, SetupError
from claims.ledger.tables import Row, SchemaRow

SCHEMA = 1
_PATIENCE = 30
"""Seconds to wait for another writer."""
_MOVE = "move it away: the ledger is a cache, evidence/ holds the records, verify runs again what it needs"
_LOCK = 0x636C61696D73
"""PostgreSQL advisory lock that serialises the making of the schema."""


def open_engine(place: str | Path) -> Engine:
    """An engine for a file (SQLite) or a database URL. Connects to nothing yet."""
    try:
        url = make_url(str(place)) if "://" in str(place) else URL.create("sqlite", database=str(place))
        sqlite = url.get_backend_name() == "sqlite"
        # One connection a transaction: none is carried over a fork, none keeps a replaced file open.
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _PATIENCE} if sqlite else {})
    except (ArgumentError, NoSuchModuleError) as error:
        raise LedgerError(f"CLAIMS_LEDGER is neither a file nor a database URL: {error}") from error
    except ImportError as error:
        raise SetupError(
            f"this ledger needs the Python package {error.name}; install it, or unset CLAIMS_LEDGER"
        ) from error
    if sqlite:
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    return engine


def prepare(engine: Engine) -> None:
    """Make folder and tables where there are none. Raises LedgerError for a schema that is not ours."""
    with explained(engine):
        if engine.url.get_backend_name() == "sqlite":
            Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            _make_or_check(connection)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is on the disk when the block ends, or undone. Raises LedgerError."""
    with explained(engine), Session(engine) as session, session.begin():
        yield session


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn what databases raise into one line that says what to do."""
    place = engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
    try:
        yield
    except IntegrityError:
        # Not the database's fault: who breaks a constraint knows what it means.
        raise
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise LedgerError(f"{place}: {_advice(str(cause))}") from error


def damaged(what: str) -> LedgerError:
    """The error for a ledger whose content cannot be what was written."""
    return LedgerError(f"{what} is damaged; {_MOVE}")


def _configure(connection: Any, _: object) -> None:
    # sqlite3 would begin a read transaction by itself and then fail, at once, to upgrade it: updates were lost.
    connection.isolation_level = None
    # Not WAL: on a full disk a WAL database could not even be opened, and it needs shared memory. Measured.
    for pragma in ("journal_mode = delete", "synchronous = extra", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")


def _make_or_check(connection: Connection) -> None:
    if not inspect(connection).has_table(str(SchemaRow.__tablename__)):
        Row.metadata.create_all(connection)
        connection.execute(Row.metadata.tables["claims_schema"].insert().values(version=SCHEMA))
    found = connection.scalar(select(func.max(SchemaRow.version)))
    if found == SCHEMA:
        return
    place = connection.engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
    if found is not None and found > SCHEMA:
        raise LedgerError(f"{place}: written by a newer version (schema {found}, ours {SCHEMA}); upgrade, or {_MOVE}")
    raise LedgerError(f"{place}: has schema {found}, ours is {SCHEMA}; {_MOVE}")


def _advice(cause: str) -> str:
    text = cause.splitlines()[0] if cause else "failed"
    if "is full" in text or "No space left" in text:
        return f"{text}; free some space and run again: nothing that was stored is lost"
    if "locked" in text:
        return f"another process kept it locked for {_PATIENCE} seconds; try again when it has ended"
    if "not a database" in text or "malformed" in text or "no such" in text:
        return f"is damaged ({text}); {_MOVE}"
    return f"cannot be used ({text})"
