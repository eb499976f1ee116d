"""Who comes, moves and leaves over several steps: nobody does who is not there."""

from __future__ import annotations

import pytest

from springtide.evidence.records import EvidenceSet
from springtide.logic.model import RulePack
from springtide.what_if.changes import Change, Move, Scenario, Step, Target, parse_change
from springtide.what_if.planning import Planned, plan
from springtide.what_if.problems import WhatIfError

from .counties import QUARTER, county


@pytest.fixture
def evidence(kent: RulePack) -> EvidenceSet:
    """Two teams of ten posts with three vacant, and one newly qualified among the seven in post."""
    made = county(kent, "plan", 2, missing=0)
    told = {"established_posts": 10.0, "vacant_posts": 3.0, "in_post_fte": 7.0, "newly_qualified_fte": 1.0, "experienced_permanent_fte": 6.0, "case_holders_fte": 7.0, "agency_fte": 0.0}
    for row in made.rows:
        if row.table == "workforce":
            row.figures.update(told)
    return made


def step(kent: RulePack, quarters_on: int, *changes: str | Move) -> Step:
    when = QUARTER
    for _ in range(quarters_on):
        when = when.next
    return Step(tuple(_newly_qualified(kent, one) if isinstance(one, str) else one for one in changes), when)


def _newly_qualified(kent: RulePack, text: str) -> Change:
    return parse_change(text, kent, Target(team="planT0"), "newly_qualified")


def last(kent: RulePack, planned: tuple[Planned, ...], team: str) -> dict[str, float]:
    return planned[-1].evidence.of(kent, team, QUARTER).figures


def test_more_than_there_are_can_t_move(kent: RulePack, evidence: EvidenceSet) -> None:
    away = Scenario((Step((Move(50, "experienced", Target(team="planT0"), Target(team="planT1")),)),))
    with pytest.raises(WhatIfError, match="there is room for 6 posts of the 50 asked for"):
        plan(kent, evidence, QUARTER, away)


def test_who_moves_is_as_many_in_one_team_as_fewer_in_the_other(kent: RulePack, evidence: EvidenceSet) -> None:
    planned = plan(kent, evidence, QUARTER, Scenario((Step((Move(2, "experienced", Target(team="planT0"), Target(team="planT1")),)),)))
    assert (last(kent, planned, "planT0")["in_post_fte"], last(kent, planned, "planT1")["in_post_fte"]) == (5, 9)


def test_who_has_left_again_ends_no_first_year(kent: RulePack, evidence: EvidenceSet) -> None:
    planned = plan(kent, evidence, QUARTER, Scenario((step(kent, 1, "vacant_posts=-3"), step(kent, 2, "vacant_posts=+3"))))
    assert len(planned) == 2
    figures = last(kent, planned, "planT0")
    assert (figures["newly_qualified_fte"], figures["experienced_permanent_fte"], figures["in_post_fte"]) == pytest.approx((1, 6, 7))


def test_who_stays_ends_a_first_year(kent: RulePack, evidence: EvidenceSet) -> None:
    planned = plan(kent, evidence, QUARTER, Scenario((step(kent, 1, "vacant_posts=-3"), step(kent, 2, "vacant_posts=+1"))))
    figures = last(kent, planned, "planT0")
    assert planned[-1].step.quarter == step(kent, 5).quarter
    assert (figures["newly_qualified_fte"], figures["experienced_permanent_fte"], figures["in_post_fte"]) == pytest.approx((1, 8, 9))


def test_a_first_year_ends_where_they_moved_to(kent: RulePack, evidence: EvidenceSet) -> None:
    """And no longer in the team that they came to first."""
    away = Move(2, "newly_qualified", Target(team="planT0"), Target(team="planT1"))
    planned = plan(kent, evidence, QUARTER, Scenario((step(kent, 1, "vacant_posts=-2"), step(kent, 2, away))))
    assert last(kent, planned, "planT0")["experienced_permanent_fte"] == 6
    assert last(kent, planned, "planT1")["experienced_permanent_fte"] == 8


def test_no_more_first_years_end_than_there_are_newly_qualified(kent: RulePack, evidence: EvidenceSet) -> None:
    gone = parse_change("newly_qualified_fte=0", kent, Target(team="planT0"), assumed=True)
    planned = plan(kent, evidence, QUARTER, Scenario((step(kent, 1, "vacant_posts=-2"), Step((gone,), QUARTER.next.next))))
    assert last(kent, planned, "planT0")["experienced_permanent_fte"] == 6
    assert any("there is room for 0 workers of the 2 asked for" in note for one in planned[-1].teams for note in one.notes)
