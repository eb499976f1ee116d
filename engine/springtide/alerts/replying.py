"""The right of reply: what a team manager sees first goes no further until there was time to say something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ..logic.quarter import Quarter
from .answering import known_alerts
from .letters.composing import FIRST_SIGHT, MAIN
from .people.working_days import next_working_moment
from .sending import outbox


class RightOfReply:
    """What waits in one run of the sender. What it reads it keeps: a first sight that goes in this run is too fresh anyway."""

    def __init__(self) -> None:
        self._alerts: Mapping[str, tuple[Quarter, Mapping[str, Any]]] | None = None
        self._first: dict[Quarter, list[outbox.Queued]] = {}

    def holds(self, connection: Connection, message: outbox.Queued, now: datetime) -> bool:
        """Whether a message waits for a first sight that has not gone yet, or went too short a while ago.

        One that was set aside or withdrawn holds nothing up.
        """
        if message.stage != MAIN:
            return False
        if self._alerts is None:
            self._alerts = known_alerts(connection)
        if message.quarter not in self._first:
            self._first[message.quarter] = [one for one in outbox.messages(connection, quarter=message.quarter) if one.stage == FIRST_SIGHT]
        told = {*message.alerts}
        return any(self._too_fresh(first, now) for first in self._first[message.quarter] if first.record == message.record and told & {*first.alerts})

    def _too_fresh(self, first: outbox.Queued, now: datetime) -> bool:
        if first.progress.is_open:
            return True
        sent = [event.at for event in first.events if event.what == "sent"]
        assert self._alerts is not None
        hours = max((self._alerts[one][1].get("right_of_reply") or 0.0 for one in first.alerts if one in self._alerts), default=0.0)
        return bool(sent) and now < next_working_moment(max(sent), hours)
