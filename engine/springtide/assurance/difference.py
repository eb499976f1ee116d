"""What two packs differ in: by what they declare, and, proved, by what any team could come to under each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..logic import conditions as c
from ..logic import model as m
from ..logic.quarter import Quarter
from ..logic.sense_checks import SenseCheck
from ..logic.strata import verdict
from ..rulepack.examples import facts_given
from . import inputs as i
from .compiling import PackSpace, Space, all_conditions, leaves_of, pack_inputs
from .diagrams import Diagram
from .lint.conditions import whole_outcome
from .realising import realised
from .witness import Given, given_of


@dataclass(frozen=True)
class Change:
    """One thing declared differently: what kind of thing, which, and how it reads in each pack."""

    kind: str
    id: str
    before: str
    after: str


@dataclass(frozen=True)
class Differs:
    """Something that a team may come to under one pack and not under the other, with the smallest team that shows it."""

    what: str
    quarter: str
    given: Given
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Two packs compared by what teams come to.

    `cells` is how many combinations of cells were decided. `differs` is empty just when the packs are
    equivalent. `not_compared` says what kept them from being compared at all.
    """

    quarters: tuple[str, ...]
    cells: int
    differs: tuple[Differs, ...]
    not_compared: tuple[str, ...] = ()

    @property
    def equivalent(self) -> bool:
        return not self.differs and not self.not_compared


# -- as declared -------------------------------------------------------------------------------


def changes(old: m.RulePack, new: m.RulePack) -> tuple[Change, ...]:
    """Everything declared differently in two packs, words included."""
    found: list[Change] = []
    found += _changed("threshold", old.thresholds, new.thresholds, _threshold_words)
    found += _changed("rule", old.rules, new.rules, _rule_words)
    found += _changed("measure", old.measures, new.measures, lambda one: f"{one.formula_text or 'supplied'} ({one.unit}, worse when {one.worse_when})")
    found += _changed("figure", old.figures, new.figures, _figure_words)
    found += _changed("question", old.questions, new.questions, lambda one: f"{one.statement} ({one.favourable_when})")
    found += _changed("period", old.periods, new.periods, lambda one: ", ".join(map(str, one.quarters)))
    found += _changed("sense check", old.sense_checks, new.sense_checks, _sense_words)
    found += _changed("levels", {"levels": old.levels}, {"levels": new.levels}, _levels_words)
    return tuple(found)


def _changed(kind: str, old: Mapping[str, Any], new: Mapping[str, Any], words: Callable[[Any], str]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        before, after = (words(held[name]) if name in held else "" for held in (old, new))
        if before != after:
            yield Change(kind, name, before, after)


def _figure_words(figure: m.Figure) -> str:
    usual = f", the mean of {figure.usual_of} over {figure.over} where left empty" if figure.usual_of else ""
    return f"{figure.unit}, worse when {figure.worse_when}, from {figure.comes_from}{usual}"


def _threshold_words(threshold: m.Threshold) -> str:
    return "; ".join(f"{value.value:g} {threshold.unit} from {value.start or 'always'}" for value in threshold.values)


def _sense_words(check: SenseCheck) -> str:
    of = ", ".join((*check.measures, *check.counts, check.counted_in, check.whole_text, str(check.relation or ""), *check.excused_by, check.side))
    return f"{check.check}: {check.rule_of_thumb} {check.what_to_do} Of: {of}"


def _rule_words(rule: m.Declared) -> str:
    own = {"level": "level", "weight": "weight", "channel": "channel", "family": "family", "points": "points", "most": "most"}
    said = [f"{key} {c.spelled_out(condition)}" for key, condition in rule.conditions.items()]
    said += [f"{word} {getattr(rule, name)}" for name, word in own.items() if getattr(rule, name, None)]
    said += [rule.title, rule.because, getattr(rule, "tell_the_manager", "")]
    return "\n".join(said)


def _levels_words(levels: m.Levels) -> str:
    said = [f"{level.id}: {level.words} {level.response}" for level in (*levels.levels, levels.insufficient)]
    return "\n".join([*said, levels.flagged_from, levels.followed_from, levels.insufficient_below, str(levels.confidence_low), str(levels.confidence_medium)])


# -- as decided --------------------------------------------------------------------------------


def compare(old: m.RulePack, new: m.RulePack) -> Comparison:
    """Whether two packs come to the same for every team, or the smallest team for which they do not.

    Compared are levels, could-bes, scores, findings, notices and reasons for confidence, by name, under
    the thresholds of every time for which both packs have them.
    """
    quarters = [quarter for quarter in sorted({*i.epochs(old), *i.epochs(new)}) if old.covers(quarter) and new.covers(quarter)]
    unlike = tuple(_unlike(old, new))
    if not quarters:
        return Comparison((), 0, (), (*unlike, "there is no quarter for which both packs have thresholds"))
    found: dict[str, Differs] = {}
    cells = 0
    for quarter in quarters:
        pair = _Pair(old, new, quarter)
        cells = max(cells, pair.cells)
        for one in pair.differs():
            found.setdefault(one.what, one)
    return Comparison(tuple(map(str, quarters)), cells, tuple(found.values()), unlike)


def _unlike(old: m.RulePack, new: m.RulePack) -> Iterator[str]:
    """What both packs read under one name and mean differently, so that a value in one is no value in the other."""
    read = {name for pack in (old, new) for leaf in leaves_of(all_conditions(pack)) if isinstance(leaf, (c.MeasureTest, c.SupplyTest))
            for name in [leaf.measure]}  # fmt: skip
    for name in sorted(read):
        first, second = (pack.measures.get(name) or pack.figures.get(name) for pack in (old, new))
        if first is None or second is None:
            continue
        formulas = [getattr(one, "formula", None) for one in (first, second)]
        if formulas[0] != formulas[1]:
            yield f"the measure '{name}' is worked out differently"
        elif first.unit != second.unit:
            yield f"'{name}' is in {first.unit} in one and in {second.unit} in the other"
    for question in sorted({*old.questions_read, *new.questions_read}):
        if question in old.questions and question in new.questions and old.questions[question].favourable_when != new.questions[question].favourable_when:
            yield f"'{question}' is keyed the other way round"
    if old.questionnaire.scale != new.questionnaire.scale:
        yield "the scale of answers differs"
    if [level.id for level in old.levels.levels] != [level.id for level in new.levels.levels]:
        yield "the levels differ"


class _Pair:
    """Two packs over the inputs of both."""

    def __init__(self, old: m.RulePack, new: m.RulePack, quarter: Quarter):
        self.quarter = quarter
        self.packs = (old, new)
        self.thresholds = (old.values(quarter), new.values(quarter))
        inputs = _joint_inputs(self.packs, self.thresholds)
        frame = Space(old, self.thresholds[0], inputs)
        self.spaces = tuple(PackSpace(pack, values, like=frame) for pack, values in zip(self.packs, self.thresholds, strict=True))
        self.frame = frame
        self.cells = frame.diagrams.combinations(range(len(inputs)))

    def differs(self) -> Iterator[Differs]:
        for what, first, second in self._outcomes():
            if first is not second:
                unequal = self.frame.diagrams.apply(lambda a, b: a != b, first, second)
                cells = self.frame.diagrams.cheapest(unequal, bool, self.frame.costs)
                if cells is not None:
                    yield self._shown(what, first, second, cells)
        for what, before, after in self._numbers():
            if before != after:
                yield Differs(what, str(self.quarter), {}, before, after)

    def _shown(self, what: str, first: Diagram, second: Diagram, cells: Mapping[int, int]) -> Differs:
        before, after = (_said(what, self.frame.diagrams.at(one, cells)) for one in (first, second))
        given = given_of(self.frame, cells, relative=False)
        plain = [self._levels(given)]
        given = realised(self.packs[0], self.thresholds[0], given, lambda other: self._levels(other) in plain)
        return Differs(what, str(self.quarter), given, before, after)

    def _levels(self, given: Given) -> tuple[Any, ...]:
        """What each pack comes to, for a team that both can read; a pack reads only what it declares."""
        return tuple(self._level(pack, values, given) for pack, values in zip(self.packs, self.thresholds, strict=True))

    @staticmethod
    def _level(pack: m.RulePack, values: dict[str, float], given: Given) -> tuple[str, str, int, int]:
        facts = facts_given(pack, values, given)
        assert facts.supervision is not None
        found = verdict(pack, values, facts.pressures, facts.supervision, facts.rules)
        return found.level, found.could_be, found.score.low, found.score.high

    def _outcomes(self) -> Iterator[tuple[str, Diagram, Diagram]]:
        one, two = self.spaces
        names = [level.id for level in self.packs[0].levels.levels]
        yield "the level", one.level(), two.level()
        yield "the could-be", self._named(one.rank(could_be=True), names), self._named(two.rank(could_be=True), names)
        yield "the score", one.score(high=False), two.score(high=False)
        yield "the highest score", one.score(high=True), two.score(high=True)
        yield "supervision strained", one.strained, two.strained
        yield "supervision adequate", one.supervision("evidenced adequate"), two.supervision("evidenced adequate")
        yield "supervision inferred strained", one.supervision("inferred strained"), two.supervision("inferred strained")
        never = self.frame.diagrams.constant(0)
        for attribute in ("team_pressures", "county_pressures", "risk", "notices", "reducers"):
            first, second = (getattr(pack, attribute) for pack in self.packs)
            for name in {**first, **second}:
                diagrams = [whole_outcome(space, held[name]) if name in held else never for space, held in zip(self.spaces, (first, second), strict=True)]
                yield f"'{name}'", diagrams[0], diagrams[1]

    def _named(self, ranks: Diagram, names: list[str]) -> Diagram:
        return self.frame.diagrams.apply(names.__getitem__, ranks)

    def _numbers(self) -> Iterator[tuple[str, str, str]]:
        """What no team shows by itself: how many teams are most, and what confidence counts."""
        old, new = self.packs
        for name in sorted({*old.county_pressures} & {*new.county_pressures}):
            shares = [values[pack.county_pressures[name].most] for pack, values in zip(self.packs, self.thresholds, strict=True)]
            before, after = (f"when more than {share:g} of all teams are affected" for share in shares)
            yield f"'{name}' on", before, after
        for name in sorted({*old.reducers} & {*new.reducers}):
            yield f"the weight of '{name}'", old.reducers[name].weight, new.reducers[name].weight
        for band in ("confidence_low", "confidence_medium"):
            needed = [{weight: values[name] for weight, name in getattr(pack.levels, band).items()} for pack, values in zip(self.packs, self.thresholds, strict=True)]
            yield band.replace("_", " "), str(needed[0]), str(needed[1])
        yield "flagged from", old.levels.flagged_from, new.levels.flagged_from
        yield "followed from", old.levels.followed_from, new.levels.followed_from


def _said(what: str, value: Any) -> str:
    return str(value) if isinstance(value, str) or "score" in what else ("not met", "cannot tell", "met")[value]


def _joint_inputs(packs: tuple[m.RulePack, m.RulePack], thresholds: tuple[dict[str, float], dict[str, float]]) -> list[i.Input]:
    """The inputs of both packs, each number cut by the thresholds of both."""
    cuts: dict[str, list[i.Cut]] = {}
    for pack, values in zip(packs, thresholds, strict=True):
        for name, held in i.cuts_of(pack.leaves, values).items():
            known = cuts.setdefault(name, [])
            known += [i.Cut(cut.value, cut.comparison) for cut in held if i.Cut(cut.value, cut.comparison) not in known]
    found: dict[tuple[str, str, bool], i.Input] = {}
    for pack, values in zip(packs, thresholds, strict=True):
        for one in pack_inputs(pack, values):
            key = (one.kind, one.name, one.of_receiving_team)
            if one.kind == "number":
                one = i.Input("number", one.name, i.number_cells(i.unit_of(pack, one.name), cuts[one.name]), one.of_receiving_team)
            found.setdefault(key, one)
    return list(found.values())
