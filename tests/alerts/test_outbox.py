"""What is queued is queued once, with the record that it tells of; what became of it follows from the notes alone."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alerts.outboxes import QUARTER, START, file_quarter, message, queue, queued, states
from sqlalchemy import Connection

from springtide.alerts.answering import ANSWER, answers
from springtide.alerts.problems import AlertError
from springtide.alerts.sending import outbox
from springtide.alerts.sending.outbox import id_of
from springtide.alerts.sending.progress import TRIES, progress, wait_after
from springtide.history.problems import StoreError
from springtide.history.store import ledger, opening
from springtide.history.store.opening import SCHEMA, Store, open_store, schema_of
from springtide.history.store.outgoing import Event
from springtide.history.store.verify import verify

KEPT = Path(__file__).resolve().parents[1] / "history" / "stores" / "0001.sqlite.gz"


def event(what: str, minutes: float = 0, to: int = 1, of: int = 1, **detail: object) -> Event:
    return Event("ID", START + timedelta(minutes=minutes), what, {"to": to, "of": of, **detail})  # type: ignore[arg-type]


# ---- queueing --------------------------------------------------------------------------------


def test_what_was_queued_reads_back(either: Store) -> None:
    given = [message(1), replace(message(2, post="team_manager", stage="first sight"), answer_by=None, alerts=()), message(3)]
    record = queue(either, given)
    found = queued(either)
    assert (record.kind, record.version, record.number) == ("alerts", 1, 2)
    for one in given:
        there = found[one.id]
        assert (there.key, there.post, there.place, there.stage, there.not_before, there.answer_by, there.alerts, there.letter) == (
            one.key, one.post, one.place, one.stage, one.not_before, one.answer_by, one.alerts, one.letter)  # fmt: skip
        assert (there.record, there.quarter, there.events, there.progress.state) == (record.number, QUARTER, (), "waiting")
    assert verify(either).holds and verify(either).quarters == 1


def test_an_id_comes_from_the_key_alone() -> None:
    assert message(1).id == id_of("2008/09 Q4 main 1") == "8D8490D4D68D"
    assert len({message(number).id for number in range(2000)}) == 2000


def test_a_key_is_queued_once(either: Store) -> None:
    queue(either, [message(1), message(2)])
    again = queue(either, [message(2), message(3), replace(message(3), place="elsewhere")])
    assert again.version == 2 and [*again.body["messages"]] == [message(3).id]
    assert len(queued(either)) == 3 and queued(either)[message(3).id].place == "D3"
    assert queue(either, [message(1)]).body["messages"] == {}
    assert verify(either).holds


def test_many_messages_are_queued_and_left_out_at_once(store: Store) -> None:
    queue(store, [message(number) for number in range(1200)])
    record = queue(store, [message(number) for number in range(600, 1800)])
    assert len(record.body["messages"]) == 600 and len(queued(store)) == 1800


def test_all_of_it_or_nothing(either: Store) -> None:
    def and_then(connection: Connection) -> None:
        outbox.queue(connection, outbox.ALERTS, QUARTER, {"recorded_by": "x", "recorded_at": START.isoformat()}, [message(1)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), either.writing() as connection:
        and_then(connection)
    assert queued(either) == {} and verify(either).records == 1


def test_two_keys_of_one_id_are_refused(either: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "id_of", lambda key: "0" * 12)
    with pytest.raises(StoreError):
        queue(either, [message(1), message(2)])
    assert queued(either) == {}


def test_times_are_kept_in_utc_and_need_a_zone(either: Store) -> None:
    summer = timezone(timedelta(hours=1))
    queue(either, [message(1, not_before=datetime(2009, 6, 1, 0, 30, tzinfo=summer))])
    assert queued(either)[message(1).id].not_before == datetime(2009, 5, 31, 23, 30, tzinfo=UTC)
    with pytest.raises(AlertError, match="needs its zone"):
        queue(either, [message(2, not_before=datetime(2009, 6, 1))])
    with pytest.raises(AlertError, match="has to say recorded_at and recorded_by"), either.writing() as connection:
        outbox.queue(connection, outbox.ALERTS, QUARTER, {}, [])


def test_the_quarters_do_not_see_other_kinds_of_records(either: Store) -> None:
    queue(either, [message(1)])
    queue(either, [message(2)])
    queue(either, [], kind=outbox.START)
    with either.writing() as connection:
        ledger.add_record(connection, ANSWER, QUARTER, 1, {"alerts": [], "answer": "agree", "words": "", "recorded_by": "x", "recorded_at": START.isoformat()}, ())
        before = ledger.latest(connection, QUARTER)
        assert [one.number for one in ledger.versions(connection, QUARTER)] == [1] == [one.number for one in ledger.every_version(connection)]
        assert ledger.filed_quarters(connection) == [QUARTER] and {**ledger.standing(connection)} == {QUARTER: before}
        assert [one.version for one in ledger.of_kind(connection, outbox.ALERTS, QUARTER)] == [1, 2]
        assert file_quarter(connection).version == 2
    assert verify(either).holds and (verify(either).records, verify(either).quarters) == (6, 1)


# ---- what is due -----------------------------------------------------------------------------


def test_what_is_due_and_in_which_order(either: Store) -> None:
    queue(either, [message(1, not_before=START + timedelta(hours=2)), message(2), message(3, not_before=START + timedelta(hours=1)), message(4), message(5)])
    with either.writing() as connection:
        tried = {"to": 1, "of": 1, "try": 1}
        outbox.note(connection, [Event(message(2).id, START, "trying", tried)])
        outbox.note(connection, [Event(message(4).id, START, "trying", tried), Event(message(4).id, START, "failed", tried)])
        outbox.note(connection, [Event(message(5).id, START, "trying", tried), Event(message(5).id, START, "sent", tried)])

        def due(limit: int | None = None, **later: float) -> list[int]:
            there = {message(number).id: number for number in range(1, 6)}
            return [there[one.id] for one in outbox.due(connection, START + timedelta(**later), limit)]

        assert due() == [2]
        assert due(minutes=5) == [4, 2] and due(minutes=4.9) == [2]
        assert due(hours=2) == [3, 1, 4, 2] and due(2, hours=2) == [3, 1]
        assert due(hours=-1) == []


# ---- withdrawing, giving back, answering -----------------------------------------------------


def test_what_is_still_to_go_can_be_withdrawn(either: Store) -> None:
    queue(either, [message(1), message(2)])
    with either.writing() as connection:
        outbox.note(connection, [Event(message(1).id, START, "trying", {"to": 1, "of": 1}), Event(message(1).id, START, "sent", {"to": 1, "of": 1})])
        assert outbox.withdraw(connection, [message(1).id, message(2).id], START, "not needed") == (message(2).id,)
        assert outbox.withdraw(connection, [message(2).id], START, "not needed") == ()
    assert states(either) == ["sent", "withdrawn"] and queued(either)[message(2).id].progress.reason == "not needed"


def test_a_quarter_that_was_filed_again_withdraws_what_told_of_it(either: Store) -> None:
    queue(either, [message(1), message(2)])
    with either.writing() as connection:
        outbox.note(connection, [Event(message(1).id, START, "trying", {"to": 1, "of": 1}), Event(message(1).id, START, "sent", {"to": 1, "of": 1})])
        assert outbox.withdraw_superseded(connection, START) == ()
        file_quarter(connection)
        file_quarter(connection, QUARTER.next)
    queue(either, [message(3)])
    queue(either, [message(4)], QUARTER.next)
    with either.writing() as connection:
        assert outbox.withdraw_superseded(connection, START, [message(3).id]) == ()
        assert outbox.withdraw_superseded(connection, START) == (message(2).id,)
    assert states(either) == ["sent", "waiting", "waiting", "withdrawn"]


def test_what_was_set_aside_can_be_given_back(either: Store) -> None:
    queue(either, [message(1), message(2)])
    with either.writing() as connection:
        outbox.note(connection, [Event(message(1).id, START, what, {"to": 1, "of": 1, "try": 1}) for what in ("trying", "set aside")])
        assert outbox.due(connection, START) == [outbox.Due(message(2).id, "district_manager", "D2", False)]
        assert outbox.give_back(connection, [message(1).id, message(2).id], START) == (message(1).id,)
        assert len(outbox.due(connection, START)) == 2
    assert queued(either)[message(1).id].progress.tries == 0


# ---- how far a message has come --------------------------------------------------------------


def test_waits_between_tries() -> None:
    assert [wait_after(tries).total_seconds() / 60 for tries in range(1, 10)] == [5, 10, 20, 40, 80, 160, 320, 360, 360]


def test_a_failure_waits_longer_each_time() -> None:
    events = []
    for tries, minutes in enumerate((5, 10, 20), 1):
        events += [event("trying"), event("failed", reason="busy")]
        come = progress(events)
        assert (come.state, come.tries, come.next_try, come.reason) == ("failed", tries, START + timedelta(minutes=minutes), "busy")
        assert not come.is_due(START + timedelta(minutes=minutes - 1)) and come.is_due(START + timedelta(minutes=minutes))
        assert come.is_due(START - timedelta(days=400)), "the clock was put back: nothing waits for it"


def test_a_channel_that_was_down_is_no_fault_of_the_messages() -> None:
    come = progress([event("trying"), event("failed"), *[event("trying", 60), event("failed", 60, counts=False)] * 50])
    assert (come.state, come.tries, come.next_try) == ("failed", 1, START + timedelta(minutes=65))
    assert come.copy(1).unknown == 0


@pytest.mark.parametrize(("events", "state", "arrived", "twice"), [
    ([], "waiting", False, False),
    ([event("trying")], "trying", True, False),
    ([event("trying"), event("sent")], "sent", False, False),
    ([event("trying"), event("trying")], "trying", True, True),
    ([event("trying"), event("trying"), event("sent")], "sent", True, True),
    ([event("trying"), event("trying"), event("failed")], "failed", True, False),
    ([event("trying"), event("trying"), event("failed", counts=False)], "failed", True, False),
    ([event("trying"), event("failed"), event("trying"), event("sent")], "sent", False, False),
    ([event("trying"), event("set aside", **{"try": 1})], "set aside", False, False),
    ([event("trying")] * TRIES + [event("set aside")], "set aside", True, True),
    ([event("trying"), event("withdrawn")], "withdrawn", True, False),
])  # fmt: skip
def test_what_may_have_arrived(events: list[Event], state: str, arrived: bool, twice: bool) -> None:
    come = progress(events)
    assert (come.state, come.may_have_arrived, come.may_have_arrived_twice) == (state, arrived, twice)


def test_a_message_to_several_is_sent_when_each_has_it() -> None:
    both = [event("trying", of=2), event("trying", to=2, of=2)]
    assert progress([*both[:1], event("sent", of=2)]).state == "waiting"
    assert progress([*both, event("sent", of=2)]).state == "trying"
    assert progress([*both, event("sent", of=2), event("failed", to=2, of=2)]).state == "failed"
    assert progress([*both, event("sent", of=2), event("set aside", to=2, of=2, **{"try": 1})]).state == "set aside"
    assert progress([*both, event("sent", of=2), event("sent", to=2, of=2)]).state == "sent"


def test_a_list_of_another_length_is_another_list() -> None:
    """Nobody knows then whose place is whose: who may have it gets it again, marked so, rather than somebody not at all."""
    come = progress([event("trying", of=2), event("trying", to=2, of=2), event("sent", of=2), event("failed", to=2, of=2)])
    fewer, more = come.among(1), come.among(3)
    assert (fewer.copy(1).state, fewer.copy(1).may_have_arrived, fewer.state, fewer.is_due(START)) == ("waiting", True, "waiting", True)
    assert [more.copy(position).state for position in (1, 2, 3)] == ["waiting", "failed", "waiting"]
    assert fewer.among(2).copy(1).may_have_arrived and come.among(2) is come


def test_a_post_that_nobody_holds_waits_and_is_set_aside_in_the_end() -> None:
    nobody = Event("ID", START, "failed", {"try": 1, "reason": "nobody"})
    come = progress([nobody])
    assert (come.state, come.tries, come.is_due(START), come.is_due(START + timedelta(minutes=5))) == ("failed", 1, False, True)
    assert progress([nobody, event("trying"), event("sent")]).state == "sent"
    aside = progress([nobody, Event("ID", START, "set aside", {"try": TRIES, "reason": "nobody"})])
    assert aside.state == "set aside" and not aside.is_due(START + timedelta(days=1))
    assert progress([nobody, replace(nobody, what="set aside"), Event("ID", START, "given back", {})]).state == "waiting"


# ---- a store from before ---------------------------------------------------------------------


@pytest.fixture
def before(tmp_path: Path) -> Path:
    file = tmp_path / "before.sqlite"
    file.write_bytes(gzip.decompress(KEPT.read_bytes()))
    return file


def schema(store: Store) -> str | None:
    with store.reading() as connection:
        return schema_of(connection)


def test_a_store_from_before_gets_its_outbox(before: Path) -> None:
    store = open_store(str(before), make=True)
    assert schema(store) == SCHEMA and verify(store).holds and queued(store) == {}
    with store.reading() as connection:
        quarter = ledger.filed_quarters(connection)[-1]
    queue(store, [message(1)], quarter)
    assert states(store) == ["waiting"] and verify(open_store(str(before))).holds


def test_who_may_only_read_a_store_from_before_reads_it_as_it_is(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = opening._engine
    monkeypatch.setattr(opening, "_engine", lambda url, *, read_only: made(url, read_only=True))  # as where the rights are missing
    whole = before.read_bytes()
    store = open_store(str(before))
    assert schema(store) == "0001" and verify(store).holds and verify(store).records > 3
    assert queued(store) == {} and before.read_bytes() == whole
    with store.reading() as connection:
        assert answers(connection) == [] and outbox.due(connection, START) == []
    with pytest.raises(StoreError, match="can't be written to"):
        open_store(str(before), make=True)
