"""Many settings of a quarter at once: teams scored over arrays of figures, each distinct case by the strata once.

A level follows from which comparisons hold and which answers are adverse. So the comparisons are made over whole arrays;
each condition is judged once for each way in which what it reads can come out; settings in which every finding is the same
are one cell, and a cell's level is worked out once. All judging is that of `logic`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

import numpy as np

from ..evidence.records import EvidenceSet
from ..logic import conditions as c
from ..logic.answers import Answer
from ..logic.facts import Facts, Grade, SupervisionState
from ..logic.judge import truth_of
from ..logic.levers import Lever
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.scoring import facts_of, verdict_of, work_out
from ..logic.strata import Verdict, add_rules
from ..logic.truth import Truth
from .arithmetic import Ints, Numbers, at, computed
from .following import Followed, followed, moved

Truths = Union[int, Ints]  # met, not met or cannot tell, in every setting or setting by setting
_DIGITS = 39  # truths with three values that fit into one whole number of 64 bits


@dataclass(frozen=True)
class Settings:
    """What one team's evidence and the thresholds are in each of `size` settings.

    `figures` are all that are known, and take the place of the team's own; what is not a number is not supplied.
    `thresholds` and `answers` are only those that are not as they are: of an answer, the choices there are and which of
    them it is in each setting. Thresholds that say how many it takes can't be among them.
    """

    size: int
    figures: Mapping[str, Numbers]
    thresholds: Mapping[str, Numbers] = field(default_factory=dict)
    answers: Mapping[str, tuple[tuple[Answer, ...], Ints]] = field(default_factory=dict)

    def figures_in(self, setting: int) -> dict[str, float]:
        """What is known in one setting; what is not a number there is not known."""
        found = {name: at(value, setting) for name, value in self.figures.items()}
        return {name: value for name, value in found.items() if value == value}


class Cell:
    """Settings of a team in which every finding of its own is the same: pressures, affected, supervision."""

    def __init__(self, facts: Facts, pressures: tuple[str, ...]):
        self.facts = facts
        self.affected = tuple(facts.affected[name] for name in pressures)
        self._pressures = pressures
        self._verdicts: dict[tuple[int, ...], tuple[Verdict, frozenset[str]]] = {}

    def verdict(self, on: tuple[int, ...]) -> Verdict:
        """What it comes to with these county pressures on, in the pack's order."""
        return self._found(on)[0]

    def rules(self, on: tuple[int, ...]) -> frozenset[str]:
        """The risk rules that are met then."""
        return self._found(on)[1]

    def _found(self, on: tuple[int, ...]) -> tuple[Verdict, frozenset[str]]:
        if on not in self._verdicts:
            self.facts.county = {name: Truth(truth) for name, truth in zip(self._pressures, on, strict=True)}
            add_rules(self.facts)
            self._verdicts[on] = verdict_of(self.facts), frozenset(name for name, truth in self.facts.rules.items() if truth is Truth.MET)
        return self._verdicts[on]


@dataclass(frozen=True)
class Cells:
    """The cells of one team, and in which of them each setting lies."""

    held: tuple[Cell, ...]
    places: Ints

    def affected(self, pressure: int) -> Ints:
        """How far the team is affected by a county pressure, setting by setting."""
        return np.array([cell.affected[pressure] for cell in self.held], dtype=np.int64)[self.places]


@dataclass(frozen=True)
class Outcome:
    """What one team comes to in each setting: places in the board's levels, ranks and points."""

    level: Ints
    could_be: Ints
    rank: Ints
    could_be_rank: Ints
    points: Ints
    most_points: Ints


class Board:
    """A quarter of a county as it is, to be asked what it would be in many settings.

    Raises:
        LookupError: the pack has no thresholds for the quarter.
    """

    def __init__(self, pack: RulePack, evidence: EvidenceSet, quarter: Quarter):
        self.pack, self.quarter = pack, quarter
        self.thresholds = pack.values(quarter)
        listed = evidence.as_of(quarter)
        self.teams = {team.id: team for team in listed.teams}
        self.evidence = {team.id: listed.of(pack, team.id, quarter) for team in listed.teams}
        self.facts = facts_of(pack, self.thresholds, listed.teams, self.evidence, quarter, {})
        work_out(pack, self.thresholds, listed.teams, self.facts)
        self.verdicts = {team: verdict_of(held) for team, held in self.facts.items()}
        self.levels = (*(level.id for level in pack.levels.levels), pack.levels.insufficient.id)
        self.ranks = np.array([pack.levels.rank(level) for level in self.levels])
        self.pressures = tuple(pack.county_pressures)
        self.areas: dict[str, list[str]] = {}
        for team in listed.teams:
            self.areas.setdefault(team.county, []).append(team.id)
        self._affected = {(area, name): self._counted(teams, name) for area, teams in self.areas.items() for name in self.pressures}
        self._leaves = tuple(leaf for leaf in pack.level_leaves if isinstance(leaf, (c.MeasureTest, c.AnswerTest)))
        self._conditions = tuple(_conditions(pack, self._leaves))
        own = {leaf for rule in pack.risk.values() for leaf in c.walk(rule.when)}
        self._read_by_rules = tuple(place for place, leaf in enumerate(self._leaves) if leaf in own)
        self._how_many = how_many(pack)
        self._following: dict[str, tuple[Followed, ...]] = {}
        self._judged: dict[tuple[str, bytes], int] = {}
        self._cells: dict[bytes, Cell] = {}

    def following(self, team: str) -> tuple[Followed, ...]:
        """The measures supplied for a team that follow when what they are made of changes."""
        if team not in self._following:
            self._following[team] = followed(self.pack, self.evidence[team].figures)
        return self._following[team]

    def moved(self, team: str, pulls: Sequence[tuple[Lever, Numbers]], placed: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None) -> dict[str, Numbers]:
        """A team's figures after so many units of each lever, with all that follows."""
        return moved(self.pack, self.evidence[team].figures, pulls, self.following(team), placed or {})

    def settings(self, team: str, size: int = 1) -> Settings:
        """A team as it is, in every setting."""
        return Settings(size, self.evidence[team].figures)

    def cells(self, team: str, settings: Settings) -> Cells:
        """The distinct cases among a team's settings, each scored once."""
        if not self._how_many.isdisjoint(settings.thresholds):
            raise ValueError(f"settings can't vary how many it takes: {', '.join(self._how_many & settings.thresholds.keys())}")
        truths = self._truths(team, settings)
        found = self._findings(team, settings, truths)
        parts = [*found.values(), *(truths[place] for place in self._read_by_rules)]
        first, places = _distinct(parts, settings.size)
        held = []
        for setting in first:
            signature = bytes(_in(part, setting) for part in parts)
            if signature not in self._cells:
                self._cells[signature] = Cell(self._facts_in(team, settings, setting, found), self.pressures)
            held.append(self._cells[signature])
        return Cells(tuple(held), places)

    def _findings(self, team: str, settings: Settings, truths: list[Truths]) -> dict[str, Truths]:
        """Every finding that the team's own evidence decides, setting by setting, stratum upon stratum."""
        found: dict[str, Truths] = {}
        for one in self._conditions:
            parts = [*(truths[place] for place in one.leaves), *(found[name] for name in one.findings)]
            first, places = _distinct(parts, settings.size)
            judged = []
            for setting in first:
                key = one.name, bytes(_in(part, setting) for part in parts)
                if key not in self._judged:
                    self._judged[key] = int(truth_of(one.condition, self._facts_in(team, settings, setting, found)))
                judged.append(self._judged[key])
            held: Truths = judged[0] if len(judged) == 1 else np.array(judged, dtype=np.int64)[places]
            found[one.name] = held if one.or_worse is None else np.maximum(held, found[one.or_worse])
        return found

    def _facts_in(self, team: str, settings: Settings, setting: int, found: Mapping[str, Truths]) -> Facts:
        """What is known of a team in one setting, with the findings that there are already."""
        answers = {question: choices[int(which[setting])] for question, (choices, which) in settings.answers.items()}
        evidence = replace(self.evidence[team], figures=settings.figures_in(setting), answers=self.evidence[team].answers | answers)
        facts = Facts(self.pack, self.thresholds | {name: at(value, setting) for name, value in settings.thresholds.items()}, evidence)
        truths = {name: Truth(_in(held, setting)) for name, held in found.items()}
        facts.pressures = {
            name: Grade(truths[f"{name}.present"], truths[f"{name}.severe"], truths.get(f"{name}.felt"))  # type: ignore[arg-type]
            for name in self.pack.team_pressures if f"{name}.present" in truths
        }
        facts.affected = {name: truths[f"{name}.affected"] for name in self.pressures if f"{name}.affected" in truths}
        if "inferred_strained" in truths:
            facts.supervision = SupervisionState(truths["evidenced_strained"], truths["evidenced_adequate"], truths["inferred_strained"])
        return facts

    def _counted(self, teams: Iterable[str], pressure: str) -> tuple[int, int]:
        """How many teams a county pressure is proved to affect as things are, and how many it could."""
        truths = [self.facts[team].affected[pressure] for team in teams]
        return sum(truth is Truth.MET for truth in truths), sum(truth.could for truth in truths)

    def on(self, cells: Mapping[str, Cells], area: str, size: int, shares: Mapping[str, Numbers] | None = None) -> Ints:
        """How far each county pressure is on in an area, by pressure and setting; teams with no cells given are as they are."""
        changed = [team for team in self.areas[area] if team in cells]
        found = np.empty((len(self.pressures), size), dtype=np.int64)
        for number, name in enumerate(self.pressures):
            proved, possible = (np.full(size, counted, dtype=np.int64) for counted in self._affected[area, name])
            for team in changed:
                was, truths = self.facts[team].affected[name], cells[team].affected(number)
                proved += (truths == Truth.MET).astype(np.int64) - (was is Truth.MET)
                possible += (truths != Truth.NOT_MET).astype(np.int64) - was.could
            found[number] = self.majority(area, name, proved, possible, shares)
        return found

    def majority(self, area: str, pressure: str, proved: Ints, possible: Ints, shares: Mapping[str, Numbers] | None = None) -> Ints:
        """How far a county pressure is on where so many teams are proved to be affected, and so many could be."""
        limit = self.most_of(area, pressure, shares)
        found: Ints = np.where(proved > limit, Truth.MET, np.where(possible > limit, Truth.CANNOT_TELL, Truth.NOT_MET)).astype(np.int64)
        return found

    def most_of(self, area: str, pressure: str, shares: Mapping[str, Numbers] | None = None) -> Numbers:
        """The number of an area's teams beyond which they are most of them."""
        most = self.pack.county_pressures[pressure].most
        return (shares or {}).get(most, self.thresholds[most]) * len(self.areas[area]) + c.EPSILON

    def outcome(self, cells: Cells, on: Ints) -> Outcome:
        """What a team comes to in each setting, with the county pressures of each."""
        codes = np.zeros(cells.places.size, dtype=np.int64)
        for truths in on:
            codes = codes * 3 + truths
        _, first, places = np.unique(cells.places * 3 ** len(on) + codes, return_index=True, return_inverse=True)
        verdicts = [cells.held[cells.places[setting]].verdict(tuple(int(truth) for truth in on[:, setting])) for setting in first]
        table = np.array(
            [(self.levels.index(one.level), self.levels.index(one.could_be), one.score.points, one.score.high) for one in verdicts], dtype=np.int64
        ).T[:, places.reshape(-1)]
        level, could_be, points, most = table
        return Outcome(level, could_be, self.ranks[level], self.ranks[could_be], points, most)

    def of_one(self, team: str, settings: Settings) -> tuple[Outcome, Cells, Ints]:
        """One team in each setting, the others as they are; with its cells and the county pressures."""
        cells = self.cells(team, settings)
        on = self.on({team: cells}, self.teams[team].county, settings.size, settings.thresholds)
        return self.outcome(cells, on), cells, on

    def of_all(self, settings: Mapping[str, Settings], wanted: Iterable[str] | None = None) -> dict[str, Outcome]:
        """Every team in the same settings; a team with none of its own is as it is, but for the county around it."""
        size = next(iter(settings.values())).size
        cells = {team: self.cells(team, held) for team, held in settings.items()}
        on = {area: self.on(cells, area, size, next(iter(settings.values())).thresholds) for area in self.areas}
        found = {}
        for team in wanted if wanted is not None else self.teams:
            own = cells.get(team) or self.cells(team, self.settings(team, size))
            found[team] = self.outcome(own, on[self.teams[team].county])
        return found

    def truths_of(self, team: str, settings: Settings, leaf: c.MeasureTest) -> Truths:
        """How far one comparison holds, setting by setting."""
        return _compared(_Columns(self, team, settings), leaf, settings.thresholds.get(leaf.threshold, self.thresholds[leaf.threshold]))

    @property
    def comparisons(self) -> tuple[c.MeasureTest, ...]:
        """Every comparison that a level can turn on."""
        return tuple(leaf for leaf in self._leaves if isinstance(leaf, c.MeasureTest))

    def _truths(self, team: str, settings: Settings) -> list[Truths]:
        """How far each comparison and answer holds, setting by setting."""
        columns = _Columns(self, team, settings)
        found: list[Truths] = []
        for leaf in self._leaves:
            if isinstance(leaf, c.MeasureTest):
                found.append(_compared(columns, leaf, settings.thresholds.get(leaf.threshold, self.thresholds[leaf.threshold])))
            elif leaf.question in settings.answers:
                choices, which = settings.answers[leaf.question]
                found.append(np.array([_side(one, leaf) for one in choices], dtype=np.int64)[which])
            else:
                found.append(_side(self.evidence[team].answer(leaf.question), leaf))
        return found


@dataclass(frozen=True)
class _Condition:
    """A condition with what it reads: comparisons and answers by their place, and findings below it by name.

    It holds at least as far as the finding `or_worse` does.
    """

    name: str
    condition: c.Condition
    leaves: tuple[int, ...]
    findings: tuple[str, ...]
    or_worse: str | None = None


def how_many(pack: RulePack) -> frozenset[str]:
    """Thresholds that say how many of something it takes. What they are is part of a condition, so settings can't vary them."""
    rules = (*pack.team_pressures.values(), *pack.county_pressures.values(), pack.supervision, *pack.risk.values())
    parts = [part for rule in rules for condition in rule.conditions.values() for part in c.walk(condition)]
    return frozenset(part.n for part in parts if isinstance(part, c.AtLeastOf)) | {pack.levels.insufficient_below}


def _conditions(pack: RulePack, leaves: tuple[c.Leaf, ...]) -> Iterator[_Condition]:
    """Every condition that a team's own evidence decides, those below first."""

    marks = {pressure.id: pressure.marks for pressure in pack.team_pressures.values()}

    def of(name: str, condition: c.Condition, or_worse: str | None = None) -> _Condition:
        inside = list(c.walk(condition))
        read = tuple(place for place, leaf in enumerate(leaves) if leaf in inside)
        below = [f"{part.pressure}.{grade}" for part in inside if isinstance(part, c.PressureTest) for grade in reversed(marks[part.pressure])]
        return _Condition(name, condition, read, tuple(dict.fromkeys(below)), or_worse)

    for pressure in pack.team_pressures.values():
        yield of(f"{pressure.id}.severe", pressure.severe)
        yield of(f"{pressure.id}.present", pressure.present, f"{pressure.id}.severe")
        if pressure.felt is not None:
            yield of(f"{pressure.id}.felt", pressure.felt, f"{pressure.id}.present")
    for county in pack.county_pressures.values():
        yield of(f"{county.id}.affected", county.affected)
    for name in ("evidenced_strained", "evidenced_adequate", "inferred_strained"):
        yield of(name, getattr(pack.supervision, name))


def _distinct(parts: Sequence[Truths], size: int) -> tuple[list[int], Ints]:
    """The first setting of each way in which some truths come out together, and which of them each setting is."""
    keys = np.zeros(size, dtype=np.int64)
    number = 0
    for part in parts:
        if isinstance(part, np.ndarray) and part.ndim:
            if number and number % _DIGITS == 0:
                keys = np.unique(keys, return_inverse=True)[1].reshape(-1).astype(np.int64)
            keys = keys * 3 + part
            number += 1
    if not number:
        return [0], keys
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    return [int(setting) for setting in first], places.reshape(-1).astype(np.int64)


def _in(part: Truths, setting: int) -> int:
    return int(part[setting]) if isinstance(part, np.ndarray) and part.ndim else int(part)


class _Columns:
    """The measures of one team over its settings, each worked out once. Not a number stands for what is not known."""

    def __init__(self, board: Board, team: str, settings: Settings):
        self._pack, self._figures, self._facts = board.pack, settings.figures, board.facts[team]
        self._held: dict[str, Numbers] = {}

    def __call__(self, name: str) -> Numbers:
        if name not in self._held:
            supplied = self._figures.get(name, np.nan)
            measure = self._pack.measures.get(name)
            lacking = np.isnan(supplied)
            if measure is not None and measure.formula is not None and np.any(lacking):
                supplied = np.where(lacking, computed(measure.formula, self, self._facts.last_value), supplied)
            self._held[name] = supplied
        return self._held[name]


def _compared(columns: _Columns, leaf: c.MeasureTest, limit: Numbers) -> Truths:
    value = columns(leaf.measure)
    met = _COMPARE[leaf.comparison](value, limit)
    truths: Truths = np.where(np.isnan(value), int(Truth.CANNOT_TELL), np.where(met, int(Truth.MET), int(Truth.NOT_MET)))
    return truths


_COMPARE = {
    "at_least": lambda value, limit: value >= limit - c.EPSILON,
    "more_than": lambda value, limit: value > limit + c.EPSILON,
    "at_most": lambda value, limit: value <= limit + c.EPSILON,
    "less_than": lambda value, limit: value < limit - c.EPSILON,
}


def _side(answer: Answer, leaf: c.AnswerTest) -> int:
    return int(answer.is_adverse if leaf.side == "adverse" else answer.is_favourable)
