"""Where along one number a comparison turns: solved from the thresholds and the formulas, never sampled.

Along a line figures grow evenly until they reach none, or their whole. Between such kinks a measure is one polynomial
over another, so that it meets a threshold where a polynomial is nought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np

from ..logic.conditions import MeasureTest
from ..logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot
from ..logic.levers import Lever
from ..logic.model import RulePack

Polynomial = tuple[float, ...]  # lowest power first
Ratio = tuple[Polynomial, Polynomial]
_HALVINGS = 60


@dataclass(frozen=True)
class Stretch:
    """A part of a line, from `low` to `high`, on which every lever is pulled evenly: by `at_nought` + x × `each` units.

    `placed` are figures that are put at such a number themselves.
    """

    low: float
    high: float
    pulls: tuple[tuple[Lever, float, float], ...] = ()
    placed: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def breakpoints(pack: RulePack, figures: Mapping[str, float], last: Callable[[str], float | None], thresholds: Mapping[str, float],
                comparisons: Sequence[MeasureTest], stretches: Sequence[Stretch]) -> tuple[float, ...]:  # fmt: skip
    """Every number on a line at which a comparison may turn, in order; the ends of the stretches are not among them."""
    found: set[float] = set()
    for stretch in stretches:
        lines = _lines(figures, stretch)
        moved = {name for name, (_, slope) in lines.items() if slope}
        if not moved or stretch.low >= stretch.high:
            continue
        edges = [stretch.low, *sorted(_kinks(pack, lines, moved, stretch)), stretch.high]
        found.update(edges[1:-1])
        for low, high in pairwise(edges):
            held = _held(pack, lines, moved, (low + high) / 2)
            found.update(_turns(_Measures(pack, held, last), comparisons, thresholds, low, high))
    return tuple(sorted(found))


def _lines(figures: Mapping[str, float], stretch: Stretch) -> dict[str, tuple[float, float]]:
    """Each figure as what it is at nought, and what it gains with each one."""
    lines = {name: (value, 0.0) for name, value in figures.items()}
    for lever, at_nought, each in stretch.pulls:
        for name, effect in lever.moves.items():
            if name in lines:
                start, slope = lines[name]
                lines[name] = start + effect.by * at_nought, slope + effect.by * each
    return lines | dict(stretch.placed)


def _kinks(pack: RulePack, lines: Mapping[str, tuple[float, float]], moved: set[str], stretch: Stretch) -> set[float]:
    """Where a figure reaches none, or its whole."""
    found = {-start / slope for start, slope in (lines[name] for name in moved)}
    for name, figure in pack.figures.items():
        cap = figure.at_most
        if cap is not None and cap in lines and name in lines and (name in moved or cap in moved):
            (start, slope), (whole, gains) = lines[name], lines[cap]
            if slope != gains:
                found.add((whole - start) / (slope - gains))
            if slope:
                found.add(-start / slope)
    return {x for x in found if stretch.low < x < stretch.high}


def _held(pack: RulePack, lines: Mapping[str, tuple[float, float]], moved: set[str], at: float) -> dict[str, Polynomial]:
    """The figures between two kinks, held at none and at their wholes as `logic.levers.pulled` does."""
    held: dict[str, tuple[float, float]] = dict(lines)
    for name in moved:
        if _at(lines[name], at) < 0:
            held[name] = 0.0, 0.0
    for name, figure in pack.figures.items():
        cap = figure.at_most
        if cap in held and name in held and (name in moved or cap in moved) and _at(held[name], at) > _at(held[cap], at):
            held[name] = held[cap]
    return dict(held)


def _at(line: tuple[float, float], x: float) -> float:
    return line[0] + line[1] * x


def _turns(measures: _Measures, comparisons: Sequence[MeasureTest], thresholds: Mapping[str, float], low: float, high: float) -> Iterator[float]:
    for leaf in comparisons:
        limit = thresholds[leaf.threshold]
        ratio = measures.ratio(leaf.measure)
        if ratio is None:
            yield from _halved(partial(measures.value, leaf.measure), limit, low, high)
            continue
        above, below = ratio
        if len(above) == 1 and len(below) == 1:
            continue
        for polynomial in (_less(above, _times(below, (limit,))), below):
            yield from (x for x in _roots(polynomial) if low < x < high)


class _Measures:
    """Measures as one polynomial over another, where they are; by value where a root of what moves stands in them."""

    def __init__(self, pack: RulePack, figures: Mapping[str, Polynomial], last: Callable[[str], float | None]):
        self._pack, self._figures, self._last = pack, figures, last
        self._ratios: dict[str, Ratio | None] = {}

    def ratio(self, name: str) -> Ratio | None:
        """None where it is no such ratio; a measure that is not known never turns, and is the same everywhere."""
        if name not in self._ratios:
            self._ratios[name] = self._of(name)
        return self._ratios[name]

    def _of(self, name: str) -> Ratio | None:
        if name in self._figures:
            return _trimmed(self._figures[name]), (1.0,)
        measure = self._pack.measures.get(name)
        if measure is None or measure.formula is None:
            return _UNKNOWN
        return self._ratio(measure.formula)

    def _ratio(self, formula: Formula) -> Ratio | None:
        match formula:
            case Name(name):
                return self.ratio(name)
            case LastQuarter(name):
                value = self._last(name)
                return _UNKNOWN if value is None else ((value,), (1.0,))
            case SquareRoot(of):
                inside = self._ratio(of)
                if inside is None or len(inside[0]) > 1 or len(inside[1]) > 1:
                    return None
                value = inside[0][0] / inside[1][0] if inside[1][0] else math.nan
                return _UNKNOWN if not value >= 0 else ((math.sqrt(value),), (1.0,))
            case Arithmetic(operator, left, right):
                one, other = self._ratio(left), self._ratio(right)
                if one is None or other is None:
                    return None
                return _joined(operator, one, other)

    def value(self, name: str, x: float) -> float:
        """What a measure is at one place; not a number where it can't be said."""
        if name in self._figures:
            return _value(self._figures[name], x)
        measure = self._pack.measures.get(name)
        return math.nan if measure is None or measure.formula is None else self._value(measure.formula, x)

    def _value(self, formula: Formula, x: float) -> float:
        match formula:
            case Name(name):
                return self.value(name, x)
            case LastQuarter(name):
                value = self._last(name)
                return math.nan if value is None else value
            case SquareRoot(of):
                inside = self._value(of, x)
                return math.sqrt(inside) if inside >= 0 else math.nan
            case Arithmetic(operator, left, right):
                one, other = self._value(left, x), self._value(right, x)
                if operator == "/":
                    return one / other if other else math.nan
                return one * other if operator == "*" else one + other if operator == "+" else one - other


_UNKNOWN: Ratio = ((math.nan,), (1.0,))


def _joined(operator: str, one: Ratio, other: Ratio) -> Ratio:
    (a, b), (p, q) = one, other
    if operator == "*":
        return _times(a, p), _times(b, q)
    if operator == "/":
        return _times(a, q), _times(b, p)
    if b == q:
        return (_plus(a, p) if operator == "+" else _less(a, p)), b
    left, right = _times(a, q), _times(p, b)
    return (_plus(left, right) if operator == "+" else _less(left, right)), _times(b, q)


def _plus(one: Polynomial, other: Polynomial) -> Polynomial:
    length = max(len(one), len(other))
    one, other = one + (0.0,) * (length - len(one)), other + (0.0,) * (length - len(other))
    return _trimmed(tuple(a + b for a, b in zip(one, other, strict=True)))


def _less(one: Polynomial, other: Polynomial) -> Polynomial:
    return _plus(one, tuple(-term for term in other))


def _times(one: Polynomial, other: Polynomial) -> Polynomial:
    product = [0.0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            product[i + j] += a * b
    return _trimmed(tuple(product))


def _trimmed(polynomial: Polynomial) -> Polynomial:
    while len(polynomial) > 1 and polynomial[-1] == 0:
        polynomial = polynomial[:-1]
    return polynomial


def _value(polynomial: Polynomial, x: float) -> float:
    value = 0.0
    for term in reversed(polynomial):
        value = value * x + term
    return value


def _roots(polynomial: Polynomial) -> list[float]:
    """Where a polynomial is nought; none where it is the same everywhere."""
    if len(polynomial) < 2 or not all(map(math.isfinite, polynomial)):
        return []
    if len(polynomial) == 2:
        return [-polynomial[0] / polynomial[1]]
    return [float(root.real) for root in np.roots(polynomial[::-1]) if abs(root.imag) <= 1e-9 * max(1.0, abs(root.real))]


def _halved(of: Callable[[float], float], limit: float, low: float, high: float) -> Iterator[float]:
    """Where something that only rises, or only falls, passes a limit, to the last digit."""
    begins, ends = of(low), of(high)
    if math.isnan(begins) or math.isnan(ends) or (begins < limit) == (ends < limit):
        return
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (of(middle) < limit) == (begins < limit):
            low = middle
        else:
            high = middle
    yield high
