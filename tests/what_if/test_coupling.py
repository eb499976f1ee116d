"""What follows from a change, what is refused, and what is said of what can't follow."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.logic.levers import pulled, room
from springtide.logic.model import RulePack
from springtide.what_if.changes import Amount, Change, Target, parse_amount, parse_change
from springtide.what_if.coupling import TeamChange, change_team
from springtide.what_if.problems import WhatIfError, WhoIsAsked

TEAM = {
    "established_posts": 10.0, "vacant_posts": 3.0, "in_post_fte": 7.0, "newly_qualified_fte": 1.0, "experienced_permanent_fte": 6.0, "agency_fte": 2.0,
    "leavers_12_months_fte": 1.0, "experienced_leavers_12_months_fte": 0.5, "case_holders_fte": 9.0, "cases_registered": 160.0, "supervision_sessions_due": 30.0,
    "supervision_sessions_held": 27.0,
}  # fmt: skip


def after(pack: RulePack, *changes: str, with_whom: str = "", figures: dict[str, float] | None = None, strict: bool = True) -> TeamChange:
    return change_team(pack, "T1", TEAM if figures is None else figures, [parse_change(one, pack, with_whom=with_whom) for one in changes], strict=strict)


def test_who_fills_a_post_makes_the_difference(kent: RulePack) -> None:
    """The arithmetic of who comes: the post, the staff in post, who holds cases, and whether agency cover goes."""
    expected = {
        "experienced": {"vacant_posts": 1, "in_post_fte": 9, "experienced_permanent_fte": 8, "case_holders_fte": 11},
        "newly_qualified": {"vacant_posts": 1, "in_post_fte": 9, "newly_qualified_fte": 3, "case_holders_fte": 10.8},
        "agency": {"agency_fte": 4, "case_holders_fte": 11},
        "experienced_for_agency": {"vacant_posts": 1, "in_post_fte": 9, "experienced_permanent_fte": 8, "agency_fte": 0},
    }
    for who, figures in expected.items():
        assert after(kent, "vacant_posts=-2", with_whom=who).figures == pytest.approx(figures)


def test_filling_is_asked_and_leaving_has_a_usual_answer(kent: RulePack) -> None:
    with pytest.raises(WhoIsAsked, match="say --with") as asked:
        after(kent, "vacant_posts=-1")
    assert asked.value.choices == ("experienced", "newly_qualified", "agency", "experienced_for_agency")
    assert after(kent, "vacant_posts=+2").figures == {
        "vacant_posts": 5, "in_post_fte": 5, "experienced_permanent_fte": 4, "case_holders_fte": 7, "leavers_12_months_fte": 3, "experienced_leavers_12_months_fte": 2.5,
    }  # fmt: skip
    with pytest.raises(WhoIsAsked, match="'agency' is no way to raise vacant_posts"):
        after(kent, "vacant_posts=+1", with_whom="agency")


def test_a_half_of_what_there_is(kent: RulePack) -> None:
    assert after(kent, "vacant_posts=-50%", with_whom="experienced").figures["vacant_posts"] == 1.5
    assert after(kent, "cases_registered=-1%").figures["cases_registered"] == 158  # 158.4, and cases are whole


def test_exactly_so_many_works_out_the_way_by_itself(kent: RulePack) -> None:
    assert after(kent, "vacant_posts=5").pulls[0][0].id == "experienced_leaves"
    assert after(kent, "vacant_posts=1", with_whom="newly_qualified").pulls[0] == (kent.levers["newly_qualified_joins"], 2.0)
    assert after(kent, "vacant_posts=3").derived == ()


def test_several_changes_happen_at_once(kent: RulePack) -> None:
    figures = after(kent, "vacant_posts=+1", "agency_fte=+1").figures
    assert "case_holders_fte" not in figures  # one who held cases leaves, and one comes
    assert figures["agency_fte"] == 3 and figures["vacant_posts"] == 4


def test_posts_that_are_filled_already_can_t_be_filled_again(kent: RulePack) -> None:
    """Three posts are vacant. What is asked twice, or by another of its figures, fills no more of them than there are."""
    for changes in (("vacant_posts=-3", "vacant_posts=-3"), ("vacant_posts=-2", "in_post_fte=+2")):
        with pytest.raises(WhatIfError, match="there is room for"):
            after(kent, *changes, with_whom="experienced")
        found = after(kent, *changes, with_whom="experienced", strict=False)
        assert (found.figures["vacant_posts"], found.figures["in_post_fte"]) == (0, 10)
        assert any("there is room for" in note for note in found.notes)


@pytest.mark.parametrize("changes", [("vacant_posts=5", "established_posts=+1"), ("established_posts=+1", "vacant_posts=5")])
def test_exactly_so_many_is_so_many_with_all_that_is_asked(kent: RulePack, changes: tuple[str, ...]) -> None:
    figures = after(kent, *changes).figures
    assert (figures["vacant_posts"], figures["established_posts"], figures["in_post_fte"]) == (5, 11, 6)


def test_two_exact_numbers_that_pull_each_other_away_are_refused(kent: RulePack) -> None:
    with pytest.raises(WhatIfError, match="vacant_posts comes to 1 and not to 2; leave one of them out"):
        after(kent, "vacant_posts=2", "agency_fte=0", with_whom="experienced_for_agency")


def test_what_is_assumed_takes_the_place_of_what_would_follow(kent: RulePack) -> None:
    changes = [parse_change("vacant_posts=+2", kent), parse_change("case_holders_fte=+0", kent, assumed=True)]
    found = change_team(kent, "T1", TEAM, changes, strict=True)
    assert "case_holders_fte" not in found.figures
    assert found.figures["in_post_fte"] == 5
    changed = change_team(kent, "T1", TEAM, [changes[0], parse_change("case_holders_fte=8.5", kent, assumed=True)], strict=True)
    assert next(one.how for one in changed.derived if one.name == "case_holders_fte") == "assumed"
    assert changed.figures["case_holders_fte"] == 8.5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("vacant_posts=-4", "can't come to -1"),
        ("vacant_posts=11", "room for 6 posts of the 8 asked for"),
        ("supervision_sessions_held=+4", "room for 3 sessions of the 4 asked for"),
        ("highest_caseload=+1", "was not supplied"),
        ("caseload=+1", "was not supplied"),
        ("caseload=20", "is worked out there"),
        ("agency_fte=-3", "can't come to -1"),
    ],
)
def test_of_one_team_what_can_t_be_is_refused(kent: RulePack, change: str, says: str) -> None:
    with pytest.raises(WhatIfError, match=says):
        after(kent, change, with_whom="experienced" if change == "vacant_posts=-4" else "")


def test_of_many_teams_it_is_done_as_far_as_can_be_and_said(kent: RulePack) -> None:
    found = after(kent, "vacant_posts=-4", with_whom="experienced", strict=False)
    assert found.figures["vacant_posts"] == 0 and "taken as 0" in found.notes[0]
    assert after(kent, "highest_caseload=+1", strict=False).derived == ()


def test_what_is_not_known_does_not_follow_and_is_said(kent: RulePack) -> None:
    figures = {name: value for name, value in TEAM.items() if name != "case_holders_fte"} | {"caseload": 17.0}
    found = after(kent, "vacant_posts=+1", figures=figures)
    assert "case_holders_fte" not in found.figures
    assert any("nothing follows for it: case_holders_fte" in note for note in found.notes)
    assert any("caseload was supplied as it is" in note for note in found.notes)


def test_a_rate_supplied_as_it_is_can_be_set(kent: RulePack) -> None:
    found = after(kent, "vacancy_rate=30%", figures={"vacancy_rate": 0.1})
    assert found.figures == {"vacancy_rate": 0.3}


def test_every_formula_comes_to_its_figure(kent: RulePack) -> None:
    """What is shown as the way to a figure is that figure, worked out by hand."""
    for who in ("experienced", "newly_qualified", "agency", "experienced_for_agency"):
        for one in after(kent, "vacant_posts=-1.5", with_whom=who).derived:
            shown = one.formula.partition(", held")[0].replace("×", "*")
            assert one.formula and (", held" in one.formula or math.isclose(eval(shown), one.after))


@given(
    start=st.fixed_dictionaries({name: st.floats(0, 30).map(lambda x: round(x * 2) / 2) for name in ("vacant_posts", "in_post_fte", "newly_qualified_fte", "agency_fte", "case_holders_fte")}),
    number=st.floats(0, 40),
    place=st.integers(0, 29),
)
def test_nothing_falls_below_none_and_no_part_passes_its_whole(kent: RulePack, start: dict[str, float], number: float, place: int) -> None:
    figures = start | {"established_posts": start["vacant_posts"] + start["in_post_fte"], "newly_qualified_fte": min(start["newly_qualified_fte"], start["in_post_fte"])}
    lever = list(kent.levers.values())[place % len(kent.levers)]
    found = pulled(figures, [(lever, min(number, room(lever, figures, kent.figures)))], kent.figures)
    assert all(value >= 0 for value in found.values())
    assert found["newly_qualified_fte"] <= found["in_post_fte"] + 1e-9
    assert found["vacant_posts"] <= found["established_posts"] + 1e-9


@pytest.mark.parametrize(
    ("text", "amount"),
    [("+2", Amount("by", 2)), ("-1.5", Amount("by", -1.5)), ("3", Amount("to", 3)), ("-50%", Amount("share", -0.5)), ("+ 20 %", Amount("share", 0.2)), ("−2", Amount("by", -2))],
)
def test_amounts(text: str, amount: Amount) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize("text", ["", "two", "50%", "-150%", "1e9", "+-2", "99999999999", "nan", "0x3"])
def test_no_amounts(text: str) -> None:
    with pytest.raises(WhatIfError):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("vacant_posts", "changes nothing"), ("vacantposts=+1", "did you mean 'vacant_posts'"), ("responses=+1", "counted from the responses"), ("referral_rise=+1", "is worked out"),
        ("q44=often", "is no answer to q44"), ("q14=usually", "does not say which answer"),
    ],
)  # fmt: skip
def test_what_is_no_change_is_said(kent: RulePack, text: str, says: str) -> None:
    if text.startswith("q14") and kent.questions["q14"].favourable_when != "unknown":
        pytest.skip("q14 is keyed in this pack")
    with pytest.raises(WhatIfError, match=says):
        parse_change(text, kent)


def test_changes_say_themselves(kent: RulePack) -> None:
    assert str(Change("vacant_posts", Amount("by", -2.0), Target(team="T1"), "newly_qualified")) == "team T1: vacant_posts -2, newly qualified"
    assert str(parse_change("vacant_posts=3", kent)) == "every team: vacant_posts =3"
