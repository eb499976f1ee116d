"""Tipping points hold one unit either side; of ways to clear a flag, no set of whole units is cheaper."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from springtide.batch.cells import Board, Settings
from springtide.logic.levers import Lever, pulled, room
from springtide.logic.model import RulePack
from springtide.what_if.clearing import ANSWERS, Costs, clear, costs_of
from springtide.what_if.problems import WhatIfError
from springtide.what_if.tipping import can_pull, tipping

from .counties import QUARTER, county


def rank_with(board: Board, team: str, pulls: list[tuple[Lever, float]]) -> int:
    settings = Settings(1, pulled(board.evidence[team].figures, pulls, board.pack.figures))
    return int(board.of_one(team, settings)[0].rank[0])


def level_with(board: Board, team: str, pulls: list[tuple[Lever, float]]) -> str:
    settings = Settings(1, pulled(board.evidence[team].figures, pulls, board.pack.figures))
    return board.levels[int(board.of_one(team, settings)[0].level[0])]


@pytest.mark.parametrize("seed", range(12))
def test_a_tip_holds_and_one_unit_fewer_does_not(kent: RulePack, seed: int) -> None:
    board = Board(kent, county(kent, f"T{seed}", 6), QUARTER)
    seen = 0
    for tips in tipping(board):
        now = kent.levels.rank(tips.level)
        for tip in (*tips.up, *tips.down):
            seen += 1
            there, short = (rank_with(board, tips.team, [(tip.lever, float(number))]) for number in (tip.units, tip.units - 1))
            assert there == kent.levels.rank(tip.level)
            assert kent.levels.insufficient.id not in (tips.level, tip.level)
            assert (there > now) == (tip.way == "up") and there != now
            assert short <= now if tip.way == "up" else short >= now
            assert tip.units - 1 - 1e-6 <= tip.exactly <= tip.units + 1e-6
            assert tip.units <= room(tip.lever, board.evidence[tips.team].figures, kent.figures) + 1e-6
    assert seen


@pytest.mark.parametrize("seed", range(6))
def test_no_tip_is_passed_over(kent: RulePack, seed: int) -> None:
    """Unit by unit, up to forty of them: the first that moves the level is the tip, and where none is told none is there."""
    board = Board(kent, county(kent, f"N{seed}", 4), QUARTER)
    for tips in tipping(board):
        now = kent.levels.rank(tips.level)
        for lever in (lever for lever in kent.levers.values() if lever.tips and can_pull(lever, board.evidence[tips.team].figures)):
            most = math.floor(min(40, room(lever, board.evidence[tips.team].figures, kent.figures)) + 1e-9)
            levels = [level_with(board, tips.team, [(lever, float(number))]) for number in range(most + 1)]
            known = [level != kent.levels.insufficient.id for level in levels]
            ranks = [kent.levels.rank(level) for level in levels]
            for way, moved in (
                ("up", [known[0] and held and rank > now for rank, held in zip(ranks, known, strict=True)]),
                ("down", [known[0] and held and rank < now for rank, held in zip(ranks, known, strict=True)]),
                ("told", [held is not known[0] for held in known]),
            ):
                told = [tip.units for tip in (*tips.up, *tips.down, *tips.told) if tip.lever is lever and tip.way == way and tip.units <= most]
                assert told == ([moved.index(True)] if True in moved else [])


def test_the_nearest_tip_up_comes_first(kent: RulePack) -> None:
    board = Board(kent, county(kent, "order", 8), QUARTER)
    shares = [one.up[0].share for one in tipping(board) if one.up]
    assert shares == sorted(shares)


SMALL = ("experienced_joins", "newly_qualified_joins", "agency_joins", "permanent_for_agency", "case_worked_elsewhere", "heaviest_caseload_down", "child_protection_case_allocated", "managers_case_allocated")


def cheapest_by_hand(board: Board, team: str, levers: list[Lever], costs: Costs, most: dict[str, int]) -> float | None:
    """Every combination of whole units, tried one after the other."""
    flagged_from = board.pack.levels.rank(board.pack.levels.flagged_from)
    ranges = [range(most[lever.id] + 1) for lever in levers]
    units = np.array(list(itertools.product(*ranges)), dtype=np.float64).reshape(-1, len(levers))
    figures = board.evidence[team].figures
    after = pulled(figures, list(zip(levers, units.T, strict=True)), board.pack.figures, np.minimum, np.maximum)
    fits = np.ones(len(units), dtype=bool)

    def total(name: str) -> np.ndarray:
        return figures[name] + sum((lever.moves[name].by * units[:, place] for place, lever in enumerate(levers) if name in lever.moves), np.zeros(len(units)))

    for name in {name for lever in levers for name in lever.moves if name in lever.stands_for and name in figures}:
        fits &= total(name) >= -1e-9
        cap = board.pack.figures[name].at_most
        if cap in figures:
            fits &= (total(name) <= total(cap) + 1e-9) | np.all(units == 0, axis=1)
    outcome, _, _ = board.of_one(team, Settings(len(units), after))
    clears = fits & (outcome.rank < flagged_from)
    price = units @ np.array([costs.levers[lever.id] for lever in levers])
    return float(price[clears].min()) if clears.any() else None


@pytest.mark.parametrize("seed", range(30))
def test_no_cheaper_set_of_whole_units_clears(kent: RulePack, seed: int) -> None:
    board = Board(kent, county(kent, f"X{seed}", 4), QUARTER)
    prices = [costs_of(kent), Costs({name: 1.0 + (place * 7 + seed) % 5 for place, name in enumerate(SMALL)})][seed % 2]
    for team in board.teams:
        found = clear(board, team, prices, SMALL)
        if not found.flagged:
            assert not found.ways
            continue
        levers = [lever for lever, _ in found.tried]
        most = {lever.id: min(reach, {"case_worked_elsewhere": 30, "heaviest_caseload_down": 12}.get(lever.id, 3)) for lever, reach in found.tried}
        by_hand = cheapest_by_hand(board, team, levers, prices, most)
        reached = found.ways and all(number <= most[lever.id] for lever, number in found.ways[0].units)
        if by_hand is None:
            assert not reached
        else:
            assert found.ways and found.ways[0].cost <= by_hand + 1e-9
            if reached:
                assert found.ways[0].cost == pytest.approx(by_hand)


@pytest.mark.parametrize("seed", range(10))
def test_every_way_clears_and_nothing_of_it_can_be_spared(kent: RulePack, seed: int) -> None:
    board = Board(kent, county(kent, f"W{seed}", 6), QUARTER)
    flagged_from = kent.levels.rank(kent.levels.flagged_from)
    for team in board.teams:
        found = clear(board, team)
        assert [way.cost for way in found.ways] == sorted(way.cost for way in found.ways)
        for way in found.ways:
            pulls = [(lever, float(number)) for lever, number in way.units]
            assert rank_with(board, team, pulls) == kent.levels.rank(way.level) < flagged_from
            for place, (lever, number) in enumerate(pulls):
                assert rank_with(board, team, [*pulls[:place], (lever, number - 1), *pulls[place + 1 :]]) >= flagged_from
            assert way.cost == pytest.approx(sum(costs_of(kent).levers[lever.id] * number for lever, number in pulls))
        if found.flagged and not found.ways:
            assert found.still and kent.levels.flagged(found.lowest)


def test_a_storm_is_not_cleared_by_better_answers(kent: RulePack) -> None:
    storms = 0
    for seed in range(60):
        board = Board(kent, county(kent, f"storm{seed}", 4, missing=0), QUARTER)
        for team, facts in board.facts.items():
            if str(facts.rules["R3"]) == "met":
                storms += 1
                found = clear(board, team, Costs({}, answer=1.0), [ANSWERS])
                assert not found.ways and "R3" in found.still
    assert storms


def test_what_still_holds_is_what_nothing_tried_ends(kent: RulePack) -> None:
    """A team that nothing clears: where posts end its storm, the storm is not among what still holds."""
    ended = 0
    for seed in range(60):
        board = Board(kent, county(kent, f"storm{seed}", 4, missing=0), QUARTER)
        for team, facts in board.facts.items():
            found = clear(board, team, None, ["experienced_joins"])
            if found.ways or not found.flagged or not found.tried:
                continue
            lever, most = found.tried[0]
            figures = [pulled(board.evidence[team].figures, [(lever, float(number))], kent.figures) for number in range(most + 1)]
            outcomes = [board.of_one(team, Settings(1, held)) for held in figures]
            rules = [cells.held[0].rules(tuple(int(truth) for truth in on[:, 0])) for _, cells, on in outcomes]
            flagging = [{rule for rule in held if kent.levels.flagged(kent.risk[rule].level)} for held in rules]
            least = min(int(outcome.rank[0]) for outcome, _, _ in outcomes)
            assert len(found.still) == min(len(held) for held, (outcome, _, _) in zip(flagging, outcomes, strict=True) if outcome.rank[0] == least)
            ended += str(facts.rules["R3"]) == "met" and "R3" not in found.still
    assert ended


def test_better_answers_clear_what_answers_made(kent: RulePack) -> None:
    cleared = 0
    for seed in range(40):
        board = Board(kent, county(kent, f"said{seed}", 4, missing=0), QUARTER)
        for team in board.teams:
            found = clear(board, team, Costs({}, answer=1.0), [ANSWERS])
            for way in found.ways:
                cleared += 1
                assert way.answers and way.cost == len(way.answers)
    assert cleared


def test_what_there_is_not_can_t_be_tried(kent: RulePack) -> None:
    board = Board(kent, county(kent, "names", 3), QUARTER)
    with pytest.raises(WhatIfError, match="nothing called 'magic'"):
        clear(board, next(iter(board.teams)), None, ["magic"])
    with pytest.raises(WhatIfError, match="has no cost"):
        clear(board, next(iter(board.teams)), None, ["referral_fewer"])


def test_what_could_be_told_is_no_turn(kent: RulePack) -> None:
    """A level that can be told after a change, or no longer, is listed apart and never as a nearest turn."""
    told = 0
    for seed in range(12):
        board = Board(kent, county(kent, f"told{seed}", 6, missing=0.35), QUARTER)
        for tips in tipping(board):
            unknown = tips.level == kent.levels.insufficient.id
            assert not (unknown and (tips.up or tips.down))
            told += len(tips.told)
            assert all((tip.level == kent.levels.insufficient.id) is not unknown for tip in tips.told)
    assert told
