"""The scorings between two quarters, from which it is told why a team's result is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..evidence.records import EvidenceSet
from ..logic.answers import Answer
from ..logic.facts import Evidence, Facts
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.scoring import facts_of, verdict_of, work_out
from ..logic.truth import Truth
from .basis import Basis
from .movement import State


def stages(
    pack: RulePack, before: EvidenceSet, quarter_before: Quarter, after: EvidenceSet, quarter: Quarter, *, uncompared: Iterable[str] = (),
    now: Mapping[str, Evidence] | None = None,
) -> tuple[dict[str, State], dict[str, State], dict[str, State]]:  # fmt: skip
    """Three scorings between two quarters, by team.

    The earlier evidence under the later rules; with what both quarters know changed to the later one; and that with the
    later team list.

    Args:
        before, after: the evidence of each quarter, with the team list of that quarter.
        uncompared: teams whose past is not their own; they come in with the later list, as they now are.
        now: each team's later evidence, where it is worked out already.

    Raises:
        LookupError: the pack has no thresholds for the later quarter.
    """
    thresholds = pack.values(quarter)
    was = {team.id: before.of(pack, team.id, quarter_before) for team in before.teams}
    now = now or {team.id: after.of(pack, team.id, quarter) for team in after.teams}
    both = {team for team in was if team in now}.difference(uncompared)
    moved = {team: _known_in_both(was[team], now[team]) for team in both}
    known = _scored(pack, thresholds, before, {**was, **moved}, quarter)
    same_list = before.teams == after.teams and len(both) == len(was)
    return (
        _scored(pack, thresholds, before, was, quarter),
        known,
        known if same_list else _scored(pack, thresholds, after, {**now, **moved}, quarter),
    )


def states_of(basis: Basis) -> dict[str, State]:
    """What each team of a quarter comes to, by the strata alone. Raises LookupError where the pack has no thresholds."""
    evidence = basis.as_of(basis.quarter)
    by_team = {team.id: evidence.of(basis.pack, team.id, basis.quarter) for team in evidence.teams}
    return _scored(basis.pack, basis.pack.values(basis.quarter), evidence, by_team, basis.quarter)


def _scored(pack: RulePack, thresholds: dict[str, float], listed: EvidenceSet, evidence: Mapping[str, Evidence], quarter: Quarter) -> dict[str, State]:
    facts = facts_of(pack, thresholds, listed.teams, evidence, quarter, {})
    work_out(pack, thresholds, listed.teams, facts)
    return {team: _state(held) for team, held in facts.items()}


def _state(facts: Facts) -> State:
    found = verdict_of(facts)
    pressures = {name: str(grade) for name, grade in facts.pressures.items()}
    rules = tuple(rule for rule in facts.pack.risk if facts.rules[rule] is Truth.MET)
    return State(found.level, found.could_be, found.score.points, found.score.high, pressures, str(facts.supervision), rules)


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
