"""Findings about what rules come to together: grades, levels, coincidences, and what worse evidence does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...logic import conditions as c
from ...logic import model as m
from ...logic.facts import Facts
from ...rulepack.examples import facts_given, level_of, result_of
from .. import trees
from ..compiling import NO, YES, PackSpace
from ..diagrams import Diagram
from ..inputs import Input
from ..realising import possible, realised, realised_pair
from ..steps import Fall, Step, falls, lower_after, worse_steps
from ..witness import Given, Shown, given_of
from .findings import Finding


def findings(pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace) -> Iterator[Finding]:
    look = _Look(pack, thresholds, whole)
    yield from look.grades()
    yield from look.idle_risk_rules()
    yield from look.unreachable_levels()
    yield from look.one_fact_twice()
    yield from look.worse_is_better()
    yield from look.notices()


def _without_affected(condition: c.Condition) -> c.Condition:
    """The condition as it is where no team is affected by anything county-wide."""
    for path, leaf in list(trees.leaves_with_places(condition)):
        if isinstance(leaf, c.CountyTest) and leaf.aspect == "affected":
            condition = trees.with_part(condition, path, trees.NEVER)
    return condition


class _Look:
    def __init__(self, pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace):
        self.pack = pack
        self.thresholds = thresholds
        self.whole = whole
        self.possible = possible(whole)
        self.blamed: set[str] = set()

    def _facts(self, given: Given) -> Facts:
        return facts_given(self.pack, self.thresholds, given)

    def _team(self, rule: m.Declared, diagram: Diagram, wanted: Any = YES) -> tuple[Shown, ...]:
        """The simplest team at which a function has a value, with what a rule comes to there."""
        cells = self.whole.diagrams.cheapest(diagram, lambda value: value == wanted, self.whole.costs)
        if cells is None:
            return ()
        given = given_of(self.whole, cells, relative=False)
        expect = result_of(rule, self._facts(given))
        given = realised(self.pack, self.thresholds, given, lambda other: result_of(rule, self._facts(other)) == expect)
        return (Shown(given, expect),)

    def grades(self) -> Iterator[Finding]:
        """Severe must lie within present, and leave room for it."""
        for rule in self.pack.team_pressures.values():
            present, severe = self.whole.diagram(rule.present), self.whole.diagram(rule.severe)
            if YES not in self.whole.diagrams.values(severe) or YES not in self.whole.diagrams.values(present):
                continue  # said already: it never holds
            beyond = self.whole.diagrams.apply(lambda hard, held, can: can and hard == YES and held == NO, severe, present, self.possible)
            between = self.whole.diagrams.apply(lambda hard, held: hard == NO and held == YES, severe, present)
            if True in self.whole.diagrams.values(beyond):
                yield Finding("L202", rule.id, rule.at, "it can be severe where it is not even present by its own condition, and so steps from none to severe",
                              self._team(rule, beyond, True))  # fmt: skip
            if rule.points.get("severe", 0) < rule.points.get("present", 0):
                yield Finding("L209", rule.id, rule.at, f"severe gives {rule.points.get('severe', 0)} points and present {rule.points.get('present', 0)}, "
                              "so that the score falls as the pressure grows", self._team(rule, severe))  # fmt: skip
            if True not in self.whole.diagrams.values(between):
                yield Finding("L203", rule.id, rule.at, "wherever it is present it is severe as well, so that present is never seen", self._team(rule, severe))

    def idle_risk_rules(self) -> Iterator[Finding]:
        level, could_be = self.whole.rank(could_be=False), self.whole.rank(could_be=True)
        for rule in self.pack.risk.values():
            if YES not in self.whole.diagrams.values(self.whole.rules[rule.id]):
                continue
            without = [rule.id]
            if self.whole.rank(could_be=False, without=without) is level and self.whole.rank(could_be=True, without=without) is could_be:
                team = self._level_team(self.whole.rules[rule.id])
                yield Finding("L201", rule.id, rule.at, f"it gives {rule.level}, and wherever it holds another rule gives that level or a higher one", team)

    def _level_team(self, diagram: Diagram) -> tuple[Shown, ...]:
        cells = self.whole.diagrams.cheapest(diagram, lambda value: value == YES, self.whole.costs)
        if cells is None:
            return ()
        given = given_of(self.whole, cells, relative=False)
        expect = level_of(self._facts(given))
        given = realised(self.pack, self.thresholds, given, lambda other: level_of(self._facts(other)) == expect)
        return (Shown(given, expect),)

    def unreachable_levels(self) -> Iterator[Finding]:
        diagram = self.whole.level()
        reached = self.whole.diagrams.values(diagram)
        for level in (*self.pack.levels.levels, self.pack.levels.insufficient):
            if level.id not in reached:
                highest = [other.id for other in self.pack.levels.levels if other.id in reached][-1]
                cells = self.whole.diagrams.cheapest(diagram, highest.__eq__, self.whole.costs)
                given = given_of(self.whole, cells or {}, relative=False)
                yield Finding("L204", level.id, "", f"no evidence comes to the level '{level.id}'; the worst there is comes to '{highest}', as here",
                              (Shown(given, level_of(self._facts(given))),))  # fmt: skip

    def one_fact_twice(self) -> Iterator[Finding]:
        """A county pressure and a local one that are met by the very same evidence are no coincidence.

        Looked for is a team that meets a rule while a county pressure is on, is affected by it, and would not meet the
        rule without either the county pressure or the evidence by which it is affected; none of its pressures being
        severe. Where a rule says itself that the team is affected, that is no coincidence that it claims.
        """
        bare = replace(self.pack, risk={name: replace(rule, when=_without_affected(rule.when)) for name, rule in self.pack.risk.items()})
        claimed = PackSpace(bare, self.thresholds, like=self.whole).rules
        severe = self.whole.any_of(grades.severe for grades in self.whole.pressures.values())
        diagrams = self.whole.diagrams
        for rule in self.pack.risk.values():
            if any(isinstance(part, c.RuleTest) for part in c.walk(rule.when)):
                continue  # what it builds on is looked at by itself
            for county, affected in self.whole.affected.items():
                on, off = (diagrams.given(claimed[rule.id], self._county_cells(which)) for which in (county, ""))
                spared = diagrams.given(on, dict.fromkeys(diagrams.asked(affected), 0))
                both = diagrams.apply(
                    lambda met, anyway, without, touched, hard, can: (
                        can and met == YES and anyway != YES and without != YES and touched == YES and hard != YES
                    ), on, off, spared, affected, severe, self.possible,
                )  # fmt: skip
                cells = diagrams.cheapest(both, bool, self.whole.costs)
                if cells is not None:
                    given = {**given_of(self.whole, cells, relative=False), county: "on"}
                    facts = self._facts(given)
                    local = next((name for name, grade in facts.pressures.items() if str(grade) == "present"), next(iter(given)))
                    yield Finding("L205", rule.id, rule.at,
                                  f"'{county}' with '{local}' counts one fact twice: the very evidence by which this team is affected by the county's is "
                                  "its own as well; let only a severe one of the same kind count, or another kind", (Shown(given, result_of(rule, facts)),))  # fmt: skip

    def _county_cells(self, on: str) -> dict[int, int]:
        """One county pressure on (none where no name is given), and the others off."""
        found = {}
        for place, one in enumerate(self.whole.inputs):
            if one.kind == "county on":
                found[place] = [cell.label for cell in one.cells].index("on" if one.name == on else "off")
        return found

    def worse_is_better(self) -> Iterator[Finding]:
        """Whatever bears on a level must hold the more, the worse the evidence."""
        watched: list[tuple[m.Declared, str, Diagram]] = []
        for pressure in self.pack.team_pressures.values():
            grades = self.whole.pressures[pressure.id]
            watched += [(pressure, "" if mark == "present" else mark, getattr(grades, mark)) for mark in pressure.marks]
        watched += [(one, "", self.whole.affected[one.id]) for one in self.pack.county_pressures.values()]
        watched.append((self.pack.supervision, "evidenced strained", self.whole.strained))
        watched += [(self.pack.risk[one], "", self.whole.rules[one]) for one in self.pack.rule_order]
        for rule, what, diagram in watched:
            if self._rests_on_blamed(rule) or rule.id in self.blamed:
                self.blamed.add(rule.id)
                continue  # the fault lies below
            for fall in falls(self.whole, diagram, self._steps, lower_after, possible=self.possible):
                self.blamed.add(rule.id)
                named = f"'{what}'" if what else "it"
                yield Finding("L206", rule.id, rule.at, f"{named} holds less when {self._called(fall.input)} gets worse", self._pair(rule, fall))
                break

    def _rests_on_blamed(self, rule: m.Declared) -> bool:
        """Whether something that a rule reads was found to hold less as evidence gets worse."""
        read: set[str] = set()
        for condition in rule.conditions.values():
            for part in c.walk(condition):
                match part:
                    case c.PressureTest(name) | c.CountyTest(name) | c.RuleTest(name):
                        read.add(name)
                    case c.SupervisionTest():
                        read.add(self.pack.supervision.id)
                    case c.LevelTest(_, False):
                        read |= set(self.pack.risk)
        return bool(read & self.blamed)

    def _called(self, one: Input) -> str:
        """An input as people call it: the title of a number, the number of a question."""
        if one.kind == "number":
            title = (self.pack.measures.get(one.name) or self.pack.figures[one.name]).title
        elif one.kind == "answer":
            title = f"Q{self.pack.questions[one.name].number}"
        else:
            title = self.pack.county_pressures[one.name].title if one.name in self.pack.county_pressures else one.name
        return f"the receiving team's '{title}'" if one.of_receiving_team else f"'{title}'"

    def _steps(self, one: Input) -> tuple[Step, ...]:
        return worse_steps(self.pack, one)

    def _pair(self, rule: m.Declared, fall: Fall) -> tuple[Shown, ...]:
        """The two teams, in figures where the same figures will do for both but the one that gets worse."""
        before, after = (given_of(self.whole, cells, relative=False) for cells in (fall.before, fall.after))

        def results(*pair: Given) -> list[str]:
            return [result_of(rule, self._facts(one)) for one in pair]

        wanted = results(before, after)
        pair = realised_pair(self.pack, self.thresholds, before, after, fall.input.name, lambda *pair: results(*pair) == wanted)
        return tuple(Shown(one, result) for one, result in zip(pair, wanted, strict=True))

    def notices(self) -> Iterator[Finding]:
        """A notice that worse evidence may end says why, and none says so that worse evidence never ends."""
        for rule in self.pack.notices.values():
            if self._rests_on_blamed(rule):
                continue
            diagram = self.whole.diagram(rule.when)
            fall = next(falls(self.whole, diagram, self._steps, lower_after, possible=self.possible), None)
            if fall is not None and not rule.worse_may_end_it_because:
                yield Finding("L207", rule.id, rule.at, f"it may end when {self._called(fall.input)} gets worse, and gives no reason; "
                              "write worse_may_end_it_because", self._pair(rule, fall))  # fmt: skip
            elif fall is None and rule.worse_may_end_it_because:
                yield Finding("L208", rule.id, rule.at, "it gives a reason why worse evidence may end it, and none ever does; take worse_may_end_it_because out",
                              self._team(rule, diagram))  # fmt: skip
