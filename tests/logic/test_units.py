"""Numbers as people read them: margins that agree with what they lie between."""

from __future__ import annotations

import pytest

from springtide.logic.units import UNITS


@pytest.mark.parametrize(
    ("unit", "value", "limit", "says"),
    [
        ("cases per FTE", 19.6078, 18.0, "+1.6 cases per FTE"),
        ("cases per FTE", 17.0, 18.0, "-1 case per FTE"),
        ("change", 0.26222, 0.2, "+6.2 points"),
        ("share", 0.190476, 0.15, "+4.05 points"),
        ("share", 0.16, 0.15, "+1 point"),
        ("standard errors", 2.7812, 2.0, "+0.78 standard errors"),
        ("posts", 2.0, 2.0, "no margin, exactly on it"),
        ("posts", 1.0, 2.0, "-1 post"),
        ("share", 0.14996, 0.15, "-0.004 points"),
        ("cases", 5.0, 6.0, "-1 case"),
        ("cases per FTE", float("inf"), 18.0, "beyond any limit"),
    ],
)
def test_a_margin_is_what_the_two_numbers_shown_differ_by(unit: str, value: float, limit: float, says: str) -> None:
    assert UNITS[unit].say_gap(value - limit, value, limit) == says
