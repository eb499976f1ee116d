"""Levels followed through quarters: raised by what is proved, lowered only by what is shown, and told of once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springtide.logic.alerts import rules as r
from springtide.logic.alerts.following import QUIET, Seen, SeenCounty, SeenTeam, States, TeamState, follow
from springtide.logic.alerts.judging import Raised, Story, Subject, raised
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.logic.truth import Truth

HIGHEST, NOTABLE, FLAGGED = 4, 2, 3
FIRST = Quarter(2008, 4)
LEVEL_RULES = ("alert_increased", "alert_elevated", "alert_high")
MISSING = SeenTeam("", "North", "county", 0, HIGHEST, HIGHEST, 0, own={"load": None})
TRUTHS = st.sampled_from(Truth)
RANKS = st.integers(0, HIGHEST)


def team(rank: int, could_be: int | None = None, near: int | None = None, firm: int | None = None, **more: object) -> SeenTeam:
    top = rank if could_be is None else could_be
    held = SeenTeam("", "North", "county", rank, top, top if near is None else near, rank if firm is None else firm, own={"load": 1})
    return replace(held, **more)  # type: ignore[arg-type]


def quarters(*seen: SeenTeam | None, county: Sequence[SeenCounty] = ()) -> list[Seen]:
    """One team's quarters in a row, None for one that was not filed."""
    found, quarter = [], FIRST
    for place, one in enumerate(seen):
        if one is not None:
            found.append(Seen(quarter, {"T1": one}, {("county", "load"): county[place]} if county else {}))
        quarter = quarter.next
    return found


def states(*seen: SeenTeam | None) -> list[TeamState]:
    return [one.teams["T1"] for one in follow(quarters(*seen), notable=NOTABLE)]


@st.composite
def seen_teams(draw: st.DrawFn) -> SeenTeam:
    """Anything that a quarter may show of a team."""
    firm, rank, could_be, near = sorted(draw(st.tuples(RANKS, RANKS, RANKS, RANKS)))
    return SeenTeam(
        "Team", draw(st.sampled_from(["North", "South"])), "county", rank, could_be, near, firm, draw(st.integers(-1, 1)), draw(st.integers(0, 9)) == 0,
        {"load": draw(st.none() | st.integers(0, 2)), "crisis": draw(st.none() | st.integers(0, 2))},
        {"same_day": {"R8": draw(TRUTHS)}, "compliance": {"N1": draw(TRUTHS)}},
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Seen]:
    """Quarters of some teams and of a county pressure; some were not filed, and teams come and go."""
    found, quarter = [], FIRST
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.integers(0, 5)):
            county = {("county", "load"): SeenCounty(on := draw(TRUTHS), max(on, draw(TRUTHS)))}
            found.append(Seen(quarter, draw(st.dictionaries(st.sampled_from(["T1", "T2", "T3"]), seen_teams(), max_size=3)), county))
        quarter = quarter.next
    return found


def stories(held: Sequence[States], pack: RulePack) -> Story:
    return Story(held, pack.levels.ranks, pack.values(FIRST))


def told(seen: Sequence[Seen], pack: RulePack) -> list[list[Raised]]:
    story = stories(follow(seen, notable=pack.levels.notable), pack)
    return [raised(pack.alerts, story, place) for place in range(len(seen))]


# ---- what becomes of a level -----------------------------------------------------------------


def test_it_comes_stays_rises_falls_and_goes() -> None:
    found = states(team(1), team(3), team(3), team(4), team(3), team(1), team(2))
    assert [one.state for one in found] == ["quiet", "new", "persisting", "raised", "lowered", "cleared", "new"]
    assert [one.rank for one in found] == [0, 3, 3, 4, 3, 0, 2]
    assert [one.was for one in found] == [0, 0, 3, 3, 4, 3, 0]
    assert [one.quarters for one in found] == [0, 1, 2, 3, 4, 0, 1]
    assert found[4].since == FIRST.next and found[5].since is None and found[6].since == FIRST.next.next.next.next.next.next


@pytest.mark.parametrize(("held", "by"), [(team(2, 2, 3), "band"), (team(2, 3), "missing"), (MISSING, "missing"), (team(2, 3, 4), "missing")])
def test_what_keeps_a_level_up_is_said(held: SeenTeam, by: str) -> None:
    after = states(team(3), held)[-1]
    assert (after.rank, after.held_by, after.state) == (3, by, "persisting" if by == "band" else "cannot tell")
    assert after.since == FIRST


def test_what_could_be_is_no_reason_to_begin() -> None:
    assert states(team(1, HIGHEST), MISSING, team(1, 1, HIGHEST)) == [QUIET] * 3


def test_other_rules_lower_and_clear_nothing() -> None:
    gone, left = states(team(3), team(1, by_rules=-1))[-1], states(team(4), team(3, by_rules=-1))[-1]
    assert (gone.state, gone.because, gone.rank) == ("lowered", "rules", 0)
    assert (left.state, left.because, left.rank) == ("lowered", "rules", 3)
    assert states(team(1), team(3, by_rules=1))[-1].because == "rules" and states(team(1), team(3, by_rules=-1))[-1].because == ""


def test_a_team_whose_past_is_not_its_own_begins_anew() -> None:
    assert states(team(4), team(4, apart=True))[-1].state == "new"
    assert states(team(4), team(1, apart=True))[-1] == QUIET


def test_a_county_pressure_is_off_only_when_that_is_shown() -> None:
    on, almost, off, untold = (SeenCounty(*held) for held in (
        (Truth.MET, Truth.MET), (Truth.NOT_MET, Truth.MET), (Truth.NOT_MET, Truth.NOT_MET), (Truth.CANNOT_TELL, Truth.CANNOT_TELL)))  # fmt: skip
    county = [untold, on, almost, untold, on, SeenCounty(Truth.NOT_MET, Truth.CANNOT_TELL), off, almost, on]
    found = follow(quarters(*[team(0)] * len(county), county=county), notable=NOTABLE)
    assert [one.county["county", "load"] for one in found] == [
        "quiet", "new", "persisting", "cannot tell", "persisting", "cannot tell", "cleared", "quiet", "new"]  # fmt: skip


# ---- for any quarters ------------------------------------------------------------------------


@settings(max_examples=80)
@given(histories())
def test_a_level_is_lowered_only_by_what_is_shown(seen: list[Seen]) -> None:
    before: dict[str, TeamState] = {}
    for one in follow(seen, notable=NOTABLE):
        for name, state in one.teams.items():
            now, was = one.seen.teams[name], before.get(name, QUIET).rank
            assert state.rank == 0 or state.rank >= NOTABLE
            assert state.rank >= now.rank or now.rank < NOTABLE, "what is proved is followed"
            if not now.apart:
                assert state.rank >= min(was, max(now.near, now.could_be)) or max(now.near, now.could_be) < NOTABLE
                assert state.rank <= max(was, now.rank, now.could_be, now.near)
            if state.state in ("lowered", "cleared"):
                assert max(now.could_be, now.near) < was and not now.apart
            if state.state in ("new", "raised"):
                assert state.rank == now.rank > (0 if now.apart else was)
            assert (state.rank > 0) == (state.since is not None) == (state.quarters > 0)
        before = dict(one.teams)


@settings(max_examples=50)
@given(histories(), st.data())
def test_what_is_missing_neither_clears_nor_raises(seen: list[Seen], data: st.DataObject) -> None:
    if not (there := [(place, name) for place, one in enumerate(seen) for name in one.teams]):
        return
    place, name = data.draw(st.sampled_from(there))
    lost = replace(MISSING, apart=seen[place].teams[name].apart, district=seen[place].teams[name].district)
    without = [replace(one, teams={**one.teams, name: lost}) if at == place else one for at, one in enumerate(seen)]
    state = follow(without, notable=NOTABLE)[place].teams[name]
    assert state.state in ("quiet", "cannot tell")
    earlier = follow(seen[:place], notable=NOTABLE)
    assert state.rank == (0 if lost.apart or not earlier else earlier[-1].teams.get(name, QUIET).rank)


@settings(max_examples=80)
@given(histories(), st.data())
def test_worse_never_looks_better(seen: list[Seen], data: st.DataObject) -> None:
    """A team that is worse in one quarter is followed at least as high in it, and in every later one; no other team is touched."""
    if not (there := [(place, name) for place, one in enumerate(seen) for name in one.teams]):
        return
    place, name = data.draw(st.sampled_from(there))
    was = seen[place].teams[name]
    firm, rank, could_be, near = (data.draw(st.integers(held, HIGHEST)) for held in (was.firm, was.rank, was.could_be, was.near))
    rank, could_be = max(rank, firm), max(could_be, rank, firm)
    worse = replace(was, firm=firm, rank=rank, could_be=could_be, near=max(near, could_be))
    other = [replace(one, teams={**one.teams, name: worse}) if at == place else one for at, one in enumerate(seen)]
    for before, after in zip(follow(seen, notable=NOTABLE), follow(other, notable=NOTABLE), strict=True):
        for each, state in before.teams.items():
            assert after.teams[each].rank >= state.rank
            assert each == name or after.teams[each] == state


@settings(max_examples=80)
@given(histories(), st.data())
def test_a_level_that_would_be_told_is_told_as_high_or_higher_when_it_is_worse(kent: RulePack, seen: list[Seen], data: st.DataObject) -> None:
    """Whoever would have heard of a level hears of it, or of a higher one, in that quarter; or had heard of it already."""
    if not (there := [(place, name) for place, one in enumerate(seen) for name in one.teams]):
        return
    place, name = data.draw(st.sampled_from(there))
    was = seen[place].teams[name]
    rank = data.draw(st.integers(was.rank, HIGHEST))
    worse = replace(was, rank=rank, could_be=max(was.could_be, rank), near=max(was.near, rank), firm=data.draw(st.integers(was.firm, rank)))
    other = [replace(one, teams={**one.teams, name: worse}) if at == place else one for at, one in enumerate(seen)]
    assert _levels(told(seen, kent)[place], kent).get(name, 0) <= _levels(told(other, kent)[place], kent).get(name, 0)


def _levels(alerts: Sequence[Raised], pack: RulePack) -> dict[str, int]:
    """The highest level that each team's alerts tell of; what can't wait is told to everybody, whatever the level."""
    found: dict[str, int] = {}
    for one in alerts:
        if one.rule.id in (*LEVEL_RULES, "alert_same_day"):
            rank = HIGHEST if one.rule.id == "alert_same_day" else pack.levels.ranks[one.rule.id.removeprefix("alert_")]
            found[one.subject.team] = max(rank, found.get(one.subject.team, 0))
    return found


@pytest.mark.parametrize("rank", [2, 3, 4])
def test_jitter_within_the_band_is_told_of_once_whatever_its_pattern(rank: int, kent: RulePack) -> None:
    """Above the threshold, just below it, or missing, in eight quarters: each of the patterns."""
    shapes = {"above": team(rank, firm=rank - 1), "below": team(rank - 1, near=rank), "missing": MISSING}
    patterns = [*product(("above", "below"), repeat=8), *product(shapes, repeat=4)]
    # Each pattern is a team of one county, so that all of them are judged at once.
    seen, quarter = [], FIRST
    for place in range(8):
        seen.append(Seen(quarter, {f"T{n}": shapes[pattern[place]] for n, pattern in enumerate(patterns) if place < len(pattern)}))
        quarter = quarter.next
    rules = {name: kent.alerts[name] for name in (*LEVEL_RULES, "alert_lowered", "alert_twice_running")}
    story = stories(follow(seen, notable=NOTABLE), kent)
    alerts = [(one.subject.team, one.rule.id) for place in range(8) for one in raised(rules, story, place)]
    # Who hovers about High is firmly at Elevated, and two quarters of that are told of.
    others = {"alert_lowered", "alert_twice_running"} if rank == FLAGGED else {"alert_lowered"}
    for n, pattern in enumerate(patterns):
        mine = [rule for name, rule in alerts if name == f"T{n}"]
        assert len([one for one in mine if one in LEVEL_RULES and kent.levels.ranks[one.removeprefix("alert_")] == rank]) == ("above" in pattern), pattern
        assert not others & {*mine}, pattern


@settings(max_examples=30)
@given(histories())
def test_what_was_told_of_a_quarter_depends_on_none_that_comes_later(kent: RulePack, seen: list[Seen]) -> None:
    whole, alerts = follow(seen, notable=NOTABLE), told(seen, kent)
    for length in range(len(seen) + 1):
        assert follow(seen[:length], notable=NOTABLE) == whole[:length]
        assert told(seen[:length], kent) == alerts[:length]


@settings(max_examples=30)
@given(histories())
def test_what_is_seen_is_the_same_when_it_was_filed_and_read(seen: list[Seen]) -> None:
    for one in seen:
        again = Seen.from_data(json.loads(json.dumps(one.as_data())), one.quarter)
        assert again == one and again.as_data() == one.as_data()
        assert all(isinstance(truth, Truth) for held in again.teams.values() for rules in held.immediate.values() for truth in rules.values())


# ---- judging ---------------------------------------------------------------------------------


def _rule(when: r.Condition, about: r.About = "team", **more: object) -> dict[str, r.AlertRule]:
    return {"one": r.AlertRule("one", "One", (22,), "", about, when, ("district_manager",), "", **more)}  # type: ignore[arg-type]


def _fires(rule: dict[str, r.AlertRule], seen: Sequence[Seen], thresholds: dict[str, float] | None = None) -> list[bool]:
    story = Story(follow(seen, notable=NOTABLE), {f"level {rank}": rank for rank in range(HIGHEST + 1)}, thresholds or {})
    return [bool(raised(rule, story, place)) for place in range(len(seen))]


def test_it_holds_again_only_after_it_was_shown_not_to() -> None:
    same_day = [{"same_day": {"R8": truth}} for truth in (Truth.MET, Truth.CANNOT_TELL, Truth.MET, Truth.NOT_MET, Truth.MET)]
    seen = quarters(*(team(0, immediate=held) for held in same_day))
    assert _fires(_rule(r.Immediate("same_day"), "team rule"), seen) == [True, False, False, False, True]
    assert _fires(_rule(r.Immediate("same_day"), "team rule", each_quarter=True), seen) == [True, False, True, False, True]


def test_last_quarter_is_the_one_before_and_no_earlier_one() -> None:
    rule = _rule(r.Every((r.LevelIs("level 3", True), r.LastQuarter(r.LevelIs("level 3", True)))), each_quarter=True)
    assert _fires(rule, quarters(team(3), None, team(3), team(3))) == [False, False, True]


def test_so_many_teams_of_a_district() -> None:
    rule = _rule(r.TeamsAtLeast("several", r.LevelIs("level 3", True)), "district")
    seen = [Seen(FIRST, {"T1": team(3), "T2": team(4), "T3": replace(team(3), district="South")})]
    assert _fires(rule, seen, {"several": 2}) == [True] and _fires(rule, seen, {"several": 3}) == [False]


def test_a_pressure_moves_only_where_both_districts_can_be_told() -> None:
    rule = _rule(r.Every((r.SomeDistrict("left", "half"), r.SomeDistrict("reached", "half"))), "team pressure")

    def county(north: int | None, south: int | None) -> dict[str, SeenTeam]:
        return {"N": team(0, own={"load": north}), "S": replace(team(0, own={"load": south}), district="South")}

    for then, now, expected in (((1, 0), (0, 1), True), ((1, 0), (None, 1), False), ((1, None), (0, 1), False), ((1, 0), (1, 1), False)):
        seen = [Seen(FIRST, county(*then)), Seen(FIRST.next, county(*now))]
        assert _fires(rule, seen, {"half": 0.5}) == [False, expected], (then, now)


def test_only_the_county_is_said_only_where_nothing_of_its_own_got_worse(kent: RulePack) -> None:
    off, on = SeenCounty(Truth.NOT_MET, Truth.NOT_MET), SeenCounty(Truth.MET, Truth.MET)

    def alerts(*seen: SeenTeam) -> set[str]:
        return {one.rule.id for one in told(quarters(*seen, county=[off, on]), kent)[-1]}

    calm = team(1, own={"load": 1, "crisis": None})
    assert alerts(calm, team(4, own={"load": 1, "crisis": None})) == {"alert_county_on"}
    assert alerts(calm, team(4, own={"load": 2, "crisis": None})) == {"alert_county_on", "alert_high"}
    assert alerts(calm, team(4, own={"load": None, "crisis": None})) == {"alert_county_on", "alert_high"}, "lost since: not shown to be no worse"
    assert alerts(calm, team(4, own={"load": 1, "crisis": 0})) == {"alert_county_on", "alert_high"}, "not known then"
    assert alerts(calm, team(4, own=calm.own, apart=True)) == {"alert_county_on", "alert_high"}
    same_day = {"same_day": {"R8": Truth.MET}, "compliance": {}}
    assert alerts(calm, team(4, own=calm.own, immediate=same_day, otherwise=1)) == {"alert_county_on", "alert_same_day"}


def test_a_subject_is_the_same_whatever_its_district() -> None:
    assert Subject("T1", "North", "county").key == Subject("T1", "South", "county").key
    assert Subject(district="North", area="A").key != Subject(district="North", area="B").key


def _walk_all(pack: RulePack) -> Iterator[r.Condition]:
    for rule in pack.alerts.values():
        yield from r.walk(rule.when)


def test_conditions_that_differ_are_written_differently(kent: RulePack) -> None:
    conditions = {*_walk_all(kent)}
    assert len({r.in_words(one) for one in conditions}) == len(conditions)
