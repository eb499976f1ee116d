"""Two filed quarters side by side: what each team said then and says now, and why it is not the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ..logic.quarter import Quarter
from .glossary import Glossary
from .movement import Moved, State
from .store import ledger
from .store.opening import Store


@dataclass(frozen=True)
class TeamOverTime:
    """One team in two quarters. Without `moved` the two are not compared, and `not_compared` says why."""

    id: str
    name: str
    district: str
    moved: Moved | None
    not_compared: str
    measures: Mapping[str, tuple[float | str | None, float | str | None]]


@dataclass(frozen=True)
class CountyPressureOverTime:
    """A county pressure in one area: its state then and now, and how many teams were and are affected, of how many."""

    id: str
    area: str
    was: str
    now: str
    affected: tuple[int, int]
    silent: tuple[int, int]
    teams: tuple[int, int]


@dataclass(frozen=True)
class Comparison:
    """Two records compared under the rules of the later one."""

    glossary: Glossary
    before: ledger.Record
    after: ledger.Record
    head: ledger.Head
    rules_changed: bool
    teams: tuple[TeamOverTime, ...]
    county: tuple[CountyPressureOverTime, ...]


def compare(store: Store, before: Quarter, after: Quarter, versions: tuple[int | None, int | None] = (None, None)) -> Comparison:
    """Compare two filed quarters, the earlier one first, under the rules of the later one.

    Raises:
        StoreError: one of them is not filed.
        PackError, LookupError: the later rules can't be read, or have no thresholds.
    """
    with store.reading() as connection:
        was, now = (ledger.record_of(connection, quarter, version) for quarter, version in zip((before, after), versions, strict=True))
        rows = [{row["team"]: row for row in ledger.team_rows(connection, record, columns)} for record, columns in ((was, ["result", "measures"]), (now, ["result", "measures", "movement"]))]
        counties = [ledger.document(connection, record.body["result"])["county"]["pressures"] for record in (was, now)]
        glossary = Glossary.from_data(ledger.document(connection, now.body["glossary"]))
        end = ledger.head(connection)
        moved, reasons = _filed_movement(rows[1]) if _rests_on(now, was) else _movement(connection, was, now, rows)
        reasons |= {team: ledger.said_of_the_end(connection, now, team) or "not in the list in the later quarter" for team in rows[0] if team not in rows[1]}
    teams = [_team(team, rows, moved, reasons) for team in dict.fromkeys([*rows[1], *rows[0]])]
    changed = any(was.body["pack"][name] != now.body["pack"][name] for name in ("hash", "in_force"))
    return Comparison(glossary, was, now, end, changed, tuple(teams), _county(*counties))


def _rests_on(later: ledger.Record, earlier: ledger.Record) -> bool:
    """Whether the later quarter was compared with this very record of the quarter before it when it was filed."""
    return later.quarter.previous == earlier.quarter and later.body["earlier"].get(str(earlier.quarter), {}).get("record") == earlier.hash


Rows = Mapping[str, Mapping[str, Any]]


def _filed_movement(rows: Rows) -> tuple[dict[str, Moved], dict[str, str]]:
    """What was worked out when the later quarter was filed: it rests on the very version that it is compared with."""
    moved = {team: Moved.from_data(row["movement"], State.of_result(row["result"])) for team, row in rows.items() if "then" in row["movement"]}
    return moved, {team: row["movement"]["none"] for team, row in rows.items() if "none" in row["movement"]}


def _movement(connection: Connection, was: ledger.Record, now: ledger.Record, rows: list[dict[str, dict[str, Any]]]) -> tuple[dict[str, Moved], dict[str, str]]:
    """The same for any two quarters, which takes reading the rules and scoring twice."""
    from .basis import basis_of
    from .stages import stages

    later = basis_of(connection, now)
    earlier = basis_of(connection, was, later.pack)
    changes = later.evidence.changes.all
    broken = {change.team: change.says for change in changes if change.breaks and was.quarter < change.quarter <= now.quarter}
    under_rules, known, listed = stages(later.pack, earlier.as_of(was.quarter), was.quarter, later.as_of(now.quarter), now.quarter, uncompared=broken)
    then, latest = ({team: State.of_result(row["result"]) for team, row in held.items()} for held in rows)
    both = [team for team in latest if team in then and team not in broken]
    return {team: Moved(then[team], under_rules[team], known[team], listed[team], latest[team]) for team in both}, broken


def _team(team: str, rows: list[dict[str, dict[str, Any]]], moved: Mapping[str, Moved], reasons: Mapping[str, str]) -> TeamOverTime:
    was, now = (held.get(team) for held in rows)
    shown = now or was
    assert shown is not None
    reason = "" if team in moved else reasons.get(team, "not in the list in the earlier quarter")
    result = shown["result"]
    return TeamOverTime(team, result["team_name"], result["district"], moved.get(team), reason, _measures(was, now))


def _measures(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    """The measures that are not the same in both quarters."""
    old, new = (held["measures"] if held else {} for held in (was, now))
    pairs = {name: (old.get(name), new.get(name)) for name in {**old, **new}}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _county(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> tuple[CountyPressureOverTime, ...]:
    found = []
    old, new = ({(entry["id"], entry["area"]): entry for entry in held} for held in (was, now))
    for key in dict.fromkeys([*new, *old]):
        pair = [held.get(key, {"state": "not there", "affected": 0, "silent": 0, "teams": 0}) for held in (old, new)]
        affected, silent, teams = ((pair[0][name], pair[1][name]) for name in ("affected", "silent", "teams"))
        found.append(CountyPressureOverTime(*key, pair[0]["state"], pair[1]["state"], affected, silent, teams))
    return tuple(found)
