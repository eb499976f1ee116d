"""The examples that rules carry: what each gives, and what it comes to; run by `springtide rules test`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..logic import model as m
from ..logic.alerts import examples as of_alerts
from ..logic.answers import combine
from ..logic.confidence import band_of
from ..logic.facts import SUPERVISION_STATES, Evidence, Facts, Grade, SupervisionState
from ..logic.judge import truth_of
from ..logic.quarter import Quarter
from ..logic.strata import add_affected, add_rules, add_supervision, add_team_pressures, team_pressure, verdict
from ..logic.truth import Truth, more_than_share
from ..logic.units import UNITS

TRUTHS = {"met": Truth.MET, "not met": Truth.NOT_MET, "cannot tell": Truth.CANNOT_TELL}
GRADES = {
    "none": Grade(Truth.NOT_MET, Truth.NOT_MET),
    "felt": Grade(Truth.NOT_MET, Truth.NOT_MET, Truth.MET),
    "present": Grade(Truth.MET, Truth.NOT_MET),
    "severe": Grade(Truth.MET, Truth.MET),
    "cannot tell": Grade(Truth.CANNOT_TELL, Truth.CANNOT_TELL),
    "at least present": Grade(Truth.MET, Truth.CANNOT_TELL),
    "at most present": Grade(Truth.CANNOT_TELL, Truth.NOT_MET),
    "at least felt": Grade(Truth.CANNOT_TELL, Truth.CANNOT_TELL, Truth.MET),
    "at most felt": Grade(Truth.NOT_MET, Truth.NOT_MET, Truth.CANNOT_TELL),
    "felt or present": Grade(Truth.CANNOT_TELL, Truth.NOT_MET, Truth.MET),
}
# What can be given of a pressure that does not say what is felt.
GRADES_WITHOUT_FELT = tuple(words for words in GRADES if "felt" not in words)
COUNTY: dict[str, tuple[Truth | None, Truth | None]] = {
    "on": (Truth.MET, None),
    "off": (Truth.NOT_MET, None),
    "on and affected": (Truth.MET, Truth.MET),
    "on, not affected": (Truth.MET, Truth.NOT_MET),
    "off, affected": (Truth.NOT_MET, Truth.MET),
    "off, not affected": (Truth.NOT_MET, Truth.NOT_MET),
    "affected": (None, Truth.MET),
    "not affected": (None, Truth.NOT_MET),
    "cannot tell": (Truth.CANNOT_TELL, Truth.CANNOT_TELL),
}
SUPERVISION = {
    state: SupervisionState(*(Truth.of(state == other) for other in SUPERVISION_STATES))
    for state in SUPERVISION_STATES
} | {"cannot tell": SupervisionState(*(Truth.CANNOT_TELL,) * 3)}
KNIFE_EDGES = {"none": frozenset[str](), "one post": frozenset({"one post"}), "threshold": frozenset({"threshold"})}
RELATIONS = {"at ": 0, "just below ": -1, "just above ": 1}
# What an example of a county pressure gives to show when it is on.
COUNTS_OF_TEAMS = ("all_teams", "affected_teams", "silent_teams")
LEVELS, CONFIDENCE = "levels", "confidence"


@dataclass(frozen=True)
class Outcome:
    """One example run: what it came to beside what it expects. `rule` is a rule's id, `levels` or `confidence`."""

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
            return (*rule.marks, "none", "cannot tell")
        case m.CountyPressure():
            return ("affected", "not affected", "cannot tell", "on", "off")
        case m.Supervision():
            return (*SUPERVISION_STATES, "cannot tell")
    return ("met", "not met", "cannot tell")


def run_examples(pack: m.RulePack, quarter: Quarter | None = None) -> Iterator[Outcome]:
    """Run every rule's examples under the thresholds of a quarter (the latest that begins, if none is named)."""
    thresholds = pack.values(quarter or latest_quarter(pack))
    for rule in pack.rules.values():
        for example in rule.examples:
            facts = facts_given(pack, thresholds, example.given)
            yield Outcome(rule.id, example, result_of(rule, facts, example.given))
    for example in pack.levels.examples:
        yield Outcome(LEVELS, example, level_of(facts_given(pack, thresholds, example.given)))
    for example in pack.levels.confidence_examples:
        yield Outcome(CONFIDENCE, example, band_given(pack, thresholds, example.given))
    for alert in pack.alerts.values():
        for row in alert.examples:
            expected = m.Example(row.name, {"quarters": row.quarters}, _yes_or_no(row.expect), row.at)
            yield Outcome(alert.id, expected, _yes_or_no(of_alerts.outcome(alert, row, pack.levels.ranks, thresholds, pack.levels.notable)))


def _yes_or_no(said: Sequence[bool]) -> str:
    return ", ".join("yes" if one else "no" for one in said)


def moved_by_layer(pack: m.RulePack, beneath: m.RulePack, outcomes: Sequence[Outcome], quarter: Quarter | None = None) -> tuple[Outcome, ...]:
    """The examples that hold in the pack beneath, of rules that are as they are there, and do not hold above.

    They show what a layer's changes do, which may be just what it is for.
    """
    if quarter is not None and not beneath.covers(quarter):
        return ()
    held = [(outcome.rule, outcome.example) for outcome in run_examples(beneath, quarter) if outcome.passed]
    return tuple(outcome for outcome in outcomes if not outcome.passed and (outcome.rule, outcome.example) in held)


def latest_quarter(pack: m.RulePack) -> Quarter:
    """The quarter in which the newest threshold of a pack begins."""
    starts = [value.start for threshold in pack.thresholds.values() for value in threshold.values if value.start]
    return max(starts, default=Quarter(2009, 1))


def result_of(rule: m.Declared, facts: Facts, given: Mapping[str, Any] = MappingProxyType({})) -> str:
    """What a rule comes to, in the words that its examples use; `given` where it counts teams."""
    match rule:
        case m.CountyPressure() if "all_teams" in given:
            teams, affected, silent = (int(given.get(name, 0)) for name in COUNTS_OF_TEAMS)
            on = more_than_share(facts.thresholds[rule.most], affected, affected + silent, teams)
            return {Truth.MET: "on", Truth.NOT_MET: "off"}.get(on, "cannot tell")
        case m.TeamPressure():
            return str(team_pressure(facts, rule))
        case m.CountyPressure():
            return {Truth.MET: "affected", Truth.NOT_MET: "not affected"}.get(truth_of(rule.affected, facts), "cannot tell")
        case m.Supervision():
            conditions = (rule.evidenced_strained, rule.evidenced_adequate, rule.inferred_strained)
            return str(SupervisionState(*(truth_of(condition, facts) for condition in conditions)))
        case m.RiskRule(when=when) | m.Notice(when=when) | m.Reducer(when=when):
            return str(truth_of(when, facts))
    raise TypeError(rule)


def level_of(facts: Facts) -> str:
    """The level that an example's findings come to."""
    assert facts.supervision is not None
    return verdict(facts.pack, facts.thresholds, facts.pressures, facts.supervision, facts.rules).level


def band_given(pack: m.RulePack, thresholds: Mapping[str, float], given: Mapping[str, Any]) -> str:
    """The band of confidence that the reducers which an example gives come to."""
    met = [pack.reducers[name] for name, truth in given.items() if truth == "met"]
    return band_of(pack, thresholds, met)


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
    facts.pressures |= {name: GRADES[given[name]] for name in pack.team_pressures if name in given}
    add_affected(facts)
    for name in pack.county_pressures:
        on, affected = COUNTY[given[name]] if name in given else (None, None)
        facts.county[name] = Truth.CANNOT_TELL if on is None else on
        if affected is not None:
            facts.affected[name] = affected
    add_supervision(facts)
    if "supervision" in given:
        facts.supervision = SUPERVISION[given["supervision"]]
    add_rules(facts)
    if "level" in given:
        rank = pack.levels.rank(given["level"])
        facts.rules = {name: Truth.of(pack.levels.rank(rule.level) <= rank) for name, rule in pack.risk.items()}
    facts.rules |= {name: TRUTHS[given[name]] for name in pack.risk if name in given}
    _rules_that_follow(pack, facts, given)
    facts.last_level = given.get("last_level")
    facts.periods = {name: given.get("period") == name for name in pack.periods}
    facts.knife_edges = KNIFE_EDGES.get(given.get("knife_edge", ""))
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
    for relation, side in RELATIONS.items():
        if str(value).startswith(relation):
            step = 1.0 if UNITS[unit_in(pack, name)].whole else 0.001
            return thresholds[str(value).removeprefix(relation)] + side * step
    raise ValueError(value)


def unit_in(pack: m.RulePack, name: str) -> str:
    return (pack.measures.get(name) or pack.figures[name]).unit
