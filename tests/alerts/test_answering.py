"""Answers: to which alert, by whom and why; filed in the chain, shown without their words to others, and no level moves."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alerts.counties import FIRST, filed_at
from alerts.filed import LONG, Office, county
from history.conftest import Place

from springtide.alerts.answering import answer, answers, to_team
from springtide.alerts.letters.text import as_text
from springtide.alerts.problems import AlertError
from springtide.alerts.sending.outbox import messages
from springtide.history.replaying import replay
from springtide.history.store import ledger
from springtide.history.store.opening import open_store
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack
from springtide.reports.explanation import plain

NOW = filed_at(FIRST)
SHOWN = datetime(2009, 4, 16, 9, 0, tzinfo=UTC)  # when the right of reply is over
WORDS = "Xanthippe Quigley is back on Monday & 3 <posts> are filled"
TEAMS = {
    "T1": {"district": "North", "quarters": ["severe gap", "storm"]}, "T2": {"district": "North", "quarters": ["severe gap", "severe gap"]},
}  # fmt: skip


def office(address: str, pack: RulePack) -> Office:
    made = Office(open_store(address, make=True), pack, county(TEAMS, 2))
    made.start()
    made.file(0)
    return made


@pytest.fixture
def here(tmp_path: Path, kent: RulePack) -> Office:
    return office(str(tmp_path / "store.sqlite"), kent)


def refused(office: Office, *ids: str, kind: str = "agree", words: str = "") -> str:
    before = verify(office.store).records
    with pytest.raises(AlertError) as error, office.store.writing() as connection:
        answer(connection, ids, kind, words, "a role", NOW)  # type: ignore[arg-type]
    assert verify(office.store).records == before
    return str(error.value)


def test_by_its_id_however_written_and_by_its_beginning(place: Place, kent: RulePack) -> None:
    here = office(place.address, kent)
    one = here.alert("elevated T1")
    for given in (one, one.lower(), f"  {one} ", one[:4], one[:7].lower()):
        found = here.answer(given, NOW)
        assert found.alerts == (one,) and found.quarter == FIRST
    with here.store.reading() as connection:
        assert [each.alerts for each in answers(connection)] == [(one,)] * 5 and answers(connection, FIRST.next) == []
    assert verify(here.store).holds


def test_by_the_message_for_all_that_it_tells(here: Office) -> None:
    (digest,) = [one for one in here.messages() if one.post == "district_manager" and one.place == "North" and len(one.alerts) == 2]
    found = here.answer(digest.id.lower(), NOW, "action", "duty is shared until June")
    assert {*found.alerts} == {here.alert("elevated T1"), here.alert("elevated T2")}


def test_several_at_once_and_one_twice(here: Office) -> None:
    ids = [here.alert("elevated T1"), here.alert("elevated T2"), here.alert("elevated T1")]
    with here.store.writing() as connection:
        assert answer(connection, ids, "agree", "", "a role", NOW).alerts == (ids[0], ids[1])


@pytest.mark.parametrize("given", ["", "   ", "3F1", "ZZZZZZZZ", "%", "3F1C09AB77E2", "*", "é" * 8])
def test_an_alert_that_there_is_not(given: str, here: Office) -> None:
    assert f"there is no alert '{given}'" in refused(here, given)
    assert "there is no alert" in refused(here, here.alert("elevated T1"), given)


def test_too_short_a_beginning_is_none(here: Office) -> None:
    assert "there is no alert" in refused(here, here.alert("elevated T1")[:3])


def test_a_beginning_of_several_names_them(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"ABCD1111": (FIRST, {}), "ABCD2222": (FIRST, {}), "ABCE3333": (FIRST, {})}
    monkeypatch.setattr("springtide.alerts.answering.known_alerts", lambda connection: known)
    assert refused(here, "abcd") == "'abcd' begins 2 alerts: ABCD1111, ABCD2222; give more of it"


def test_several_quarters_are_answered_one_by_one(here: Office) -> None:
    here.file(1)
    said = refused(here, here.alert("elevated T1"), here.alert("high T1", 1))
    assert said == "these alerts are of several quarters (2008/09 Q4, 2009/10 Q1); answer each quarter's by itself"


@pytest.mark.parametrize("words", ["", "   ", "\n\t"])
def test_a_disagreement_and_an_action_have_words(words: str, here: Office) -> None:
    assert refused(here, here.alert("elevated T1"), kind="disagree", words=words) == "say why you disagree"
    assert refused(here, here.alert("elevated T1"), kind="action", words=words) == "say what is being done"
    assert here.answer(here.alert("elevated T1"), NOW, "agree", words).words == ""


def test_a_very_long_one_is_refused_and_the_longest_is_not(here: Office) -> None:
    assert "has room for 2,000 characters, and this has 2,001" in refused(here, here.alert("elevated T1"), kind="action", words="x" * 2_001)
    assert here.answer(here.alert("elevated T1"), NOW, "action", "x" * 2_000).words == "x" * 2_000


@pytest.mark.parametrize("words", ["a\nb\r\nc", "‮evil", "\x1b[2Jgone", "'; DROP TABLE records; --", "\ud800", "é" * 500, "\x00"])
def test_odd_words_are_kept_and_break_nothing(words: str, here: Office) -> None:
    kept = here.answer(here.alert("elevated T1"), NOW, "disagree", f"because {words} of it").words
    assert kept.isprintable() and kept.startswith("because ") and kept.endswith(" of it")
    with here.store.reading() as connection:
        assert answers(connection)[0].words == kept
    assert verify(here.store).holds


# ---- what it does, and does not --------------------------------------------------------------


def test_no_level_moves_by_it(here: Office) -> None:
    def result() -> tuple[object, ...]:
        with here.store.reading() as connection:
            stands = ledger.record_of(connection, FIRST)
            rows = ledger.team_rows(connection, stands, ["result"])
        derived = replay(here.store, FIRST, plain)
        return stands, rows, derived.is_same

    before, alerts = result(), here.alerts(0)
    for name in ("elevated T1", "elevated T2"):
        here.answer(here.alert(name), NOW, "disagree", WORDS)
    assert result() == before and before[-1] and here.alerts(0) == alerts
    assert not here.file(0).is_new
    here.file(1)
    assert {*here.alerts(1)} == {"high T1", "twice_running T2"}, "as without the disagreement"


def test_an_answer_is_in_the_chain(here: Office) -> None:
    here.answer(here.alert("elevated T1"), NOW, "disagree", WORDS)
    assert verify(here.store).holds
    with sqlite3.connect(here.store.place) as connection:
        triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        changed = connection.execute("UPDATE records SET body = replace(body, 'disagree', 'agree') WHERE kind = 'answer'").rowcount
    connection.close()
    assert changed == 1
    assert not verify(open_store(here.store.place)).holds


def test_it_is_of_the_team_and_of_no_other(here: Office) -> None:
    here.answer(here.alert("elevated T1"), NOW, "disagree", WORDS)
    (found,) = to_team(here.store, "T1")
    assert (found.kind, found.words, found.by, found.at) == ("disagree", WORDS, "district manager", NOW)
    assert to_team(here.store, "T2") == [] and to_team(here.store, "T1", FIRST.next) == []


def test_what_the_team_manager_said_goes_further_without_its_words(here: Office) -> None:
    first = [one for one in here.took(NOW) if one.to.email == "t1@example.org"]
    assert len(first) == 1 and "You see this first" in as_text(first[0].letter)
    here.answer(here.alert("elevated T1"), NOW + timedelta(hours=2), "disagree", WORDS)
    (wider,) = [as_text(one.letter) for one in here.took(SHOWN) if one.to.email == "north@example.org" and "What was answered so far" in str(one.letter)]
    assert f"{here.alert('elevated T1')}: disagrees, 14 April 2009" in wider
    assert f"{here.alert('elevated T2')}: " not in wider.partition("What was answered so far")[2]
    assert not any(word in wider for word in ("Xanthippe", "Quigley", "Monday", "posts"))
    assert wider.index("What was answered so far") < wider.index("What this is")


def test_the_next_quarters_letter_says_what_was_last_answered(here: Office) -> None:
    here.took(NOW + LONG)
    here.answer(here.alert("elevated T1"), NOW + LONG, "action", WORDS)
    here.file(1)
    letters = [as_text(one.letter) for one in here.messages(FIRST.next) if here.alert("high T1", 1) in one.alerts]
    assert letters and all("The last answer about it: is acting, 24 April 2009, on 2008/09 Q4." in " ".join(one.split()) for one in letters)
    assert not any("Xanthippe" in one for one in letters)


def test_nobodys_name_is_in_a_message(here: Office) -> None:
    here.answer(here.alert("elevated T1"), NOW, "disagree", WORDS)
    with here.store.reading() as connection:
        assert not any("Xanthippe" in str(one) or "district manager," in one.key for one in messages(connection))
