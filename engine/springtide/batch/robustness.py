"""How firmly a team is flagged: in what share of plausible settings it is, and what by itself would decide it.

Plausible are thresholds a tenth either way, each count one more or fewer, and what is not known at both ends, each by
itself and all together. Exact where there are not too many settings; else drawn, with the error that this has. None
counted of what calls for an answer the same day stays none: one more would flag any team (`same_day_figures`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..logic.answers import Answer
from ..logic.conditions import MeasureTest
from ..logic.levers import within_wholes
from ..logic.truth import Truth
from .arithmetic import Bools, Floats, Ints, Numbers, lesser_known
from .bearing import (
    BOTH_ENDS,
    TENTH,
    figures_read,
    is_counted,
    leaves_behind,
    questions_read,
    same_day_figures,
    threshold_counts,
)
from .cells import Board, Cells, Outcome, Settings
from .following import figures_behind

_MOST_SETTINGS = 60_000
_DRAWN = 20_000
_SEED = 2009
_WIDTH = 1.96  # standard errors on either side, within which the true share lies in 95 of 100 draws
_NEVER_DRAWN = 3.0  # what is never drawn, in so many draws, is in 95 of 100 cases no more than three of as many

Kind = Literal["threshold", "count", "not known", "county"]


@dataclass(frozen=True)
class Dimension:
    """One thing that may be a little other than it is taken to be; the first of its `values` is as it is.

    `says` has each value in words. Of what is not known, there is no value as it is, and every one counts.
    """

    kind: Kind
    name: str
    values: tuple[float, ...]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Robustness:
    """In what share of settings a team is flagged, and at each level; `error` is nought where all were tried.

    `decides` are the things that by themselves, all else as it is, would flag the team or clear it, with how. `at_best` and
    `at_worst` are the shares with all that is not known at its best, and at its worst; None where all is known.
    """

    team: str
    level: str
    flagged: bool
    share: float
    error: float
    settings: int
    of: float
    levels: Mapping[str, float]
    turns_on: tuple[Dimension, ...]
    decides: tuple[tuple[Dimension, str], ...]
    at_best: float | None = None
    at_worst: float | None = None

    @property
    def exact(self) -> bool:
        return self.settings == self.of


class _Surroundings:
    """How many other teams each county pressure affects, for each setting of the thresholds that bear on it."""

    def __init__(self, board: Board):
        self.board = board
        pack = board.pack
        leaves = {leaf for pressure in pack.county_pressures.values() for leaf in leaves_behind(pack, pressure.affected)}
        names = [leaf.threshold for leaf in leaves if isinstance(leaf, MeasureTest)]
        names += [pressure.most for pressure in pack.county_pressures.values()]
        self.thresholds = tuple(name for name in pack.thresholds if name in set(names) and not threshold_counts(pack, name))
        self.shape = (3,) * len(self.thresholds)
        self.size = 3 ** len(self.thresholds)
        values = np.indices(self.shape).reshape(len(self.thresholds), -1)
        limits = {name: np.array(_moved(board.thresholds[name]))[values[place]] for place, name in enumerate(self.thresholds)}
        self.cells = {team: board.cells(team, Settings(self.size, board.evidence[team].figures, limits)) for team in board.teams}
        self.limits = limits
        self._counts = {area: self._counted(teams) for area, teams in board.areas.items()}

    def _counted(self, teams: Sequence[str]) -> tuple[Ints, Ints]:
        proved = np.zeros((len(self.board.pressures), self.size), dtype=np.int64)
        possible = proved.copy()
        for team in teams:
            for number in range(len(self.board.pressures)):
                truths = self.cells[team].affected(number)
                proved[number] += truths == Truth.MET
                possible[number] += truths != Truth.NOT_MET
        return proved, possible

    def on(self, team: str, at: Ints, own: Cells) -> Ints:
        """How far each county pressure is on, at these settings of the thresholds and with the team as it is in each."""
        area = self.board.teams[team].county
        proved, possible = self._counts[area]
        found = np.empty((len(self.board.pressures), at.size), dtype=np.int64)
        limits = {name: held[at] for name, held in self.limits.items()}
        for number, name in enumerate(self.board.pressures):
            here, now = self.cells[team].affected(number)[at], own.affected(number)
            affected = proved[number][at] - (here == Truth.MET) + (now == Truth.MET)
            could = possible[number][at] - (here != Truth.NOT_MET) + (now != Truth.NOT_MET)
            found[number] = self.board.majority(area, name, affected, could, limits)
        return found

    def in_play(self, team: str) -> set[str]:
        """The thresholds at which a county pressure is another, whichever way this team itself falls."""
        area = self.board.teams[team].county
        found: set[str] = set()
        for number, name in enumerate(self.board.pressures):
            proved, possible = self._counts[area]
            here = self.cells[team].affected(number)
            others, could = proved[number] - (here == Truth.MET), possible[number] - (here != Truth.NOT_MET)
            limit = self.board.most_of(area, name, self.limits)
            for held in (others > limit, others + 1 > limit, could > limit, could + 1 > limit):
                table: Bools = np.broadcast_to(held, (self.size,)).reshape(self.shape)
                found.update(threshold for axis, threshold in enumerate(self.thresholds) if np.any(table != np.take(table, [0], axis=axis)))
        return found


def robustness(board: Board, teams: Iterable[str] | None = None, progress: Callable[[str], None] = lambda team: None) -> tuple[Robustness, ...]:
    """For each team, the share of plausible settings in which it is flagged; the thresholds are everybody's, the counts its own.

    `progress` is told of each team when it is done.
    """
    around, found = _Surroundings(board), []
    for team in board.teams if teams is None else teams:
        found.append(_of_team(board, team, around))
        progress(team)
    return tuple(found)


def _of_team(board: Board, team: str, around: _Surroundings) -> Robustness:
    dimensions = _in_play(board, team, around)
    of = float(math.prod(len(one.values) for one in dimensions))
    picked = _picked([len(one.values) for one in dimensions])
    outcome = _outcome(board, team, around, dimensions, picked)
    flagged_from = board.pack.levels.rank(board.pack.levels.flagged_from)
    flagged = outcome.rank >= flagged_from
    share = float(np.mean(flagged))
    error = 0.0 if of <= _MOST_SETTINGS else max(_WIDTH * math.sqrt(share * (1 - share) / _DRAWN), _NEVER_DRAWN / _DRAWN)
    level = board.verdicts[team].level
    levels = {board.levels[place]: float(np.mean(outcome.level == place)) for place in np.unique(outcome.level)}
    return Robustness(team, level, board.pack.levels.flagged(level), share, error, picked.shape[1], of, levels, tuple(dimensions),
                      tuple(_deciding(board, team, around, dimensions, flagged_from)),
                      *(_share_at(board, team, around, dimensions, end) for end in (0, 1)))  # fmt: skip


def _picked(lengths: Sequence[int]) -> Ints:
    """Every setting, as the place of each dimension's value in it; where there are too many, those that are drawn."""
    if math.prod(lengths) <= _MOST_SETTINGS:
        return np.indices(lengths).reshape(len(lengths), -1) if lengths else np.zeros((0, 1), dtype=np.int64)
    draw = np.random.default_rng(_SEED)
    return np.stack([draw.integers(0, length, _DRAWN) for length in lengths])


def _share_at(board: Board, team: str, around: _Surroundings, dimensions: Sequence[Dimension], end: int) -> float | None:
    """The share flagged with all that can't be known at one of its ends; None where there is nothing of that kind."""
    unknown = [one.kind in ("not known", "county") for one in dimensions]
    if not any(unknown):
        return None
    picked = _picked([1 if held else len(one.values) for one, held in zip(dimensions, unknown, strict=True)])
    picked = np.where(np.array(unknown)[:, None], end, picked)
    return float(np.mean(_outcome(board, team, around, dimensions, picked).rank >= board.pack.levels.rank(board.pack.levels.flagged_from)))


def _deciding(board: Board, team: str, around: _Surroundings, dimensions: Sequence[Dimension], flagged_from: int) -> Iterable[tuple[Dimension, str]]:
    """What by itself makes the flag another; what is not known stays unknown but for the one."""
    flagged = board.pack.levels.flagged(board.verdicts[team].level)
    for dimension in dimensions:
        picked = np.arange(len(dimension.values)).reshape(1, -1)
        outcome = _outcome(board, team, around, [dimension], picked)
        for place in range(len(dimension.values)):
            if bool(outcome.rank[place] >= flagged_from) != flagged:
                yield dimension, dimension.says[place]


def _outcome(board: Board, team: str, around: _Surroundings, dimensions: Sequence[Dimension], picked: Ints) -> Outcome:
    size = picked.shape[1]
    held = {(one.kind, one.name): (one, picked[place]) for place, one in enumerate(dimensions)}
    cells = board.cells(team, _settings(board, team, dimensions, picked))
    at = np.zeros(size, dtype=np.int64)
    for name in around.thresholds:
        one = held.get(("threshold", name))
        at = at * 3 + (one[1] if one else 0)
    on = around.on(team, at, cells)
    for number, name in enumerate(board.pressures):
        told = held.get(("county", name))
        if told is not None:
            on[number] = np.where(on[number] == Truth.CANNOT_TELL, np.array(told[0].values, dtype=np.int64)[told[1]], on[number])
    return board.outcome(cells, on)


def _settings(board: Board, team: str, dimensions: Sequence[Dimension], picked: Ints) -> Settings:
    figures: dict[str, Numbers] = dict(board.evidence[team].figures)
    limits: dict[str, Numbers] = {}
    answers: dict[str, tuple[tuple[Answer, ...], Ints]] = {}
    for one, which in zip(dimensions, picked, strict=True):
        if one.kind == "threshold":
            limits[one.name] = np.array(one.values)[which]
        elif one.kind == "count":
            figures[one.name] = np.array(one.values)[which]
        elif one.kind == "not known" and one.name in board.pack.questions:
            answers[one.name] = BOTH_ENDS, which
        elif one.kind == "not known":
            for name in one.name.split():
                figures[name] = _ends(board, name)[which]
    counted = [one.name for one in dimensions if one.kind == "count"]
    return Settings(picked.shape[1], within_wholes(figures, counted, board.pack.figures, lesser_known), limits, answers)


def _ends(board: Board, name: str) -> Floats:
    """The best that something not known could be, and the worst."""
    held = board.pack.measures.get(name) or board.pack.figures[name]
    return np.array([math.inf, -math.inf] if held.worse_when == "lower" else [-math.inf, math.inf])


def _in_play(board: Board, team: str, around: _Surroundings) -> list[Dimension]:
    """What may be another and could make a difference: comparisons that come out the same throughout turn on nothing."""
    pack, evidence = board.pack, board.evidence[team]
    limits = {name: _threshold(board, name) for name in pack.thresholds if not threshold_counts(pack, name)}
    at_once = same_day_figures(pack)
    counts = {
        name: _count(name, evidence.figures[name])
        for name in figures_read(pack)
        if name in evidence.figures and is_counted(pack, name) and not (name in at_once and evidence.figures[name] < 1)
    }
    playing: dict[tuple[Kind, str], Dimension] = {}
    for leaf in board.comparisons:
        own = [limits[leaf.threshold]] if leaf.threshold in limits else []
        own += [counts[name] for name in sorted(figures_behind(pack, leaf.measure)) if name in counts]
        if not own or board.facts[team].value(leaf.measure) is None:
            continue
        picked = np.indices([len(one.values) for one in own]).reshape(len(own), -1)
        truths = np.asarray(board.truths_of(team, _settings(board, team, own, picked), leaf))
        if truths.ndim and np.any(truths != truths[0]):
            playing |= {(one.kind, one.name): one for one in own}
    playing |= {("threshold", name): limits[name] for name in around.in_play(team)}
    playing |= {("not known", one.name): one for one in _unknown(board, team)}
    for name, truth in board.facts[team].county.items():
        if truth is Truth.CANNOT_TELL:
            playing["county", name] = Dimension("county", name, (float(Truth.NOT_MET), float(Truth.MET)), ("off", "on"))
    return list(playing.values())


def _threshold(board: Board, name: str) -> Dimension:
    values = _moved(board.thresholds[name])
    return Dimension("threshold", name, values, ("as it is", "a tenth lower", "a tenth higher"))


def _moved(value: float) -> tuple[float, float, float]:
    return value, value - TENTH * abs(value), value + TENTH * abs(value)


def _count(name: str, value: float) -> Dimension:
    if value < 1:
        return Dimension("count", name, (value, value + 1), ("as it is", "one more"))
    return Dimension("count", name, (value, value - 1, value + 1), ("as it is", "one fewer", "one more"))


def _unknown(board: Board, team: str) -> Iterable[Dimension]:
    """What was not supplied and a level can turn on, at its best and its worst; measures that lack the same figure together."""
    pack, facts = board.pack, board.facts[team]
    lacking: list[tuple[set[str], list[str]]] = []
    for name in dict.fromkeys(leaf.measure for leaf in board.comparisons):
        held = pack.measures.get(name) or pack.figures[name]
        if facts.value(name) is not None or held.worse_when == "neither":
            continue
        wanted = {part for part in figures_behind(pack, name) if facts.value(part) is None}
        joined = [one for one in lacking if one[0] & wanted]
        lacking = [one for one in lacking if one not in joined]
        lacking.append((wanted.union(*(one[0] for one in joined)), [*(part for one in joined for part in one[1]), name]))
    for _, names in lacking:
        yield Dimension("not known", " ".join(names), (0.0, 1.0), ("at its best", "at its worst"))
    for question in questions_read(pack):
        answer = facts.evidence.answer(question)
        if not answer.is_adverse.known or not answer.is_favourable.known:
            yield Dimension("not known", question, (0.0, 1.0), ("favourable", "adverse"))
