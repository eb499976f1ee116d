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

from ..batch.arithmetic import computed
from ..batch.following import Followed, touches
from ..batch.polynomials import UNKNOWN, Polynomial, Ratio, joined, less, ratio_of, roots, times, trimmed, value_at
from ..logic.conditions import MeasureTest
from ..logic.levers import Lever, wholes, within_wholes
from ..logic.model import RulePack

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
                comparisons: Sequence[MeasureTest], stretches: Sequence[Stretch], following: Sequence[Followed] = ()) -> tuple[float, ...]:  # fmt: skip
    """Every number on a line at which a comparison may turn, in order; the ends of the stretches are not among them."""
    found: set[float] = set()
    for stretch in stretches:
        lines = _lines(figures, stretch, following)
        moved = {name for name, (_, slope) in lines.items() if slope}
        follow = {one.measure.id: one for one in following if one.measure.id not in stretch.placed and touches(pack, one, {_part(name) for name in moved})}
        if not moved or stretch.low >= stretch.high:
            continue
        edges = [stretch.low, *sorted(_kinks(pack, lines, moved, stretch)), stretch.high]
        found.update(edges[1:-1])
        for low, high in pairwise(edges):
            held = _held(pack, lines, moved, (low + high) / 2)
            found.update(_turns(_Measures(pack, held, last, follow), comparisons, thresholds, low, high))
    return tuple(sorted(found))


_OF = "\0"  # between a measure and the part of it that is implied


def _part(name: str) -> str:
    return name.partition(_OF)[2] or name


def _lines(figures: Mapping[str, float], stretch: Stretch, following: Sequence[Followed]) -> dict[str, tuple[float, float]]:
    """Each figure, and each part that is implied, as what it is at nought, and what it gains with each one."""
    lines = {name: (value, 0.0) for name, value in figures.items()}
    lines |= {f"{one.measure.id}{_OF}{part}": (value, 0.0) for one in following for part, value in one.implied.items()}
    for lever, at_nought, each in stretch.pulls:
        for name in [name for name in lines if _part(name) in lever.moves]:
            by, (start, slope) = lever.moves[_part(name)].by, lines[name]
            lines[name] = start + by * at_nought, slope + by * each
    return lines | dict(stretch.placed)


def _kinks(pack: RulePack, lines: Mapping[str, tuple[float, float]], moved: set[str], stretch: Stretch) -> set[float]:
    """Where a figure reaches none, or its whole."""
    found = {-start / slope for start, slope in (lines[name] for name in moved)}
    for name, cap in wholes(lines, pack.figures):
        if name in moved or cap in moved:
            (start, slope), (whole, gains) = lines[name], lines[cap]
            if slope != gains:
                found.add((whole - start) / (slope - gains))
            if slope:
                found.add(-start / slope)
    return {x for x in found if stretch.low < x < stretch.high}


def _held(pack: RulePack, lines: Mapping[str, tuple[float, float]], moved: set[str], at: float) -> dict[str, Polynomial]:
    """The figures between two kinks, held at none and at their wholes as `logic.levers.pulled` does."""
    held = {name: (0.0, 0.0) if name in moved and _at(line, at) < 0 else line for name, line in lines.items()}
    return dict(within_wholes(held, moved, pack.figures, lambda part, whole: whole if _at(part, at) > _at(whole, at) else part))


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
        for polynomial in (less(above, times(below, (limit,))), below):
            yield from (x for x in roots(polynomial) if low < x < high)


class _Measures:
    """Measures as one polynomial over another, where they are; by value where a root of what moves stands in them."""

    def __init__(self, pack: RulePack, figures: Mapping[str, Polynomial], last: Callable[[str], float | None], follow: Mapping[str, Followed]):
        self._pack, self._figures, self._last, self._follow = pack, figures, last, follow
        self._ratios: dict[str, Ratio | None] = {}

    def ratio(self, name: str) -> Ratio | None:
        """None where it is no such ratio; a measure that is not known never turns, and is the same everywhere."""
        if name not in self._ratios:
            self._ratios[name] = self._of(name)
        return self._ratios[name]

    def _of(self, name: str) -> Ratio | None:
        if name in self._follow:
            one = self._follow[name]
            held = ratio_of(one.formula, lambda part: self.ratio(f"{name}{_OF}{part}" if part in one.implied else part), self._last)
            return None if held is None else joined("+", held, ((one.beyond,), (1.0,)))
        if name in self._figures:
            return trimmed(self._figures[name]), (1.0,)
        measure = self._pack.measures.get(name)
        if measure is None or measure.formula is None:
            return UNKNOWN
        return ratio_of(measure.formula, self.ratio, self._last)

    def value(self, name: str, x: float) -> float:
        """What a measure is at one place; not a number where it can't be said."""
        if name in self._follow:
            one = self._follow[name]
            return float(computed(one.formula, lambda part: self.value(f"{name}{_OF}{part}" if part in one.implied else part, x), self._last)) + one.beyond
        if name in self._figures:
            return value_at(self._figures[name], x)
        measure = self._pack.measures.get(name)
        return math.nan if measure is None or measure.formula is None else float(computed(measure.formula, lambda part: self.value(part, x), self._last))


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
