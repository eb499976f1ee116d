"""The examples that rules carry, looked over: words that name nothing, and examples that are lacking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..logic import conditions as c
from ..logic import model as m
from ..logic.confidence import BANDS
from ..logic.judge import Reason, reason_for
from ..logic.units import UNITS
from .examples import (
    COUNTS_OF_TEAMS,
    COUNTY,
    GRADES,
    GRADES_WITHOUT_FELT,
    KNIFE_EDGES,
    RELATIONS,
    SUPERVISION,
    TRUTHS,
    expectations,
    facts_given,
    latest_quarter,
    result_of,
    unit_in,
)  # fmt: skip
from .layers import Entry, Stack
from .problems import Problem, did_you_mean, shown


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
                yield from _in_given(pack, entry, path, example.given, isinstance(rule, m.CountyPressure))
    entry = stack.of("levels")["levels"]
    levels = (*(level.id for level in pack.levels.levels), pack.levels.insufficient.id)
    for place, example in enumerate(pack.levels.examples):
        path = ("examples", place)
        if example.expect not in levels:
            yield entry.problem((*path, "expect"), f"there is no level {shown(example.expect)}", did_you_mean(example.expect, levels))
        yield from _in_given(pack, entry, path, example.given, False)
    for place, example in enumerate(pack.levels.confidence_examples):
        yield from _wrong_band(pack, entry, ("confidence", "examples", place), example)


def _in_given(pack: m.RulePack, entry: Entry, path: tuple[Any, ...], given: dict[str, Any], counts_teams: bool) -> Iterator[Problem]:
    counts = {name: given[name] for name in COUNTS_OF_TEAMS if counts_teams and name in given}
    if counts:
        yield from _wrong_counts(entry, (*path, "given"), counts)
    rest = {name: value for name, value in given.items() if name not in counts}
    for wrong in _wrong_in(pack, rest, ()):
        yield entry.problem((*path, "given", *wrong.path), wrong.message, wrong.hint, key=wrong.key)


def _wrong_counts(entry: Entry, path: tuple[Any, ...], counts: dict[str, Any]) -> Iterator[Problem]:
    """Counts of teams that can't be: no whole number, or more affected and silent ones than there are."""
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            yield entry.problem((*path, name), f"'{name}' is {shown(value)}", "write a whole number, 0 or more")
            return
    if "all_teams" not in counts:
        yield entry.problem(path, "the affected teams are given without all teams", "add all_teams", key=True)
    elif counts.get("affected_teams", 0) + counts.get("silent_teams", 0) > counts["all_teams"]:
        yield entry.problem((*path, "all_teams"), "more teams are affected or silent than there are", "all_teams counts every team in the list")


def _wrong_band(pack: m.RulePack, entry: Entry, path: tuple[Any, ...], example: m.Example) -> Iterator[Problem]:
    if example.expect not in BANDS:
        yield entry.problem((*path, "expect"), f"{shown(example.expect)} is no band of confidence", did_you_mean(example.expect, BANDS))
    for name, value in example.given.items():
        if name not in pack.reducers:
            yield entry.problem((*path, "given", name), f"there is no confidence reducer {shown(name)}", did_you_mean(name, pack.reducers), key=True)
        elif value not in TRUTHS:
            yield entry.problem((*path, "given", name), f"{shown(value)} is not something '{name}' can be", did_you_mean(value, TRUTHS))


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
        | {one.id: GRADES_WITHOUT_FELT if one.felt is None else tuple(GRADES) for one in pack.team_pressures.values()}
        | {name: tuple(COUNTY) for name in pack.county_pressures}
        | {name: tuple(TRUTHS) for name in pack.risk}
        | {
            "supervision": tuple(SUPERVISION),
            "level": levels,
            "last_level": levels,
            "period": (*pack.periods, "none"),
            "knife_edge": tuple(KNIFE_EDGES),
            "answers": ("split", "agreed"),
        }
    )


def _wrong_number(pack: m.RulePack, name: str, value: Any, path: tuple[Any, ...]) -> Iterator[_Wrong]:
    unit = UNITS[unit_in(pack, name)]
    threshold = next((value.removeprefix(r) for r in RELATIONS if value.startswith(r)), None) if isinstance(value, str) else None
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
