"""Everything that is known of a store's alerts at a time: what was queued, sent and answered, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..history.store import ledger
from ..history.store.opening import Store
from ..logic.quarter import Quarter
from .answering import Answer, answers, known_alerts
from .escalating import Waiting, waiting
from .problems import AlertError
from .queueing import begins
from .sending import outbox


@dataclass(frozen=True)
class Overview:
    """A quarter's alerts. `begun`: from which quarter alerts go out. `alerts` are as filed, by id."""

    begun: Quarter
    quarter: Quarter
    alerts: Mapping[str, Mapping[str, Any]]
    messages: Sequence[outbox.Queued]
    waiting: Sequence[Waiting]
    answers: Sequence[Answer]
    head: ledger.Head

    def overdue(self, now: datetime) -> list[Waiting]:
        """One for each alert and post that was asked and has not answered in time."""
        return [one for one in self.waiting if one.is_overdue(now)]

    def telling_of(self, alert: str) -> list[outbox.Queued]:
        return [message for message in self.messages if alert in message.alerts]


@dataclass(frozen=True)
class Entry:
    """Something that happened to a message or to an alert."""

    at: datetime
    what: str
    message: str
    alerts: tuple[str, ...]
    post: str
    place: str
    detail: Mapping[str, Any]


def overview(store: Store, quarter: Quarter | None = None) -> Overview:
    """The alerts of a quarter, or of the newest that is filed.

    Raises:
        AlertError: alerts were never switched on, or the quarter is not filed.
    """
    with store.reading() as connection:
        begun = begins(connection)
        if begun is None:
            raise AlertError(f"alerts are not switched on in {store.place}; try them with springtide alerts rehearse, and switch them on with springtide alerts start")
        filed = ledger.filed_quarters(connection)
        chosen = quarter or filed[-1]
        if chosen not in filed:
            raise AlertError(f"{chosen} is not filed; filed quarters: {', '.join(map(str, filed))}")
        stands = ledger.record_of(connection, chosen)
        alerts = {
            alert["id"]: alert
            for record in ledger.of_kind(connection, outbox.ALERTS, chosen)
            if record.body.get("of") == stands.hash
            for alert in record.body["alerts"]
        }
        held = outbox.messages(connection, quarter=chosen)
        return Overview(begun, chosen, alerts, held, waiting(connection, chosen), answers(connection, chosen), ledger.head(connection))


def entries(store: Store, alert: str = "") -> list[Entry]:
    """What happened, the oldest first: of every message, or of those that tell of one alert."""
    with store.reading() as connection:
        if alert and alert.upper() not in known_alerts(connection):
            raise AlertError(f"there is no alert '{alert}'; springtide alerts status lists them")
        found = [*_entries(outbox.messages(connection), answers(connection))]
    return sorted((one for one in found if not alert or alert.upper() in one.alerts), key=lambda one: one.at)


def _entries(messages: Sequence[outbox.Queued], given: Sequence[Answer]) -> Iterator[Entry]:
    for message in messages:
        yield from (Entry(event.at, event.what, message.id, message.alerts, message.post, message.place, event.detail) for event in message.events)
    for answer in given:
        yield Entry(answer.at, "answered", "", answer.alerts, "", "", {"answer": answer.kind, "words": answer.words, "by": answer.by})
