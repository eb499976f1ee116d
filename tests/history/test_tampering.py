"""Whoever gets round the database's refusals and changes what was filed is found out by `verify`."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from history.conftest import Place, database_place, fill
from history.test_append_only import COLUMNS

from springtide.alerts.sending import outbox
from springtide.cli.main import cli
from springtide.evidence.records import EvidenceSet
from springtide.history.documents import pack_from_data
from springtide.history.problems import StoreError
from springtide.history.recording import Filed
from springtide.history.store.chain import canonical, digest, event_hash, record_hash
from springtide.history.store.guards import _DOES, _FUNCTION, GUARDED, guards
from springtide.history.store.opening import open_store
from springtide.history.store.verify import Broken, verify
from springtide.logic.model import RulePack

KEYS = {"documents": ("hash",), "records": ("number",), "team_results": ("record", "team"), "outbox": ("id",), "outbox_events": ("number",)}


@pytest.fixture
def tampered(filled: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a filled store, without the triggers; what is done on it in a savepoint can be taken back."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        drop_guards(connection)
        yield connection


def drop_guards(connection: sqlite3.Connection) -> None:
    for table in GUARDED:
        for name in guards("sqlite", table):
            connection.execute(f"DROP TRIGGER {name}")


def make_guards(connection: sqlite3.Connection) -> None:
    for table in GUARDED:
        for sql in guards("sqlite", table).values():
            connection.execute(sql)


@contextmanager
def put_back(connection: sqlite3.Connection, table: str, key: tuple) -> Iterator[None]:
    """Puts a row back as it was, whatever became of it."""
    where = " AND ".join(f"{name} = ?" for name in KEYS[table])
    (rowid, *held), = connection.execute(f"SELECT rowid, * FROM {table} WHERE {where}", key).fetchall()
    yield
    moved = {"records": "previous", "outbox_events": "hash"}.get(table)  # by which it is found again under another number
    now = connection.execute(f"SELECT number FROM {table} WHERE {moved} = ?", (held[5],)).fetchone() if moved else None
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", now or (rowid,))
    marks = ", ".join("?" * len(held))
    connection.execute(f"INSERT INTO {table} (rowid, {', '.join(COLUMNS[table])}) VALUES (?, {marks})", (rowid, *held))


def found_in(file: Path, known_head: str = "") -> list[Broken]:
    """What is broken, but for the triggers, which the tests have taken away."""
    return [one for one in verify(open_store(str(file)), known_head).broken if "refuse changes" not in one.says]


def changes(table: str, column: str, value: object, rng: Random) -> Iterator[object]:
    """Other values for a column: single bytes changed, bits flipped, another type, another number."""
    if isinstance(value, int):
        yield from (value + 1, -value - 1, value + 0.5, 9e999, "many", b"1")
        return
    assert isinstance(value, str)
    held = value.encode()
    yield held  # the same bytes, but as a BLOB
    yield value + " "
    if not held:
        return
    places = {0, len(held) - 1, *(rng.randrange(len(held)) for _ in range(2))}
    for place in sorted(places):
        for byte in (held[place] ^ 0x01, held[place] ^ 0x80):
            yield Text(held[:place] + bytes([byte]) + held[place + 1 :])
    yield value[:-1]


class Text(bytes):
    """Bytes that are written as a text, whether or not they are one."""


def test_a_store_that_was_not_touched_holds(filled: Path) -> None:
    found = verify(open_store(str(filled)))
    assert found.holds and (found.records, found.quarters) == (11, 4)
    for head in (found.head.hash, found.head.hash[:16].upper(), "0" * 16):
        assert verify(open_store(str(filled)), head).holds
    with pytest.raises(StoreError, match="too short for a head"):
        verify(open_store(str(filled)), found.head.hash[:4])


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, columns in COLUMNS.items() for column in columns])
def test_every_change_of_a_value_is_found(table: str, column: str, filled: Path, tampered: sqlite3.Connection) -> None:
    rng = Random(f"{table} {column}")
    keys = tampered.execute(f"SELECT {', '.join(KEYS[table])} FROM {table} ORDER BY 1").fetchall()
    if table != "records":
        keys = rng.sample(keys, 3)
    tried, unseen = 0, []
    for key in keys:
        where = " AND ".join(f"{name} = ?" for name in KEYS[table])
        (value,) = tampered.execute(f"SELECT {column} FROM {table} WHERE {where}", key).fetchone()
        bearers = records_with(tampered, table, key)
        for changed in changes(table, column, value, rng):
            with put_back(tampered, table, key):
                rowid = tampered.execute(f"SELECT rowid FROM {table} WHERE {where}", key).fetchone()[0]
                set_to = "CAST(? AS TEXT)" if isinstance(changed, Text) else "?"
                try:
                    tampered.execute(f"UPDATE {table} SET {column} = {set_to} WHERE rowid = ?", (changed, rowid))
                except sqlite3.IntegrityError:
                    continue  # a record's number is a whole number, or SQLite does not take it; no two rows are the same
                if tampered.execute(f"SELECT typeof({column}), hex({column}) FROM {table} WHERE rowid = ?", (rowid,)).fetchone() == (
                    "integer" if isinstance(value, int) else "text", str(value).encode().hex().upper()):  # fmt: skip
                    continue  # SQLite made of it what was there
                tried += 1
                broken = found_in(filled)
                first = 1 if column == "number" and changed < 0 else bearers[0]  # type: ignore[operator]
                if not broken or (bearers != [0] and broken[0].record != first):
                    unseen.append((key, value if isinstance(value, int) else value[:20], changed, [str(one) for one in broken[:3]]))
    assert tried >= 3 and not unseen, unseen[:5]
    assert not found_in(filled)


def records_with(connection: sqlite3.Connection, table: str, key: tuple) -> list[int]:
    """The numbers of the records that a row belongs to; a note on a message belongs to none."""
    if table == "outbox_events":
        return [0]
    if table == "outbox":
        return [*connection.execute("SELECT record FROM outbox WHERE id = ?", key).fetchone()]
    if table == "documents":
        return [number for number, body in connection.execute("SELECT number, body FROM records ORDER BY number") if key[0] in body]
    return [key[0]]


def test_no_column_takes_a_null(tampered: sqlite3.Connection) -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            with pytest.raises(sqlite3.IntegrityError):
                tampered.execute(f"UPDATE {table} SET {column} = NULL")


def test_nulls_in_a_table_without_its_constraints_are_found(filled: Path, tampered: sqlite3.Connection) -> None:
    tampered.execute("PRAGMA foreign_keys = OFF")
    for table, columns in COLUMNS.items():
        tampered.execute(f"ALTER TABLE {table} RENAME TO kept")
        tampered.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        for column in columns:
            tampered.execute(f"INSERT INTO {table} SELECT * FROM kept")
            tampered.execute(f"UPDATE {table} SET {column} = NULL WHERE rowid = 2")
            assert found_in(filled), (table, column)
            tampered.execute(f"DELETE FROM {table}")
        tampered.execute(f"INSERT INTO {table} SELECT * FROM kept")
        # A second row in the name of the first, which the primary key would have refused.
        tampered.execute(f"INSERT INTO {table} SELECT * FROM kept WHERE rowid = 1")
        tampered.execute(f"UPDATE {table} SET {columns[-1]} = '{{}}' WHERE rowid = (SELECT max(rowid) FROM {table})")
        assert found_in(filled), table
        tampered.execute(f"DELETE FROM {table}")
        tampered.execute(f"INSERT INTO {table} SELECT * FROM kept WHERE rowid = 1")
        tampered.execute(f"UPDATE {table} SET {columns[-1]} = '{{}}'")
        tampered.execute(f"INSERT INTO {table} SELECT * FROM kept")
        assert found_in(filled), table
        tampered.execute(f"DROP TABLE {table}")
        tampered.execute(f"ALTER TABLE kept RENAME TO {table}")
    assert not found_in(filled)


@pytest.mark.parametrize("number", [1, 3, 6, 9, 10, 11])
@pytest.mark.parametrize("thoroughly", [False, True])
def test_a_record_that_was_taken_out_is_found(number: int, thoroughly: bool, filled: Path, tampered: sqlite3.Connection) -> None:
    """Thoroughly: with its rows, and the documents that no other record names. Of the last one only the head then tells."""
    head = verify(open_store(str(filled))).head.hash
    body = tampered.execute("SELECT body FROM records WHERE number = ?", (number,)).fetchone()[0]
    tampered.execute("DELETE FROM records WHERE number = ?", (number,))
    if thoroughly:
        others = "".join(body for (body,) in tampered.execute("SELECT body FROM records"))
        tampered.execute("DELETE FROM team_results WHERE record = ?", (number,))
        tampered.execute("DELETE FROM outbox WHERE record = ?", (number,))
        for (name,) in tampered.execute("SELECT hash FROM documents").fetchall():
            if name in body and name not in others:
                tampered.execute("DELETE FROM documents WHERE hash = ?", (name,))
    broken, known = found_in(filled), found_in(filled, head[:16])
    if number < 11:
        assert broken[0].record == number and broken[0].says.startswith(f"record {number + 1} (")
    elif not thoroughly:
        assert broken[0].says.startswith("record 11: a result of")
    else:
        assert not broken
    if number == 11:
        assert f"no record has the hash {head[:16]}" in known[-1].says or not thoroughly
        assert known


def test_records_that_were_swapped_are_found(filled: Path, tampered: sqlite3.Connection) -> None:
    for one, other in ((1, 2), (2, 5), (4, 5), (3, 9), (6, 11)):
        swap(tampered, one, other)
        assert found_in(filled)[0].record == one
        swap(tampered, one, other)
    assert not found_in(filled)


def swap(connection: sqlite3.Connection, one: int, other: int) -> None:
    """Two records change places, with their rows."""
    connection.execute("PRAGMA foreign_keys = OFF")
    for was, now in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE records SET number = ? WHERE number = ?", (now, was))
        connection.execute("UPDATE team_results SET record = ? WHERE record = ?", (now, was))
        connection.execute("UPDATE outbox SET record = ? WHERE record = ?", (now, was))


def forge(connection: sqlite3.Connection, change: Callable[[dict], object]) -> None:
    """Append a record with the right hash, its body changed from the last one's."""
    number, previous, body = connection.execute("SELECT number, hash, body FROM records ORDER BY number DESC").fetchone()
    held = json.loads(body)
    held["version"] += 1
    said = change(held)
    text = canonical(held if said is None else said)
    values = (number + 1, held["kind"], held["quarter"], held["version"], text, previous, record_hash(number + 1, previous, text))
    connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", values)


# Each changes the body of a record, or gives something else in its place.
FORGERIES: dict[str, Callable[[dict], object]] = {
    "its rows are not there": lambda body: None,
    "a document that is not there": lambda body: body.update(result="f" * 64),
    "the evidence as its result": lambda body: body.update(result=body["evidence"]["document"], teams={}),
    "an object and no hash": lambda body: body.update(result={"hash": "x"}, teams={}),
    "nothing": lambda body: {},
    "a list": lambda body: [],
    "a number": lambda body: 7,
    "teams as a list": lambda body: body.update(teams=[]),
    "no earlier quarters": lambda body: body.pop("earlier") and None,
    "earlier quarters without documents": lambda body: body.update(earlier={"2008/09 Q4": {}}),
    "messages that are not there": lambda body: body.update(kind="alerts", teams={}, messages={"0" * 12: "f" * 64}),
    "messages as a list": lambda body: body.update(kind="alerts", teams={}, messages=["0" * 12]),
    "a document of alerts that is not there": lambda body: body.update(kind="alerts", teams={}, documents={"rules": {"kind": "alert rules", "hash": "f" * 64}}),
    "a document of alerts of another kind": lambda body: body.update(kind="alerts", teams={}, documents={"rules": {"kind": "alert rules", "hash": body["result"]}}),
    "documents as a list": lambda body: body.update(kind="alerts", teams={}, documents=[]),
    "notes that are not there": lambda body: body.update(kind="answer", teams={}, noted={"number": 999, "hash": "f" * 64}),
    "notes with another end": lambda body: body.update(kind="answer", teams={}, noted={"number": 1, "hash": "f" * 64}),
    "notes without a number": lambda body: body.update(kind="answer", teams={}, noted={}),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_record_is_found(change: Callable[[dict], object], filled: Path, tampered: sqlite3.Connection) -> None:
    forge(tampered, change)
    assert found_in(filled)[0].record == 12


def test_a_record_that_names_no_json_is_found(filled: Path, tampered: sqlite3.Connection) -> None:
    number, previous = tampered.execute("SELECT number, hash FROM records ORDER BY number DESC").fetchone()
    tampered.execute("INSERT INTO records VALUES (?, 'x', 'y', 1, '{', ?, ?)", (number + 1, previous, record_hash(number + 1, previous, "{")))
    assert found_in(filled)[0].record == 12


def test_what_was_put_in_besides_is_found(filled: Path, tampered: sqlite3.Connection) -> None:
    tampered.execute("INSERT INTO documents VALUES (?, 'pack', '{}')", (digest("{}"),))
    assert found_in(filled)[0].says.startswith("a document that no record names: 44136fa355b3678a")
    tampered.execute("DELETE FROM documents WHERE hash = ?", (digest("{}"),))
    for record in (2, 77, "many"):
        tampered.execute("PRAGMA foreign_keys = OFF")
        tampered.execute("INSERT INTO team_results VALUES (?, 'T999', 0, '', '{}', '{}', '{}', '{}')", (record,))
        assert found_in(filled)[0] == Broken(2 if record == 2 else 0, f"record {record}: a result of T999 that was not filed with it")
        tampered.execute("DELETE FROM team_results WHERE team = 'T999'")
    for table in ("documents", "team_results"):
        row = tampered.execute(f"SELECT rowid, * FROM {table}").fetchone()
        tampered.execute(f"DELETE FROM {table} WHERE rowid = ?", row[:1])
        assert any("was taken away" in one.says for one in found_in(filled))
        tampered.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row[1:]))})", row[1:])


def note_rows(connection: sqlite3.Connection) -> list[tuple]:
    return connection.execute("SELECT number, message, at, what, detail, hash FROM outbox_events ORDER BY number").fetchall()


def test_other_kinds_of_records_are_told_by_their_kind(filled: Path, tampered: sqlite3.Connection) -> None:
    tampered.execute("UPDATE outbox SET place = 'elsewhere' WHERE record = 9 AND place = 'D1'")
    (broken,) = found_in(filled)
    assert broken.record == 9 and broken.says.startswith("record 9 (alerts, 2009/10 Q2, version 1): message ") and broken.says.endswith(" was changed")


def test_messages_that_were_put_in_or_taken_away_are_found(filled: Path, tampered: sqlite3.Connection) -> None:
    row = tampered.execute("SELECT * FROM outbox WHERE record = 3").fetchone()
    tampered.execute("DELETE FROM outbox WHERE id = ?", row[:1])
    assert found_in(filled)[0].says == f"record 3 (alerts, 2008/09 Q4, version 1): message {row[0]} was taken away"
    tampered.execute(f"INSERT INTO outbox VALUES ({', '.join('?' * len(row))})", row)
    assert not found_in(filled)
    for record, place in ((3, 3), (77, 0), ("many", 0)):
        tampered.execute("PRAGMA foreign_keys = OFF")
        tampered.execute(f"INSERT INTO outbox VALUES ({', '.join('?' * len(row))})", ("STRAY", "stray", record, *row[3:]))
        assert found_in(filled) == [Broken(place, f"record {record}: a message STRAY that was not queued with it")]
        tampered.execute("DELETE FROM outbox WHERE id = 'STRAY'")


def test_notes_that_were_taken_out_put_in_or_moved_are_found(filled: Path, tampered: sqlite3.Connection) -> None:
    whole = note_rows(tampered)
    assert len(whole) == 14

    def tried(rows: list[tuple]) -> list[Broken]:
        tampered.execute("DELETE FROM outbox_events")
        tampered.executemany("INSERT INTO outbox_events VALUES (?, ?, ?, ?, ?, ?)", rows)
        return found_in(filled)

    for place in range(len(whole) - 1):
        left = [*whole[:place], *whole[place + 1 :]]
        assert tried(left), "one is missing"
        assert tried([(number, *row[1:]) for number, row in enumerate(left, 1)]), "and the others moved up"
        assert tried([*whole[:place], (place + 1, *whole[place + 1][1:]), (place + 2, *whole[place][1:]), *whole[place + 2 :]]), "two changed places"
    last = len(whole)
    assert tried([*whole, (last + 1, *whole[0][1:5], "f" * 64)]), "one more, that does not follow"
    for change in ({"what": "lost"}, {"at": "2009-04-20T09:00:00"}, {"at": "2009-04-20T10:00:00+01:00"}, {"detail": "[]"}, {"detail": "{"}, {"message": "NOBODYS"}):
        row = {"message": whole[0][1], "at": whole[0][2], "what": "sent", "detail": "{}"} | change
        name = event_hash(last + 1, whole[-1][5], row["message"], row["at"], row["what"], row["detail"])
        assert tried([*whole, (last + 1, *row.values(), name)]), "one more with the right hash, that says what no note says"
    assert not tried(whole)


def test_notes_that_were_cut_off_are_found_where_a_record_names_them(filled: Path, tampered: sqlite3.Connection) -> None:
    """What is behind the last record that names the notes can be cut off unseen. It is harmless: no message is lost by it.

    Where the outcome was cut off, what was sent goes again and is marked so; where the try was as well, it goes again under the same id.
    """
    (name,) = {row[1] for row in note_rows(tampered)[-2:]}
    for number in (14, 13):
        tampered.execute("DELETE FROM outbox_events WHERE number >= ?", (number,))
        assert not found_in(filled)
        with open_store(str(filled)).reading() as connection:
            (cut,) = outbox.messages(connection, ids=[name])
        assert cut.progress.is_open and cut.progress.may_have_arrived == (number == 14)
    tampered.execute("DELETE FROM outbox_events WHERE number >= 12")
    (broken,) = found_in(filled)
    assert broken == Broken(10, "record 10 (answer, 2009/10 Q2, version 1): of what became of messages until then, 12 notes, some were changed or taken away")


def test_a_trigger_that_is_missing_altered_or_foreign_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        for name, sql in [item for table in GUARDED for item in guards("sqlite", table).items()]:
            connection.execute(f"DROP TRIGGER {name}")
            assert name in refusals(filled)
            connection.execute(sql.replace("what was filed", "nothing"))
            assert name in refusals(filled)
            connection.execute(f"DROP TRIGGER {name}")
            connection.execute(sql)
        assert verify(open_store(str(filled))).holds
        connection.execute("CREATE TRIGGER swallows BEFORE INSERT ON records BEGIN SELECT RAISE(IGNORE); END")
        assert "swallows" in refusals(filled)


def refusals(file: Path | str) -> str:
    (said,) = [one.says for one in verify(open_store(str(file))).broken if one.record == 0 and "refuse changes" in one.says]
    return said


def test_the_command_says_where_and_exits_with_5(filled: Path, tampered: sqlite3.Connection) -> None:
    tampered.execute("UPDATE records SET hash = CAST(x'ff00' AS TEXT), quarter = CAST(x'fe' AS TEXT), kind = x'00' WHERE number = 7")
    tampered.execute("UPDATE records SET hash = x'00' WHERE number = 8")
    tampered.execute("UPDATE team_results SET team = CAST(x'ff' AS TEXT) WHERE record = 5 AND position = 1")
    tampered.execute("UPDATE outbox SET letter = x'ff', id = CAST(x'ff' AS TEXT) WHERE id = (SELECT max(id) FROM outbox)")
    tampered.execute("UPDATE outbox_events SET detail = x'ff', at = CAST(x'ff' AS TEXT), hash = x'00' WHERE number = 12")
    make_guards(tampered)
    for arguments in ([], ["--json"], ["--head", "f" * 64]):
        found = CliRunner().invoke(cli, ["verify", "--store", str(filled), *arguments], catch_exceptions=False)
        assert found.exit_code == 5 and "record 5 (2009/10 Q1, version 1)" in found.stdout
    replayed = subprocess.run([sys.executable, "-m", "springtide", "replay", "2009/10 Q1", "--store", filled], capture_output=True, text=True, check=False)
    assert replayed.returncode == 5 and "does not replay to what was filed" in replayed.stdout, replayed.stderr


@pytest.mark.parametrize("sql", [
    "UPDATE documents SET content = '{' WHERE kind = '{kind}'", "DELETE FROM documents WHERE kind = '{kind}'", "UPDATE documents SET content = x'00' WHERE kind = '{kind}'",
])  # fmt: skip
def test_reading_what_is_damaged_says_so(sql: str, filled: Path, tampered: sqlite3.Connection) -> None:
    for kind in ("pack", "evidence", "result"):
        tampered.execute("SAVEPOINT before")
        tampered.execute(sql.replace("{kind}", kind))
        tampered.execute("COMMIT")
        found = CliRunner().invoke(cli, ["replay", "2009/10 Q3", "--store", str(filled)], catch_exceptions=False)
        assert found.exit_code == 2 and "is not as it was filed; springtide verify says more" in " ".join(found.output.split())


def test_filed_rules_do_not_write_outside_their_folder() -> None:
    for name in ("../../outside", "/etc/outside", "a/../../../outside"):
        with pytest.raises(StoreError, match="can't be theirs"):
            pack_from_data({"layers": [{"name": "filed", "files": {name: "x"}}]})
        with pytest.raises(StoreError, match="can't be theirs"):
            pack_from_data({"layers": [{"name": name, "files": {"x": "x"}}, {"name": "filed", "files": {}}]})


# ---- raw bytes of the file -------------------------------------------------------------------


def test_a_flipped_byte_in_the_file_is_found_or_harmless(filled: Path, tmp_path: Path) -> None:
    """Either `verify` says so, or everything that is read is what it was."""
    rng = Random("bytes")
    whole = filled.read_bytes()
    before = everything(filled)
    store = tmp_path / "flipped.sqlite"
    seen = 0
    places = [*range(0, 100, 3), *(rng.randrange(len(whole)) for _ in range(250))]
    for place in places:
        store.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << rng.randrange(8))]) + whole[place + 1 :])
        try:
            holds = verify(open_store(str(store))).holds
        except StoreError:
            holds = False
        seen += not holds
        assert not holds or everything(store) == before, place
    assert seen > len(places) / 3


def test_a_file_that_was_cut_short_is_found(filled: Path, tmp_path: Path) -> None:
    whole = filled.read_bytes()
    for length in (99, 100, 4096, 5000, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        cut = tmp_path / "cut.sqlite"
        cut.write_bytes(whole[:length])
        try:
            holds = verify(open_store(str(cut))).holds
        except StoreError:
            holds = False
        assert not holds, length


def everything(file: Path) -> dict[str, list]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        return {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}").fetchall())) for table in COLUMNS}


# ---- PostgreSQL ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled_database(postgresql, kent: RulePack, county: list[EvidenceSet], file_quickly: Callable[..., Filed]) -> str:
    name = postgresql.fresh()
    fill(open_store(postgresql.url(name), make=True), kent, county, file_quickly)
    return name


@pytest.fixture
def filled_copy(postgresql, filled_database: str) -> Place:
    return database_place(postgresql, like=filled_database)


def test_every_change_in_postgresql_is_found(filled_copy: Place) -> None:
    store = open_store(filled_copy.address)
    assert verify(store).holds
    with filled_copy.connect() as connection:
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        assert refusals(filled_copy.address).count("_no_") == 10
        connection.execute("SET session_replication_role = replica")  # no foreign key is looked at either
        for table, columns in COLUMNS.items():
            *row, place = connection.execute(f"SELECT *, ctid FROM {table} ORDER BY ctid DESC").fetchone()
            for column, value in zip(columns, row, strict=True):
                changed = value + 70 if isinstance(value, int) else "Q" + value[1:]
                (place,) = connection.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = %s RETURNING ctid", (changed, place)).fetchone()
                assert len(verify(store).broken) > 1, (table, column)
                (place,) = connection.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = %s RETURNING ctid", (value, place)).fetchone()
        assert len(verify(store).broken) == 1


def test_a_trigger_altered_in_postgresql_is_found(filled_copy: Place) -> None:
    store = open_store(filled_copy.address)
    with filled_copy.connect() as connection:
        connection.execute("CREATE OR REPLACE FUNCTION springtide_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
        assert refusals(filled_copy.address).count("_no_") == 10
        connection.execute(f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_DOES}$$")
        assert verify(store).holds
        connection.execute("DROP TRIGGER records_no_change ON records")
        assert "records_no_change" in refusals(filled_copy.address)
        connection.execute("CREATE TRIGGER records_no_change BEFORE UPDATE OF kind ON records FOR EACH ROW EXECUTE FUNCTION springtide_only_added_to()")
        assert "records_no_change" in refusals(filled_copy.address)
        connection.execute("CREATE TRIGGER swallows BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION springtide_only_added_to()")
        assert "swallows" in refusals(filled_copy.address)


def test_copies_are_as_good_as_the_store(filled: Path, tmp_path: Path) -> None:
    copy = shutil.copy(filled, tmp_path / "copy.sqlite")
    assert verify(open_store(str(copy))) == verify(open_store(str(filled)))
