"""Letters as they would go out now, with what was said since they were queued."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ..history.store import ledger
from ..history.store.opening import Store
from ..logic.quarter import Quarter
from .answering import Answer, answers, known_alerts, said, to_alerts
from .letters.composing import day_words, messages
from .letters.letter import Letter, Section
from .people.working_days import after
from .problems import AlertError
from .queueing import begins, quarterly
from .sending import outbox


@dataclass(frozen=True)
class Preview:
    """A quarter's letters that have not gone out. `queued`: they are in the outbox; else they are what it would have queued."""

    quarter: Quarter
    queued: bool
    letters: Sequence[Waiting]


@dataclass(frozen=True)
class Waiting:
    """A letter to a post that has not gone out; `id` is empty where it is not queued."""

    id: str
    post: str
    place: str
    stage: str
    not_before: datetime
    letter: Letter


def previewed(store: Store, quarter: Quarter | None, now: datetime) -> Preview:
    """What a quarter has queued and not sent; before alerts are on, or of a quarter before that, what it would have queued.

    Raises:
        AlertError: no quarter is filed.
        StoreError: the quarter is not filed.
    """
    with store.reading() as connection:
        filed = ledger.filed_quarters(connection)
        if not filed:
            raise AlertError(f"no quarter is filed in {store.place}; file one with springtide record")
        chosen = quarter or filed[-1]
        begun = begins(connection)
        if begun is not None and chosen >= begun:
            ledger.record_of(connection, chosen)
            open_ = [one for one in outbox.messages(connection, quarter=chosen) if one.progress.is_open]
            finish = Finishing().finish
            return Preview(chosen, True, [Waiting(one.id, one.post, one.place, one.stage, one.not_before, finish(connection, one, now)) for one in open_])
        made = messages(quarterly(connection, chosen, now), now)
    return Preview(chosen, False, [Waiting("", one.post, one.place, one.stage, one.not_before, one.letter) for one in made])


_BY = re.compile(r"^By [^:]+:\d\d: (?=.*quoting ([0-9A-F]+))")


class Finishing:
    """Letters as they go out in one run of the sender; what was answered is read once."""

    def __init__(self) -> None:
        self._known: Mapping[str, tuple[Quarter, Mapping[str, Any]]] | None = None
        self._given: list[Answer] = []

    def finish(self, connection: Connection, message: outbox.Queued, now: datetime) -> Letter:
        """A letter as it goes out at a time: due from then on, and with what was answered to its alerts since it was queued.

        Not with the words of an answer, which may say anything.
        """
        if self._known is None:
            self._known, self._given = known_alerts(connection), answers(connection)
        sections = [replace(section, says=tuple(self._dated(one, max(now, message.not_before)) for one in section.says)) for section in message.letter.sections]
        given = to_alerts(self._given, message.alerts)
        if given:
            points = tuple(f"{', '.join(one for one in answer.alerts if one in message.alerts)}: {said(answer)}" for answer in given)
            sections.insert(-1, Section("What was answered so far", ("Reasons are kept beside the alert, and go into no letter.",), points))
        return replace(message.letter, sections=tuple(sections))

    def _dated(self, says: str, at: datetime) -> str:
        """A sentence that says by when to answer, with the day that it is when it goes at that time."""
        found = _BY.match(says)
        if found is None or self._known is None or found[1] not in self._known:
            return says
        days = self._known[found[1]][1]["answer_within"]
        return f"By {day_words(after(at, days))}: {says[found.end() :]}" if days is not None else says


def teams_of(store: Store) -> tuple[dict[str, str], dict[str, str]]:
    """The district of each team of the newest filed quarter, and of each in its team list, by the team's id.

    The list has those as well that ended or are still to begin.
    """
    with store.reading() as connection:
        filed = ledger.filed_quarters(connection)
        if not filed:
            return {}, {}
        newest = ledger.record_of(connection, filed[-1])
        there = {row["team"]: row["district"] for row in ledger.team_rows(connection, newest, ())}
        rows = ledger.document(connection, newest.body["evidence"]["document"])["teams"]
        return there, {row["id"]: row["district"] for row in sorted(rows, key=lambda row: row["to_quarter"] or "9")}
