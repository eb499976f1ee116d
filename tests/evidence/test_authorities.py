"""Authorities over the years, on invented ones."""

from __future__ import annotations

from datetime import date

import pytest

from springtide.evidence.dfe.authorities import SUCCESSORS, Listed, Seen, over_time
from springtide.logic.quarter import Quarter


def in_september(year: int) -> Quarter:
    return Quarter.holding(date(year, 9, 30))


def in_march(year: int) -> Quarter:
    return Quarter.holding(date(year, 3, 31))


def seen(id: str, *years: int, name: str = "Aldwick", region: str = "Fenland") -> list[Seen]:
    return [Seen(id, year, name, region) for year in years]


def listed(*held: list[Seen], wanted: tuple[int, ...] = (2020, 2021, 2022, 2023)) -> list[Listed]:
    return over_time([one for rows in held for one in rows], in_september, wanted)[0]


ALL = seen("E0", 2020, 2021, 2022, 2023, name="Always")


def test_one_that_is_there_all_along_or_with_a_gap_has_no_limits() -> None:
    assert listed(ALL, seen("E1", 2020, 2023)) == [Listed("E0", "Always", "Fenland"), Listed("E1", "Aldwick", "Fenland")]


def test_one_that_begins_or_ends() -> None:
    _, late, gone = listed(ALL, seen("E1", 2022, 2023), seen("E2", 2020, 2021))
    assert (late.first, late.last) == (Quarter(2022, 2), None)
    assert (gone.first, gone.last, gone.became) == (None, Quarter(2022, 1), ())


def test_a_year_to_march_ends_in_the_quarter_before_the_next_count() -> None:
    rows, _ = over_time([*ALL, *seen("E2", 2020, 2021)], in_march, (2020, 2021, 2022, 2023))
    assert rows[1].last == Quarter(2021, 3)


@pytest.mark.parametrize(
    ("then", "says"),
    [
        ({"name": "Bourne"}, "name 'Bourne', before 'Aldwick'"),
        ({"region": "Wolds"}, "region 'Wolds', before 'Fenland'"),
    ],
)
def test_another_name_or_region_gives_a_second_row(then: dict[str, str], says: str) -> None:
    rows, changes = over_time([*seen("E1", 2020, 2021), *seen("E1", 2022, 2023, **then)], in_september, (2020, 2021, 2022, 2023))
    before, after = rows
    assert (before.first, before.last, after.first, after.last) == (None, Quarter(2022, 1), Quarter(2022, 2), None)
    assert before.became == after.became == ()
    assert says in changes[0] and changes[0].startswith("From 2022/23 Q2: ")
    assert len(changes) == 2


def test_a_name_may_come_back() -> None:
    rows = listed(seen("E1", 2020), seen("E1", 2021, name="Bourne"), seen("E1", 2022, 2023))
    assert [(row.name, row.first, row.last) for row in rows] == [
        ("Aldwick", None, Quarter(2021, 1)),
        ("Bourne", Quarter(2021, 2), Quarter(2022, 1)),
        ("Aldwick", Quarter(2022, 2), None),
    ]


@pytest.mark.parametrize(
    ("once", "now"),
    [
        ("Bristol", "Bristol, City of"),
        ("City of Bristol", "Bristol, City of"),
        ("Telford & Wrekin", "Telford and Wrekin"),
        ("St. Helens", "St Helens"),
        ("King's Lynn", "Kings Lynn"),
        ("STOKE ON TRENT", "Stoke-on-Trent"),
        ("Herefordshire, County of", "Herefordshire"),
    ],
)
def test_the_latest_spelling_stands_for_all_years(once: str, now: str) -> None:
    rows, notes = over_time([*seen("E1", 2022, 2023, name=now), *seen("E1", 2020, 2021, name=once)], in_september, (2020, 2021, 2022, 2023))
    assert rows == [Listed("E1", now, "Fenland")]
    assert notes == (f"{now} is written so in all years; also found: {once}.",)


def test_a_region_is_written_one_way_for_everybody() -> None:
    rows = listed(seen("E1", 2020, region="Yorkshire & The Humber"), seen("E2", 2021, 2022, 2023, region="Yorkshire and the Humber"))
    assert {row.region for row in rows} == {"Yorkshire and the Humber"}


def test_names_of_nothing_but_such_words_stay_apart() -> None:
    assert [row.name for row in listed(seen("E1", 2020, 2021, name="The City"), seen("E1", 2022, 2023, name="The County"))] == ["The City", "The County"]


def test_several_merge_and_one_is_split() -> None:
    rows, changes = over_time(
        [*ALL, *seen("E06000028", 2020, name="Bournemouth"), *seen("E06000029", 2020, name="Poole"),
         *seen("E06000058", 2021, 2022, 2023, name="BCP"), *seen("E10000006", 2020, 2021, 2022, name="Cumbria"),
         *seen("E06000063", 2023, name="Cumberland"), *seen("E06000064", 2023, name="Westmorland")],
        in_september, (2020, 2021, 2022, 2023),
    )  # fmt: skip
    assert {row.id: row.became for row in rows if row.became} == {
        "E06000028": ("E06000058",), "E06000029": ("E06000058",), "E10000006": ("E06000063", "E06000064"),
    }  # fmt: skip
    assert changes[:2] == (
        "From 2021/22 Q2: Bournemouth (E06000028) and Poole (E06000029) became BCP (E06000058).",
        "From 2023/24 Q2: Cumbria (E10000006) became Cumberland (E06000063) and Westmorland (E06000064).",
    )


def test_no_successor_is_claimed_that_the_file_does_not_show_to_begin_then() -> None:
    there_before = listed(ALL, seen("E10000002", 2020, 2021), seen("E06000060", 2021, 2022, 2023))
    not_there = listed(ALL, seen("E10000002", 2020, 2021))
    assert not any(row.became for row in (*there_before, *not_there))


def test_years_that_are_not_imported_still_say_when_one_begins_and_ends() -> None:
    held = (ALL, seen("E10000002", 2020, 2021), seen("E06000060", 2022, 2023))
    _, old, new = listed(*held, wanted=(2020, 2023))
    assert (old.last, old.became, new.first) == (Quarter(2022, 1), ("E06000060",), Quarter(2022, 2))


def test_no_authority_is_its_own_successor_or_has_none() -> None:
    for old, new in SUCCESSORS.items():
        assert new and old not in new and not set(new) & SUCCESSORS.keys()
