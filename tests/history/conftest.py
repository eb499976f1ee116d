"""Stores to try things on: empty or filled, in a file or in PostgreSQL; and filing without scoring twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from history import postgresql as servers
from history.quarters import corrected, filing, quarters_of

from springtide.alerts import answering
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.sending import outbox
from springtide.alerts.sending.outbox import Message
from springtide.evidence.records import EvidenceSet
from springtide.history import recording
from springtide.history.recording import Filed, Filing
from springtide.history.store import ledger
from springtide.history.store.opening import Store, open_store
from springtide.history.store.outgoing import Event, What
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.reports.explanation import plain


class Place(NamedTuple):
    """Where a store is or may be made: its address, and a connection to it that knows nothing of springtide."""

    kind: str
    address: str
    connect: Callable[[], Any]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.Server]:
    found = servers.programs()
    if found is None:
        pytest.fail(servers.MISSING) if servers.NEEDED else pytest.skip(servers.MISSING)
    server = servers.Server(found)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for a new store, in each of the two kinds of database."""
    return file_place(tmp_path / "store.sqlite") if request.param == "sqlite" else database_place(request.getfixturevalue("postgresql"))


def file_place(file: Path) -> Place:
    import sqlite3

    return Place("sqlite", str(file), lambda: sqlite3.connect(file, isolation_level=None))


def database_place(server: servers.Server, like: str = "template0") -> Place:
    name = server.fresh(like)
    return Place("postgresql", server.url(name), lambda: server.connect(name))


@pytest.fixture(scope="session")
def county(kent: RulePack) -> list[EvidenceSet]:
    """Four quarters of six teams, of which two become one."""
    return [*quarters_of(kent)]


@pytest.fixture(scope="session")
def file_quickly() -> Iterator[Callable[[Store, Filing], Filed]]:
    """`record`, but scoring what it scored before takes no time: the core is pure, so that the same comes out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "derive", _once(recording.derive, lambda basis, engine, filed_levels: (
            basis.pack.hash, basis.quarter, basis.evidence.hash, *((q, held.hash) for q, held in sorted(basis.earlier.items())), engine,
            filed_levels and tuple(filed_levels.items()),
        )))  # fmt: skip
        patch.setattr(recording, "stages", _once(recording.stages, lambda pack, before, was, after, quarter, uncompared, now: (
            pack.hash, before.hash, was, after.hash, quarter, *uncompared)))  # fmt: skip
        patch.setattr(recording, "pack_as_data", _once(recording.pack_as_data, lambda name, pack: (name, pack.hash)))
        yield lambda store, filing: recording.record(store, filing, plain)


def _once(work: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    done: dict[Any, Any] = {}

    def remembered(*given: Any, **named: Any) -> Any:
        name = key(*given, **named)
        if name not in done:
            done[name] = work(*given, **named)
        return done[name]

    return remembered


@pytest.fixture(scope="session")
def filled_file(kent: RulePack, county: list[EvidenceSet], file_quickly: Callable[..., Filed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of four quarters, one of them corrected after the next was filed, of which the first and third tell somebody. Tests work on copies."""
    file = tmp_path_factory.mktemp("filled") / "store.sqlite"
    fill(open_store(str(file), make=True), kent, county, file_quickly)
    return file


def fill(store: Store, kent: RulePack, county: list[EvidenceSet], file_quickly: Callable[..., Filed]) -> None:
    for number, evidence in enumerate(county):
        file_quickly(store, filing(kent, evidence))
        if number in (0, 2):
            tell(store, evidence.quarters[0], f"{number}")
        if number == 1:
            file_quickly(store, filing(kent, corrected(county[0]), because="a late return"))


def tell(store: Store, quarter: Quarter, called: str) -> None:
    """Queue messages on a quarter, send some of them, and have one answered: records of every kind, and notes on messages."""
    at = datetime.combine(quarter.last_day, datetime.min.time(), UTC).replace(hour=13)
    body = {"recorded_by": "performance analyst", "recorded_at": at.isoformat()}
    letters = [Letter(f"Team {n}", (Section("", ("Pressures that raise the risk that standards may become unsafe.",)),)) for n in range(3)]
    with store.writing() as connection:
        stands = ledger.latest(connection, quarter)
        assert stands is not None
        outbox.queue(connection, outbox.START, quarter, body, ())
        named = {"rules for alerts": {"kind": "alert rules", "hash": ledger.add_document(connection, "alert rules", {"of": called})}}
        queued = [Message(f"{called} {n}", "district_manager", f"D{n}", "main", at, letter, at + timedelta(days=7), (f"ALERT{called}{n}",)) for n, letter in enumerate(letters)]
        alerts = [{"id": f"ALERT{called}{n}", "subject": {"team": f"T00{n + 1}", "district": f"D{n}", "area": "", "name": ""}} for n, _ in enumerate(letters)]
        outbox.queue(connection, outbox.ALERTS, quarter, {**body, "of": stands.hash, "documents": named, "alerts": alerts}, queued)
        noted: list[tuple[int, What]] = [(0, "trying"), (0, "sent"), (1, "trying"), (1, "failed"), (2, "withdrawn")]
        outbox.note(connection, [Event(queued[n].id, at, what, {"to": 1, "of": 1, "reason": "busy"}) for n, what in noted])
        answering.answer(connection, [queued[0].id], "agree", "", "district manager", at)
        outbox.note(connection, [Event(queued[1].id, at, what, {"to": 1, "of": 1}) for what in ("trying", "sent")])


@pytest.fixture
def filled(filled_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(filled_file, tmp_path / "filled.sqlite"))
