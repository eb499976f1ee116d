"""A filing that is stopped at any moment, or that has no room, leaves all of the quarter or none; filing it again completes it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from history.quarters import filing
from sqlalchemy import event

from springtide.evidence.records import EvidenceSet
from springtide.history.problems import StoreError
from springtide.history.recording import Filed, Filing
from springtide.history.store import opening
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack

resource = pytest.importorskip("resource", reason="processes are limited and killed here as Windows can't")
pytestmark = [
    # A child does nothing but file and end; no other thread of this process holds a lock that it would need.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

FileQuickly = Callable[[Store, Filing], Filed]
File = Callable[[Path], Filed]
TRIES, TRIES_IN_POSTGRESQL = 200, 20
_DONE, _FAILED, _STOPPED = 0, 1, 9


@pytest.fixture
def file(kent: RulePack, county: list[EvidenceSet], filled_file: Path, file_quickly: FileQuickly, tmp_path: Path) -> File:
    """What files the last quarter, which is scored already, after those before it and on its own."""
    last = filing(kent, county[3], because="needed where it is filed")

    def to(place: Path) -> Filed:
        return file_quickly(open_store(str(place), make=True), last)

    to(tmp_path / "own")
    return to


@pytest.fixture
def three(kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly, file: object, tmp_path: Path) -> Path:
    """A store with the three quarters before it."""
    place = tmp_path / "three"
    for evidence in county[:3]:
        file_quickly(open_store(str(place), make=True), filing(kent, evidence))
    return place


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


def all_or_nothing(place: Path, before: int, file: File) -> bool:
    """Whether the quarter was filed; it must be whole or not there, and come to be there when it is filed again."""
    try:
        store = open_store(str(place))
    except StoreError as error:
        there = False
        if before or ("there is no store" not in str(error) and "holds no store" not in str(error)):
            raise
    else:
        found = verify(store)
        assert found.holds and found.records in (before, before + 1), found
        there = found.records == before + 1
    again = file(place)
    assert again.is_new != there
    assert again.head.number == before + 1 and again.head.hash == again.record.hash
    if not there:
        assert verify(open_store(str(place))).holds
    return there


def copy(source: Path | None, place: Path) -> None:
    for leftover in place.parent.glob(f"{place.name}*"):
        leftover.unlink()
    if source:
        shutil.copy(source, place)


@pytest.mark.parametrize("fresh", [True, False], ids=["a new store", "a store with quarters in it"])
def test_killed_at_any_moment(fresh: bool, file: File, three: Path, tmp_path: Path) -> None:
    source, before = (None, 0) if fresh else (three, 3)
    place = tmp_path / "killed"
    copy(source, place)
    file(place)
    took = []
    for _ in range(3):
        copy(source, place)
        start = time.perf_counter()
        child = in_a_child(lambda: file(place))
        assert os.waitpid(child, 0)[1] == 0
        took.append(time.perf_counter() - start)
    rng, outcomes = Random(f"killed {fresh}"), []
    for number in range(TRIES // 2):
        copy(source, place)
        child = in_a_child(lambda: file(place))
        # Spread evenly over all of it, and a little beyond.
        time.sleep(max(took) * 1.1 * (number + rng.random()) / (TRIES // 2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes.append(all_or_nothing(place, before, file))
    assert {True, False} == set(outcomes), sum(outcomes)


@pytest.mark.parametrize("fresh", [True, False], ids=["a new store", "a store with quarters in it"])
def test_ended_between_any_two_statements(fresh: bool, file: File, three: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, before = (None, 0) if fresh else (three, 3)
    place = tmp_path / "ended"
    stop_at, made = 0, opening._engine

    def counted(*given, **named):
        engine = made(*given, **named)
        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)  # which is told of it before it is done
        return engine

    def step(*_) -> None:
        nonlocal stop_at
        stop_at -= 1
        if stop_at == 0:
            os._exit(_STOPPED)

    def child() -> None:
        monkeypatch.setattr(opening, "_engine", counted)
        file(place)

    outcomes = []
    for number in range(1, 500):
        copy(source, place)
        stop_at = number
        code = os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1])
        if code == _DONE:
            break
        assert code == _STOPPED
        stop_at = 0
        outcomes.append(all_or_nothing(place, before, file))
    assert len(outcomes) > 12 and not any(outcomes)


def test_killed_while_filing_into_postgresql(postgresql, kent: RulePack, county: list[EvidenceSet], file_quickly: FileQuickly, file: File) -> None:
    empty, last = postgresql.fresh(), filing(kent, county[3])
    open_store(postgresql.url(empty), make=True)

    def to(name: str) -> Filed:
        return file_quickly(open_store(postgresql.url(name)), last)

    start = time.perf_counter()
    to(postgresql.fresh(like=empty))
    took, rng, outcomes = time.perf_counter() - start, Random("postgresql"), []
    for number in range(TRIES_IN_POSTGRESQL):
        name = postgresql.fresh(like=empty)
        child = in_a_child(lambda name=name: to(name))
        time.sleep(took * 1.2 * (number + rng.random()) / TRIES_IN_POSTGRESQL)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        again = to(name)  # waits until the server has seen that the other is gone
        found = verify(open_store(postgresql.url(name)))
        assert found.holds and found.records == 1
        outcomes.append(not again.is_new)
    assert {True, False} == set(outcomes), sum(outcomes)


def test_a_reader_takes_back_what_a_killed_filing_left(file: File, three: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's journal is only rolled back by who may write; springtide's readers open the file for reading."""
    place = tmp_path / "hot"
    copy(three, place)
    made = opening._engine

    def spilling(*given, **named):
        engine = made(*given, **named)
        # With a cache of nothing, the pages are written into the file long before the commit.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA cache_size = 1"))
        event.listen(engine, "commit", lambda connection: os._exit(_STOPPED) if connection.get_execution_options().get("writing") else None)
        return engine

    def child() -> None:
        monkeypatch.setattr(opening, "_engine", spilling)
        file(place)

    whole = place.read_bytes()
    assert os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1]) == _STOPPED
    assert Path(f"{place}-journal").exists() and place.read_bytes() != whole
    assert not all_or_nothing(place, 3, file)


# ---- no room ---------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 8_192, 24_000])
@pytest.mark.parametrize("fresh", [True, False], ids=["a new store", "a store with quarters in it"])
def test_a_full_disk_files_nothing_and_says_what_to_do(room: int, fresh: bool, file: File, three: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full; the next test fills a real one."""
    place = tmp_path / "limited"
    copy(None if fresh else three, place)
    limit = room if fresh else three.stat().st_size + room
    read, write = os.pipe()

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            file(place)
        except StoreError as error:
            os.write(write, str(error).encode())
            os._exit(_STOPPED)

    code = os.waitstatus_to_exitcode(os.waitpid(in_a_child(child), 0)[1])
    os.close(write)
    with os.fdopen(read) as said:
        assert "nothing was filed; make room and file it again" in said.read()
    assert code == _STOPPED
    assert not all_or_nothing(place, 0 if fresh else 3, file)


def test_a_disk_that_is_really_full(file: File, three: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = three.stat().st_size
    room = (size // 4096 + 12) * 4096
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "none", disk], capture_output=True, check=False) if shutil.which("mount") else None
    if mounted is None or mounted.returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        place = disk / "store"
        shutil.copy(three, place)
        with pytest.raises(StoreError, match="nothing was filed; make room and file it again"):
            file(place)
        found = verify(open_store(str(place)))
        assert found.holds and found.records == 3
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True, capture_output=True)
        assert not all_or_nothing(place, 3, file)
    finally:
        subprocess.run(["umount", disk], check=True, capture_output=True)
