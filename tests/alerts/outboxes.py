"""Messages to queue, channels that note what reaches them, and clocks that go as they are told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from springtide.alerts.channels import Parcel, Recipient
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.sending import outbox
from springtide.alerts.sending.outbox import Message, Queued
from springtide.history.store import ledger
from springtide.history.store.opening import Store
from springtide.logic.quarter import Quarter

QUARTER = Quarter(2008, 4)
START = datetime(2009, 4, 20, 9, 0, tzinfo=UTC)
PHRASE = "Pressures that raise the risk that standards may become unsafe."


def file_quarter(connection: Connection, quarter: Quarter = QUARTER) -> ledger.Record:
    """A record of a quarter that says little but is whole; a later one is a correction."""
    version = ledger.next_version(connection, ledger.QUARTER, quarter)
    named = {kind: ledger.add_document(connection, kind, {"what": f"{kind} of {quarter}, {version}"}) for kind in ("pack", "evidence", "result", "glossary")}
    body = {
        "pack": {"document": named["pack"]}, "evidence": {"document": named["evidence"]}, "result": named["result"], "glossary": named["glossary"],
        "earlier": {}, "recorded_by": "performance analyst", "recorded_at": START.isoformat(),
    }  # fmt: skip
    return ledger.add_record(connection, ledger.QUARTER, quarter, version, body, ())


def message(number: int, *, place: str = "", post: str = "district_manager", stage: str = "main", not_before: datetime = START) -> Message:
    letter = Letter(f"Team {number}", (Section("", (PHRASE,), ("Vacant posts: 3 of 12",)),))
    return Message(f"2008/09 Q4 {stage} {number}", post, place or f"D{number}", stage, not_before, letter, not_before + timedelta(days=7), (f"raised T{number:03}",))


def queue(store: Store, messages: Iterable[Message], quarter: Quarter = QUARTER, kind: str = outbox.ALERTS) -> ledger.Record:
    """Queue messages that tell of the version that stands of a quarter."""
    with store.writing() as connection:
        stands = ledger.latest(connection, quarter)
        body = {"of": stands.hash if stands else "", "recorded_by": "performance analyst", "recorded_at": START.isoformat()}
        return outbox.queue(connection, kind, quarter, body, messages)


def queued(store: Store) -> dict[str, Queued]:
    with store.reading() as connection:
        return {one.id: one for one in outbox.messages(connection)}


def states(store: Store) -> list[str]:
    return sorted(one.progress.state for one in queued(store).values())


def one_each(post: str, place: str, day: date) -> Sequence[Recipient]:
    return (Recipient(f"The {post} of {place}", f"{place}@example.org".lower()),)


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Told:
    """A channel that does as it is told with each parcel, and remembers those that it took."""

    does: Callable[[Parcel], Any] = lambda parcel: None
    took: list[Parcel] = field(default_factory=list)
    name: str = "told"

    def send(self, parcel: Parcel) -> str:
        done = self.does(parcel)
        if isinstance(done, BaseException):
            raise done
        self.took.append(parcel)
        return f"taken as number {len(self.took)}"

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Appending:
    """A channel that writes each parcel at the end of a file, and lets go only when it is on the disk."""

    file: Path
    name: str = "file"

    def send(self, parcel: Parcel) -> str:
        line = json.dumps({"id": parcel.id, "again": parcel.again, "subject": parcel.letter.subject}) + "\n"
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        return self.file.name

    def close(self) -> None:
        pass
