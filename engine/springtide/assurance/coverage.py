"""Whether the examples inside rules show each atomic condition at work, and what would show the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..logic import conditions as c
from ..logic import model as m
from ..logic.facts import Facts
from ..logic.judge import truth_of
from ..logic.quarter import Quarter
from ..logic.truth import Truth
from ..rulepack.examples import facts_given, latest_quarter, result_of
from . import trees
from .compiling import NO, YES, RuleSpace
from .witness import Given, given_of

_SHOWS = {
    Truth.MET: "alone makes it so", Truth.NOT_MET: "alone keeps it from being so",
    Truth.CANNOT_TELL: "is not known, and everything turns on it",
}  # fmt: skip
_AS = {"felt": " (for felt)", "severe": " (for severe)", "evidenced_adequate": " (for adequate)", "inferred_strained": " (for an inference)"}
_NEVER_UNKNOWN = (c.SupplyTest, c.PeriodTest, c.AnswersTest)


@dataclass(frozen=True)
class Atom:
    """One atomic condition where it stands in a rule; `key` is the rule's condition that it is part of."""

    rule: str
    at: str
    key: str
    path: trees.Path
    leaf: c.Condition

    @property
    def words(self) -> str:
        inside = " of the receiving team" if self.path and self.path[0] == -1 else ""
        return c.in_words(self.leaf) + inside


@dataclass(frozen=True)
class Duty:
    """Something that an example must show: the atom in one state, deciding the outcome alone.

    It decides alone where, everything else as it is, the outcome is met with the atom one way and not
    met with it the other (masking MC/DC). `shown_by` is the first example that does; `impossible` that
    none can; `suggestion` an example that would.
    """

    atom: Atom
    state: Truth
    shown_by: str
    impossible: bool
    suggestion: m.Example | None


@dataclass(frozen=True)
class Coverage:
    """All that the examples must show."""

    atoms: int
    duties: tuple[Duty, ...]

    @property
    def shown(self) -> int:
        return sum(bool(duty.shown_by) for duty in self.duties)

    @property
    def uncovered(self) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties if not duty.shown_by)


def coverage(pack: m.RulePack, quarter: Quarter | None = None) -> Coverage:
    """What the examples of every rule show, under the thresholds of a quarter (the latest that begins, if none is named)."""
    thresholds = pack.values(quarter or latest_quarter(pack))
    atoms = 0
    duties: list[Duty] = []
    for rule in pack.rules.values():
        cases = [(example, facts_given(pack, thresholds, example.given)) for example in rule.examples]
        finder = _Finder(pack, thresholds, rule)
        for key, condition in rule.conditions.items():
            for path, leaf in trees.leaves_with_places(condition):
                atoms += 1
                duties += _duties(Atom(rule.id, rule.at, key, path, leaf), condition, cases, finder)
    return Coverage(atoms, tuple(duties))


def _states(leaf: c.Condition) -> tuple[Truth, ...]:
    return (Truth.MET, Truth.NOT_MET) if isinstance(leaf, _NEVER_UNKNOWN) else (Truth.MET, Truth.NOT_MET, Truth.CANNOT_TELL)


def _duties(atom: Atom, condition: c.Condition, cases: list[tuple[m.Example, Facts]], finder: _Finder) -> Iterator[Duty]:
    shown: dict[Truth, str] = {}
    for example, facts in cases:
        state = decides(condition, atom.path, facts)
        if state is not None:
            shown.setdefault(state, example.name)
    for state in _states(atom.leaf):
        if state in shown:
            yield Duty(atom, state, shown[state], False, None)
        else:
            possible, suggestion = finder.find(atom, condition, state)
            yield Duty(atom, state, "", not possible, suggestion)


def decides(condition: c.Condition, path: trees.Path, facts: Facts) -> Truth | None:
    """The state of an atom that decides a condition alone in these facts; None where it does not."""
    asked: Facts | None = facts.receiving if trees.inside_receiving(condition, path) else facts
    if asked is None:
        return None
    with_it = truth_of(trees.with_part(condition, path, trees.ALWAYS), facts)
    against_it = truth_of(trees.with_part(condition, path, trees.NEVER), facts)
    if {with_it, against_it} != {Truth.MET, Truth.NOT_MET}:
        return None
    return truth_of(trees.part_at(condition, path), asked)


class _Finder:
    """Finds an example that would show what none shows."""

    def __init__(self, pack: m.RulePack, thresholds: dict[str, float], rule: m.Declared):
        self.pack = pack
        self.thresholds = thresholds
        self.rule = rule
        self._space: RuleSpace | None = None

    @property
    def space(self) -> RuleSpace:
        if self._space is None:
            self._space = RuleSpace(self.pack, self.thresholds, self.rule.conditions.values())
        return self._space

    def find(self, atom: Atom, condition: c.Condition, state: Truth) -> tuple[bool, m.Example | None]:
        """Whether anything could show it, and an example that does, tried before it is offered."""
        space = self.space
        receiving = trees.inside_receiving(condition, atom.path)
        with_it = space.diagram(trees.with_part(condition, atom.path, trees.ALWAYS))
        against = space.diagram(trees.with_part(condition, atom.path, trees.NEVER))
        wanted = space.diagrams.apply(
            lambda own, a, b: own == int(state) and {a, b} == {NO, YES}, space.leaf(atom.leaf, receiving), with_it, against
        )
        cells = space.diagrams.cheapest(wanted, bool, space.costs)
        if cells is None:
            return False, None
        given: Given = given_of(space, cells)
        facts = facts_given(self.pack, self.thresholds, given)
        if decides(condition, atom.path, facts) is not state:
            return True, None
        return True, m.Example(self._name(atom, state, given), given, result_of(self.rule, facts))

    def _name(self, atom: Atom, state: Truth, given: Given) -> str:
        """What such an example shows, as a rules owner would put it; unlike any name that the rule has."""
        name = f"{self._title(atom.leaf)}{_AS.get(atom.key, '')} {_SHOWS[state]}"
        if name in {example.name for example in self.rule.examples}:
            beside = [f"{word.replace('_', ' ')} {value}" for word, value in given.items() if value in ("on", "severe", "present", "felt", "met")]
            name += f", with {' and '.join(beside or ['the rest otherwise'])}"
        return name

    def _title(self, leaf: c.Condition) -> str:
        match leaf:
            case c.MeasureTest(number):
                title = (self.pack.measures.get(number) or self.pack.figures[number]).title
            case c.SupplyTest(number, supply):
                title = f"{(self.pack.measures.get(number) or self.pack.figures[number]).title} ({supply})"
            case c.AnswerTest(question, side):
                return f"Q{self.pack.questions[question].number} ({side})"
            case c.PressureTest(pressure, grade):
                return f"{pressure.replace('_', ' ')} ({grade})"
            case c.CountyTest(pressure, aspect):
                return f"{pressure.replace('_', ' ')} ({'county-wide' if aspect == 'on' else aspect})"
            case _:
                title = c.in_words(leaf).replace("_", " ")
        return title[0].lower() + title[1:]
