"""Filing a quarter: its evidence, the rules, the result and the explanation, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ..assessment import Assessment
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .basis import Basis
from .deriving import Explain, county_part, derive, team_parts
from .documents import evidence_as_data, evidence_from_data, pack_as_data
from .glossary import Glossary
from .movement import Moved, State
from .past import Past, look_back, plain_data, reach, still_stands
from .problems import CorrectionNeedsReason
from .stages import stages
from .store import ledger
from .store.chain import canonical, digest
from .store.opening import Store

_TRIES = 3  # while others file quarters that this one is compared with


@dataclass(frozen=True)
class Filing:
    """What is to be filed. `because` says why, where it corrects an earlier version; `at` is the time, with its zone."""

    pack: RulePack
    rules: str | Path
    evidence: EvidenceSet
    quarter: Quarter
    by: str
    at: datetime
    because: str = ""
    engine: str = "both"


@dataclass(frozen=True)
class Filed:
    """A record that stands, whether this filing made it or it was there; with what its reader should know."""

    record: ledger.Record
    head: ledger.Head
    assessment: Assessment
    is_new: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """A quarter that is being filed, for what is to be filed in the same transaction: its result, and the rows of its teams."""

    record: ledger.Record
    assessment: Assessment
    rows: list[dict[str, Any]]
    at: datetime

    @property
    def movements(self) -> dict[str, Mapping[str, Any]]:
        """Each team's way there from last quarter."""
        return {row["team"]: row["movement"] for row in self.rows}


Also = Callable[[Connection, Recorded], tuple[str, ...]]
"""What else is filed with a quarter, or not at all; gives what its reader should know of that."""


def not_filed(store: Store, quarters: Iterable[Quarter]) -> list[Quarter]:
    """Those of some quarters that the store does not have, the oldest first."""
    with store.reading() as connection:
        return sorted({*quarters} - {*ledger.filed_quarters(connection)})


def record(store: Store, filing: Filing, explain: Explain, also: Also | None = None) -> Filed:
    """Score a quarter and file it. Filing the same again changes nothing.

    Args:
        also: called once the quarter stands, in the same transaction; not where it was filed already.

    Raises:
        CorrectionNeedsReason: the quarter is filed with something else, and no reason was given.
        StoreError: the store can't be written to.
        and what `assess` raises.
    """
    data = plain_data(evidence_as_data(filing.evidence, filing.quarter))
    for _ in range(_TRIES):
        with store.reading() as connection:
            past = look_back(connection, filing.pack, filing.evidence, filing.quarter)
        scored = _score(filing, data, past, explain)
        with store.writing() as connection:
            if still_stands(connection, filing.pack, filing.quarter, past):
                return _file(connection, filing, scored, past, also)
    # Others go on filing what this one is compared with: now they wait until it is done.
    with store.writing() as connection:
        past = look_back(connection, filing.pack, filing.evidence, filing.quarter)
        return _file(connection, filing, _score(filing, data, past, explain), past, also)


@dataclass(frozen=True)
class _Scored:
    """A quarter ready to be filed: its evidence and rules as documents, its result, and the rows of its teams."""

    data: Any
    rules: Any
    assessment: Assessment
    rows: list[dict[str, Any]]


def _score(filing: Filing, data: Any, past: Past, explain: Explain) -> _Scored:
    evidence = evidence_from_data(data)
    basis = Basis(filing.pack, filing.quarter, evidence, {quarter: held.evidence for quarter, held in past.quarters.items()})
    assessment = derive(basis, filing.engine, filed_levels=past.levels(filing.pack, filing.quarter))
    rows = [*_with_movement(basis, assessment, past, team_parts(assessment, explain))]
    # Reading all files again takes a while; where an earlier quarter has these very rules there is no need.
    rules = None if past.filed_pack(filing.pack) else pack_as_data(filing.rules, filing.pack)
    return _Scored(data, rules, assessment, rows)


def _with_movement(
    basis: Basis, assessment: Assessment, past: Past, rows: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of the teams with each one's way here from last quarter, or why there is none to be told."""
    last = basis.quarter.previous
    if last not in past.quarters:
        yield from (row | {"movement": {"none": f"no history: {last} was not filed then"}} for row in rows)
        return
    changes = basis.evidence.changes
    broken = {row.team: row.says for row in changes.in_quarter(basis.quarter) if row.breaks}
    now = {team.team.id: team.facts.evidence for team in assessment.teams}
    under_rules, known, listed = stages(basis.pack, basis.as_of(last), last, basis.as_of(basis.quarter), basis.quarter, uncompared=broken, now=now)
    stands = past.quarters[last].record
    for row in rows:
        team = row["team"]
        if team in broken:
            movement: dict[str, Any] = {"none": broken[team], "break": True}
        elif team not in under_rules:
            movement = {"none": f"{team} was not in the list in {last}", "break": True}
        else:
            state = State.of_result(row["result"])
            movement = Moved(past.said.get(team, under_rules[team]), under_rules[team], known[team], listed[team], state).as_data()
            movement |= {"from": str(last), "record": stands.hash if stands else None}
        yield row | {"movement": movement}


def _file(connection: Connection, filing: Filing, scored: _Scored, past: Past, also: Also | None) -> Filed:
    """File what was scored, unless it is there; with what its reader should know."""
    made = _add(connection, filing, scored, past)
    notes = (*_differences(filing, past), *_resting_on(connection, filing, made.record))
    if also is not None and made.is_new:
        notes += also(connection, Recorded(made.record, made.assessment, scored.rows, filing.at))
    return replace(made, head=ledger.head(connection), notes=notes)


def _add(connection: Connection, filing: Filing, scored: _Scored, past: Past) -> Filed:
    filed = ledger.versions(connection, filing.quarter)
    body: dict[str, Any] = {
        "format": 1,
        "pack": {"id": filing.pack.id, "version": filing.pack.version, "hash": filing.pack.hash, "in_force": _in_force(filing)},
        "evidence": {"hash": evidence_from_data(scored.data).hash},
        "earlier": {str(quarter): {"hash": held.evidence.hash, "record": held.record.hash if held.record else None} for quarter, held in past.quarters.items()},
    }
    if filed and _says_the_same(filed[-1], body):
        return Filed(filed[-1], ledger.head(connection), scored.assessment, False, ())
    if filed and not filing.because.strip():
        raise CorrectionNeedsReason(
            f"{filing.quarter} is filed already (version {filed[-1].version}, {filed[-1].filed}) and says something else in its "
            f"{_what_differs(filed[-1], body)}; nothing is overwritten: to file this as a correction, say why with --because"
        )
    body["pack"]["document"] = past.filed_pack(filing.pack) or ledger.add_document(connection, "pack", scored.rules)
    body["evidence"]["document"] = ledger.add_document(connection, "evidence", scored.data)
    for quarter, held in past.quarters.items():
        body["earlier"][str(quarter)]["document"] = ledger.add_document(connection, "evidence", held.data)
    body |= {
        "result": ledger.add_document(connection, "result", county_part(scored.assessment)),
        "glossary": ledger.add_document(connection, "glossary", Glossary.of(filing.pack).as_data()),
        "engines": list(scored.assessment.engines),
        "supersedes": filed[-1].hash if filed else None,
        "because": filing.because.strip(),
        "recorded_by": filing.by,
        "recorded_at": filing.at.astimezone().isoformat(timespec="seconds"),
        "springtide": _version(),
    }
    made = ledger.add_record(connection, ledger.QUARTER, filing.quarter, len(filed) + 1, body, scored.rows)
    return Filed(made, ledger.head(connection), scored.assessment, True, ())


def _in_force(filing: Filing) -> str:
    """A hash of the thresholds in force, which dates can change while the pack stays the same."""
    return digest(canonical(filing.pack.values(filing.quarter)))


_COMPARED = {"pack": "rules", "evidence": "evidence", "earlier": "earlier quarters"}


def _says_the_same(record: ledger.Record, body: Mapping[str, Any]) -> bool:
    return not _what_differs(record, body)


def _what_differs(record: ledger.Record, body: Mapping[str, Any]) -> str:
    differing = [words for part, words in _COMPARED.items() if _hashes(record.body[part]) != _hashes(body[part])]
    return " and ".join(differing)


def _hashes(part: Mapping[str, Any]) -> Any:
    """What tells a part from another: what it says, and not the names of the files it came in."""
    return part["hash"] if "hash" in part else {quarter: held["hash"] for quarter, held in part.items()}


def _differences(filing: Filing, past: Past) -> Iterator[str]:
    """Earlier quarters of which the evidence given says something else than what was filed for them."""
    for quarter, held in sorted(past.quarters.items()):
        if held.record is None:
            yield f"{quarter} is not filed; its figures were taken from the evidence given, to be compared with"
        elif quarter in filing.evidence.quarters:
            given = evidence_from_data(plain_data(evidence_as_data(filing.evidence, quarter)))
            if replace(given, teams=()).hash != replace(held.evidence, teams=()).hash:
                yield (
                    f"the evidence given says something else of {quarter} than what is filed for it; what is filed counts "
                    f'(to correct it: springtide record … --quarter "{quarter}" --because "…")'
                )


def _resting_on(connection: Connection, filing: Filing, record: ledger.Record) -> Iterator[str]:
    """Later quarters that look back to this one, and were filed with an earlier version of it or before there was any."""
    for later, stands in ledger.standing(connection, after=filing.quarter).items():
        if filing.quarter not in reach(filing.pack, later):
            continue
        rests = stands.body["earlier"].get(str(filing.quarter))
        if rests is None:
            how = f"was filed before {filing.quarter} was, and could not look back to it"
        elif rests["record"] != record.hash:
            how = f"was compared with {'an earlier version' if rests['record'] else 'other evidence'} of {filing.quarter}"
        else:
            continue
        yield f'{later} {how}; to bring it up to date: springtide record … --quarter "{later}" --because "…"'


def _version() -> str:
    from .. import __version__

    return __version__
