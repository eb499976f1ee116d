"""Why a team has its level, what stopped a rule, and what to do: a tree from the level to the cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from . import conditions as c
from .facts import Facts, Majority
from .formula import names_in
from .judge import Reason, reason_for, truth_of
from .levers import Cost, Effect
from .missing import why_unknown
from .model import DatedValue, Declared, RulePack
from .tallies import Tally
from .truth import Truth
from .units import UNITS

SupervisionName = Literal["evidenced strained", "evidenced adequate", "inferred strained"]
_BASIS_IN_WORDS = {"report": "the report", "statistic": "a statistic", "judgement": "judgement"}
_SUPERVISION: tuple[SupervisionName, ...] = ("evidenced strained", "evidenced adequate", "inferred strained")  # as they outrank


@dataclass(frozen=True)
class Node:
    """One line of an explanation.

    `value`, `threshold` and `margin` are in words with their unit; `rests_on` says what the
    threshold rests on; `cells` where the value came from; `cites` the paragraphs. `joins` says of a
    group how its parts make the whole: all, any, count or not.
    """

    kind: str
    label: str
    truth: Truth
    id: str = ""
    value: str = ""
    threshold: str = ""
    margin: str = ""
    rests_on: str = ""
    cites: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()
    because: str = ""
    joins: str = ""
    parts: tuple[Node, ...] = field(default=())

    def walk(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Advice:
    """What a rule tells the manager, with the rule and its paragraphs; `same_day` where it can't wait.

    `about`: whether the level asks for it (its rules, and the pressures that may lie behind it), or
    something beside the level that asks for it whatever the level is.
    """

    rule: str
    title: str
    says: str
    cites: tuple[int, ...]
    same_day: bool = False
    about: Literal["level", "beside the level"] = "level"


def why(facts: Facts, level: str, *, full: bool = False) -> tuple[Node, ...]:
    """The rules that prove a level, each down to the figures and answers; all rules that hold if `full`."""
    rank = facts.pack.levels.rank(level)
    rules = [
        rule
        for rule in facts.pack.risk.values()
        if facts.rules[rule.id] is Truth.MET and (full or facts.pack.levels.rank(rule.level) == rank)
    ]
    return tuple(_rule_node(rule.id, facts, full) for rule in rules)


def why_could_be(facts: Facts, level: str, could_be: str) -> tuple[Node, ...]:
    """The rules of the level that a team could be at, which can't be ruled out, with what is unknown."""
    if could_be == level:
        return ()
    return tuple(
        _rule_node(rule.id, facts, False)
        for rule in facts.pack.risk.values()
        if facts.rules[rule.id] is Truth.CANNOT_TELL and rule.level == could_be
    )


def reached(facts: Facts, own: str, level: str) -> bool:
    """Whether a team whose level is `own` is at a level or above it; too little evidence reaches none."""
    levels = facts.pack.levels
    return own == level or (own != levels.insufficient.id and levels.rank(own) >= levels.rank(level))


def why_reached(facts: Facts, level: str) -> tuple[Node, ...]:
    """The rules that hold of a level or of one above it, the highest first: each is enough for it."""
    rank = facts.pack.levels.rank
    held = [rule for rule in facts.pack.risk.values() if facts.rules[rule.id] is Truth.MET and rank(rule.level) >= rank(level)]
    return tuple(_rule_node(rule.id, facts, False) for rule in sorted(held, key=lambda rule: -rank(rule.level)))


def why_not(facts: Facts, level: str) -> tuple[Node, ...]:
    """For each rule of a level that a team has not reached, what holds and what stopped it."""
    return tuple(_rule_node(rule.id, facts, False) for rule in facts.pack.risk.values() if rule.level == level)


def notices(facts: Facts, truths: dict[str, Truth]) -> tuple[Node, ...]:
    """The notices that are met, each with its reasons."""
    return tuple(
        _declared(facts, facts.pack.notices[name], "notice", truth, [facts.pack.notices[name].when], False)
        for name, truth in truths.items()
        if truth is Truth.MET
    )


def supervision(facts: Facts, *, full: bool = False) -> tuple[Node, ...]:
    """The state of supervision with what makes it; where none can be told, how far each of the three holds."""
    reasons = {state: reason_for(c.SupervisionTest(state), facts) for state in _SUPERVISION}
    told = tuple(_supervision_node(state, reason, facts, full) for state, reason in reasons.items() if reason.truth is Truth.MET)
    return told or tuple(_untold(state, reason, facts, full) for state, reason in reasons.items())


def _untold(state: SupervisionName, reason: Reason, facts: Facts, full: bool) -> Node:
    """A state of supervision that is not proved: what it waits for, and nothing more where it does not hold."""
    node = replace(_supervision_node(state, reason, facts, full), label=state.capitalize(), cites=())
    if reason.truth is Truth.NOT_MET:
        # What keeps it from being adequate is short, and is what a manager asks next; the rest is long.
        return replace(node, value="", parts=node.parts if full or state == "evidenced adequate" else ())
    return replace(node, value=_held_back(state, facts))


def _held_back(state: SupervisionName, facts: Facts) -> str:
    """Why a state that would hold by itself is not told: another, which would outrank it, is not known."""
    own = truth_of(_supervision_condition(state, facts), facts)
    return "would hold, but for what is not known above" if own is Truth.MET else ""


def advice(facts: Facts, level: str, notices_met: dict[str, Truth]) -> tuple[Advice, ...]:
    """What to do: from the rules that prove the level, the pressures behind them, supervision and notices."""
    pack, rank = facts.pack, facts.pack.levels.rank(level)
    of_level: list[Declared] = [
        rule for rule in pack.risk.values() if facts.rules[rule.id] is Truth.MET and pack.levels.rank(rule.level) == rank
    ]
    of_level += [pressure for pressure in pack.team_pressures.values() if facts.pressures[pressure.id].present is Truth.MET]
    beside: list[Declared] = []
    if facts.supervision is not None and facts.supervision.strained is Truth.MET:
        (of_level if _rests_on_supervision(facts, level) else beside).append(pack.supervision)
    beside += [pack.notices[name] for name, truth in notices_met.items() if truth is Truth.MET]
    told = [*(_advice(one, "level") for one in of_level), *(_advice(one, "beside the level") for one in beside)]
    return tuple(sorted(told, key=lambda one: not one.same_day))


def _advice(source: Declared, about: Literal["level", "beside the level"]) -> Advice:
    says, same_day = getattr(source, "tell_the_manager", ""), getattr(source, "same_day", False)
    return Advice(source.id, source.title, says, source.cites, same_day, about)


def _rests_on_supervision(facts: Facts, level: str) -> bool:
    """Whether supervision is among what proves a level."""
    return any(node.kind == "supervision" and node.truth is Truth.MET for proof in why(facts, level) for node in proof.walk())


# -- nodes -----------------------------------------------------------------------------------


def _rule_node(rule_id: str, facts: Facts, full: bool) -> Node:
    rule = facts.pack.risk[rule_id]
    return _declared(facts, rule, "rule", facts.rules[rule_id], [rule.when], full)


def _declared(
    facts: Facts, rule: Declared, kind: str, truth: Truth, conditions: list[c.Condition], full: bool, label: str = ""
) -> Node:
    parts = tuple(part for condition in conditions for part in _unwrapped(condition, facts, full, truth))
    return Node(kind, label or rule.title, truth, rule.id, cites=rule.cites, because=rule.because, parts=parts)


def _unwrapped(condition: c.Condition, facts: Facts, full: bool, truth: Truth) -> tuple[Node, ...]:
    """A condition's node, or, where all of its parts are needed, those parts: one level less to read."""
    node = _node(reason_for(condition, facts), facts, full)
    return node.parts if node.joins == "all" and node.parts else (node,)


def _node(reason: Reason, facts: Facts, full: bool) -> Node:
    condition, pack = reason.condition, facts.pack
    match condition:
        case c.AllOf() | c.AnyOf() | c.AtLeastOf() | c.Not():
            shown = [_node(part, facts, full) for part in _telling(reason, full)]
            if len(shown) == 1 and isinstance(condition, (c.AllOf, c.AnyOf)) and not full:
                return shown[0]
            joins = {c.AllOf: "all", c.AnyOf: "any", c.AtLeastOf: "count"}.get(type(condition), "not")
            return Node("group", _group_label(reason, facts), reason.truth, joins=joins, parts=tuple(shown))
        case c.MeasureTest():
            return _measure_node(reason, condition, facts)
        case c.AnswerTest(question, side):
            asked = pack.questions[question]
            cell = facts.evidence.cells.get(question)
            return Node("answer", f"Q{asked.number}, {asked.statement.rstrip('.')}", reason.truth, question, value=str(reason.value),
                        threshold=f"counts when {side}", cites=asked.cites, cells=(f"{cell}, {question}",) if cell else ())  # fmt: skip
        case c.PressureTest(pressure, grade):
            declared = pack.team_pressures[pressure]
            # The strongest mark that is met says why; where none is, the one asked for.
            held = facts.pressures[pressure]
            marks = declared.marks[declared.marks.index(grade) :]
            why = next((mark for mark in reversed(marks) if getattr(held, mark) is Truth.MET), grade)
            conditions = [declared.conditions[why]]
            label = declared.title if grade == "present" else f"{declared.title} ({grade})"
            return replace(_declared(facts, declared, "pressure", reason.truth, conditions, full, label), value=str(reason.value))
        case c.CountyTest(pressure, aspect):
            return _county_node(pressure, aspect, reason.truth, facts, full)
        case c.SupervisionTest(state):
            return _supervision_node(state, reason, facts, full)
        case c.RuleTest(rule):
            return _rule_node(rule, facts, full)
        case c.ReceivingTeam():
            inside = () if facts.receiving is None else tuple(_node(p, facts.receiving, full) for p in reason.parts)
            return Node("receiving team", "The team that work transfers to", reason.truth, parts=inside)
        case c.LevelTest(level, last_quarter):
            when = "Last quarter's level" if last_quarter else "The level"
            was = pack.levels.by_id(str(reason.value)).title if reason.value else "not known" if last_quarter else ""
            return Node("level", f"{when} is {pack.levels.by_id(level).title} or above", reason.truth, value=was)
        case c.SupplyTest(measure, state):
            title = (pack.measures.get(measure) or pack.figures[measure]).title
            return Node("supplied", f"{title} is {state}", reason.truth, measure, value="" if reason.value is None else number_said(facts, measure))
    value = "" if reason.value is None else str(reason.value)
    return Node("fact", c.in_words(condition).replace("_", " "), reason.truth, value=value)


def _telling(reason: Reason, full: bool) -> list[Reason]:
    """The parts that decided: those with the whole's own truth, or every part of an `all` that holds."""
    if full or (reason.truth is Truth.MET and isinstance(reason.condition, c.AllOf)):
        return list(reason.parts)
    if isinstance(reason.condition, c.Not):
        return list(reason.parts)
    if isinstance(reason.condition, c.AtLeastOf) and reason.truth is not Truth.MET:
        return list(reason.parts)
    return [part for part in reason.parts if part.truth is reason.truth]


def _group_label(reason: Reason, facts: Facts) -> str:
    match reason.condition:
        case c.AllOf(parts):
            return "both of these are needed" if len(parts) == 2 else f"all {len(parts)} of these are needed"
        case c.AnyOf(parts):
            return f"any one of {len(parts)} is enough"
        case c.AtLeastOf(n, parts):
            held, needed = float(reason.value or 0), facts.thresholds[n]
            return f"{held:g} of {len(parts)} {'holds' if held == 1 else 'hold'}; {needed:g} {'is' if needed == 1 else 'are'} needed"
    so = {Truth.MET: ", and does not", Truth.NOT_MET: ", and does", Truth.CANNOT_TELL: ", and that can't be told"}
    return f"this must not hold{so[reason.truth]}"


def _measure_node(reason: Reason, test: c.MeasureTest, facts: Facts) -> Node:
    pack = facts.pack
    declared = pack.measures.get(test.measure) or pack.figures[test.measure]
    unit = UNITS[declared.unit]
    threshold = pack.thresholds[test.threshold]
    limit = facts.thresholds[test.threshold]
    margin = "" if reason.margin is None or reason.value is None else unit.say_gap(reason.margin, float(reason.value), limit)
    return Node(
        "measure", declared.title, reason.truth, test.measure,
        value=why_unknown(facts, test.measure) if reason.value is None else number_said(facts, test.measure),
        threshold=f"{test.comparison.replace('_', ' ')} {UNITS[threshold.unit].say(limit)} ({threshold.title})",
        margin=margin, rests_on=rests_on(facts, test.threshold),
        cites=getattr(declared, "cites", ()), cells=tuple(cells_of(test.measure, facts)),
    )  # fmt: skip


def rests_on(facts: Facts, threshold: str) -> str:
    """What a threshold's value rests on: the report, a statistic or judgement, and its source."""
    declared = facts.pack.thresholds[threshold]
    dated = declared.in_force(facts.quarter) if facts.quarter else declared.values[-1]
    return "" if dated is None else ground(dated)


def ground(dated: DatedValue | Effect | Cost | Tally) -> str:
    """What a value rests on and its source, the first said once where the second begins with it; nothing for one for one."""
    if dated.basis is None:
        return ""
    if dated.source.lower().startswith(dated.basis):
        return dated.source[0].lower() + dated.source[1:]
    return f"{_BASIS_IN_WORDS[dated.basis]}: {dated.source}"


def cells_of(name: str, facts: Facts, say: Callable[[str, bool], str] | None = None) -> Iterator[str]:
    """The cells behind a measure: each figure with its value and its place.

    Args:
        say: how a number is written, by its name and whether it is last quarter's; as it is, by default.
    """
    pack, evidence = facts.pack, facts.evidence
    say = say or partial(number_said, facts)
    if name in evidence.figures:
        yield f"{name} {say(name, False)}, {evidence.cells.get(name, 'counted from responses.csv')}"
        return
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        return
    for part, last in dict.fromkeys(names_in(measure.formula)):
        if last:
            yield f"{part} last quarter {say(part, True)}"
        else:
            yield from cells_of(part, facts, say)


def number_said(facts: Facts, name: str, last_quarter: bool = False) -> str:
    """A figure or measure with its unit, of this quarter or of last."""
    value = facts.last_value(name) if last_quarter else facts.value(name)
    return "not supplied" if value is None else UNITS[(facts.pack.measures.get(name) or facts.pack.figures[name]).unit].say(value)


def _county_node(pressure: str, aspect: str, truth: Truth, facts: Facts, full: bool) -> Node:
    declared = facts.pack.county_pressures[pressure]
    if aspect == "affected":
        return _declared(facts, declared, "county pressure", truth, [declared.affected], full, f"{declared.title}: this {facts.pack.words.team} is affected")
    majority = facts.majorities.get(pressure)
    return Node("county pressure", f"{declared.title} ({facts.pack.words.county}-wide)", truth, pressure,
                value=in_words(majority, facts.pack) if majority else "", cites=declared.cites, because=declared.because,
                threshold=f"on when more than {UNITS['share'].say(facts.thresholds[declared.most])} of all {facts.pack.words.teams} are affected",
                rests_on=rests_on(facts, declared.most))  # fmt: skip


def in_words(majority: Majority, pack: RulePack) -> str:
    """A county pressure's count as a sentence: "26 of 60 teams affected, 18 not known"."""
    silent = f", {majority.silent} not known" if majority.silent else ""
    return f"{majority.affected} of {majority.teams} {pack.words.teams} affected{silent}"


def _supervision_node(state: SupervisionName, reason: Reason, facts: Facts, full: bool) -> Node:
    declared = facts.pack.supervision
    conditions = [_supervision_condition(state, facts)]
    node = _declared(facts, declared, "supervision", reason.truth, conditions, full, f"{declared.title}: {state}")
    return replace(node, value=str(reason.value))


def _supervision_condition(state: SupervisionName, facts: Facts) -> c.Condition:
    declared = facts.pack.supervision
    return {
        "evidenced strained": declared.evidenced_strained,
        "evidenced adequate": declared.evidenced_adequate,
        "inferred strained": declared.inferred_strained,
    }[state]
