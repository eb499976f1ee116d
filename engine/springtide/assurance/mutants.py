"""Small mistakes made on purpose in every rule, to see whether the rule's own examples notice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..logic import conditions as c
from ..logic import model as m
from ..logic.facts import Facts
from ..logic.quarter import Quarter
from ..logic.units import UNITS
from ..rulepack.examples import CONFIDENCE, LEVELS, band_given, facts_given, latest_quarter, level_of, result_of
from . import trees
from .compiling import RuleSpace
from .inputs import step_of, unit_of
from .witness import given_of

_BOUNDARY: dict[c.Comparison, c.Comparison] = {
    "at_least": "more_than", "more_than": "at_least", "at_most": "less_than", "less_than": "at_most",
}  # fmt: skip
_REVERSED: dict[c.Comparison, c.Comparison] = {
    "at_least": "less_than", "more_than": "at_most", "at_most": "more_than", "less_than": "at_least",
}  # fmt: skip

Fate = Literal["killed", "survived", "the same"]


@dataclass(frozen=True)
class Mutant:
    """One mistake: whose, what kind, and in words. `of` is a rule's id, `levels` or `confidence`."""

    of: str
    at: str
    kind: str
    says: str


@dataclass(frozen=True)
class Tried:
    """What became of a mutant.

    `killed_by` is the first example that came to something else. A mutant that is `the same` differs
    from the rule nowhere, which was proved, so nothing could kill it. One that `survived` has an
    example that would kill it, where one was found.
    """

    mutant: Mutant
    fate: Fate
    killed_by: str = ""
    counterexample: m.Example | None = None


@dataclass(frozen=True)
class _Changed:
    """A rule with a mistake in it, or thresholds with one."""

    mutant: Mutant
    rule: m.Declared | None = None
    thresholds: Mapping[str, float] | None = None
    pack: m.RulePack | None = None


def mutate(
    pack: m.RulePack, quarter: Quarter | None = None, progress: Callable[[int, int], None] = lambda done, of: None
) -> tuple[Tried, ...]:
    """Try every mutant of a pack against the examples, under the thresholds of a quarter (the latest that begins)."""
    thresholds = pack.values(quarter or latest_quarter(pack))
    names = _Names(thresholds)
    work: list[tuple[m.Declared | None, list[_Changed]]] = [
        (rule, list(_mutants_of(pack, rule, names))) for rule in pack.rules.values()
    ]
    work.append((None, list(_mutants_of_levels(pack, thresholds))))
    total = sum(len(changed) for _, changed in work)
    tried: list[Tried] = []
    for rule, changed in work:
        judge: _Judge = _RuleJudge(pack, names.all, rule) if rule else _LevelsJudge(pack, thresholds)
        for one in changed:
            tried.append(judge.try_(one))
            progress(len(tried), total)
    return tuple(tried)


class _Names:
    """Thresholds, and moved ones under names of their own, so that a mutant is a condition like any other."""

    def __init__(self, thresholds: Mapping[str, float]):
        self.all = dict(thresholds)

    def moved(self, threshold: str, step: float) -> str:
        name = f"{threshold} {step:+g}"
        self.all[name] = self.all[threshold] + step
        return name


# -- which mistakes there are ------------------------------------------------------------------


def _mutants_of(pack: m.RulePack, rule: m.Declared, names: _Names) -> Iterator[_Changed]:
    for key, condition in rule.conditions.items():
        for kind, says, changed in _condition_mutants(pack, condition, names):
            mutant = Mutant(rule.id, rule.at, kind, f"{key}: {says}")
            yield _Changed(mutant, trees.with_condition(rule, key, changed))
    if isinstance(rule, m.CountyPressure):
        for step in (0.001, -0.001):
            name = names.moved(rule.most, step)
            mutant = Mutant(rule.id, rule.at, "threshold", f"{rule.most} moved by {step:+g}")
            yield _Changed(mutant, replace(rule, most=name))


def _condition_mutants(pack: m.RulePack, condition: c.Condition, names: _Names) -> Iterator[tuple[str, str, c.Condition]]:
    for path, part in trees.parts_with_places(condition):
        for kind, says, new in _part_mutants(pack, part, names):
            yield kind, says, trees.with_part(condition, path, new)
        if path:
            dropped = trees.without_part(condition, path)
            if dropped is not None:
                yield "clause", f"without {_said(part)}", dropped


def _part_mutants(pack: m.RulePack, part: c.Condition, names: _Names) -> Iterator[tuple[str, str, c.Condition]]:
    words = c.in_words(part)
    match part:
        case c.MeasureTest(measure, comparison, threshold):
            step = step_of(unit_of(pack, measure))
            for signed in (step, -step):
                yield "threshold", f"{words} moved by {signed:+g}", replace(part, threshold=names.moved(threshold, signed))
            for turned in (_BOUNDARY[comparison], _REVERSED[comparison]):
                yield "comparison", f"{words} read as {turned.replace('_', ' ')}", replace(part, comparison=turned)
        case c.AtLeastOf(n, _):
            for signed in (1.0, -1.0):
                yield "threshold", f"{words}: {n} moved by {signed:+g}", replace(part, n=names.moved(n, signed))
        case c.AllOf(parts) if len(parts) > 1:
            yield "all/any", f"any of {len(parts)} where all are needed", c.AnyOf(parts)
        case c.AnyOf(parts) if len(parts) > 1:
            yield "all/any", f"all of {len(parts)} where any is enough", c.AllOf(parts)
        case c.Not(inner):
            yield "clause", f"{_said(inner)} where it must not hold", inner
        case c.AnswerTest(question, side):
            yield "severity", f"not ({words})", c.AnswerTest(question, "favourable" if side == "adverse" else "adverse")
        case c.PressureTest(pressure, grade):
            for other_grade in pack.team_pressures[pressure].marks:
                if other_grade != grade:
                    yield "severity", f"{words} read as {other_grade}", c.PressureTest(pressure, other_grade)
        case c.CountyTest(pressure, aspect):
            turned_aspect = c.CountyTest(pressure, "affected" if aspect == "on" else "on")
            yield "severity", f"{words} read as {turned_aspect.aspect}", turned_aspect
        case c.SupervisionTest(state):
            for told in (c.SupervisionTest("evidenced strained"), c.SupervisionTest("evidenced adequate"), c.SupervisionTest("inferred strained")):
                if told.state != state:
                    yield "severity", f"{words} read as {told.state}", told
        case c.LevelTest(level, last_quarter):
            for other in _beside(pack, level):
                yield "severity", f"{words} read as {other}", c.LevelTest(other, last_quarter)
        case c.SupplyTest(measure, state):
            yield "comparison", f"not ({words})", c.SupplyTest(measure, "supplied" if state == "missing" else "missing")
        case c.KnifeEdgeTest(about):
            yield "severity", f"another edge than {about}", c.KnifeEdgeTest("threshold" if about == "one post" else "one post")
        case c.PeriodTest() | c.AnswersTest() | c.RuleTest():
            yield "clause", f"not ({words})", c.Not(part)


def _beside(pack: m.RulePack, level: str) -> list[str]:
    """The levels one above and one below."""
    names = [one.id for one in pack.levels.levels]
    place = names.index(level)
    return [names[other] for other in (place - 1, place + 1) if 0 <= other < len(names)]


def _mutants_of_levels(pack: m.RulePack, thresholds: Mapping[str, float]) -> Iterator[_Changed]:
    """Another level or weight for a rule, and every threshold of the levels and of confidence one step away."""
    for rule in pack.risk.values():
        for other in _beside(pack, rule.level):
            mutant = Mutant(LEVELS, rule.at, "severity", f"{rule.id} gives {other} where it gives {rule.level}")
            yield _Changed(mutant, pack=replace(pack, risk=pack.risk | {rule.id: replace(rule, level=other)}))
    for reducer in pack.reducers.values():
        weight: Literal["minor", "major"] = "minor" if reducer.weight == "major" else "major"
        mutant = Mutant(CONFIDENCE, reducer.at, "severity", f"{reducer.id} is a {weight} reason where it is a {reducer.weight} one")
        yield _Changed(mutant, pack=replace(pack, reducers=pack.reducers | {reducer.id: replace(reducer, weight=weight)}))
    levels = pack.levels
    bands = [*levels.confidence_low.values(), *levels.confidence_medium.values()]
    for of, name in [(LEVELS, levels.insufficient_below), *((CONFIDENCE, band) for band in dict.fromkeys(bands))]:
        step = step_of(UNITS[pack.thresholds[name].unit])
        for signed in (step, -step):
            mutant = Mutant(of, "", "threshold", f"{name} moved by {signed:+g}")
            yield _Changed(mutant, thresholds={**thresholds, name: thresholds[name] + signed})


def _said(condition: c.Condition) -> str:
    return c.in_words(condition) if not c.parts_of(condition) else f"'{c.spelled_out(condition)}'"


# -- trying them ---------------------------------------------------------------------------------


class _Judge:
    def try_(self, changed: _Changed) -> Tried:
        raise NotImplementedError


class _RuleJudge(_Judge):
    """Tries the mutants of one rule against its examples; what each example gives is worked out once."""

    def __init__(self, pack: m.RulePack, thresholds: dict[str, float], rule: m.Declared):
        self.pack = pack
        self.thresholds = thresholds
        self.rule = rule
        self.cases = [(example, facts_given(pack, thresholds, example.given)) for example in rule.examples]
        self.results = [result_of(rule, facts, example.given) for example, facts in self.cases]

    def try_(self, changed: _Changed) -> Tried:
        assert changed.rule is not None
        for (example, facts), result in zip(self.cases, self.results, strict=True):
            if result_of(changed.rule, facts, example.given) != result:
                return Tried(changed.mutant, "killed", example.name)
        if isinstance(changed.rule, m.CountyPressure) and isinstance(self.rule, m.CountyPressure) and changed.rule.most != self.rule.most:
            return Tried(changed.mutant, "survived", counterexample=self._most(changed.rule))
        return self._survivor(changed)

    def _survivor(self, changed: _Changed) -> Tried:
        assert changed.rule is not None
        pairs = [(mine, changed.rule.conditions[key]) for key, mine in self.rule.conditions.items()]
        space = RuleSpace(self.pack, self.thresholds, [condition for pair in pairs for condition in pair])
        differ = space.diagrams.apply(lambda a, b: a != b, space.outcome(self.rule), space.outcome(changed.rule))
        cells = space.diagrams.cheapest(differ, bool, space.costs)
        if cells is None:
            return Tried(changed.mutant, "the same")
        for relative in (True, False):
            given = given_of(space, cells, relative=relative)
            facts = facts_given(self.pack, self.thresholds, given)
            expect = result_of(self.rule, facts)
            if result_of(changed.rule, facts) != expect:
                name = f"it is {expect} here, and would be {result_of(changed.rule, facts)} with {changed.mutant.says}"
                return Tried(changed.mutant, "survived", counterexample=m.Example(name, given, expect))
        return Tried(changed.mutant, "survived")

    def _most(self, changed: m.CountyPressure) -> m.Example | None:
        """Counts of teams at which the share that makes most of them is decided."""
        for teams in (*range(1, 61), 100, 200, 400, 1000):
            for affected in {int(self.thresholds[self.rule.most] * teams) + more for more in (-1, 0, 1)}:  # type: ignore[attr-defined]
                if 0 <= affected <= teams:
                    given = {"all_teams": teams, "affected_teams": affected}
                    facts = facts_given(self.pack, self.thresholds, {})
                    expect = result_of(self.rule, facts, given)
                    if result_of(changed, facts, given) != expect:
                        return m.Example(f"{affected} of {teams} teams are affected", given, expect)
        return None


class _LevelsJudge(_Judge):
    """Tries mutants of the levels and of confidence against the examples in levels.yaml."""

    def __init__(self, pack: m.RulePack, thresholds: dict[str, float]):
        self.pack = pack
        self.thresholds = thresholds
        self.cases = [(example, facts_given(pack, thresholds, example.given)) for example in pack.levels.examples]

    def try_(self, changed: _Changed) -> Tried:
        pack, thresholds = changed.pack or self.pack, dict(changed.thresholds or self.thresholds)
        if changed.mutant.of == LEVELS:
            for example, facts in self.cases:
                if level_of(_moved(facts, pack, thresholds)) != level_of(facts):
                    return Tried(changed.mutant, "killed", example.name)
        else:
            for example in self.pack.levels.confidence_examples:
                if band_given(pack, thresholds, example.given) != band_given(self.pack, self.thresholds, example.given):
                    return Tried(changed.mutant, "killed", example.name)
        return self._survivor(changed.mutant, pack, thresholds)

    def _survivor(self, mutant: Mutant, pack: m.RulePack, thresholds: dict[str, float]) -> Tried:
        levels = mutant.of == LEVELS
        for given in self._candidates(levels):
            expect, other = (self._level(self.pack, self.thresholds, given), self._level(pack, thresholds, given)) if levels else (
                band_given(self.pack, self.thresholds, given), band_given(pack, thresholds, given))  # fmt: skip
            if expect != other:
                return Tried(mutant, "survived", counterexample=m.Example(f"it is {expect} here, and would be {other} if {mutant.says}", given, expect))
        return Tried(mutant, "the same")

    def _level(self, pack: m.RulePack, thresholds: dict[str, float], given: dict[str, Any]) -> str:
        return level_of(_moved(facts_given(self.pack, self.thresholds, given), pack, thresholds))

    def _candidates(self, levels: bool) -> Iterator[dict[str, Any]]:
        """Every finding that can matter: each number of pressures told and each risk rule alone, or each mix of weights."""
        if levels:
            pressures, rules = list(self.pack.team_pressures), list(self.pack.risk)
            for told in range(len(pressures) + 1):
                yield {**dict.fromkeys(rules, "not met"), **dict.fromkeys(pressures[:told], "none"), **dict.fromkeys(pressures[told:], "cannot tell")}
            for rule in rules:
                yield {**dict.fromkeys(rules, "not met"), rule: "met"}
            return
        weights: dict[str, list[str]] = {"major": [], "minor": []}
        for reducer in self.pack.reducers.values():
            weights[reducer.weight].append(reducer.id)
            yield {reducer.id: "met"}
        for major in range(len(weights["major"]) + 1):
            for minor in range(len(weights["minor"]) + 1):
                yield dict.fromkeys([*weights["major"][:major], *weights["minor"][:minor]], "met")


def _moved(facts: Facts, pack: m.RulePack, thresholds: dict[str, float]) -> Facts:
    """The same findings under another pack or other thresholds."""
    moved = copy.copy(facts)
    moved.pack, moved.thresholds = pack, thresholds
    return moved


def share_killed(tried: Sequence[Tried]) -> tuple[int, int, int]:
    """How many were killed, how many could have been, and how many were the same rule after all."""
    same = sum(one.fate == "the same" for one in tried)
    return sum(one.fate == "killed" for one in tried), len(tried) - same, same


