"""Values out of all proportion to other teams', or to the team's own of last quarter."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ...logic.quarter import Quarter
from ...logic.sense_checks import SenseCheck
from ..records import Remark
from ..spelling import quoted
from .seen import CLOSE, Seen


def out_of_scale(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Values so many times the middle of other teams of the same kind (or of all, where those are too few), or last quarter's."""
    least_teams = check.number("teams") or 0
    for name in check.measures:
        given = [(team, quarter, value) for team, quarter in seen.rows_of if (value := seen.value(team, quarter, name)) is not None]
        alike, everyone = _ordered(seen, given)
        for team, quarter, value in given:
            kind = seen.kind_of(team, quarter)
            said = ""
            like, held = f" of the type {quoted(kind)}", alike.get((quarter, kind), []) if kind else []
            if len(held) - 1 < least_teams:
                like, held = "", everyone[quarter]
            if len(held) - 1 >= least_teams:
                middle = middle_without(held, value)
                if _out(check, value, middle):
                    said = f"the middle of {len(held) - 1} other {seen.pack.words.teams}{like} is {seen.say(name, middle)}"
            last = seen.last(team, quarter, name)
            if not said and last is not None and not seen.excused(check, team, quarter) and _out(check, value, last):
                said = f"in {quarter.previous} it was {seen.say(name, last)}"
            if said:
                yield seen.of_cell(check, team, quarter, name, f"{team} has {seen.given(name, value)}, and {said}")


def middle_without(ordered: list[float], value: float) -> float:
    """The median of a sorted list without one of its values."""
    gone = bisect_left(ordered, value)
    size = len(ordered) - 1

    def at(place: int) -> float:
        return ordered[place if place < gone else place + 1]

    return at(size // 2) if size % 2 else (at(size // 2 - 1) + at(size // 2)) / 2


def _ordered(seen: Seen, given: list[tuple[str, Quarter, float]]) -> tuple[dict[tuple[Quarter, str], list[float]], dict[Quarter, list[float]]]:
    """Values in order, by quarter and kind of team, and by quarter."""
    alike: dict[tuple[Quarter, str], list[float]] = {}
    everyone: dict[Quarter, list[float]] = {}
    for team, quarter, value in sorted(given, key=lambda one: one[2]):
        alike.setdefault((quarter, seen.kind_of(team, quarter)), []).append(value)
        everyone.setdefault(quarter, []).append(value)
    return alike, everyone


def _out(check: SenseCheck, value: float, usual: float) -> bool:
    """Whether a value is out of proportion. Nought is no measure of anything: nothing is so many times nought, nor it of anything."""
    times, least = check.number("times") or 0.0, check.number("least") or 0.0
    if value <= 0 or usual <= 0 or max(value, usual) < least - CLOSE:
        return False
    far_below = check.side == "above or below" and value * times <= usual + CLOSE
    return far_below or value >= times * usual - CLOSE
