"""Small counties filed in a store quarter by quarter, with alerts on, sent on a channel that remembers, and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.counties import FIRST, Case, evidence, filed_at
from alerts.outboxes import Told, one_each

from springtide.alerts.answering import Answer, Kind, answer
from springtide.alerts.channels import Parcel
from springtide.alerts.escalating import queue_reminders
from springtide.alerts.previewing import Finishing
from springtide.alerts.queueing import STARTED, queue_with
from springtide.alerts.sending import outbox
from springtide.alerts.sending.outbox import Queued
from springtide.alerts.sending.sender import SendReport, send_due
from springtide.engines.forward_chaining import why_unavailable
from springtide.history.recording import Filed, Filing, record
from springtide.history.store import ledger
from springtide.history.store.opening import Store
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.reports.explanation import plain

ENGINE = "forward" if why_unavailable() is None else "columnar"
LONG = timedelta(days=10)  # every right of reply is over by then, and no answer is asked for twice


def county(teams: Mapping[str, Mapping[str, Any]], length: int, *, workload: Any = "on", far: int = 3) -> Case:
    """A county of some teams, and of busy ones far away so that the county's workload is on."""
    on = workload if isinstance(workload, list) else [workload] * length
    others = {f"F{n}": {"district": f"Far {n}", "quarters": ["busy" if one == "on" else "calm" for one in on]} for n in range(1, far + 1)}
    return Case("", "", "", {**others, **teams}, (True,) * length, (frozenset(),) * length, {}, {})


@dataclass
class Office:
    """A store in which a county's quarters are filed, and what reached whom."""

    store: Store
    pack: RulePack
    case: Case
    channel: Told = field(default_factory=Told)

    def start(self) -> None:
        with self.store.writing() as connection:
            ledger.add_record(connection, STARTED, FIRST, 1, {"recorded_by": "a test", "recorded_at": filed_at(FIRST).isoformat()}, ())

    def file(self, place: int, changed: Mapping[str, Any] | None = None, because: str = "", at: datetime | None = None) -> Filed:
        """File the quarter at a place of the story, or a correction of it."""
        quarter = self.case.quarter(place)
        held = evidence(self.case, self.pack, place, changed)
        return record(self.store, Filing(self.pack, "kent-2009", held, quarter, "a test", at or filed_at(quarter), because, ENGINE), plain, queue_with)

    def send(self, now: datetime) -> SendReport:
        return send_due(self.store, one_each, self.channel, lambda: now, first=queue_reminders, finish=Finishing().finish)

    def took(self, now: datetime | None = None) -> list[Parcel]:
        """What arrived since this was last asked; after a run of the sender, where a time is given."""
        if now is not None:
            report = self.send(now)
            assert not report.stopped and not report.failed, report
        found, self.channel.took = self.channel.took, []
        return found

    def answer(self, alert: str, now: datetime, kind: Kind = "agree", words: str = "") -> Answer:
        with self.store.writing() as connection:
            return answer(connection, [alert], kind, words, "district manager", now)

    def messages(self, quarter: Quarter | None = None) -> list[Queued]:
        with self.store.reading() as connection:
            return outbox.messages(connection, quarter=quarter)

    def alerts(self, place: int) -> dict[str, Mapping[str, Any]]:
        """The alerts of the version that stands of a quarter, as "rule subject", as they were filed."""
        with self.store.reading() as connection:
            stands = ledger.record_of(connection, self.case.quarter(place))
            held = [one.body for one in ledger.of_kind(connection, outbox.ALERTS, stands.quarter) if one.body["of"] == stands.hash]
        return {f"{one['rule'].removeprefix('alert_')} {_of(one['subject'])}": one for body in held for one in body["alerts"]}

    def alert(self, name: str, place: int = 0) -> str:
        """The id of an alert, by "elevated T1"."""
        return str(self.alerts(place)[name]["id"])

    def told(self, now: datetime) -> list[str]:
        """Who is sent which stage by a run, as "district_manager North main"."""
        ids = {parcel.id.partition(".")[0] for parcel in self.took(now)}
        return sorted(f"{one.post} {one.place} {one.stage}".replace("  ", " ") for one in self.messages() if one.id in ids)


def _of(subject: Mapping[str, str]) -> str:
    return subject["team"] or subject["district"] or subject["name"]
