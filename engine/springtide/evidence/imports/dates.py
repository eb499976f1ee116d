"""Days as other systems write them: with a time of day, with the month first or the day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_TWO_WAYS = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[T, ].*)?$")
_NAMED = re.compile(r"^(?:(\d{1,2})[ \-]([a-z]{3})[a-z]*\.?,?[ \-](\d{4})|([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4}))(?:[T, ].*)?$", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DateOrder(Enum):
    """What the days of a column say of their order."""

    CERTAIN = "certain"  # every day can be read in one way only
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    EITHER = "either"

    @property
    def words(self) -> str:
        return "day first" if self is DateOrder.EITHER else self.value

    @property
    def is_sure(self) -> bool:
        return self is not DateOrder.EITHER


def order_of(cells: Iterable[str]) -> DateOrder:
    """Which of day and month comes first, as far as numbers over twelve tell."""
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := _TWO_WAYS.match(cell.strip()))]
    if all(first == second for first, second in pairs):
        return DateOrder.CERTAIN
    day_first, month_first = all(second <= 12 for _, second in pairs), all(first <= 12 for first, _ in pairs)
    if day_first and month_first:
        return DateOrder.EITHER
    return DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST


def read_day(text: str, order: str) -> date | None:
    """A day, whatever time follows it; None if it is none."""
    cleaned = " ".join(text.split())
    try:
        if found := _ISO.match(cleaned):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _TWO_WAYS.match(cleaned):
            one, two, year = int(found[1]), int(found[2]), int(found[3])
            day, month = (two, one) if order == DateOrder.MONTH_FIRST.value else (one, two)
            return date(year + 2000 if year < 100 else year, month, day)
        if found := _NAMED.match(cleaned):
            said = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
            return date(int(said[2]), _MONTHS.index(said[1].lower()) + 1, int(said[0]))
    except ValueError:
        return None
    return None
