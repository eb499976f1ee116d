"""Opening a store: what is there is looked at before anything is made, and each fault says what to do."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from click.testing import CliRunner, Result
from history.conftest import Place
from history.quarters import filing
from sqlalchemy import NullPool, create_engine

from springtide.cli.main import cli
from springtide.evidence.records import EvidenceSet
from springtide.history.problems import StoreError
from springtide.history.recording import Filed
from springtide.history.store.opening import SCHEMA, VARIABLE, default_place, open_store
from springtide.history.store.tables import SCHEMA_TABLE, metadata
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack

FileQuickly = Callable[..., Filed]
READING = (["verify"], ["replay", "2008/09 Q4"], ["compare", "2008/09 Q4", "2009/10 Q1"])
ROOT = Path(__file__).resolve().parents[2]
RECORD = ["record", str(ROOT / "examples" / "minimal"), "--engine", "columnar"]


def run(*arguments: str, store: Path | str | None = None, **environment: str) -> Result:
    chosen = [] if store is None else ["--store", str(store)]
    return CliRunner(env=environment).invoke(cli, [*arguments, *chosen], catch_exceptions=False)


def refused(*arguments: str, store: Path | str | None = None, **environment: str) -> str:
    """What a command says that can't do what it should: one message, and exit code 2."""
    found = run(*arguments, store=store, **environment)
    assert found.exit_code == 2, found.output
    assert "Traceback" not in found.output
    return " ".join(found.stderr.split())


@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: arguments[0])
def test_reading_makes_nothing(arguments: list[str], tmp_path: Path) -> None:
    said = refused(*arguments, store=tmp_path / "new" / "store.sqlite")
    assert "there is no store at" in said and "springtide record makes one (choose its place with --store, or with SPRINGTIDE_STORE)" in said
    assert not [*tmp_path.iterdir()]
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    assert "holds no store; springtide record makes one" in refused(*arguments, store=empty)
    assert empty.stat().st_size == 0 and [*tmp_path.iterdir()] == [empty]


def test_recording_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    store = tmp_path / "one" / "two" / "store.sqlite"
    assert run(*RECORD, store=store).exit_code == 0
    assert run("verify", store=store).exit_code == 0
    assert [path.name for path in store.parent.iterdir()] == ["store.sqlite"]


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert verify(open_store(str(tmp_path / "empty"), make=True)).holds


@pytest.mark.parametrize("arguments", [*READING, RECORD], ids=lambda arguments: arguments[0])
def test_what_is_no_store_is_left_as_it_is(arguments: list[str], tmp_path: Path) -> None:
    text, foreign = tmp_path / "minutes.docx", tmp_path / "payroll.db"
    text.write_text("The minutes of the meeting. " * 500)
    with closing(sqlite3.connect(foreign, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE payroll (person TEXT)")
    before = {path: path.read_bytes() for path in (text, foreign)}
    assert f"{tmp_path} is a folder; a store is a file" in refused(*arguments, store=tmp_path)
    assert "this file is no store of springtide's; choose another with --store" in refused(*arguments, store=text)
    said = refused(*arguments, store=foreign)
    assert ("belongs to something else (it has a table 'payroll')" if arguments is RECORD else "this database holds no store") in said
    assert {path: path.read_bytes() for path in (text, foreign)} == before and len([*tmp_path.iterdir()]) == 2


def test_another_programs_postgresql_database(postgresql) -> None:
    name = postgresql.fresh()
    with postgresql.connect(name) as connection:
        connection.execute("CREATE TABLE payroll (person TEXT)")
    assert "belongs to something else (it has a table 'payroll')" in refused(*RECORD, store=postgresql.url(name))
    assert "this database holds no store; springtide record makes one" in refused("verify", store=postgresql.url(name))


def test_a_newer_schema(place: Place) -> None:
    open_store(place.address, make=True)
    connection = place.connect()
    connection.execute(f"UPDATE {SCHEMA_TABLE} SET version_num = '0999'")
    connection.close()
    for make in (False, True):
        with pytest.raises(StoreError, match="made by a newer springtide, with schema 0999; update springtide to read it"):
            open_store(place.address, make=make)


def test_a_store_whose_schema_is_not_known_any_more(place: Place) -> None:
    open_store(place.address, make=True)
    connection = place.connect()
    connection.execute(f"DELETE FROM {SCHEMA_TABLE}")
    connection.close()
    for make in (False, True):
        with pytest.raises(StoreError):
            open_store(place.address, make=make)


def test_tables_and_migrations_agree(place: Place) -> None:
    store = open_store(place.address, make=True)
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA_TABLE, "compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA


def made_by(migration: str, file: Path) -> set[tuple[str, str]]:
    """What a migration, with those before it, makes of an empty file: each table, index and trigger, as SQLite keeps it."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "springtide" / "history" / "store" / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, migration)
    return schema_in(file)


def schema_in(file: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        return {(name, " ".join((sql or "").split())) for name, sql in connection.execute("SELECT name, sql FROM sqlite_master")}


def test_the_first_migration_makes_what_it_always_made(tmp_path: Path) -> None:
    """Stores are there that it made; whatever becomes of the code, it makes the same."""
    kept = tmp_path / "kept.sqlite"
    kept.write_bytes(gzip.decompress((ROOT / "tests" / "history" / "stores" / "0001.sqlite.gz").read_bytes()))
    assert made_by("0001", tmp_path / "made.sqlite") == schema_in(kept)


def test_a_store_that_was_brought_up_is_as_one_that_was_made_so(tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite"
    kept.write_bytes(gzip.decompress((ROOT / "tests" / "history" / "stores" / "0001.sqlite.gz").read_bytes()))
    open_store(str(kept), make=True)
    open_store(str(tmp_path / "new.sqlite"), make=True)
    assert schema_in(kept) == schema_in(tmp_path / "new.sqlite")
    assert verify(open_store(str(kept))).holds


def test_a_postgresql_store_from_before_is_brought_up(postgresql) -> None:
    name = postgresql.fresh()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "springtide" / "history" / "store" / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(postgresql.url(name).replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with postgresql.connect(name) as connection:
        assert connection.execute(f"SELECT version_num FROM {SCHEMA_TABLE}").fetchall() == [("0001",)]
    store = open_store(postgresql.url(name))  # a reader who may write brings it up as well
    assert verify(store).holds
    with postgresql.connect(name) as connection:
        assert connection.execute(f"SELECT version_num FROM {SCHEMA_TABLE}").fetchall() == [(SCHEMA,)]


# ---- names of files --------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such names")
@pytest.mark.parametrize("name", [
    "with spaces.sqlite", "100%.sqlite", "100%20.sqlite", "a#b.sqlite", "a?b=c.sqlite", "a&mode=memory", "Größe-数.sqlite", "e\u0301.sqlite", "it's.sqlite",
    "a;b.sqlite", "[bold]x", "a:b", "x@y", ":memory:", "file:x", "-x",
])  # fmt: skip
def test_odd_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "quarter's % #1?"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for address in (str(folder / name), name):
        made = open_store(address, make=True)
        assert verify(made).holds and verify(open_store(address)).holds
        assert made.place == address
    assert [path.name for path in folder.iterdir()] == [name]


def test_an_address_of_a_file(tmp_path: Path) -> None:
    store = tmp_path / "a store.sqlite"
    for address in (f"sqlite:///{store}", f"sqlite+pysqlite:///{store}", f"  sqlite:///{store}?mode=memory"):
        assert open_store(address, make=True).place == str(store)
    assert [*tmp_path.iterdir()] == [store]


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_store_in_memory_is_none(address: str) -> None:
    assert "a store has to last: name a file" in refused("verify", store=address)
    assert "a store has to last: name a file" in refused(*RECORD, store=address)


@pytest.mark.parametrize("name", ["~nobody-of-this-name/store", "x" * 300, "nul\0byte"])
def test_names_that_no_file_can_have(name: str) -> None:
    for make in (False, True):
        with pytest.raises(StoreError):
            open_store(name, make=make)


# ---- rights ----------------------------------------------------------------------------------


def as_somebody(store: Path) -> list[str]:
    """What is said to somebody who is not root: of a store opened for reading, and then for filing."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = ["a fault"]
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)
            said = [line for make in (False, True) for line in _tried(store, make)]
        finally:
            os.write(write, "\n".join(said).encode())
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as held:
        return held.read().splitlines()


_NOBODY = 65534


def _tried(store: Path, make: bool) -> Iterator[str]:
    try:
        opened = open_store(str(store), make=make)
        yield f"records: {verify(opened).records}"
        with opened.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE x (y)")
    except StoreError as error:
        yield str(error)


@pytest.fixture
def open_folder(filled: Path) -> Iterator[Path]:
    """A folder outside pytest's own, which only its owner may enter; with a filled store in it."""
    folder = Path(tempfile.mkdtemp(prefix="springtide-"))
    folder.chmod(0o755)
    shutil.copy(filled, folder / "store.sqlite")
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="other rights there")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_rights(open_folder: Path) -> None:
    store = open_folder / "store.sqlite"
    store.chmod(0o444)
    can_not = "the store can't be written to; check the rights of the file and of its folder"
    if os.geteuid() != 0:
        open_folder.chmod(0o555)
    said = as_somebody(store)
    assert said[0] == "records: 11" and said[-1].endswith(can_not), said
    store.chmod(0o666)  # the file may be written to, but there is no place for its journal
    assert as_somebody(store)[-1].endswith((can_not, "the file can't be opened; check its rights and its folder's"))
    store.chmod(0o000)
    assert all(line.endswith("the file can't be opened; check its rights and its folder's") for line in as_somebody(store))
    assert all("can't be made" in line or "can't be opened" in line or "there is no store" in line for line in as_somebody(open_folder / "new" / "store.sqlite"))
    store.chmod(0o644)
    open_folder.chmod(0o000)
    assert all("can't be reached" in line for line in as_somebody(store))


# ---- where it is -----------------------------------------------------------------------------


def test_the_variable_and_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert default_place().name == "springtide.sqlite" and default_place().parent.name == "springtide"
    assert f"there is no store at {default_place()}" in refused("verify").replace(" ", "").replace("thereisnostoreat", "there is no store at ")
    file_quickly(open_store(make=True), filing(kent, county[0]))
    assert default_place().is_file() and verify(open_store()).records == 1
    monkeypatch.setenv(VARIABLE, str(tmp_path / "chosen"))
    file_quickly(open_store(make=True), filing(kent, county[0]))
    assert verify(open_store()).records == 1 and str(tmp_path / "chosen") in run("verify").stdout.replace("\n", "")
    assert "there is no store" in refused("verify", store=tmp_path / "other")  # the option goes before the variable
    monkeypatch.setenv(VARIABLE, "~/mine")
    (tmp_path / "home").mkdir()
    open_store(make=True)
    assert (tmp_path / "home" / "mine").is_file()


# ---- addresses of databases, and what they may not tell --------------------------------------

SECRET = "hunter2hunter2"
ADDRESSES = [
    "postgresql://ann:{}@localhost:1/db", "postgres://ann:{}@localhost:1/db", "postgresql+asyncpg://ann:{}@localhost:1/db", " postgresql://ann:{}@localhost:1/db ",
    "postgresql://ann:{}", "postgresql://ann:{}@localhost:port/db", "postgresql://ann:{}@localhost:99999/db", "postgresql:/ann:{}@localhost/db",
    "postgresql:ann:{}@localhost/db", "POSTGRESQL://ann:{}@localhost:1/db", "postgresql://ann:x@{}@localhost:1/db", "postgresql://ann:x@y/{}@localhost:1/db",
    "postgresql://ann:x@y?{}@localhost:1/db", "postgresql://ann:x/{}@localhost:1/db", "postgresql://ann:x#{}@localhost:1/db", "postgresql://ann:%zz{}@localhost:1/db",
    "postgresql://ann@localhost:1/db?password={}", "postgresql://ann@localhost:1/db?password={}&nonsense=1", "postgresql://localhost:x:y/db?password={}",
    "postgresql://ann:{}@/db?host=/nowhere", "postgresql://ann:{}@/db?host=/nowhere&port=x", "postgresql://ann:{}@..bad/db", "host=localhost user=ann password={}",
    "mysql://ann:{}@localhost/db", "mssql+pyodbc://ann:{}@localhost/db", "nonsense://ann:{}@localhost", "https://ann:{}@localhost/", "sqlite+pysqlcipher://:{}@/file",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_is_never_shown(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written = address.format(SECRET)
    for arguments in (["verify"], ["verify", "--json"]):
        for found in (run(*arguments, store=written), run(*arguments, **{VARIABLE: written})):
            assert found.exit_code == 2 and SECRET not in found.output, found.output
    with pytest.raises(StoreError) as caught:
        open_store(written, make=True)
    assert SECRET not in str(caught.value)
    assert not [*tmp_path.iterdir()]


def test_a_password_is_not_shown_where_all_is_well(postgresql) -> None:
    name = postgresql.fresh()
    written = f"postgresql://springtide:{SECRET}@/{name}?host={postgresql.folder}&password={SECRET}"
    assert f"postgresql://springtide:***@/{name}" in run(*RECORD, store=written).output
    for arguments in (RECORD, *READING):
        for more in ([], ["--json"]):
            found = run(*arguments, *more, store=written)
            assert SECRET not in found.output and ("***" in found.output or found.exit_code), found.output
    assert run("verify", store=written).exit_code == 0


@pytest.mark.parametrize(("address", "says"), [
    ("mysql://ann@localhost/db", "a store is a file or a PostgreSQL database, and 'mysql' is neither"),
    ("postgresql:/ann@localhost/db", "this is no address of a database; write a file, or postgresql://user@host/name"),
    ("postgresql://ann:p@q@localhost/db", "with %40 for an @ in a password"),
])  # fmt: skip
def test_other_addresses(address: str, says: str) -> None:
    assert says in refused("verify", store=address)
