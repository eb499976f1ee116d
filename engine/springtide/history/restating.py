"""What a change of rules would have done to every filed quarter: who would have moved, which way, and by which rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .basis import Basis, basis_of
from .movement import State
from .stages import states_of
from .store import ledger
from .store.opening import Store


@dataclass(frozen=True)
class TeamMoved:
    """A team that comes to something else under the new rules, if only to another pressure."""

    id: str
    name: str
    district: str
    old: State
    new: State


@dataclass(frozen=True)
class QuarterMoved:
    """A filed quarter under two packs. `not_scored` says why it can't be had under one of them."""

    quarter: Quarter
    version: int
    teams: int
    moved: tuple[TeamMoved, ...]
    not_scored: str


def count_filed(store: Store) -> int:
    with store.reading() as connection:
        return len(ledger.filed_quarters(connection))


def over_filed_quarters(store: Store, old: RulePack, new: RulePack, progress: Callable[[str], None] = lambda name: None) -> tuple[tuple[QuarterMoved, ...], ledger.Head]:
    """Score every filed quarter under both packs. Nothing is filed. Raises StoreError."""
    found = []
    with store.reading() as connection:
        for record in ledger.standing(connection).values():
            found.append(_moved(basis_of(connection, record, old), new, record))
            progress(str(record.quarter))
        return tuple(found), ledger.head(connection)


def _moved(basis: Basis, new: RulePack, record: ledger.Record) -> QuarterMoved:
    try:
        was, would_be = (states_of(Basis(pack, basis.quarter, basis.evidence, basis.earlier)) for pack in (basis.pack, new))
    except LookupError as error:
        return QuarterMoved(record.quarter, record.version, 0, (), str(error))
    teams = {team.id: team for team in basis.evidence.as_of(basis.quarter).teams}
    moved = [TeamMoved(team, teams[team].name, teams[team].district, was[team], would_be[team]) for team in was if was[team] != would_be[team]]
    return QuarterMoved(record.quarter, record.version, len(teams), tuple(moved), "")

