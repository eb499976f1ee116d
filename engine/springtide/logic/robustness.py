"""Whether a level turns on very little: one post, or a tenth of a threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from .conditions import MeasureTest
from .facts import Evidence, Facts
from .strata import add_rules, team_strata, verdict
from .units import UNITS

_POSTS, _ESTABLISHED = "vacant_posts", "established_posts"
_TENTH = 0.1

Stance = Literal["as it is", "stricter", "more lenient"]
_MOVED: tuple[Stance, ...] = ("stricter", "more lenient")


def knife_edges(facts: Facts, level: str) -> frozenset[str]:
    """Which small changes would move a team's level, its county held as it is.

    `one post`: one more or one fewer post vacant. `threshold`: all comparisons of measures a tenth
    stricter, or a tenth more lenient; numbers of posts, people and cases are left alone.
    """
    rank = facts.pack.levels.rank(level)
    found = set()
    if any(_rank(facts, evidence=evidence) != rank for evidence in _one_post_either_way(facts.evidence)):
        found.add("one post")
    if any(_rank(facts, stance=stance) != rank for stance in _MOVED):
        found.add("threshold")
    return frozenset(found)


class _Moved(Facts):
    """The same team, judged a tenth more strictly, or more leniently.

    Each comparison moves by itself: a threshold that one rule reads as a floor and another as a
    ceiling moves up for the one and down for the other, whichever stands first.
    """

    def __init__(self, facts: Facts, evidence: Evidence, stance: Stance):
        super().__init__(facts.pack, facts.thresholds, evidence)
        self.stance = stance

    def limit(self, test: MeasureTest) -> float:
        held = self.thresholds[test.threshold]
        if self.stance == "as it is" or UNITS[self.pack.thresholds[test.threshold].unit].counts_things:
            return held
        upwards = (self.stance == "stricter") == (test.comparison in ("at_least", "more_than"))
        return held + (_TENTH if upwards else -_TENTH) * abs(held)


def _rank(facts: Facts, *, evidence: Evidence | None = None, stance: Stance = "as it is") -> int:
    moved = _Moved(facts, evidence or facts.evidence, stance)
    moved.county, moved.receiving, moved.last_level = facts.county, facts.receiving, facts.last_level
    team_strata(moved)
    add_rules(moved)
    assert moved.supervision is not None
    found = verdict(moved.pack, moved.thresholds, moved.pressures, moved.supervision, moved.rules)
    return facts.pack.levels.rank(found.level)


def _one_post_either_way(evidence: Evidence) -> list[Evidence]:
    vacant, established = evidence.figures.get(_POSTS), evidence.figures.get(_ESTABLISHED)
    if vacant is None or established is None:
        return []
    return [
        replace(evidence, figures=evidence.figures | {_POSTS: moved})
        for moved in (vacant - 1, vacant + 1)
        if 0 <= moved <= established
    ]
