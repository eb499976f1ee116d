"""The outbox: messages to posts, queued with the record that they tell of, and what became of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, insert, inspect, select

from ...history.problems import StoreError
from ...history.store import ledger
from ...history.store.chain import canonical, row_hash
from ...history.store.outgoing import Event, add_events, in_utc, notes_head
from ...history.store.tables import outbox, outbox_events, records
from ...logic.alerts.judging import SEPARATOR
from ...logic.quarter import Quarter, parse_quarter
from ..letters.letter import Letter
from ..problems import AlertError
from .progress import Progress, progress

ALERTS, START = "alerts", "alerts start"  # kinds of records
_ID = 12  # hexadecimal digits
_AT_ONCE = 500  # values in one query, of which SQLite takes a limited number
_T = TypeVar("_T")


@dataclass(frozen=True)
class Message:
    """One letter to one post, to be queued.

    `key` is the same whenever the same is to be told, and says all that sets it apart: a message whose key is there is
    never queued again, not even one that was withdrawn. `alerts` are the alerts that it tells of.
    """

    key: str
    post: str
    place: str
    stage: str
    not_before: datetime
    letter: Letter
    answer_by: datetime | None = None
    alerts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """As people are told of it, and from which its Message-ID is made."""
        return id_of(self.key)


@dataclass(frozen=True)
class Queued:
    """A message in the outbox, with what was noted of it. `record` is the number of the record that queued it."""

    id: str
    key: str
    record: int
    quarter: Quarter
    post: str
    place: str
    stage: str
    not_before: datetime
    answer_by: datetime | None
    alerts: tuple[str, ...]
    letter: Letter
    events: tuple[Event, ...]

    @cached_property
    def progress(self) -> Progress:
        return progress(self.events)

    def is_due(self, now: datetime) -> bool:
        """Whether it may be handed over now."""
        return now >= self.not_before and self.progress.is_due(now)


@dataclass(frozen=True)
class Due:
    """A message that may go now, without its letter."""

    id: str
    post: str
    place: str
    may_have_arrived: bool


@dataclass(frozen=True)
class Origin:
    """The record that queued a message: what it is of, and when it was filed. `of` is empty where it is of no quarter's record."""

    quarter: str
    of: str
    filed_at: datetime


def id_of(key: str) -> str:
    """The id of a message: the beginning of its key's SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_ID].upper()


def of_version(key: str, version: int) -> str:
    """A key of what a version of a quarter tells: what did not go by an earlier version is withdrawn, and its key with it."""
    return SEPARATOR.join((key, f"version {version}"))


# ---- adding ----------------------------------------------------------------------------------


def queue(connection: Connection, kind: str, quarter: Quarter, body: Mapping[str, Any], messages: Iterable[Message]) -> ledger.Record:
    """File a record, and the messages that it queues; those whose key is there already are left out.

    Args:
        body: of the record; `recorded_at` and `recorded_by` at least. `of` is the hash of the quarter's record that the
            messages tell of: once another stands, they are not sent any more.

    Raises:
        AlertError: a time has no zone, or the body lacks when and by whom.
        DBAPIError: two keys have one id, which the database refuses.
    """
    if missing := {"recorded_at", "recorded_by"} - {*body}:
        raise AlertError(f"a record of {kind} has to say {' and '.join(sorted(missing))}")
    new = {message.key: _row(message, quarter) for message in reversed([*messages])}
    for some in _slices([*new]):
        for key in connection.execute(select(outbox.c.key).where(outbox.c.key.in_(some))).scalars():
            del new[key]
    rows = [*reversed(new.values())]
    noted = notes_head(connection)
    held = {**body, "messages": {row["id"]: row_hash(row) for row in rows}, "noted": {"number": noted.number, "hash": noted.hash}}
    record = ledger.add_record(connection, kind, quarter, ledger.next_version(connection, kind, quarter), held, ())
    if rows:
        connection.execute(insert(outbox), [row | {"record": record.number} for row in rows])
    return record


def note(connection: Connection, events: Iterable[Event]) -> None:
    """Note what became of messages."""
    add_events(connection, events)


def withdraw(connection: Connection, ids: Collection[str], at: datetime, reason: str) -> tuple[str, ...]:
    """Take messages back that are still to go; gives those that were. What was sent stays sent."""
    taken = tuple(message.id for message in messages(connection, ids=ids) if message.progress.is_open)
    note(connection, [Event(one, at, "withdrawn", {"reason": reason}) for one in taken])
    return taken


def withdraw_superseded(
    connection: Connection, at: datetime, ids: Collection[str] | None = None, known: dict[int, Origin] | None = None
) -> tuple[str, ...]:
    """Take back what tells of a quarter's record that does not stand any more; of some messages, or of all.

    `known` are the records that are known already, by number, and is added to: those of a large county are long to read.
    """
    found = [*_open(connection, ids)]
    where_from = {} if known is None else known
    where_from |= origins(connection, {row.record for row, _ in found} - {*where_from})
    standing = ledger.standing_hashes(connection, {where_from[row.record].quarter for row, _ in found})
    gone = [row.id for row, _ in found if (origin := where_from[row.record]).of and standing.get(origin.quarter) != origin.of]
    note(connection, [Event(one, at, "withdrawn", {"reason": "the quarter was filed again since"}) for one in gone])
    return tuple(gone)


def give_back(connection: Connection, ids: Collection[str], at: datetime) -> tuple[str, ...]:
    """Let messages that were set aside, or that wait after a failure, go again from the start; gives those that do.

    Raises:
        AlertError: there is no such message.
    """
    found = messages(connection, ids=ids)
    if unknown := sorted({*ids} - {one.id for one in found}):
        raise AlertError(f"there is no message {', '.join(unknown)}; springtide alerts status lists them")
    back = tuple(one.id for one in found if one.progress.state in ("set aside", "failed"))
    note(connection, [Event(one, at, "given back", {}) for one in back])
    return back


def _row(message: Message, quarter: Quarter) -> dict[str, Any]:
    for at in (message.not_before, message.answer_by):
        if at is not None and at.tzinfo is None:
            raise AlertError(f"message {message.id}: a time needs its zone")
    return {
        "id": message.id, "key": message.key, "quarter": str(quarter), "post": message.post, "place": message.place, "stage": message.stage,
        "not_before": in_utc(message.not_before), "answer_by": in_utc(message.answer_by) if message.answer_by else "",
        "alerts": canonical(list(message.alerts)), "letter": canonical(message.letter.as_data()),
    }  # fmt: skip


# ---- reading ---------------------------------------------------------------------------------


def messages(connection: Connection, *, ids: Collection[str] | None = None, quarter: Quarter | None = None) -> list[Queued]:
    """Messages with what was noted of them, in the order in which they were queued: all, some, or those of a quarter.

    Raises:
        StoreError: one is not as it was queued.
    """
    if not is_there(connection):
        return []
    columns = outbox.c
    wheres = [columns.id.in_(some) for some in _slices([*ids])] if ids is not None else [columns.quarter == str(quarter) if quarter else columns.id != ""]
    rows = [row for where in wheres for row in connection.execute(select(outbox).where(where))]
    noted = _noted(connection, [row.id for row in rows] if ids is not None or quarter else None)
    return [_queued(row, noted.get(row.id, ())) for row in sorted(rows, key=lambda row: (row.record, row.not_before, row.id))]


def due(connection: Connection, now: datetime, limit: int | None = None) -> list[Due]:
    """What may go now: what never failed first, and last what may have arrived, lest any hold up the rest."""
    found = []
    for row, come in _open(connection):
        if row.not_before <= in_utc(now) and come.is_due(now):
            order = (come.may_have_arrived, come.state == "failed", come.tries, row.not_before, row.record, row.id)
            found.append((order, Due(row.id, row.post, row.place, come.may_have_arrived)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:limit]


def set_aside(connection: Connection) -> list[str]:
    """The messages that were set aside, by their ids: somebody has to look at them."""
    return [one.id for one in messages(connection) if one.progress.state == "set aside"]


def origins(connection: Connection, numbers: Iterable[int]) -> dict[int, Origin]:
    """The records that queued messages, by number. Raises StoreError where one is not as it was filed."""
    found = {}
    for some in _slices(sorted({*numbers})):
        for row in connection.execute(select(records.c.number, records.c.quarter, records.c.body).where(records.c.number.in_(some))):
            try:
                body = json.loads(row.body)
                found[row.number] = Origin(row.quarter, str(body.get("of") or ""), datetime.fromisoformat(body["recorded_at"]))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise StoreError(f"record {row.number} is not as it was filed; springtide verify says more") from error
    return found


def is_there(connection: Connection) -> bool:
    """Whether a store has an outbox: one that nobody has written to since there are outboxes has none."""
    return inspect(connection).has_table(outbox.name)


def _open(connection: Connection, ids: Collection[str] | None = None) -> Iterator[tuple[Any, Progress]]:
    """What is still to go of some messages or of all, without the letters."""
    if not is_there(connection):
        return
    columns = (outbox.c.id, outbox.c.record, outbox.c.post, outbox.c.place, outbox.c.not_before)
    wheres: list[ColumnElement[bool]] = [outbox.c.id != ""] if ids is None else [outbox.c.id.in_(some) for some in _slices([*ids])]
    noted = _noted(connection, ids)
    for where in wheres:
        for row in connection.execute(select(*columns).where(where)).all():
            come = progress(noted.get(row.id, ()))
            if come.is_open:
                yield row, come


def _noted(connection: Connection, ids: Collection[str] | None) -> dict[str, list[Event]]:
    """What was noted of some messages or of all, the oldest first."""
    columns = outbox_events.c
    wheres: list[ColumnElement[bool]] = [columns.number > 0] if ids is None else [columns.message.in_(some) for some in _slices([*ids])]
    found: dict[str, list[Event]] = {}
    for where in wheres:
        query = select(columns.number, columns.message, columns.at, columns.what, columns.detail).where(where)
        for row in connection.execute(query.order_by(columns.number)):
            try:
                event = Event(row.message, datetime.fromisoformat(row.at), row.what, json.loads(row.detail))
            except (ValueError, TypeError) as error:
                raise StoreError(f"note {row.number} on message {row.message} is not as it was made; springtide verify says more") from error
            found.setdefault(row.message, []).append(event)
    return found


def _queued(row: Row[Any], events: Iterable[Event]) -> Queued:
    try:
        return Queued(
            row.id, row.key, row.record, parse_quarter(row.quarter), row.post, row.place, row.stage, datetime.fromisoformat(row.not_before),
            datetime.fromisoformat(row.answer_by) if row.answer_by else None, tuple(json.loads(row.alerts)),
            Letter.from_data(json.loads(row.letter)), tuple(events),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"message {row.id} is not as it was queued; springtide verify says more") from error


def _slices(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
