"""Who is reminded, and who is told next: from when a letter was really sent, once each, and not a word after an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alerts.counties import FIRST, filed_at
from alerts.filed import Office, county

from springtide.alerts.escalating import queue_reminders, waiting
from springtide.alerts.people.working_days import LONDON, after
from springtide.alerts.problems import NotSent
from springtide.alerts.sending.outbox import Queued
from springtide.history.store.opening import open_store
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack

NOW = filed_at(FIRST)  # Tuesday 14 April 2009, after Easter
DAY = timedelta(days=1)
SHOWN = datetime(2009, 4, 16, 9, 0, tzinfo=UTC)  # when the right of reply is over
TEAMS = {"T1": {"district": "North", "quarters": ["severe gap", "severe gap", "calm"]}}


@pytest.fixture
def here(tmp_path: Path, kent: RulePack) -> Office:
    made = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county({**TEAMS, "C1": {"district": "Calm", "quarters": ["calm"] * 3}}, 3))
    made.start()
    return made


def only_elevated(office: Office, sent: datetime = SHOWN) -> datetime:
    """File a quarter in which T1 is elevated, send, and answer what the county is asked; gives when T1's answer is due."""
    office.file(0)
    office.took(NOW)
    office.took(sent)
    for name, alert in office.alerts(0).items():
        if name != "elevated T1" and alert["answer_within"] is not None:
            office.answer(alert["id"], sent + timedelta(minutes=1))
    (due,) = {one.due for one in _waiting(office) if one.alert["id"] == office.alert("elevated T1")}
    assert due is not None
    return due


def _waiting(office: Office, place: int = 0):  # type: ignore[no-untyped-def]
    with office.store.reading() as connection:
        return waiting(connection, office.case.quarter(place))


def reminders(office: Office) -> list[Queued]:
    return [one for one in office.messages() if one.stage in ("reminder", "next level")]


# ---- when ------------------------------------------------------------------------------------


def test_it_is_due_so_long_after_it_was_sent_and_not_after_it_was_queued(here: Office) -> None:
    """The server was down for a week: nobody had a day less to answer for it."""
    here.file(0)
    here.channel.does = lambda parcel: NotSent("busy", for_good=False)
    here.send(SHOWN)
    assert all(one.due is None and not one.is_overdue(SHOWN + 99 * DAY) for one in _waiting(here))
    here.channel.does = lambda parcel: None
    late = SHOWN + 7 * DAY
    here.took(late)
    days = {one.alert["rule"]: one.alert["answer_within"] for one in _waiting(here)}
    assert days["alert_elevated"] == 5
    assert {one.due for one in _waiting(here)} == {after(late, 5)}


def test_exactly_when_it_is_due_and_just_after(here: Office) -> None:
    due = only_elevated(here)
    assert due.astimezone(LONDON).isoformat() == "2009-04-23T17:00:00+01:00"
    assert here.told(due) == []
    assert here.told(due + timedelta(seconds=1)) == ["district_manager North reminder"]


def test_bank_holidays_are_no_working_days(here: Office) -> None:
    """Sent on Thursday 30 April 2009: the Monday after is the early May bank holiday."""
    due = only_elevated(here, datetime(2009, 4, 30, 10, 0, tzinfo=UTC))
    assert due.astimezone(LONDON).isoformat() == "2009-05-08T17:00:00+01:00"


def test_a_reminder_comes_once_and_then_the_next_level_once(here: Office) -> None:
    due = only_elevated(here)
    told: list[str] = []
    for hours in range(0, 40 * 24, 7):
        told += here.told(due + timedelta(hours=hours, seconds=1))
    assert told == ["district_manager North reminder", "head_of_service next level"]
    (last,) = [one for one in here.messages() if one.stage == "next level"]
    (sent,) = [event.at for event in last.events if event.what == "sent"]
    assert sent > after(due, here.alerts(0)["elevated T1"]["then_after"])
    assert verify(here.store).holds


def test_one_after_the_other_where_nobody_ran_it_for_a_month(here: Office) -> None:
    due = only_elevated(here)
    late = due + 30 * DAY
    assert here.told(late) == ["district_manager North reminder"], "who is reminded has time to answer"
    assert here.told(late + DAY) == []
    assert here.told(late + 7 * DAY) == ["head_of_service next level"]
    assert here.told(late + 8 * DAY) == []


def test_what_they_say(here: Office) -> None:
    due = only_elevated(here)
    parcels = [*here.took(due + 2 * DAY), *here.took(due + 30 * DAY)]
    subjects = sorted(one.letter.subject for one in parcels)
    assert subjects[0].startswith("Not answered yet: 2008/09 Q4: ") and subjects[1].startswith("Reminder: 2008/09 Q4: ")
    for one in parcels:
        said = str(one.letter)
        assert here.alert("elevated T1") in said and "Team T1 is Elevated" in said and "may become unsafe" in said
    (upward,) = [str(one.letter) for one in parcels if one.to.email.startswith("@") or "Not answered" in one.letter.subject]
    assert "district manager of North" in upward and "That may mean that it was dealt with and nobody said so" in upward


# ---- nothing more ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["agree", "disagree", "action"])
def test_nobody_is_reminded_of_what_was_answered(kind, here: Office) -> None:  # type: ignore[no-untyped-def]
    due = only_elevated(here)
    here.answer(here.alert("elevated T1"), due - DAY, kind, "two posts are filled from Monday")
    assert here.told(due + 30 * DAY) == [] and not any(one.is_overdue(due + 30 * DAY) for one in _waiting(here))


def test_an_answer_after_the_reminder_ends_it(here: Office) -> None:
    due = only_elevated(here)
    assert here.told(due + timedelta(hours=1)) == ["district_manager North reminder"]
    here.answer(here.alert("elevated T1"), due + timedelta(hours=2))
    assert here.told(due + 30 * DAY) == []


def test_one_answer_is_enough_whichever_letter_came_first(tmp_path: Path, kent: RulePack) -> None:
    """High goes to two posts; one letter came a day late, after the other's reader had answered."""
    teams = {"T1": {"district": "North", "quarters": ["storm"]}, **{f"C{n}": {"district": "Calm", "quarters": ["calm"]} for n in range(9)}}
    here = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county(teams, 1, workload="off"))
    here.start()
    here.file(0)
    assert {*here.alerts(0)} == {"high T1"}
    here.took(NOW)
    here.channel.does = lambda parcel: NotSent("busy", for_good=False) if parcel.to.email == "@example.org" else None
    here.send(SHOWN)
    here.answer(here.alert("high T1"), SHOWN + timedelta(hours=1), "action", "a plan is made")
    here.channel.does = lambda parcel: None
    assert "head_of_service main" in here.told(SHOWN + DAY)
    assert not any("reminder" in one or "next" in one for one in here.told(SHOWN + 30 * DAY))


def test_what_is_said_in_the_right_of_reply_answers_for_nobody_else(here: Office) -> None:
    here.file(0)
    here.took(NOW)
    here.answer(here.alert("elevated T1"), NOW + timedelta(hours=2), "disagree", "Mrs Example is back on Monday")
    here.took(SHOWN)
    assert "district_manager North reminder" in here.told(SHOWN + 30 * DAY)


def test_nothing_of_an_older_quarter_once_a_newer_one_is_filed(here: Office) -> None:
    due = only_elevated(here)
    here.file(1, at=due + timedelta(hours=1))
    took = here.told(due + 2 * DAY)
    assert not any("reminder" in one or "next" in one for one in took), took


def test_nothing_of_a_version_that_does_not_stand(here: Office) -> None:
    due = only_elevated(here)
    here.file(0, {"T1": "calm"}, "the vacancies were filled", due + timedelta(hours=1))
    took = here.told(due + 30 * DAY)
    assert took == ["district_manager North correction", "team_manager T1 correction"]


def test_a_correction_that_changes_nothing_of_it_changes_nothing_of_its_reminders(here: Office) -> None:
    due = only_elevated(here)
    assert here.told(due + timedelta(hours=1)) == ["district_manager North reminder"]
    here.file(0, {"C1": "gap"}, "a late return", due + timedelta(hours=2))
    took = [one for one in here.told(due + 30 * DAY) if "North" in one or "head" in one]
    assert took == ["head_of_service next level"]


# ---- what could not be sent ------------------------------------------------------------------


def reminder_that_did_not_go(office: Office) -> datetime:
    due = only_elevated(office)
    office.channel.does = lambda parcel: NotSent("busy", for_good=False)
    office.send(due + timedelta(hours=1))
    office.channel.does = lambda parcel: None
    assert [one.progress.state for one in reminders(office)] == ["failed"]
    return due


def test_a_reminder_that_waits_is_not_sent_after_the_answer(here: Office) -> None:
    due = reminder_that_did_not_go(here)
    here.answer(here.alert("elevated T1"), due + timedelta(hours=2))
    assert here.told(due + 2 * DAY) == []
    (gone,) = reminders(here)
    assert (gone.progress.state, gone.progress.reason) == ("withdrawn", "it was answered since")


def test_a_reminder_that_waits_is_not_sent_after_a_newer_quarter(here: Office) -> None:
    due = reminder_that_did_not_go(here)
    here.file(1, at=due + timedelta(hours=2))
    assert not any("reminder" in one for one in here.told(due + 2 * DAY))
    (gone,) = reminders(here)
    assert (gone.progress.state, gone.progress.reason) == ("withdrawn", "a newer quarter was filed since")


def test_a_reminder_that_went_with_its_version_comes_by_the_one_that_stands(here: Office) -> None:
    due = reminder_that_did_not_go(here)
    here.file(0, {"C1": "gap"}, "a late return", due + timedelta(hours=2))
    here.took(due + timedelta(hours=3))
    for hours in range(4, 48, 4):
        here.took(due + timedelta(hours=hours))
    assert sum(one.stage == "reminder" and one.progress.state == "sent" for one in here.messages()) == 1


def test_nothing_is_queued_by_looking(here: Office) -> None:
    due = only_elevated(here)
    with here.store.writing() as connection:
        assert queue_reminders(connection, due) == 0
        assert queue_reminders(connection, due + DAY) == 1
        assert queue_reminders(connection, due + DAY) == 0
        assert queue_reminders(connection, due + 30 * DAY) == 0, "not before the reminder has gone"
    assert len(reminders(here)) == 1


def test_what_could_not_be_delivered_comes_to_the_next_level(here: Office) -> None:
    """The district manager's mailbox is gone: the head of service hears of it, and that it never arrived."""
    here.channel.does = lambda parcel: NotSent("no such mailbox", for_good=True) if parcel.to.email == "north@example.org" else None
    here.file(0)
    for days in range(40):
        here.send(SHOWN + days * DAY)
    (next_level,) = [one for one in reminders(here) if one.stage == "next level" and here.alert("elevated T1") in one.alerts]
    assert next_level.post == "head_of_service" and next_level.progress.state == "sent"
    assert "could not be delivered to the district manager of North" in str(next_level.letter) and "This went to" not in str(next_level.letter)
