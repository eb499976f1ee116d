"""A scenario worked out: for each of its steps, what changes in which team, one step upon the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..evidence.records import EvidenceSet
from ..logic.facts import Team
from ..logic.levers import Lever
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .applying import applied
from .changes import Change, Move, Scenario, Step
from .coupling import TeamChange, change_team
from .problems import Place, WhatIfError, told_where


@dataclass(frozen=True)
class Planned:
    """One step: what changes in each team, and the evidence after it and all steps before it."""

    step: Step
    teams: tuple[TeamChange, ...]
    evidence: EvidenceSet


def plan(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, scenario: Scenario) -> tuple[Planned, ...]:
    """Work out every step of a scenario. What is not named stays as it is in `quarter`, in later steps too.

    Where newly qualified workers come at a quarter that is named, the end of their first year is a step of its own.

    Raises:
        WhatIfError: a change can't be made, or the steps are not in the order of their quarters.
    """
    if not scenario.steps or not any(step.changes for step in scenario.steps):
        raise WhatIfError("nothing is to change; say what, as in --set vacant_posts=+2")
    waiting = list(_in_order(scenario.steps, quarter))
    later: dict[Quarter, dict[str, list[tuple[Lever, float]]]] = {}
    planned: list[Planned] = []
    while waiting or later:
        due = min(later) if later else None
        if due is not None and (not waiting or (waiting[0].quarter or quarter) > due):
            step, coming = Step((), due, "What follows by itself"), later.pop(due)
        else:
            step = waiting.pop(0)
            coming = later.pop(step.quarter, {}) if step.quarter else {}
        teams = _teams_of(pack, evidence, quarter, step, coming)
        with told_where(step.at):
            evidence = applied(pack, evidence, quarter, {one.team: one for one in teams})
        planned.append(Planned(step, teams, evidence))
        _call_off(pack, teams, later)
        if step.quarter is not None:
            _follow_up(pack, step.quarter, teams, later)
    return tuple(planned)


def _in_order(steps: Sequence[Step], quarter: Quarter) -> Iterable[Step]:
    last = quarter
    for step in steps:
        if step.quarter is not None and step.quarter < last:
            with told_where(step.at):
                raise WhatIfError(f"a step of {step.quarter} comes after one of {last}; put the steps in the order of their quarters, none before {quarter}")
        last = step.quarter or last
    return steps


def _call_off(pack: RulePack, teams: Iterable[TeamChange], later: dict[Quarter, dict[str, list[tuple[Lever, float]]]]) -> None:
    """Who has left again ends no first year in the team; those who came last are taken to leave first.

    Which of several leaves is not known. That the fewest come to be experienced flatters nobody.
    """
    for one in teams:
        for lever, number in one.pulls:
            ends = {joins.later[1] for joins in pack.levers.values() if joins.later is not None and joins.moved_from == lever.id}
            left = number
            for when in sorted(later, reverse=True) if ends else ():
                waiting = later[when].get(one.team, [])
                for place, (coming, due) in enumerate(waiting):
                    if coming.id in ends:
                        waiting[place] = coming, due - min(due, left)
                        left -= min(due, left)
    for when in [when for when, held in later.items() if not any(due for waiting in held.values() for _, due in waiting)]:
        del later[when]


def _follow_up(pack: RulePack, quarter: Quarter, teams: Iterable[TeamChange], later: dict[Quarter, dict[str, list[tuple[Lever, float]]]]) -> None:
    for one in teams:
        for lever, number in one.pulls:
            if lever.later is not None and number:
                after, comes = lever.later
                when = quarter
                for _ in range(after):
                    when = when.next
                later.setdefault(when, {}).setdefault(one.team, []).append((pack.levers[comes], number))


def _teams_of(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, step: Step, coming: dict[str, list[tuple[Lever, float]]]) -> tuple[TeamChange, ...]:
    teams = evidence.as_of(quarter).teams
    wanted: dict[str, list[Change]] = {}
    pulled: dict[str, list[tuple[Lever, float]]] = {team: list(levers) for team, levers in coming.items()}
    strict: set[str] = set()
    first: dict[str, Place | None] = {}
    for change in step.changes:
        with told_where(change.at):
            if isinstance(change, Move):
                for team, lever in _moved(pack, teams, change):
                    pulled.setdefault(team.id, []).append((lever, change.number))
                    first.setdefault(team.id, change.at)
                    strict.add(team.id)
                continue
            for team in change.target.of(teams):
                wanted.setdefault(team.id, []).append(change)
                first.setdefault(team.id, change.at)
                if change.target.is_one_team:
                    strict.add(team.id)
    found = []
    for team in teams:
        if team.id in wanted or team.id in pulled:
            with told_where(first.get(team.id)):
                figures = _known(pack, evidence, team.id, quarter)
                found.append(change_team(pack, team.id, figures, wanted.get(team.id, []), pulled.get(team.id, []), strict=team.id in strict))
    return tuple(found)


def _known(pack: RulePack, evidence: EvidenceSet, team: str, quarter: Quarter) -> dict[str, float]:
    """What may change of a team: what was supplied, and what is worked out from its earlier quarters."""
    figures = evidence.of(pack, team, quarter).figures
    return {name: value for name, value in figures.items() if name not in pack.figures or pack.figures[name].table != "responses"}


def _moved(pack: RulePack, teams: Sequence[Team], move: Move) -> list[tuple[Team, Lever]]:
    """The two levers that a move pulls. Raises WhatIfError for workers who can't move, or who stay where they are."""
    joins = next((lever for lever in pack.levers.values() if lever.moved_from and lever.who == move.with_whom), None)
    if joins is None:
        known = [lever.who for lever in pack.levers.values() if lever.moved_from]
        raise WhatIfError(f"nobody called '{move.with_whom}' can move" + (f"; say {', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else ""))
    (source,), (to,) = move.source.of(teams), move.to.of(teams)
    if source.id == to.id:
        raise WhatIfError(f"{source.id} is where they are already; a move needs two teams")
    return [(source, pack.levers[joins.moved_from]), (to, joins)]
