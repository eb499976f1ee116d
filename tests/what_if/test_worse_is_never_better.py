"""More vacancies, with all that follows from them, never lower any team's level or could-be (promise 6)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from springtide.batch.cells import Board, Ints, Outcome, Settings
from springtide.logic.levers import pulled, room
from springtide.logic.model import RulePack
from springtide.what_if.changes import EVERY_TEAM
from springtide.what_if.sweeps import grid, parse_over

from .counties import QUARTER, county

PAIRS = 10_000
AT_A_TIME = 500


def not_lower(before: dict[str, Outcome], after: dict[str, Outcome]) -> int:
    """Checks every team in every pair; gives how many levels moved."""
    moved = 0
    for team, was in before.items():
        now = after[team]
        assert np.all(now.rank >= was.rank), team
        assert np.all(now.could_be_rank >= was.could_be_rank), team
        assert np.all(now.points >= was.points) and np.all(now.most_points >= was.most_points), team
        moved += int(np.sum(now.rank > was.rank))
    return moved


@pytest.mark.parametrize(("leaves", "joins"), [("experienced_leaves", "experienced_joins"), ("newly_qualified_leaves", "newly_qualified_joins")])
def test_ten_thousand_random_pairs(kent: RulePack, leaves: str, joins: str) -> None:
    """Some posts filled or emptied in every team, and then more of them empty in some."""
    moved = 0
    for number in range(PAIRS // AT_A_TIME):
        board = Board(kent, county(kent, f"M{number}", 5), QUARTER)
        rng = np.random.default_rng(number)
        before, after = {}, {}
        for team in board.teams:
            figures = board.evidence[team].figures
            up, down = (min(room(kent.levers[name], figures, kent.figures), 4.0) for name in (leaves, joins))
            first = np.round(rng.uniform(-down, up, AT_A_TIME) * 2) / 2
            more = np.minimum(first + np.round(rng.uniform(0, 2, AT_A_TIME) * rng.integers(0, 2, AT_A_TIME) * 2) / 2, up)
            before[team], after[team] = (_with(board, team, leaves, joins, vacant) for vacant in (first, np.maximum(first, more)))
        moved += not_lower(board.of_all(before), board.of_all(after))
    assert moved > PAIRS // 100  # where nothing ever moves, nothing is shown


def _with(board: Board, team: str, leaves: str, joins: str, vacant: np.ndarray) -> Settings:
    levers, figures = board.pack.levers, board.evidence[team].figures
    pulls = [(levers[leaves], np.maximum(vacant, 0.0)), (levers[joins], np.maximum(-vacant, 0.0))]
    return Settings(vacant.size, pulled(figures, pulls, board.pack.figures, np.minimum, np.maximum))


@pytest.mark.parametrize("who", ["experienced", "newly_qualified", "experienced_for_agency"])
@pytest.mark.parametrize("other", ["cases_registered=+0:+40:4", "referrals=+0:+30:3", "complex_cases_in_crisis=+0:+6", "fte_unavailable=+0:+4:0.5"])
def test_over_whole_grids(kent: RulePack, who: str, other: str) -> None:
    for seed in range(4):
        board = Board(kent, county(kent, f"W{seed}", 6), QUARTER)
        down, across = parse_over("vacant_posts=0:6:0.5", kent, EVERY_TEAM, who), parse_over(other, kent)
        found = grid(board, down, across)
        shape = found.down.values.size, found.across.values.size  # which end where there is no more room
        for outcome in found.teams.values():
            for held in (outcome.rank, outcome.could_be_rank, outcome.points, outcome.most_points):
                assert _never_falls(held.reshape(shape))


def _never_falls(table: Ints) -> bool:
    return bool(np.all(np.diff(table, axis=0) >= 0) and np.all(np.diff(table, axis=1) >= 0))


def test_worse_in_one_team_never_helps_another(kent: RulePack) -> None:
    rng = Random("others")
    for seed in range(30):
        board = Board(kent, county(kent, f"O{seed}", 5), QUARTER)
        team = rng.choice(list(board.teams))
        number = np.linspace(0, room(kent.levers["experienced_leaves"], board.evidence[team].figures, kent.figures), 9)
        number = np.where(np.isfinite(number), number, 0.0)
        settings = Settings(9, pulled(board.evidence[team].figures, [(kent.levers["experienced_leaves"], number)], kent.figures, np.minimum, np.maximum))
        for outcome in board.of_all({team: settings}).values():
            assert np.all(np.diff(outcome.rank) >= 0) and np.all(np.diff(outcome.could_be_rank) >= 0)
