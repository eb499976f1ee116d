"""How far a condition holds of a team, with the tree of reasons."""

from __future__ import annotations

from dataclasses import dataclass

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
    """How far a condition holds, and nothing more: the fast way through."""
    match condition:
        case c.AllOf(parts):
            return all_of(truth_of(part, facts) for part in parts)
        case c.AnyOf(parts):
            return any_of(truth_of(part, facts) for part in parts)
        case c.Not(part):
            return negation(truth_of(part, facts))
        case c.AtLeastOf(n, parts):
            return at_least(round(facts.thresholds[n]), (truth_of(part, facts) for part in parts))
        case c.ReceivingTeam(part):
            return Truth.NOT_MET if facts.receiving is None else truth_of(part, facts.receiving)
        case c.MeasureTest(measure, comparison):
            value = facts.value(measure)
            if value is None:
                return Truth.CANNOT_TELL
            return Truth.of(c.compare(value, comparison, facts.limit(condition)))
        case c.AnswerTest(question, side):
            answer = facts.evidence.answer(question)
            return answer.is_adverse if side == "adverse" else answer.is_favourable
        case c.PressureTest(pressure, grade):
            state = facts.pressures[pressure]
            return state.severe if grade == "severe" else state.present
        case c.CountyTest(pressure, aspect):
            return facts.county[pressure] if aspect == "on" else facts.affected[pressure]
        case c.SupervisionTest(state):
            assert facts.supervision is not None
            return facts.supervision.is_(state)
        case c.RuleTest(rule):
            return facts.rules[rule]
        case c.LevelTest(level, last_quarter):
            return _level_truth(facts, level, last_quarter)
        case c.SupplyTest(measure, state):
            return Truth.of((facts.value(measure) is None) == (state == "missing"))
        case c.PeriodTest(period):
            return Truth.of(facts.periods.get(period, False))
        case c.AnswersTest():
            return Truth.of(bool(facts.evidence.split_questions))
        case c.KnifeEdgeTest(about):
            return Truth.of(None if facts.knife_edges is None else about in facts.knife_edges)
    raise TypeError(f"not a condition: {condition!r}")


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
