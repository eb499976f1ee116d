"""The promises of a pack, proved: by deciding every combination of cells, and by composing what was decided."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..logic import model as m
from ..logic.answers import combine, favourable_answers, from_worst_to_best
from ..logic.strata import majorities, verdict
from ..logic.truth import Truth, more_than_share
from ..rulepack.examples import facts_given
from .compiling import YES, PackSpace
from .diagrams import Diagram
from .directions import moves
from .inputs import Input, epochs
from .realising import possible, realised, realised_pair
from .steps import Fall, Step, falls, higher_after, losing_steps, lower_after, worse_steps
from .witness import Given, Shown, given_of

_RESPONDENTS = 4
_TEAMS = 60


@dataclass(frozen=True)
class Property:
    """One promise: whether it holds, how it was decided, and the smallest pair of teams that breaks it.

    `cells` is how many combinations of cells the answer covers, `compared` how many pairs of diagrams,
    lemmas' cases included, were compared to decide it. `rests_on` names what was composed with it.
    """

    id: str
    says: str
    holds: bool
    cells: int
    compared: int
    rests_on: tuple[str, ...] = ()
    broken_by: str = ""
    teams: tuple[Shown, ...] = field(default=())


@dataclass(frozen=True)
class Proof:
    """All promises of one pack under one set of thresholds."""

    since: str
    properties: tuple[Property, ...]

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.properties)


def prove(pack: m.RulePack) -> tuple[Proof, ...]:
    """Every promise, under the thresholds of every time for which the pack has them."""
    return tuple(Proof(str(quarter), tuple(_Prover(pack, pack.values(quarter)).properties())) for quarter in epochs(pack))


@dataclass(frozen=True)
class _Measured:
    """Something a team comes to, as a diagram, and how it is said."""

    name: str
    diagram: Diagram


class _Prover:
    def __init__(self, pack: m.RulePack, thresholds: dict[str, float]):
        self.pack = pack
        self.thresholds = thresholds
        self.whole = PackSpace(pack, thresholds)
        self.level = _Measured("level", self.whole.rank(could_be=False))
        self.could_be = _Measured("could-be", self.whole.rank(could_be=True))
        self.low = _Measured("score", self.whole.score(high=False))
        self.high = _Measured("highest score", self.whole.score(high=True))

    def properties(self) -> Iterator[Property]:
        yield self._worse()
        yield self._other_teams()
        yield self._county_on()
        losing, one_level = self._losing(), self._one_level()
        yield losing
        yield self._completing(losing, one_level)
        yield self._stands_alone()
        yield self._order()
        yield one_level
        yield self._notices_decide_nothing()

    # -- worse evidence -------------------------------------------------------------------------

    def _worse(self) -> Property:
        """Worse evidence of a team never lowers its own level, could-be or score."""
        says = "worse evidence of a team never lowers its level, could-be or score"
        every = (self.level, self.could_be, self.low, self.high)
        found = self._search("worse-never-lowers", says, every, self._worse_evidence, lower_after)
        lemmas, cases = self._measure_lemma(), self._answer_lemma()
        broken = found.broken_by or lemmas[1] or cases[1]
        return replace(
            found, holds=not broken, broken_by=broken, compared=found.compared + cases[0],
            rests_on=(
                f"the way in which each of {lemmas[0]} pairs of a figure and a measure moves, from the signs of the measure's formula",
                f"every set of up to {_RESPONDENTS} answers: a worse one never makes the team's answer better",
            ),
        )  # fmt: skip

    def _worse_evidence(self, one: Input) -> tuple[Step, ...]:
        return () if one.kind == "county on" else worse_steps(self.pack, one)

    def _measure_lemma(self) -> tuple[int, str]:
        """That every worse figure moves its measures one settled way; how many there are, and the first that does not."""
        bearing = {self.whole.inputs[place].name for one in (self.level, self.could_be, self.low, self.high)
                   for place in self.whole.diagrams.asked(one.diagram) if self.whole.inputs[place].kind == "number"}  # fmt: skip
        count = 0
        for number in sorted(bearing):
            ways = set()
            for move in moves(self.pack, number):
                count += 1
                ways.add(move.way)
                if move.way is None:
                    return count, f"the formula of '{number}' does not settle which way it moves as '{move.figure}' gets worse"
            if len(ways - {0}) > 1:
                return count, f"figures that get worse move '{number}' both ways"
        return count, ""

    def _answer_lemma(self) -> tuple[int, str]:
        """That a worse answer of one respondent never makes the team's answer better, tried for every small set."""
        scale = self.pack.questionnaire.scale
        compared = 0
        for question in _one_of_each_keying(self.pack):
            best_first = from_worst_to_best(question, scale)[::-1]
            sides = _sides(question, scale)
            for others in _sets_of(sides, _RESPONDENTS - 1):
                answers = [combine(question, scale, [*others, answer]) for answer in best_first]
                for better, worse in itertools.pairwise(answers):
                    compared += 1
                    if worse.is_adverse < better.is_adverse or worse.is_favourable > better.is_favourable:
                        return compared, f"a worse answer beside {', '.join(map(str, others))} makes the team's answer better"
        return compared, ""

    def _other_teams(self) -> Property:
        """Worse evidence of one team never lowers another's."""
        says = "worse evidence of any other team never lowers a team's level, could-be or score"
        affected = [_Measured(f"being affected by {one}", diagram) for one, diagram in self.whole.affected.items()]
        found = self._search("others-never-lower", says, affected, self._worse_evidence, lower_after)
        compared, broken = self._majority_lemma()
        return replace(
            found, holds=found.holds and not broken, broken_by=found.broken_by or broken, compared=found.compared + compared,
            rests_on=(
                "county-pressure-never-lowers, below",
                f"counts of affected and silent teams in every county of up to {_TEAMS} teams: one more affected never turns a pressure off",
                "teams meet in these counts alone",
            ),
        )  # fmt: skip

    def _majority_lemma(self) -> tuple[int, str]:
        """That more affected teams never turn a pressure off, and that what silent ones say is allowed for."""
        compared = 0
        for most in sorted({pressure.most for pressure in self.pack.county_pressures.values()}):
            share = self.thresholds[most]
            for teams in range(1, _TEAMS + 1):
                held = [[more_than_share(share, affected, affected + silent, teams) for silent in range(teams + 1 - affected)] for affected in range(teams + 1)]
                for affected, row in enumerate(held):
                    below = held[affected + 1] if affected < teams else []  # one more affected, and so one fewer of the rest
                    compared += 2 * len(row) + len(below)
                    if any(more < on for on, more in itertools.pairwise(row)) or any(more < on for on, more in zip(row, below, strict=False)):
                        return compared, f"more of {teams} teams affected, or silent, turn a pressure off at {most}"
                    if any(Truth.CANNOT_TELL is not on is not more for on, more in zip(row[1:], below, strict=False)):
                        return compared, f"a silent one of {teams} teams that is affected after all turns what was told at {most}"
                    if any(Truth.CANNOT_TELL is not on is not fewer for fewer, on in itertools.pairwise(row)):
                        return compared, f"a silent one of {teams} teams that is not affected turns what was told at {most}"
        return compared, ""

    def _county_on(self) -> Property:
        says = "a county pressure that comes on never lowers a level, could-be or score"
        steps = lambda one: worse_steps(self.pack, one) if one.kind == "county on" else ()  # noqa: E731
        return self._search("county-pressure-never-lowers", says, (self.level, self.could_be, self.low, self.high), steps, lower_after)

    # -- missing evidence -------------------------------------------------------------------------

    def _losing(self) -> Property:
        says = "losing a value never raises a level or score, and never lowers a could-be or highest score"
        proved = self._search("losing-never-flatters", says, (self.level, self.low), losing_steps, higher_after)
        possible = self._search("losing-never-flatters", says, (self.could_be, self.high), losing_steps, lower_after)
        compared, broken = self._loss_lemma()
        first = proved if not proved.holds else possible
        return replace(
            first, holds=proved.holds and possible.holds and not broken, broken_by=first.broken_by or broken,
            cells=max(proved.cells, possible.cells), compared=proved.compared + possible.compared + compared,
            rests_on=(
                "a formula with a part missing is missing, whatever else it has",
                f"every set of up to {_RESPONDENTS} answers: one replaced by don't know leaves the team's answer as it was or unknown",
                "others-never-lower, for what a lost value does to the county's counts",
            ),
        )  # fmt: skip

    def _loss_lemma(self) -> tuple[int, str]:
        scale = self.pack.questionnaire.scale
        compared = 0
        for question in _one_of_each_keying(self.pack):
            for answers in _sets_of(_sides(question, scale), _RESPONDENTS):
                whole = combine(question, scale, answers)
                for place, answer in enumerate(answers):
                    if answer in (None, scale.not_counted):
                        continue
                    compared += 1
                    lost = combine(question, scale, [*answers[:place], None, *answers[place + 1 :]])
                    if any(after is not Truth.CANNOT_TELL and after is not before for before, after in
                           ((whole.is_adverse, lost.is_adverse), (whole.is_favourable, lost.is_favourable))):  # fmt: skip
                        return compared, f"an answer lost from {', '.join(map(str, answers))} turns the team's answer"
        return compared, ""

    def _completing(self, losing: Property, one_level: Property) -> Property:
        """Whatever completes a missing value, the level lands between the level and the could-be of before.

        It is no lower than the level before, and its could-be no higher than the could-be before, for the missing
        value is what the known one would be if it were lost; and no could-be lies below its level.
        """
        says = "what completes a missing value lands between the level and the could-be"
        broken = next((one for one in (losing, one_level) if not one.holds), None)
        return Property(
            "completing-lands-between", says, broken is None, min(losing.cells, one_level.cells), 0,
            ("composed of losing-never-flatters and exactly-one-level, one value after another",),
            f"{broken.id}: {broken.broken_by}" if broken else "", broken.teams if broken else (),
        )  # fmt: skip

    # -- what stands alone ---------------------------------------------------------------------------

    def _stands_alone(self) -> Property:
        """The storm: where it holds with some answers and county pressures, it holds with any, and with none."""
        name, says = "the-storm-stands-alone", "the storm holds whatever the answers say, and needs nothing county-wide"
        alone = [rule for rule in self.pack.risk.values() if rule.stands_alone]
        if not any(29 in rule.cites for rule in alone):
            return Property(name, says, False, 0, 0, broken_by="no risk rule that cites para 29 says stands_alone: yes")
        diagrams, compared, cells = self.whole.diagrams, 0, 0
        free = [place for place, one in enumerate(self.whole.inputs) if one.kind in ("answer", "county on")]
        for rule in alone:
            own = self.whole.rules[rule.id]
            cells = max(cells, diagrams.combinations(diagrams.asked(own) | diagrams.asked(self.level.diagram)))
            compared += 2
            differ = diagrams.apply(lambda best, worst: best == YES and worst != YES, diagrams.over_all(max, own, free), diagrams.over_all(min, own, free))
            found = diagrams.cheapest(differ, bool, self.whole.costs)
            if found is not None:
                left = diagrams.given(own, found)
                holds = diagrams.cheapest(left, YES.__eq__, self.whole.costs) or {}
                kept = {place: cell for place, cell in holds.items() if place not in free}
                fails = kept | (diagrams.cheapest(diagrams.given(left, kept), YES.__ne__, self.whole.costs) or {})
                return Property(name, says, False, cells, compared, broken_by=f"{rule.id} holds or not as answers or county pressures have it",
                                teams=self._pair({**found, **holds}, {**found, **fails}, ""))  # fmt: skip
            lower = diagrams.apply(lambda met, level, rank=self.pack.levels.rank(rule.level): met == YES and level < rank, own, self.level.diagram)
            if YES not in diagrams.values(own) or True in diagrams.values(lower):
                return Property(name, says, False, cells, compared, broken_by=f"{rule.id} never holds, or gives less than its level")
        names = ", ".join(rule.id for rule in alone)
        return Property(name, says, True, cells, compared, (f"the rules that say they stand alone: {names}",))

    # -- order, and one level ---------------------------------------------------------------------------

    def _order(self) -> Property:
        says = "the order of rules, teams, rows and answers is of no account"
        turned = replace(
            self.pack, risk=dict(reversed(self.pack.risk.items())), team_pressures=dict(reversed(self.pack.team_pressures.items())),
            county_pressures=dict(reversed(self.pack.county_pressures.items())),
        )  # fmt: skip
        other = PackSpace(turned, self.thresholds, like=self.whole)
        pairs = [
            (self.level.diagram, other.rank(could_be=False)), (self.could_be.diagram, other.rank(could_be=True)),
            (self.low.diagram, other.score(high=False)), (self.high.diagram, other.score(high=True)), (self.whole.level(), other.level()),
        ]  # fmt: skip
        broken = "" if all(one is two for one, two in pairs) else "rules read the other way round come to something else"
        compared = len(pairs)
        scale = self.pack.questionnaire.scale
        for question in _one_of_each_keying(self.pack):
            for answers in _sets_of(_sides(question, scale), 3):
                seen = {combine(question, scale, order) for order in itertools.permutations(answers)}
                compared += len(seen)
                if len(seen) > 1:
                    broken = f"the answers {', '.join(map(str, answers))} come to something else in another order"
        for truths in itertools.product(Truth, repeat=5):
            for pressure in self.pack.county_pressures:
                only = replace(self.pack, county_pressures={pressure: self.pack.county_pressures[pressure]})
                compared += 1
                if majorities(only, self.thresholds, "", {pressure: list(truths)}) != majorities(only, self.thresholds, "", {pressure: sorted(truths)}):
                    broken = f"'{pressure}' depends on the order of teams"
        cells = self._cells([one for one, _ in pairs])
        return Property("order-is-of-no-account", says, not broken, cells, compared,
                        ("counts of teams are sums, and two rows of one team in one quarter are refused",), broken)  # fmt: skip

    def _one_level(self) -> Property:
        says = "every evidence comes to exactly one level, and neither its could-be nor its highest score is lower"
        known = {level.id for level in (*self.pack.levels.levels, self.pack.levels.insufficient)}
        level = self.whole.level()
        gaps = [
            self.whole.diagrams.apply(lower_after, low.diagram, high.diagram) for low, high in ((self.level, self.could_be), (self.low, self.high))
        ]
        found = next((cells for gap in gaps if (cells := self.whole.diagrams.cheapest(gap, bool, self.whole.costs)) is not None), None)
        strange = self.whole.diagrams.values(level) - known
        broken = f"some evidence comes to {sorted(strange)}" if strange else "a could-be lies below its level, or a highest score below the score" if found is not None else ""
        return Property("exactly-one-level", says, not broken, self._cells([level]), 3, (), broken, (self._team(found),) if found is not None else ())

    def _notices_decide_nothing(self) -> Property:
        """Rules that worse evidence may end are notices, and no level rests on a notice or on confidence."""
        meant = [notice.id for notice in self.pack.notices.values() if notice.worse_may_end_it_because]
        says = "what worse evidence may end is a notice and not a level"
        bare = replace(self.pack, notices={}, reducers={})
        other = PackSpace(bare, self.thresholds, like=self.whole)
        pairs = [(self.level.diagram, other.rank(could_be=False)), (self.could_be.diagram, other.rank(could_be=True)),
                 (self.low.diagram, other.score(high=False)), (self.high.diagram, other.score(high=True))]  # fmt: skip
        broken = "" if all(one is two for one, two in pairs) else "a level changes when notices and reducers are taken away"
        undeclared = ""
        for notice in self.pack.notices.values():
            if not notice.worse_may_end_it_because:
                fall = next(falls(self.whole, self.whole.diagram(notice.when), lambda one: worse_steps(self.pack, one), lower_after), None)
                if fall is not None:
                    undeclared = f"worse evidence may end {notice.id}, which does not say so (worse_may_end_it_because)"
        rests = f"the notices that say so: {', '.join(meant)}" if meant else "no notice says so"
        return Property("only-notices-may-end", says, not (broken or undeclared), self._cells([one for one, _ in pairs]),
                        len(pairs) + len(self.pack.notices), (rests,), broken or undeclared)  # fmt: skip

    # -- how -----------------------------------------------------------------------------------------

    def _search(
        self, name: str, says: str, measured: Sequence[_Measured], steps: Callable[[Input], tuple[Step, ...]],
        fall: Callable[[Any, Any], int],
    ) -> Property:  # fmt: skip
        """A property of every step of every input, decided for each of several functions."""
        compared = 0
        for one in measured:
            compared += sum(len(steps(self.whole.inputs[place])) for place in self.whole.diagrams.asked(one.diagram))
        cells = self._cells([one.diagram for one in measured])
        pairs: list[tuple[_Measured, Fall]] = []
        for one in measured:
            pairs += [(one, found) for found in falls(self.whole, one.diagram, steps, fall)]
            if pairs:  # better one whose numbers can stand together
                pairs = [(one, found) for found in falls(self.whole, one.diagram, steps, fall, possible(self.whole))] or pairs
                break
        if not pairs:
            return Property(name, says, True, cells, compared)
        one, smallest = min(pairs, key=lambda pair: sum(self._cost(pair[1].before)) + sum(self._cost(pair[1].after)))
        broken = f"{one.name}: the {smallest.input.name.replace('_', ' ')} goes from {_cell(smallest, smallest.before)} to {_cell(smallest, smallest.after)}"
        teams = self._pair(smallest.before, smallest.after, smallest.input.name)
        return Property(name, says, False, cells, compared, broken_by=broken, teams=teams)

    def _cost(self, cells: Any) -> list[float]:
        return [self.whole.costs[place][cell] for place, cell in cells.items()]

    def _cells(self, diagrams: Sequence[Diagram]) -> int:
        asked: set[int] = set()
        for diagram in diagrams:
            asked |= self.whole.diagrams.asked(diagram)
        return self.whole.diagrams.combinations(asked)

    def _team(self, cells: Any) -> Shown:
        """A team in figures where that can be, with the level it comes to."""
        given = given_of(self.whole, cells, relative=False)
        expect = self._comes_to(given)
        given = realised(self.pack, self.thresholds, given, lambda other: self._comes_to(other) == expect)
        return Shown(given, expect[0])

    def _pair(self, before: Any, after: Any, worse: str) -> tuple[Shown, ...]:
        """Two teams, in the same figures but for the one that gets worse where that can be, with the levels they come to."""
        pair = (given_of(self.whole, before, relative=False), given_of(self.whole, after, relative=False))
        wanted = [self._comes_to(one) for one in pair]
        pair = realised_pair(self.pack, self.thresholds, *pair, worse, lambda *other: [self._comes_to(one) for one in other] == wanted)
        return tuple(Shown(one, comes_to[0]) for one, comes_to in zip(pair, wanted, strict=True))

    def _comes_to(self, given: Given) -> tuple[str, str, int, int]:
        facts = facts_given(self.pack, self.thresholds, given)
        assert facts.supervision is not None
        found = verdict(self.pack, self.thresholds, facts.pressures, facts.supervision, facts.rules)
        return found.level, found.could_be, found.score.low, found.score.high


def _cell(fall: Fall, cells: Any) -> str:
    place = next(place for place in cells if fall.before.get(place) != fall.after.get(place))
    return str(fall.input.cells[cells[place]].label)


def _one_of_each_keying(pack: m.RulePack) -> list[m.Question]:
    found: dict[str, m.Question] = {}
    for question in pack.questionnaire.questions:
        if question.favourable_when != "unknown":
            found.setdefault(question.favourable_when, question)
    return list(found.values())


def _sides(question: m.Question, scale: m.Scale) -> tuple[str | None, ...]:
    """One answer of each side, don't know, and not applicable: what a median can tell apart."""
    good = sorted(favourable_answers(question, scale))[0]
    bad = next(answer for answer in scale.answers if answer not in favourable_answers(question, scale))
    return good, bad, None, scale.not_counted


def _sets_of(answers: Sequence[str | None], most: int) -> Iterator[list[str | None]]:
    for size in range(0, most + 1):
        for chosen in itertools.combinations_with_replacement(answers, size):
            yield list(chosen)


