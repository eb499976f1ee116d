"""Eight processes file into one store at once: nothing is lost, nothing doubled, and each rests on what stood."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from history import postgresql as servers
from history.conftest import Place, database_place
from history.quarters import corrected, filing, quarters_of

from springtide.evidence.records import EvidenceSet
from springtide.history import recording
from springtide.history.problems import CorrectionNeedsReason, StoreError
from springtide.history.recording import Filed, Filing
from springtide.history.store import ledger, opening
from springtide.history.store.opening import SCHEMA, Store, open_store
from springtide.history.store.verify import verify
from springtide.logic.model import RulePack
from springtide.reports.explanation import plain

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked here"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

FileQuickly = Callable[[Store, Filing], Filed]
PROCESSES = 8


@pytest.fixture(scope="module")
def eight(kent: RulePack) -> list[EvidenceSet]:
    """Eight quarters of four teams."""
    return [*quarters_of(kent, "together", quarters=PROCESSES, teams=4)]


@pytest.fixture(scope="module", autouse=True)
def scored_by_quarter(kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a quarter comes to does not matter here, only what is filed when: each is scored once, whatever it rests on."""
    found: dict[str, dict[Any, Any]] = {"derive": {}, "stages": {}}
    with pytest.MonkeyPatch.context() as patch:
        for name, quarter_of in (("derive", lambda basis, *_, **__: basis.quarter), ("stages", lambda *given, **_: given[4])):
            patch.setattr(recording, name, _by_quarter(getattr(recording, name), quarter_of, found[name]))
        store = open_store(str(tmp_path_factory.mktemp("scored") / "store"), make=True)
        for evidence in eight:
            file_quickly(store, filing(kent, evidence))
        yield


def _by_quarter(work: Callable[..., Any], quarter_of: Callable[..., Any], found: dict[Any, Any]) -> Callable[..., Any]:
    def known(*given: Any, **named: Any) -> Any:
        quarter = quarter_of(*given, **named)
        if quarter not in found:
            found[quarter] = work(*given, **named)
        return found[quarter]

    return known


def at_once(folder: Path, works: list[Callable[[], Any]]) -> list[Any]:
    """Do each in a process of its own, all let go at one moment; what each gave, or the name of its exception."""
    gate, open_gate = os.pipe()
    children = []
    for number, work in enumerate(works):
        child = os.fork()
        if child == 0:
            os.close(open_gate)
            os.read(gate, 1)
            try:
                said = work()
            except BaseException as error:
                said = f"{type(error).__name__}: {error}"
            (folder / f"said{number}").write_text(json.dumps(said))
            os._exit(0)
        children.append(child)
    os.close(gate)
    os.close(open_gate)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(works)
    return [json.loads((folder / f"said{number}").read_text()) for number in range(len(works))]


def filer(place: Place, filed: Filing, file_quickly: FileQuickly) -> Callable[[], Any]:
    def work() -> list[Any]:
        done = file_quickly(open_store(place.address, make=True), filed)
        return [done.is_new, done.record.hash, done.record.version]

    return work


def in_order(store: Store) -> list[ledger.Record]:
    with store.reading() as connection:
        found = [record for quarter in ledger.filed_quarters(connection) for record in ledger.versions(connection, quarter)]
    return sorted(found, key=lambda record: record.number)


def check(store: Store) -> list[ledger.Record]:
    """The chain is whole, versions follow one another, and each record rests on those that stood when it was made."""
    assert verify(store).holds
    records = in_order(store)
    assert [record.number for record in records] == [*range(1, len(records) + 1)]
    stood: dict[str, ledger.Record] = {}
    for record in records:
        before = stood.get(str(record.quarter))
        assert record.version == (before.version + 1 if before else 1)
        assert record.body["supersedes"] == (before.hash if before else None)
        for quarter, held in record.body["earlier"].items():
            assert held["record"] == (stood[quarter].hash if quarter in stood else None)
        # What stood and is looked back to is there.
        last = str(record.quarter.previous)
        assert (last in stood) == (last in record.body["earlier"])
        stood[str(record.quarter)] = record
    return records


def test_different_quarters(place: Place, kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly, tmp_path: Path) -> None:
    said = at_once(tmp_path, [filer(place, filing(kent, evidence), file_quickly) for evidence in eight])
    records = check(open_store(place.address))
    assert sorted(record.quarter for record in records) == [evidence.quarters[0] for evidence in eight], said
    assert {(True, record.hash, 1) for record in records} == {tuple(one) for one in said}


def test_the_same_quarter_with_the_same_evidence(place: Place, kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly, tmp_path: Path) -> None:
    said = at_once(tmp_path, [filer(place, filing(kent, eight[0]), file_quickly)] * PROCESSES)
    (record,) = check(open_store(place.address))
    assert sorted(one[0] for one in said) == [False] * (PROCESSES - 1) + [True]
    assert {tuple(one[1:]) for one in said} == {(record.hash, 1)}


@pytest.mark.parametrize("because", ["", "sent late"])
def test_the_same_quarter_with_different_evidence(because: str, place: Place, kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly, tmp_path: Path) -> None:
    """Without a reason one is filed, whichever came first; with one, all are, one after another."""
    differing = [corrected(eight[1], by=0.5 * number) for number in range(PROCESSES)]
    file_quickly(open_store(place.address, make=True), filing(kent, eight[0]))
    said = at_once(tmp_path, [filer(place, filing(kent, evidence, because=because), file_quickly) for evidence in differing])
    first, *records = check(open_store(place.address))
    assert first.quarter == eight[0].quarters[0]
    if because:
        assert sorted(one[2] for one in said) == [*range(1, PROCESSES + 1)]
        assert {record.hash for record in records} == {one[1] for one in said}
    else:
        (record,) = records
        assert [True, record.hash, 1] in said
        assert sum(str(one).startswith(CorrectionNeedsReason.__name__) for one in said) == PROCESSES - 1, said
    assert len({record.body["evidence"]["hash"] for record in records}) == len(records)


def test_corrections_of_a_quarter_while_the_next_is_filed(place: Place, kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly, tmp_path: Path) -> None:
    """Whoever files a quarter looks at the one before it first: what is corrected in between is looked at again."""
    file_quickly(open_store(place.address, make=True), filing(kent, eight[0]))
    corrections = [filing(kent, corrected(eight[0], by=0.5 * number), because="sent late") for number in range(1, 4)]
    later = [filing(kent, corrected(eight[1], by=0.5 * number), because="sent late") for number in range(1, 4)]
    said = at_once(tmp_path, [filer(place, one, file_quickly) for pair in zip(corrections, later, strict=True) for one in pair])
    assert len(check(open_store(place.address))) == 7, said


def test_a_new_store_at_the_same_place(place: Place, tmp_path: Path) -> None:
    def work() -> int:
        return verify(open_store(place.address, make=True)).records

    assert at_once(tmp_path, [work] * PROCESSES) == [0] * PROCESSES
    connection = place.connect()
    assert connection.execute("SELECT version_num FROM springtide_schema").fetchall() == [(SCHEMA,)]
    connection.close()


@pytest.fixture
def reader(place: Place) -> Store:
    return open_store(place.address, make=True)


def test_a_reader_sees_one_moment(place: Place, reader: Store, kent: RulePack, eight: list[EvidenceSet], file_quickly: FileQuickly) -> None:
    """In PostgreSQL others may file meanwhile; in a file they wait until it has read."""
    file_quickly(reader, filing(kent, eight[0]))
    with reader.reading() as connection:
        before = ledger.head(connection)
        if place.kind == "postgresql":
            file_quickly(open_store(place.address), filing(kent, eight[1]))
        assert ledger.head(connection) == before and len(ledger.standing(connection)) == 1
    assert verify(reader).records == (2 if place.kind == "postgresql" else 1)


def test_who_waits_too_long_is_told_so(postgresql: servers.Server, kent: RulePack, county: list[EvidenceSet], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program has the lock and does not let go."""
    monkeypatch.setattr(opening, "_WAIT", 1)
    place = database_place(postgresql)
    store = open_store(place.address, make=True)
    with place.connect() as other:
        other.execute(f"SELECT pg_advisory_lock({opening._LOCK})")
        with pytest.raises(StoreError, match="kept the store locked for 1 seconds"):
            recording.record(store, filing(kent, county[0]), plain)
    assert verify(store).records == 0
