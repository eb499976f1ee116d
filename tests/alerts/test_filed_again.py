"""A quarter that is filed again: what did not go is withdrawn and queued anew, and nobody is told the same twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alerts.counties import FIRST
from alerts.test_cases import ALL, file_quarter, started

from springtide import load_pack
from springtide.alerts.channels import Parcel, Recipient
from springtide.alerts.sending import outbox
from springtide.alerts.sending.sender import send_due
from springtide.history.store.opening import Store
from springtide.logic.model import RulePack

LATER = timedelta(days=30)
CASE = next(case for case in ALL if case.name == "comes to elevated and stays")


class Kept:
    """A channel that keeps what it takes."""

    name = "kept"

    def __init__(self) -> None:
        self.taken: list[Parcel] = []

    def send(self, parcel: Parcel) -> str:
        self.taken.append(parcel)
        return "taken"

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack("kent-2009")


def someone(post: str, place: str, on: date) -> list[Recipient]:
    return [Recipient(f"{post} {place}", "somebody@anyshire.example")]


def send(store: Store, at: datetime) -> list[str]:
    channel = Kept()
    report = send_due(store, someone, channel, lambda: at)
    assert not report.stopped and not report.failed
    return sorted(parcel.letter.subject for parcel in channel.taken)


def two_quarters(store: Store, pack: RulePack) -> None:
    file_quarter(store, (pack, "kent-2009"), CASE, 0)
    send(store, datetime.now(UTC) + LATER)
    file_quarter(store, (pack, "kent-2009"), CASE, 1)


def test_what_did_not_go_goes_by_the_version_that_stands(pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    two_quarters(store, pack)
    file_quarter(store, (pack, "kent-2009"), CASE, 1, {"T1": {"like": "severe gap", "highest_caseload": 15}}, "a figure was mistyped")
    with store.reading() as connection:
        states = [message.progress.state for message in outbox.messages(connection, quarter=FIRST.next)]
    assert sorted(states) == ["waiting", "waiting", "withdrawn", "withdrawn"]
    assert send(store, datetime.now(UTC) + LATER) == ["2009/10 Q1: Team T1 is Elevated"] * 2
    assert send(store, datetime.now(UTC) + LATER) == []


def test_what_went_is_not_told_again(pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    two_quarters(store, pack)
    assert len(send(store, datetime.now(UTC) + LATER)) == 2
    file_quarter(store, (pack, "kent-2009"), CASE, 1, {"T1": {"like": "severe gap", "highest_caseload": 15}}, "a figure was mistyped")
    assert send(store, datetime.now(UTC) + LATER) == []


def test_what_no_longer_holds_is_taken_back_once(pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    two_quarters(store, pack)
    send(store, datetime.now(UTC) + LATER)
    file_quarter(store, (pack, "kent-2009"), CASE, 1, {"T1": "calm"}, "the posts were filled")
    assert send(store, datetime.now(UTC) + LATER) == ["2009/10 Q1: an earlier alert no longer holds"] * 2
    file_quarter(store, (pack, "kent-2009"), CASE, 1, {"T1": {"highest_caseload": 13}}, "once more")
    assert send(store, datetime.now(UTC) + LATER) == []


def test_what_is_worse_is_told(pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    two_quarters(store, pack)
    send(store, datetime.now(UTC) + LATER)
    file_quarter(store, (pack, "kent-2009"), CASE, 1, {"T1": "storm"}, "the referrals came late")
    told = send(store, datetime.now(UTC) + LATER)
    assert told.count("2009/10 Q1: Team T1 is High") == 3, told
    assert told.count("2009/10 Q1: an earlier alert no longer holds") == 2, told


def test_filing_the_same_again_queues_nothing(pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    two_quarters(store, pack)
    with store.reading() as connection:
        before = [message.id for message in outbox.messages(connection)]
    file_quarter(store, (pack, "kent-2009"), CASE, 1)
    with store.reading() as connection:
        assert [message.id for message in outbox.messages(connection)] == before
