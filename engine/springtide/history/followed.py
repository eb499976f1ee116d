"""A team's filed quarters as series: what its level says over time, and what its figures do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from ..logic.quarter import Quarter
from ..logic.units import UNITS
from .glossary import Glossary
from .movement import Moved
from .over_time import TeamHistory, TeamQuarter
from .standing import Point, Standing, standing
from .trend import Direction, ProcessLimits, Side, direction, process_limits

SCORE = "score"
_SIDES: dict[str, Side] = {"higher": "higher", "lower": "lower"}


@dataclass(frozen=True)
class Series:
    """One figure of a team over the quarters that can be compared: from the first of them, with None where there is none.

    `tendency` is None for a figure of which neither way is worse.
    """

    id: str
    title: str
    unit: str
    quarters: tuple[Quarter, ...]
    values: tuple[float | None, ...]
    tendency: Direction | None
    limits: ProcessLimits


def standings(found: TeamHistory) -> dict[Quarter, Standing]:
    """For each filed quarter, what the team's level said then, given the quarters before it."""
    words = found.glossary
    points = [_point(words, held) for _, held in sorted(found.held.items())]
    notable, named = words.rank(words.followed_from), words.title(words.followed_from)
    return {point.quarter: standing(points[: place + 1], notable=notable, named=named) for place, point in enumerate(points)}


def _point(words: Glossary, held: TeamQuarter) -> Point:
    state = held.state
    return Point(
        quarter=held.quarter,
        rank=None if state.level == words.insufficient[0] else words.rank(state.level),
        could_be=words.rank(state.could_be),
        lost=held.moved is not None and _is_lost(words, held.moved),
        apart=held.why_not if held.is_break else "",
        rules_changed=_rules_changed(words, held.moved) if held.moved else "",
        score=(state.points, state.high),
    )


def _is_lost(words: Glossary, moved: Moved) -> bool:
    """Whether the level fell, and would not have by what is known of both quarters."""
    then, known, now = (words.rank(state.level) for state in (moved.under_rules, moved.known, moved.now))
    return now < then and known >= then


def _rules_changed(words: Glossary, moved: Moved) -> str:
    was, now = moved.then, moved.under_rules
    if was.outcome == now.outcome:
        return ""
    if was.level != now.level:
        return f"the rules took {words.title(was.level)} to {words.title(now.level)}"
    return "the rules changed its score or could-be"



def series(found: TeamHistory) -> tuple[Series, ...]:
    """The score, and every measure that has a value, as far back as each can be compared."""
    words = found.glossary
    quarters = _comparable(found)
    # Other rules make another score; measures are what they are, whatever the thresholds.
    since = max((q for q in quarters if q in found.held and (moved := found.held[q].moved) and _rules_changed(words, moved)), default=quarters[0])
    scored = [quarter for quarter in quarters if quarter >= since]
    told = [_told_score(found.held.get(quarter)) for quarter in scored]
    every = [_series(SCORE, "Score", "count", scored, told, "higher")]
    for name, measure in words.measures.items():
        values = [_number(found.held.get(quarter), name) for quarter in quarters]
        if any(value is not None for value in values):
            every.append(_series(name, measure["title"], measure["unit"], quarters, values, measure["worse_when"]))
    return tuple(every)


def _comparable(found: TeamHistory) -> list[Quarter]:
    """The quarters from the latest break on, or from the first that is filed, up to the latest."""
    begun = max((quarter for quarter, held in found.held.items() if held.is_break), default=min(found.held))
    return [quarter for quarter in found.quarters if begun <= quarter <= max(found.held)]


def _told_score(held: TeamQuarter | None) -> float | None:
    """The score where nothing that is missing could change it."""
    return float(held.state.points) if held and held.state.points == held.state.high else None


def _number(held: TeamQuarter | None, name: str) -> float | None:
    value = held.measures.get(name) if held else None
    return value if isinstance(value, float | int) else None


def _series(name: str, title: str, unit: str, quarters: Sequence[Quarter], values: Sequence[float | None], worse_when: str) -> Series:
    least = UNITS[unit].least
    side = _SIDES.get(worse_when)
    tendency = direction(values, worse_when=side) if side else None
    return Series(name, title, unit, tuple(quarters), tuple(values), tendency, process_limits(values, floor=least if isfinite(least) else None))
