"""Checking a store: that every record is as it was filed, and that none was taken out, put in or moved.

What became of messages is checked likewise: each note follows the one before, and the records name where the notes
had come to. Notes can only be cut off unseen behind the last that a record names: then a message goes out again that was
sent, under the same id, and none is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DatabaseError

from ..problems import StoreError
from .chain import BEGINNING, SHOWN, digest, record_hash, row_hash
from .guards import GUARDED, altered_guards
from .ledger import QUARTER, Head
from .opening import SCHEMA, Store, schema_of
from .outgoing import is_well_formed
from .tables import documents, outbox, outbox_events, records, team_results

_ENOUGH = 8  # characters of a head


@dataclass(frozen=True)
class Broken:
    """Something that is not as it was filed; `record` is the number of the first record it shows in, 0 for none."""

    record: int
    says: str

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True)
class Verified:
    """What a check of the whole store found, the first broken record first."""

    records: int
    quarters: int
    head: Head
    broken: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        return not self.broken


def verify(store: Store, known_head: str = "") -> Verified:
    """Check every record, document and row.

    Args:
        known_head: a head that was printed earlier, or the beginning of it; the chain must still hold it, which shows
            that no records were taken from its end since.

    Raises:
        StoreError: the store can't be read at all, or the known head is too short to tell one store from another.
    """
    if 0 < len(known_head) < _ENOUGH:
        raise StoreError(f"'{known_head}' is too short for a head; reports print the first {SHOWN} of its 64 characters")
    with store.reading() as connection:
        damage = [*_database(connection)]
        try:
            rows = connection.execute(select(records).order_by(records.c.number)).mappings()
            chain = [{name: _text(value) for name, value in row.items()} for row in rows]
            found = [*_chain(connection, chain)]
        except DatabaseError:
            if not damage:
                raise
            chain, found = [], []
        found += _known(known_head, [BEGINNING, *(str(row["hash"]) for row in chain)])
    end = Head(chain[-1]["number"], _shown(chain[-1]["hash"])) if chain else Head(0, BEGINNING)
    in_order = sorted(found, key=lambda one: (one.record == 0, one.record))
    return Verified(len(chain), len({row["quarter"] for row in chain if row["kind"] == QUARTER}), end, (*damage, *in_order))


def _database(connection: Connection) -> Iterator[Broken]:
    """What the database itself says of its file, and whether it still refuses changes."""
    if connection.dialect.name == "sqlite":
        try:
            said = list(connection.execute(text("PRAGMA integrity_check")).scalars())
        except DatabaseError as error:
            said = [str(error.orig)]
        if said != ["ok"]:
            yield Broken(0, f"the file is damaged: {said[0]}")
    try:
        there = GUARDED if schema_of(connection) == SCHEMA else [table for table in GUARDED if inspect(connection).has_table(table)]
        altered = altered_guards(connection, there)
    except DatabaseError:
        return
    if altered:
        yield Broken(0, f"the store does not refuse changes any more as it was made to: {_shown(', '.join(altered))} was changed, taken out or put in")


def _chain(connection: Connection, chain: list[dict[str, Any]]) -> Iterator[Broken]:
    held = _Held(connection)
    previous = BEGINNING
    for place, row in enumerate(chain, 1):
        kind = "" if row["kind"] == QUARTER else f"{row['kind']}, "
        name = _shown(f"record {row['number']} ({kind}{row['quarter']}, version {row['version']})")
        for fault in _faults(row, place, previous, held):
            yield Broken(place, f"{name}: {_shown(fault)}")
        previous = row["hash"]
    yield from held.strays(len(chain))
    yield from held.notes_faults()


def _faults(row: dict[str, Any], place: int, previous: str, held: _Held) -> Iterator[str]:
    if row["number"] != place:
        yield f"it stands in place {place}: a record was taken out, or put in"
    if row["previous"] != previous:
        yield "it does not follow the record before it"
    if row["hash"] != record_hash(row["number"], row["previous"], row["body"]):
        yield "it was changed after it was filed"
        return
    try:
        body = json.loads(row["body"])
        says = {name: body[name] for name in ("kind", "quarter", "version")}
        named, teams, messages = [*_documents(body)], [*body["teams"].items()], [*body.get("messages", {}).items()]
        noted = [(int(body["noted"]["number"]), str(body["noted"]["hash"]))] if "noted" in body else []
    except (ValueError, KeyError, TypeError, AttributeError):
        yield "it does not say what a record says, and was put in by another hand"
        return
    if any(row[name] != said for name, said in says.items()):
        yield "its kind, quarter or version was changed after it was filed"
    for name, kind, document in named:
        if not held.is_whole(document, kind):
            yield f"its {name} {'was changed' if held.has(document) else 'was taken away'}"
    for team, expected in teams:
        if fault := held.row_fault(row["number"], team, expected):
            yield f"the result of {team} {fault}"
    for message, expected in messages:
        if fault := held.message_fault(row["number"], message, expected):
            yield f"message {message} {fault}"
    for number, name in noted:
        if not held.is_noted(number, name):
            yield f"of what became of messages until then, {number} notes, some were changed or taken away"


def _documents(body: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every document that a record names: what it is to people, the kind that it is filed as, and its hash."""
    for name, held in body.get("documents", {}).items():
        yield str(name), str(held["kind"]), str(held["hash"])
    if body["kind"] != QUARTER:
        return
    yield "rule pack", "pack", str(body["pack"]["document"])
    yield "evidence", "evidence", str(body["evidence"]["document"])
    yield "result", "result", str(body["result"])
    yield "glossary", "glossary", str(body["glossary"])
    for quarter, earlier in body["earlier"].items():
        yield f"evidence of {quarter}", "evidence", str(earlier["document"])


class _Held:
    """The hash of every document, row and message as it now is, worked out once, and which of them a record names.

    There should be one of each, but who takes a table's triggers away can take its primary key away as well.
    """

    def __init__(self, connection: Connection):
        found = connection.execution_options(yield_per=50)
        self._documents: dict[Any, set[Any]] = {}  # the kinds it is filed as; None where it is not what its hash says
        for document in found.execute(select(documents)).mappings():
            name, kind, content = (_text(document[column]) for column in ("hash", "kind", "content"))
            self._documents.setdefault(name, set()).add(kind if digest(str(content)) == name else None)
        self._rows: dict[tuple[Any, Any], list[str]] = {}
        for row in found.execute(select(team_results)).mappings():
            held = {name: _text(value) for name, value in row.items()}
            self._rows.setdefault((held["record"], held["team"]), []).append(row_hash(held))
        self._named: set[str] = set()
        self._messages: dict[tuple[Any, Any], list[str]] = {}
        self._notes: list[dict[str, Any]] = []
        if inspect(connection).has_table(outbox.name):  # a store that nobody has written to since has none
            for row in found.execute(select(outbox)).mappings():
                held = {name: _text(value) for name, value in row.items()}
                self._messages.setdefault((held["record"], held["id"]), []).append(row_hash(held))
            rows = found.execute(select(outbox_events).order_by(outbox_events.c.number)).mappings()
            self._notes = [{name: _text(value) for name, value in row.items()} for row in rows]
        self._known = {message for _, message in self._messages}

    def has(self, document: str) -> bool:
        return document in self._documents

    def is_whole(self, document: str, kind: str) -> bool:
        self._named.add(document)
        return self._documents.get(document) == {kind}

    def row_fault(self, record: int, team: str, expected: str) -> str:
        """What became of a row that was filed; nothing where it is as it was. A second one in its name is a stray."""
        return _fault(self._rows, (record, team), expected)

    def message_fault(self, record: int, message: str, expected: str) -> str:
        """The same of a message that was queued."""
        return _fault(self._messages, (record, message), expected)

    def is_noted(self, number: int, name: str) -> bool:
        """Whether the notes had come to just here: a number, and the hash of the note that bears it."""
        return name == (BEGINNING if number == 0 else self._notes[number - 1]["hash"] if 0 < number <= len(self._notes) else None)

    def notes_faults(self) -> Iterator[Broken]:
        """What is wrong with the notes themselves, whatever the records say of them."""
        previous = BEGINNING
        for place, note in enumerate(self._notes, 1):
            name = f"note {note['number']} on message {note['message']}"
            if note["number"] != place:
                yield Broken(0, _shown(f"{name}: it stands in place {place}: a note was taken out, or put in"))
            if note["message"] not in self._known:
                yield Broken(0, _shown(f"{name}: there is no such message"))
            if not is_well_formed(note, previous):
                yield Broken(0, _shown(f"{name}: it was changed or put in by another hand, or does not follow the note before it"))
            previous = str(note["hash"])

    def strays(self, records: int) -> Iterator[Broken]:
        """What no record names: it was put in by another hand, or its record was changed or taken away."""
        for record, team in sorted((key for key, there in self._rows.items() if there), key=repr):
            place = record if isinstance(record, int) and 0 < record <= records else 0
            yield Broken(place, _shown(f"record {record}: a result of {team} that was not filed with it"))
        for record, message in sorted((key for key, there in self._messages.items() if there), key=repr):
            place = record if isinstance(record, int) and 0 < record <= records else 0
            yield Broken(place, _shown(f"record {record}: a message {message} that was not queued with it"))
        for document in sorted(set(self._documents) - self._named, key=repr):
            yield Broken(0, _shown(f"a document that no record names: {str(document)[:SHOWN]}"))


def _fault(rows: dict[tuple[Any, Any], list[str]], key: tuple[Any, Any], expected: str) -> str:
    there = rows.get(key, [])
    if expected in there:
        there.remove(expected)
        return ""
    return "was changed" if rows.pop(key, None) else "was taken away"


def _text(value: Any) -> Any:
    """What a column holds; a kind of value that none should hold, as a text that no column would."""
    return value if isinstance(value, int | str) else repr(value)


def _shown(text: Any) -> str:
    """Text that can be printed, also where its bytes were damaged."""
    return str(text).encode("utf-8", "backslashreplace").decode()


def _known(head: str, hashes: list[str]) -> Iterator[Broken]:
    if head and not any(one.startswith(head.lower()) for one in hashes):
        yield Broken(0, f"no record has the hash {head}: it is mistyped, or of another store, or records were taken away since it was printed")
