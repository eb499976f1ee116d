"""A sender that is killed at any moment, or has no room, loses no message; what arrives twice has the same id, and the outbox says so."""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from random import Random
from typing import Protocol

import pytest
import trustme
from alerts.outboxes import Appending, message, one_each, queue, queued, states
from sqlalchemy import event

from springtide.alerts.channels import Channel, Parcel
from springtide.alerts.channels.smtp import Security, Server, SmtpChannel
from springtide.alerts.sending.sender import SendReport, send_due
from springtide.history.store import opening
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify

resource = pytest.importorskip("resource", reason="processes are limited and killed here as Windows can't")
pytestmark = [
    # A child does nothing but send and end; no other thread of this process holds a lock that it would need.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

TRIES, TRIES_WITH_A_FILE, TRIES_IN_POSTGRESQL = 100, 40, 20
MESSAGES = 400
_DONE, _FAILED, _STOPPED = 0, 1, 9


class Post(Protocol):
    """Where messages arrive: opened anew by each sender, and looked into by the test."""

    def opened(self) -> Channel: ...

    def arrived(self) -> list[tuple[str, bool | None]]:
        """The id of each parcel that arrived, in order, and whether it was sent as one that may be there; None where that can't be seen."""

    def forget(self) -> None:
        """As if nothing had arrived."""


class FilePost:
    """A file that each parcel is added to."""

    def __init__(self, folder: Path):
        self._file = folder / "arrived"

    def opened(self) -> Channel:
        return Appending(self._file)

    def arrived(self) -> list[tuple[str, bool | None]]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return [(said["id"], said["again"]) for said in map(json.loads, lines)]

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)


class MailPost:
    """A mail server, and a file that it writes the Message-ID of what arrives into."""

    def __init__(self, port: int, authority: Path, file: Path):
        self._server = Server("localhost", port, Security.STARTTLS, trust=ssl.create_default_context(cafile=str(authority)), seconds=20)
        self._file = file

    def opened(self) -> Channel:
        return SmtpChannel(self._server, Address("Alerts", "alerts", "anyshire.example"))

    def arrived(self) -> list[tuple[str, bool | None]]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return [(line.removeprefix("<").partition(".springtide@anyshire.example>")[0].upper(), None) for line in lines]

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)


@contextmanager
def mail_post(folder: Path) -> Iterator[MailPost]:
    """A mail server in a process of its own."""
    authority, certificate, arrived = trustme.CA(), folder / "server.pem", folder / "arrived by mail"
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    command = [sys.executable, str(Path(__file__).with_name("mail_process.py")), str(arrived), str(certificate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield MailPost(int(server.stdout.readline()), folder / "authority.pem", arrived)
        finally:
            server.terminate()


# Each makes a post in a folder, and has it ready for as long as the test goes on.
POSTS: dict[str, Callable[[Path], FilePost]] = {"file": FilePost}


@pytest.fixture(params=POSTS)
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Post:
    return POSTS[request.param](tmp_path)


def send(address: str, post: Post, wrapped: Callable[[Channel], Channel] = lambda channel: channel) -> SendReport:
    channel = wrapped(post.opened())
    try:
        return send_due(open_store(address, make=True), one_each, channel, lambda: datetime.now(UTC))
    finally:
        channel.close()


def in_a_child(work: Callable[[], object]) -> int:
    """Fork, work, and end at once, without anything that an orderly end would do."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(_DONE)
        except BaseException:
            os._exit(_FAILED)
    return child


def check(store: Store, post: Post) -> Counter[str]:
    """All have arrived and are noted so; a second copy was sent as one, and is told of. Gives how often each arrived."""
    there = queued(store)
    arrived = post.arrived()
    times = Counter(id_ for id_, _ in arrived)
    assert {*times} == {f"{id_}.1" for id_ in there} and {*states(store)} == {"sent"}
    first: set[str] = set()
    for id_, again in arrived:
        assert again is None or again or id_ not in first, "a second copy says that it may be one"
        first.add(id_)
    twice = {f"{id_}.1" for id_, one in there.items() if one.progress.may_have_arrived_twice}
    assert {id_ for id_, count in times.items() if count > 1} <= twice
    assert verify(store).holds
    return times


def test_killed_at_any_moment(store: Store, post: Post) -> None:
    killed_at_any_moment(store, post, Nowhere(), MESSAGES, TRIES_WITH_A_FILE)


def test_killed_at_a_hundred_moments_of_talking_to_a_mail_server(store: Store, tmp_path: Path) -> None:
    """A real one, in its own process, with STARTTLS: its certificate is verified, and what arrives twice has one Message-ID."""
    with mail_post(tmp_path) as post:
        killed_at_any_moment(store, post, post, 200, TRIES)


def killed_at_any_moment(store: Store, post: Post, tried_on: Post, messages: int, tries: int) -> None:
    """Kill senders on their way, and let the last one end; `tried_on` is where one is sent to see how long it takes."""
    place, rng, cut, most = store.place, Random("killed"), 0, 0
    queue(store, [message(number) for number in range(messages)])
    shutil.copy(place, f"{place}.before")
    start = time.perf_counter()
    os.waitpid(in_a_child(lambda: send(place, tried_on)), 0)
    span = time.perf_counter() - start
    shutil.copy(f"{place}.before", place)
    tried_on.forget()
    for _ in range(tries):
        before = len(post.arrived())
        child = in_a_child(lambda: send(place, post))
        # From before it has begun until it has sent some; never so late that nothing would be left for the next.
        time.sleep(rng.random() * span * 0.5)
        os.kill(child, signal.SIGKILL)
        cut += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        most = max(most, len(post.arrived()) - before)
        if set(states(store)) == {"sent"}:
            queue(store, [message(number) for number in range(len(queued(store)), len(queued(store)) + messages)])
    unsure = sum(one.progress.may_have_arrived for one in queued(store).values())
    assert cut > tries * 0.8 and most > 10 and unsure, (cut, most, unsure)
    report = send(place, post)
    assert report.stopped == "" and report.set_aside == ()
    times = check(store, post)
    assert max(times.values()) <= 8 and sum(times.values()) - len(times) <= tries * 10


class Nowhere:
    """A post that takes its time and keeps nothing."""

    name = "nowhere"

    def opened(self) -> Channel:
        return self

    def arrived(self) -> list[tuple[str, bool | None]]:
        return []

    def forget(self) -> None:
        pass

    def send(self, parcel: Parcel) -> str:
        time.sleep(0.0002)
        return ""

    def close(self) -> None:
        pass


def test_killed_while_it_notes_in_postgresql(postgresql, post: Post) -> None:
    from alerts.outboxes import file_quarter

    url = postgresql.url(postgresql.fresh())
    store = open_store(url, make=True)
    with store.writing() as connection:
        file_quarter(connection)
    queue(store, [message(number) for number in range(MESSAGES)])
    rng, cut = Random("postgresql"), 0
    for number in range(TRIES_IN_POSTGRESQL):
        child = in_a_child(lambda: send(url, post))
        time.sleep(0.05 + 0.3 * (number + rng.random()) / TRIES_IN_POSTGRESQL)
        os.kill(child, signal.SIGKILL)
        cut += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert cut > TRIES_IN_POSTGRESQL / 2
    until = time.monotonic() + 60
    while send(url, post).another_at_work:  # the server takes a moment to see that the last one is gone
        assert time.monotonic() < until
        time.sleep(0.02)
    times = check(store, post)
    assert len(times) == MESSAGES and sum(times.values()) - len(times) <= cut * 10


def test_ended_between_any_two_steps(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each statement, at each end of a transaction, and before and after each parcel; then twice in a row at each."""
    queue(store, [message(number) for number in range(12)])
    whole, made = Path(store.place).read_bytes(), opening._engine
    stop_at = 0

    def step(*_: object) -> None:
        nonlocal stop_at
        stop_at -= 1
        if stop_at == 0:
            os._exit(_STOPPED)

    def counted(*given, **named):
        engine = made(*given, **named)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))  # a process ends here, no power fails
        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)  # which is told of it before it is done
        return engine

    class Stepping:
        name = "stepping"

        def __init__(self, channel: Channel):
            self._channel = channel

        def send(self, parcel: Parcel) -> str:
            step()
            said = self._channel.send(parcel)
            step()
            return said

        def close(self) -> None:
            self._channel.close()

    def child() -> None:
        monkeypatch.setattr(opening, "_engine", counted)
        send(store.place, post, Stepping)

    stops, doubled = 0, 0
    for number in range(1, 500):
        folder = tmp_path / str(number)
        folder.mkdir()
        post = FilePost(folder)
        Path(store.place).write_bytes(whole)
        Path(f"{store.place}-journal").unlink(missing_ok=True)
        stop_at = number
        code = os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1])
        if code == _DONE:
            break
        assert code == _STOPPED
        os.waitpid(in_a_child(child), 0)  # and the next one just as far
        stop_at = 0
        send(store.place, post)
        times = check(open_store(store.place), post)
        assert max(times.values()) <= 3
        stops, doubled = stops + 1, max(doubled, sum(times.values()) - len(times))
    assert stops > 30 and 0 < doubled <= 20, (stops, doubled)


def test_what_always_ends_the_sender_takes_nothing_with_it(store: Store, post: Post) -> None:
    """One message that kills whoever sends it: the others arrive, few twice, and it is set aside in the end."""
    queue(store, [message(number) for number in range(30)])
    poison = message(17).id

    class Deadly:
        name = "deadly"

        def __init__(self, channel: Channel):
            self._channel = channel

        def send(self, parcel: Parcel) -> str:
            if parcel.id.startswith(poison):
                os.kill(os.getpid(), signal.SIGKILL)
            return self._channel.send(parcel)

        def close(self) -> None:
            self._channel.close()

    runs = 0
    while os.waitstatus_to_exitcode(os.waitpid(in_a_child(lambda: send(store.place, post, Deadly)), 0)[1]) != _DONE:
        runs += 1
    assert runs == 8 and sorted(set(states(store))) == ["sent", "set aside"]
    there = queued(store)[poison]
    assert there.progress.state == "set aside" and "8 tries, and nobody knows how the last one ended" in there.progress.reason
    times = Counter(id_ for id_, _ in post.arrived())
    assert len(times) == 29 and max(times.values()) <= 2 and sum(times.values()) <= 29 + 9


def test_senders_at_the_same_time(either: Store, post: Post) -> None:
    """Six at once, and again: one sends, the others say so; nothing arrives twice."""
    url = either.engine.url
    address = url.database if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql").render_as_string(hide_password=False)
    queue(either, [message(number) for number in range(200)])
    gate, open_gate = os.pipe()
    heard, said = os.pipe()

    def work() -> None:
        os.close(open_gate)
        os.read(gate, 1)
        for _ in range(3):
            report = send(str(address), post)
            assert report.another_at_work == bool(report.stopped) and (report.sent == 0 or not report.another_at_work)
            os.write(said, b"x" if report.another_at_work else b".")

    children = [in_a_child(work) for _ in range(6)]
    os.close(gate)
    os.close(open_gate)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [_DONE] * 6
    os.close(said)
    with os.fdopen(heard) as file:
        outcomes = file.read()
    assert {*outcomes} == {"x", "."} and len(outcomes) == 18, outcomes
    assert [*check(either, post).values()] == [1] * 200


def test_a_lock_goes_with_its_process(store: Store, post: Post) -> None:
    queue(store, [message(1)])
    ready, tell = os.pipe()

    class Waiting:
        name = "waiting"

        def __init__(self, channel: Channel):
            pass

        def send(self, parcel: Parcel) -> str:
            os.write(tell, b".")
            time.sleep(600)
            return ""

        def close(self) -> None:
            pass

    child = in_a_child(lambda: send(store.place, post, Waiting))
    os.read(ready, 1)
    assert send(store.place, post).another_at_work
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    report = send(store.place, post)
    assert (report.sent, report.again) == (1, 1)
    os.close(ready)
    os.close(tell)


@pytest.mark.parametrize("room", [0, 4_096, 12_000, 40_000])
def test_a_full_disk_loses_nothing_and_is_said(room: int, store: Store, post: Post) -> None:
    """A limit on the size of files stands for a disk that is full."""
    queue(store, [message(number) for number in range(200)])
    limit = Path(store.place).stat().st_size + room
    read, write = os.pipe()

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        os.write(write, send(store.place, post).stopped.encode())

    assert os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1]) == _DONE
    os.close(write)
    with os.fdopen(read) as said:
        stopped = said.read()
    assert "nothing more was sent, and no message is lost: " in stopped and "make room" in stopped
    arrived = len(post.arrived())
    assert arrived % 10 == 0 and arrived < 200 and verify(open_store(store.place)).holds
    send(store.place, post)
    times = check(store, post)
    # There may have been room for the outcomes alone, without what was to be tried next.
    assert sum(times.values()) - len(times) == (10 if "of what was sent, 10 could not be noted, and may arrive twice" in stopped else 0)


def test_the_hands_of_the_clock_do_not_matter_to_what_was_killed(store: Store, post: Post) -> None:
    """The clock was put back by a year before the next run."""
    queue(store, [message(number, not_before=datetime(2000, 1, 1, tzinfo=UTC)) for number in range(20)])
    later = datetime.now(UTC) + timedelta(days=365)

    class Ending(Appending):
        def send(self, parcel: Parcel) -> str:
            if len(post.arrived()) == 15:
                os._exit(_STOPPED)
            return super().send(parcel)

    def child() -> None:
        channel = post.opened()
        assert isinstance(channel, Appending)
        send_due(open_store(store.place, make=True), one_each, Ending(channel.file), lambda: later)

    assert os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1]) == _STOPPED
    assert send(store.place, post).sent == 10
    check(store, post)
