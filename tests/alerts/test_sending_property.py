"""Whatever happens, in whatever order: no message is lost, and none goes again that is noted as sent."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from alerts.outboxes import START, Clock, file_quarter, message, queue, queued
from hypothesis import given, settings
from hypothesis import strategies as st

from springtide.alerts.channels import Parcel, Recipient
from springtide.alerts.problems import ChannelDown, NotSent
from springtide.alerts.sending import outbox
from springtide.alerts.sending.outbox import Message
from springtide.alerts.sending.progress import TRIES
from springtide.alerts.sending.sender import send_due
from springtide.history.problems import StoreError
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify

MESSAGES = [replace(message(number, place=f"P{number % 3}"), not_before=START + timedelta(hours=number % 2)) for number in range(12)]


class Killed(BaseException):
    """The process is gone: nothing that it would still do is done."""


@dataclass
class World:
    """What outlives a process: the store, what arrived, the time. What happens next is drawn beforehand."""

    outcomes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # of transactions
    recipients: dict[str, int] = field(default_factory=lambda: {"P0": 1, "P1": 2, "P2": 1})
    clock: Clock = field(default_factory=Clock)
    arrived: list[Parcel] = field(default_factory=list)
    noted: set[str] = field(default_factory=set)  # parcels that are noted as sent, where the list of recipients stayed as it was
    refused: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  # kept for later: what a channel raises is for the sender to deal with
    may_double: bool = False  # something has happened since that leaves it open what arrived
    is_dead: bool = False
    changed: bool = False
    name: str = "world"

    def find(self, post: str, place: str, day: date) -> list[Recipient]:
        return [Recipient(f"{place} {n}", f"{n}@{place}.example") for n in range(self.recipients[place])]

    def send(self, parcel: Parcel) -> str:
        if self.is_dead or parcel.id in self.noted:
            self.wrong.append(f"{parcel.id} was noted as sent, or the sender is no more")
        self.tries[parcel.id] += 1
        outcome = self.outcomes.pop() if self.outcomes else "taken"
        if outcome == "refused":
            self.refused.add(parcel.id)
            raise NotSent("no such mailbox", for_good=True)
        if outcome in ("busy", "down"):
            raise NotSent("later", for_good=False) if outcome == "busy" else ChannelDown("refused")
        if outcome == "killed before":
            self.is_dead = self.may_double = True
            raise Killed
        if not self.changed and parcel.id in {one.id for one in self.arrived} and not (parcel.again and self.may_double):
            self.wrong.append(f"{parcel.id} arrived a second time and does not say so, or for no reason")
        self.may_double |= outcome in ("killed after", "answer lost")
        self.arrived.append(parcel)
        if outcome == "killed after":
            self.is_dead = True
            raise Killed
        if outcome == "answer lost":
            raise NotSent("lost", for_good=False, may_have_arrived=True)
        return ""

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Mortal(Store):
    """A store whose process can be killed, or whose disk be full, in any transaction."""

    world: Any = None

    @contextmanager
    def writing(self):
        if self.world.is_dead:
            raise Killed
        fault = self.world.faults.pop() if self.world.faults else ""
        self.world.may_double |= bool(fault)
        if fault == "killed after":
            with super().writing() as connection:
                yield connection
        else:
            with super().writing() as connection:
                yield connection
                if fault == "full":
                    raise StoreError("disk is full")
                if fault == "killed before":
                    self.world.is_dead = True
                    raise Killed
        if fault == "killed after":
            self.world.is_dead = True
            raise Killed


OUTCOMES = st.sampled_from(["taken"] * 4 + ["busy", "down", "refused", "killed before", "killed after", "answer lost"])
FAULTS = st.sampled_from([""] * 6 + ["full", "killed before", "killed after"])
STEPS = st.lists(st.one_of(
    st.tuples(st.just("run"), st.lists(OUTCOMES, max_size=15), st.lists(FAULTS, max_size=3)),
    st.tuples(st.just("clock"), st.integers(-60 * 24 * 400, 60 * 24 * 400) | st.integers(-10, 400), st.none()),
    st.tuples(st.just("recipients"), st.integers(0, 3), st.none()),
    st.tuples(st.just("queue"), st.integers(0, len(MESSAGES)), st.none()),
    st.tuples(st.just("give back"), st.none(), st.none()),
), max_size=25)  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("property") / "store.sqlite"
    with open_store(str(file), make=True).writing() as connection:
        file_quarter(connection)
    return file.read_bytes()


def run(store: Mortal, world: World) -> None:
    world.is_dead = False
    with suppress(Killed, StoreError):
        send_due(store, world.find, world, world.clock)
    world.is_dead, world.outcomes, world.faults = False, [], []
    if not world.changed:
        world.noted = {
            f"{one.id}.{position}" for one in queued(store).values() for position, copy in one.progress.copies.items() if copy.state == "sent"
        }


def step(store: Mortal, world: World, what: str, how: Any, faults: Any, known: list[Message]) -> None:
    if what == "run":
        world.outcomes, world.faults = list(how), list(faults)
        run(store, world)
    elif what == "clock":
        world.clock.forward(minutes=how)
    elif what == "recipients":
        world.recipients["P0"] = how
        # From here on nobody's place in the list is known to be the same, so that copies that were sent may go again.
        world.changed, world.noted = True, set()
    elif what == "queue":
        queue(store, known[:how])
    else:
        with store.writing() as connection:
            outbox.give_back(connection, [*queued(store)], world.clock())


@settings(max_examples=150)
@given(steps=STEPS)
def test_nothing_is_lost_and_nothing_that_is_noted_goes_again(steps: list[tuple[str, Any, Any]], empty: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite"
        file.write_bytes(empty)
        opened, world = open_store(str(file), make=True), World()
        store = Mortal(opened.engine, opened.place, world=world)
        queue(store, MESSAGES[:6])
        for what, how, faults in steps:
            step(store, world, what, how, faults, MESSAGES)
        # From here on all goes well, and there is time enough.
        world.recipients["P0"] = max(world.recipients["P0"], 1)
        world.clock.now = max(world.clock.now, START)
        for _ in range(12):
            world.clock.forward(days=500)
            run(store, world)
        check(store, world)


def check(store: Store, world: World) -> None:
    assert not world.wrong
    arrived = Counter(parcel.id for parcel in world.arrived)
    for id_, one in queued(store).items():
        come = one.progress
        assert come.state in ("sent", "set aside"), come
        wanted = {f"{id_}.{position}" for position in range(1, world.recipients[one.place] + 1)}
        if come.state == "set aside":
            # Given up for a reason: refused for good, or tried too often, or for want of anybody to send it to.
            assert come.reason and (wanted & world.refused or come.tries >= TRIES or come.nobody), come
        elif not world.changed:
            assert wanted <= {*arrived}
        else:
            assert any(parcel.startswith(id_) for parcel in arrived)
        for position, copy in come.copies.items():
            name = f"{id_}.{position}"
            assert copy.state != "sent" or arrived[name], "sent is what arrived"
            if arrived[name] > 1 and not world.changed:
                assert copy.may_have_arrived_twice, "two copies are told of"
    assert verify(store).holds
