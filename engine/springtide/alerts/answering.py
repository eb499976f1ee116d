"""What managers answer: seen and agreed, disagreed, or what is being done. It stands beside the team and changes no level."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from ..history.problems import StoreError
from ..history.store import ledger
from ..history.store.opening import Store
from ..logic.quarter import Quarter
from .problems import AlertError
from .sending import outbox

ANSWER = "answer"
Kind = Literal["agree", "disagree", "action"]
WORDS: dict[Kind, str] = {"agree": "agrees", "disagree": "disagrees", "action": "is acting"}
_LONGEST = 2_000


@dataclass(frozen=True)
class Answer:
    """An answer to some alerts. `words` are kept in the store and never go into a letter, for they may say anything."""

    alerts: tuple[str, ...]
    kind: Kind
    words: str
    by: str
    at: datetime
    quarter: Quarter

    def as_data(self) -> dict[str, Any]:
        return {"alerts": list(self.alerts), "answer": self.kind, "words": self.words, "by": self.by, "at": self.at.isoformat(), "quarter": str(self.quarter)}


def answer(connection: Connection, ids: Sequence[str], kind: Kind, words: str, by: str, at: datetime) -> Answer:
    """File an answer to alerts, by their ids or by those of the messages that told of them.

    Raises:
        AlertError: there is no such alert, they are of several quarters, or a disagreement says no reason.
    """
    words, by = _in_sight(words), _in_sight(by)
    if kind != "agree" and not words:
        raise AlertError("say why you disagree" if kind == "disagree" else "say what is being done")
    if len(words) > _LONGEST:
        raise AlertError(f"an answer has room for {_LONGEST:,} characters, and this has {len(words):,}")
    alerts, quarters = _meant(connection, ids)
    if len(quarters) > 1:
        raise AlertError(f"these alerts are of several quarters ({', '.join(map(str, sorted(quarters)))}); answer each quarter's by itself")
    (quarter,) = quarters
    body = {"alerts": alerts, "answer": kind, "words": words, "recorded_by": by, "recorded_at": at.astimezone().isoformat(timespec="seconds")}
    outbox.queue(connection, ANSWER, quarter, body, ())
    return Answer(tuple(alerts), kind, words, by, at, quarter)


def _in_sight(text: str) -> str:
    """Text on one line, without what a terminal would act on when it is shown."""
    return " ".join("".join(one for one in " ".join(text.split()) if one.isprintable()).split())


def _meant(connection: Connection, ids: Sequence[str]) -> tuple[list[str], set[Quarter]]:
    known = known_alerts(connection)
    told = {message.id: message for message in outbox.messages(connection)}
    found: dict[str, Quarter] = {}
    for given in ids:
        wanted = given.strip().upper()
        meant = told[wanted].alerts if wanted in told else [one for one in known if one == wanted or (len(wanted) >= 4 and one.startswith(wanted))]
        if len(meant) > 1 and wanted not in told:
            raise AlertError(f"'{given}' begins {len(meant)} alerts: {', '.join(meant)}; give more of it")
        if not meant:
            raise AlertError(f"there is no alert '{given}'; its number stands in the letter, and in springtide alerts status")
        found |= {one: known[one][0] for one in meant if one in known}
    return [*found], {*found.values()}


def known_alerts(connection: Connection) -> dict[str, tuple[Quarter, Mapping[str, Any]]]:
    """Every alert that was raised, by its id, with its quarter; of one that was raised again, the latest."""
    return {alert["id"]: (record.quarter, alert) for record in ledger.of_kind(connection, outbox.ALERTS) for alert in record.body["alerts"]}


def answers(connection: Connection, quarter: Quarter | None = None) -> list[Answer]:
    """Every answer, or those to a quarter's alerts, the oldest first."""
    return [_read(record) for record in ledger.of_kind(connection, ANSWER, quarter)]


def _read(record: ledger.Record) -> Answer:
    body = record.body
    try:
        return Answer(tuple(body["alerts"]), body["answer"], body["words"], body["recorded_by"], datetime.fromisoformat(body["recorded_at"]), record.quarter)
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"record {record.number} is not as it was filed; springtide verify says more") from error


def to_alerts(given: Iterable[Answer], alerts: Collection[str]) -> list[Answer]:
    """The answers to some alerts."""
    return [one for one in given if {*one.alerts} & {*alerts}]


def to_team(store: Store, team: str, quarter: Quarter | None = None) -> list[Answer]:
    """The answers to a team's alerts, of every quarter or of one, the oldest first."""
    with store.reading() as connection:
        known = known_alerts(connection)
        found = answers(connection, quarter)
    return [one for one in found if any(alert in known and known[alert][1]["subject"]["team"] == team for alert in one.alerts)]


def last_answers(connection: Connection, before: Quarter) -> dict[str, str]:
    """What was last answered to each team's alerts of the quarters before one, without its words, by the team's id."""
    known = known_alerts(connection)
    found = {}
    for one in answers(connection):
        for alert in one.alerts if one.quarter < before else ():
            if alert in known and (team := known[alert][1]["subject"]["team"]):
                found[team] = f"{said(one)}, on {one.quarter}"
    return found


def said(one: Answer) -> str:
    """An answer without its words: who answered, by the day."""
    return f"{WORDS[one.kind]}, {one.at.day} {one.at:%B %Y}"
