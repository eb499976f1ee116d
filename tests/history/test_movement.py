"""Why a result is not the same: by the evidence, by what went missing or came back, by the rules; and never one for another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from history.quarters import FIRST, quarters_of
from hypothesis import given, settings
from hypothesis import strategies as st

import springtide
from springtide.evidence.records import EvidenceSet
from springtide.history.movement import Moved, State, pressure_changes
from springtide.history.stages import stages
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter

PACK = springtide.load_pack("kent-2009")
COUNTY = list(quarters_of(PACK, "movement", quarters=2, teams=9))


def moved(before: EvidenceSet, after: EvidenceSet, quarter: Quarter = FIRST.next) -> dict[str, Moved]:
    """The way of every team, by the strata alone."""
    (was,), (now,) = before.quarters, after.quarters
    under_rules, known, listed = stages(PACK, before.as_of(was), was, after.as_of(now), now)
    then, latest = (_states(one) for one in (before, after))
    return {team: Moved(then[team], under_rules[team], known[team], listed[team], latest[team]) for team in latest if team in then}


def _states(evidence: EvidenceSet) -> dict[str, State]:
    (quarter,) = evidence.quarters
    result = springtide.assess(PACK, evidence, quarter, engine="columnar", last_levels={})
    return {team["team_id"]: State.of_result(team) for team in result.to_dict()["teams"]}


def a_quarter_later(evidence: EvidenceSet) -> EvidenceSet:
    """The same evidence again, as the next quarter's."""
    later = FIRST.next
    return replace(
        evidence,
        responses=tuple(replace(one, quarter=later) for one in evidence.responses),
        rows=tuple(replace(one, quarter=later) for one in evidence.rows),
    )


def test_the_same_evidence_moves_nobody() -> None:
    assert {step for way in moved(COUNTY[0], a_quarter_later(COUNTY[0])).values() for step in way.changed_by} == set()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_only_goes_missing_is_never_movement(data: st.DataObject) -> None:
    """And it lowers no could-be and raises no level (promise 6), so that a level that falls is named as not known."""
    later = a_quarter_later(COUNTY[0])
    lost = _with_losses(later, data)
    for team, way in moved(COUNTY[0], lost).items():
        assert way.then == way.under_rules == way.known == way.listed, team
        assert _rank(way.now.level) <= _rank(way.known.level)
        assert _rank(way.now.could_be) >= _rank(way.known.could_be)
        assert {*pressure_changes(way.known, way.now).values()} <= {"no longer known"} | {"eased"}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_only_comes_back_is_never_movement(data: st.DataObject) -> None:
    lost = _with_losses(COUNTY[0], data)
    for team, way in moved(lost, a_quarter_later(COUNTY[0])).items():
        assert way.then == way.under_rules == way.known == way.listed, team
        assert _rank(way.now.level) >= _rank(way.known.level)
        assert _rank(way.now.could_be) <= _rank(way.known.could_be)


def _with_losses(evidence: EvidenceSet, data: st.DataObject) -> EvidenceSet:
    """Some responses and some figures gone."""
    responses = data.draw(st.lists(st.sampled_from(evidence.responses), max_size=3, unique_by=id), label="responses")
    rows = data.draw(st.lists(st.integers(0, len(evidence.rows) - 1), max_size=4, unique=True), label="rows")
    kept = []
    for place, row in enumerate(evidence.rows):
        if place in rows:
            gone = data.draw(st.sets(st.sampled_from(sorted(row.figures))), label="figures")
            row = replace(row, figures={name: value for name, value in row.figures.items() if name not in gone})
        kept.append(row)
    return replace(evidence, responses=tuple(one for one in evidence.responses if one not in responses), rows=tuple(kept))


def _rank(level: str) -> int:
    return PACK.levels.rank(level)


def test_a_known_figure_that_changes_is_movement() -> None:
    before = _with(COUNTY[0], "T001", complex_cases_in_crisis=0, referrals=30, vacant_posts=0)
    after = a_quarter_later(_with(COUNTY[0], "T001", complex_cases_in_crisis=9))
    way = moved(before, after)["T001"]
    assert "evidence" in way.changed_by
    assert pressure_changes(way.under_rules, way.known)["crisis"] == "came"


def test_a_change_and_a_loss_at_once_are_told_apart() -> None:
    """The crisis eased, and the vacancies went missing: two steps, two causes."""
    before = _with(COUNTY[0], "T001", complex_cases_in_crisis=9, vacant_posts=5, established_posts=10, fte_unavailable=0)
    after = _without(a_quarter_later(_with(before, "T001", complex_cases_in_crisis=0)), "T001", "vacant_posts", "established_posts", "in_post_fte")
    way = moved(before, after)["T001"]
    assert pressure_changes(way.under_rules, way.known) == {"crisis": "went"}
    assert pressure_changes(way.known, way.now)["staffing_gap"] == "no longer known"


def _with(evidence: EvidenceSet, team: str, **figures: float) -> EvidenceSet:
    rows = [replace(row, figures=row.figures | figures) if (row.team, row.table) == (team, "workforce") else row for row in evidence.rows]
    assert any((row.team, row.table) == (team, "workforce") for row in rows)
    return replace(evidence, rows=tuple(rows))


def _without(evidence: EvidenceSet, team: str, *figures: str) -> EvidenceSet:
    rows = [replace(row, figures={name: value for name, value in row.figures.items() if row.team != team or name not in figures}) for row in evidence.rows]
    return replace(evidence, rows=tuple(rows))


def test_other_rules_are_a_step_of_their_own() -> None:
    lower = _harder(PACK)
    later = a_quarter_later(COUNTY[0])
    under_rules, known, listed = stages(lower, COUNTY[0].as_of(FIRST), FIRST, later, FIRST.next)
    assert under_rules == known == listed, "the evidence is the same, so only the rules can change anything"
    assert under_rules != _states(COUNTY[0])


def _harder(pack: RulePack) -> RulePack:
    """The same rules with every threshold of a caseload and a vacancy rate near nothing."""
    names = ("vacancy_rate_present", "vacant_posts_present", "caseload_present")
    halved = {name: replace(pack.thresholds[name], values=tuple(replace(v, value=v.value / 10) for v in pack.thresholds[name].values)) for name in names}
    return replace(pack, thresholds=pack.thresholds | halved)


@pytest.mark.parametrize(("was", "now", "became"), [
    ("none", "present", "came"), ("none", "severe", "came"), ("present", "severe", "worsened"), ("severe", "present", "eased"),
    ("severe", "none", "went"), ("present", "cannot tell", "no longer known"), ("cannot tell", "none", "now known"),
])  # fmt: skip
def test_every_change_of_a_pressure_has_its_word(was: str, now: str, became: str) -> None:
    one, other = (State("watch", "watch", 0, 0, {"load": state}, "cannot tell", ()) for state in (was, now))
    assert pressure_changes(one, other) == {"load": became}
    assert pressure_changes(one, one) == {}


def test_a_silent_team_that_is_new_is_no_movement_of_the_others() -> None:
    """It adds to the teams of which most must be affected: that a county pressure can't be told is owed to the list."""
    before = COUNTY[0]
    new = [replace(team, id=f"N{number}", name=f"New {number}", transfers_to="") for number, team in enumerate(before.teams)]
    after = replace(a_quarter_later(before), teams=(*before.teams, *new))
    ways = moved(before, after)
    assert {step for way in ways.values() for step in way.changed_by} == {"team list"}
    assert all(_rank(way.listed.could_be) >= _rank(way.known.could_be) for way in ways.values())


def test_teams_that_leave_are_no_movement_of_the_others() -> None:
    before = COUNTY[0]
    gone = {team.id for team in before.teams[:4]}
    later = a_quarter_later(before)
    after = replace(later, teams=tuple(replace(team, transfers_to="") for team in later.teams if team.id not in gone))
    after = replace(after, rows=tuple(r for r in after.rows if r.team not in gone), responses=tuple(r for r in after.responses if r.team not in gone))
    assert {step for way in moved(before, after).values() for step in way.changed_by} <= {"team list"}
