"""The columnar evaluator: the same pack as one expression tree over whole columns.

Written with Narwhals, so that the frame may be pandas' or Polars'. It shares the pack with forward
chaining and nothing else: measures, medians, comparisons, counting and levels are worked out here
a second time, by other means, so that each engine watches the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw

from ..logic import conditions as c
from ..logic.facts import SUPERVISION_STATES
from ..logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot
from ..logic.model import RulePack

TEAM, COUNTY, QUARTER, TRANSFERS_TO, LAST_LEVEL = "team_id", "county", "quarter", "transfers_to", "last_level_rank"
ANSWER_PARTS = ("favourable", "adverse", "unknown", "not_applicable")
LAST = " last quarter"
_TEAMS = "teams of the area"

Side = bool | nw.Expr


@dataclass(frozen=True)
class Pair:
    """Where a condition is met, and where it could be. A plain bool stands for a whole column."""

    met: Side
    could: Side


UNKNOWN, NEVER, CERTAIN = Pair(False, True), Pair(False, False), Pair(True, True)


def answer_column(question: str, part: str) -> str:
    """The column that holds how many of a team's answers to a question are of one sort."""
    return f"{question} {part}"


def rate(frame: Any, pack: RulePack, thresholds: dict[str, float]) -> Any:
    """Every finding, level and score, one row a team and quarter.

    Args:
        frame: an eager pandas or Polars frame with `team_id`, `county` and `quarter`, and as many
            figures, supplied measures, `<name> last quarter` columns and answer counts
            (`q1 favourable`, …) as there are; an absent column is missing for every team.
        thresholds: values in force, by id, in their own units; one set for all rows.

    Returns:
        A frame of the same kind: team, county and quarter; `<finding>:met` and `<finding>:could` for
        each finding; `<county pressure>:affected` and `:silent` counts; `level_rank`,
        `could_be_rank`, `told`, `score_low` and `score_high`.
    """
    return _Rating(nw.from_native(frame, eager_only=True), pack, thresholds).run().to_native()


class _Rating:
    """One pass over a frame; each stratum adds its columns before the next reads them."""

    def __init__(self, frame: nw.DataFrame[Any], pack: RulePack, thresholds: dict[str, float]):
        self.frame = frame
        self.pack = pack
        self.thresholds = thresholds
        self.supplied = set(frame.columns)
        self.measures: dict[str, bool] = {}
        self.pairs: dict[str, Pair] = {}
        self.receiving: dict[c.Condition, Pair] = {}

    def run(self) -> nw.DataFrame[Any]:
        self._measure_columns()
        self._team_pressures()
        self._county_pressures()
        self._supervision()
        self._rules()
        self._receiving_teams()
        self._keep({notice.id: self._pair(notice.when) for notice in self.pack.notices.values()})
        self._levels()
        self._score()
        kept = [name for name in (TEAM, COUNTY, QUARTER) if name in self.frame.columns]
        findings = [self._column(name, side) for name in self.pairs for side in ("met", "could")]
        counts = [f"{p}:{part}" for p in self.pack.county_pressures for part in ("affected", "silent", "teams")]
        totals = ["level_rank", "could_be_rank", "told", "score_low", "score_high"]
        return self.frame.select(kept + findings + counts + totals)

    # -- strata --------------------------------------------------------------------------------

    def _team_pressures(self) -> None:
        found = {}
        for pressure in self.pack.team_pressures.values():
            severe = self._pair(pressure.severe)
            found[f"{pressure.id}.severe"] = severe
            present = found[f"{pressure.id}.present"] = _any([self._pair(pressure.present), severe])
            if pressure.felt is not None:
                found[f"{pressure.id}.felt"] = _any([self._pair(pressure.felt), present])
        self._keep(found)

    def _county_pressures(self) -> None:
        pressures = self.pack.county_pressures.values()
        self._keep({f"{pressure.id}.affected": self._pair(pressure.affected) for pressure in pressures})
        area = [key for key in (QUARTER, COUNTY) if key in self.frame.columns]
        counts, decided = [], {}
        for pressure in pressures:
            met, could = (nw.col(self._column(f"{pressure.id}.affected", side)).cast(nw.Int64) for side in ("met", "could"))
            counts += [met.alias(f"{pressure.id}:affected"), (could - met).alias(f"{pressure.id}:silent")]
        # Grouped once, for each grouping costs as much as all the rest of a stratum.
        sums = self.frame.select(*area, *counts, nw.lit(1).alias(_TEAMS)).group_by(*area).agg(nw.all().sum())
        self.frame = self.frame.join(sums, on=area, how="left")
        self.frame = self.frame.with_columns(*(nw.col(_TEAMS).alias(f"{pressure.id}:teams") for pressure in pressures))
        for pressure in pressures:
            affected, silent, teams = (nw.col(f"{pressure.id}:{part}") for part in ("affected", "silent", "teams"))
            limit = self.thresholds[pressure.most] * teams + c.EPSILON
            decided[f"{pressure.id}.on"] = Pair(affected > limit, affected + silent > limit)
        self._keep(decided)

    def _supervision(self) -> None:
        supervision = self.pack.supervision
        parts = {
            "strained": supervision.evidenced_strained,
            "adequate": supervision.evidenced_adequate,
            "inferred": supervision.inferred_strained,
        }
        self._keep({f"{supervision.id}.{part}": self._pair(condition) for part, condition in parts.items()})

    def _rules(self) -> None:
        """Risk rules in rounds: each round's rules read only those of the rounds before."""
        waiting = list(self.pack.rule_order)
        while waiting:
            ready = [rule for rule in waiting if not self._reads_any_of(rule, waiting)]
            self._keep({rule: self._pair(self.pack.risk[rule].when) for rule in ready})
            waiting = [rule for rule in waiting if rule not in ready]

    def _reads_any_of(self, rule: str, others: list[str]) -> bool:
        return any(isinstance(part, c.RuleTest) and part.rule in others for part in c.walk(self.pack.risk[rule].when))

    def _levels(self) -> None:
        ranks = {rule.id: self.pack.levels.rank(rule.level) for rule in self.pack.risk.values()}
        told = [
            (nw.col(self._column(name, "met")) | ~nw.col(self._column(name, "could"))).cast(nw.Int64)
            for name in (f"{pressure}.present" for pressure in self.pack.team_pressures)
        ]
        self.frame = self.frame.with_columns(
            *(
                nw.max_horizontal(*(nw.col(self._column(rule, side)).cast(nw.Int64) * rank for rule, rank in ranks.items())).alias(total)
                for side, total in (("met", "level_rank"), ("could", "could_be_rank"))
            ),
            _sum(told).alias("told"),
        )

    def _score(self) -> None:
        totals = []
        for side, total in (("met", "score_low"), ("could", "score_high")):
            parts = []
            for members in self.pack.families.values():
                points = [self._pressure_points(member.id, member.points, side) for member in members]
                parts.append(points[0] if len(points) == 1 else nw.max_horizontal(*points))
            strained = self.pack.supervision.points.get("evidenced strained", 0)
            extra = {f"{self.pack.supervision.id}.strained": strained} | {r.id: r.points for r in self.pack.risk.values()}
            parts += [nw.col(self._column(name, side)).cast(nw.Int64) * points for name, points in extra.items() if points]
            totals.append(_sum(parts).alias(total))
        self.frame = self.frame.with_columns(*totals)

    def _pressure_points(self, pressure: str, points: dict[str, int], side: str) -> nw.Expr:
        severe = nw.col(self._column(f"{pressure}.severe", side)).cast(nw.Int64)
        present = nw.col(self._column(f"{pressure}.present", side)).cast(nw.Int64)
        worth = severe * points.get("severe", 0) + (present - severe) * points.get("present", 0)
        if self.pack.team_pressures[pressure].felt is None:
            return worth
        felt = nw.col(self._column(f"{pressure}.felt", side)).cast(nw.Int64)
        return worth + (felt - present) * points.get("felt", 0)

    # -- columns -------------------------------------------------------------------------------

    @staticmethod
    def _column(name: str, side: str) -> str:
        return f"{name}:{side}"

    def _keep(self, found: dict[str, Pair]) -> None:
        """Work findings out now, so that what stands on them reads two columns each and not a tree.

        A whole stratum at a time: adding to a frame costs as much as the frame is wide.
        """
        self.frame = self.frame.with_columns(
            *(
                (nw.lit(value) if isinstance(value, bool) else value).alias(self._column(name, side))
                for name, pair in found.items()
                for side, value in (("met", pair.met), ("could", pair.could))
            )
        )
        for name in found:
            self.pairs[name] = Pair(nw.col(self._column(name, "met")), nw.col(self._column(name, "could")))

    def _measure_columns(self) -> None:
        """A column for each measure that the rules read, and one for where it is known."""
        read = {leaf.measure for leaf in self.pack.leaves if isinstance(leaf, (c.MeasureTest, c.SupplyTest))}
        values = {name: self._value(name, "") for name in sorted(read)}
        self.measures = {name: value is not None for name, value in values.items()}
        self.frame = self.frame.with_columns(
            *(value.alias(f"measure {name}") for name, value in values.items() if value is not None)
        )
        self.frame = self.frame.with_columns(
            *((~nw.col(f"measure {name}").is_null()).alias(f"known {name}") for name, there in self.measures.items() if there)
        )

    def _value(self, name: str, when: str) -> nw.Expr | None:
        """A measure or figure as an expression; None where no team can have it."""
        supplied = nw.col(name + when) if name + when in self.supplied else None
        measure = self.pack.measures.get(name)
        worked_out = self._arithmetic(measure.formula, when) if measure and measure.formula else None
        if supplied is None or worked_out is None:
            return supplied if worked_out is None else worked_out
        return nw.when(~supplied.is_null()).then(supplied).otherwise(worked_out)

    def _arithmetic(self, formula: Formula, when: str) -> nw.Expr | None:
        match formula:
            case Name(name):
                return self._value(name, when)
            case LastQuarter(name):
                return None if when else self._value(name, LAST)
            case SquareRoot(of):
                inside = self._arithmetic(of, when)
                return None if inside is None else nw.when(inside >= 0).then(inside).otherwise(None).sqrt()
            case Arithmetic(operator, left, right):
                a, b = self._arithmetic(left, when), self._arithmetic(right, when)
                if a is None or b is None:
                    return None
                by_operator = {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}
                return by_operator[operator](b).fill_nan(None)

    # -- conditions ----------------------------------------------------------------------------

    def _pair(self, condition: c.Condition) -> Pair:
        match condition:
            case c.AllOf(parts):
                return _all([self._pair(part) for part in parts])
            case c.AnyOf(parts):
                return _any([self._pair(part) for part in parts])
            case c.Not(part):
                inside = self._pair(part)
                return Pair(_not(inside.could), _not(inside.met))
            case c.AtLeastOf(n, parts):
                pairs = [self._pair(part) for part in parts]
                needed = round(self.thresholds[n])
                return Pair(_count([p.met for p in pairs], needed), _count([p.could for p in pairs], needed))
            case c.MeasureTest():
                return self._compare(condition)
            case c.AnswerTest(question, side):
                return self._answer(question, side)
            case c.PressureTest(pressure, grade):
                return self.pairs[f"{pressure}.{grade}"]
            case c.CountyTest(pressure, aspect):
                return self.pairs[f"{pressure}.{aspect}"]
            case c.SupervisionTest(state):
                return self._supervision_state(state)
            case c.RuleTest(rule):
                return self.pairs[rule]
            case c.LevelTest(level, last_quarter):
                return self._level(level, last_quarter)
            case c.SupplyTest(measure, state):
                known: Side = nw.col(f"known {measure}") if self.measures[measure] else False
                here = known if state == "supplied" else _not(known)
                return Pair(here, here)
            case c.ReceivingTeam(part):
                return self.receiving[part]
        raise TypeError(f"the columnar evaluator does not read {condition!r}")

    def _compare(self, test: c.MeasureTest) -> Pair:
        if not self.measures[test.measure]:
            return UNKNOWN
        value, known = nw.col(f"measure {test.measure}"), nw.col(f"known {test.measure}")
        limit = self.thresholds[test.threshold]
        holds = {
            "at_least": value >= limit - c.EPSILON,
            "more_than": value > limit + c.EPSILON,
            "at_most": value <= limit + c.EPSILON,
            "less_than": value < limit - c.EPSILON,
        }[test.comparison]
        return Pair(holds & known, holds | ~known)

    def _answer(self, question: str, side: str) -> Pair:
        """The median, by counting: favourable when the favourable are more than half of those counted."""
        if answer_column(question, "favourable") not in self.supplied:
            return UNKNOWN
        favourable, adverse, unknown, not_applicable = (
            nw.col(answer_column(question, part)).fill_null(0) for part in ANSWER_PARTS
        )
        counted = favourable + adverse + unknown
        silent = (counted + not_applicable) == 0
        any_counted = counted > 0
        surely, maybe = 2 * favourable > counted, 2 * (favourable + unknown) > counted
        if side == "favourable":
            return Pair(any_counted & surely, (any_counted & maybe) | silent)
        return Pair(any_counted & ~maybe, (any_counted & ~surely) | silent)

    def _supervision_state(self, state: str) -> Pair:
        parts = dict(zip(SUPERVISION_STATES, ("strained", "adequate", "inferred"), strict=True))
        name = self.pack.supervision.id
        sides = [self.pairs[f"{name}.{parts[state]}"]]
        for other in SUPERVISION_STATES[: SUPERVISION_STATES.index(state)]:
            outranking = self.pairs[f"{name}.{parts[other]}"]
            sides.append(Pair(_not(outranking.could), _not(outranking.met)))
        return _all(sides)

    def _level(self, level: str, last_quarter: bool) -> Pair:
        least = self.pack.levels.rank(level)
        if not last_quarter and least == 0:
            return CERTAIN
        if not last_quarter:
            return _any([self.pairs[r.id] for r in self.pack.risk.values() if self.pack.levels.rank(r.level) >= least])
        if LAST_LEVEL not in self.supplied:
            return UNKNOWN
        rank = nw.col(LAST_LEVEL)
        known, reached = ~rank.is_null(), rank >= least
        return Pair(reached & known, reached | ~known)

    def _receiving_teams(self) -> None:
        """What notices ask of the receiving team, looked up at the team that work transfers to."""
        asked = {
            part.part: f"receiving team: {c.spelled_out(part.part)}"
            for notice in self.pack.notices.values()
            for part in c.walk(notice.when)
            if isinstance(part, c.ReceivingTeam)
        }
        if not asked or TRANSFERS_TO not in self.supplied:
            self.receiving = dict.fromkeys(asked, NEVER)
            return
        self._keep({name: self._pair(part) for part, name in asked.items()})
        sides = [self._column(name, side) for name in asked.values() for side in ("met", "could")]
        keys = [key for key in (QUARTER,) if key in self.frame.columns]
        there = self.frame.select(
            nw.col(TEAM).alias(TRANSFERS_TO), *keys, *(nw.col(side).cast(nw.Int8).alias(f"{side} there") for side in sides)
        )
        self.frame = self.frame.join(there, on=[TRANSFERS_TO, *keys], how="left")
        for part, name in asked.items():
            del self.pairs[name]
            met, could = (nw.col(f"{self._column(name, side)} there").fill_null(0) > 0 for side in ("met", "could"))
            self.receiving[part] = Pair(met, could)


# -- sides: plain bools fold away, so that what nobody supplied costs nothing -----------------------


def _not(side: Side) -> Side:
    return not side if isinstance(side, bool) else ~side


def _and(sides: list[Side]) -> Side:
    if any(side is False for side in sides):
        return False
    rest = [side for side in sides if not isinstance(side, bool)]
    return reduce(lambda a, b: a & b, rest) if rest else True


def _or(sides: list[Side]) -> Side:
    if any(side is True for side in sides):
        return True
    rest = [side for side in sides if not isinstance(side, bool)]
    return reduce(lambda a, b: a | b, rest) if rest else False


def _all(pairs: list[Pair]) -> Pair:
    return Pair(_and([pair.met for pair in pairs]), _and([pair.could for pair in pairs]))


def _any(pairs: list[Pair]) -> Pair:
    return Pair(_or([pair.met for pair in pairs]), _or([pair.could for pair in pairs]))


def _count(sides: list[Side], needed: int) -> Side:
    certain = sum(side is True for side in sides)
    rest = [side.cast(nw.Int64) for side in sides if not isinstance(side, bool)]
    if needed <= certain:
        return True
    if needed > certain + len(rest):
        return False
    return _sum(rest) >= needed - certain


def _sum(parts: list[nw.Expr]) -> nw.Expr:
    return reduce(lambda a, b: a + b, parts)
