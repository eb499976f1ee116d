"""Where a store is, and how it is opened, made and brought to the newest schema."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from ..problems import StoreError
from .tables import SCHEMA_TABLE

SCHEMA = "0002"  # the newest revision in migrations/versions
VARIABLE = "SPRINGTIDE_STORE"
_FILE = "springtide.sqlite"
_WAIT = 60  # seconds for another process to finish writing
_LOCK = 0x5721D6  # PostgreSQL's advisory locks have numbers; this one is ours
_NOT_SQLITE = "file is not a database"
# What is meant for a database's address, also where it is misspelt; a drive has one letter.
_MEANT_AS_ADDRESS = re.compile(r"\s*([a-z][a-z0-9+.-]+:/|postgres\w*:|.*\bpassword\s*=)", re.IGNORECASE)
# It repeats nothing of the address, in which the password may be anywhere.
_NO_ADDRESS = (
    "this is no address of a database; write a file, or postgresql://user@host/name, "
    "with %40 for an @ in a password, and %3A %2F %3F %23 %25 for : / ? # %"
)


def default_place() -> Path:
    """The file in which the store is where none was chosen: in the user's own data folder."""
    from platformdirs import user_data_path

    return user_data_path("springtide", appauthor=False) / _FILE


@dataclass(frozen=True)
class Store:
    """A store that is there and has the newest schema; `place` is how people are told where it is."""

    engine: Engine
    place: str
    is_new: bool = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which everything read is of one moment."""
        with self._faults(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing: all of it is kept, or nothing."""
        with self._faults(), _transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.place}: {_reason(error)}") from error


def open_store(chosen: str | None = None, *, make: bool = False) -> Store:
    """Open a store: a file, a database's URL, what SPRINGTIDE_STORE names, or the default file.

    Args:
        make: make it where it is not there yet, and bring it to the newest schema.

    Raises:
        StoreError: there is none, it can't be opened, or it belongs to something else.
    """
    url, place = _address(chosen)
    if url.drivername.startswith("sqlite"):
        _look_at_file(Path(url.database or ""), place, make)
    try:
        engine = _engine(url, read_only=not make)
        revision = _revision_of(engine, url, place)
        if revision != SCHEMA:
            try:
                _upgrade(engine, url, place, revision, make)
            except DBAPIError:
                if make or revision is None:
                    raise
                # Who may read and not write reads an older store as it is: what is missing in it is empty.
    except (DBAPIError, ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(f"{place}: {_reason(error)}") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"{place}: to use a store of this kind, install {error.name} (for PostgreSQL: springtide[postgresql])") from error
    return Store(engine, place, is_new=revision is None)


def _address(chosen: str | None) -> tuple[URL, str]:
    """The URL of a store, and the same for people: without its password."""
    written = chosen or os.environ.get(VARIABLE) or str(default_place())
    if not _MEANT_AS_ADDRESS.match(written):
        return _file(written)
    try:
        url = make_url(written.strip())
    except (ArgumentError, ValueError):
        raise StoreError(_NO_ADDRESS) from None
    kind = url.get_backend_name()
    if kind == "sqlite" and url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database.startswith((":memory:", "file:")):
            raise StoreError("a store has to last: name a file")
        return _file(url.database)
    if kind not in ("postgresql", "postgres"):
        raise StoreError(f"a store is a file or a PostgreSQL database, and '{url.drivername}' is neither")
    if written.count("@") > 1:  # what comes after the first would be taken for the host, and shown
        raise StoreError(_NO_ADDRESS)
    return url.set(drivername="postgresql+psycopg"), url.set(drivername=kind, query={}).render_as_string(hide_password=True)


def _file(written: str) -> tuple[URL, str]:
    try:
        path = Path(written).expanduser()
        return URL.create("sqlite", database=str(path.resolve())), str(path)
    except (RuntimeError, ValueError, OSError) as error:
        raise StoreError(f"{written!r} can't be the name of a file: {_first_line(error)}") from error


def _look_at_file(path: Path, place: str, make: bool) -> None:
    """Raises StoreError where there is no file, and none is to be made."""
    try:
        if path.is_dir():
            raise StoreError(f"{place} is a folder; a store is a file, as {Path(place) / _FILE}")
        if path.exists():
            return
    except OSError as error:
        raise StoreError(f"{place}: the file can't be reached: {error.strerror}") from error
    if not make:
        raise StoreError(f"there is no store at {place}; springtide record makes one (choose its place with --store, or with {VARIABLE})")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{place}: the folder can't be made: {error.strerror}") from error


def _engine(url: URL, *, read_only: bool) -> Engine:
    if url.get_backend_name() == "sqlite":
        if read_only:
            path = Path(url.database or "").resolve().as_uri()
            url = url.set(database=f"{path}?mode=ro", query={"uri": "true"})
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _WAIT, "isolation_level": None})
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine
    return create_engine(url, poolclass=NullPool, connect_args={"application_name": "springtide", "connect_timeout": 10})


def _revision_of(engine: Engine, url: URL, place: str) -> str | None:
    try:
        with engine.connect() as connection:
            return schema_of(connection)
    except OperationalError:
        if not _was_interrupted(url):
            raise
    # Whoever filed was stopped in the middle. SQLite takes back what it left, for which it has to write.
    try:
        with _engine(url, read_only=False).connect() as connection:
            schema_of(connection)
    except OperationalError as error:
        raise StoreError(f"{place}: a filing was stopped in the middle; whoever may write to the store has to open it once, as with springtide verify") from error
    with engine.connect() as connection:
        return schema_of(connection)


def _was_interrupted(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and Path(f"{url.database}-journal").exists()


def _on_connect(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # A text whose bytes were damaged must still be read, to be told from a whole one.
    connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")


def _on_begin(connection: Connection) -> None:
    # Python's own driver begins transactions late, and not for making tables: here they begin where they are meant to.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def schema_of(connection: Connection) -> str | None:
    """The schema that a database has; None for one that is no store."""
    if not inspect(connection).has_table(SCHEMA_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {SCHEMA_TABLE}")).scalar()


def _upgrade(engine: Engine, url: URL, place: str, revision: str | None, make: bool) -> None:
    """Bring a database to the newest schema, in one transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if revision is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(revision)
        except CommandError:
            raise StoreError(f"{place}: this store was made by a newer springtide, with schema {revision}; update springtide to read it") from None
    elif not make:
        raise StoreError(f"{place}: this database holds no store; springtide record makes one")
    writable = engine if make else _engine(url, read_only=False)
    with _transaction(writable) as connection:
        if revision is None and schema_of(connection) is None and (foreign := inspect(connection).get_table_names()):
            raise StoreError(f"{place}: this database belongs to something else (it has a table '{foreign[0]}'); give the store a place of its own")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _reason(error: Exception) -> str:
    """What went wrong, in a line that tells what to do."""
    cause = str(getattr(error, "orig", None) or error)
    first = _first_line(error)
    if _NOT_SQLITE in cause:
        return "this file is no store of springtide's; choose another with --store"
    if "locked" in cause or "lock timeout" in cause:
        return f"another program has kept the store locked for {_WAIT} seconds; close it and try again"
    if any(words in cause for words in ("disk is full", "disk I/O error", "No space left on device")):
        return f"{first}: nothing was filed; make room and file it again"
    if "readonly" in cause:
        return "the store can't be written to; check the rights of the file and of its folder"
    if "unable to open" in cause:
        return "the file can't be opened; check its rights and its folder's"
    if isinstance(error, OperationalError) and "malformed" in cause:
        return "the file is damaged: it is no whole SQLite database any more; go back to a copy"
    return first


def _first_line(error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error).strip()
    return cause.splitlines()[0] if cause else type(error).__name__
