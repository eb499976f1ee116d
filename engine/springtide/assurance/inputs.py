"""What rules read, cut by their thresholds into finitely many cells within which no rule can tell values apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..logic import conditions as c
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.units import UNITS, Unit

UNKNOWN, NOT_MET, MET = "unknown", "not met", "met"
Kind = Literal["number", "answer", "pressure", "county on", "affected", "supervision", "rule", "level", "last level",
               "period", "answers", "knife edge", "receiving team"]  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """Values that no rule tells apart, with one to stand for them.

    `relative` spells the same value by a threshold's name, so that an example holds in every layer.
    `cost` says how much a reader has to take in: 0 for what is simply not supplied.
    """

    label: str
    value: float | str | None = None
    relative: str = ""
    cost: float = 1.0


@dataclass(frozen=True)
class Input:
    """One thing that rules read; its first cell is always that it is not known, where that can be."""

    kind: Kind
    name: str
    cells: tuple[Cell, ...]
    of_receiving_team: bool = False

    def __str__(self) -> str:
        return f"the receiving team's {self.name}" if self.of_receiving_team else self.name


@dataclass(frozen=True)
class Cut:
    """A comparison that cuts a number's line: the threshold's value, its side, and its name."""

    value: float
    comparison: c.Comparison
    threshold: str = ""


def step_of(unit: Unit) -> float:
    """The smallest step that matters in a unit: one, where it takes whole numbers only, else a thousandth."""
    return 1.0 if unit.whole else 0.001


def number_cells(unit: Unit, cuts: Iterable[Cut], *, may_be_missing: bool = True) -> tuple[Cell, ...]:
    """The cells of a number, lowest first after "not supplied".

    Every value that the unit allows lies in exactly one cell, and all values of a cell compare alike
    with every threshold.
    """
    cuts = tuple(cuts)
    points = sorted({cut.value for cut in cuts})
    merged = [point for place, point in enumerate(points) if place == 0 or point - points[place - 1] > 2 * c.EPSILON]
    pieces: list[tuple[float, float]] = []
    below = -math.inf
    for point in merged:
        pieces += [(below, point), (point, point)]
        below = point
    pieces.append((below, math.inf))
    cells: list[Cell] = [Cell("not supplied", None, "", 0.0)] if may_be_missing else []
    seen: list[tuple[bool, ...]] = []
    for low, high in pieces:
        value = nice_value(low, high, unit)
        if value is None:
            continue
        alike = tuple(c.compare(value, cut.comparison, cut.value) for cut in cuts)
        cell = Cell(unit.say(value), value, _relative(low, high, cuts, unit))
        if seen and seen[-1] == alike:  # the same to every rule as the piece just below it
            if cell.relative and not cells[-1].relative:
                cells[-1] = cell
            continue
        seen.append(alike)
        cells.append(cell)
    return tuple(cells)


def _relative(low: float, high: float, cuts: tuple[Cut, ...], unit: Unit) -> str:
    """A value of the piece by a threshold's name, where one of the ways in which examples may be written reaches it."""
    step = step_of(unit)
    for words, side in (("at", 0.0), ("just below", -step), ("just above", step)):
        for cut in cuts:
            at = cut.value + side
            inside = abs(at - low) <= c.EPSILON if low == high else low + c.EPSILON < at < high - c.EPSILON
            if cut.threshold and inside and unit.allows(at):
                return f"{words} {cut.threshold}"
    return ""


@lru_cache(maxsize=4096)
def nice_value(low: float, high: float, unit: Unit) -> float | None:
    """The simplest value in a piece of a line (a point, or an open interval) that the unit allows; None if there is none."""
    if low == high:
        return float(low) if unit.allows(low) else None
    bottom, top = max(low, unit.least), min(high, unit.most)
    closed_bottom, closed_top = unit.least > low, unit.most < high
    if bottom > top or (bottom == top and not (closed_bottom and closed_top)):
        return None

    def inside(value: float) -> bool:
        above = value >= bottom if closed_bottom else value > bottom + 2 * c.EPSILON
        return above and (value <= top if closed_top else value < top - 2 * c.EPSILON) and unit.allows(value)

    if inside(0.0):
        return 0.0
    span = top - bottom
    for decimals in range(0, 10):
        grain = 10.0**-decimals
        start = bottom if math.isfinite(bottom) else top - 3 * grain
        aim = start + span / 2 if math.isfinite(span) else start + grain
        for value in (aim, start + grain, start, start + 2 * grain):
            rounded = round(value, decimals) + 0.0
            for candidate in (rounded, round(rounded + grain, decimals), round(rounded - grain, decimals)):
                if inside(candidate):
                    return candidate
    return None


def cuts_of(leaves: Iterable[c.Condition], thresholds: Mapping[str, float]) -> dict[str, list[Cut]]:
    """The comparisons that leaves make, by the measure or figure that they read; what is only asked for has none."""
    found: dict[str, list[Cut]] = {}
    for leaf in leaves:
        if isinstance(leaf, c.MeasureTest):
            name = leaf.threshold if " " not in leaf.threshold else ""  # one moved on purpose has no name of its own
            cut = Cut(thresholds[leaf.threshold], leaf.comparison, name)
            held = found.setdefault(leaf.measure, [])
            if cut not in held:
                held.append(cut)
        elif isinstance(leaf, c.SupplyTest):
            found.setdefault(leaf.measure, [])
    return found


def unit_of(pack: RulePack, number: str) -> Unit:
    return UNITS[(pack.measures.get(number) or pack.figures[number]).unit]


def answer_cells(pack: RulePack, question: str) -> tuple[Cell, ...]:
    """The four things that a team's answer can be to a rule."""
    asked, scale = pack.questions[question], pack.questionnaire.scale
    normally = asked.favourable_when == "high"
    good, bad = ("usually", "sometimes") if normally else ("sometimes", "usually")
    favourable, adverse = set(scale.favourable), set(scale.answers) - set(scale.favourable)
    if not normally:
        favourable, adverse = adverse, favourable
    good = good if good in favourable else sorted(favourable)[0]
    bad = bad if bad in adverse else sorted(adverse)[0]
    return (
        Cell("no answer", None, "", 0.0), Cell("favourable", good), Cell("not applicable", scale.not_counted, cost=2.0),
        Cell("adverse", bad),
    )  # fmt: skip


def truth_cells(words: tuple[str, str, str]) -> tuple[Cell, ...]:
    """Not known, not met, met, in a rule's own words."""
    unknown, no, yes = words
    return (Cell(unknown, None, "", 0.0), Cell(no, no), Cell(yes, yes))


PRESSURE_CELLS = (
    Cell("cannot tell", None, "", 0.0), Cell("none", "none"), Cell("present", "present"), Cell("severe", "severe"),
    Cell("at most present", "at most present", cost=1.5), Cell("at least present", "at least present", cost=1.5),
)  # fmt: skip
FELT_PRESSURE_CELLS = (
    *PRESSURE_CELLS, Cell("felt", "felt"), Cell("at most felt", "at most felt", cost=1.5),
    Cell("at least felt", "at least felt", cost=1.5), Cell("felt or present", "felt or present", cost=1.5),
)  # fmt: skip
SUPERVISION_CELLS = (
    Cell("cannot tell", None, "", 0.0), Cell("evidenced adequate", "evidenced adequate"),
    Cell("inferred strained", "inferred strained"), Cell("evidenced strained", "evidenced strained"),
)  # fmt: skip


def epochs(pack: RulePack) -> list[Quarter]:
    """One quarter for each set of thresholds that was ever in force."""
    starts = sorted({value.start for threshold in pack.thresholds.values() for value in threshold.values if value.start})
    return [quarter for quarter in starts if pack.covers(quarter)] or [Quarter(2009, 1)]
