"""What became of messages, as it is noted in a store: a chain of its own, so that no note can be changed unseen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, insert, select

from .chain import BEGINNING, canonical, event_hash
from .ledger import Head
from .tables import outbox_events

What = Literal["trying", "sent", "failed", "set aside", "withdrawn", "given back"]


@dataclass(frozen=True)
class Event:
    """Something that became of a message. `detail` is plain data; no secret, name or address may be in it."""

    message: str
    at: datetime
    what: What
    detail: Mapping[str, Any]


def in_utc(at: datetime) -> str:
    """A time as it stands in a store: in UTC, to the second, so that the order of the texts is that of the times."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def notes_head(connection: Connection) -> Head:
    """How many notes there are, and the hash that stands for all of them."""
    columns = outbox_events.c
    found = connection.execute(select(columns.number, columns.hash).order_by(columns.number.desc()).limit(1)).first()
    return Head(found.number, found.hash) if found else Head(0, BEGINNING)


def add_events(connection: Connection, events: Iterable[Event]) -> None:
    """Note what became of messages, after all that is noted already; only where the store is being written to."""
    end = notes_head(connection)
    rows = []
    for event in events:
        row = {"number": end.number + 1, "message": event.message, "at": in_utc(event.at), "what": event.what, "detail": canonical(event.detail)}
        end = Head(end.number + 1, _hash(row, end.hash))
        rows.append(row | {"hash": end.hash})
    if rows:
        connection.execute(insert(outbox_events), rows)


def is_well_formed(row: Mapping[str, Any], previous: str) -> bool:
    """Whether a note says what a note can say, and follows the one before it."""
    try:
        at = datetime.fromisoformat(row["at"])
        detail = json.loads(row["detail"])
        whole = in_utc(at) == row["at"] and at.tzinfo is not None and isinstance(detail, dict) and row["what"] in get_args(What)
        return whole and row["hash"] == _hash(row, previous)
    except (ValueError, TypeError):
        return False


def _hash(row: Mapping[str, Any], previous: str) -> str:
    return event_hash(row["number"], previous, row["message"], row["at"], row["what"], row["detail"])
