"""Settings by the thousand come out as each of them would by the strata alone."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from springtide.batch.bearing import BOTH_ENDS, figures_read, questions_read, threshold_counts
from springtide.batch.cells import Board, Settings
from springtide.logic.answers import NO_ANSWER
from springtide.logic.model import RulePack
from springtide.logic.scoring import facts_of, verdict_of, work_out
from springtide.logic.truth import Truth

from .. import random_cases
from .counties import QUARTER, county

SIZE = 60


def one_by_one(board: Board, settings: dict[str, Settings]) -> dict[str, list[tuple[str, str, int, int]]]:
    """Each setting scored by itself, with nothing shared."""
    found: dict[str, list[tuple[str, str, int, int]]] = {team: [] for team in board.teams}
    for setting in range(SIZE):
        evidence = dict(board.evidence)
        limits = dict(board.thresholds)
        for team, held in settings.items():
            answers = {question: choices[int(which[setting])] for question, (choices, which) in held.answers.items()}
            evidence[team] = replace(evidence[team], figures=held.figures_in(setting), answers=evidence[team].answers | answers)
            limits |= {name: float(np.asarray(value)[setting]) for name, value in held.thresholds.items()}
        facts = facts_of(board.pack, limits, board.teams.values(), evidence, board.quarter, {})
        work_out(board.pack, limits, board.teams.values(), facts)
        for team, one in facts.items():
            verdict = verdict_of(one)
            found[team].append((verdict.level, verdict.could_be, verdict.score.low, verdict.score.high))
    return found


def random_settings(board: Board, rng: Random, figures: tuple[str, ...], questions: tuple[str, ...]) -> dict[str, Settings]:
    limits = {name: np.array([board.thresholds[name] * rng.choice((0.9, 1, 1.1)) for _ in range(SIZE)]) for name in board.thresholds if not threshold_counts(board.pack, name)}
    found = {}
    for team in board.teams:
        held: dict[str, object] = dict(board.evidence[team].figures)
        for name in rng.sample(figures, min(6, len(figures))):
            value = board.evidence[team].figures.get(name, 3.0)
            held[name] = np.array([rng.choice((value, value + 1, max(value - 1, 0), value * rng.random() * 2, 0.0, float("nan"))) for _ in range(SIZE)])
        answers = {question: ((NO_ANSWER, *BOTH_ENDS), np.array([rng.randrange(3) for _ in range(SIZE)])) for question in rng.sample(questions, min(3, len(questions)))}
        found[team] = Settings(SIZE, held, limits, answers)  # type: ignore[arg-type]
    return found


def compared(board: Board, settings: dict[str, Settings]) -> None:
    outcomes = board.of_all(settings)
    expected = one_by_one(board, settings)
    for team, outcome in outcomes.items():
        found = [(board.levels[a], board.levels[b], int(c), int(d)) for a, b, c, d in zip(outcome.level, outcome.could_be, outcome.points, outcome.most_points, strict=True)]
        assert found == expected[team]


@pytest.mark.parametrize("seed", range(12))
def test_settings_come_out_as_each_by_itself(kent: RulePack, seed: int) -> None:
    board = Board(kent, county(kent, f"B{seed}", 4), QUARTER)
    compared(board, random_settings(board, Random(seed), figures_read(kent), questions_read(kent)))


@pytest.mark.parametrize("seed", range(40))
def test_of_any_pack(seed: int) -> None:
    """Packs with every kind of rule, drawn at random: what a setting reads and what it comes to are not Kent's alone."""
    rng = Random(f"cells {seed}")
    pack = random_cases.random_pack(rng)
    evidence = random_cases.random_evidence(rng, pack, 4)
    board = Board(pack, evidence, random_cases.QUARTER)
    compared(board, random_settings(board, rng, figures_read(pack), questions_read(pack)))


def test_other_teams_bear_on_a_team_through_the_county_only(kent: RulePack) -> None:
    board = Board(kent, county(kent, "alone", 5, missing=0), QUARTER)
    team, *others = board.teams
    outcome, cells, on = board.of_one(team, board.settings(team))
    assert outcome.rank[0] == kent.levels.rank(board.verdicts[team].level)
    assert [Truth(int(truth)) for truth in on[:, 0]] == [board.facts[team].county[name] for name in board.pressures]
    assert others and len(cells.held) == 1
