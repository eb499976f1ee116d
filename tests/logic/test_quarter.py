from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.logic.quarter import Quarter, QuarterError, parse_quarter

QUARTERS = st.builds(Quarter, st.integers(1948, 2098), st.integers(1, 4))


@pytest.mark.parametrize(
    "text",
    ["2008/09 Q4", "2008-09 q4", "Q4 2008/09", "Quarter 4, 2008/2009", " 2008/09  Qtr 4 ", "FY 2008/09 Q4", "2008–09 Q4", "q4 of 2008/09"],
)
def test_common_spellings(text: str) -> None:
    assert parse_quarter(text) == Quarter(2008, 4)


def test_quarter_four_ends_the_financial_year() -> None:
    quarter = Quarter(2008, 4)
    assert (quarter.first_day, quarter.last_day) == (date(2009, 1, 1), date(2009, 3, 31))
    assert str(quarter) == "2008/09 Q4"
    assert str(Quarter(1999, 1)) == "1999/00 Q1"


@pytest.mark.parametrize("text", ["Q1 2010", "2010 Q1", "Quarter 1 2010"])
def test_a_bare_year_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(QuarterError, match=r"two ways.*'2010/11 Q1'.*April to June 2010.*'2009/10 Q4'.*January to March 2010"):
        parse_quarter(text)


@pytest.mark.parametrize("text", ["2008/10 Q1", "2008/2010 Q1", "2008/09 Q5", "", "soon", "2008/09", "Q4", "0000 Q1", "9999 Q4", "9999/00 Q4"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(QuarterError):
        parse_quarter(text)


@given(QUARTERS)
def test_every_quarter_reads_back_and_has_neighbours(quarter: Quarter) -> None:
    assert parse_quarter(str(quarter)) == quarter
    assert quarter.next.previous == quarter == quarter.previous.next
    assert quarter.previous < quarter < quarter.next
    assert Quarter.holding(quarter.first_day) == Quarter.holding(quarter.last_day) == quarter
    assert (quarter.next.first_day - quarter.last_day).days == 1


def test_the_workforce_census_day_lies_in_quarter_two() -> None:
    assert str(Quarter.holding(date(2024, 9, 30))) == "2024/25 Q2"
