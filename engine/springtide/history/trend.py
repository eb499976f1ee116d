"""Change over time: a direction only where chance is an unlikely reason, and the limits of a stable process.

Two points never make an arrow. A direction comes from an exact test on at least four quarters. Process
limits come from at least eight and are drawn as NHS England's programme Making Data Count draws them:
"Making data count" (2018), its "Strengthening your decisions", and the tools that go with them. Those
tools leave the length of a shift and of a trend to their user, six points or seven (NHS-R community,
NHSRplotthedots, issue 202); here a shift takes seven and a trend six.

Standard library only, and pure. A series is oldest first, one entry a quarter, with None where a
quarter has no value; it holds comparable quarters only. Values are in any one unit. Two that differ
by no more than a billionth of the largest are the same, so a rate that comes out a hair apart is a tie.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from typing import Literal

from ..logic.conditions import EPSILON

Side = Literal["higher", "lower"]
Tendency = Literal["worsening", "easing", "no direction", "not enough history"]
CauseKind = Literal["outside the limits", "one side of the mean", "trend", "near a limit"]

# Of three values in order, one arrangement in six rises throughout: no three quarters can pass a test at 5 %.
LEAST_FOR_DIRECTION = 4
MOST_FOR_DIRECTION = 8  # two years; judgement: what is older says little of a team as it is now
CHANCE_ALLOWED = Fraction(1, 20)  # on each side; the usual 5 %

LEAST_FOR_LIMITS = 8  # judgement. Making Data Count's own chart shows limits from 13 points (NHSRplotthedots, issue 194)
TRIAL_BELOW = 12  # NHSRplotthedots, "Number of points required": with fewer the limits are on trial
LEAST_MOVING_RANGES = 4  # five neighbours: Wheeler, Understanding Variation, p. 60: "as few as five or six"
LIMIT_FACTOR = 2.66  # Making Data Count: 3 / 1.128, three standard deviations by way of the mean moving range
NEAR_SHARE = 2 / 3  # Making Data Count: the outer third between the mean and a limit
SHIFT_LENGTH = 7  # Making Data Count: six or seven; NHSRplotthedots: seven
TREND_LENGTH = 6  # Making Data Count: six or seven; NHSRplotthedots: seven
NEAR_WINDOW, NEAR_LEAST = 3, 2  # Making Data Count: two of three


@dataclass(frozen=True)
class MannKendall:
    """Pairs of values that rise with time less pairs that fall, and how often chance alone does as much.

    `rising` is the share of all orders of the same values whose `s` is at least this one's,
    `falling` the share whose `s` is at most this one's: both exact, with ties as they are.
    """

    s: int
    rising: Fraction
    falling: Fraction


@dataclass(frozen=True)
class Direction:
    """Which way a series has gone, and what that rests on.

    Of the last `of` quarters, at most eight, `known` have a value. `silent` of them, the newest, have
    none: what is said is then of the quarters before. `p` is the chance that a series without a
    direction leans as far to the side to which this one leans; None where there is not enough history.
    """

    tendency: Tendency
    known: int
    of: int
    silent: int
    p: float | None


@dataclass(frozen=True)
class SpecialCause:
    """A sign that more than chance is at work, and on which side: of the mean, or for a trend, whither."""

    kind: CauseKind
    side: Side


@dataclass(frozen=True)
class ProcessLimits:
    """Mean and limits, in the unit of the series, and for each quarter the special causes that it is part of.

    `known` values and `moving_ranges` differences between neighbours make the limits; `trial` says
    that there are fewer than twelve, so that they will still move. Where there are no limits, `why_none`
    says why and no quarter has a cause. `causes` is as long as the series.
    """

    known: int
    moving_ranges: int
    trial: bool
    mean: float | None
    mean_moving_range: float | None
    lower: float | None
    upper: float | None
    causes: tuple[tuple[SpecialCause, ...], ...]
    why_none: str


def direction(values: Sequence[float | None], *, worse_when: Side) -> Direction:
    """The direction of the last eight quarters of a series: an exact one-sided Mann-Kendall test at 5 %.

    Quarters without a value are left out and counted in the result. A series without a direction,
    whose quarters don't depend on each other, is called worsening at most once in twenty times, and
    easing no more often. Where one quarter takes after the last, chance does it more often.

    Args:
        values: oldest first, None where a quarter has no value; comparable quarters only.
        worse_when: whether `higher` or `lower` values are worse.
    Raises:
        ValueError: a value is not finite, or `worse_when` is neither.
    Source:
        Mann, Econometrica 13 (1945); Kendall, Rank Correlation Methods (1948).
    """
    if worse_when not in ("higher", "lower"):
        raise ValueError(f"worse_when is '{worse_when}'; it must be 'higher' or 'lower'")
    window = list(values)[-MOST_FOR_DIRECTION:]
    known = _known(window)
    silent = next((back for back, value in enumerate(reversed(window)) if value is not None), len(window))
    if len(known) < LEAST_FOR_DIRECTION:
        return Direction("not enough history", len(known), len(window), silent, None)
    test = mann_kendall(known)
    p = min(test.rising, test.falling)
    tendency: Tendency = "no direction"
    if p <= CHANCE_ALLOWED:
        tendency = "worsening" if (test.s > 0) == (worse_when == "higher") else "easing"
    return Direction(tendency, len(known), len(window), silent, float(p))


def mann_kendall(values: Sequence[float]) -> MannKendall:
    """The exact test for values in the order of time, oldest first.

    Each order of the values that are there is as likely as any other if nothing changes with time;
    the orders are counted, not approximated, and equal values stay equal.

    Raises:
        ValueError: a value is not finite.
    """
    ranks = _ranks(_known(values))
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(ranks, 2))
    counts = _orders_by_inversions(tuple(sorted(Counter(ranks).values())))
    inversions = (len(counts) - 1 - s) // 2  # pairs that differ: those that rise and those that fall
    total = sum(counts)
    return MannKendall(s, Fraction(sum(counts[: inversions + 1]), total), Fraction(sum(counts[inversions:]), total))


def process_limits(
    values: Sequence[float | None], *, floor: float | None = None, baseline: int | None = None
) -> ProcessLimits:
    """The XmR chart of a series: mean, mean ± 2.66 × mean moving range, and the special causes.

    A moving range is the difference of two quarters next to each other; none is taken across a missing
    quarter, and one ends every run. As in Making Data Count's own tools every value counts towards the
    limits, however far out. A special cause is one of four:

    - a value outside the limits;
    - seven or more in a row on one side of the mean;
    - six or more in a row, each higher than the one before, or each lower; an equal one ends it;
    - three in a row on one side of the mean, two of them beyond two thirds of the way to the limit.
      The two are marked; a value outside the limit counts.

    A series that does not vary has a mean moving range of nought, and limits equal to the mean: any
    other value that is held against them later (`baseline`) is outside them, however small the difference.
    Where it varies only across missing quarters nothing tells how much it varies, and there are no limits.

    Args:
        values: oldest first, None where a quarter has no value; comparable quarters only.
        floor: the least value that there can be, nought for a count: no lower limit lies under it.
        baseline: how many quarters, from the oldest, make the limits; all of them if left out.
    Raises:
        ValueError: a value is not finite or below the floor, or `baseline` is not one to the number of quarters.
    Source:
        NHS England, Making Data Count; Wheeler, Understanding Variation (1993).
    """
    if baseline is not None and not 1 <= baseline <= len(values):
        raise ValueError(f"a baseline of {baseline} quarters can't be had of {len(values)}")
    everything = _known(values)
    if floor is not None and any(value < floor for value in everything):
        raise ValueError(f"{min(everything)} is below the floor, {floor}")
    made_of = values[:baseline]
    known = _known(made_of)
    slack = _slack(everything)
    ranges = [_difference(a, b, slack) for a, b in pairwise(made_of) if a is not None and b is not None]
    why_none = _why_none(known, ranges, slack)
    trial = len(known) < TRIAL_BELOW
    if why_none:
        nothing = tuple(() for _ in values)
        return ProcessLimits(len(known), len(ranges), trial, None, None, None, None, nothing, why_none)
    mean, mean_range = math.fsum(known) / len(known), math.fsum(ranges) / len(ranges)
    reach = LIMIT_FACTOR * mean_range
    lower = mean - reach if floor is None else max(mean - reach, floor)
    chart = _Chart(values, slack, mean, mean - NEAR_SHARE * reach, mean + NEAR_SHARE * reach, lower, mean + reach)
    return ProcessLimits(len(known), len(ranges), trial, mean, mean_range, lower, mean + reach, chart.causes(), "")


# -- numbers ---------------------------------------------------------------------------------


def _known(values: Sequence[float | None]) -> list[float]:
    known = [value for value in values if value is not None]
    for value in known:
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that a quarter can have; leave it out as None")
    return known


def _slack(values: Sequence[float]) -> float:
    """By how much two values may differ and still be the same."""
    return EPSILON * max(map(abs, values), default=0.0)


def _difference(one: float, other: float, slack: float) -> float:
    apart = abs(one - other)
    return apart if apart > slack else 0.0


def _ranks(values: Sequence[float]) -> list[int]:
    """The place of each value among the different ones."""
    slack = _slack(values)
    places: dict[float, int] = {}
    place, last = 0, math.inf
    for value in sorted(set(values)):
        if value - last > slack:
            place += 1
        places[value] = place
        last = value
    return [places[value] for value in values]


@cache
def _orders_by_inversions(ties: tuple[int, ...]) -> tuple[int, ...]:
    """How many orders of some values, each so many times there, have 0, 1, 2… pairs that fall.

    One kind of value after the other is laid among those there are. The ways to do so by the number
    of pairs that then fall are a Gaussian binomial, and their product is all orders.
    """
    counts: tuple[int, ...] = (1,)
    laid = 0
    for tie in ties:
        laid += tie
        counts = _product(counts, _gaussian_binomial(laid, tie))
    return counts


@cache
def _gaussian_binomial(n: int, k: int) -> tuple[int, ...]:
    if k in (0, n):
        return (1,)
    found = [0] * (k * (n - k) + 1)
    for power, count in enumerate(_gaussian_binomial(n - 1, k - 1)):
        found[power] += count
    for power, count in enumerate(_gaussian_binomial(n - 1, k)):
        found[power + k] += count
    return tuple(found)


def _product(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    found = [0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            found[i + j] += a * b
    return tuple(found)


# -- special causes --------------------------------------------------------------------------


def _why_none(known: Sequence[float], ranges: Sequence[float], slack: float) -> str:
    if len(known) < LEAST_FOR_LIMITS:
        return "not enough history"
    if len(ranges) < LEAST_MOVING_RANGES:
        return "not enough history: too few quarters next to each other"
    if not any(ranges) and max(known) - min(known) > slack:
        return "it changed only where a quarter is missing"
    return ""


@dataclass(frozen=True)
class _Chart:
    """A series and the lines it is held against."""

    values: Sequence[float | None]
    slack: float
    mean: float
    near_lower: float
    near_upper: float
    lower: float
    upper: float

    def causes(self) -> tuple[tuple[SpecialCause, ...], ...]:
        """The special causes of each quarter, in the order of the rules."""
        rules: tuple[tuple[CauseKind, Callable[[Side], Iterator[int]]], ...] = (
            ("outside the limits", self._outside),
            ("one side of the mean", self._shifts),
            ("trend", self._trends),
            ("near a limit", self._near),
        )
        sides: tuple[Side, ...] = ("higher", "lower")
        found: list[list[SpecialCause]] = [[] for _ in self.values]
        for (kind, places), side in product(rules, sides):
            for place in sorted(set(places(side))):
                found[place].append(SpecialCause(kind, side))
        return tuple(map(tuple, found))

    def _beyond(self, place: int, upper: float, lower: float, side: Side) -> bool:
        """Whether a value lies on one side of a line; a missing one lies nowhere."""
        value = self.values[place]
        if value is None:
            return False
        return value > upper + self.slack if side == "higher" else value < lower - self.slack

    def _outside(self, side: Side) -> Iterator[int]:
        return (i for i in range(len(self.values)) if self._beyond(i, self.upper, self.lower, side))

    def _shifts(self, side: Side) -> Iterator[int]:
        beyond = [self._beyond(i, self.mean, self.mean, side) for i in range(len(self.values))]
        for run in _runs(beyond):
            if len(run) >= SHIFT_LENGTH:
                yield from run

    def _trends(self, side: Side) -> Iterator[int]:
        """Steps are counted: between six points there are five."""
        for run in _runs([self._steps(a, b, side) for a, b in pairwise(self.values)]):
            if len(run) >= TREND_LENGTH - 1:
                yield from (*run, run[-1] + 1)

    def _steps(self, before: float | None, after: float | None, side: Side) -> bool:
        if before is None or after is None:
            return False
        return (after - before if side == "higher" else before - after) > self.slack

    def _near(self, side: Side) -> Iterator[int]:
        for start in range(len(self.values) - NEAR_WINDOW + 1):
            window = range(start, start + NEAR_WINDOW)
            if all(self._beyond(i, self.mean, self.mean, side) for i in window):
                near = [i for i in window if self._beyond(i, self.near_upper, self.near_lower, side)]
                if len(near) >= NEAR_LEAST:
                    yield from near


def _runs(held: Sequence[bool]) -> Iterator[list[int]]:
    """The places of each unbroken row of yeses."""
    run: list[int] = []
    for place, holds in enumerate(held):
        if holds:
            run.append(place)
        elif run:
            yield run
            run = []
    if run:
        yield run
