"""Checking a store: that every record is as it was filed, and that none was taken out, put in or moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError

from .chain import BEGINNING, digest, record_hash, row_hash
from .guards import missing_guards
from .ledger import Head
from .opening import Store
from .tables import documents, records, team_results


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
        StoreError: the store can't be read at all.
    """
    with store.reading() as connection:
        damage = [*_database(connection)]
        try:
            chain = connection.execute(select(records).order_by(records.c.number)).mappings().all()
            found = [*_chain(connection, [{name: _text(value) for name, value in row.items()} for row in chain])]
        except DatabaseError:
            if not damage:
                raise
            chain, found = [], []
        found += _known(known_head, [row["hash"] for row in chain])
    end = Head(chain[-1]["number"], chain[-1]["hash"]) if chain else Head(0, BEGINNING)
    in_order = sorted(found, key=lambda one: (one.record == 0, one.record))
    return Verified(len(chain), len({row["quarter"] for row in chain}), end, (*damage, *in_order))


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
        lost = missing_guards(connection)
    except DatabaseError:
        return
    if lost:
        yield Broken(0, f"the store does not refuse changes any more: {', '.join(lost)} is not there as it was made")


def _chain(connection: Connection, chain: list[dict[str, Any]]) -> Iterator[Broken]:
    held = _Held(connection)
    previous = BEGINNING
    for place, row in enumerate(chain, 1):
        name = f"record {row['number']} ({row['quarter']}, version {row['version']})"
        for fault in _faults(row, place, previous, held):
            yield Broken(place, f"{name}: {fault}")
        previous = row["hash"]
    yield from held.strays(len(chain))


def _faults(row: dict[str, Any], place: int, previous: str, held: _Held) -> Iterator[str]:
    if row["number"] != place:
        yield f"it stands in place {place}: a record was taken out, or put in"
    if row["previous"] != previous:
        yield "it does not follow the record before it"
    if row["hash"] != record_hash(row["number"], row["previous"], row["body"]):
        yield "it was changed after it was filed"
        return
    body = json.loads(row["body"])
    if any(body[name] != row[name] for name in ("kind", "quarter", "version")):
        yield "its kind, quarter or version was changed after it was filed"
    for name, document in _documents(body):
        if not held.is_whole(document):
            yield f"its {name} {'was changed' if held.has(document) else 'was taken away'}"
    for team, expected in body["teams"].items():
        found = held.take_row(row["number"], team)
        if found != expected:
            yield f"the result of {team} {'was changed' if found else 'was taken away'}"


def _documents(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every document that a record names, with what it is to people."""
    yield "rule pack", body["pack"]["document"]
    yield "evidence", body["evidence"]["document"]
    yield "result", body["result"]
    yield "glossary", body["glossary"]
    for quarter, earlier in body["earlier"].items():
        yield f"evidence of {quarter}", earlier["document"]


class _Held:
    """The hash of every document and row as it now is, worked out once, and which of them a record names."""

    def __init__(self, connection: Connection):
        found = connection.execution_options(yield_per=50)
        self._documents: dict[str, bool] = {row.hash: digest(_text(row.content)) == row.hash for row in found.execute(select(documents))}
        self._rows = {
            (row["record"], row["team"]): row_hash({name: _text(value) for name, value in row.items()})
            for row in found.execute(select(team_results)).mappings()
        }
        self._named: set[str] = set()

    def has(self, document: str) -> bool:
        return document in self._documents

    def is_whole(self, document: str) -> bool:
        self._named.add(document)
        return self._documents.get(document, False)

    def take_row(self, record: int, team: str) -> str | None:
        return self._rows.pop((record, team), None)

    def strays(self, records: int) -> Iterator[Broken]:
        """What no record names: it was put in by another hand, or its record was changed or taken away."""
        for record, team in sorted(self._rows):
            yield Broken(record if record <= records else 0, f"record {record}: a result of {team} that was not filed with it")
        for document in sorted(set(self._documents) - self._named):
            yield Broken(0, f"a document that no record names: {document[:16]}")


def _text(value: Any) -> Any:
    """What a column holds; bytes, which none should, as a text that no column would."""
    return repr(value) if isinstance(value, bytes) else value


def _known(head: str, hashes: list[str]) -> Iterator[Broken]:
    if head and not any(one.startswith(head.lower()) for one in hashes):
        yield Broken(0, f"no record has the hash {head}: records were taken away since it was printed, or it is of another store")
