"""One sender at a time: a lock that its process holds, and that is gone when the process is, however it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ...history.problems import StoreError
from ...history.store.opening import Store
from ..problems import AlertError

_BESIDE = ".sending"  # the name of the lock's file after that of the store's, where it stays; who holds it is no matter of its content
_LOCK = 0x5721D7  # PostgreSQL's advisory locks have numbers; the one below is of who writes to the store


@contextmanager
def one_sender(store: Store) -> Iterator[Callable[[], None] | None]:
    """Be the only sender of a store; None where another is at work.

    Gives what raises StoreError where the lock was lost since, as when the database server was started again.

    Raises:
        AlertError: the lock's file can't be made.
        StoreError: the database can't be reached.
    """
    sender = _beside_a_file(store) if store.engine.dialect.name == "sqlite" else _in_postgresql(store)
    with sender as held:
        yield held


@contextmanager
def _beside_a_file(store: Store) -> Iterator[Callable[[], None] | None]:
    from filelock import FileLock, Timeout

    place = Path(f"{store.engine.url.database}{_BESIDE}")
    lock = FileLock(place)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield None
        return
    except OSError as error:
        raise AlertError(f"{place.name}: the file that keeps a second sender out can't be made beside the store: {error.strerror}") from error
    try:
        yield lambda: None
    finally:
        lock.release()


@contextmanager
def _in_postgresql(store: Store) -> Iterator[Callable[[], None] | None]:
    try:
        connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except DBAPIError as error:
        raise StoreError(f"{store.place}: the database can't be reached") from error
    with connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar():
            yield None
            return

        def check() -> None:
            try:
                connection.execute(text("SELECT 1"))
            except SQLAlchemyError as error:
                raise StoreError(f"{store.place}: the connection that keeps a second sender out was lost") from error

        try:
            yield check
        finally:
            # The server lets go of it as well once the connection is closed, but only when it comes to see that.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
