"""Which names are one name but for their spelling, which may be a slip, and which column a heading means."""

from __future__ import annotations

import pytest

from springtide.evidence.spelling import column_meant, folded, one_slip_apart, rows_in_words, spelt_apart


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anyshire", "anyshire", True),
        ("East Anyshire", "East-Anyshire", True),
        ("East Anyshire", "EastAnyshire", True),
        ("King's Lynn", "King’s Lynn", True),
        ("Isle\u00a0of Wight", "Isle of Wight", True),
        ("Caf\u00e9", "Cafe\u0301", True),
        ("Area 1-1", "Area 1 1", True),
        ("Area 1-1", "Area 11", False),
        ("North", "South", False),
        ("Bath & Wells", "Bath and Wells", False),
    ],
)
def test_folded(one: str, other: str, same: bool) -> None:
    assert (folded(one) == folded(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("Anyshyre", "Anyshire", True),
        ("Anyshir", "Anyshire", True),
        ("Anysshire", "Anyshire", True),
        ("Anyshrie", "Anyshire", True),
        ("nayshire", "Anyshire", True),
        ("Anyshier", "Anyshire", True),
        ("East Anyshyre", "East Anyshire", True),
        ("Kemt", "Kent", True),
        ("Anyshire", "Anyshire", False),
        ("North East", "North West", False),
        ("East Midlands", "West Midlands", False),
        ("Devon", "Dover", False),
        ("Area 1", "Area 2", False),
        ("Team A", "Team B", False),
        ("Zone12", "Zone13", False),
        ("Anyshire North", "Anyshire", False),
        ("", "Anyshire", False),
    ],
)
def test_one_slip_apart(one: str, other: str, slip: bool) -> None:
    assert one_slip_apart(one, other) is slip
    assert one_slip_apart(other, one) is slip


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("vacant_posts", "vacant_posts"),
        ("Vacant Posts", "vacant_posts"),
        ("VACANT-POSTS", "vacant_posts"),
        ("vacantposts", "vacant_posts"),
        ("Q47", "q47"),
        ("Q 47", "q47"),
        ("q4-7", None),
        ("vacant post", None),
        ("one_two", "one_two"),
        ("One Two", None),
        ("", None),
    ],
)
def test_column_meant(heading: str, column: str | None) -> None:
    assert column_meant(heading, ("vacant_posts", "q47", "one_two", "onetwo")) == column


def test_spelt_apart() -> None:
    assert spelt_apart({"Any shire": [2, 4], "Other": [3], "anyshire": [5]}) == [{"Any shire": [2, 4], "anyshire": [5]}]
    assert spelt_apart({"Anyshire": [2], "Other": [3]}) == []


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([4], "row 4"), ([2, 3], "rows 2 and 3"), ([2, 3, 5, 8], "rows 2, 3, 5 and 8"), ([2, 3, 5, 8, 9], "rows 2, 3, 5 and 2 more")],
)
def test_rows_in_words(numbers: list[int], words: str) -> None:
    assert rows_in_words(numbers) == words
