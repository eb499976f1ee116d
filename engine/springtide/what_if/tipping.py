"""For every team, how few whole posts, cases or sessions would move its level, up or down."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..batch.arithmetic import Bools, Floats
from ..batch.cells import Board, Settings
from ..logic.levers import Lever, room
from ..logic.truth import Truth
from .breakpoints import Stretch, breakpoints

_FAR = 100_000.0  # units, of what there is no end to: far beyond anything that a team can have
_NEAR = 1e-7
Way = Literal["up", "down", "told"]


@dataclass(frozen=True)
class Tip:
    """So many units of a lever, and the level is another; one unit fewer, and it is not.

    `share` is how much that is of what the team has (`lever.out_of`), by which tips are put in order; `exactly`, where the
    turn lies between whole units. `met` and `no_longer` are the risk rules that changed their mind, `switched` the county
    pressures that this one team switches on or off.
    """

    team: str
    lever: Lever
    units: int
    way: Way
    level: str
    could_be: str
    share: float
    exactly: float
    met: tuple[str, ...]
    no_longer: tuple[str, ...]
    switched: tuple[str, ...]


@dataclass(frozen=True)
class TeamTips:
    """A team with its tips, the nearest first; of the levers in `not_known`, what they would move was not supplied.

    `told` are the changes after which a level could be told that can't be now, or no longer could: that is a matter of what
    is known of the team, and no turn up or down.
    """

    team: str
    level: str
    up: tuple[Tip, ...]
    down: tuple[Tip, ...]
    not_known: tuple[Lever, ...]
    told: tuple[Tip, ...] = ()


def tipping(board: Board, teams: Iterable[str] | None = None, levers: Iterable[Lever] | None = None) -> tuple[TeamTips, ...]:
    """The nearest turn of each team's level along each lever, all else, and every other team, as it is.

    The teams come in the order of their nearest turn up; those that have none come last.
    """
    chosen = tuple(levers if levers is not None else (lever for lever in board.pack.levers.values() if lever.tips))
    found = [_of_team(board, team, chosen) for team in (board.teams if teams is None else teams)]
    return tuple(sorted(found, key=lambda one: one.up[0].share if one.up else math.inf))


def _of_team(board: Board, team: str, levers: tuple[Lever, ...]) -> TeamTips:
    figures = board.evidence[team].figures
    known = [lever for lever in levers if can_pull(lever, figures)]
    tips = [tip for lever in known for tip in _along(board, team, lever)]
    up, down, told = (tuple(sorted((tip for tip in tips if tip.way == way), key=lambda tip: (tip.share, tip.lever.id))) for way in ("up", "down", "told"))
    return TeamTips(team, board.verdicts[team].level, up, down, tuple(lever for lever in levers if lever not in known), told)


def can_pull(lever: Lever, figures: dict[str, float]) -> bool:
    """Whether what a lever is called by is known; what merely follows need not be."""
    return lever.main in figures


def whole_turns(board: Board, team: str, lever: Lever) -> tuple[list[int], tuple[float, ...]]:
    """The numbers of whole units, from none on, at which a comparison may have turned; with the exact turns."""
    figures = board.evidence[team].figures
    most = min(room(lever, figures, board.pack.figures), _FAR)
    turns = breakpoints(board.pack, figures, board.facts[team].last_value, board.thresholds, board.comparisons, [Stretch(0.0, most, ((lever, 0.0, 1.0),))], board.following(team))
    whole = {0} | {number for turn in (0.0, *turns, most) for number in (math.ceil(turn - _NEAR), math.floor(turn + _NEAR) + 1)}
    return sorted(number for number in whole if number <= most + _NEAR), turns


def _along(board: Board, team: str, lever: Lever) -> Iterable[Tip]:
    figures = board.evidence[team].figures
    numbers, turns = whole_turns(board, team, lever)
    units: Floats = np.array(numbers, dtype=np.float64)
    settings = Settings(units.size, board.moved(team, [(lever, units)]))
    outcome, cells, on = board.of_one(team, settings)
    rank, begins = outcome.rank, int(outcome.rank[0])
    known = outcome.level != board.levels.index(board.pack.levels.insufficient.id)
    ways: tuple[tuple[Way, Bools], ...] = (("told", known != known[0]),)
    if known[0]:
        ways = (("up", known & (rank > begins)), ("down", known & (rank < begins)), *ways)
    for way, moved in ways:
        if not moved.any():
            continue
        place = int(np.argmax(moved))
        before, after = (cells.held[cells.places[at]].rules(tuple(int(truth) for truth in on[:, at])) for at in (0, place))
        exactly = max((turn for turn in turns if turn <= numbers[place] + _NEAR), default=float(numbers[place]))
        beside = figures.get(lever.out_of) or figures[lever.main]
        yield Tip(
            team, lever, numbers[place], way, board.levels[outcome.level[place]], board.levels[outcome.could_be[place]],
            numbers[place] / beside if beside else math.inf, exactly, tuple(sorted(after - before)), tuple(sorted(before - after)),
            tuple(name for number, name in enumerate(board.pressures) if (on[number, 0] == Truth.MET) != (on[number, place] == Truth.MET)),
        )  # fmt: skip
