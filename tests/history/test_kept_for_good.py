"""Stores that earlier versions left: after every migration they open, verify and replay to the same bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from springtide.history.over_time import of_area
from springtide.history.replaying import replay
from springtide.history.store import ledger
from springtide.history.store.opening import Store, open_store
from springtide.history.store.verify import verify
from springtide.reports.explanation import plain

STORES = Path(__file__).parent / "stores"
HEADS = {
    "0001": "b8d193a66e2e2f1199f1ee3928d8afb23a8a825b2fdae712ef15fdaae4d8c83b",
    "0002": "2a196b08830dcb6875368f2afc6c8bd30ffd0206bb31b4b93ebdcf3528e45b31",
}


@pytest.fixture(params=sorted(STORES.glob("*.sqlite.gz")), ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Store]:
    """A copy, brought to the newest schema."""
    file = tmp_path / "kept.sqlite"
    file.write_bytes(gzip.decompress(request.param.read_bytes()))
    return request.param.name.split(".")[0], open_store(str(file), make=True)


def test_it_is_as_it_was_filed(kept: tuple[str, Store]) -> None:
    name, store = kept
    found = verify(store, HEADS[name])
    assert found.holds, [str(one) for one in found.broken]
    assert found.head.hash == HEADS[name]


def test_every_version_replays_to_the_same_bytes(kept: tuple[str, Store]) -> None:
    _, store = kept
    with store.reading() as connection:
        versions = [(quarter, record.version) for quarter in ledger.filed_quarters(connection) for record in ledger.versions(connection, quarter)]
        packs = {record.body["pack"]["hash"] for quarter, _ in versions for record in ledger.versions(connection, quarter)}
    assert len(packs) > 1, "it was filed under rules of several contents"
    for quarter, version in versions:
        found = replay(store, quarter, plain, version=version)
        assert found.is_same, found.differs


def test_its_history_can_still_be_read(kept: tuple[str, Store]) -> None:
    _, store = kept
    found = of_area(store)
    assert found.teams and all(held for held in found.teams.values())
