"""What is different after a what-if: county, teams, and the rules that changed their mind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..assessment import Assessment, TeamAssessment
from ..logic.facts import Majority
from ..logic.truth import Truth


@dataclass(frozen=True)
class Flip:
    """A pressure, supervision, rule or notice that is another after than before."""

    kind: str
    id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One team before and after, with everything that flipped."""

    before: TeamAssessment
    after: TeamAssessment
    flips: tuple[Flip, ...]

    @property
    def moved(self) -> bool:
        """Whether its level, could-be or score is another, or anything flipped."""
        return bool(self.flips) or _result(self.before) != _result(self.after)


@dataclass(frozen=True)
class CountyDifference:
    before: Majority
    after: Majority

    @property
    def switched(self) -> bool:
        return self.before.on is not self.after.on


def differences(before: Assessment, after: Assessment) -> tuple[Difference, ...]:
    """Every team, whether it moved or not, in the order of the list."""
    return tuple(Difference(team, after.team(team.team.id), flips(team, after.team(team.team.id))) for team in before.teams)


def county_differences(before: Assessment, after: Assessment) -> tuple[CountyDifference, ...]:
    return tuple(CountyDifference(was, now) for was, now in zip(before.county, after.county, strict=True))


def flips(before: TeamAssessment, after: TeamAssessment) -> tuple[Flip, ...]:
    pack = before.facts.pack
    found = [
        Flip("pressure", name, pack.team_pressures[name].title, str(grade), str(after.pressures[name]))
        for name, grade in before.pressures.items()
        if str(grade) != str(after.pressures[name])
    ]
    found += _truths("county pressure", {name: rule.title for name, rule in pack.county_pressures.items()}, before.affected, after.affected, ("affected", "not affected"))
    if str(before.supervision) != str(after.supervision):
        found.append(Flip("supervision", pack.supervision.id, pack.supervision.title, str(before.supervision), str(after.supervision)))
    found += _truths("rule", {name: rule.title for name, rule in pack.risk.items()}, before.rules, after.rules)
    found += _truths("notice", {name: rule.title for name, rule in pack.notices.items()}, before.notices, after.notices)
    return tuple(found)


def _truths(kind: str, titles: Mapping[str, str], before: Mapping[str, Truth], after: Mapping[str, Truth], words: tuple[str, str] = ("met", "not met")) -> list[Flip]:
    said = {Truth.MET: words[0], Truth.NOT_MET: words[1], Truth.CANNOT_TELL: "cannot tell"}
    return [Flip(kind, name, titles[name], said[truth], said[after[name]]) for name, truth in before.items() if truth is not after[name]]


def _result(team: TeamAssessment) -> tuple[object, ...]:
    return team.level, team.could_be, team.score
