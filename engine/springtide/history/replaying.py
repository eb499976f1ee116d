"""A filed quarter derived again: from what was filed, to the same bytes; or under other rules, beside what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..assessment import Assessment
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .basis import basis_of
from .deriving import Explain, county_part, derive, team_parts
from .movement import State
from .store import ledger
from .store.chain import canonical
from .store.opening import Store

_PARTS = ("result", "measures", "explanation")


@dataclass(frozen=True)
class Replayed:
    """A quarter derived again.

    `differs` names what did not come to the same bytes, team by team; empty where all did. `words_differ` counts
    explanations of the same result in other words. `engines` derived it now, which may be fewer than did then.
    """

    record: ledger.Record
    head: ledger.Head
    engines: tuple[str, ...]
    bytes_compared: int
    differs: tuple[str, ...]
    words_differ: int

    @property
    def is_same(self) -> bool:
        return not self.differs


@dataclass(frozen=True)
class Restated:
    """A filed quarter under other rules. `was` and `would_be` are by team; what was said at the time stays as it is."""

    record: ledger.Record
    head: ledger.Head
    assessment: Assessment
    was: Mapping[str, State]
    would_be: Mapping[str, State]


def replay(store: Store, quarter: Quarter, explain: Explain, *, version: int | None = None) -> Replayed:
    """Derive a filed quarter from the filed evidence and rules, and compare it byte by byte with what was filed.

    Raises:
        StoreError: there is no such record.
        PackError: this springtide can't read the filed rules.
        and what `assess` raises.
    """
    with store.reading() as connection:
        record = ledger.record_of(connection, quarter, version)
        basis = basis_of(connection, record)
        filed = ledger.team_rows(connection, record, _PARTS)
        county = ledger.document(connection, record.body["result"])
        end = ledger.head(connection)
    assessment = derive(basis, _engine_of(record))
    # Which engines there are says something of this machine, and nothing of the result.
    again = county_part(assessment) | {name: county[name] for name in ("engines", "one_engine_because")}
    differs = [] if canonical(again) == canonical(county) else ["the county's part of the result"]
    compared, words = len(canonical(county)), 0
    derived = {row["team"]: row for row in team_parts(assessment, explain)}
    for row in filed:
        found = derived.pop(row["team"], None)
        compared += sum(len(canonical(row[part])) for part in _PARTS)
        differing = [part for part in _PARTS if found is None or canonical(found[part]) != canonical(row[part])]
        if differing == ["explanation"]:
            words += 1
        elif differing:
            differs.append(f"{row['team']}: {' and '.join(differing)}")
    differs += [f"{team}: was not filed" for team in derived]
    return Replayed(record, end, assessment.engines, compared, tuple(differs), words)


def restate(store: Store, quarter: Quarter, rules: RulePack, *, version: int | None = None, engine: str = "both") -> Restated:
    """What a filed quarter would have come to under other rules. Nothing is filed. Raises as `replay` does."""
    with store.reading() as connection:
        record = ledger.record_of(connection, quarter, version)
        basis = basis_of(connection, record, rules)
        was = {row["team"]: State.of_result(row["result"]) for row in ledger.team_rows(connection, record, ["result"])}
        end = ledger.head(connection)
    assessment = derive(basis, engine)
    return Restated(record, end, assessment, was, {entry["team_id"]: State.of_result(entry) for entry in assessment.to_dict()["teams"]})


def _engine_of(record: ledger.Record) -> str:
    """The engines that derived it; where one of two can't be had any more, `assess` says so, and the bytes show it."""
    return record.body["engines"][0] if len(record.body["engines"]) == 1 else "both"
