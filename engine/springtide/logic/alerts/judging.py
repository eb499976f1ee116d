"""Whether a rule for alerts holds of its subject, and in which quarters it raises an alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..quarter import Quarter
from ..truth import Truth, all_of, any_of, at_least, more_than_share, negation
from . import rules as r
from .following import States

SEPARATOR = " · "


@dataclass(frozen=True)
class Subject:
    """What an alert is about: `team`, `district`, `area` and the `name` of a rule or pressure, as far as they apply."""

    team: str = ""
    district: str = ""
    area: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """It in one word, the same in every quarter; a team's district may change."""
        return SEPARATOR.join(filter(None, (self.area if not self.team else "", self.team or self.district, self.name)))


@dataclass(frozen=True)
class Raised:
    """An alert: a rule that has come to hold of something in a quarter."""

    rule: r.AlertRule
    subject: Subject
    quarter: Quarter


Judge = Callable[[r.AlertRule, Subject, int], Truth]
"""Whether a rule holds of a subject after the quarter at a place of the story."""


@dataclass(frozen=True)
class Story:
    """The quarters since alerts began, and what the conditions need beside them: levels' ranks and the thresholds."""

    states: Sequence[States]
    ranks: Mapping[str, int]
    thresholds: Mapping[str, float]

    def before(self, place: int) -> int | None:
        """The place of the quarter before, where that was filed."""
        if place > 0 and self.states[place - 1].quarter == self.states[place].quarter.previous:
            return place - 1
        return None

    def truth(self, condition: r.Condition, subject: Subject, place: int) -> Truth:
        """How far a condition holds of a subject in the quarter at a place."""
        match condition:
            case r.Every(parts):
                return all_of(self.truth(part, subject, place) for part in parts)
            case r.Some(parts):
                return any_of(self.truth(part, subject, place) for part in parts)
            case r.No(part):
                return negation(self.truth(part, subject, place))
            case r.LastQuarter(part):
                last = self.before(place)
                return Truth.CANNOT_TELL if last is None else self.truth(part, subject, last)
            case r.TeamsAtLeast(number, part):
                return at_least(round(self.thresholds[number]), (self.truth(part, team, place) for team in self.teams(place, subject.area, subject.district)))
        return self.leaf(condition, subject, place)

    def leaf(self, leaf: r.Condition, subject: Subject, place: int) -> Truth:
        """How far what reads the quarter itself holds of a subject; not known of a team that is not in it."""
        states = self.states[place]
        if isinstance(leaf, r.SomeDistrict):
            return self._some_district(leaf, subject, place)
        if isinstance(leaf, r.StateIs) and not subject.team:
            return Truth.of(states.county.get((subject.area, subject.name), "quiet") in leaf.states)
        team = states.teams.get(subject.team)
        if team is None:
            return Truth.CANNOT_TELL
        match leaf:
            case r.StateIs(wanted):
                return Truth.of(team.state in wanted)
            case r.LevelIs(level, or_above):
                return Truth.of(team.rank >= self.ranks[level] if or_above else team.rank == self.ranks[level])
            case r.Firmly(level):
                return Truth.of(states.seen.teams[subject.team].firm >= self.ranks[level])
            case r.Was(level):
                return Truth.of(team.was >= self.ranks[level])
            case r.OnlyTheCounty():
                return Truth.of(self._only_the_county(subject, place))
            case r.OnlySameDay():
                seen = states.seen.teams[subject.team]
                return Truth.of(Truth.MET in seen.immediate.get("same_day", {}).values() and seen.otherwise_rank < team.rank)
            case r.Immediate(kind):
                held = states.seen.teams[subject.team].immediate.get(kind, {})
                # Of the team as a whole it is asked whether any is proved, so that what is missing silences nothing.
                return held.get(subject.name, Truth.NOT_MET) if subject.name else Truth.of(Truth.MET in held.values())
        raise TypeError(leaf)

    def teams(self, place: int, area: str, district: str) -> Iterator[Subject]:
        """The teams of a district in a quarter."""
        for team, seen in self.states[place].seen.teams.items():
            if seen.district == district and seen.area == area:
                yield Subject(team, district, area)

    def districts(self, place: int, area: str) -> list[str]:
        return sorted({seen.district for seen in self.states[place].seen.teams.values() if seen.area == area})

    def _only_the_county(self, subject: Subject, place: int) -> bool:
        last, states = self.before(place), self.states[place]
        if last is None or not any(state == "new" and area == subject.area for (area, _), state in states.county.items()):
            return False
        was, now = self.states[last].seen.teams.get(subject.team), states.seen.teams[subject.team]
        if was is None or now.apart or any(Truth.MET in held.values() for held in now.immediate.values()):
            return False
        return all(_no_worse(was.own.get(name), grade) for name, grade in now.own.items())

    def _some_district(self, leaf: r.SomeDistrict, subject: Subject, place: int) -> Truth:
        last = self.before(place)
        if last is None:
            return Truth.CANNOT_TELL
        return any_of(self.district_did(leaf, subject, district, last, place) for district in self.districts(place, subject.area))

    def district_did(self, leaf: r.SomeDistrict, subject: Subject, district: str, last: int, place: int) -> Truth:
        """Whether a pressure left a district since last quarter, or reached it."""
        then, now = (self._has(leaf.share, subject, district, at) for at in (last, place))
        return all_of((then, negation(now))) if leaf.did == "left" else all_of((negation(then), now))

    def _has(self, share: str, subject: Subject, district: str, place: int) -> Truth:
        grades = [self.states[place].seen.teams[team.team].own.get(subject.name) for team in self.teams(place, subject.area, district)]
        affected, untold = sum(bool(grade) for grade in grades), sum(grade is None for grade in grades)
        return more_than_share(self.thresholds[share], affected, affected + untold, len(grades))


def _no_worse(then: int | None, now: int | None) -> bool:
    """Whether something of a team's own is shown to be no worse; what nobody could tell then or now is as it was."""
    return then is now is None or (then is not None and now is not None and now <= then)


def subjects(rule: r.AlertRule, story: Story, place: int) -> Iterator[Subject]:
    """Everything that a rule may be about in a quarter."""
    seen = story.states[place].seen
    match rule.about:
        case "team":
            yield from (Subject(team, held.district, held.area) for team, held in seen.teams.items())
        case "team rule":
            for team, held in seen.teams.items():
                yield from (Subject(team, held.district, held.area, name) for names in held.immediate.values() for name in names)
        case "district":
            yield from (Subject(district=district, area=area) for area, district in sorted({(held.area, held.district) for held in seen.teams.values()}))
        case "county pressure":
            yield from (Subject(area=area, name=pressure) for area, pressure in sorted(seen.county))
        case "team pressure":
            pressures = {(held.area, name) for held in seen.teams.values() for name in held.own}
            yield from (Subject(area=area, name=pressure) for area, pressure in sorted(pressures))


def raised(rules: Mapping[str, r.AlertRule], story: Story, place: int, judge: Judge | None = None) -> list[Raised]:
    """The alerts of the quarter at a place, in the rules' order.

    Args:
        judge: how it is judged whether a rule holds; without one, by `Story.truth`.
    """
    judged = judge or (lambda rule, subject, at: story.truth(rule.when, subject, at))
    quarter = story.states[place].quarter
    return [
        Raised(rule, subject, quarter)
        for rule in rules.values()
        for subject in subjects(rule, story, place)
        if judged(rule, subject, place) is Truth.MET and (rule.each_quarter or not _stood(rule, subject, place, judged, story))
    ]


def _stood(rule: r.AlertRule, subject: Subject, place: int, judged: Judge, story: Story) -> bool:
    """Whether it held already: in the latest earlier quarter in which that could be told."""
    if subject.team and story.states[place].seen.teams[subject.team].apart:
        return False
    for earlier in reversed(range(place)):
        truth = judged(rule, subject, earlier)
        if truth.known:
            return truth is Truth.MET
    return False
