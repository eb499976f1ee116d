"""Published rates worked out again from their parts, and where they do not come to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..cells import BadCell, read_number
from .published import PublishedRow

_NOISE = 1e-9  # of dividing in binary


@dataclass(frozen=True)
class Rate:
    """A published rate: `factor` times `top` over the sum of `bottom`, all columns of the file.

    `tolerance` gives, for a row and the rate that its parts come to, how far from that rounding may have put the
    published one, in the published unit; `within` says the same in words.
    """

    name: str
    title: str
    column: str
    top: str
    bottom: tuple[str, ...]
    factor: float
    tolerance: Callable[[PublishedRow, float], float]
    within: str

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.top, *self.bottom)))

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, *self.parts)


@dataclass(frozen=True)
class NotReproduced:
    """A published rate that its parts do not come to, beyond the tolerance."""

    row: PublishedRow
    rate: Rate
    published: float
    from_parts: float
    tolerance: float


@dataclass(frozen=True)
class NotChecked:
    """A published rate whose parts can't be divided: one is missing or no number, or there is nothing to divide by."""

    row: PublishedRow
    rate: Rate
    published: float
    why: str


@dataclass(frozen=True)
class Check:
    """One rate over all rows: how many could be worked out again, and which did not match, or could not be."""

    rate: Rate
    of: int
    differing: tuple[NotReproduced, ...]
    not_checked: tuple[NotChecked, ...]

    @property
    def matched(self) -> int:
        return self.of - len(self.differing)


def check_rates(rows: Sequence[PublishedRow], rates: Iterable[Rate]) -> tuple[Check, ...]:
    """Work every rate out again on every row, of whatever level, that gives it as a number.

    Raises:
        DfeFileError: an authority's cell is neither a number nor a known symbol. In other rows, which are not imported,
            such a cell is no number to work with.
    """
    return tuple(_check(rows, rate) for rate in rates)


def _check(rows: Sequence[PublishedRow], rate: Rate) -> Check:
    of = 0
    differing: list[NotReproduced] = []
    not_checked: list[NotChecked] = []
    for row in rows:
        published = _number(row, rate.column)
        values = {column: _number(row, column) for column in rate.parts}
        if published is None:
            continue
        top, bottom = values[rate.top], [values[column] for column in rate.bottom]
        known = [value for value in bottom if value is not None]
        if top is None or len(known) < len(bottom):
            unknown = ", ".join(column for column, value in values.items() if value is None)
            not_checked.append(NotChecked(row, rate, published, f"{unknown} not given as a number"))
        elif not sum(known):
            not_checked.append(NotChecked(row, rate, published, "nothing to divide by"))
        else:
            of += 1
            value = rate.factor * top / sum(known)
            tolerance = rate.tolerance(row, value)
            if abs(value - published) > tolerance + _NOISE:
                differing.append(NotReproduced(row, rate, published, value, tolerance))
    return Check(rate, of, tuple(differing), tuple(not_checked))


def _number(row: PublishedRow, column: str) -> float | None:
    if row.is_authority:
        return row.read(column, "ratio")
    try:
        return read_number(row[column], "ratio")
    except BadCell:
        return None
