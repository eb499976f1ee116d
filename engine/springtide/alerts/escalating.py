"""Alerts that nobody answered: a reminder, and then the next level, worked out from what was sent and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ..history.store import ledger
from ..history.store.chain import digest
from ..logic.alerts.judging import SEPARATOR
from ..logic.quarter import Quarter
from .answering import Answer, answers
from .letters.composing import ANSWERING, MAIN, how_to_answer
from .letters.letter import Letter, Section
from .letters.plain import plain
from .people.working_days import after
from .sending import outbox

REMINDER, NEXT_LEVEL = "reminder", "next level"
_ENDED = ("sent", "set aside")


@dataclass(frozen=True)
class Waiting:
    """An alert that needs an answer: who was asked, when it was due, and what was answered. `due` is None before it was sent or set aside."""

    alert: Mapping[str, Any]
    message: outbox.Queued
    due: datetime | None
    answered: tuple[Answer, ...]

    def is_overdue(self, now: datetime) -> bool:
        return not self.answered and self.due is not None and now > self.due


def waiting(connection: Connection, quarter: Quarter) -> list[Waiting]:
    """The alerts of a quarter that need an answer, by the version of it that stands, once for each post that was asked."""
    stands = ledger.latest(connection, quarter)
    records = [record for record in ledger.of_kind(connection, outbox.ALERTS, quarter) if stands is not None and record.body.get("of") == stands.hash]
    alerts = {alert["id"]: alert for record in records for alert in record.body["alerts"] if alert["answer_within"] is not None}
    given, held = answers(connection, quarter), outbox.messages(connection, quarter=quarter)
    first = _first_told(held)
    found = []
    for message in held:
        if message.stage != MAIN or message.progress.withdrawn:
            continue
        for one in message.alerts:
            if one in alerts and message.post in alerts[one]["answered_by"]:
                sent = _sent_at(message)
                due = after(max(sent, message.not_before), alerts[one]["answer_within"]) if sent else None
                # What a team manager says in the right of reply is no answer of those whom it then goes to.
                answered = tuple(answer for answer in given if one in answer.alerts and one in first and answer.at >= first[one])
                found.append(Waiting(alerts[one], message, due, answered))
    return found


def _first_told(messages: Sequence[outbox.Queued]) -> dict[str, datetime]:
    """When the first copy that tells of each alert went to those who are asked: whose answer comes after it answers for all of them.

    Or was set aside: what nobody could be sent, somebody may have been told of otherwise.
    """
    found: dict[str, datetime] = {}
    for message in messages:
        if message.stage == MAIN and (sent := [event.at for event in message.events if event.what in _ENDED]):
            for one in message.alerts:
                found[one] = min(found.get(one, sent[0]), *sent)
    return found


def _sent_at(message: outbox.Queued) -> datetime | None:
    """When the last copy went, or was set aside: what could not be delivered is not left unanswered for that."""
    return max((event.at for event in message.events if event.what in _ENDED), default=None) if message.progress.state in _ENDED else None


def queue_reminders(connection: Connection, now: datetime, by: str = "springtide alerts send") -> int:
    """Queue what the newest quarter's unanswered alerts call for by now; gives how many messages. What is queued stays queued.

    Once a newer quarter is filed nobody is reminded of an older one: what persists has an alert of its own.
    """
    filed = ledger.filed_quarters(connection)
    if not filed or not outbox.is_there(connection):
        return 0
    quarter = filed[-1]
    stands = ledger.record_of(connection, quarter)
    asked = waiting(connection, quarter)
    _withdraw_answered(connection, quarter, {one.alert["id"] for one in asked if not one.answered}, now)
    late = [one for one in asked if one.is_overdue(now)]
    there = {message.key for message in outbox.messages(connection, quarter=quarter) if not message.progress.withdrawn}
    made = (message for message in (*_reminders(late, now), *_next_level(late, _reminded(connection, quarter), now)) if there.isdisjoint(_keys(message, stands.version)))
    new = [replace(message, key=outbox.of_version(message.key, stands.version)) for message in made]
    if new:
        body = {"of": stands.hash, "alerts": [], "recorded_by": by, "recorded_at": now.astimezone().isoformat(timespec="seconds")}
        outbox.queue(connection, outbox.ALERTS, quarter, body, new)
    return len(new)


def _keys(message: outbox.Message, versions: int) -> list[str]:
    """The keys that a message would have by each version of its quarter up to now."""
    return [outbox.of_version(message.key, version) for version in range(1, versions + 1)]


def _withdraw_answered(connection: Connection, newest: Quarter, unanswered: set[str], now: datetime) -> None:
    """Take back reminders that could not be sent, as a server was down, where there is nothing left to remind of."""
    waiting_to_go = [one for one in outbox.messages(connection) if one.stage in (REMINDER, NEXT_LEVEL) and one.progress.is_open]
    for reason, ids in (
        ("a newer quarter was filed since", [one.id for one in waiting_to_go if one.quarter != newest]),
        ("it was answered since", [one.id for one in waiting_to_go if one.quarter == newest and unanswered.isdisjoint(one.alerts)]),
    ):
        outbox.withdraw(connection, ids, now, reason)


def _reminders(late: Sequence[Waiting], now: datetime) -> Iterator[outbox.Message]:
    """One for each message of which something is not answered."""
    for message, open_ in _by_message(late):
        due = min(one.due for one in open_ if one.due)
        says = f"{_count(open_)} not answered yet; an answer was due on {due:%A} {due.day} {due:%B %Y}. If it was dealt with, a word is enough:"
        intro = Section("", (f"{says} {how_to_answer([one.alert['id'] for one in open_])}",), tuple(one.alert["says"] for one in open_))
        yield _follows(message, message.post, message.place, REMINDER, now, open_, f"Reminder: {message.letter.subject}", intro)


def _reminded(connection: Connection, quarter: Quarter) -> dict[tuple[str, str, str], datetime]:
    """When each post was reminded of each alert, by post, place and alert."""
    reminders = [(one, at) for one in outbox.messages(connection, quarter=quarter) if one.stage == REMINDER and (at := _sent_at(one))]
    return {(one.post, one.place, alert): at for one, at in reminders for alert in one.alerts}


def _next_level(late: Sequence[Waiting], reminded: Mapping[tuple[str, str, str], datetime], now: datetime) -> Iterator[outbox.Message]:
    """Whoever was reminded has as long again as `then_after` says, from when the reminder really went."""
    for message, open_ in _by_message(late):
        asked = [(one, reminded.get((message.post, message.place, one.alert["id"]))) for one in open_ if one.alert["then_to"]]
        overdue = [one for one, at in asked if at is not None and now > after(at, one.alert["then_after"])]
        for post in dict.fromkeys(post for one in overdue for post in one.alert["then_to"]):
            if post == message.post:
                continue
            told = [one for one in overdue if post in one.alert["then_to"]]
            who = message.post.replace("_", " ") + (f" of {plain(message.place)}" if message.place else "")
            says = _undelivered(who) if message.progress.state == "set aside" else _unanswered(who)
            intro = Section("", (says, f"To answer: {how_to_answer([one.alert['id'] for one in told])}"), tuple(one.alert["says"] for one in told))
            yield _follows(message, post, "", NEXT_LEVEL, now, told, f"Not answered yet: {message.letter.subject}", intro)


def _unanswered(who: str) -> str:
    return f"This went to the {who}, and no answer is recorded. That may mean that it was dealt with and nobody said so."


def _undelivered(who: str) -> str:
    return f"This could not be delivered to the {who}, or not to all who hold that post, and no answer is recorded. It may not be known there."


def _by_message(late: Sequence[Waiting]) -> Iterator[tuple[outbox.Queued, list[Waiting]]]:
    found: dict[str, list[Waiting]] = {}
    for one in late:
        found.setdefault(one.message.id, []).append(one)
    for held in found.values():
        yield held[0].message, held


def _follows(message: outbox.Queued, post: str, place: str, stage: str, now: datetime, told: Sequence[Waiting], subject: str, intro: Section) -> outbox.Message:
    """A message that follows another one: once each, whatever is answered or filed in between."""
    # What it was asked for then, and by when, is past.
    kept = (section for section in message.letter.sections if section.heading != ANSWERING)
    letter = Letter(subject, (intro, *kept))
    key = SEPARATOR.join((str(message.quarter), post, place, stage, digest(message.key)[:16]))
    return outbox.Message(key=key, post=post, place=place, stage=stage, not_before=now, letter=letter, alerts=tuple(one.alert["id"] for one in told))


def _count(open_: Sequence[Waiting]) -> str:
    return "One alert is" if len(open_) == 1 else f"{len(open_)} alerts are"


