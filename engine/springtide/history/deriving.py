"""A quarter's result from what is filed, and from nothing else: the same road when it is recorded and when it is replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..assessment import Assessment, TeamAssessment, assess, levels_of
from .basis import Basis

Explain = Callable[[TeamAssessment], Mapping[str, Any]]
"""How a team's result is explained, as plain data; it is handed in, for words are no business of the store."""


def derive(basis: Basis, engine: str = "both", *, filed_levels: Mapping[str, str] | None = None) -> Assessment:
    """Score a quarter.

    Args:
        filed_levels: each team's level of last quarter, where it was filed under the same rules and from the same
            evidence as here; without it, last quarter is scored as well.

    Raises as `assess` does.
    """
    last = basis.quarter.previous
    levels = filed_levels or {}
    if filed_levels is None and last in basis.earlier and basis.pack.covers(last):
        levels = {team: found.level for team, found in levels_of(basis.pack, basis.as_of(last), last, engine=engine).items()}
    breaks = basis.evidence.changes.breaks
    kept = {team: level for team, level in levels.items() if not breaks(team, basis.quarter)}
    return assess(basis.pack, basis.as_of(basis.quarter), basis.quarter, engine=engine, last_levels=kept)


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
