"""What was filed stays: the database itself refuses to change it, and a correction is a new version beside the old."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from history.conftest import Place, fill
from history.quarters import FIRST, corrected, filing, quarters_of, written

from springtide import read_evidence
from springtide.evidence.records import EvidenceSet
from springtide.history.problems import CorrectionNeedsReason
from springtide.history.recording import Filed
from springtide.history.replaying import replay
from springtide.history.store import ledger
from springtide.history.store.opening import Store, open_store
from springtide.history.store.tables import metadata
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack
from springtide.reports.explanation import plain

FileQuickly = Callable[..., Filed]
COLUMNS = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}


@pytest.fixture
def filled_place(place: Place, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly) -> Place:
    fill(open_store(place.address, make=True), kent, county[:2], file_quickly)
    return place


def test_the_county_moves_and_reads_back_as_it_was_written(kent: RulePack, county: list[EvidenceSet], tmp_path) -> None:
    assert [str(*evidence.quarters) for evidence in county] == ["2008/09 Q4", "2009/10 Q1", "2009/10 Q2", "2009/10 Q3"]
    assert len({evidence.hash for evidence in county}) == 4 and [*quarters_of(kent)] == county
    listed = [evidence.changes.teams_in(*evidence.quarters) for evidence in county]
    assert "T007" not in listed[1] and "T007" in listed[2] and not {"T005", "T006"} & listed[2]
    for number, evidence in enumerate(county):
        assert read_evidence(written(tmp_path / str(number), kent, evidence), kent).hash == evidence.hash


# ---- what the database refuses ---------------------------------------------------------------


def statements(kind: str) -> list[str]:
    """Every way to change a row or to take one away, of every table and column."""
    found = []
    for table, columns in COLUMNS.items():
        key = [column.name for column in metadata.tables[table].primary_key]
        names = ", ".join(columns)
        found += [f"UPDATE {table} SET {column} = {column}" for column in columns]
        found += [f"DELETE FROM {table}", f"DELETE FROM {table} WHERE {key[0]} = (SELECT max({key[0]}) FROM {table})"]
        found += [f"INSERT INTO {table} SELECT {names} FROM {table} WHERE true ON CONFLICT ({', '.join(key)}) DO UPDATE SET {columns[-1]} = 'x'"]
        if kind == "sqlite":
            changed = ", ".join("'x'" if column == columns[-1] else column for column in columns)
            found += [f"INSERT OR REPLACE INTO {table} SELECT {changed} FROM {table}", f"REPLACE INTO {table} SELECT {changed} FROM {table}"]
            found += [f"UPDATE OR REPLACE {table} SET {key[0]} = {key[0]}", f"UPDATE OR IGNORE {table} SET {columns[-1]} = 'x'"]
        else:
            found += [f"TRUNCATE {table} CASCADE", f"MERGE INTO {table} USING {table} o ON {table}.{key[0]} = o.{key[0]} WHEN MATCHED THEN DELETE"]
    if kind == "postgresql":
        found += ["TRUNCATE documents", "TRUNCATE team_results", "TRUNCATE outbox_events", "TRUNCATE records, team_results, documents, outbox, outbox_events"]
    if kind == "sqlite":
        # Over the rowid, and over what else is unique: nothing else of the new row is the same.
        found += [
            "INSERT OR REPLACE INTO documents (rowid, hash, kind, content) VALUES (1, 'new', 'pack', '{}')",
            "INSERT OR REPLACE INTO team_results (rowid, record, team, position, district, result, measures, movement, explanation)"
            " VALUES (1, 1, 'new', 0, '', '{}', '{}', '{}', '{}')",
        ]
        row = {"number": "99", "kind": "'x'", "quarter": "'x'", "version": "99", "body": "'{}'", "previous": "'x'", "hash": "'x'"}
        for same in (["number"], ["previous"], ["hash"], ["kind", "quarter", "version"]):
            values = ", ".join(name if name in same else value for name, value in row.items())
            found.append(f"INSERT OR REPLACE INTO records SELECT {values} FROM records WHERE number = 1")
        found += [
            f"INSERT OR REPLACE INTO outbox (rowid, {', '.join(COLUMNS['outbox'])}) VALUES (1, 'new', 'new', 1, '', '', '', '', '', '', '[]', '{{}}')",
            "INSERT OR REPLACE INTO outbox SELECT 'new', key, record, quarter, post, place, stage, not_before, answer_by, alerts, letter FROM outbox",
            "INSERT OR REPLACE INTO outbox SELECT id, 'new', record, quarter, post, place, stage, not_before, answer_by, alerts, letter FROM outbox",
            "INSERT OR REPLACE INTO outbox_events SELECT number, message, at, what, '{}', 'new' FROM outbox_events",
            "INSERT OR REPLACE INTO outbox_events SELECT 999, message, at, what, detail, hash FROM outbox_events",
        ]
    return found


def contents(connection) -> dict[str, list]:
    return {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}").fetchall())) for table in COLUMNS}


def test_the_database_refuses_to_change_what_was_filed(filled_place: Place) -> None:
    connection = filled_place.connect()
    before = contents(connection)
    for statement in statements(filled_place.kind):
        with pytest.raises((sqlite3.DatabaseError, psycopg.DatabaseError), match="what was filed is never changed or taken away"):
            connection.execute(statement)
    assert contents(connection) == before
    connection.close()
    assert verify(open_store(filled_place.address)).holds


def test_an_upsert_that_does_nothing_changes_nothing(filled_place: Place) -> None:
    connection = filled_place.connect()
    before = contents(connection)
    if filled_place.kind == "postgresql":
        for table, columns in COLUMNS.items():
            connection.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM {table} ON CONFLICT DO NOTHING")
    else:
        for table in COLUMNS:
            with pytest.raises(sqlite3.DatabaseError):
                connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM {table}")
    assert contents(connection) == before
    connection.close()


# ---- filing again ----------------------------------------------------------------------------


def counts(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {name: len(connection.execute(table.select()).all()) for name, table in metadata.tables.items()}


def test_filing_the_same_again_adds_nothing(place: Place, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly) -> None:
    store = open_store(place.address, make=True)
    first = file_quickly(store, filing(kent, county[0]))
    before = counts(store)
    again = file_quickly(store, filing(kent, county[0], by="somebody else", because="no reason at all"))
    reordered = replace(county[0], rows=county[0].rows[::-1], responses=county[0].responses[::-1], teams=county[0].teams[::-1])
    third = file_quickly(store, filing(kent, reordered))
    assert (first.is_new, again.is_new, third.is_new) == (True, False, False)
    assert first.record == again.record == third.record and first.head == third.head
    assert counts(store) == before


def test_a_correction_is_a_new_version_with_a_reason(place: Place, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly) -> None:
    store = open_store(place.address, make=True)
    first = file_quickly(store, filing(kent, county[0]))
    later = file_quickly(store, filing(kent, county[1]))
    before = counts(store)
    changed = corrected(county[0])
    for reason in ("", "   "):
        with pytest.raises(CorrectionNeedsReason, match=r"2008/09 Q4 is filed already.*evidence.*--because"):
            file_quickly(store, filing(kent, changed, because=reason))
    assert counts(store) == before
    second = file_quickly(store, filing(kent, changed, because="a late return"))
    assert (second.record.version, second.record.body["because"], second.record.body["supersedes"]) == (2, "a late return", first.record.hash)
    assert any(note.startswith("2009/10 Q1 was compared with an earlier version of 2008/09 Q4") for note in second.notes)
    with store.reading() as connection:
        assert ledger.versions(connection, FIRST) == [first.record, second.record]
        assert ledger.latest(connection, FIRST) == second.record
        old, new = (ledger.document(connection, one.body["evidence"]["document"]) for one in (first.record, second.record))
    assert old["rows"] != new["rows"]
    third = file_quickly(store, filing(kent, county[1], because="the quarter before was corrected"))
    assert third.is_new and third.record.body["earlier"][str(FIRST)]["record"] == second.record.hash
    assert later.record.body["earlier"][str(FIRST)]["record"] == first.record.hash
    fourth = file_quickly(store, filing(kent, county[0], because="it was right at first"))
    assert fourth.is_new and fourth.record.version == 3 and verify(store).holds


def test_every_version_replays_to_the_same_bytes(tmp_path, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly) -> None:
    store = open_store(str(tmp_path / "store.sqlite"), make=True)
    for evidence, because in ((county[1], ""), (county[2], ""), (corrected(county[1]), "late"), (county[2], "the quarter before was corrected")):
        file_quickly(store, filing(kent, evidence, because=because, engine="both"))
    for evidence in (county[1], county[2]):
        for version in (1, 2):
            found = replay(store, evidence.quarters[0], plain, version=version)
            assert found.is_same and found.words_differ == 0 and found.bytes_compared > 5000, (found.record.name, found.differs)
