"""Which input and which threshold the flags of a county rest on most: each moved a little by itself, in every team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..batch.arithmetic import Ints, Numbers, lesser_known
from ..batch.bearing import (
    BOTH_ENDS,
    TENTH,
    figures_read,
    is_counted,
    questions_read,
    same_day_figures,
    threshold_counts,
    thresholds_read,
)
from ..batch.cells import Board, Settings
from ..logic.answers import NO_ANSWER, Answer
from ..logic.levers import within_wholes
from ..logic.scoring import facts_of, verdict_of, work_out

Kind = Literal["threshold", "figure", "answer"]


@dataclass(frozen=True)
class Shift:
    """One input or threshold moved, and the teams that it flags then or flags no longer; `moved` have another level."""

    says: str
    flagged: tuple[str, ...]
    cleared: tuple[str, ...]
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Assumption:
    """An input or threshold with what each of its shifts does. `drives` is how many teams' flags any of them changes."""

    kind: Kind
    name: str
    shifts: tuple[Shift, ...]

    @property
    def drives(self) -> int:
        return len({team for shift in self.shifts for team in (*shift.flagged, *shift.cleared)})

    @property
    def moves(self) -> int:
        return len({team for shift in self.shifts for team in shift.moved})


def assumptions(board: Board) -> tuple[Assumption, ...]:
    """Every threshold a tenth either way (one, where it is a number of things), every figure likewise, every answer turned.

    Each by itself, in every team at once, and each figure and answer as if it had not been supplied. What drives most
    flags comes first, and of those that drive as many what moves most levels.
    """
    found = [*_thresholds(board), *_inputs(board)]
    return tuple(sorted(found, key=lambda one: (-one.drives, -one.moves)))


def _thresholds(board: Board) -> Iterator[Assumption]:
    pack = board.pack
    for name in thresholds_read(pack):
        value = board.thresholds[name]
        step = 1.0 if threshold_counts(pack, name) else TENTH * abs(value)
        words = ("one lower", "one higher") if threshold_counts(pack, name) else ("a tenth lower", "a tenth higher")
        shifts = []
        for said, moved in zip(words, (value - step, value + step), strict=True):
            if moved > 0 or not threshold_counts(pack, name):  # "none or more" is met by everyone
                shifts.append(_shift(board, said, _levels_with(board, board.thresholds | {name: moved})))
        yield Assumption("threshold", name, tuple(shifts))


def _levels_with(board: Board, thresholds: dict[str, float]) -> dict[str, str]:
    """Every team's level with other thresholds."""
    teams = list(board.teams.values())
    facts = facts_of(board.pack, thresholds, teams, board.evidence, board.quarter, {})
    work_out(board.pack, thresholds, teams, facts)
    return {team: verdict_of(held).level for team, held in facts.items()}


def _shift(board: Board, says: str, levels: dict[str, str]) -> Shift:
    declared = board.pack.levels
    before = {team: verdict.level for team, verdict in board.verdicts.items()}
    return Shift(
        says,
        tuple(team for team in before if declared.flagged(levels[team]) and not declared.flagged(before[team])),
        tuple(team for team in before if declared.flagged(before[team]) and not declared.flagged(levels[team])),
        tuple(team for team in before if levels[team] != before[team]),
    )


def _inputs(board: Board) -> Iterator[Assumption]:
    """All figures and answers at once, each in settings of its own."""
    pack = board.pack
    figures = [name for name in figures_read(pack) if any(name in board.evidence[team].figures for team in board.teams)]
    asked = questions_read(pack)
    size = 3 * (len(figures) + len(asked))
    settings = {team: _moved_inputs(board, team, figures, asked, size) for team in board.teams}
    outcomes = board.of_all(settings)
    for place, (kind, name) in enumerate([*(("figure", name) for name in figures), *(("answer", name) for name in asked)]):
        words = _words(board, name) if kind == "figure" else ("favourable everywhere", "adverse everywhere")
        shifts = []
        for number, said in enumerate((*words, "not supplied")):
            levels = {team: board.levels[int(outcomes[team].level[3 * place + number])] for team in board.teams}
            shifts.append(_shift(board, said, levels))
        yield Assumption("figure" if kind == "figure" else "answer", name, tuple(shifts))


def _words(board: Board, name: str) -> tuple[str, str]:
    return ("one fewer everywhere", "one more everywhere") if is_counted(board.pack, name) else ("a tenth less everywhere", "a tenth more everywhere")


def _moved_inputs(board: Board, team: str, figures: list[str], asked: tuple[str, ...], size: int) -> Settings:
    held, at_once = board.evidence[team], same_day_figures(board.pack)
    changed: dict[str, Numbers] = dict(held.figures)
    for place, name in enumerate(figures):
        if name not in held.figures:
            continue
        value = held.figures[name]
        step = 1.0 if is_counted(board.pack, name) else TENTH * abs(value)
        column = np.full(size, value, dtype=np.float64)
        more = value if name in at_once and value < 1 else value + step
        column[3 * place : 3 * place + 3] = max(value - step, 0.0), more, np.nan
        changed[name] = column
    answers: dict[str, tuple[tuple[Answer, ...], Ints]] = {}
    for place, question in enumerate(asked, len(figures)):
        if question in held.answers:
            which = np.zeros(size, dtype=np.int64)
            which[3 * place : 3 * place + 3] = 1, 2, 3
            answers[question] = (held.answers[question], *BOTH_ENDS, NO_ANSWER), which
    return Settings(size, within_wholes(changed, figures, board.pack.figures, lesser_known), answers=answers)
