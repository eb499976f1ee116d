"""The examples that rules carry: checked when a pack loads, run by `springtide rules test`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..logic import conditions as c
from ..logic import model as m
from ..logic.answers import combine
from ..logic.facts import SUPERVISION_STATES, Evidence, Facts, Grade, SupervisionState
from ..logic.judge import Reason, reason_for, truth_of
from ..logic.quarter import Quarter
from ..logic.strata import add_affected, add_rules, add_supervision, add_team_pressures
from ..logic.truth import Truth
from ..logic.units import UNITS
from .layers import Stack
from .problems import Problem, did_you_mean, shown

_TRUTHS = {"met": Truth.MET, "not met": Truth.NOT_MET, "cannot tell": Truth.CANNOT_TELL}
_GRADES = {
    "none": Grade(Truth.NOT_MET, Truth.NOT_MET),
    "present": Grade(Truth.MET, Truth.NOT_MET),
    "severe": Grade(Truth.MET, Truth.MET),
    "cannot tell": Grade(Truth.CANNOT_TELL, Truth.CANNOT_TELL),
}
_COUNTY: dict[str, tuple[Truth | None, Truth | None]] = {
    "on": (Truth.MET, None),
    "off": (Truth.NOT_MET, None),
    "on and affected": (Truth.MET, Truth.MET),
    "on, not affected": (Truth.MET, Truth.NOT_MET),
    "off, affected": (Truth.NOT_MET, Truth.MET),
    "affected": (None, Truth.MET),
    "not affected": (None, Truth.NOT_MET),
    "cannot tell": (Truth.CANNOT_TELL, Truth.CANNOT_TELL),
}
_SUPERVISION = {
    state: SupervisionState(*(Truth.of(state == other) for other in SUPERVISION_STATES))
    for state in SUPERVISION_STATES
} | {"cannot tell": SupervisionState(*(Truth.CANNOT_TELL,) * 3)}
_KNIFE_EDGES = {"none": frozenset[str](), "one post": frozenset({"one post"}), "threshold": frozenset({"threshold"})}
_RELATIONS = {"at ": 0, "just below ": -1, "just above ": 1}


@dataclass(frozen=True)
class Outcome:
    """One example run: what it came to beside what it expects."""

    rule: str
    example: m.Example
    got: str

    @property
    def passed(self) -> bool:
        return self.got == self.example.expect


def expectations(rule: m.Declared) -> tuple[str, ...]:
    """What an example of this rule may expect: it holds, it does not, it can't be told."""
    match rule:
        case m.TeamPressure():
            return ("present", "severe", "none", "cannot tell")
        case m.CountyPressure():
            return ("affected", "not affected", "cannot tell")
        case m.Supervision():
            return (*SUPERVISION_STATES, "cannot tell")
    return ("met", "not met", "cannot tell")


def run_examples(pack: m.RulePack, quarter: Quarter | None = None) -> Iterator[Outcome]:
    """Run every rule's examples under the thresholds of a quarter (the latest that begins, if none is named)."""
    thresholds = pack.values(quarter or latest_quarter(pack))
    for rule in pack.rules.values():
        for example in rule.examples:
            facts = facts_given(pack, thresholds, example.given)
            yield Outcome(rule.id, example, result_of(rule, facts))


def latest_quarter(pack: m.RulePack) -> Quarter:
    """The quarter in which the newest threshold of a pack begins."""
    starts = [value.start for threshold in pack.thresholds.values() for value in threshold.values if value.start]
    return max(starts, default=Quarter(2009, 1))


def result_of(rule: m.Declared, facts: Facts) -> str:
    """What a rule comes to, in the words that its examples use."""
    match rule:
        case m.TeamPressure():
            severe = truth_of(rule.severe, facts)
            return str(Grade(max(severe, truth_of(rule.present, facts)), severe))
        case m.CountyPressure():
            return {Truth.MET: "affected", Truth.NOT_MET: "not affected"}.get(truth_of(rule.affected, facts), "cannot tell")
        case m.Supervision():
            conditions = (rule.evidenced_strained, rule.evidenced_adequate, rule.inferred_strained)
            return str(SupervisionState(*(truth_of(condition, facts) for condition in conditions)))
        case m.RiskRule(when=when) | m.Notice(when=when) | m.Reducer(when=when):
            return str(truth_of(when, facts))
    raise TypeError(rule)


def facts_given(pack: m.RulePack, thresholds: dict[str, float], given: dict[str, Any]) -> Facts:
    """The facts of an example: what it gives, the strata that follow, and nothing else."""
    last_quarter = {name: number_given(pack, thresholds, name, value) for name, value in given.get("last_quarter", {}).items()}
    figures, answers = {}, {}
    for name, value in given.items():
        if name in pack.figures or name in pack.measures:
            figures[name] = number_given(pack, thresholds, name, value)
        elif name in pack.questions:
            several = value if isinstance(value, list) else [value]
            answers[name] = combine(pack.questions[name], pack.questionnaire.scale, several)
    split = ("an example",) if given.get("answers") == "split" else ()
    facts = Facts(pack, thresholds, Evidence(figures, last_quarter, answers, split))
    add_team_pressures(facts)
    facts.pressures |= {name: _GRADES[given[name]] for name in pack.team_pressures if name in given}
    add_affected(facts)
    for name in pack.county_pressures:
        on, affected = _COUNTY[given[name]] if name in given else (None, None)
        facts.county[name] = Truth.CANNOT_TELL if on is None else on
        if affected is not None:
            facts.affected[name] = affected
    add_supervision(facts)
    if "supervision" in given:
        facts.supervision = _SUPERVISION[given["supervision"]]
    add_rules(facts)
    if "level" in given:
        rank = pack.levels.rank(given["level"])
        facts.rules = {name: Truth.of(pack.levels.rank(rule.level) <= rank) for name, rule in pack.risk.items()}
    facts.rules |= {name: _TRUTHS[given[name]] for name in pack.risk if name in given}
    _rules_that_follow(pack, facts, given)
    facts.last_level = given.get("last_level")
    facts.periods = {name: given.get("period") == name for name in pack.periods}
    facts.knife_edges = _KNIFE_EDGES.get(given.get("knife_edge", ""))
    if "receiving_team" in given:
        facts.receiving = facts_given(pack, thresholds, given["receiving_team"])
    return facts


def _rules_that_follow(pack: m.RulePack, facts: Facts, given: dict[str, Any]) -> None:
    """Rules that read a given rule are worked out again, so that they follow from what is given."""
    if "level" in given:
        return
    fixed = {name: facts.rules[name] for name in pack.risk if name in given}
    if fixed:
        worked_out = dict(facts.rules)
        for _ in pack.risk:
            for name, rule in pack.risk.items():
                if name not in fixed:
                    worked_out[name] = truth_of(rule.when, facts)
            facts.rules = worked_out | fixed


def number_given(pack: m.RulePack, thresholds: dict[str, float], name: str, value: Any) -> float:
    """A number in an example: plain, or `at`, `just below` or `just above` a threshold."""
    if isinstance(value, (int, float)):
        return float(value)
    for relation, side in _RELATIONS.items():
        if str(value).startswith(relation):
            step = 1.0 if UNITS[_unit(pack, name)].whole else 0.001
            return thresholds[str(value).removeprefix(relation)] + side * step
    raise ValueError(value)


def _unit(pack: m.RulePack, name: str) -> str:
    return (pack.measures.get(name) or pack.figures[name]).unit


# -- checking --------------------------------------------------------------------------------


def check_examples(pack: m.RulePack, stack: Stack) -> Iterator[Problem]:
    """Words in examples that name nothing, or say what can't be."""
    for kind in ("team pressure", "county pressure", "supervision", "risk rule", "notice", "confidence reducer"):
        for entry in stack.of(kind).values():
            rule = pack.rules[entry.id]
            for place, example in enumerate(rule.examples):
                path = ("examples", place)
                if example.expect not in expectations(rule):
                    yield entry.problem((*path, "expect"), f"{shown(example.expect)} is nothing that '{rule.id}' can come to",
                                        did_you_mean(example.expect, expectations(rule)))  # fmt: skip
                for wrong in _wrong_in(pack, example.given, ()):
                    yield entry.problem((*path, "given", *wrong.path), wrong.message, wrong.hint, key=wrong.key)


@dataclass(frozen=True)
class _Wrong:
    """Something wrong in what an example gives; `key`: the mistake is in the key, not in its value."""

    path: tuple[Any, ...]
    message: str
    hint: str
    key: bool = False


def _wrong_in(pack: m.RulePack, given: dict[str, Any], path: tuple[Any, ...]) -> Iterator[_Wrong]:
    choices = {} if path[-1:] == ("last_quarter",) else _choices(pack)
    nested = () if path else ("receiving_team", "last_quarter")
    for name, value in given.items():
        here = (*path, name)
        if name in nested or (name == "last_quarter" and path == ("receiving_team",)):
            if isinstance(value, dict):
                yield from _wrong_in(pack, value, here)
            else:
                yield _Wrong(here, f"'{name}' is {shown(value)}", "should be a mapping, as in {vacancy_rate: 0.2}")
        elif name in pack.figures or name in pack.measures:
            yield from _wrong_number(pack, name, value, here)
        elif name in choices:
            yield from _wrong_choice(pack, name, value, here, choices[name])
        else:
            known = [*choices, *pack.figures, *pack.measures, *nested]
            where = f" in '{path[-1]}'" if path else ""
            yield _Wrong(here, f"an example can't give {shown(name)}{where}", did_you_mean(name, known) or "name a figure or a measure", key=True)


def _wrong_choice(pack: m.RulePack, name: str, value: Any, path: tuple[Any, ...], options: tuple[str, ...]) -> Iterator[_Wrong]:
    several = isinstance(value, list) and name in pack.questions
    for place, one in enumerate(value if several else [value]):
        if one not in options:
            yield _Wrong((*path, place) if several else path, f"{shown(one)} is not something '{name}' can be", did_you_mean(one, options))


def _choices(pack: m.RulePack) -> dict[str, tuple[str, ...]]:
    scale = pack.questionnaire.scale
    answers = (*scale.answers, scale.not_counted, scale.missing)
    levels = (*(level.id for level in pack.levels.levels), pack.levels.insufficient.id)
    return (
        dict.fromkeys(pack.questions, answers)
        | {name: tuple(_GRADES) for name in pack.team_pressures}
        | {name: tuple(_COUNTY) for name in pack.county_pressures}
        | {name: tuple(_TRUTHS) for name in pack.risk}
        | {
            "supervision": tuple(_SUPERVISION),
            "level": levels,
            "last_level": levels,
            "period": (*pack.periods, "none"),
            "knife_edge": tuple(_KNIFE_EDGES),
            "answers": ("split", "agreed"),
        }
    )


def _wrong_number(pack: m.RulePack, name: str, value: Any, path: tuple[Any, ...]) -> Iterator[_Wrong]:
    unit = UNITS[_unit(pack, name)]
    threshold = next((value.removeprefix(r) for r in _RELATIONS if value.startswith(r)), None) if isinstance(value, str) else None
    if threshold is not None:
        if threshold not in pack.thresholds:
            yield _Wrong(path, f"there is no threshold {shown(threshold)}", did_you_mean(threshold, pack.thresholds))
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        yield _Wrong(path, f"{shown(value)} is not a number", "write a number, or 'at', 'just below' or 'just above' a threshold")
    elif not unit.allows(value):
        yield _Wrong(path, f"'{name}' can't be {shown(value)}", f"write {unit.range_in_words}")


# -- completeness ----------------------------------------------------------------------------


def kinds_missing(pack: m.RulePack) -> Iterator[tuple[m.Declared, str]]:
    """Rules that lack one of the four examples: it holds, it does not, on the boundary, missing."""
    thresholds = pack.values(latest_quarter(pack))
    for rule in pack.rules.values():
        words = expectations(rule)
        expects = {example.expect for example in rule.examples}
        not_held = {"none", "not affected", "not met"} if not isinstance(rule, m.Supervision) else {"evidenced adequate"}
        if not expects & set(words[:1]):
            yield rule, f"an example in which it is {words[0]}"
        if not expects & not_held:
            yield rule, f"an example in which it is {sorted(not_held & set(words))[0]}"
        if "cannot tell" not in expects and not _never_unknown(rule):
            yield rule, "an example with something missing (cannot tell)"
        if not _never_unknown(rule) and not any(_on_boundary(pack, thresholds, rule, example) for example in rule.examples):
            yield rule, "an example exactly on the boundary"


def _never_unknown(rule: m.Declared) -> bool:
    """Rules that read only whether something is there are never in doubt."""
    leaves = [part for condition in rule.conditions.values() for part in c.walk(condition) if not c.parts_of(part)]
    return all(isinstance(leaf, (c.SupplyTest, c.PeriodTest, c.AnswersTest)) for leaf in leaves)


def _on_boundary(pack: m.RulePack, thresholds: dict[str, float], rule: m.Declared, example: m.Example) -> bool:
    """Exactly at a threshold, or, for a rule without numbers, holding with nothing to spare."""
    facts = facts_given(pack, thresholds, example.given)
    reasons = [reason_for(condition, facts) for condition in rule.conditions.values()]
    if any(_at_threshold(reason) for reason in reasons):
        return True
    if example.expect not in expectations(rule)[:1] or not example.given:
        return False
    return all(
        result_of(rule, facts_given(pack, thresholds, {k: v for k, v in example.given.items() if k != name})) != example.expect
        for name in example.given
    )


def _at_threshold(reason: Reason) -> bool:
    if reason.margin is not None and abs(reason.margin) < 1e-6:
        return True
    return any(_at_threshold(part) for part in reason.parts)
