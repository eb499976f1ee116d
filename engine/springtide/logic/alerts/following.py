"""A level followed through the quarters, so that a value that jitters about a threshold raises one alert and no more.

Raised by what is proved; lowered only by what is shown: when the could-be is lower even with every comparison stricter by
a band. So what is missing never clears anything (promise 2), and who hovers on a threshold is told of once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..quarter import Quarter
from ..truth import Truth
from .rules import State

Because = Literal["", "rules"]


@dataclass(frozen=True)
class SeenTeam:
    """What a filed quarter shows of a team.

    Ranks are those of levels, 0 for the lowest and for insufficient evidence. `near` is the highest it could be with
    every comparison stricter by the band, `firm` what is proved with every one more lenient by it; `by_rules`, how many ranks changed rules alone took it up or down; `apart`,
    that its past is not its own. `otherwise` is the rank that is proved without what can't wait; None where that is `rank`. `own` is what is of the team alone (pressures, supervision) as grades, 0 for none,
    None for what can't be told; `immediate` the rules and notices that don't wait, by kind and id.
    """

    name: str
    district: str
    area: str
    rank: int
    could_be: int
    near: int
    firm: int
    by_rules: int = 0
    apart: bool = False
    own: Mapping[str, int | None] = field(default_factory=dict)
    immediate: Mapping[str, Mapping[str, Truth]] = field(default_factory=dict)
    otherwise: int | None = None

    @property
    def otherwise_rank(self) -> int:
        return self.rank if self.otherwise is None else self.otherwise


@dataclass(frozen=True)
class SeenCounty:
    """A county pressure in a filed quarter; `near`: with every comparison stricter by the band, and the share less."""

    on: Truth
    near: Truth


@dataclass(frozen=True)
class Seen:
    """One filed quarter: its teams, and the county pressures by area and pressure."""

    quarter: Quarter
    teams: Mapping[str, SeenTeam]
    county: Mapping[tuple[str, str], SeenCounty] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        teams = {
            name: vars(team) | {"own": dict(team.own), "immediate": {kind: {rule: int(truth) for rule, truth in held.items()} for kind, held in team.immediate.items()}}
            for name, team in self.teams.items()
        }
        county = [[area, pressure, int(held.on), int(held.near)] for (area, pressure), held in sorted(self.county.items())]
        return {"quarter": str(self.quarter), "teams": teams, "county": county}

    @staticmethod
    def from_data(data: Mapping[str, Any], quarter: Quarter) -> Seen:
        teams = {
            name: SeenTeam(**{**team, "immediate": {kind: {rule: Truth(truth) for rule, truth in held.items()} for kind, held in team["immediate"].items()}})
            for name, team in data["teams"].items()
        }
        return Seen(quarter, teams, {(area, pressure): SeenCounty(Truth(on), Truth(near)) for area, pressure, on, near in data["county"]})


@dataclass(frozen=True)
class TeamState:
    """Where a team is followed after a quarter. `rank` 0: it is not. `held_by`: why it stays up though less is proved.

    `otherwise` is as far as it came by more than what can't wait, which has alerts of its own.
    """

    state: State
    rank: int = 0
    since: Quarter | None = None
    quarters: int = 0
    because: Because = ""
    held_by: Literal["", "band", "missing"] = ""
    was: int = 0
    otherwise: int = 0


@dataclass(frozen=True)
class States:
    """Everything that is followed, after one filed quarter."""

    seen: Seen
    teams: Mapping[str, TeamState]
    county: Mapping[tuple[str, str], State]

    @property
    def quarter(self) -> Quarter:
        return self.seen.quarter


QUIET = TeamState("quiet")


def follow(quarters: Iterable[Seen], *, notable: int) -> list[States]:
    """The states after each filed quarter, from the first on, in which everything notable is new.

    Args:
        quarters: oldest first; a quarter that was not filed is left out, and ends nothing.
        notable: the rank from which a level is followed.
    """
    found: list[States] = []
    for seen in quarters:
        last = found[-1] if found else None
        teams = {name: _team(team, last.teams.get(name, QUIET) if last else QUIET, seen.quarter, notable) for name, team in seen.teams.items()}
        county = {name: _county(held, last.county.get(name, "quiet") if last else "quiet") for name, held in seen.county.items()}
        found.append(States(seen, teams, county))
    return found


def _team(team: SeenTeam, before: TeamState, quarter: Quarter, notable: int) -> TeamState:
    state = _level(team, before, quarter, notable)
    told = 0 if team.apart else before.otherwise
    came = team.otherwise_rank
    if state.state == "persisting" and came == state.rank > told:
        # What brought it so far until now had alerts of its own; this did not.
        state = replace(state, state="raised" if told >= notable else "new", since=state.since if told >= notable else quarter, quarters=state.quarters if told >= notable else 1, was=told)
    return replace(state, otherwise=max(came, min(told, state.rank)) if state.rank else 0)


def _level(team: SeenTeam, before: TeamState, quarter: Quarter, notable: int) -> TeamState:
    was = 0 if team.apart else before.rank
    because: Because = "rules" if team.by_rules else ""
    if team.rank > was and team.rank >= notable:
        if was:
            return TeamState("raised", team.rank, before.since, before.quarters + 1, because if team.by_rules > 0 else "", was=was)
        return TeamState("new", team.rank, quarter, 1, because if team.by_rules > 0 else "")
    if not was:
        return QUIET
    highest = max(team.near, team.could_be)
    if highest < was:
        left = highest if highest >= notable else 0
        by_rules = team.by_rules < 0
        # What other rules took away was not shown to be past.
        state: State = "lowered" if left or by_rules else "cleared"
        return TeamState(state, left, before.since if left else None, before.quarters + 1 if left else 0, "rules" if by_rules else "", was=was)
    if team.rank >= was:
        return TeamState("persisting", was, before.since, before.quarters + 1, was=was)
    if team.could_be >= was:
        return TeamState("cannot tell", was, before.since, before.quarters, held_by="missing", was=was)
    return TeamState("persisting", was, before.since, before.quarters + 1, held_by="band", was=was)


def _county(held: SeenCounty, before: State) -> State:
    open_before = before in ("new", "persisting", "cannot tell")
    if held.on is Truth.MET:
        return "persisting" if open_before else "new"
    if not open_before:
        return "quiet"
    if max(held.on, held.near) is Truth.NOT_MET:
        return "cleared"
    return "persisting" if held.near is Truth.MET else "cannot tell"
