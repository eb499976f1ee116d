"""A quarter and what it tells are filed together or not at all; what was told once is not told again, and what no longer holds is taken back."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from alerts.counties import FIRST, filed_at
from alerts.filed import LONG, Office, county
from history.conftest import Place
from sqlalchemy import event

from springtide.alerts import queueing
from springtide.alerts.problems import AlertError, NotSent
from springtide.alerts.queueing import begins, start
from springtide.alerts.raising import chaining
from springtide.alerts.sending import outbox
from springtide.history.store import ledger, opening
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack

NOW = filed_at(FIRST)
TEAMS = {
    "T1": {"district": "North", "quarters": ["severe gap", "severe gap", "storm"]},
    "T2": {"district": "North", "quarters": ["calm", "calm", "calm"]},
}


def office(store: Store, pack: RulePack) -> Office:
    made = Office(store, pack, county(TEAMS, 3))
    made.start()
    return made


@pytest.fixture
def here(tmp_path: Path, kent: RulePack) -> Office:
    return office(open_store(str(tmp_path / "store.sqlite"), make=True), kent)


@pytest.fixture
def either(place: Place, kent: RulePack) -> Office:
    """The same in each of the two kinds of database."""
    return office(open_store(place.address, make=True), kent)


# ---- once ------------------------------------------------------------------------------------


def test_the_same_quarter_again_queues_nothing(either: Office) -> None:
    first = either.file(0)
    assert first.is_new and first.notes[-1] == "7 messages queued for 2008/09 Q4; springtide alerts send delivers them"
    queued = either.messages()
    again = either.file(0)
    assert not again.is_new and again.notes == () and either.messages() == queued
    assert either.told(NOW + LONG) and either.told(NOW + LONG) == []
    either.file(0)
    assert either.told(NOW + LONG) == [] and verify(either.store).holds


def test_what_stays_is_not_told_again_and_what_rises_is(here: Office) -> None:
    here.file(0)
    here.took(NOW + LONG)
    here.file(1)
    assert {*here.alerts(1)} == {"twice_running T1"}
    here.file(2)
    assert {*here.alerts(2)} == {"high T1"}


def test_the_key_tells_apart_what_is_told_apart(here: Office) -> None:
    for place in range(3):
        here.file(place)
    found = here.messages()
    assert len({one.id for one in found}) == len({one.key for one in found}) == len(found)
    assert all(one.id == outbox.id_of(one.key) for one in found)


# ---- a quarter that is filed again -----------------------------------------------------------


def test_what_was_not_sent_goes_out_by_the_version_that_stands(either: Office) -> None:
    """The alert holds in both versions: the first version's letter is withdrawn, and the second's goes."""
    either.file(0)
    either.file(0, {"T2": "busy"}, "a late return")
    assert sum(one.progress.withdrawn for one in either.messages()) == 7, "at once, and not first when something is sent"
    either.send(NOW + LONG)
    found = either.messages()
    by_record = {(one.record, one.progress.state) for one in found}
    assert len({record for record, _ in by_record}) == 2 and {state for _, state in by_record} == {"withdrawn", "sent"}
    sent = {(one.post, one.place, one.stage) for one in found if one.progress.state == "sent"}
    assert ("district_manager", "North", "main") in sent and ("team_manager", "T1", "seen first") in sent


def test_what_was_sent_is_not_told_again_when_it_still_holds(either: Office) -> None:
    either.file(0)
    assert either.told(NOW + LONG)
    either.file(0, {"T2": "busy"}, "a late return")
    assert {*either.alerts(0)} == {"county_on workload", "elevated T1"}
    assert either.told(NOW + 2 * LONG - timedelta(days=9)) == []


def test_only_what_is_new_is_told_to_those_who_were_told(here: Office) -> None:
    """North's manager had the letter on T1; now T2 is elevated too, and the letter is about T2."""
    here.file(0)
    here.took(NOW + LONG)
    here.file(0, {"T2": "severe gap"}, "T2's vacancies were sent late", NOW + LONG)
    parcels = here.took(NOW + LONG + timedelta(days=4))
    (letter,) = [one.letter for one in parcels if one.to.email == "north@example.org"]
    assert "Team T2" in letter.subject and "Team T1" not in letter.subject
    assert here.alert("elevated T1") not in str(letter) and here.alert("elevated T2") in str(letter)
    assert [one for one in parcels if one.to.email == "t1@example.org"] == []


def test_who_was_told_of_what_no_longer_holds_is_told_so_once(either: Office) -> None:
    either.file(0)
    either.took(NOW + LONG)
    gone = either.alert("elevated T1")
    either.file(0, {"T1": "calm"}, "the vacancies were filled", NOW + LONG)
    assert {*either.alerts(0)} == {"county_on workload"}
    assert either.told(NOW + LONG) == ["district_manager North correction", "team_manager T1 correction"]
    (correction,) = [one for one in either.messages() if one.stage == "correction" and one.post == "district_manager"]
    assert correction.alerts == (gone,) and "no longer holds" in correction.letter.subject and "Team T1 is Elevated" in str(correction.letter)
    either.file(0, {"T1": "calm", "T2": "gap"}, "and another", NOW + LONG)
    assert either.told(NOW + LONG) == ["team_manager T2 main"], "nobody is told twice that it no longer holds"
    either.file(0, {}, "it was right at first", NOW + LONG)
    assert either.alert("elevated T1") == gone
    assert "district_manager North main" in either.told(NOW + 2 * LONG), "it was taken back, and holds again"


def test_a_correction_in_which_the_return_is_missing_takes_nothing_back(here: Office) -> None:
    """Missing is never safe: nobody is told that nothing more is asked of them."""
    here.file(0)
    here.took(NOW + LONG)
    here.file(0, {"T1": "_"}, "the return was of another team", NOW + LONG)
    here.took(NOW + LONG)
    (letter,) = [one.letter for one in here.messages() if one.stage == "correction" and one.post == "district_manager"]
    assert letter.subject == "2008/09 Q4: an earlier alert can't be told any more" and "not shown to be past" in str(letter)
    assert "Nothing more is asked" not in str(letter) and "no longer holds" not in str(letter) and "Team T1 is Elevated" in str(letter)


def test_what_was_never_sent_is_withdrawn_without_a_word(here: Office) -> None:
    here.file(0)
    here.file(0, {"T1": "calm"}, "the vacancies were filled")
    told = here.told(NOW + LONG)
    assert "team_manager T1 correction" not in told and not any("T1" in one or "North main" in one for one in told if "district" not in one)
    assert all(one.letter.subject != "Team T1" for one in here.messages() if one.progress.state == "sent")


def test_what_was_tried_and_failed_before_the_correction_still_goes(here: Office) -> None:
    """Tried, and perhaps arrived, when the quarter is filed again: told again rather than not at all."""
    here.file(0)
    here.channel.does = lambda parcel: NotSent("busy", for_good=False, may_have_arrived=True)
    here.send(NOW + LONG)
    here.channel.does = lambda parcel: None
    here.file(0, {"T2": "busy"}, "a late return", NOW + LONG)
    assert "district_manager North main" in here.told(NOW + 2 * LONG)


def test_a_correction_of_an_older_quarter_sends_nothing(either: Office) -> None:
    either.file(0)
    either.file(1)
    either.took(NOW + timedelta(days=200))
    made = either.file(0, {"T1": "storm"}, "a late return", NOW + timedelta(days=200))
    assert any("is not the newest quarter that is filed, so no alert goes out" in note for note in made.notes)
    assert either.took(NOW + timedelta(days=201)) == [] and either.alerts(0) == {}


def test_what_waits_of_an_older_quarter_goes_by_its_correction(here: Office) -> None:
    """Two quarters filed on one day, and the first corrected before its letters went: what still holds is not lost with them."""
    here.file(0)
    here.file(1, at=NOW + timedelta(hours=1))
    here.file(0, {"T2": "busy"}, "a late return", NOW + timedelta(hours=2))
    told = here.told(NOW + LONG)
    assert "district_manager North main" in told and "team_manager T1 seen first" in told
    assert {"county_on workload", "elevated T1"} == {*here.alerts(0)}
    here.file(0, {"T2": "gap"}, "and another", NOW + LONG)
    assert here.alerts(0) == {}, "nothing waits any more, and nothing goes"


def test_an_older_quarter_that_is_filed_late_counts_and_sends_nothing(here: Office) -> None:
    here.file(0)
    here.file(2)
    here.took(NOW + timedelta(days=200))
    here.file(1)
    assert here.took(NOW + timedelta(days=201)) == []


# ---- one transaction -------------------------------------------------------------------------


@pytest.mark.parametrize("fails", ["messages", "decide", "_row", "outbox.queue", "disagree"])
def test_a_fault_in_queueing_files_nothing(fails: str, either: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*given: object, **named: object) -> object:
        raise RuntimeError("planted")

    before = verify(either.store).records
    if fails == "outbox.queue":
        monkeypatch.setattr(outbox, "queue", fault)
    elif fails == "disagree":
        monkeypatch.setattr(chaining, "why_unavailable", lambda: None)
        monkeypatch.setattr(chaining, "_Chained", lambda pack, story: type("Wrong", (), {"truth": lambda *given: story.leaf})())
    else:
        monkeypatch.setattr(queueing, fails, fault)
    with pytest.raises((RuntimeError, chaining.RulesDisagree)):
        either.file(0)
    assert either.messages() == [] and verify(either.store).records == before
    with either.store.reading() as connection:
        assert ledger.filed_quarters(connection) == []
    monkeypatch.undo()
    assert either.file(0).is_new and len(either.messages()) == 7


def _in_a_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed here as Windows can't")
def test_killed_between_them_all_or_nothing(here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every other statement, and at any moment: the quarter and its messages are there, or neither."""
    place = Path(here.store.place)
    whole, made, stop_at = place.read_bytes(), opening._engine, 0

    def step(*_: object) -> None:
        nonlocal stop_at
        stop_at -= 1
        if stop_at == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*given, **named):  # type: ignore[no-untyped-def]
        engine = made(*given, **named)
        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)
        return engine

    def file() -> None:
        Office(open_store(str(place), make=True), here.pack, here.case).file(0)

    def child() -> None:
        monkeypatch.setattr(opening, "_engine", counted)
        file()

    took = time.perf_counter()
    file()
    took = time.perf_counter() - took
    outcomes, rng, number = [], Random("queueing"), 0
    while True:
        number += 2
        place.write_bytes(whole)
        Path(f"{place}-journal").unlink(missing_ok=True)
        stop_at = number
        ended = os.waitstatus_to_exitcode(os.waitpid(_in_a_child(child), 0)[1])
        if ended == 0:
            break
        outcomes.append(_whole(place))
    assert number > 20 and not any(outcomes)
    stop_at = 0
    for _ in range(4):
        place.write_bytes(whole)
        Path(f"{place}-journal").unlink(missing_ok=True)
        child = _in_a_child(file)
        time.sleep(took * rng.random())
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        _whole(place)


def _whole(place: Path) -> bool:
    """Whether the quarter is filed; its messages are then there too, and else not one."""
    store = open_store(str(place), make=True)
    assert verify(store).holds
    with store.reading() as connection:
        filed, queued = ledger.filed_quarters(connection), outbox.messages(connection)
    assert len(queued) == (7 if filed else 0)
    return bool(filed)


# ---- switching on ----------------------------------------------------------------------------


def test_it_is_switched_on_once_and_not_before_anything_is_filed(place: Place, kent: RulePack) -> None:
    held = Office(open_store(place.address, make=True), kent, county(TEAMS, 3))
    with pytest.raises(AlertError, match="no quarter is filed yet"):
        start(held.store, None, "a test", NOW)
    held.file(0)
    held.file(1)
    assert held.messages() == []
    with pytest.raises(AlertError, match=r"begin with the newest quarter that is filed \(2009/10 Q1\) or with a later one, not with 2008/09 Q4"):
        start(held.store, FIRST, "a test", NOW)
    begun = start(held.store, FIRST.next, "a test", NOW)
    assert begun.quarter == FIRST.next and begun.queued == len(held.messages()) == 7, "in the first quarter all is new"
    with pytest.raises(AlertError, match="switched on already, from 2009/10 Q1"):
        start(held.store, None, "a test", NOW)
    with held.store.reading() as connection:
        assert begins(connection) == FIRST.next
    held.file(2)
    assert {*held.alerts(2)} == {"high T1"}
    held.file(0, {"T1": "storm"}, "a correction of what was before", NOW)
    assert held.alerts(0) == {} and verify(held.store).holds


def test_without_a_quarter_it_begins_with_the_next(here: Office, tmp_path: Path) -> None:
    held = Office(open_store(str(tmp_path / "other.sqlite"), make=True), here.pack, here.case)
    held.file(0)
    assert start(held.store, None, "a test", NOW) == queueing.Started(FIRST.next, 0)
    held.file(0, {"T1": "storm"}, "a correction of what was before", NOW)
    assert held.messages() == []
    held.file(1)
    assert {*held.alerts(1)} == {"county_on workload", "elevated T1"}, "what was there before alerts began is new with them"


def test_what_is_queued_at_the_start_is_what_filing_would_have_queued(here: Office, tmp_path: Path) -> None:
    held = Office(open_store(str(tmp_path / "other.sqlite"), make=True), here.pack, here.case)
    held.file(0)
    start(held.store, FIRST, "a test", NOW)
    here.file(0)
    assert {one.key: one.letter for one in held.messages()} == {one.key: one.letter for one in here.messages()}


def test_several_quarters_at_once_after_the_start(here: Office) -> None:
    """As --all-quarters files them, oldest first and with one time: each queues its own, and each letter says of which quarter."""
    for place in range(3):
        here.file(place, at=NOW + timedelta(days=200))
    took = here.took(NOW + timedelta(days=210))
    assert {one.letter.subject.partition(":")[0] for one in took} == {"2008/09 Q4", "2009/10 Q1", "2009/10 Q2"}
    north = [one.letter.subject for one in took if one.to.email == "north@example.org"]
    assert [one for one in north if "Elevated" in one] and len(north) == len({*north})


def test_a_copy_of_the_store_queues_the_same(here: Office, tmp_path: Path) -> None:
    copy = Path(shutil.copy(here.store.place, tmp_path / "copy.sqlite"))
    other = Office(open_store(str(copy), make=True), here.pack, here.case)
    here.file(0)
    other.file(0)
    assert [(one.key, one.letter, one.not_before) for one in here.messages()] == [(one.key, one.letter, one.not_before) for one in other.messages()]


# ---- one letter ------------------------------------------------------------------------------


def test_a_county_pressure_that_raises_many_districts_is_one_letter_to_the_head_of_service(tmp_path: Path, kent: RulePack) -> None:
    teams = {f"{where}{n}": {"district": where, "quarters": ["severe gap", "severe gap"]} for where in ("North", "South", "East") for n in range(3)}
    made = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county(teams, 2, workload=["off", "on"], far=19))
    made.start()
    made.file(0)
    made.file(1)
    (one,) = [message for message in made.messages() if message.post == "head_of_service"]
    assert len(one.alerts) == 4 and "4 alerts" in one.letter.subject
