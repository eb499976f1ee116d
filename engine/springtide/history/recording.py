"""Filing a quarter: its evidence, the rules, the result and the explanation, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ..assessment import Assessment
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .basis import Basis, looks_back, quarters_before
from .deriving import Explain, county_part, derive, team_parts
from .documents import evidence_as_data, evidence_from_data, pack_as_data
from .glossary import Glossary
from .movement import Moved, State
from .problems import CorrectionNeedsReason, StoreError
from .stages import stages
from .store import ledger
from .store.chain import canonical, digest
from .store.opening import Store

_TRIES = 5  # while others file quarters that this one is compared with


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
class _Past:
    """An earlier quarter as the rules will see it: filed, or (with no record) only in the evidence given."""

    data: Mapping[str, Any]
    evidence: EvidenceSet
    record: ledger.Record | None


def not_filed(store: Store, quarters: Iterable[Quarter]) -> list[Quarter]:
    """Those of some quarters that the store does not have, the oldest first."""
    with store.reading() as connection:
        return sorted({*quarters} - {*ledger.filed_quarters(connection)})


def record(store: Store, filing: Filing, explain: Explain) -> Filed:
    """Score a quarter and file it. Filing the same again changes nothing.

    Raises:
        CorrectionNeedsReason: the quarter is filed with something else, and no reason was given.
        StoreError: the store can't be written to.
        and what `assess` raises.
    """
    data = _plain(evidence_as_data(filing.evidence, filing.quarter))
    for _ in range(_TRIES):
        with store.reading() as connection:
            past = _past(connection, filing)
            was = _states_filed(connection, past.get(filing.quarter.previous))
        basis = Basis(filing.pack, filing.quarter, evidence_from_data(data), {quarter: held.evidence for quarter, held in past.items()})
        same = _filed_on_the_same(filing, past)
        assessment = derive(basis, filing.engine, filed_levels={team: state.level for team, state in was.items()} if same else None)
        rows = [*_with_movement(basis, assessment, was, past, team_parts(assessment, explain))]
        # Read before the store is locked, for it takes a while; where an earlier quarter has these very rules, not at all.
        rules = None if _filed_pack(filing, past) else pack_as_data(filing.rules, filing.pack)
        with store.writing() as connection:
            if any(ledger.latest(connection, quarter) != held.record for quarter, held in past.items()) or _newly_filed(connection, filing, past):
                continue
            made = _file(connection, filing, data, rules, assessment, past, rows)
            notes = (*_differences(filing, past), *_resting_on(connection, filing.quarter, made.record))
            return replace(made, notes=notes)
    raise StoreError(f"{store.place}: others went on filing the quarters before {filing.quarter}; try again when they are done")


def _plain(data: Any) -> Any:
    """Data as it will be read again, so that what is scored is what is filed."""
    return json.loads(canonical(data))


def _past(connection: Connection, filing: Filing) -> dict[Quarter, _Past]:
    """The quarters that the rules look back to, and those that they look back to in turn, as far as there are any."""
    found = {}
    for quarter in _reach(filing):
        stands = ledger.latest(connection, quarter)
        if stands is not None:
            data = ledger.document(connection, stands.body["evidence"]["document"])
        elif quarter in filing.evidence.quarters:
            data = _plain(evidence_as_data(filing.evidence, quarter))
        else:
            continue
        found[quarter] = _Past(data, evidence_from_data(data), stands)
    return found


def _reach(filing: Filing) -> Iterator[Quarter]:
    # Last quarter is scored too, and looks back by as many.
    yield from quarters_before(filing.quarter, looks_back(filing.pack, filing.quarter) + 1)


def _newly_filed(connection: Connection, filing: Filing, past: Mapping[Quarter, _Past]) -> bool:
    return any(quarter not in past and ledger.latest(connection, quarter) is not None for quarter in _reach(filing))


def _states_filed(connection: Connection, last: _Past | None) -> dict[str, State]:
    """What was said of each team last quarter, at the time."""
    if last is None or last.record is None:
        return {}
    return {row["team"]: State.of_result(row["result"]) for row in ledger.team_rows(connection, last.record, ["result"])}


def _filed_on_the_same(filing: Filing, past: Mapping[Quarter, _Past]) -> bool:
    """Whether last quarter was filed under these rules, and rests on just the earlier quarters that are here.

    Then its filed levels are what scoring it again would come to.
    """
    last = past.get(filing.quarter.previous)
    if last is None or last.record is None or last.record.body["pack"]["hash"] != filing.pack.hash:
        return False
    looked_back = [*quarters_before(filing.quarter.previous, looks_back(filing.pack, filing.quarter.previous))]
    here = {quarter: past[quarter].evidence.hash for quarter in looked_back if quarter in past}
    earlier = last.record.body["earlier"]
    return here == {quarter: earlier[str(quarter)]["hash"] for quarter in looked_back if str(quarter) in earlier}


def _with_movement(
    basis: Basis, assessment: Assessment, was: Mapping[str, State], past: Mapping[Quarter, _Past], rows: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of the teams with each one's way here from last quarter, or why there is none to be told."""
    last = basis.quarter.previous
    if last not in past:
        yield from (row | {"movement": {"none": f"no history: {last} is not filed"}} for row in rows)
        return
    changes = basis.evidence.changes
    broken = {row.team: row.says for row in changes.in_quarter(basis.quarter) if row.breaks}
    under_rules, known = stages(basis.pack, basis.as_of(last), last, basis.as_of(basis.quarter), basis.quarter, uncompared=broken)
    stands = past[last].record
    for row in rows:
        team = row["team"]
        if team in broken:
            movement: dict[str, Any] = {"none": broken[team], "break": True}
        elif team not in under_rules:
            movement = {"none": f"no history: not in the list in {last}"}
        else:
            now = State.of_result(row["result"])
            movement = Moved(was.get(team, under_rules[team]), under_rules[team], known[team], now).as_data()
            movement |= {"from": str(last), "record": stands.hash if stands else None}
        yield row | {"movement": movement}


def _file(
    connection: Connection, filing: Filing, data: Any, rules: Any, assessment: Assessment, past: Mapping[Quarter, _Past], rows: list[dict[str, Any]]
) -> Filed:
    filed = ledger.versions(connection, filing.quarter)
    body: dict[str, Any] = {
        "format": 1,
        "pack": {"id": filing.pack.id, "version": filing.pack.version, "hash": filing.pack.hash, "in_force": _in_force(filing)},
        "evidence": {"hash": evidence_from_data(data).hash},
        "earlier": {str(quarter): {"hash": held.evidence.hash, "record": held.record.hash if held.record else None} for quarter, held in past.items()},
    }
    if filed and _says_the_same(filed[-1], body):
        return Filed(filed[-1], ledger.head(connection), assessment, False, ())
    if filed and not filing.because.strip():
        raise CorrectionNeedsReason(
            f"{filing.quarter} is filed already (version {filed[-1].version}, {filed[-1].filed}) and says something else in its "
            f"{_what_differs(filed[-1], body)}; nothing is overwritten: to file this as a correction, say why with --because"
        )
    body["pack"]["document"] = _filed_pack(filing, past) or ledger.add_document(connection, "pack", rules)
    body["evidence"]["document"] = ledger.add_document(connection, "evidence", data)
    for quarter, held in past.items():
        body["earlier"][str(quarter)]["document"] = ledger.add_document(connection, "evidence", held.data)
    body |= {
        "result": ledger.add_document(connection, "result", county_part(assessment)),
        "glossary": ledger.add_document(connection, "glossary", Glossary.of(filing.pack).as_data()),
        "engines": list(assessment.engines),
        "supersedes": filed[-1].hash if filed else None,
        "because": filing.because.strip(),
        "recorded_by": filing.by,
        "recorded_at": filing.at.astimezone().isoformat(timespec="seconds"),
        "springtide": _version(),
    }
    made = ledger.add_record(connection, ledger.QUARTER, filing.quarter, len(filed) + 1, body, rows)
    return Filed(made, ledger.head(connection), assessment, True, ())


def _filed_pack(filing: Filing, past: Mapping[Quarter, _Past]) -> str | None:
    """The document of these very rules, where an earlier quarter has them: reading all files again takes its time."""
    packs = (held.record.body["pack"] for held in past.values() if held.record)
    return next((pack["document"] for pack in packs if pack["hash"] == filing.pack.hash), None)


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


def _differences(filing: Filing, past: Mapping[Quarter, _Past]) -> Iterator[str]:
    """Earlier quarters of which the evidence given says something else than what was filed for them."""
    for quarter, held in sorted(past.items()):
        if held.record is None:
            yield f"{quarter} is not filed; its figures were taken from the evidence given, to be compared with"
        elif quarter in filing.evidence.quarters:
            given = evidence_from_data(_plain(evidence_as_data(filing.evidence, quarter)))
            if replace(given, teams=()).hash != replace(held.evidence, teams=()).hash:
                yield (
                    f"the evidence given says something else of {quarter} than what is filed for it; what is filed counts "
                    f'(to correct it: springtide record … --quarter "{quarter}" --because "…")'
                )


def _resting_on(connection: Connection, quarter: Quarter, record: ledger.Record) -> Iterator[str]:
    """Later quarters that were compared with an earlier version of this one."""
    for later, stands in ledger.standing(connection).items():
        rests = stands.body["earlier"].get(str(quarter))
        if later > quarter and rests is not None and rests["record"] != record.hash:
            yield (
                f"{later} was compared with {'an earlier version' if rests['record'] else 'other evidence'} of {quarter}; "
                f'to bring it up to date: springtide record … --quarter "{later}" --because "…"'
            )


def _version() -> str:
    from .. import __version__

    return __version__
