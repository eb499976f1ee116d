"""How far a condition holds of a team, with the tree of reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import conditions as c
from .facts import Facts
from .truth import Truth, all_of, any_of, at_least, negation


@dataclass(frozen=True)
class Reason:
    """A condition, how far it holds, and what was read to decide it.

    `value` is a number, an answer or a state in words; `threshold` and `margin` are in the
    measure's unit, the margin negative where the value falls short of the condition.
    """

    condition: c.Condition
    truth: Truth
    parts: tuple[Reason, ...] = ()
    value: float | str | None = None
    threshold: float | None = None
    margin: float | None = None


def truth_of(condition: c.Condition, facts: Facts) -> Truth:
    """How far a condition holds, and nothing more: the fast way through, for it is gone a million times."""
    return _JUDGES[type(condition)](condition, facts)


def _all_of(condition: c.AllOf, facts: Facts) -> Truth:
    return all_of([_JUDGES[type(part)](part, facts) for part in condition.parts])


def _any_of(condition: c.AnyOf, facts: Facts) -> Truth:
    return any_of([_JUDGES[type(part)](part, facts) for part in condition.parts])


def _not(condition: c.Not, facts: Facts) -> Truth:
    return negation(truth_of(condition.part, facts))


def _at_least_of(condition: c.AtLeastOf, facts: Facts) -> Truth:
    return at_least(round(facts.thresholds[condition.n]), (truth_of(part, facts) for part in condition.parts))


def _receiving_team(condition: c.ReceivingTeam, facts: Facts) -> Truth:
    return Truth.NOT_MET if facts.receiving is None else truth_of(condition.part, facts.receiving)


def _measure(condition: c.MeasureTest, facts: Facts) -> Truth:
    value = facts.value(condition.measure)
    if value is None:
        return Truth.CANNOT_TELL
    return Truth.of(c.compare(value, condition.comparison, facts.limit(condition)))


def _supply(condition: c.SupplyTest, facts: Facts) -> Truth:
    return Truth.of((facts.value(condition.measure) is None) == (condition.state == "missing"))


def _answer(condition: c.AnswerTest, facts: Facts) -> Truth:
    answer = facts.evidence.answer(condition.question)
    return answer.is_adverse if condition.side == "adverse" else answer.is_favourable


def _pressure(condition: c.PressureTest, facts: Facts) -> Truth:
    truth: Truth = getattr(facts.pressures[condition.pressure], condition.grade)
    return truth


def _county(condition: c.CountyTest, facts: Facts) -> Truth:
    return facts.county[condition.pressure] if condition.aspect == "on" else facts.affected[condition.pressure]


def _supervision(condition: c.SupervisionTest, facts: Facts) -> Truth:
    assert facts.supervision is not None
    return facts.supervision.is_(condition.state)


def _rule(condition: c.RuleTest, facts: Facts) -> Truth:
    return facts.rules[condition.rule]


def _level(condition: c.LevelTest, facts: Facts) -> Truth:
    return _level_truth(facts, condition.level, condition.last_quarter)


def _period(condition: c.PeriodTest, facts: Facts) -> Truth:
    return Truth.of(facts.periods.get(condition.period, False))


def _answers(condition: c.AnswersTest, facts: Facts) -> Truth:
    return Truth.of(bool(facts.evidence.split_questions))


def _knife_edge(condition: c.KnifeEdgeTest, facts: Facts) -> Truth:
    return Truth.of(None if facts.knife_edges is None else condition.about in facts.knife_edges)


_JUDGES: dict[type, Callable[[Any, Facts], Truth]] = {
    c.AllOf: _all_of, c.AnyOf: _any_of, c.Not: _not, c.AtLeastOf: _at_least_of, c.ReceivingTeam: _receiving_team,
    c.MeasureTest: _measure, c.SupplyTest: _supply, c.AnswerTest: _answer, c.PressureTest: _pressure, c.CountyTest: _county,
    c.SupervisionTest: _supervision, c.RuleTest: _rule, c.LevelTest: _level, c.PeriodTest: _period, c.AnswersTest: _answers,
    c.KnifeEdgeTest: _knife_edge,
}  # fmt: skip


def _level_truth(facts: Facts, level: str, last_quarter: bool) -> Truth:
    levels = facts.pack.levels
    if not last_quarter and levels.rank(level) == 0:
        return Truth.MET  # nothing lies below the lowest, whatever is missing
    if last_quarter:
        if facts.last_level in (None, levels.insufficient.id):
            return Truth.CANNOT_TELL  # too little was known to say, so nothing is new and nothing persists
        return Truth.of(levels.rank(facts.last_level) >= levels.rank(level))
    return any_of(
        facts.rules[rule.id] for rule in facts.pack.risk.values() if levels.rank(rule.level) >= levels.rank(level)
    )


def reason_for(condition: c.Condition, facts: Facts) -> Reason:
    """The same judgement as `truth_of`, with everything that was read on the way."""
    truth = truth_of(condition, facts)
    match condition:
        case c.ReceivingTeam(part):
            inside = () if facts.receiving is None else (reason_for(part, facts.receiving),)
            return Reason(condition, truth, inside)
        case c.AtLeastOf(n, parts):
            counted = tuple(reason_for(part, facts) for part in parts)
            held = sum(reason.truth is Truth.MET for reason in counted)
            needed = facts.thresholds[n]
            return Reason(condition, truth, counted, float(held), needed, held - needed)
        case c.MeasureTest(measure, comparison):
            value, limit = facts.value(measure), facts.limit(condition)
            gap = None if value is None else c.margin(value, comparison, limit)
            return Reason(condition, truth, (), value, limit, gap)
        case c.SupplyTest(measure):
            return Reason(condition, truth, (), facts.value(measure))
        case c.AnswerTest(question):
            return Reason(condition, truth, (), str(facts.evidence.answer(question)))
        case c.PressureTest(pressure):
            return Reason(condition, truth, (), str(facts.pressures[pressure]))
        case c.SupervisionTest():
            return Reason(condition, truth, (), str(facts.supervision))
        case c.LevelTest(_, last_quarter):
            return Reason(condition, truth, (), facts.last_level if last_quarter else None)
        case c.AnswersTest():
            return Reason(condition, truth, (), ", ".join(facts.evidence.split_questions) or None)
    return Reason(condition, truth, tuple(reason_for(part, facts) for part in c.parts_of(condition)))
