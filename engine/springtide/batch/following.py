"""What follows when levers are pulled, rates that were supplied as they are included.

A rate that was supplied moves by as much as its formula does. Where one part of it was not supplied, the rate and the
other parts say what it is: a caseload and those who hold cases say how many cases there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..logic.formula import Formula, Name, names_in
from ..logic.levers import Lever, pulled
from ..logic.model import Measure, RulePack
from ..logic.units import UNITS
from .arithmetic import Numbers, computed
from .polynomials import Ratio, ratio_of, root_of


@dataclass(frozen=True)
class Followed:
    """A measure that was supplied, and what it is beyond what its formula comes to; `implied` is a part not supplied."""

    measure: Measure
    formula: Formula
    beyond: float
    implied: Mapping[str, float]


def _no_last(name: str) -> None:
    return None


def followed(pack: RulePack, figures: Mapping[str, float]) -> tuple[Followed, ...]:
    """The measures supplied for a team that can follow a change of their parts, those first that others are made of."""
    found: list[Followed] = []
    for measure in _parts_first(pack, [name for name in figures if name in pack.measures]):
        formula = measure.formula
        if formula is None or any(last for _, last in names_in(formula)):
            continue
        implied = _implied(pack, figures, measure.id, formula)
        if implied is None:
            continue
        comes_to = float(_value(pack, {**figures, **implied}, formula))
        if math.isfinite(comes_to):
            found.append(Followed(measure, formula, figures[measure.id] - comes_to, implied))
    return tuple(found)


def moved(
    pack: RulePack, figures: Mapping[str, float], pulls: Sequence[tuple[Lever, Any]], following: Iterable[Followed],
    placed: Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]] = MappingProxyType({}),
) -> dict[str, Any]:  # fmt: skip
    """Figures after so many units of each lever, with the supplied measures that follow; numbers, or arrays of them.

    Args:
        placed: figures that come to be so much whatever was pulled, or how they do, given what was.
    """
    after = pulled(figures, pulls, pack.figures, np.minimum, np.maximum)
    set_to = placed(after) if callable(placed) else placed
    after |= set_to
    for one in following:
        if one.measure.id in set_to or not touches(pack, one, [*(name for lever, _ in pulls for name in lever.moves), *set_to]):
            continue
        held = after
        if one.implied:
            parts = pulled({**figures, **one.implied}, pulls, pack.figures, np.minimum, np.maximum)
            held = after | {name: parts[name] for name in one.implied if name not in set_to}
        after[one.measure.id] = _within(one.measure, _value(pack, held, one.formula) + one.beyond)
    return after


def _within(measure: Measure, value: Numbers) -> Numbers:
    """A rate as far as it can go: work that nobody is left to share has no limit, as where it is worked out."""
    unit = UNITS[measure.unit]
    held: Numbers = np.clip(value, unit.least, unit.most)
    return held


def touches(pack: RulePack, one: Followed, names: Iterable[str]) -> bool:
    """Whether a measure is worked out from any of these figures."""
    return not (figures_behind(pack, one.measure.id) - {one.measure.id}).isdisjoint(names)


def figures_behind(pack: RulePack, name: str) -> frozenset[str]:
    """Every figure of this quarter that a measure is worked out from, and the measure itself, for it may be supplied."""
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        return frozenset({name})
    return frozenset({name}).union(*(figures_behind(pack, part) for part, last in names_in(measure.formula) if not last))


def _value(pack: RulePack, figures: Mapping[str, Numbers], formula: Formula) -> Numbers:
    def now(name: str) -> Numbers:
        if name in figures:
            return figures[name]
        measure = pack.measures.get(name)
        return np.nan if measure is None or measure.formula is None else computed(measure.formula, now, _no_last)

    return computed(formula, now, _no_last)


def _implied(pack: RulePack, figures: Mapping[str, float], name: str, formula: Formula) -> dict[str, float] | None:
    """The one part that was not supplied, as the measure and the other parts have it; nothing where all are there, None
    where more are missing or it can't be said."""
    lacking = [part for part in dict.fromkeys(part for part, _ in names_in(formula)) if math.isnan(float(_value(pack, figures, Name(part))))]
    if not lacking:
        return {}
    if len(lacking) > 1:
        return None
    (part,) = lacking

    def ratio(one: str) -> Ratio | None:
        return ((0.0, 1.0), (1.0,)) if one == part else ((float(_value(pack, figures, Name(one))),), (1.0,))

    value = root_of(ratio_of(formula, ratio, _no_last), figures[name])
    return None if value is None or value < 0 else {part: value}


def _parts_first(pack: RulePack, names: Sequence[str]) -> list[Measure]:
    measures = [pack.measures[name] for name in names]
    return sorted(measures, key=lambda one: _depth(pack, one.formula))


def _depth(pack: RulePack, formula: Formula | None) -> int:
    if formula is None:
        return 0
    return 1 + max((_depth(pack, pack.measures[name].formula) for name, _ in names_in(formula) if name in pack.measures), default=0)


