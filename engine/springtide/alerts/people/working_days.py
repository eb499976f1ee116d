"""Working days and working hours in England: when an answer is due, and when a right of reply is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9), time(17)

_DAY = timedelta(days=1)
_SATURDAY = 5
# A year of the package's list that holds fewer was still being announced when the list was made.
_A_WHOLE_YEAR = 8
# Proclaimed for one year, in years that the package's list does not reach.
_PROCLAIMED = {2011: frozenset({date(2011, 4, 29)})}


def is_working_day(day: date) -> bool:
    """Whether a day is neither Saturday, Sunday nor a bank holiday in England."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def after(moment: datetime, working_days: int) -> datetime:
    """The end, in London, of the working day that comes so many working days after a moment's own day.

    With 0 it is the end of the same day; where that is none, or is over, of the next working day. It is never past.

    Raises:
        ValueError: a moment without its zone, or a negative number.
    """
    local = _in_london(moment)
    if working_days < 0:
        raise ValueError("a number of working days can't be negative")
    day = local.date()
    if working_days == 0 and (not is_working_day(day) or local.time() >= CLOSES):
        working_days = 1
    for _ in range(working_days):
        day = _next_working_day(day)
    return _at(day, CLOSES)


def next_working_moment(moment: datetime, hours: float) -> datetime:
    """The moment, in London, when so many hours of working days are over, night and day; where people are off work then, when they are back.

    Weekends and bank holidays don't count, so that a day to reply is a day that somebody was there.

    Raises:
        ValueError: a moment without its zone, or a negative number.
    """
    if not 0 <= hours < float("inf"):
        raise ValueError("a number of hours can't be negative, and has an end")
    then, left = _in_london(moment), timedelta(hours=hours)
    while True:
        if not is_working_day(then.date()):
            then = _midnight_after(then)
            continue
        midnight = _midnight_after(then)
        # Hours pass in UTC: an hour in the night when the clocks change is an hour too.
        rest = midnight.astimezone(UTC) - then.astimezone(UTC)
        if left < rest:
            then = (then.astimezone(UTC) + left).astimezone(LONDON)
            break
        left -= rest
        then = midnight
    if then.time() < CLOSES:
        return then if then.time() >= OPENS else _at(then.date(), OPENS)
    return _at(_next_working_day(then.date()), OPENS)


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + _DAY, time(0), LONDON)


@lru_cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in one year: those listed by GOV.UK, and for a year that is not listed, the usual ones."""
    listed = _listed().get(year, frozenset())
    if len(listed) >= _A_WHOLE_YEAR:
        return listed
    return listed | usual_bank_holidays(year) | _PROCLAIMED.get(year, frozenset())


@lru_cache
def usual_bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays that fall in every year since 1978, each with its substitute where it falls on a weekend."""
    easter = _easter_sunday(year)
    return frozenset(
        (
            _moved_off_the_weekend(date(year, 1, 1)),
            easter - 2 * _DAY,  # Good Friday
            easter + _DAY,
            _first_monday(date(year, 5, 1)),
            _first_monday(date(year, 5, 25)),  # the last of May
            _first_monday(date(year, 8, 25)),  # the last of August
            *_christmas(year),
        )
    )


def _moved_off_the_weekend(day: date) -> date:
    return day if day.weekday() < _SATURDAY else _first_monday(day)


def _christmas(year: int) -> tuple[date, date]:
    """The two days kept for Christmas Day and Boxing Day: the next weekdays that neither of them takes."""
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    kept = [day for day in (christmas, boxing) if day.weekday() < _SATURDAY]
    day = boxing
    while len(kept) < 2:
        day += _DAY
        if day.weekday() < _SATURDAY:
            kept.append(day)
    return kept[0], kept[1]


def _first_monday(day: date) -> date:
    """The first Monday that is not before a day."""
    return day + -day.weekday() % 7 * _DAY


def _easter_sunday(year: int) -> date:
    """By the anonymous Gregorian rule (Meeus, Astronomical Algorithms, chapter 8); the letters are those of the rule."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=1)
def _listed() -> dict[int, frozenset[date]]:
    """What GOV.UK lists, by year, as the package brought it along; the network is never asked."""
    from govuk_bank_holidays.bank_holidays import BankHolidays  # loads an HTTP client, which a score has no use for

    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    found: dict[int, set[date]] = {}
    for holiday in known:
        found.setdefault(holiday["date"].year, set()).add(holiday["date"])
    return {year: frozenset(days) for year, days in found.items()}


def _in_london(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone, or nobody can tell when it is")
    return moment.astimezone(LONDON)


def _next_working_day(day: date) -> date:
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LONDON)
