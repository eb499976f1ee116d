"""What moved between two quarters, split by why.

A team's result goes from one quarter to another in four steps, each of which changes one thing for the whole county:

1. `then` to `under_rules`: the earlier quarter's evidence under the later quarter's rules and thresholds.
2. `under_rules` to `known`: the values that both quarters have become those of the later one. This alone is movement.
3. `known` to `listed`: the team list becomes the later one, with teams that are new, and without those that are gone.
4. `listed` to `now`: what is missing in only one of the two quarters goes missing or comes back.

By promise 6 a step in which something only goes missing can't raise a level or lower a could-be, so a level that falls in
the last step fell because nobody can tell, and not because anything is better. The same holds of a new team that is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..logic.truth import Truth

Step = Literal["rules", "evidence", "team list", "missing data"]
STEPS: tuple[Step, ...] = ("rules", "evidence", "team list", "missing data")


@dataclass(frozen=True)
class State:
    """A team's result in short. `pressures` has each one's state, `rules` those that hold."""

    level: str
    could_be: str
    points: int
    high: int
    pressures: Mapping[str, str]
    supervision: str
    rules: tuple[str, ...]

    @property
    def outcome(self) -> tuple[str, str, int, int]:
        """What is published of it in short: two states with the same outcome moved nobody."""
        return self.level, self.could_be, self.points, self.high

    def as_data(self) -> dict[str, Any]:
        return vars(self) | {"pressures": dict(self.pressures), "rules": list(self.rules)}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> State:
        return State(**{**data, "rules": tuple(data["rules"])})

    @staticmethod
    def of_result(team: Mapping[str, Any]) -> State:
        """The state in a team's result as it is filed."""
        pressures = {name: held["state"] for name, held in team["pressures"].items()}
        rules = tuple(rule for rule, truth in team["rules"].items() if truth == str(Truth.MET))
        return State(team["level"], team["could_be"], team["score"]["points"], team["score"]["high"], pressures, team["supervision"]["state"], rules)


_FILED = ("then", "under_rules", "known", "listed")


@dataclass(frozen=True)
class Moved:
    """A team's way from one quarter to another."""

    then: State
    under_rules: State
    known: State
    listed: State
    now: State

    @property
    def steps(self) -> Iterator[tuple[Step, State, State]]:
        states = (self.then, self.under_rules, self.known, self.listed, self.now)
        return zip(STEPS, states, states[1:], strict=False)

    def as_data(self) -> dict[str, Any]:
        """Everything but `now`, which is the result beside it."""
        return {name: getattr(self, name).as_data() for name in _FILED}

    @staticmethod
    def from_data(data: Mapping[str, Any], now: State) -> Moved:
        then, under_rules, known, listed = (State.from_data(data[name]) for name in _FILED)
        return Moved(then, under_rules, known, listed, now)

    @property
    def changed_by(self) -> tuple[Step, ...]:
        """The steps in which anything of the result changed."""
        return tuple(step for step, was, now in self.steps if was != now)

    @property
    def levels_changed_by(self) -> tuple[Step, ...]:
        """The steps in which the level or the could-be changed."""
        return tuple(step for step, was, now in self.steps if (was.level, was.could_be) != (now.level, now.could_be))


NO_LONGER_KNOWN, NOW_KNOWN = "no longer known", "now known"
_GRADES = ("none", "felt", "present", "severe")


def pressure_changes(was: State, now: State) -> dict[str, str]:
    """What became of each pressure that is not the same in one step, in a word or two, in the rules' order."""
    return {name: _became(was.pressures[name], state) for name, state in now.pressures.items() if name in was.pressures and was.pressures[name] != state}


def _became(was: str, now: str) -> str:
    if now not in _GRADES:
        return NO_LONGER_KNOWN
    if was not in _GRADES:
        return NOW_KNOWN
    if _GRADES.index(now) > _GRADES.index(was):
        return "came" if was == "none" else "worsened"
    return "went" if now == "none" else "eased"
