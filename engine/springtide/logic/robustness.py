"""Whether a level turns on very little: one post, or a tenth of a threshold."""

from __future__ import annotations

from dataclasses import replace

from .conditions import MeasureTest
from .facts import Evidence, Facts
from .model import RulePack
from .strata import add_rules, team_strata, verdict
from .units import UNITS

_POSTS, _ESTABLISHED = "vacant_posts", "established_posts"
_TENTH = 0.1


def knife_edges(facts: Facts, level: str) -> frozenset[str]:
    """Which small changes would move a team's level, its county held as it is.

    `one post`: one more or one fewer post vacant. `threshold`: all thresholds of measures a tenth
    stricter, or a tenth more lenient; numbers of posts, people and cases are left alone.
    """
    rank = facts.pack.levels.rank(level)
    found = set()
    if any(_rank(facts, evidence=evidence) != rank for evidence in _one_post_either_way(facts.evidence)):
        found.add("one post")
    if any(_rank(facts, thresholds=moved) != rank for moved in _thresholds_moved(facts.pack, facts.thresholds)):
        found.add("threshold")
    return frozenset(found)


def _rank(facts: Facts, *, evidence: Evidence | None = None, thresholds: dict[str, float] | None = None) -> int:
    moved = Facts(facts.pack, thresholds or facts.thresholds, evidence or facts.evidence)
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


def _thresholds_moved(pack: RulePack, thresholds: dict[str, float]) -> list[dict[str, float]]:
    moved: list[dict[str, float]] = []
    for stricter in (True, False):
        shifted = dict(thresholds)
        for leaf in pack.leaves:
            if isinstance(leaf, MeasureTest) and not UNITS[pack.thresholds[leaf.threshold].unit].counts_things:
                value = thresholds[leaf.threshold]
                upwards = stricter == (leaf.comparison in ("at_least", "more_than"))
                shifted[leaf.threshold] = value + (_TENTH if upwards else -_TENTH) * abs(value)
        moved.append(shifted)
    return moved
