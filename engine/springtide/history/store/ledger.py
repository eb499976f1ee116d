"""Reading and adding to a store's records. Nothing here changes or takes away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from ...logic.quarter import Quarter, parse_quarter
from ..problems import StoreError
from .chain import BEGINNING, SHOWN, canonical, digest, record_hash, row_hash
from .tables import documents, records, team_results

QUARTER = "quarter"
_SEE = "springtide verify says more"


@dataclass(frozen=True)
class Record:
    """One filed record: its place in the chain, what it is of, and its body."""

    number: int
    kind: str
    quarter: Quarter
    version: int
    body: Mapping[str, Any] = field(repr=False)
    previous: str
    hash: str

    @property
    def name(self) -> str:
        """As people are told of it."""
        return f"{self.quarter}, version {self.version}"

    @property
    def filed(self) -> str:
        """When and by whom."""
        return f"{self.body['recorded_at'][:10]} by {self.body['recorded_by']}"


@dataclass(frozen=True)
class Head:
    """The end of the chain: how many records there are, and the hash that stands for all of them."""

    number: int
    hash: str


def head(connection: Connection) -> Head:
    found = connection.execute(select(records.c.number, records.c.hash).order_by(records.c.number.desc()).limit(1)).first()
    return Head(found.number, found.hash) if found else Head(0, BEGINNING)


def versions(connection: Connection, quarter: Quarter) -> list[Record]:
    """Every version of a quarter, oldest first."""
    return _records(connection, (records.c.kind == QUARTER) & (records.c.quarter == str(quarter)))


def latest(connection: Connection, quarter: Quarter) -> Record | None:
    """The version of a quarter that stands."""
    filed = versions(connection, quarter)
    return filed[-1] if filed else None


def standing(connection: Connection, *, after: Quarter | None = None) -> dict[Quarter, Record]:
    """The version that stands of every filed quarter, or of those after one, oldest quarter first."""
    where = records.c.kind == QUARTER
    if after is not None:
        where &= records.c.quarter > str(after)
    return {record.quarter: record for record in _records(connection, where)}


def every_version(connection: Connection) -> list[Record]:
    """Every version of every quarter, by quarter, the oldest first."""
    return _records(connection, records.c.kind == QUARTER)


def filed_quarters(connection: Connection) -> list[Quarter]:
    found = connection.execute(select(records.c.quarter).where(records.c.kind == QUARTER).distinct().order_by(records.c.quarter))
    return [parse_quarter(text) for text in found.scalars()]


def _records(connection: Connection, where: Any) -> list[Record]:
    return [_record(row) for row in connection.execute(select(records).where(where).order_by(records.c.quarter, records.c.version))]


def _record(row: Row[Any]) -> Record:
    try:
        return Record(row.number, row.kind, parse_quarter(row.quarter), row.version, json.loads(row.body), row.previous, row.hash)
    except (ValueError, TypeError) as error:
        raise StoreError(f"record {row.number} is not as it was filed; {_SEE}") from error


def of_kind(connection: Connection, kind: str, quarter: Quarter | None = None) -> list[Record]:
    """The records of a kind, of one quarter or of all, in the order in which they were filed."""
    where = records.c.kind == kind
    if quarter is not None:
        where &= records.c.quarter == str(quarter)
    return sorted(_records(connection, where), key=lambda record: record.number)


def next_version(connection: Connection, kind: str, quarter: Quarter) -> int:
    """The version that a quarter's next record of a kind is."""
    return (connection.execute(select(func.max(records.c.version)).where((records.c.kind == kind) & (records.c.quarter == str(quarter)))).scalar() or 0) + 1


def standing_hashes(connection: Connection, quarters: Iterable[str]) -> dict[str, str]:
    """The hash of the version that stands of each of some quarters."""
    query = select(records.c.quarter, records.c.hash).where((records.c.kind == QUARTER) & records.c.quarter.in_({*quarters}))
    return {row.quarter: row.hash for row in connection.execute(query.order_by(records.c.version))}


def record_of(connection: Connection, quarter: Quarter, version: int | None = None) -> Record:
    """The version of a quarter that stands, or the one asked for. Raises StoreError."""
    filed = versions(connection, quarter)
    if not filed:
        there = ", ".join(str(one) for one in filed_quarters(connection)) or "none"
        raise StoreError(f"{quarter} is not filed; filed quarters: {there}")
    if version is None:
        return filed[-1]
    if not 1 <= version <= len(filed):
        raise StoreError(f"{quarter} has no version {version}; its versions: {', '.join(str(one.version) for one in filed)}")
    return filed[version - 1]


def document(connection: Connection, name: str) -> Any:
    """What was filed under a hash. Raises StoreError where it is not there, or says something else by now."""
    content = connection.execute(select(documents.c.content).where(documents.c.hash == name)).scalar()
    if not isinstance(content, str) or digest(content) != name:
        raise StoreError(f"a document ({name[:SHOWN]}) is not as it was filed; {_SEE}")
    return json.loads(content)


def said_of_the_end(connection: Connection, record: Record, team: str) -> str:
    """What the team list that was filed with a record says of a team that has ended; nothing where it says nothing."""
    rows = [row for row in document(connection, record.body["evidence"]["document"])["teams"] if row["id"] == team and row["to_quarter"]]
    if not rows:
        return ""
    became = " and ".join(rows[-1]["became"])
    return f"ended after {rows[-1]['to_quarter']}" + (f" and became {became}" if became else "")


def team_rows(connection: Connection, record: Record, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a record's teams in the order of the team list, with the columns asked for read from JSON."""
    wanted = [team_results.c[name] for name in ("team", "district", *columns)]
    found = connection.execute(select(*wanted).where(team_results.c.record == record.number).order_by(team_results.c.position))
    return [_row(row) for row in found.mappings()]


def rows_over_time(connection: Connection, columns: Sequence[str], *, team: str = "", district: str = "") -> dict[int, list[dict[str, Any]]]:
    """The rows of one team, of one district, or of all, by the number of their record."""
    wanted = [team_results.c[name] for name in ("record", "team", "district", *columns)]
    query = select(*wanted).order_by(team_results.c.record, team_results.c.position)
    if team:
        query = query.where(team_results.c.team == team)
    if district:
        query = query.where(team_results.c.district == district)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["record"], []).append(_row(row))
    return found


def districts(connection: Connection) -> list[str]:
    """Every district that a filed team was in."""
    return sorted(connection.execute(select(team_results.c.district).distinct()).scalars())


_PLAIN = ("record", "team", "district", "position")


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    try:
        return {name: value if name in _PLAIN else json.loads(value) for name, value in row.items()}
    except (ValueError, TypeError) as error:
        raise StoreError(f"the result of {row['team']} is not as it was filed; {_SEE}") from error


def add_document(connection: Connection, kind: str, data: Any) -> str:
    """File a document, once; gives the hash under which it is."""
    content = canonical(data)
    name = digest(content)
    if connection.execute(select(documents.c.hash).where(documents.c.hash == name)).first() is None:
        connection.execute(insert(documents).values(hash=name, kind=kind, content=content))
    return name


def add_record(connection: Connection, kind: str, quarter: Quarter, version: int, body: Mapping[str, Any], teams: Iterable[Mapping[str, Any]]) -> Record:
    """Add a record, and the rows of its teams, at the end of the chain.

    Each row is a mapping with `team`, `district`, and the columns that hold JSON as plain data.
    """
    end = head(connection)
    rows = [_written(row, position) for position, row in enumerate(teams)]
    held = {**body, "kind": kind, "quarter": str(quarter), "version": version, "teams": {row["team"]: row_hash(row) for row in rows}}
    text = canonical(held)
    number = end.number + 1
    name = record_hash(number, end.hash, text)
    connection.execute(insert(records).values(
        number=number, kind=kind, quarter=str(quarter), version=version, body=text, previous=end.hash, hash=name,
    ))  # fmt: skip
    if rows:
        connection.execute(insert(team_results), [{**row, "record": number} for row in rows])
    return Record(number, kind, quarter, version, held, end.hash, name)


def _written(row: Mapping[str, Any], position: int) -> dict[str, Any]:
    plain = {"team": row["team"], "district": row["district"], "position": position}
    return plain | {name: canonical(value) for name, value in row.items() if name not in plain}
