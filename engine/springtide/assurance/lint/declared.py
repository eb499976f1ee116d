"""Findings about what a pack declares: numbers that nothing reads, slips of units, and directions."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...logic import conditions as c
from ...logic import model as m
from ...logic.alerts.rules import thresholds_of
from ...logic.formula import names_in
from ...logic.units import UNITS
from ..directions import SIGN, moves
from ..inputs import nice_value, unit_of
from ..witness import Shown
from .findings import Finding

_FAR_APART = 50
_TINY_SHARE = 0.01


def findings(pack: m.RulePack, thresholds: dict[str, float]) -> Iterator[Finding]:
    yield from _unread(pack)
    yield from _unit_slips(pack)
    yield from _directions(pack)


def numbers_read(pack: m.RulePack) -> set[str]:
    """Every measure and figure that a rule reads, itself or behind a measure."""
    waiting = [leaf.measure for leaf in _all_leaves(pack) if isinstance(leaf, (c.MeasureTest, c.SupplyTest))]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            measure = pack.measures.get(name)
            if measure is not None and measure.formula is not None:
                waiting += [part for part, _ in names_in(measure.formula)]
            figure = pack.figures.get(name)
            if figure is not None and figure.usual_of is not None:
                waiting.append(figure.usual_of)
    return found


def _all_leaves(pack: m.RulePack) -> list[c.Condition]:
    return [part for rule in pack.rules.values() for condition in rule.conditions.values() for part in c.walk(condition)]


def thresholds_read(pack: m.RulePack) -> set[str]:
    levels = pack.levels
    read = {levels.insufficient_below, *levels.confidence_low.values(), *levels.confidence_medium.values()}
    read |= {pressure.most for pressure in pack.county_pressures.values()}
    read |= {over.id for _, _, over in pack.usuals} | {levels.clear_by}
    read |= {name for rule in pack.alerts.values() for name in thresholds_of(rule)}
    for part in _all_leaves(pack):
        if isinstance(part, c.MeasureTest):
            read.add(part.threshold)
        elif isinstance(part, c.AtLeastOf):
            read.add(part.n)
    return read


def _unread(pack: m.RulePack) -> Iterator[Finding]:
    read = numbers_read(pack)
    for kind, held in (("measure", pack.measures), ("figure", pack.figures)):
        for one in held.values():
            if one.id not in read:
                value = nice_value(0, float("inf"), unit_of(pack, one.id)) or 0.0
                team = Shown({one.id: value}, "comes to the same without it", note=True)
                yield Finding("L301", one.id, one.at, f"no rule reads the {kind} '{one.id}', so that asking for it costs teams work for nothing", (team,))
    reported = {question.id for question in pack.questionnaire.questions if question.county_finding != "none"}
    for question in pack.questionnaire.questions:
        if question.id not in pack.questions_read and question.id not in reported and question.favourable_when != "unknown":
            answer = pack.questionnaire.scale.answers[-1]
            yield Finding("L302", question.id, question.at, f"no rule reads '{question.id}', and no county finding is drawn from it",
                          (Shown({question.id: answer}, "comes to the same without it", note=True),))  # fmt: skip
    for threshold in pack.thresholds.values():
        if threshold.id not in thresholds_read(pack):
            yield Finding("L303", threshold.id, threshold.at, f"no rule compares anything with '{threshold.id}'", _team_at(pack, threshold))


def _team_at(pack: m.RulePack, threshold: m.Threshold) -> tuple[Shown, ...]:
    """A team exactly on a threshold, where it is known what the threshold is of."""
    return (Shown({threshold.measure: threshold.values[-1].value}, "comes to the same on either side of it", note=True),) if threshold.measure else ()


def _unit_slips(pack: m.RulePack) -> Iterator[Finding]:
    """Per cent where a share is meant, or the reverse: from the unit, or from other thresholds of the same measure."""
    read_by: dict[str, set[str]] = {}
    for part in _all_leaves(pack):
        if isinstance(part, c.MeasureTest):
            read_by.setdefault(part.measure, set()).add(part.threshold)
    for share in sorted({pressure.most for pressure in pack.county_pressures.values()}):
        for dated in pack.thresholds[share].values:
            says = _slip(pack.thresholds[share], dated.value, [])
            if says:
                yield Finding("L304", share, pack.thresholds[share].at, f"{UNITS[pack.thresholds[share].unit].say(dated.value)} {says}")
    said: set[str] = set()
    for measure, names in read_by.items():
        values = {(name, dated.value) for name in names for dated in pack.thresholds[name].values}
        for name, value in sorted(values, key=lambda one: -_far_from_one(one[1])):
            others = [abs(other) for of, other in values if other and of not in said and (of, other) != (name, value)]
            says = _slip(pack.thresholds[name], value, others)
            if says and name not in said:
                said.add(name)
                yield Finding("L304", name, pack.thresholds[name].at, f"{unit_of(pack, measure).say(value)} {says}", _as_meant(pack, measure, value, others))


def _far_from_one(value: float) -> float:
    """How many tens a value is away from one, so that of two that are far apart the stranger comes first."""
    return abs(math.log10(abs(value))) if value else 0.0


def _slip(threshold: m.Threshold, value: float, others: list[float]) -> str:
    if UNITS[threshold.unit].scale == 100:
        if abs(value) > 1:
            return f"is more than all of them; {value:g} per cent is written {value / 100:g}"
        if 0 < abs(value) < _TINY_SHARE:
            return f"is less than one in a hundred; {value * 10000:g} per cent is written {value * 100:g}"
    if value and others and (min(others) > _FAR_APART * abs(value) or max(others) * _FAR_APART < abs(value)):
        near = min(others, key=lambda other: abs(other - abs(value)))
        return f"is more than {_FAR_APART} times away from {near:g}, which the same measure is compared with elsewhere"
    return ""


def _as_meant(pack: m.RulePack, measure: str, value: float, others: list[float]) -> tuple[Shown, ...]:
    """A team between the value and what was likely meant, a hundred times more or less, whichever is nearer to the others."""
    aim = others or [0.15 if UNITS[unit_of(pack, measure).name].scale == 100 else value]
    meant = min((value * 100, value / 100), key=lambda one: min(abs(_far_from(one, other)) for other in aim))
    between = nice_value(*sorted((value, meant)), unit_of(pack, measure))
    return () if between is None else (Shown({measure: between}, f"falls on the other side than with {meant:g}", note=True),)


def _far_from(one: float, other: float) -> float:
    return math.log10(abs(one) / abs(other)) if one and other else math.inf


def _directions(pack: m.RulePack) -> Iterator[Finding]:
    """A measure said to be worse one way, that a worse figure moves the other way."""
    for measure in pack.measures.values():
        declared = SIGN[measure.worse_when]
        for move in moves(pack, measure.id):
            if declared and move.way is not None and move.way == -declared:
                team = Shown({move.figure: 1}, "and the same with a worse one: the measure moves the better way", note=True)
                yield Finding("L305", measure.id, measure.at, f"the measure is worse when {measure.worse_when}, but a worse '{move.figure}' moves it the other way", (team,))
                break
