"""The fewest facts that make a level by themselves, and every threshold that was read to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .conditions import AnswerTest, CountyTest, MeasureTest, compare
from .facts import Evidence, Facts, Grade
from .strata import add_affected, add_rules, add_supervision, add_team_pressures, proved_rank, team_pressure
from .truth import Truth

Kind = Literal["number", "answer", "county pressure"]


@dataclass(frozen=True)
class Read:
    """A threshold that was read: its value then, and, of a number, how it was compared and whether that held."""

    threshold: str
    value: float
    comparison: str = ""
    held: bool | None = None


@dataclass(frozen=True)
class Fact:
    """One thing known of a team: a number, its answer to a question, or whether a county pressure is on."""

    kind: Kind
    name: str
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True)
class Decisive:
    """Facts that make a level on their own, none of which can be spared.

    `counts` are the thresholds read that belong to no one fact, as how many kinds of pressure are needed.
    """

    facts: tuple[Fact, ...]
    counts: tuple[Read, ...]


class _Noted(dict[str, float]):
    """Thresholds that remember which of them were read."""

    def __init__(self, held: dict[str, float]):
        super().__init__(held)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)


class _Only(Facts):
    """The same team with nothing known but some facts."""

    def __init__(self, whole: Facts, kept: Iterable[Fact], thresholds: dict[str, float]):
        kept = tuple(kept)
        answers = {fact.name: whole.evidence.answer(fact.name) for fact in kept if fact.kind == "answer"}
        super().__init__(whole.pack, thresholds, Evidence(answers=answers))
        self._whole = whole
        self._numbers = {fact.name for fact in kept if fact.kind == "number"}
        told = {fact.name for fact in kept if fact.kind == "county pressure"}
        self.county = {name: truth if name in told else Truth.CANNOT_TELL for name, truth in whole.county.items()}

    def value(self, name: str) -> float | None:
        return self._whole.value(name) if name in self._numbers else None


def decisive(facts: Facts, level: str) -> Decisive:
    """A smallest set of facts that makes a team's level; none for the lowest level, which nothing proves.

    Smallest in that leaving out any one of them lowers the level. There may be others as small.
    """
    rank = facts.pack.levels.rank(level)
    known = list(_known(facts)) if rank else []
    kept = [known[place] for place in _needed(facts, known, rank)]
    noted = _Noted(facts.thresholds)
    if rank:
        rank_from(facts, kept, noted)
    told = tuple(replace(fact, reads=tuple(_reads(facts, fact, noted.read))) for fact in kept)
    named = {read.threshold for fact in told for read in fact.reads}
    counts = tuple(Read(name, facts.thresholds[name]) for name in facts.thresholds if name in noted.read - named)
    return Decisive(told, counts)


def _needed(facts: Facts, known: list[Fact], rank: int) -> list[int]:
    """The places of the facts that are left when each in turn, the last first, is left out if the level stands without it.

    Many that can go together go in one try: with fewer facts no level is higher (promise 2), so each of them could go.
    """
    kept = set(range(len(known)))
    grades: _Grades = {}
    groups = [range(len(known))]
    while groups:
        group = groups.pop()
        if not group:
            continue
        if rank_from(facts, (known[place] for place in sorted(kept.difference(group))), grades=grades) >= rank:
            kept.difference_update(group)
        elif len(group) > 1:
            half = len(group) // 2
            groups += [group[:half], group[half:]]  # the later half is taken up first
    return sorted(kept)


_Grades = dict[tuple[str, frozenset[str]], Grade]


def rank_from(facts: Facts, kept: Iterable[Fact], thresholds: dict[str, float] | None = None, *, grades: _Grades | None = None) -> int:
    """The rank of the level that some facts make on their own.

    Args:
        grades: what each pressure came to with the facts that it reads, of the same team and thresholds: leaving out one
            fact changes few of them.
    """
    kept = tuple(kept)
    only = _Only(facts, kept, thresholds if thresholds is not None else facts.thresholds)
    if grades is None:
        add_team_pressures(only)
    else:
        names = frozenset(fact.name for fact in kept)
        for pressure, read in facts.pack.read_by_pressure.items():
            key = pressure, names & read
            if key not in grades:
                grades[key] = team_pressure(only, facts.pack.team_pressures[pressure])
            only.pressures[pressure] = grades[key]
    add_affected(only)
    add_supervision(only)
    add_rules(only)
    return proved_rank(only.pack, only.rules)


def _known(facts: Facts) -> Iterator[Fact]:
    """Everything known that a rule could rest on: what the county shares first, then numbers, then answers."""
    leaves = facts.pack.level_leaves
    for county in dict.fromkeys(leaf.pressure for leaf in leaves if isinstance(leaf, CountyTest)):
        if facts.county.get(county, Truth.CANNOT_TELL).known:
            yield Fact("county pressure", county)
    for number in dict.fromkeys(leaf.measure for leaf in leaves if isinstance(leaf, MeasureTest)):
        if facts.value(number) is not None:
            yield Fact("number", number)
    for question in dict.fromkeys(leaf.question for leaf in leaves if isinstance(leaf, AnswerTest)):
        if facts.evidence.answer(question).is_adverse.known:
            yield Fact("answer", question)


def _reads(facts: Facts, fact: Fact, read: set[str]) -> Iterator[Read]:
    """The thresholds that a fact was compared with, and how it came out; for a county pressure, what makes it on."""
    if fact.kind == "county pressure":
        most = facts.pack.county_pressures[fact.name].most
        yield Read(most, facts.thresholds[most], "more_than", facts.county[fact.name] is Truth.MET)
        return
    value = facts.value(fact.name) if fact.kind == "number" else None
    if value is None:
        return
    for leaf in facts.pack.level_leaves:
        if isinstance(leaf, MeasureTest) and leaf.measure == fact.name and leaf.threshold in read:
            limit = facts.thresholds[leaf.threshold]
            yield Read(leaf.threshold, limit, leaf.comparison, compare(value, leaf.comparison, limit))
