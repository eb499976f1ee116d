"""What a quarter is derived from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter, parse_quarter
from .documents import evidence_from_data, pack_from_data, with_past
from .store import ledger


@dataclass(frozen=True)
class Basis:
    """What a quarter is derived from: its evidence, and that of the quarters before it that the rules look back to."""

    pack: RulePack
    quarter: Quarter
    evidence: EvidenceSet
    earlier: Mapping[Quarter, EvidenceSet]

    def as_of(self, quarter: Quarter) -> EvidenceSet:
        """The evidence of a quarter with that quarter's team list and the figures of those before it."""
        held = self.evidence if quarter == self.quarter else self.earlier[quarter]
        before = [self.earlier[past] for past in quarters_before(quarter, looks_back(self.pack, quarter)) if past in self.earlier]
        return with_past(held, before).as_of(quarter)


def looks_back(pack: RulePack, quarter: Quarter) -> int:
    """How many quarters before one its rules read figures of: last quarter, and those that make its team's usual."""
    over = [in_force.value for _, _, threshold in pack.usuals if (in_force := threshold.in_force(quarter))]
    return 1 + round(max(over, default=0))


def quarters_before(quarter: Quarter, number: int) -> Iterator[Quarter]:
    """So many quarters before one, the nearest first."""
    for _ in range(number):
        quarter = quarter.previous
        yield quarter


def basis_of(connection: Connection, record: ledger.Record, rules: RulePack | None = None) -> Basis:
    """What a record was derived from; with other rules, what it would be derived from under them."""
    pack = rules or pack_from_data(ledger.document(connection, record.body["pack"]["document"]))
    evidence = evidence_from_data(ledger.document(connection, record.body["evidence"]["document"]))
    earlier = {
        parse_quarter(quarter): evidence_from_data(ledger.document(connection, held["document"])) for quarter, held in record.body["earlier"].items()
    }
    return Basis(pack, record.quarter, evidence, earlier)
