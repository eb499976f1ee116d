"""From conditions to decision diagrams: each rule by what it reads, and the whole pack by its evidence alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from ..logic import conditions as c
from ..logic import model as m
from ..logic.facts import SUPERVISION_STATES
from ..logic.model import RulePack
from . import inputs as i
from .diagrams import Diagram, Diagrams

NO, PERHAPS, YES = 0, 1, 2  # the three truth values, as plain numbers


def _either(a: int, b: int) -> int:
    return a if a >= b else b


def _both(a: int, b: int) -> int:
    return a if a <= b else b


def _opposite(a: int) -> int:
    return 2 - a


def _counted(pair: tuple[int, int], truth: int) -> tuple[int, int]:
    return pair[0] + (truth == YES), pair[1] + (truth != NO)


class Space:
    """Inputs with their cells, and the diagrams over them."""

    def __init__(self, pack: RulePack, thresholds: Mapping[str, float], inputs: Iterable[i.Input]):
        self.pack = pack
        self.thresholds = dict(thresholds)
        self.inputs = tuple(inputs)
        self.places = {(one.kind, one.name, one.of_receiving_team): place for place, one in enumerate(self.inputs)}
        self.diagrams = Diagrams([len(one.cells) for one in self.inputs])
        self.costs = [[cell.cost for cell in one.cells] for one in self.inputs]
        self.cuts = i.cuts_of(pack.leaves, self.thresholds)

    # -- joining ------------------------------------------------------------------------------

    def any_of(self, parts: Iterable[Diagram]) -> Diagram:
        return self.diagrams.fold(_either, parts, NO, absorbing=YES)

    def all_of(self, parts: Iterable[Diagram]) -> Diagram:
        return self.diagrams.fold(_both, parts, YES, absorbing=NO)

    def opposite(self, part: Diagram) -> Diagram:
        return self.diagrams.apply(_opposite, part)

    def at_least(self, n: int, parts: Iterable[Diagram]) -> Diagram:
        counted = self.diagrams.constant((0, 0))
        for part in parts:
            counted = self.diagrams.apply(_counted, counted, part)
        return self.diagrams.apply(lambda pair: YES if pair[0] >= n else PERHAPS if pair[1] >= n else NO, counted)

    def diagram(self, condition: c.Condition, receiving: bool = False) -> Diagram:
        """A condition's diagram from those of its leaves; `receiving` where it is put to the receiving team."""
        match condition:
            case c.AllOf(parts):
                return self.all_of(self.diagram(part, receiving) for part in parts)
            case c.AnyOf(parts):
                return self.any_of(self.diagram(part, receiving) for part in parts)
            case c.Not(part):
                return self.opposite(self.diagram(part, receiving))
            case c.AtLeastOf(n, parts):
                return self.at_least(round(self.thresholds[n]), [self.diagram(part, receiving) for part in parts])
            case c.ReceivingTeam(part):
                there = self.state("receiving team", "receiving_team", {"there is one": YES})
                return self.all_of([there, self.diagram(part, True)])
        return self.leaf(condition, receiving)

    def leaf(self, leaf: c.Condition, receiving: bool = False) -> Diagram:
        """The diagram of a leaf."""
        raise NotImplementedError

    # -- inputs -------------------------------------------------------------------------------

    def number(self, test: c.MeasureTest, threshold: float | None = None, receiving: bool = False) -> Diagram:
        limit = self.thresholds[test.threshold] if threshold is None else threshold

        def truth(cell: i.Cell) -> int:
            if cell.value is None:
                return PERHAPS
            return YES if c.compare(float(cell.value), test.comparison, limit) else NO

        return self.over("number", test.measure, truth, receiving)

    def over(self, kind: i.Kind, name: str, truth: Callable[[i.Cell], int], receiving: bool = False) -> Diagram:
        place = self.places[kind, name, receiving]
        return self.diagrams.input(place, [truth(cell) for cell in self.inputs[place].cells])

    def state(self, kind: i.Kind, name: str, states: Mapping[str, int], otherwise: int = NO, receiving: bool = False) -> Diagram:
        return self.over(kind, name, lambda cell: states.get(cell.label, otherwise), receiving)

    def evidence_leaf(self, leaf: c.Condition, receiving: bool = False) -> Diagram | None:
        """A leaf that reads evidence itself, whichever rule it stands in; None for one that reads another rule."""
        match leaf:
            case c.MeasureTest():
                return self.number(leaf, receiving=receiving)
            case c.SupplyTest(measure, state):
                return self.over("number", measure, lambda cell: YES if (cell.value is None) == (state == "missing") else NO, receiving)
            case c.AnswerTest(question, side):
                return self.state("answer", question, {"no answer": PERHAPS, side: YES}, receiving=receiving)
            case c.PeriodTest(period):
                return self.state("period", period, {i.MET: YES})
            case c.AnswersTest():
                return self.state("answers", "answers", {"split": YES})
            case c.KnifeEdgeTest(about):
                return self.state("knife edge", about, {i.MET: YES, i.UNKNOWN: PERHAPS})
            case c.LevelTest(level, True):
                return self.over("last level", "last_level", lambda cell: self._reaches(level, cell))
        return None

    def _reaches(self, level: str, cell: i.Cell) -> int:
        if cell.value is None:
            return PERHAPS
        rank = self.pack.levels.rank
        return YES if rank(str(cell.value)) >= rank(level) else NO


# -- which inputs there are ------------------------------------------------------------------


def number_inputs(
    pack: RulePack, thresholds: Mapping[str, float], leaves: Iterable[c.Condition], receiving: bool = False,
    extra: Mapping[str, list[i.Cut]] | None = None,
) -> list[i.Input]:  # fmt: skip
    cuts = i.cuts_of(leaves, thresholds)
    for name, more in (extra or {}).items():
        cuts.setdefault(name, []).extend(cut for cut in more if cut not in cuts.get(name, []))
    return [i.Input("number", name, i.number_cells(i.unit_of(pack, name), held), receiving) for name, held in cuts.items()]


def other_evidence_inputs(pack: RulePack, leaves: Iterable[c.Condition], receiving: bool = False) -> list[i.Input]:
    """Answers, periods and the like, each once, in the order in which rules read them."""
    found: dict[tuple[str, str], i.Input] = {}
    for leaf in leaves:
        match leaf:
            case c.AnswerTest(question):
                one = i.Input("answer", question, i.answer_cells(pack, question), receiving)
            case c.PeriodTest(period):
                one = i.Input("period", period, (i.Cell(i.NOT_MET, cost=0.0), i.Cell(i.MET, period)))
            case c.AnswersTest():
                one = i.Input("answers", "answers", (i.Cell("agreed", cost=0.0), i.Cell("split", "split")))
            case c.KnifeEdgeTest(about):
                one = i.Input("knife edge", about, (i.Cell(i.UNKNOWN, cost=0.0), i.Cell(i.NOT_MET, "none"), i.Cell(i.MET, about)))
            case c.LevelTest(_, True):
                levels = tuple(i.Cell(level.title, level.id) for level in pack.levels.levels)
                one = i.Input("last level", "last_level", (i.Cell("not known", cost=0.0), *levels))
            case _:
                continue
        found.setdefault((one.kind, one.name), one)
    return list(found.values())


def leaves_of(conditions: Iterable[c.Condition]) -> list[c.Condition]:
    """Every leaf in some conditions, each once; those put to a receiving team left out."""
    found: dict[c.Condition, None] = {}
    for condition in conditions:
        for part in _outside_receiving(condition):
            if not c.parts_of(part):
                found[part] = None
    return list(found)


def asked_of_receiving_team(conditions: Iterable[c.Condition]) -> list[c.Condition]:
    """The conditions that are put to a receiving team."""
    return [part.part for condition in conditions for part in c.walk(condition) if isinstance(part, c.ReceivingTeam)]


def _outside_receiving(condition: c.Condition) -> Iterable[c.Condition]:
    yield condition
    if not isinstance(condition, c.ReceivingTeam):
        for part in c.parts_of(condition):
            yield from _outside_receiving(part)


# -- a rule by itself ------------------------------------------------------------------------


class RuleSpace(Space):
    """One rule's conditions over what they read directly: what stands below is given and not worked out."""

    def __init__(
        self, pack: RulePack, thresholds: Mapping[str, float], conditions: Iterable[c.Condition],
        extra: Mapping[str, list[i.Cut]] | None = None,
    ):  # fmt: skip
        conditions = list(conditions)
        asked = asked_of_receiving_team(conditions)
        leaves, theirs = leaves_of(conditions), leaves_of(asked)
        inputs = [*number_inputs(pack, thresholds, leaves, extra=extra), *other_evidence_inputs(pack, leaves), *given_inputs(pack, leaves)]
        if asked:
            inputs.append(i.Input("receiving team", "receiving_team", (i.Cell("none", cost=0.0), i.Cell("there is one", "", cost=0.0))))
            inputs += [*number_inputs(pack, thresholds, theirs, True), *other_evidence_inputs(pack, theirs, True), *given_inputs(pack, theirs, True)]
        super().__init__(pack, thresholds, inputs)

    def leaf(self, leaf: c.Condition, receiving: bool = False) -> Diagram:
        found = self.evidence_leaf(leaf, receiving)
        if found is not None:
            return found
        match leaf:
            case c.PressureTest(pressure, grade):
                return self.state("pressure", pressure, _HELD[grade], receiving=receiving)
            case c.CountyTest(pressure, aspect):
                kind: i.Kind = "county on" if aspect == "on" else "affected"
                return self.over(kind, pressure, _truth_by_place(self.inputs[self.places[kind, pressure, False]]))
            case c.SupervisionTest(state):
                return self.state("supervision", "supervision", {"cannot tell": PERHAPS, state: YES})
            case c.RuleTest(rule):
                return self.state("rule", rule, {i.MET: YES, i.UNKNOWN: PERHAPS})
            case c.LevelTest(level):
                if self.pack.levels.rank(level) == 0:
                    return self.diagrams.constant(YES)
                return self.over("level", "level", lambda cell: self._reaches(level, cell))
        raise TypeError(leaf)

    def outcome(self, rule: m.Declared) -> Diagram:
        """What a rule comes to, as its examples can see it: its conditions joined as the strata join them."""
        match rule:
            case m.TeamPressure():
                severe = self.diagram(rule.severe)
                present = self.any_of([severe, self.diagram(rule.present)])
                felt = present if rule.felt is None else self.any_of([present, self.diagram(rule.felt)])
                return self.diagrams.apply(grade_words, severe, present, felt)
            case m.Supervision():
                parts = [self.diagram(one) for one in (rule.evidenced_strained, rule.evidenced_adequate, rule.inferred_strained)]
                return self.diagrams.apply(_supervision_state, *parts)
        (condition,) = rule.conditions.values()
        return self.diagram(condition)


# What a pressure's state, as an example gives it, says of each mark; where it says nothing the mark does not hold.
_HELD: dict[str, dict[str, int]] = {
    "severe": {"severe": YES, **dict.fromkeys(("cannot tell", "at least present", "at least felt"), PERHAPS)},
    "present": {
        **dict.fromkeys(("severe", "present", "at least present"), YES),
        **dict.fromkeys(("cannot tell", "at most present", "at least felt", "felt or present"), PERHAPS),
    },
    "felt": {
        **dict.fromkeys(("severe", "present", "at least present", "felt", "at least felt", "felt or present"), YES),
        **dict.fromkeys(("cannot tell", "at most present", "at most felt"), PERHAPS),
    },
}


def grade_words(severe: int, present: int, felt: int) -> str:
    """A team pressure's grade as far as it is proved."""
    if severe == YES or present == YES:
        return "severe" if severe == YES else "present"
    return ("none", "cannot tell", "felt")[felt]


def _supervision_state(strained: int, adequate: int, inferred: int) -> str:
    if strained == YES:
        return SUPERVISION_STATES[0]
    if min(adequate, 2 - strained) == YES:
        return SUPERVISION_STATES[1]
    return SUPERVISION_STATES[2] if min(inferred, 2 - strained, 2 - adequate) == YES else "cannot tell"


def _truth_by_place(one: i.Input) -> Callable[[i.Cell], int]:
    return lambda cell: (PERHAPS, NO, YES)[one.cells.index(cell)]


def given_inputs(pack: RulePack, leaves: Iterable[c.Condition], receiving: bool = False) -> list[i.Input]:
    """The findings of lower strata that leaves read, as an example would give them."""
    found: dict[tuple[str, str], i.Input] = {}
    for leaf in leaves:
        match leaf:
            case c.PressureTest(pressure):
                cells = i.PRESSURE_CELLS if pack.team_pressures[pressure].felt is None else i.FELT_PRESSURE_CELLS
                one = i.Input("pressure", pressure, cells, receiving)
            case c.CountyTest(pressure, "on"):
                one = i.Input("county on", pressure, i.truth_cells(("cannot tell", "off", "on")))
            case c.CountyTest(pressure):
                one = i.Input("affected", pressure, i.truth_cells(("cannot tell", "not affected", "affected")))
            case c.SupervisionTest():
                one = i.Input("supervision", "supervision", i.SUPERVISION_CELLS)
            case c.RuleTest(rule):
                one = i.Input("rule", rule, i.truth_cells((i.UNKNOWN, i.NOT_MET, i.MET)))
            case c.LevelTest(_, False):
                levels = tuple(i.Cell(level.title, level.id) for level in pack.levels.levels)
                one = i.Input("level", "level", (i.Cell("not known", cost=0.0), *levels))
            case _:
                continue
        found.setdefault((one.kind, one.name), one)
    return list(found.values())


# -- the whole pack by its evidence ------------------------------------------------------------


@dataclass(frozen=True)
class Grades:
    """A team pressure's diagrams, a mark each."""

    present: Diagram
    severe: Diagram
    felt: Diagram


class PackSpace(Space):
    """Every stratum of a pack over one team's evidence and its county's pressures, joined exactly.

    What is shared is shared: the vacancy rate behind a team's staffing gap is the same input as the
    one by which the team is affected by a county pressure. Numbers are taken to be independent of
    one another, so what holds of all cells holds of all evidence.
    """

    def __init__(
        self, pack: RulePack, thresholds: Mapping[str, float], extra: Mapping[str, list[i.Cut]] | None = None,
        like: Space | None = None,
    ):  # fmt: skip
        super().__init__(pack, thresholds, like.inputs if like else pack_inputs(pack, thresholds, extra))
        if like:
            self.diagrams = like.diagrams
        self.pressures = {one.id: self._grades(one, False) for one in pack.team_pressures.values()}
        self._theirs: dict[str, Grades] = {}
        self.affected = {one.id: self.diagram(one.affected) for one in pack.county_pressures.values()}
        self.on = {
            one: self.state("county on", one, {"on": YES, "cannot tell": PERHAPS}) for one in pack.county_pressures
        }
        watch = pack.supervision
        self.strained = self.diagram(watch.evidenced_strained)
        self.adequate = self.diagram(watch.evidenced_adequate)
        self.inferred = self.diagram(watch.inferred_strained)
        self.rules: dict[str, Diagram] = {}
        for rule in pack.rule_order:
            self.rules[rule] = self.diagram(pack.risk[rule].when)

    def _grades(self, declared: m.TeamPressure, receiving: bool) -> Grades:
        severe = self.diagram(declared.severe, receiving)
        present = self.any_of([severe, self.diagram(declared.present, receiving)])
        felt = present if declared.felt is None else self.any_of([present, self.diagram(declared.felt, receiving)])
        return Grades(present, severe, felt)

    def leaf(self, leaf: c.Condition, receiving: bool = False) -> Diagram:
        found = self.evidence_leaf(leaf, receiving)
        if found is not None:
            return found
        match leaf:
            case c.PressureTest(pressure, grade):
                grades = self._receiving(pressure) if receiving else self.pressures[pressure]
                found = getattr(grades, grade)
                assert isinstance(found, Diagram)
                return found
            case c.CountyTest(pressure, aspect):
                return self.on[pressure] if aspect == "on" else self.affected[pressure]
            case c.SupervisionTest(state):
                return self.supervision(state)
            case c.RuleTest(rule):
                return self.rules[rule]
            case c.LevelTest(level):
                rank = self.pack.levels.rank
                if rank(level) == 0:
                    return self.diagrams.constant(YES)
                return self.any_of(self.rules[one.id] for one in self.pack.risk.values() if rank(one.level) >= rank(level))
        raise TypeError(leaf)

    def _receiving(self, pressure: str) -> Grades:
        if pressure not in self._theirs:
            self._theirs[pressure] = self._grades(self.pack.team_pressures[pressure], True)
        return self._theirs[pressure]

    def supervision(self, state: str) -> Diagram:
        if state == "evidenced strained":
            return self.strained
        if state == "evidenced adequate":
            return self.all_of([self.adequate, self.opposite(self.strained)])
        return self.all_of([self.inferred, self.opposite(self.strained), self.opposite(self.adequate)])

    # -- what a team's findings come to ---------------------------------------------------------

    def rank(self, *, could_be: bool, without: Iterable[str] = ()) -> Diagram:
        """The rank of the level that is proved, or that could be; some risk rules may be left out."""
        found = self.diagrams.constant(0)
        least = PERHAPS if could_be else YES
        for rule in self.pack.risk.values():
            if rule.id not in without:
                rank = self.pack.levels.rank(rule.level)
                ranks = tuple(rank if truth >= least else 0 for truth in (NO, PERHAPS, YES))
                raised = self.diagrams.apply(ranks.__getitem__, self.rules[rule.id])
                found = self.diagrams.apply(max, found, raised)
        return found

    def enough_told(self) -> Diagram:
        """Whether enough team pressures are known for a level to be given where no rule is met."""
        told = self.diagrams.constant(0)
        for grades in self.pressures.values():
            told = self.diagrams.apply(lambda count, truth: count + (truth != PERHAPS), told, grades.present)
        needed = self.thresholds[self.pack.levels.insufficient_below]
        return self.diagrams.apply(lambda count: count >= needed, told)

    def level(self) -> Diagram:
        """The level by its id, insufficient evidence included."""
        levels = self.pack.levels
        names = [level.id for level in levels.levels]
        return self.diagrams.apply(
            lambda rank, told: names[rank] if rank or told else levels.insufficient.id, self.rank(could_be=False), self.enough_told()
        )

    def score(self, *, high: bool) -> Diagram:
        """The points for what is proved, or for what could be."""
        pack, least = self.pack, PERHAPS if high else YES
        total = self.diagrams.constant(0)
        for members in pack.families.values():
            family = self.diagrams.constant(0)
            for member in members:
                grades = self.pressures[member.id]
                grade = self.diagrams.apply(
                    lambda felt, present, severe: next(
                        (mark for mark, held in (("severe", severe), ("present", present), ("felt", felt)) if held >= least), ""
                    ), grades.felt, grades.present, grades.severe
                )
                family = self.diagrams.apply(max, family, self.diagrams.apply(partial(_worth, tuple(member.points.items())), grade))
            total = self.diagrams.apply(_sum, total, family)
        extra = [(pack.supervision.points.get("evidenced strained", 0), self.strained)]
        extra += [(rule.points, self.rules[rule.id]) for rule in pack.risk.values()]
        for points, truth in extra:
            if points:
                worth = tuple(points if held >= least else 0 for held in (NO, PERHAPS, YES))
                gained = self.diagrams.apply(worth.__getitem__, truth)
                total = self.diagrams.apply(_sum, total, gained)
        return total


def _worth(points: tuple[tuple[str, int], ...], grade: str) -> int:
    return dict(points).get(grade, 0)


def _sum(a: int, b: int) -> int:
    return a + b


def all_conditions(pack: RulePack) -> list[c.Condition]:
    return [condition for rule in pack.rules.values() for condition in rule.conditions.values()]


def pack_inputs(
    pack: RulePack, thresholds: Mapping[str, float], extra: Mapping[str, list[i.Cut]] | None = None
) -> list[i.Input]:
    """The evidence that any rule of a pack reads, and its county's pressures, in an order that keeps diagrams small."""
    conditions = all_conditions(pack)
    leaves = leaves_of(conditions)
    asked = asked_of_receiving_team(conditions)
    theirs = leaves_of([*asked, *_pressures_behind(pack, asked)])
    county = [i.Input("county on", one, i.truth_cells(("cannot tell", "off", "on"))) for one in pack.county_pressures]
    numbers = {one.name: one for one in number_inputs(pack, thresholds, leaves, extra=extra)}
    others = other_evidence_inputs(pack, leaves)
    ordered: dict[tuple[str, str], i.Input] = {}
    for leaf in leaves:  # a pressure's figures and answers side by side
        if isinstance(leaf, (c.MeasureTest, c.SupplyTest)):
            ordered.setdefault(("number", leaf.measure), numbers[leaf.measure])
        for one in others:
            if isinstance(leaf, c.AnswerTest) and (one.kind, one.name) == ("answer", leaf.question):
                ordered.setdefault((one.kind, one.name), one)
    for one in [*numbers.values(), *others]:
        ordered.setdefault((one.kind, one.name), one)
    inputs = [*county, *ordered.values()]
    if asked:
        inputs.append(i.Input("receiving team", "receiving_team", (i.Cell("none", cost=0.0), i.Cell("there is one", "", cost=0.0))))
        inputs += [*number_inputs(pack, thresholds, theirs, True), *other_evidence_inputs(pack, theirs, True)]
    return inputs


def _pressures_behind(pack: RulePack, conditions: Iterable[c.Condition]) -> list[c.Condition]:
    read = {part.pressure for condition in conditions for part in c.walk(condition) if isinstance(part, c.PressureTest)}
    return [condition for one in sorted(read) for condition in pack.team_pressures[one].conditions.values()]
