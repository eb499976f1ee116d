"""When an answer is due: England's bank holidays, ends of days, and clocks that change."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import example, given
from hypothesis import strategies as st

from springtide.alerts.people.working_days import (
    LONDON,
    _listed,
    after,
    bank_holidays,
    is_working_day,
    next_working_moment,
    usual_bank_holidays,
)

LISTED = {
    year: {one["date"] for one in BankHolidays(use_cached_holidays=True).get_holidays(division="england-and-wales", year=year)}
    for year in range(2012, 2029)
}
# What was proclaimed for a year: days moved away, and days that came instead or besides.
PROCLAIMED = {
    2012: ({date(2012, 5, 28)}, {date(2012, 6, 4), date(2012, 6, 5)}),
    2020: ({date(2020, 5, 4)}, {date(2020, 5, 8)}),
    2022: ({date(2022, 5, 30)}, {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)}),
    2023: (set(), {date(2023, 5, 8)}),
}


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize("year", LISTED)
def test_the_usual_holidays_are_those_listed_but_for_what_was_proclaimed(year: int) -> None:
    assert len(LISTED[year]) >= 8
    moved, came = PROCLAIMED.get(year, (set(), set()))
    assert (usual_bank_holidays(year) - moved) | came == LISTED[year]


@pytest.mark.parametrize("year", LISTED)
def test_a_listed_year_is_as_it_is_listed(year: int) -> None:
    assert bank_holidays(year) == LISTED[year]


def test_years_before_the_list_have_their_holidays() -> None:
    assert sorted(bank_holidays(2009)) == [
        date(2009, 1, 1), date(2009, 4, 10), date(2009, 4, 13), date(2009, 5, 4), date(2009, 5, 25), date(2009, 8, 31),
        date(2009, 12, 25), date(2009, 12, 28),
    ]  # fmt: skip
    assert {date(2010, 12, 27), date(2010, 12, 28), date(2011, 1, 3), date(2011, 4, 29)} <= bank_holidays(2010) | bank_holidays(2011)
    assert len(bank_holidays(2011)) == 9


def test_a_year_that_is_listed_in_part_has_the_usual_days_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springtide.alerts.people.working_days._listed", lambda: {2035: frozenset({date(2035, 1, 1), date(2035, 6, 8)})})
    bank_holidays.cache_clear()
    try:
        assert bank_holidays(2035) == usual_bank_holidays(2035) | {date(2035, 6, 8)}
    finally:
        bank_holidays.cache_clear()


def test_the_network_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    _listed.cache_clear()
    assert _listed()[2022] == LISTED[2022]


@pytest.mark.parametrize(
    ("moment", "days", "due"),
    [
        ("2009-04-01 10:00", 5, "2009-04-08 17:00"),
        ("2009-04-08 10:00", 2, "2009-04-14 17:00"),  # over Easter
        ("2009-04-08 10:00", 0, "2009-04-08 17:00"),
        ("2009-04-08 16:59", 0, "2009-04-08 17:00"),
        ("2009-04-08 17:00", 0, "2009-04-09 17:00"),  # an answer can't be due in the past
        ("2009-04-08 23:59", 1, "2009-04-09 17:00"),
        ("2009-04-10 10:00", 0, "2009-04-14 17:00"),  # Good Friday
        ("2009-04-11 10:00", 1, "2009-04-14 17:00"),
        ("2009-12-24 18:00", 2, "2009-12-30 17:00"),
        ("2022-09-16 12:00", 1, "2022-09-20 17:00"),  # the day of the state funeral
        ("2026-03-27 12:00", 1, "2026-03-30 17:00"),  # the clocks go forward between
    ],
)
def test_when_an_answer_is_due(moment: str, days: int, due: str) -> None:
    assert after(london(moment), days) == london(due)


def test_the_end_of_a_day_is_in_winter_or_in_summer_time() -> None:
    assert after(london("2026-03-27 12:00"), 0).astimezone(UTC).hour == 17
    assert after(london("2026-03-27 12:00"), 1).astimezone(UTC).hour == 16
    assert after(london("2026-10-23 12:00"), 0).astimezone(UTC).hour == 16
    assert after(london("2026-10-23 12:00"), 1).astimezone(UTC).hour == 17


def test_a_moment_in_utc_belongs_to_the_day_that_it_is_in_london() -> None:
    assert after(datetime(2026, 6, 3, 23, 30, tzinfo=UTC), 0) == london("2026-06-04 17:00")
    assert after(datetime(2026, 6, 3, 22, 30, tzinfo=UTC), 1) == london("2026-06-04 17:00")


@pytest.mark.parametrize(
    ("moment", "hours", "over"),
    [
        ("2009-04-01 10:00", 4, "2009-04-01 14:00"),
        ("2009-04-01 10:00", 24, "2009-04-02 10:00"),
        ("2009-04-01 10:30", 6.5, "2009-04-02 09:00"),
        ("2009-04-01 10:00", 12, "2009-04-02 09:00"),
        ("2009-04-01 20:00", 9, "2009-04-02 09:00"),
        ("2009-04-09 10:00", 24, "2009-04-14 10:00"),  # over Easter
        ("2026-03-27 10:00", 24, "2026-03-30 10:00"),  # over a weekend, in which the clocks change
        ("2026-10-24 10:00", 48, "2026-10-28 09:00"),
        ("2026-06-05 18:30", 24, "2026-06-09 09:00"),  # filed late on a Friday
        ("2026-06-07 23:00", 24, "2026-06-09 09:00"),  # filed on a Sunday
        ("2009-04-04 12:00", 0, "2009-04-06 09:00"),
    ],
)
def test_when_a_right_of_reply_is_over(moment: str, hours: float, over: str) -> None:
    assert next_working_moment(london(moment), hours) == london(over)


def test_a_moment_without_a_zone_and_a_number_below_nought_are_refused() -> None:
    naive, aware = datetime(2009, 4, 1, 10), london("2009-04-01 10:00")
    for function in (after, next_working_moment):
        with pytest.raises(ValueError, match="zone"):
            function(naive, 1)
        with pytest.raises(ValueError, match="negative"):
            function(aware, -1)
    with pytest.raises(ValueError, match="negative"):
        next_working_moment(aware, float("nan"))


moments = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.sampled_from([UTC, LONDON]))
days = st.integers(0, 30)
hours = st.integers(0, 400) | st.floats(0, 400)


@given(moments, moments, days, days)
@example(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1), 0, 0)
def test_later_or_longer_is_never_due_sooner(one: datetime, other: datetime, fewer: int, more: int) -> None:
    first, last = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    fewer, more = sorted((fewer, more))
    assert after(first, fewer).astimezone(UTC) <= after(last, fewer).astimezone(UTC)
    assert after(first, fewer).astimezone(UTC) <= after(first, more).astimezone(UTC)


@given(moments, moments, hours, hours)
def test_a_later_or_longer_right_of_reply_is_never_over_sooner(one: datetime, other: datetime, fewer: float, more: float) -> None:
    first, last = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    fewer, more = sorted((fewer, more))
    assert next_working_moment(first, fewer).astimezone(UTC) <= next_working_moment(last, fewer).astimezone(UTC)
    assert next_working_moment(first, fewer).astimezone(UTC) <= next_working_moment(first, more).astimezone(UTC)


@given(moments, days)
def test_an_answer_is_due_at_the_end_of_a_working_day_that_is_not_past(moment: datetime, number: int) -> None:
    due = after(moment, number)
    assert is_working_day(due.date()) and due.time() == time(17) and due.tzinfo is LONDON
    assert due.astimezone(UTC) > moment.astimezone(UTC)
    between = [moment.astimezone(LONDON).date() + timedelta(days=n) for n in range(1, 90)]
    assert sum(is_working_day(day) for day in between if day <= due.date()) in ({0, 1} if number == 0 else {number})


@given(moments, hours)
def test_a_right_of_reply_is_whole_and_ends_when_people_are_at_work(moment: datetime, number: float) -> None:
    over = next_working_moment(moment, number)
    assert is_working_day(over.date()) and time(9) <= over.time() < time(17)
    assert over.astimezone(UTC) - moment.astimezone(UTC) >= timedelta(hours=number)
