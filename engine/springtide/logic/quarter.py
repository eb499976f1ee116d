"""Financial-year quarters: `2008/09 Q4` is January to March 2009."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta


class QuarterError(ValueError):
    """A quarter that can't be read, or can be read in two ways."""


@dataclass(frozen=True, order=True)
class Quarter:
    """A financial-year quarter; `year` is the calendar year in which the financial year begins."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02d} Q{self.number}"

    @property
    def first_day(self) -> date:
        month = 3 * self.number + 1
        return date(self.year, month, 1) if month < 12 else date(self.year + 1, month - 12, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def before(self, number: int) -> list[Quarter]:
        """So many quarters before this one, oldest first."""
        found = [self]
        while len(found) <= number:
            found.append(found[-1].previous)
        return found[:0:-1]

    @staticmethod
    def holding(day: date) -> Quarter:
        """The quarter in which a day lies."""
        if day.month < 4:
            return Quarter(day.year - 1, 4)
        return Quarter(day.year, (day.month - 1) // 3)


_EARLIEST, _LATEST = 1900, 2199
_FINANCIAL_YEAR = r"(?:fy\s*)?(?P<first>\d{4})\s*[/\-–_]\s*(?P<second>\d{2}|\d{4})"
_NUMBER = r"(?:q|qtr|quarter)\s*(?P<number>[1-4])"
_SPELLINGS = [
    re.compile(rf"^{_FINANCIAL_YEAR}[\s,:_\-]*{_NUMBER}$"),
    re.compile(rf"^{_NUMBER}[\s,:_\-]*(?:of\s+)?{_FINANCIAL_YEAR}$"),
]
_BARE = [
    re.compile(rf"^(?P<year>\d{{4}})[\s,:_\-/]*{_NUMBER}$"),
    re.compile(rf"^{_NUMBER}[\s,:_\-/]*(?:of\s+)?(?P<year>\d{{4}})$"),
]


def parse_quarter(text: str) -> Quarter:
    """Read a quarter: `2008/09 Q4`, `2008-09 q4`, `Q4 2008/09`, `Quarter 4, 2008/2009`.

    Raises:
        QuarterError: it can't be read, or, as `Q1 2010`, could mean two quarters.
    """
    cleaned = " ".join(str(text).lower().split())
    for spelling in _SPELLINGS:
        if match := spelling.match(cleaned):
            first, second = _year(match["first"], text), match["second"]
            if int(second) % 100 != (first + 1) % 100 or (len(second) == 4 and int(second) != first + 1):
                raise QuarterError(
                    f"'{text}' is not a financial year: the year after {first} is {(first + 1) % 100:02d}; "
                    f"write {Quarter(first, int(match['number']))}"
                )
            return Quarter(first, int(match["number"]))
    for spelling in _BARE:
        if match := spelling.match(cleaned):
            year, number = _year(match["year"], text), int(match["number"])
            financial = Quarter(year, number)
            calendar = Quarter.holding(date(year, 3 * number, 1))
            raise QuarterError(
                f"'{text}' can be read in two ways: write '{financial}' for quarter {number} of the financial "
                f"year, {_months(financial)}, or '{calendar}' for quarter {number} of the calendar year, "
                f"{_months(calendar)}"
            )
    raise QuarterError(f"'{text}' is not a quarter; write it as 2008/09 Q4 (January to March 2009)")


def _year(digits: str, text: str) -> int:
    """A year in which a children's service may have quarters."""
    if not _EARLIEST <= int(digits) <= _LATEST:
        raise QuarterError(f"'{text}' can't be right; write a quarter between {_EARLIEST} and {_LATEST}, as 2008/09 Q4")
    return int(digits)


def _months(quarter: Quarter) -> str:
    return f"{quarter.first_day:%B} to {quarter.last_day:%B %Y}"
