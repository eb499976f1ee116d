from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.history.standing import Point, Standing, standing
from springtide.logic.quarter import Quarter

STEADY, WATCH, INCREASED, ELEVATED, HIGH = range(5)
FIRST = Quarter(2009, 1)
PROVED = -1  # the could-be is the level


def quarters(*levels: Point | int | tuple[int | None, int] | None, start: Quarter = FIRST) -> list[Point]:
    """Quarters in a row; a level alone is proved, a pair is a level and its could-be, None is a quarter not filed."""
    found, quarter = [], start
    for level in levels:
        if isinstance(level, Point):
            found.append(replace(level, quarter=quarter))
        elif isinstance(level, tuple):
            found.append(Point(quarter, *level))
        elif level is not None:
            found.append(Point(quarter, level, level))
        quarter = quarter.next
    return found


def point(rank: int | None, could_be: int = PROVED, **more: object) -> Point:
    return Point(FIRST, rank, rank if could_be == PROVED and rank is not None else could_be, **more)  # type: ignore[arg-type]


def of(*levels: Point | int | tuple[int | None, int] | None) -> Standing:
    return standing(quarters(*levels), notable=INCREASED)


INSUFFICIENT = (None, HIGH)

CASES = {
    "the first quarter ever": ([HIGH], "no history", 1, "2009/10 Q1", "at or above increased; no earlier quarter filed"),
    "after a gap": ([HIGH, None, HIGH], "no history", 1, "2009/10 Q3", "at or above increased; 2009/10 Q2 not filed"),
    "after a merger": (
        [HIGH, point(HIGH, apart="merged with Deal")],
        "no history", 1, "2009/10 Q2", "at or above increased; not compared with earlier quarters: merged with Deal",
    ),
    "new": ([WATCH, INCREASED], "new", 1, "2009/10 Q2", "newly at or above increased"),
    "new after what could not be told": (
        [INSUFFICIENT, ELEVATED], "new", 1, "2009/10 Q2", "newly at or above increased; 2009/10 Q1 could not be told",
    ),
    "new by other rules": (
        [WATCH, point(INCREASED, rules_changed="vacancies count from 10 %")],
        "new", 1, "2009/10 Q2",
        "newly at or above increased; rules changed the result (2009/10 Q2: vacancies count from 10 %)",
    ),
    "persisting": (
        [WATCH, HIGH, HIGH], "persisting", 2, "2009/10 Q2",
        "at or above increased for 2 quarters in a row, since 2009/10 Q2; not enough history for a direction",
    ),
    "persisting since a gap": (
        [HIGH, None, HIGH, HIGH], "persisting", 2, "2009/10 Q3",
        "at or above increased for 2 quarters in a row, since 2009/10 Q3, 2009/10 Q2 not filed; not enough history for a direction",
    ),
    "persisting since a beginning": (
        [point(HIGH, apart="began"), HIGH], "persisting", 2, "2009/10 Q1",
        "at or above increased for 2 quarters in a row, since 2009/10 Q1, not compared with earlier quarters (began); "
        "not enough history for a direction",
    ),
    "persisting around what could not be told": (
        [WATCH, HIGH, INSUFFICIENT, HIGH], "persisting", 2, "2009/10 Q2",
        "at or above increased for 2 quarters, since 2009/10 Q2; 2009/10 Q3 could not be told; not enough history for a direction",
    ),
    "two points make no arrow": (
        [INCREASED, HIGH], "persisting", 2, "2009/10 Q1",
        "at or above increased for 2 quarters in a row, since 2009/10 Q1; not enough history for a direction",
    ),
    "worsening": (
        [STEADY, WATCH, INCREASED, ELEVATED], "worsening", 2, "2009/10 Q3",
        "at or above increased for 2 quarters in a row, since 2009/10 Q3; worsening over 4 quarters, by the level",
    ),
    "easing": (
        [HIGH, HIGH, ELEVATED, ELEVATED, INCREASED], "easing", 5, "2009/10 Q1",
        "at or above increased for 5 quarters in a row, since 2009/10 Q1; easing over 5 quarters, by the level",
    ),
    "up and down": (
        [HIGH, INCREASED, HIGH, ELEVATED], "persisting", 4, "2009/10 Q1",
        "at or above increased for 4 quarters in a row, since 2009/10 Q1; no direction over 4 quarters",
    ),
    "a lower level for want of data": (
        [HIGH, HIGH, ELEVATED, ELEVATED, point(INCREASED, HIGH, lost=True)], "persisting", 5, "2009/10 Q1",
        "at or above increased for 5 quarters in a row, since 2009/10 Q1; lower than last quarter only because data is "
        "missing; no direction over 5 quarters",
    ),
    "a higher level only because data came": (
        [(STEADY, ELEVATED), (WATCH, ELEVATED), (INCREASED, ELEVATED), ELEVATED], "persisting", 2, "2009/10 Q3",
        "at or above increased for 2 quarters in a row, since 2009/10 Q3; 2009/10 Q1 and 2009/10 Q2 could not be told; "
        "no direction over 4 quarters",
    ),
    "cleared": ([HIGH, WATCH], "cleared", 1, "2009/10 Q2", "below increased, its could-be too; at or above it in 2009/10 Q1"),
    "cleared after what could not be told": (
        [HIGH, INSUFFICIENT, (WATCH, HIGH), WATCH], "cleared", 1, "2009/10 Q4",
        "below increased, its could-be too; at or above it in 2009/10 Q1; 2009/10 Q2 and 2009/10 Q3 could not be told",
    ),
    "below, but it could be above": (
        [HIGH, (WATCH, INCREASED)], "cannot tell", 1, "2009/10 Q2",
        "below increased, but could be at or above it: data is missing; at or above increased in 2009/10 Q1, and not shown to have cleared",
    ),
    "below for want of data": (
        [HIGH, point(WATCH, lost=True)], "cannot tell", 1, "2009/10 Q2",
        "below increased only because data is missing; at or above increased in 2009/10 Q1, and not shown to have cleared",
    ),
    "no return": (
        [HIGH, INSUFFICIENT, INSUFFICIENT], "cannot tell", 2, "2009/10 Q2",
        "too little evidence to say; at or above increased in 2009/10 Q1, and not shown to have cleared",
    ),
    "below by other rules": (
        [HIGH, point(WATCH, rules_changed="a storm needs three")], "cannot tell", 1, "2009/10 Q2",
        "below increased, at or above it in 2009/10 Q1, and not shown to have cleared; rules changed the result "
        "(2009/10 Q2: a storm needs three)",
    ),
    "cleared, other rules having come before": (
        [WATCH, point(HIGH, rules_changed="other"), WATCH], "cleared", 1, "2009/10 Q3",
        "below increased, its could-be too; at or above it in 2009/10 Q2",
    ),
    "quiet": ([HIGH, WATCH, STEADY, WATCH], "quiet", 3, "2009/10 Q2", "below increased since 2009/10 Q2"),
    "quiet after a gap": ([HIGH, None, WATCH, WATCH], "quiet", 2, "2009/10 Q3", "below increased since 2009/10 Q3, 2009/10 Q2 not filed"),
    "quiet after what could not be told": (
        [INSUFFICIENT, WATCH], "quiet", 1, "2009/10 Q2", "below increased; 2009/10 Q1 could not be told",
    ),
    "below once, and now nobody knows": ([WATCH, INSUFFICIENT], "cannot tell", 1, "2009/10 Q2", "too little evidence to say"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_standing_and_what_it_says(case: str) -> None:
    levels, kind, count, since, says = CASES[case]
    found = of(*levels)
    assert (found.kind, found.quarters, str(found.since), found.says) == (kind, count, since, says)


def test_a_finer_score_shows_what_the_levels_can_not() -> None:
    def scored(*pairs: tuple[int, float, float]) -> Standing:
        return of(*(point(rank, score=(low, high)) for rank, low, high in pairs))

    rising = [(INCREASED, 6.0, 6.0), (INCREASED, 7.0, 7.0), (INCREASED, 9.0, 9.0), (ELEVATED, 11.0, 11.0)]
    assert scored(*rising).kind == "worsening"
    assert scored(*rising).says.endswith("worsening over 4 quarters, by the score")
    assert scored(*rising[:3], (INCREASED, 11.0, 11.0)).kind == "persisting", "the level did not move"
    assert scored(*((rank, low, 12.0) for rank, low, _ in rising)).kind == "persisting", "the could-be end does not agree"
    unscored = [*(point(rank, score=(low, high)) for rank, low, high in rising[:3]), point(ELEVATED)]
    assert of(*unscored).says.endswith("no direction over 4 quarters"), "the levels alone: three are the same"


def test_a_level_that_need_not_have_moved_does_not_ease_nor_worsen() -> None:
    falling = [HIGH, HIGH, HIGH, ELEVATED, ELEVATED, ELEVATED]
    assert of(*falling, INCREASED).kind == "easing"
    assert of(*falling, (INCREASED, ELEVATED)).kind == "persisting"
    assert of(*falling, point(INCREASED, lost=True)).kind == "persisting"
    rising = [WATCH, WATCH, WATCH, INCREASED, INCREASED]
    assert of(*rising, INCREASED, ELEVATED).kind == "worsening"
    assert of(*rising, (INCREASED, ELEVATED), ELEVATED).kind == "persisting"


def test_other_rules_end_the_search_for_a_direction_and_not_the_run() -> None:
    levels: list[int | Point] = [HIGH, HIGH, ELEVATED, ELEVATED, INCREASED]
    assert of(*levels).kind == "easing"
    levels[3] = point(ELEVATED, rules_changed="vacancies count from 20 %")
    found = of(*levels)
    assert (found.kind, found.quarters) == ("persisting", 5)
    assert found.says.endswith("(2009/10 Q4: vacancies count from 20 %); not enough history for a direction")


def test_the_level_has_the_name_it_is_given() -> None:
    found = standing(quarters(WATCH, HIGH), notable=ELEVATED, named="elevated")
    assert found.says == "newly at or above elevated"


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "no quarter"),
        ([Point(FIRST.next, 1, 1), Point(FIRST, 1, 1)], "oldest first"),
        ([Point(FIRST, 1, 1), Point(FIRST, 1, 1)], "oldest first"),
        ([Point(FIRST, 3, 3, score=(9.0, 8.0))], "high end below its low one"),
        ([Point(FIRST, 3, 2)], "could-be of 2009/10 Q1 is below its level"),
    ],
)
def test_what_makes_no_history_is_refused(points: list[Point], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        standing(points, notable=INCREASED)


# -- whatever the history --------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Point]:
    levels: list[Point | None] = []
    for _ in range(draw(st.integers(1, 10))):
        if draw(st.integers(0, 9)) == 0:
            levels.append(None)
            continue
        rank = draw(st.none() | st.integers(STEADY, HIGH))
        could_be = draw(st.sampled_from([rank or 0, HIGH]))
        text = st.sampled_from(["", "", "", "", "", "other"])
        levels.append(point(rank, could_be, lost=draw(st.integers(0, 5)) == 0, apart=draw(text), rules_changed=draw(text)))
    found = quarters(*levels)
    return found or quarters(STEADY)


@given(histories())
def test_what_each_kind_promises(points: list[Point]) -> None:
    found, now = standing(points, notable=INCREASED), points[-1]
    shown_below = now.rank is not None and now.could_be < INCREASED and not now.lost
    shown_above = now.rank is not None and now.rank >= INCREASED
    if found.kind in ("cleared", "quiet"):
        assert shown_below
    if found.kind in ("new", "persisting", "worsening", "easing"):
        assert shown_above
    if found.kind != "no history":
        assert (found.kind == "cannot tell") or shown_above or shown_below
        assert points[-2].quarter == now.quarter.previous
        assert not now.apart
    if found.kind in ("worsening", "easing"):
        row = [p.rank for p in points[-4:]]
        assert len(row) == 4 and None not in row
        assert (now.rank > points[-2].rank) == (found.kind == "worsening")  # type: ignore[operator]
    assert found.since <= now.quarter
    assert 1 <= found.quarters <= len(points)


@given(histories(), st.integers(STEADY, HIGH))
def test_a_return_that_did_not_come_clears_nothing_and_makes_no_direction(points: list[Point], could_be: int) -> None:
    after = Point(points[-1].quarter.next, None, could_be)
    assert standing([*points, after], notable=INCREASED).kind == "cannot tell"
    lost = Point(points[-1].quarter.next, STEADY, max(could_be, STEADY), lost=True)
    assert standing([*points, lost], notable=INCREASED).kind == "cannot tell"


@given(histories())
def test_losing_what_the_newest_quarter_knows_never_clears_nor_eases(points: list[Point]) -> None:
    """The level may fall and the could-be may rise; neither may look like an improvement that was not there."""
    now = points[-1]
    if now.rank is None:
        return
    before = standing(points, notable=INCREASED).kind
    for rank in range(now.rank + 1):
        for could_be in range(now.could_be, HIGH + 1):
            less = replace(now, rank=rank, could_be=could_be, lost=now.lost or rank < now.rank)
            after = standing([*points[:-1], less], notable=INCREASED).kind
            if after in ("cleared", "easing", "quiet"):
                assert after == before


@given(histories())
def test_it_says_one_phrase_without_blame_or_forecast(points: list[Point]) -> None:
    says = standing(points, notable=INCREASED).says
    assert says and "\n" not in says and not says.endswith(".")
    assert not any(word in says for word in ("will", "expect", "predict", "forecast", "fail", "poor", "safe", "improve", "better", "worse "))


@given(histories())
def test_what_was_before_a_break_has_no_say(points: list[Point]) -> None:
    """But for naming the gap."""
    broken = [place for place, p in enumerate(points) if p.apart or (place and points[place - 1].quarter != p.quarter.previous)]
    if broken:
        kept = standing(points[broken[-1] :], notable=INCREASED)
        found = standing(points, notable=INCREASED)
        assert (kept.kind, kept.quarters, kept.since) == (found.kind, found.quarters, found.since)
