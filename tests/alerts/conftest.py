"""Stores with something to tell, in a file or in PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alerts.outboxes import file_quarter
from history.conftest import Place, place, postgresql  # noqa: F401  (fixtures)

from springtide.history.store.opening import Store, open_store


@pytest.fixture(scope="session")
def _quarter_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("outbox") / "store.sqlite"
    with open_store(str(file), make=True).writing() as connection:
        file_quarter(connection)
    return file


@pytest.fixture
def store(_quarter_in_a_file: Path, tmp_path: Path) -> Store:
    """A store in a file with one quarter in it."""
    return open_store(str(shutil.copy(_quarter_in_a_file, tmp_path / "store.sqlite")), make=True)


@pytest.fixture
def either(place: Place) -> Store:  # noqa: F811
    """The same in each of the two kinds of database."""
    store = open_store(place.address, make=True)
    with store.writing() as connection:
        file_quarter(connection)
    return store
