"""Queueing a quarter's alerts, in the transaction in which the quarter is filed: both stand, or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ..history.basis import basis_of
from ..history.deriving import derive
from ..history.recording import Recorded
from ..history.store import ledger
from ..history.store.opening import Store
from ..logic.alerts.following import Seen
from ..logic.quarter import Quarter
from .answering import last_answers
from .letters.composing import CORRECTION, Message, Quarterly, Told, corrections, headline, messages
from .problems import AlertError
from .raising.deciding import decide
from .raising.showing import seen_in
from .sending import outbox

ALERTS, STARTED = outbox.ALERTS, outbox.START


@dataclass(frozen=True)
class Started:
    """Alerts as they were switched on: from which quarter, and what of the newest filed quarter was queued with it."""

    quarter: Quarter
    queued: int


def begins(connection: Connection) -> Quarter | None:
    """The quarter from which alerts go out; None where they were never switched on."""
    started = ledger.of_kind(connection, STARTED)
    return started[-1].quarter if started else None


def queue_with(connection: Connection, recorded: Recorded) -> tuple[str, ...]:
    """What is queued with a quarter that is being filed; in a sentence, what came of it.

    Raises what `decide` does.
    """
    begin = begins(connection)
    if begin is None or recorded.record.quarter < begin:
        return ()
    queued, notes = _queue(connection, recorded.record, _quarterly(connection, recorded, begin), recorded.at)
    return (*notes, _said(queued, recorded.record.quarter))


def start(store: Store, quarter: Quarter | None, by: str, now: datetime) -> Started:
    """Switch alerts on, from a quarter that is filed, or from the first that is filed next where none is named.

    Raises:
        AlertError: they are on already, or the quarter lies before the newest that is filed.
    """
    with store.writing() as connection:
        begin = begins(connection)
        if begin is not None:
            raise AlertError(f"alerts are switched on already, from {begin}")
        filed = ledger.filed_quarters(connection)
        if not filed:
            raise AlertError("no quarter is filed yet; file one with springtide record, so that alerts can be rehearsed before they go out")
        chosen = quarter or filed[-1].next
        if chosen < filed[-1]:
            raise AlertError(f"alerts begin with the newest quarter that is filed ({filed[-1]}) or with a later one, not with {chosen}")
        body = {"recorded_by": by, "recorded_at": now.astimezone().isoformat(timespec="seconds")}
        ledger.add_record(connection, STARTED, chosen, 1, body, ())
        if chosen != filed[-1]:
            return Started(chosen, 0)
        stands = ledger.record_of(connection, chosen)
        recorded = _as_recorded(connection, stands, now)
        queued, _ = _queue(connection, stands, _quarterly(connection, recorded, chosen), now)
        return Started(chosen, queued)


def _as_recorded(connection: Connection, record: ledger.Record, now: datetime) -> Recorded:
    """A quarter that is filed, derived again as it was when it was filed."""
    rows = ledger.team_rows(connection, record, ["movement"])
    return Recorded(record, derive(basis_of(connection, record)), rows, now)


def quarterly(connection: Connection, quarter: Quarter, now: datetime) -> Quarterly:
    """What is decided of a filed quarter, as it would be queued now. Raises StoreError where it is not filed."""
    recorded = _as_recorded(connection, ledger.record_of(connection, quarter), now)
    return _quarterly(connection, recorded, begins(connection) or quarter)


def _quarterly(connection: Connection, recorded: Recorded, begin: Quarter) -> Quarterly:
    """What is decided of a quarter, with the earlier ones since alerts began."""
    now = seen_in(recorded.assessment, recorded.movements)
    quarter = recorded.record.quarter
    decided = decide(recorded.assessment.pack, [*shown_before(connection, quarter, begin), now])
    return Quarterly(decided, recorded.assessment, recorded.movements, last_answers(connection, quarter))


def shown_before(connection: Connection, quarter: Quarter, begin: Quarter) -> list[Seen]:
    """What the filed quarters before one show, by the versions that stand, since alerts began, the oldest first."""
    stands = {record.quarter: record.hash for record in ledger.standing(connection).values()}
    found: dict[Quarter, Seen] = {}
    for record in ledger.of_kind(connection, ALERTS):
        if begin <= record.quarter < quarter and record.body["of"] == stands.get(record.quarter) and "shown" in record.body.get("documents", {}):
            found[record.quarter] = Seen.from_data(ledger.document(connection, record.body["documents"]["shown"]["hash"]), record.quarter)
    return [found[one] for one in sorted(found)]


def _queue(connection: Connection, record: ledger.Record, found: Quarterly, now: datetime) -> tuple[int, tuple[str, ...]]:
    decided = found.decided
    newest = record.quarter == ledger.filed_quarters(connection)[-1]
    alerts = [alert.as_data() | {"says": headline(found, alert)} for alert in decided.alerts]
    surely, perhaps = _told(connection, record.quarter)
    if not newest:
        # What an earlier version queued and nobody was sent yet is withdrawn below: where it still holds, it goes by this one.
        waits = {one for message in outbox.messages(connection, quarter=record.quarter) if message.progress.is_open for one in message.alerts}
        decided = replace(decided, alerts=tuple(alert for alert in decided.alerts if alert.id in waits))
    made = messages(replace(found, decided=decided), now, surely)
    if newest:
        made += corrections(found, _taken_back(connection, record.quarter, perhaps, {alert.id for alert in decided.alerts}), now)
    shown = ledger.add_document(connection, "shown", decided.states.seen.as_data())
    body: dict[str, Any] = {
        "of": record.hash, "alerts": [alert for alert in alerts if alert["id"] in {one.id for one in decided.alerts}], "documents": {"shown": {"kind": "shown", "hash": shown}},
        "recorded_by": record.body["recorded_by"], "recorded_at": now.astimezone().isoformat(timespec="seconds"), "one_way_because": decided.one_way_because,
    }  # fmt: skip
    outbox.queue(connection, ALERTS, record.quarter, body, [_row(message, record.version) for message in made])
    outbox.withdraw_superseded(connection, now)
    notes = () if newest or made or not alerts else (f"{record.quarter} is not the newest quarter that is filed, so no alert goes out for it",)
    return len(made), notes


def _row(message: Message, version: int) -> outbox.Message:
    return outbox.Message(
        key=outbox.of_version(message.key, version), post=message.post, place=message.place, stage=message.stage, not_before=message.not_before,
        answer_by=message.answer_by, alerts=message.alerts, letter=message.letter,
    )  # fmt: skip


def _told(connection: Connection, quarter: Quarter) -> tuple[Told, Told]:
    """The alerts of a quarter of which each post was told, and was not told since that they no longer hold: surely, and perhaps.

    What may have arrived, or not, is told again rather than not at all; and taken back, should it have arrived.
    """
    surely, perhaps = dict[tuple[str, str, str], set[str]](), dict[tuple[str, str, str], set[str]]()
    for message in outbox.messages(connection, quarter=quarter):
        sent = message.progress.state == "sent"
        some = any(copy.state == "sent" for copy in message.progress.copies.values())  # one of two who share a post, or withdrawn on its way
        if not sent and not some and not message.progress.may_have_arrived:
            continue
        if message.stage == CORRECTION:
            _forget(surely, message)
            _forget(perhaps if sent else {}, message)
            continue
        key = message.post, message.place, message.stage
        perhaps.setdefault(key, set()).update(message.alerts)
        surely.setdefault(key, set()).update(message.alerts if sent else ())
    return surely, perhaps


def _forget(told: Mapping[tuple[str, str, str], set[str]], correction: outbox.Queued) -> None:
    for (post, place, _), alerts in told.items():
        if (post, place) == (correction.post, correction.place):
            alerts.difference_update(correction.alerts)


def _taken_back(connection: Connection, quarter: Quarter, told: Told, stand: set[str]) -> Sequence[Mapping[str, Any]]:
    """What was told of a quarter and no longer holds, by post and place."""
    known = {alert["id"]: alert for record in ledger.of_kind(connection, ALERTS, quarter) for alert in record.body["alerts"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (post, place, _), ids in sorted(told.items()):
        found.setdefault((post, place), {}).update({one: known[one] for one in sorted(ids - stand) if one in known})
    return [{"post": post, "place": place, "alerts": list(alerts.values())} for (post, place), alerts in found.items() if alerts]


def _said(queued: int, quarter: Quarter) -> str:
    if not queued:
        return f"no alert is raised by {quarter}"
    return f"{queued} {'message' if queued == 1 else 'messages'} queued for {quarter}; springtide alerts send delivers them"

