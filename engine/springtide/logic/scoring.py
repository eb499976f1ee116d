"""A quarter's teams scored by the strata alone, with everything that an explanation reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .facts import Evidence, Facts, Majority, Team
from .model import RulePack
from .quarter import Quarter
from .strata import Verdict, add_rules, majorities, team_strata, verdict


def facts_of(
    pack: RulePack, thresholds: dict[str, float], teams: Iterable[Team], evidence: Mapping[str, Evidence], quarter: Quarter,
    last_levels: Mapping[str, str], no_last_level: Mapping[str, str] | None = None,
    made_by: Callable[[RulePack, dict[str, float], Evidence], Facts] = Facts,
) -> dict[str, Facts]:  # fmt: skip
    """What is known of each team, by its id, with no stratum worked out yet.

    `last_levels` has last quarter's level of each team; `no_last_level`, of others why there is none. `made_by` makes a
    team's facts, where its comparisons are not to be made as they stand.
    """
    facts = {}
    listed = list(teams)
    for team in listed:
        held = made_by(pack, thresholds, evidence[team.id])
        held.quarter = quarter
        held.last_level, held.no_last_level = last_levels.get(team.id), (no_last_level or {}).get(team.id, "")
        held.periods = {period.id: quarter in period.quarters for period in pack.periods.values()}
        facts[team.id] = held
    for team in listed:
        facts[team.id].receiving = facts.get(team.transfers_to)
    return facts


def work_out(pack: RulePack, thresholds: dict[str, float], teams: Iterable[Team], facts: Mapping[str, Facts]) -> tuple[Majority, ...]:
    """Fill in every stratum of the teams' facts; gives the county pressures, area by area."""
    members: dict[str, list[str]] = {}
    for team in teams:
        members.setdefault(team.county, []).append(team.id)
    for held in facts.values():
        team_strata(held)
    counted: list[Majority] = []
    for area, there in sorted(members.items()):
        affected = {p: [facts[name].affected[p] for name in there] for p in pack.county_pressures}
        found = majorities(pack, thresholds, area, affected)
        for name in there:
            facts[name].county = {majority.pressure: majority.on for majority in found}
            facts[name].majorities = {majority.pressure: majority for majority in found}
        counted += found
    for held in facts.values():
        add_rules(held)
    return tuple(counted)


def verdict_of(facts: Facts) -> Verdict:
    """What the strata of one team come to, once they are worked out."""
    assert facts.supervision is not None
    return verdict(facts.pack, facts.thresholds, facts.pressures, facts.supervision, facts.rules)
