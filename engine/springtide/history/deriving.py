"""A quarter's result from what is filed, and from nothing else: the same road when it is recorded and when it is replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..assessment import Assessment, TeamAssessment, assess, levels_of
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .documents import with_past

Explain = Callable[[TeamAssessment], Mapping[str, Any]]
"""How a team's result is explained, as plain data; it is handed in, for words are no business of the store."""


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
    """How many quarters before one its rules read figures of."""
    return 1


def quarters_before(quarter: Quarter, number: int) -> Iterator[Quarter]:
    """So many quarters before one, the nearest first."""
    for _ in range(number):
        quarter = quarter.previous
        yield quarter


def derive(basis: Basis, engine: str = "both") -> Assessment:
    """Score a quarter. Raises as `assess` does."""
    last = basis.quarter.previous
    levels: dict[str, str] = {}
    if last in basis.earlier and basis.pack.covers(last):
        found = levels_of(basis.pack, basis.as_of(last), last, engine=engine)
        breaks = basis.evidence.changes.breaks
        levels = {team: verdict.level for team, verdict in found.items() if not breaks(team, basis.quarter)}
    return assess(basis.pack, basis.as_of(basis.quarter), basis.quarter, engine=engine, last_levels=levels)


def county_part(assessment: Assessment) -> dict[str, Any]:
    """The result but for the teams, in the shape in which it is filed."""
    whole = assessment.to_dict()
    return {name: whole[name] for name in _COUNTY_PART}


def team_parts(assessment: Assessment, explain: Explain) -> Iterator[dict[str, Any]]:
    """Each team's result, measures and explanation, in the shape in which they are filed."""
    results = assessment.to_dict()["teams"]
    for team, result in zip(assessment.teams, results, strict=True):
        yield {
            "team": team.team.id,
            "district": team.team.district,
            "result": {name: result[name] for name in _TEAM_PART},
            "measures": _measures(team),
            "explanation": explain(team),
        }


# Named one by one, so that a later release that says more still replays an old record to the same bytes.
_COUNTY_PART = (
    "schema_version", "pack", "evidence_hash", "quarter", "engines", "one_engine_because", "county", "read_from", "left_out", "remarks",
)  # fmt: skip
_TEAM_PART = (
    "team_id", "team_name", "district", "county", "level", "could_be", "last_level", "score", "pressures", "affected_by", "supervision",
    "rules", "same_day", "notices", "confidence", "missing",
)  # fmt: skip


def _measures(team: TeamAssessment) -> dict[str, float | str]:
    """Every measure that is known, in its unit; one that is divided by nobody as the word that says so."""
    values = {name: team.facts.value(name) for name in team.facts.pack.measures}
    return {name: value if abs(value) != float("inf") else "without limit" for name, value in values.items() if value is not None}
