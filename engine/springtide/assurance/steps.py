"""Worse evidence, one step at a time: which cell of an input is worse than which, and where a function falls."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..logic import model as m
from .compiling import Space
from .diagrams import Diagram
from .directions import DOWN, UP, worse_ways
from .inputs import Input

Step = tuple[int, int]


@dataclass(frozen=True)
class Fall:
    """Two combinations that differ in one input, which is worse in `after`, and yet the function falls."""

    input: Input
    before: Mapping[int, int]
    after: Mapping[int, int]


def worse_steps(pack: m.RulePack, one: Input) -> tuple[Step, ...]:
    """Pairs of an input's cells, the second worse evidence than the first; none where neither way is worse."""
    labels = [cell.label for cell in one.cells]
    if one.kind == "number":
        known = [place for place, cell in enumerate(one.cells) if cell.value is not None]
        upwards = tuple(itertools.pairwise(known))
        downwards = tuple((b, a) for a, b in upwards)
        ways = worse_ways(pack, one.name)
        unsettled = None in ways
        return (upwards if UP in ways or unsettled else ()) + (downwards if DOWN in ways or unsettled else ())
    if one.kind == "answer":
        adverse = labels.index("adverse")
        return ((labels.index("favourable"), adverse), (labels.index("not applicable"), adverse))
    if one.kind == "county on":
        return ((labels.index("off"), labels.index("on")),)
    return ()


def losing_steps(one: Input) -> tuple[Step, ...]:
    """Pairs of an input's cells: something known, and the same not known."""
    unknown = next((place for place, cell in enumerate(one.cells) if cell.value is None), None)
    if unknown is None or one.kind not in ("number", "answer", "county on"):
        return ()
    return tuple((place, unknown) for place in range(len(one.cells)) if place != unknown)


def falls(
    space: Space, root: Diagram, steps: Callable[[Input], tuple[Step, ...]], fall: Callable[[Any, Any], int],
    possible: Diagram | None = None,
) -> Iterator[Fall]:  # fmt: skip
    """For each input, the simplest pair of combinations at which one of its steps goes wrong, if any does.

    Args:
        fall: how far wrong the function goes from its value before a step to that after it; 0 is well.
            The pair that is shown is the simplest of those that go furthest wrong.
        possible: where pairs are looked for, both teams of a pair in it.
    """
    for place in sorted(space.diagrams.asked(root)):
        for before, after in steps(space.inputs[place]):
            differ = space.diagrams.across(fall, root, place, (before, after))
            if possible is not None and max(space.diagrams.values(differ)) > 0:
                both = space.diagrams.across(_both, possible, place, (before, after))
                differ = space.diagrams.apply(_only_where, differ, both)
            worst = max(space.diagrams.values(differ))
            if worst > 0:
                found = space.diagrams.cheapest(differ, worst.__eq__, space.costs)
                yield Fall(space.inputs[place], {**(found or {}), place: before}, {**(found or {}), place: after})
                break


def _both(one: bool, two: bool) -> bool:
    return one and two


def _only_where(far: int, stands: bool) -> int:
    return far if stands else 0


def lower_after(before: int, after: int) -> int:
    """How much lower the value after a step is."""
    return max(0, before - after)


def higher_after(before: int, after: int) -> int:
    """How much higher the value after a step is."""
    return max(0, after - before)
