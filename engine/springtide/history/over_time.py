"""A team, a district or the county over every filed quarter, with the gaps and the breaks in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from ..logic.quarter import Quarter
from .glossary import Glossary
from .movement import Moved, State
from .problems import StoreError
from .store import ledger
from .store.opening import Store


@dataclass(frozen=True)
class TeamQuarter:
    """One team in one filed quarter. Without `moved` it is not compared with the quarter before, and `why_not` says why.

    `is_break`: its past is not its own from here on, so that nothing earlier is compared with it. `is_stale`: the quarter
    before was filed or corrected later, and this one was not filed again.
    """

    quarter: Quarter
    version: int
    name: str
    district: str
    state: State
    measures: Mapping[str, float | str]
    missing: tuple[str, ...]
    moved: Moved | None
    why_not: str
    is_break: bool
    is_stale: bool


@dataclass(frozen=True)
class TeamHistory:
    """A team in every quarter in which it was filed; `quarters` has every quarter between the first and the last filed."""

    id: str
    glossary: Glossary
    head: ledger.Head
    filed: tuple[Quarter, ...]
    quarters: tuple[Quarter, ...]
    held: Mapping[Quarter, TeamQuarter] = field(repr=False)
    became: str

    @property
    def latest(self) -> TeamQuarter:
        return self.held[max(self.held)]


@dataclass(frozen=True)
class AreaHistory:
    """The teams of a district, or of the whole county (`district` empty), in every filed quarter."""

    district: str
    glossary: Glossary
    head: ledger.Head
    records: Mapping[Quarter, ledger.Record]
    every_version: tuple[ledger.Record, ...]
    quarters: tuple[Quarter, ...]
    teams: Mapping[str, Mapping[Quarter, TeamQuarter]] = field(repr=False)

    def in_quarter(self, quarter: Quarter) -> list[TeamQuarter]:
        return [held[quarter] for held in self.teams.values() if quarter in held]


def of_team(store: Store, named: str) -> TeamHistory:
    """A team's history, by its id or its latest name. Raises StoreError where no filed quarter has it."""
    with store.reading() as connection:
        stands = ledger.standing(connection)
        team = _team_id(connection, stands, named, store.place)
        rows = ledger.rows_over_time(connection, ["result", "measures", "movement"], team=team)
        glossary, end = _glossary(connection, stands), ledger.head(connection)
        held = {record.quarter: _team_quarter(record, rows[record.number][0], stands) for record in stands.values() if record.number in rows}
        became = _became(connection, stands, team, held)
    return TeamHistory(team, glossary, end, tuple(stands), _every(stands), held, became)


def of_area(store: Store, district: str = "") -> AreaHistory:
    """A district's history, or without one the county's. Raises StoreError where no filed quarter has the district."""
    with store.reading() as connection:
        stands = ledger.standing(connection)
        if not stands:
            raise StoreError(f"{store.place} holds no quarter yet; file one with springtide record")
        known = ledger.districts(connection)
        found = next((name for name in known if name.lower() == district.strip().lower()), None)
        if district and found is None:
            raise StoreError(f"there is no district '{district}' in {store.place}; districts: {', '.join(known)}")
        rows = ledger.rows_over_time(connection, ["result", "measures", "movement"], district=found or "")
        glossary, end = _glossary(connection, stands), ledger.head(connection)
        every = ledger.every_version(connection)
    teams: dict[str, dict[Quarter, TeamQuarter]] = {}
    for record in stands.values():
        for row in rows.get(record.number, []):
            teams.setdefault(row["team"], {})[record.quarter] = _team_quarter(record, row, stands)
    return AreaHistory(found or "", glossary, end, stands, tuple(every), _every(stands), dict(sorted(teams.items())))


def _team_quarter(record: ledger.Record, row: Mapping[str, Any], stands: Mapping[Quarter, ledger.Record]) -> TeamQuarter:
    try:
        return _read(record, row, stands)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"the result of {row['team']} in {record.name} is not as it was filed; springtide verify says more") from error


def _read(record: ledger.Record, row: Mapping[str, Any], stands: Mapping[Quarter, ledger.Record]) -> TeamQuarter:
    result, movement = row["result"], row["movement"]
    state = State.of_result(result)
    last = stands.get(record.quarter.previous)
    return TeamQuarter(
        quarter=record.quarter, version=record.version, name=result["team_name"], district=row["district"], state=state,
        measures=row["measures"], missing=tuple(missing["title"] for missing in result["missing"]),
        moved=Moved.from_data(movement, state) if "then" in movement else None,
        why_not=movement.get("none", ""), is_break=movement.get("break", False),
        is_stale=last is not None and not movement.get("break", False) and movement.get("record") != last.hash,
    )  # fmt: skip


def _every(quarters: Iterable[Quarter]) -> tuple[Quarter, ...]:
    """Every quarter from the first to the last."""
    there = sorted(quarters)
    found = there[:1]
    while found and found[-1] < there[-1]:
        found.append(found[-1].next)
    return tuple(found)


def _glossary(connection: Connection, stands: Mapping[Quarter, ledger.Record]) -> Glossary:
    """The words of the latest quarter's rules."""
    return Glossary.from_data(ledger.document(connection, stands[max(stands)].body["glossary"]))


def _team_id(connection: Connection, stands: Mapping[Quarter, ledger.Record], named: str, place: str) -> str:
    """The id of the team that was meant: by id in any quarter, or by name, the latest first."""
    wanted = " ".join(named.split()).lower()
    names: dict[str, str] = {}
    for quarter in sorted(stands, reverse=True):
        there: list[str] = [*stands[quarter].body["teams"]]
        for team in there:
            if team.lower() == wanted:
                return team
    for quarter in sorted(stands, reverse=True):
        for row in ledger.team_rows(connection, stands[quarter], ["result"]):
            names.setdefault(row["team"], row["result"]["team_name"])
        found = [team for team, name in names.items() if name.lower() == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise StoreError(f"{len(found)} teams are called '{named}': {', '.join(found)}; give the id")
    alike = [f"{team} ({name})" for team, name in names.items() if wanted in name.lower()]
    hint = f"did you mean {' or '.join(alike[:6])}?" if alike and wanted else "see springtide history"
    raise StoreError(f"no filed quarter in {place} has a team '{named}'; {hint}" if stands else f"{place} holds no quarter yet; file one with springtide record")


def _became(connection: Connection, stands: Mapping[Quarter, ledger.Record], team: str, held: Mapping[Quarter, TeamQuarter]) -> str:
    """What the latest filed team list says of the team's end; nothing where it goes on."""
    latest = max(stands)
    return "" if latest in held else ledger.said_of_the_end(connection, stands[latest], team) or f"is not in the list since {max(held).next}"
