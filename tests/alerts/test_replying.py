"""The right of reply, in working time and from when a letter really went; and dates that hold for a letter that goes late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alerts.counties import FIRST, filed_at
from alerts.filed import Office, county

from springtide import load_pack
from springtide.alerts.channels import Recipient
from springtide.alerts.people.directory import DISTRICT_MANAGER, TEAM_MANAGER, Addressee, for_stand_in
from springtide.alerts.people.working_days import after, next_working_moment
from springtide.alerts.previewing import Finishing
from springtide.alerts.replying import RightOfReply
from springtide.alerts.sending.sender import send_due
from springtide.history.store.opening import open_store
from springtide.logic.model import RulePack

FILED = filed_at(FIRST)


@pytest.fixture(scope="module")
def kent() -> RulePack:
    return load_pack("kent-2009")


@pytest.fixture
def here(kent: RulePack, tmp_path: Path) -> Office:
    office = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county({"T1": {"district": "North", "quarters": ["severe gap"]}}, 1))
    office.start()
    office.file(0)
    return office


def someone(post: str, place: str, on: date) -> list[Recipient]:
    return [Recipient(post, f"{post}@anyshire.example")]


def sent(here: Office, now: datetime) -> list[str]:
    """Who is sent something about the team at a time, by a sender that keeps the right of reply."""
    send_due(here.store, someone, here.channel, lambda: now, hold=RightOfReply().holds, finish=Finishing().finish)
    took, here.channel.took = here.channel.took, []
    return sorted(parcel.to.name for parcel in took if "Elevated" in parcel.letter.subject)


def test_what_is_sent_late_goes_no_further_the_same_minute(here: Office) -> None:
    late = FILED + timedelta(days=20)
    assert sent(here, late) == [TEAM_MANAGER]
    assert sent(here, late + timedelta(minutes=1)) == []
    over = next_working_moment(late, 24)
    assert sent(here, over - timedelta(minutes=1)) == []
    assert sent(here, over) == [DISTRICT_MANAGER]


def test_a_first_sight_that_was_set_aside_holds_nothing_up(here: Office) -> None:
    from springtide.alerts.problems import NotSent

    def refused(parcel: object) -> NotSent | None:
        return NotSent("no such mailbox", for_good=True) if parcel.to.name == TEAM_MANAGER else None  # type: ignore[attr-defined]

    here.channel.does = refused
    assert sent(here, FILED + timedelta(hours=1)) == []
    assert sent(here, FILED + timedelta(days=10)) == [DISTRICT_MANAGER]


def test_a_letter_that_goes_late_says_by_when_from_then_on(here: Office) -> None:
    late = FILED + timedelta(days=20)
    sent(here, late)
    goes = next_working_moment(late, 24)
    send_due(here.store, someone, here.channel, lambda: goes, hold=RightOfReply().holds, finish=Finishing().finish)
    (parcel,) = [one for one in here.channel.took if one.to.name == DISTRICT_MANAGER and "Elevated" in one.letter.subject]
    due = after(goes, 5)
    assert f"By {due:%A} {due.day} {due:%B %Y} at 17:00: reply to this letter" in str(parcel.letter)


def test_who_stands_in_is_told_why(here: Office) -> None:
    letter = here.messages()[0].letter
    deputy = Addressee("S. Jones", "s@anyshire.example", why="deputy of the district manager of North")
    assert "You get this as the deputy of the district manager of North." in str(for_stand_in(letter, deputy, DISTRICT_MANAGER, "North"))
    holder = Addressee("R. Patel", "r@anyshire.example", why="district manager of North")
    assert for_stand_in(letter, holder, DISTRICT_MANAGER, "North") == letter
    assert for_stand_in(letter, Recipient("X", "x@anyshire.example"), DISTRICT_MANAGER, "North") == letter


def test_no_count_under_five_stands_in_a_letter(here: Office) -> None:
    """Three of four teams are affected here: that most of them are is told."""
    said = " ".join(str(one.letter) for one in here.messages())
    assert "Most teams are shown to be affected." in said and " of 4 teams" not in said


def test_an_answer_in_the_right_of_reply_is_no_answer_of_the_next(here: Office) -> None:
    from springtide.alerts.escalating import waiting

    sent(here, FILED + timedelta(minutes=5))
    here.answer(here.alert("elevated T1"), FILED + timedelta(hours=2), "disagree", "two posts are filled")
    sent(here, FILED + timedelta(days=6))
    with here.store.reading() as connection:
        (one,) = [one for one in waiting(connection, FIRST) if one.alert["rule"] == "alert_elevated"]
    assert one.answered == () and one.is_overdue(datetime(2009, 6, 1, tzinfo=UTC))
