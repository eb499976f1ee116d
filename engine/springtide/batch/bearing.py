"""What a level can turn on: which figures stand behind a measure, and which are counted or measured."""

from __future__ import annotations

from collections.abc import Iterator

from ..logic.answers import Answer
from ..logic.conditions import AnswerTest, AtLeastOf, Condition, CountyTest, MeasureTest, PressureTest, walk
from ..logic.model import RulePack
from ..logic.units import UNITS
from .cells import how_many
from .following import figures_behind

BOTH_ENDS = (Answer(1, 0, 0, 0, None, None), Answer(0, 1, 0, 0, None, None))  # an answer at its best, and at its worst
TENTH = 0.1  # as far as a threshold, or a figure that is measured and not counted, is moved either way


def figures_read(pack: RulePack) -> tuple[str, ...]:
    """Every figure and measure that a level can turn on, in the order of the pack."""
    read = {name for leaf in pack.level_leaves if isinstance(leaf, MeasureTest) for name in figures_behind(pack, leaf.measure)}
    return tuple(name for name in (*pack.figures, *pack.measures) if name in read)


def questions_read(pack: RulePack) -> tuple[str, ...]:
    """Every question that a level can turn on."""
    read = {leaf.question for leaf in pack.level_leaves if isinstance(leaf, AnswerTest)}
    return tuple(question for question in pack.questions if question in read)


def is_counted(pack: RulePack, name: str) -> bool:
    """Whether a figure counts whole things, of which one more or fewer is the least slip that there can be."""
    held = pack.figures.get(name) or pack.measures.get(name)
    return held is not None and (UNITS[held.unit].whole or held.unit == "posts") and held.unit != "yes or no"


def same_day_figures(pack: RulePack) -> frozenset[str]:
    """Figures of which a single one calls for an answer the same day.

    One more than none of them would flag any team at all, so that says nothing of one team or another.
    """
    rules = [rule for rule in pack.risk.values() if rule.same_day]
    return frozenset(name for rule in rules for leaf in leaves_behind(pack, rule.when) if isinstance(leaf, MeasureTest) for name in figures_behind(pack, leaf.measure))


def threshold_counts(pack: RulePack, name: str) -> bool:
    """Whether a threshold is a number of things, of which a tenth is nothing."""
    return UNITS[pack.thresholds[name].unit].counts_things or name in how_many(pack)


def thresholds_read(pack: RulePack) -> tuple[str, ...]:
    """Every threshold that a level can turn on: compared with, or as how many it takes."""
    bearing = (*pack.team_pressures.values(), *pack.county_pressures.values(), pack.supervision, *pack.risk.values())
    parts = [part for rule in bearing for condition in rule.conditions.values() for part in walk(condition)]
    read = {part.threshold for part in parts if isinstance(part, MeasureTest)} | {part.n for part in parts if isinstance(part, AtLeastOf)}
    read |= {pressure.most for pressure in pack.county_pressures.values()} | {pack.levels.insufficient_below}
    return tuple(name for name in pack.thresholds if name in read)


def leaves_behind(pack: RulePack, condition: Condition) -> Iterator[MeasureTest | AnswerTest]:
    """Every comparison and answer behind a condition, with those of the pressures that it reads."""
    for part in walk(condition):
        match part:
            case MeasureTest() | AnswerTest():
                yield part
            case PressureTest(pressure):
                for inside in pack.team_pressures[pressure].conditions.values():
                    yield from leaves_behind(pack, inside)
            case CountyTest(pressure):
                yield from leaves_behind(pack, pack.county_pressures[pressure].affected)
