"""The arithmetic of changes once more, read straight from what_if.yaml and as plainly as can be: what the engine is held to.

Nothing here is the project's own but what was asked. One team, one change and one figure at a time.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Row
from springtide.logic.facts import Team
from springtide.what_if.changes import Amount, Change, Move, Scenario

from .counties import QUARTER

RULES = Path(__file__).resolve().parents[2] / "rules" / "base"
LEVERS: dict[str, dict[str, Any]] = yaml.safe_load((RULES / "what_if.yaml").read_text(encoding="utf-8"))
FIGURES: dict[str, dict[str, Any]] = yaml.safe_load((RULES / "figures.yaml").read_text(encoding="utf-8"))
WHOLE_UNITS = ("count", "cases", "days", "yes or no")
Pulls = list[tuple[str, float]]


def by(effect: Any) -> float:
    return float(effect["value"] if isinstance(effect, dict) else effect)


def after_pulls(figures: dict[str, float], pulls: Pulls) -> dict[str, float]:
    found, moved = dict(figures), set()
    for lever, units in pulls:
        for name, effect in LEVERS[lever]["moves"].items():
            if name in found:
                found[name] += by(effect) * units
                moved.add(name)
    for name in moved:
        found[name] = max(found[name], 0.0)
    for name in figures:
        whole = FIGURES.get(name, {}).get("at_most")
        if whole in found and {name, whole} & moved:
            found[name] = min(found[name], found[whole])
    return found


def room(lever: str, figures: dict[str, float]) -> float:
    """How much can go of what is there, and come where a whole has room."""
    moves, called_by = LEVERS[lever]["moves"], LEVERS[lever]["stands_for"]
    ends = [float("inf")]
    for name in called_by or moves:
        if name in figures and name in moves:
            whole = FIGURES[name].get("at_most")
            if by(moves[name]) < 0:
                ends.append(figures[name] / -by(moves[name]))
            elif whole in figures and whole not in moves:
                ends.append((figures[whole] - figures[name]) / by(moves[name]))
    return max(min(ends), 0.0)


def within_room(lever: str, units: float, figures: dict[str, float]) -> float:
    most = room(lever, figures)
    return units if units <= most + 1e-9 else most


def lever_called(figure: str, more: float, who: str) -> str | None:
    """The lever that a figure, raised or lowered, calls for: by who is said, or what is taken unless said."""
    held = [name for name, one in LEVERS.items() if one["stands_for"].get(figure) == ("higher" if more > 0 else "lower")]
    chosen = [name for name in held if LEVERS[name].get("who") == who] if who else [name for name in held if len(held) == 1 or LEVERS[name].get("unless_said")]
    return chosen[0] if chosen else None


def changed(figures: dict[str, float], changes: list[Change], pulls: Pulls) -> tuple[dict[str, float], Pulls]:
    """One team's figures after all changes of one step, and which levers were pulled for it."""
    pulls, put = list(pulls), {}
    exact = [one for one in changes if isinstance(one.amount, Amount) and one.amount.kind == "to"]
    for change in [*(one for one in changes if one not in exact), *exact]:
        if not isinstance(change.amount, Amount):
            continue
        name, kind, number = change.what, change.amount.kind, change.amount.number
        if kind != "to" and name not in figures:
            continue
        target = number if kind == "to" else figures[name] + number if kind == "by" else figures[name] * (1 + number)
        target = max(float(round(target)) if FIGURES[name]["unit"] in WHOLE_UNITS else target, 0.0)
        so_far = after_pulls(figures, pulls)
        more = 0.0 if change.assumed or name not in figures else target - (so_far if kind == "to" else figures)[name]
        lever = lever_called(name, more, change.with_whom) if more else None
        if lever is None:
            put[name] = target
        else:
            pulls.append((lever, within_room(lever, abs(more), so_far)))
    return after_pulls(figures, pulls) | put, pulls


def moved(move: Move, teams: tuple[Team, ...]) -> dict[str, str]:
    """Which lever a move pulls in which of its two teams."""
    (joins,) = [name for name, one in LEVERS.items() if one.get("moved_from") and one.get("who") == move.with_whom]
    return {move.source.of(teams)[0].id: LEVERS[joins]["moved_from"], move.to.of(teams)[0].id: joins}


def evidence_after(evidence: EvidenceSet, scenario: Scenario) -> EvidenceSet:
    """All evidence after every step, the ends of first years last, four quarters after each who came at a quarter named."""
    figures = {team.id: evidence.figures_of(team.id, QUARTER) for team in evidence.teams}
    answers: dict[str, dict[str, str | None]] = {team.id: {} for team in evidence.teams}
    first_years: list[tuple[int, str, float]] = []  # in which step they came, where, and how many
    for number, step in enumerate(scenario.steps):
        pulls: dict[str, Pulls] = {team.id: [] for team in evidence.teams}
        for one in step.changes:
            for team, lever in moved(one, evidence.teams).items() if isinstance(one, Move) else ():
                there = after_pulls(figures[team], pulls[team])
                pulls[team].append((lever, one.number if LEVERS[lever].get("moved_from") else within_room(lever, one.number, there)))
        for team in evidence.teams:
            changes = [one for one in step.changes if isinstance(one, Change) and team.id in {meant.id for meant in one.target.of(evidence.teams)}]
            figures[team.id], pulled = changed(figures[team.id], changes, pulls[team.id])
            answers[team.id] |= {one.what: one.amount for one in changes if isinstance(one.amount, str)}
            for lever, units in pulled:
                if lever == "newly_qualified_leaves":  # of those who came, the last leave first
                    for place in reversed(range(len(first_years))):
                        came, where, waiting = first_years[place]
                        if where == team.id and came < number:
                            first_years[place] = came, where, waiting - min(waiting, units)
                            units -= min(waiting, units)
            first_years += [(number, team.id, units) for lever, units in pulled if "later" in LEVERS[lever] and step.quarter is not None]
    for when in dict.fromkeys(scenario.steps[number].quarter for number, _, _ in first_years):
        for team in evidence.teams:
            ends = [("first_year_ends", units) for number, where, units in first_years if where == team.id and scenario.steps[number].quarter == when]
            pulled = []
            for lever, units in ends:
                pulled.append((lever, within_room(lever, units, after_pulls(figures[team.id], pulled))))
            figures[team.id] = after_pulls(figures[team.id], pulled)
    return replace(evidence, rows=tuple(written(evidence, figures)), responses=tuple(replace(one, answers=one.answers | answers[one.team]) for one in evidence.responses))


def written(evidence: EvidenceSet, figures: dict[str, dict[str, float]]) -> list[Row]:
    """A row for each table of each team, as it would be sent in."""
    where = {(row.table, row.team): row for row in evidence.rows}
    rows = []
    for team, held in figures.items():
        for table in ("workforce", "audits"):
            own = {name: value for name, value in held.items() if FIGURES.get(name, {}).get("table", "workforce") == table}
            row = where.get((table, team)) or (Row(team, QUARTER, {}, {}, table, Where("what if")) if own else None)
            if row is not None:
                rows.append(replace(row, figures=own))
    return rows
