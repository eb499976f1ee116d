"""What a scored quarter shows, in short, for the rules for alerts to follow through the quarters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...assessment import Assessment, TeamAssessment
from ...history.movement import State
from ...logic.alerts.following import Seen, SeenCounty, SeenTeam
from ...logic.alerts.nearness import moved
from ...logic.facts import Grade, SupervisionState
from ...logic.model import RulePack
from ...logic.strata import proved_rank
from ...logic.truth import Truth

_SUPERVISION = {"evidenced adequate": 0, "inferred strained": 1, "evidenced strained": 2}


def seen_in(assessment: Assessment, movements: Mapping[str, Mapping[str, Any]]) -> Seen:
    """A quarter as it is followed.

    Args:
        movements: each team's way there from last quarter, as it is filed; without one it counts as not compared.
    """
    pack, quarter = assessment.pack, assessment.quarter
    thresholds = pack.values(quarter)
    band = thresholds[pack.levels.clear_by] if pack.levels.clear_by else 0.0
    evidence = {team.team.id: team.facts.evidence for team in assessment.teams}
    listed = [team.team for team in assessment.teams]
    strict, lenient = (moved(pack, thresholds, listed, evidence, quarter, way * band) for way in (1, -1))
    teams = {team.team.id: _team(pack, team, strict.could_be[team.team.id], lenient.proved[team.team.id], movements.get(team.team.id, {})) for team in assessment.teams}
    pressures = {(one.area, one.pressure): SeenCounty(one.on, max(one.on, strict.county[one.area, one.pressure])) for one in assessment.county}
    return Seen(quarter, teams, pressures)


def _team(pack: RulePack, team: TeamAssessment, near: int, firm: int, movement: Mapping[str, Any]) -> SeenTeam:
    levels = pack.levels
    could_be = levels.rank(team.could_be)
    immediate = {
        "same_day": {rule.id: team.rules[rule.id] for rule in pack.risk.values() if rule.same_day},
        "compliance": {notice.id: team.notices[notice.id] for notice in pack.notices.values() if notice.channel == "compliance"},
    }
    otherwise = proved_rank(pack, {rule: truth for rule, truth in team.rules.items() if not pack.risk[rule].same_day})
    return SeenTeam(
        name=team.team.name, district=team.team.district, area=team.team.county, rank=levels.rank(team.level), could_be=could_be, near=max(could_be, near),
        firm=min(levels.rank(team.level), firm), by_rules=_by_rules(pack, movement), apart=movement.get("break", False),
        own={name: _grade(grade) for name, grade in team.pressures.items()} | {pack.supervision.id: _supervision(team.supervision)}, immediate=immediate,
        otherwise=None if otherwise == levels.rank(team.level) else otherwise,
    )  # fmt: skip


def _by_rules(pack: RulePack, movement: Mapping[str, Any]) -> int:
    """How many ranks other rules took the level up or down since last quarter, all else as it was."""
    if "then" not in movement:
        return 0
    then, now = (State.from_data(movement[name]).level for name in ("then", "under_rules"))
    ranks = pack.levels.ranks
    return ranks.get(now, 0) - ranks.get(then, 0)


def _grade(grade: Grade) -> int | None:
    if not grade.present.known:
        return None
    # What is felt is the county's, and no pressure of the team's own.
    return 2 if grade.severe is Truth.MET else 1 if grade.present is Truth.MET else 0


def _supervision(state: SupervisionState) -> int | None:
    return _SUPERVISION.get(str(state))
