"""What moved between two quarters, split by why: the rules, what is known of both, and what went missing or came back.

A team's result goes from one quarter to another in three steps, each of which changes one thing:

1. `then` to `under_rules`: the earlier quarter's evidence under the later quarter's rules and thresholds.
2. `under_rules` to `known`: the values that both quarters have become those of the later one. This alone is movement.
3. `known` to `now`: what is missing in only one of the two goes missing or comes back.

By promise 6 a step in which something only goes missing can't raise a level or lower a could-be, so a level that falls
in step 3 fell because nobody can tell, and not because anything is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..logic.truth import Truth

Step = Literal["rules", "evidence", "missing data"]
STEPS: tuple[Step, ...] = ("rules", "evidence", "missing data")


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


@dataclass(frozen=True)
class Moved:
    """A team's way from one quarter to another."""

    then: State
    under_rules: State
    known: State
    now: State

    @property
    def steps(self) -> Iterator[tuple[Step, State, State]]:
        states = (self.then, self.under_rules, self.known, self.now)
        return zip(STEPS, states, states[1:], strict=False)

    def as_data(self) -> dict[str, Any]:
        """Everything but `now`, which is the result beside it."""
        return {"then": self.then.as_data(), "under_rules": self.under_rules.as_data(), "known": self.known.as_data()}

    @staticmethod
    def from_data(data: Mapping[str, Any], now: State) -> Moved:
        return Moved(State.from_data(data["then"]), State.from_data(data["under_rules"]), State.from_data(data["known"]), now)

    @property
    def changed_by(self) -> tuple[Step, ...]:
        """The steps in which anything of the result changed."""
        return tuple(step for step, was, now in self.steps if was != now)

    @property
    def levels_changed_by(self) -> tuple[Step, ...]:
        """The steps in which the level or the could-be changed."""
        return tuple(step for step, was, now in self.steps if (was.level, was.could_be) != (now.level, now.could_be))


NO_LONGER_KNOWN, NOW_KNOWN = "no longer known", "now known"
_GRADES = ("none", "present", "severe")


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
