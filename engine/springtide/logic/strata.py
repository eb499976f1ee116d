"""The strata, each a pure function of those below it: the one place where their order is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .facts import Facts, Grade, Majority, SupervisionState
from .judge import truth_of
from .model import RulePack, TeamPressure
from .truth import Truth, more_than_share


@dataclass(frozen=True)
class Score:
    """Points for what is proved (`points`, also `low`), and for what could be (`high`)."""

    points: int
    low: int
    high: int
    of: int


@dataclass(frozen=True)
class Verdict:
    """The level that is proved, the level it could be, and the points."""

    level: str
    could_be: str
    score: Score


def add_team_pressures(facts: Facts) -> None:
    for pressure in facts.pack.team_pressures.values():
        facts.pressures[pressure.id] = team_pressure(facts, pressure)


def team_pressure(facts: Facts, pressure: TeamPressure) -> Grade:
    severe = truth_of(pressure.severe, facts)
    present = max(severe, truth_of(pressure.present, facts))
    return Grade(present, severe, present if pressure.felt is None else max(present, truth_of(pressure.felt, facts)))


def add_affected(facts: Facts) -> None:
    for pressure in facts.pack.county_pressures.values():
        facts.affected[pressure.id] = truth_of(pressure.affected, facts)


def add_supervision(facts: Facts) -> None:
    supervision = facts.pack.supervision
    facts.supervision = SupervisionState(
        strained=truth_of(supervision.evidenced_strained, facts),
        adequate=truth_of(supervision.evidenced_adequate, facts),
        inferred=truth_of(supervision.inferred_strained, facts),
    )


def majorities(pack: RulePack, thresholds: dict[str, float], area: str, affected: dict[str, list[Truth]]) -> list[Majority]:
    """Each county pressure over all teams of one area (para 23: "most teams")."""
    found = []
    for pressure in pack.county_pressures.values():
        truths = affected[pressure.id]
        proved = sum(truth is Truth.MET for truth in truths)
        silent = sum(truth is Truth.CANNOT_TELL for truth in truths)
        on = more_than_share(thresholds[pressure.most], proved, proved + silent, len(truths))
        found.append(Majority(pressure.id, area, on, proved, silent, len(truths)))
    return found


def add_rules(facts: Facts) -> None:
    for rule in facts.pack.rule_order:
        facts.rules[rule] = truth_of(facts.pack.risk[rule].when, facts)


def notices_of(facts: Facts) -> dict[str, Truth]:
    return {notice.id: truth_of(notice.when, facts) for notice in facts.pack.notices.values()}


def verdict(
    pack: RulePack,
    thresholds: dict[str, float],
    pressures: dict[str, Grade],
    supervision: SupervisionState,
    rules: dict[str, Truth],
) -> Verdict:
    """The level, the could-be and the score that a team's findings come to."""
    levels = pack.levels
    proved = proved_rank(pack, rules)
    possible = max((levels.rank(pack.risk[rule].level) for rule, truth in rules.items() if truth.could), default=0)
    level = levels.levels[proved].id
    told = sum(grade.present.known for grade in pressures.values())
    if proved == 0 and told < thresholds[levels.insufficient_below]:
        level = levels.insufficient.id
    could_be = level if possible == proved else levels.levels[possible].id
    return Verdict(level, could_be, _score(pack, pressures, supervision, rules))


def proved_rank(pack: RulePack, rules: dict[str, Truth]) -> int:
    """The rank of the highest level that a rule proves; 0 where none does."""
    return max((pack.levels.rank(pack.risk[rule].level) for rule, truth in rules.items() if truth is Truth.MET), default=0)


def _score(
    pack: RulePack, pressures: dict[str, Grade], supervision: SupervisionState, rules: dict[str, Truth]
) -> Score:
    low = high = total = 0
    for members in pack.families.values():
        low += max(member.points.get(str(pressures[member.id]), 0) for member in members)
        high += max(member.points.get(pressures[member.id].could_be, 0) for member in members)
        total += max(max(member.points.values(), default=0) for member in members)
    extra: list[tuple[int, Truth]] = [
        (pack.supervision.points.get("evidenced strained", 0), supervision.strained),
        *((rule.points, rules[rule.id]) for rule in pack.risk.values()),
    ]
    low += sum(points for points, truth in extra if truth is Truth.MET)
    high += sum(points for points, truth in extra if truth.could)
    total += sum(points for points, _ in extra)
    return Score(low, low, high, total)


def team_strata(facts: Facts) -> None:
    """Strata 2 to 4 as far as one team alone decides them."""
    add_team_pressures(facts)
    add_affected(facts)
    add_supervision(facts)


def findings_ids(pack: RulePack) -> Iterable[str]:
    """Every finding that two engines must agree on, by name."""
    for pressure in pack.team_pressures.values():
        yield from (f"{pressure.id}.{mark}" for mark in pressure.marks)
    for county in pack.county_pressures:
        yield f"{county}.affected"
        yield f"{county}.on"
    for part in ("strained", "adequate", "inferred"):
        yield f"{pack.supervision.id}.{part}"
    yield from pack.risk
    yield from pack.notices
