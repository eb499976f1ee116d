"""What a quarter that is being filed looks back to, and what was said of it at the time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .basis import looks_back, quarters_before
from .documents import evidence_as_data, evidence_from_data
from .movement import State
from .store import ledger
from .store.chain import canonical


@dataclass(frozen=True)
class Earlier:
    """An earlier quarter as the rules will see it: filed, or (with no record) only in the evidence given."""

    data: Mapping[str, Any]
    evidence: EvidenceSet
    record: ledger.Record | None


@dataclass(frozen=True)
class Past:
    """The quarters that the rules look back to, the nearest first, and what was said of each team last quarter."""

    quarters: Mapping[Quarter, Earlier]
    said: Mapping[str, State]

    def levels(self, pack: RulePack, quarter: Quarter) -> dict[str, str] | None:
        """Last quarter's levels, where they were filed under these rules and rest on just the quarters that are here.

        Then they are what scoring last quarter again would come to; None where it has to be scored.
        """
        last = self.quarters.get(quarter.previous)
        if last is None or last.record is None or last.record.body["pack"]["hash"] != pack.hash:
            return None
        looked_back = [*quarters_before(quarter.previous, looks_back(pack, quarter.previous))]
        here = {one: self.quarters[one].evidence.hash for one in looked_back if one in self.quarters}
        earlier = last.record.body["earlier"]
        there = {one: earlier[str(one)]["hash"] for one in looked_back if str(one) in earlier}
        return {team: state.level for team, state in self.said.items()} if here == there else None

    def filed_pack(self, pack: RulePack) -> str | None:
        """The document of these very rules, where one of the quarters has them."""
        packs = (held.record.body["pack"] for held in self.quarters.values() if held.record)
        return next((one["document"] for one in packs if one["hash"] == pack.hash), None)


def look_back(connection: Connection, pack: RulePack, evidence: EvidenceSet, quarter: Quarter) -> Past:
    """What is filed of the quarters before one; what is not is taken from the evidence given, if it is there."""
    found = {}
    for earlier in reach(pack, quarter):
        stands = ledger.latest(connection, earlier)
        if stands is not None:
            data = ledger.document(connection, stands.body["evidence"]["document"])
        elif earlier in evidence.quarters:
            data = plain_data(evidence_as_data(evidence, earlier))
        else:
            continue
        found[earlier] = Earlier(data, evidence_from_data(data), stands)
    last = found.get(quarter.previous)
    rows = ledger.team_rows(connection, last.record, ["result"]) if last and last.record else []
    return Past(found, {row["team"]: State.of_result(row["result"]) for row in rows})


def still_stands(connection: Connection, pack: RulePack, quarter: Quarter, past: Past) -> bool:
    """Whether nothing that was looked back to was filed since."""
    now = {earlier: ledger.latest(connection, earlier) for earlier in reach(pack, quarter)}
    return all(record == (past.quarters[earlier].record if earlier in past.quarters else None) for earlier, record in now.items())


def reach(pack: RulePack, quarter: Quarter) -> Iterator[Quarter]:
    """The quarters that a quarter's filing looks back to, the nearest first."""
    # Last quarter may have to be scored too, and looks back by as many.
    yield from quarters_before(quarter, looks_back(pack, quarter) + 1)


def plain_data(data: Any) -> Any:
    """Data as it will be read again, so that what is scored is what is filed."""
    return json.loads(canonical(data))
