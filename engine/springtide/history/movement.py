"""What moved between two quarters, split by why: the rules, what is known of both, and what went missing or came back.

A team's result goes from one quarter to another in three steps, each of which changes one thing:

1. `then` to `under_rules`: the earlier quarter's evidence under the later quarter's rules and thresholds.
2. `under_rules` to `known`: the values that both quarters have become those of the later one. This alone is movement.
3. `known` to `now`: what is missing in only one of the two goes missing or comes back.

By promise 6 a step in which something only goes missing can't raise a level or lower a could-be, so a level that falls
in step 3 fell because nobody can tell, and not because anything is better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..evidence.records import EvidenceSet
from ..logic.answers import Answer
from ..logic.facts import Evidence, Facts
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.scoring import facts_of, verdict_of, work_out
from ..logic.truth import Truth

Step = Literal["rules", "evidence", "missing data"]
STEPS: tuple[Step, ...] = ("rules", "evidence", "missing data")


@dataclass(frozen=True)
class State:
    """A team's result in short. `pressures` has each one's state and the worst it could be."""

    level: str
    could_be: str
    points: int
    high: int
    pressures: Mapping[str, tuple[str, str]]

    def as_data(self) -> dict[str, Any]:
        return vars(self) | {"pressures": {name: list(pair) for name, pair in self.pressures.items()}}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> State:
        return State(**{**data, "pressures": {name: (state, worst) for name, (state, worst) in data["pressures"].items()}})

    @staticmethod
    def of_result(team: Mapping[str, Any]) -> State:
        """The state in a team's result as it is filed."""
        pressures = {name: (held["state"], held["could_be"]) for name, held in team["pressures"].items()}
        return State(team["level"], team["could_be"], team["score"]["points"], team["score"]["high"], pressures)


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
        return Moved(*(State.from_data(data[name]) for name in ("then", "under_rules", "known")), now)


def stages(
    pack: RulePack, before: EvidenceSet, quarter_before: Quarter, after: EvidenceSet, quarter: Quarter, *, uncompared: Iterable[str] = (),
) -> tuple[dict[str, State], dict[str, State]]:  # fmt: skip
    """Two scorings between two quarters, by team: the earlier evidence under the later rules, and what both know.

    Args:
        before, after: the evidence of each quarter, with the team list of that quarter.
        uncompared: teams whose past is not their own; they come into the second as they now are.

    Raises:
        LookupError: the pack has no thresholds for the later quarter.
    """
    thresholds = pack.values(quarter)
    was = {team.id: before.of(pack, team.id, quarter_before) for team in before.teams}
    now = {team.id: after.of(pack, team.id, quarter) for team in after.teams}
    broken = set(uncompared)
    between = {team: _known_in_both(was[team], held) if team in was and team not in broken else held for team, held in now.items()}
    return (
        _scored(pack, thresholds, before, was, quarter),
        _scored(pack, thresholds, after, between, quarter),
    )


def _scored(pack: RulePack, thresholds: dict[str, float], listed: EvidenceSet, evidence: Mapping[str, Evidence], quarter: Quarter) -> dict[str, State]:
    facts = facts_of(pack, thresholds, listed.teams, evidence, quarter, {})
    work_out(pack, thresholds, listed.teams, facts)
    return {team: _state(held) for team, held in facts.items()}


def _state(facts: Facts) -> State:
    found = verdict_of(facts)
    pressures = {name: (str(grade), grade.could_be) for name, grade in facts.pressures.items()}
    return State(found.level, found.could_be, found.score.points, found.score.high, pressures)


def _known_in_both(was: Evidence, now: Evidence) -> Evidence:
    """The earlier evidence with every value that the later one has too, and no others, changed to the later one."""
    return Evidence(
        figures=_later_where_both(was.figures, now.figures),
        last_quarter=_later_where_both(was.last_quarter, now.last_quarter),
        answers={q: now.answer(q) if _is_told(held) and _is_told(now.answer(q)) else held for q, held in was.answers.items()},
        split_questions=now.split_questions,
    )


def _is_told(answer: Answer) -> bool:
    """Whether it is known on which side an answer falls."""
    return Truth.CANNOT_TELL not in (answer.is_adverse, answer.is_favourable)


def _later_where_both(was: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    return {name: now.get(name, value) for name, value in was.items()}
