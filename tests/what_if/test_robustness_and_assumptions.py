"""Shares of settings are what trying each setting by itself comes to, and so is what each assumption drives."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, product

import pytest

from springtide.batch import robustness as module
from springtide.batch.bearing import BOTH_ENDS, same_day_figures, threshold_counts
from springtide.batch.cells import Board
from springtide.batch.robustness import Dimension, Robustness, robustness
from springtide.logic.facts import Evidence
from springtide.logic.model import RulePack
from springtide.logic.scoring import facts_of, verdict_of, work_out
from springtide.reports.what_if.robustness import _share
from springtide.what_if.assumptions import assumptions

from ..history.quarters import quarters_of
from .counties import QUARTER, county


def level_with(board: Board, team: str, picked: Iterable[tuple[Dimension, int]]) -> str:
    """One setting by itself: everybody's thresholds, the team's own counts and unknowns."""
    limits, figures, answers = dict(board.thresholds), dict(board.evidence[team].figures), dict(board.evidence[team].answers)
    for one, place in picked:
        if one.kind == "threshold":
            limits[one.name] = one.values[place]
        elif one.kind == "count":
            figures[one.name] = one.values[place]
        elif one.name in board.pack.questions:
            answers[one.name] = BOTH_ENDS[place]
        elif one.kind == "not known":
            for name in one.name.split():
                worse = (board.pack.measures.get(name) or board.pack.figures[name]).worse_when
                figures[name] = math.inf if (place == 1) == (worse == "higher") else -math.inf
    for name, figure in board.pack.figures.items():
        if figure.at_most in figures and name in figures:
            figures[name] = min(figures[name], figures[figure.at_most])
    evidence: dict[str, Evidence] = board.evidence | {team: replace(board.evidence[team], figures=figures, answers=answers)}
    facts = facts_of(board.pack, limits, board.teams.values(), evidence, board.quarter, {})
    work_out(board.pack, limits, board.teams.values(), facts)
    return verdict_of(facts[team]).level


def test_the_share_is_what_trying_each_setting_comes_to(kent: RulePack) -> None:
    tried = 0
    for seed in range(60):
        board = Board(kent, next(iter(quarters_of(kent, f"share {seed}", quarters=1, teams=7))), QUARTER)
        for found in robustness(board):
            dimensions = found.turns_on
            if found.of > 250 or found.of < 3 or any(one.kind == "county" for one in dimensions):
                continue
            tried += 1
            levels = [level_with(board, found.team, zip(dimensions, places, strict=True)) for places in product(*(range(len(one.values)) for one in dimensions))]
            assert found.exact and found.settings == len(levels) and found.error == 0
            assert found.share == pytest.approx(sum(map(kent.levels.flagged, levels)) / len(levels))
            assert sum(found.levels.values()) == pytest.approx(1)
        if tried > 12:
            return
    raise AssertionError(tried)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_to_turn_on_nothing_turns_on_nothing(kent: RulePack, seed: int) -> None:
    """Every threshold and count that is not among those in play, moved by itself, leaves the level as it is."""
    board = Board(kent, county(kent, f"P{seed}", 4, missing=0), QUARTER)
    for found in islice(robustness(board), 2):
        playing = {(one.kind, one.name) for one in found.turns_on}
        others = [module._threshold(board, name) for name in kent.thresholds if not threshold_counts(kent, name) and ("threshold", name) not in playing]
        at_once = same_day_figures(kent)
        others += [module._count(name, value) for name, value in board.evidence[found.team].figures.items()
                   if name in kent.figures and kent.figures[name].unit in ("posts", "cases", "count") and ("count", name) not in playing and name not in at_once]  # fmt: skip
        for one in others:
            for place in range(1, len(one.values)):
                assert level_with(board, found.team, [(one, place)]) == found.level


def test_drawn_shares_lie_within_their_error(kent: RulePack, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(kent, county(kent, "drawn", 12, missing=0.02), QUARTER)
    exact = {one.team: one for one in robustness(board) if one.exact and one.of > 1}
    monkeypatch.setattr(module, "_MOST_SETTINGS", 1)
    drawn: dict[str, Robustness] = {one.team: one for one in robustness(board)}
    far = [team for team, one in exact.items() if abs(drawn[team].share - one.share) > 1.5 * drawn[team].error]
    assert exact and not far
    assert {one.team: one.share for one in robustness(board)} == {team: one.share for team, one in drawn.items()}  # the same draw again


def test_what_was_never_drawn_is_not_said_to_be_certain(kent: RulePack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 20,000 draws that all come out alike, up to three in 20,000 settings may still be otherwise."""
    board = Board(kent, county(kent, "drawn", 12, missing=0.02), QUARTER)
    monkeypatch.setattr(module, "_MOST_SETTINGS", 1)
    alike = [one for one in robustness(board) if one.share in (0, 1) and not one.exact]
    assert alike and all(one.error == pytest.approx(0.00015) for one in alike)
    assert all("± 0.0 points" not in _share(one) for one in alike)


def test_what_decides_does_so_by_itself(kent: RulePack) -> None:
    decided = 0
    for seed in range(8):
        board = Board(kent, county(kent, f"D{seed}", 5), QUARTER)
        for found in robustness(board):
            for one, says in found.decides:
                if one.kind != "county":
                    decided += 1
                    assert kent.levels.flagged(level_with(board, found.team, [(one, one.says.index(says))])) != found.flagged
    assert decided


def test_a_team_that_nothing_is_known_of_turns_on_what_is_missing(kent: RulePack) -> None:
    board = Board(kent, county(kent, "gone", 5, missing=0.9), QUARTER)
    for found in robustness(board):
        assert any(one.kind == "not known" for one in found.turns_on)
        assert 0 <= found.share <= 1


@pytest.mark.parametrize("seed", range(3))
def test_an_assumption_drives_what_scoring_without_it_shows(kent: RulePack, seed: int) -> None:
    board = Board(kent, county(kent, f"A{seed}", 6, missing=0), QUARTER)
    found = {(one.kind, one.name): one for one in assumptions(board)}
    assert [one.drives for one in found.values()] == sorted((one.drives for one in found.values()), reverse=True)
    for name in ("vacancy_rate_present", "caseload_severe", "most_teams", "families_for_elevated"):
        for shift in found["threshold", name].shifts:
            value = board.thresholds[name]
            step = 1.0 if threshold_counts(kent, name) else 0.1 * value
            limits = board.thresholds | {name: value + (step if shift.says.endswith("higher") else -step)}
            facts = facts_of(kent, limits, board.teams.values(), board.evidence, QUARTER, {})
            work_out(kent, limits, board.teams.values(), facts)
            assert set(shift.moved) == {team for team, held in facts.items() if verdict_of(held).level != board.verdicts[team].level}
    lost = next(shift for shift in found["figure", "vacant_posts"].shifts if shift.says == "not supplied")
    evidence = {team: replace(held, figures={name: value for name, value in held.figures.items() if name != "vacant_posts"}) for team, held in board.evidence.items()}
    facts = facts_of(kent, board.thresholds, board.teams.values(), evidence, QUARTER, {})
    work_out(kent, board.thresholds, board.teams.values(), facts)
    assert set(lost.moved) == {team for team, held in facts.items() if verdict_of(held).level != board.verdicts[team].level}
    assert not lost.flagged  # losing a value raises no level (promise 6)
