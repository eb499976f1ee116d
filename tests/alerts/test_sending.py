"""Sending what is due: retried, set aside, stopped early or withdrawn, each as it should be, and never lost."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alerts.outboxes import QUARTER, START, Clock, Told, file_quarter, message, one_each, queue, queued, states

from springtide.alerts.channels import Parcel, Recipient
from springtide.alerts.problems import ChannelDown, NotSent
from springtide.alerts.sending import outbox
from springtide.alerts.sending.one_sender import one_sender
from springtide.alerts.sending.progress import TRIES
from springtide.alerts.sending.sender import SendReport, send_due
from springtide.history.problems import StoreError
from springtide.history.store import opening
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify

BUSY, UNKNOWN, DOWN = NotSent("try later", for_good=False), NotSent("no such mailbox", for_good=True), ChannelDown("connection refused")


def send(store: Store, channel: Told, clock: Clock, find: Any = one_each, **more: Any) -> SendReport:
    return send_due(store, find, channel, clock, **more)


def progress_of(store: Store, number: int) -> Any:
    return queued(store)[message(number).id].progress


def test_what_is_due_is_sent_once(either: Store) -> None:
    queue(either, [message(number) for number in range(25)] + [message(99, not_before=START + timedelta(days=1))])
    clock, channel = Clock(), Told()
    assert send(either, channel, clock) == SendReport(sent=25)
    assert sorted(parcel.id for parcel in channel.took) == sorted(f"{message(number).id}.1" for number in range(25))
    first = channel.took[0]
    there = queued(either)[first.id.split(".")[0]]
    assert (first.letter, first.to.email, first.again, first.at) == (there.letter, f"{there.place.lower()}@example.org", False, START)
    assert [event.what for event in there.events] == ["trying", "sent"]
    assert there.events[1].detail == {"to": 1, "of": 1, "try": 1, "channel": "told", "reference": "taken as number 1"}
    assert send(either, channel, clock) == SendReport() and len(channel.took) == 25
    clock.forward(days=1)
    assert send(either, channel, clock).sent == 1 and states(either) == ["sent"] * 26
    assert verify(either).holds


def test_nothing_to_do(store: Store) -> None:
    assert send(store, Told(), Clock()) == SendReport()


# ---- failures --------------------------------------------------------------------------------


def test_a_temporary_failure_is_tried_again_later_and_set_aside_in_the_end(either: Store) -> None:
    queue(either, [message(1)])
    clock, channel = Clock(), Told(lambda parcel: BUSY)
    for tries, minutes in enumerate((5, 10, 20, 40, 80, 160, 320), 1):
        assert send(either, channel, clock) == SendReport(failed=1, reasons=("try later",))
        come = progress_of(either, 1)
        assert (come.state, come.tries, come.reason, come.next_try) == ("failed", tries, "try later", clock() + timedelta(minutes=minutes))
        clock.forward(minutes=minutes - 1)
        assert send(either, channel, clock) == SendReport()
        clock.forward(minutes=1)
    assert send(either, channel, clock) == SendReport(failed=1, reasons=("try later",), set_aside=(message(1).id,))
    assert progress_of(either, 1).state == "set aside"
    clock.forward(days=30)
    assert send(either, channel, clock) == SendReport()
    with either.writing() as connection:
        outbox.give_back(connection, [message(1).id], clock())
    channel.does = lambda parcel: None
    assert send(either, channel, clock) == SendReport(sent=1) and verify(either).holds


def test_a_refusal_for_good_is_set_aside_at_once_and_holds_up_nothing(either: Store) -> None:
    queue(either, [message(number) for number in range(12)])
    channel = Told(lambda parcel: UNKNOWN if parcel.to.email.startswith("d3@") else None)
    assert send(either, channel, Clock()) == SendReport(sent=11, failed=1, reasons=("no such mailbox",), set_aside=(message(3).id,))
    assert progress_of(either, 3).reason == "no such mailbox" and states(either) == ["sent"] * 11 + ["set aside"]


def test_many_refusals_in_a_row_are_not_the_channels_fault(store: Store) -> None:
    queue(store, [message(number) for number in range(12)])
    report = send(store, Told(lambda parcel: UNKNOWN), Clock())
    assert (report.failed, len(report.set_aside), report.stopped) == (12, 12, "")


@pytest.mark.parametrize("fault", [ValueError("d3@example.org"), KeyError("hunter2"), TimeoutError("x"), NotSent("lost", for_good=False, may_have_arrived=True)])
def test_a_message_that_breaks_the_channel_holds_up_nothing_and_tells_nothing(fault: Exception, store: Store) -> None:
    queue(store, [message(number) for number in range(12)])
    tried: list[bool] = []
    channel = Told(lambda parcel: tried.append(parcel.again) or fault if parcel.to.email.startswith("d3@") else None)
    clock = Clock()
    for _ in range(TRIES):
        send(store, channel, clock)
        clock.forward(days=1)
    assert tried == [False] + [True] * (TRIES - 1)
    assert states(store) == ["sent"] * 11 + ["set aside"]
    assert progress_of(store, 3).reason == ("lost" if isinstance(fault, NotSent) else f"the channel broke on it ({type(fault).__name__})")
    assert progress_of(store, 3).may_have_arrived_twice, "nobody knows how far it came"


def test_a_channel_that_is_down_stops_the_run_early_and_uses_up_no_tries(either: Store) -> None:
    queue(either, [message(number) for number in range(30)])
    clock, channel = Clock(), Told(lambda parcel: DOWN)
    for _ in range(20):  # longer than eight tries
        report = send(either, channel, clock)
        assert (report.sent, report.failed, report.left) == (0, 5, 25)  # others each time
        assert "the channel told failed 5 times in a row, at last: " in report.stopped and report.stopped.endswith("; the rest waits for the next run")
        clock.forward(hours=1)
    assert set(states(either)) == {"failed"}, "those of the same batch were not tried, which is noted"
    assert max(one.progress.tries for one in queued(either).values()) == 0
    assert not any(one.progress.may_have_arrived for one in queued(either).values())
    channel.does = lambda parcel: None
    assert send(either, channel, clock) == SendReport(sent=30) and not any(parcel.again for parcel in channel.took)


def test_failures_between_successes_stop_nothing(store: Store) -> None:
    queue(store, [message(number) for number in range(40)])
    tried: list[str] = []
    channel = Told(lambda parcel: tried.append(parcel.id) or (None if len(tried) % 5 == 0 else DOWN))
    assert send(store, channel, Clock()) == SendReport(sent=8, failed=32, reasons=("connection refused",))


def test_a_channel_that_hangs_is_waited_for_only_so_long(either: Store) -> None:
    queue(either, [message(number) for number in range(15)])
    go_on = threading.Event()
    channel = Told(lambda parcel: go_on.wait() and None if len(channel.took) == 3 else None)
    report = send(either, channel, Clock(), patience=0.2)
    assert (report.sent, report.failed, report.left) == (3, 1, 11)
    assert report.stopped == "the channel gave no answer within 0.2 seconds; the message it was given may have arrived, and goes again next time"
    assert states(either) == ["failed"] * 6 + ["sent"] * 3 + ["trying"] + ["waiting"] * 5
    go_on.set()
    again = Told()
    clock = Clock(START + timedelta(minutes=5))
    assert send(either, again, clock) == SendReport(sent=12, again=1)
    (hung,) = (parcel for parcel in again.took if parcel.again)
    assert again.took[-1] == hung, "what may have arrived goes last"
    assert [one.id for one in queued(either).values() if one.progress.may_have_arrived_twice] == [hung.id.split(".")[0]]


def test_no_address_and_no_name_is_noted(either: Store) -> None:
    queue(either, [message(1), message(2)])

    def find(post: str, place: str, day: date) -> list[Recipient]:
        return [Recipient("Ann O'Hara-Smith", "ann.ohara@council.example")]

    class Talkative(Told):
        def send(self, parcel: Parcel) -> str:
            if parcel.letter.subject == "Team 1":
                raise NotSent("550 <Ann.Ohara@council.example>: no mailbox ANN.OHARA of ann o'hara-smith here " + "x" * 500, for_good=True)
            return "for ann.ohara@council.example.eml"

    send(either, Talkative(), Clock(), find)
    noted = [event.detail for one in queued(either).values() for event in one.events]
    assert not any(word in str(noted).lower() for word in ("ann.", "o'hara", "ohara", "smith", "council"))
    assert progress_of(either, 1).reason.startswith("550 <…>: no mailbox … of … here") and len(progress_of(either, 1).reason) == 200


# ---- recipients ------------------------------------------------------------------------------


def two(post: str, place: str, day: date) -> list[Recipient]:
    return [Recipient("One", f"one@{place}.example"), Recipient("Two", f"two@{place}.example")]


def test_several_recipients_get_one_parcel_each(either: Store) -> None:
    queue(either, [message(1), message(2)])
    clock = Clock()
    channel = Told(lambda parcel: BUSY if parcel.to.email == "two@D1.example" else UNKNOWN if parcel.to.email == "one@D2.example" else None)
    assert send(either, channel, clock, two) == SendReport(sent=2, failed=2, reasons=("no such mailbox", "try later"), set_aside=(message(2).id,))
    assert {parcel.id for parcel in channel.took} == {f"{message(1).id}.1", f"{message(2).id}.2"}
    assert (progress_of(either, 1).state, progress_of(either, 2).state) == ("failed", "set aside")
    channel.does = lambda parcel: None
    clock.forward(minutes=5)
    assert send(either, channel, clock, two) == SendReport(sent=1)
    assert channel.took[-1].id == f"{message(1).id}.2" and channel.took[-1].to.name == "Two" and not channel.took[-1].again


def test_when_the_list_changes_nobody_goes_without(store: Store) -> None:
    queue(store, [message(1)])
    clock, channel = Clock(), Told(lambda parcel: BUSY if parcel.to.name == "Two" else None)
    send(store, channel, clock, two)
    clock.forward(minutes=5)
    channel.does = lambda parcel: None
    assert send(store, channel, clock, lambda post, place, day: two(post, place, day)[1:]) == SendReport(sent=1, again=1)
    assert [(parcel.id[-1], parcel.to.name, parcel.again) for parcel in channel.took] == [("1", "One", False), ("1", "Two", True)]
    assert send(store, channel, clock, two) == SendReport(), "it is sent, whoever joins them later"


def test_a_post_that_nobody_holds(either: Store) -> None:
    queue(either, [message(1), message(2)])
    asked: list[tuple[str, str, date]] = []

    def find(post: str, place: str, day: date) -> list[Recipient]:
        asked.append((post, place, day))
        return [*one_each(post, place, day)] if place == "D2" or day > START.date() else []

    clock, channel = Clock(), Told()
    assert send(either, channel, clock, find) == SendReport(sent=1, failed=1, reasons=("nobody holds this post today",))
    assert (progress_of(either, 1).state, progress_of(either, 1).reason) == ("failed", "nobody holds this post today")
    assert sorted(asked) == [("district_manager", "D1", START.date()), ("district_manager", "D2", START.date())]
    clock.forward(days=1)
    assert send(either, channel, clock, find) == SendReport(sent=1)


def test_a_directory_with_a_mistake_sends_nothing_more_and_loses_no_note(either: Store) -> None:
    queue(either, [message(number) for number in range(25)])
    channel = Told()

    def find(post: str, place: str, day: date) -> list[Recipient]:
        if len(channel.took) >= 10:
            raise LookupError("a mistake")
        return [*one_each(post, place, day)]

    with pytest.raises(LookupError):
        send(either, channel, Clock(), find)
    assert states(either) == ["sent"] * 10 + ["waiting"] * 15
    assert send(either, channel, Clock()) == SendReport(sent=15)


# ---- superseded ------------------------------------------------------------------------------


def test_nothing_is_sent_of_a_quarter_that_was_superseded(either: Store) -> None:
    queue(either, [message(1), message(2, not_before=START + timedelta(days=9))])
    with either.writing() as connection:
        file_quarter(connection)
    queue(either, [message(3, stage="correction")])
    channel = Told()
    report = send(either, channel, Clock())
    assert report.sent == 1 and {*report.withdrawn} == {message(1).id, message(2).id}
    assert [parcel.letter.subject for parcel in channel.took] == ["Team 3"]
    assert progress_of(either, 1).reason == "the quarter was filed again since"


def test_a_correction_that_is_filed_while_it_sends_stops_the_rest(either: Store) -> None:
    queue(either, [message(number) for number in range(30)])

    def then(parcel: Parcel) -> None:
        if len(channel.took) == 4:
            with open_store(address, make=True).writing() as connection:
                file_quarter(connection)

    url = either.engine.url
    address = url.database if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql").render_as_string(hide_password=False)
    channel = Told(then)
    report = send(either, channel, Clock())
    assert (report.sent, len(report.withdrawn), report.left) == (10, 20, 0) and states(either) == ["sent"] * 10 + ["withdrawn"] * 20


# ---- one sender at a time --------------------------------------------------------------------


def test_a_second_sender_says_so_and_ends_well(either: Store) -> None:
    queue(either, [message(1)])
    channel = Told()
    with one_sender(either) as held:
        assert held is not None
        report = send(either, channel, Clock())
        assert report.another_at_work and "another sender is at work" in report.stopped and not channel.took
    assert send(either, channel, Clock()) == SendReport(sent=1)


def test_what_is_queued_first_is_sent_too(either: Store) -> None:
    def remind(connection: Any, now: Any) -> None:
        body = {"recorded_by": "springtide alerts send", "recorded_at": now.isoformat()}
        outbox.queue(connection, outbox.ALERTS, QUARTER, body, [message(7, stage="reminder")])

    channel = Told()
    assert send(either, channel, Clock(), first=remind) == SendReport(sent=1)
    assert send(either, channel, Clock(), first=remind) == SendReport() and len(channel.took) == 1


def test_a_sender_whose_lock_was_lost_stops(postgresql: Any) -> None:
    """As when the server is started again. A file's lock is not lost while its process is there."""
    either = open_store(postgresql.url(postgresql.fresh()), make=True)
    with either.writing() as connection:
        file_quarter(connection)
    queue(either, [message(number) for number in range(30)])

    def end_the_others(parcel: Parcel) -> None:
        if len(channel.took) == 4:
            with postgresql.connect(either.engine.url.database) as connection:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")

    channel = Told(end_the_others)
    report = send(either, channel, Clock())
    assert report.sent == 10 and "the connection that keeps a second sender out was lost" in report.stopped and report.left == 20
    assert states(either) == ["sent"] * 10 + ["waiting"] * 20, "the outcomes were noted all the same"


# ---- a store that can't be written to --------------------------------------------------------


@pytest.fixture
def impatient(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(opening, "_WAIT", 0.2)
    return open_store(store.place, make=True)


def test_a_store_that_is_locked_from_the_start(impatient: Store) -> None:
    queue(impatient, [message(1)])
    channel = Told()
    with closing(sqlite3.connect(impatient.place, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="kept the store locked"):
            send(impatient, channel, Clock())
    assert not channel.took and send(impatient, channel, Clock()) == SendReport(sent=1)


@pytest.mark.parametrize("lets_go", [False, True])
def test_a_store_that_is_locked_while_it_sends(lets_go: bool, impatient: Store) -> None:
    queue(impatient, [message(number) for number in range(30)])
    with closing(sqlite3.connect(impatient.place, isolation_level=None, check_same_thread=False)) as other:

        def lock(parcel: Parcel) -> None:
            if len(channel.took) == 4:
                other.execute("BEGIN EXCLUSIVE")
            if lets_go and len(channel.took) == 9:
                threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()

        channel = Told(lock)
        report = send(impatient, channel, Clock())
    assert report.left == 20 and report.sent == 10 == len(channel.took)
    assert "nothing more was sent, and no message is lost" in report.stopped and "kept the store locked" in report.stopped
    again = Told()
    if lets_go:  # what was sent could be noted after all
        assert "may arrive twice" not in report.stopped and send(impatient, again, Clock()) == SendReport(sent=20)
    else:
        assert report.stopped.endswith("of what was sent, 10 could not be noted, and may arrive twice")
        assert send(impatient, again, Clock()) == SendReport(sent=30, again=10)
        assert {parcel.id for parcel in channel.took} == {parcel.id for parcel in again.took if parcel.again}
    assert verify(impatient).holds


def test_a_folder_in_which_no_lock_can_be_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from springtide.alerts.problems import AlertError

    Path(f"{store.place}.sending").mkdir()
    with pytest.raises(AlertError, match=r"store\.sqlite\.sending: the file that keeps a second sender out can't be made"):
        send(store, Told(), Clock())


def test_who_holds_a_post_goes_by_the_day_in_london(store: Store) -> None:
    """At half past midnight in summer it is still yesterday in UTC, and who is on leave from today is away."""
    at = datetime(2009, 7, 13, 23, 30, tzinfo=UTC)
    queue(store, [message(1)])
    asked: list[date] = []

    def find(post: str, place: str, day: date) -> Any:
        asked.append(day)
        return one_each(post, place, day)

    assert send(store, Told(), Clock(at), find).sent == 1
    assert asked == [date(2009, 7, 14)]
