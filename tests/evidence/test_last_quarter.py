"""Last quarter: what is read of it, by whom, and what is said where it is not there."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from springtide import EvidenceSet, RulePack, assess, assessment, load_pack, parse_quarter
from springtide.assessment import QuarterChoiceError, TeamAssessment, levels_of
from springtide.evidence.places import Where
from springtide.evidence.records import Row
from springtide.logic import conditions as c
from springtide.logic.facts import Team
from springtide.logic.missing import missing_of_notices
from springtide.reports import explanation
from springtide.rulepack.condition_parser import READABLE

KENT = load_pack("kent-2009")
Q2, Q3, Q4 = (parse_quarter(f"2008/09 Q{number}") for number in (2, 3, 4))
T, U = Team("T", "Ashford", "North", "Kent"), Team("U", "Dover", "North", "Kent")
FULL = {
    "established_posts": 10.0, "vacant_posts": 3.0, "case_holders_fte": 8.0, "cases_worked": 120.0, "referrals": 70.0, "usual_referrals": 60.0,
    "closures": 50.0, "child_protection_plans": 10.0, "newly_qualified_fte": 1.0, "experienced_permanent_fte": 5.0, "in_post_fte": 7.0,
    "experienced_leavers_12_months_fte": 1.0,
}  # fmt: skip


def row(team: str, quarter: Any, figures: dict[str, float]) -> Row:
    return Row(team, quarter, figures, {}, "workforce", Where("workforce.csv", 2))


def evidence(*rows: Row, teams: tuple[Team, ...] = (T, U)) -> EvidenceSet:
    return EvidenceSet(teams, (), rows)


def of(held: EvidenceSet, pack: RulePack = KENT, **options: Any) -> TeamAssessment:
    return assess(pack, held, Q4, engine="columnar", **options).team("T")


def told(team: TeamAssessment) -> dict[str, list[str]]:
    """For each notice that looks back and can't be told, what is missing and why."""
    found: dict[str, list[str]] = {}
    for missing in missing_of_notices(team.facts, {}):
        for notice in missing.bears_on:
            found.setdefault(notice, []).append(f"{missing.id}: {missing.why}")
    return found


NOT_THERE = "no history: last quarter (2008/09 Q3) is not there"


def test_where_last_quarter_is_not_there_each_notice_says_so() -> None:
    assert told(of(evidence(row("T", Q4, FULL)))) == {
        "R11": [f"last_quarter(child_protection_plans): {NOT_THERE}", f"last_quarter(caseload): {NOT_THERE}", f"last_quarter(closures): {NOT_THERE}"],
        "R12": [f"last_quarter(vacancy_rate): {NOT_THERE}", f"last_quarter(newly_qualified_fte): {NOT_THERE}",
                f"last_quarter(experienced_permanent_fte): {NOT_THERE}", f"last_quarter(experienced_leavers_12_months_fte): {NOT_THERE}",
                f"last_quarter(in_post_fte): {NOT_THERE}"],
        "R13_new": ["level: can't be told until what is missing is known", f"last_level: {NOT_THERE}"],
        "R13_persisting": ["level: can't be told until what is missing is known", f"last_level: {NOT_THERE}"],
    }  # fmt: skip


def test_of_a_team_that_is_not_there_last_quarter_and_others_that_are() -> None:
    found = told(of(evidence(row("T", Q4, FULL), row("U", Q3, FULL))))
    assert found["R11"][0].endswith(NOT_THERE)
    assert found["R13_new"][1] == "last_level: insufficient evidence for last quarter (2008/09 Q3)"


def test_of_a_figure_that_only_last_quarter_lacks() -> None:
    before = {name: value for name, value in FULL.items() if name != "closures"}
    assert told(of(evidence(row("T", Q3, before), row("T", Q4, FULL))))["R11"] == [
        "last_quarter(closures): no history: not supplied for last quarter (2008/09 Q3)"
    ]
    assert told(of(evidence(row("T", Q3, FULL), row("T", Q4, before))))["R11"] == ["closures: not supplied"]


@pytest.mark.parametrize(
    ("teams", "says"),
    [
        ((replace(T, from_quarter=Q4), U), "no history: T began in 2008/09 Q4"),
        ((T, replace(U, to_quarter=Q3, became=("T",))), "no history: T took over the work of U, in 2008/09 Q4"),
    ],
)
def test_of_a_team_whose_past_is_not_its_own(teams: tuple[Team, ...], says: str) -> None:
    team = of(evidence(row("U", Q3, FULL), row("T", Q4, FULL), teams=teams))
    assert {line.split(": ", 1)[1] for lines in told(team).values() for line in lines if not line.startswith("level")} == {says}


def test_rules_that_did_not_hold_yet() -> None:
    later = replace(KENT.thresholds["most_teams"], values=tuple(replace(value, start=Q4) for value in KENT.thresholds["most_teams"].values))
    pack = replace(KENT, thresholds=KENT.thresholds | {"most_teams": later})
    team = of(evidence(row("T", Q3, FULL), row("T", Q4, FULL)), pack)
    assert told(team)["R13_new"][1] == "last_level: no history: these rules have no thresholds for last quarter (2008/09 Q3)"


def test_explain_says_it_in_a_line_each() -> None:
    result = assess(KENT, evidence(row("T", Q4, {name: value for name, value in FULL.items() if name != "usual_referrals"})), Q4)
    console = Console(width=200, record=True, file=StringIO())
    console.print(explanation.render(result, result.team("T")))
    lines = [line.strip() for line in console.export_text().splitlines()]
    needed = "no history: referrals of 2007/08 Q4 to 2008/09 Q3 are needed, none of them is there"
    assert f"R12: The gap is filled, the experience is not: {NOT_THERE}" in lines
    assert f"R11: Check that decisions are consistent: {needed}; {NOT_THERE}" in lines
    assert f"R13_new: New this quarter: The level: can't be told until what is missing is known; {NOT_THERE}" in lines
    assert f"Usual referrals in a quarter: {needed} (demand peak)" in lines
    assert any("Referrals against the team's usual: no history: referrals of" in line for line in lines)
    doubts = explanation.as_dict(result, result.team("T"), None, False)["explanation"]["notices_in_doubt"]
    assert {"id": "last_level", "title": "Last quarter's level", "why": NOT_THERE, "bears_on": ["R13_new", "R13_persisting"]} in doubts


# -- which quarters are scored ---------------------------------------------------------------------


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The quarters that are scored, as they are."""
    found: list[str] = []
    own = assessment._assess

    def noted(pack: Any, held: Any, quarter: Any, *more: Any) -> Any:
        found.append(str(quarter))
        return own(pack, held, quarter, *more)

    monkeypatch.setattr(assessment, "_assess", noted)
    return found


RUN = evidence(*(row("T", quarter, FULL) for quarter in (Q2, Q3, Q4)), *(row("U", quarter, FULL) for quarter in (Q2, Q3, Q4)))


def test_only_last_quarter_is_scored_besides(scored: list[str]) -> None:
    team = of(RUN)
    assert scored == ["2008/09 Q3", "2008/09 Q4"]
    assert team.last_level == assess(KENT, RUN, Q3, engine="columnar").team("T").level


def test_where_last_quarters_levels_are_known_it_is_not_scored(scored: list[str]) -> None:
    known = {team: found.level for team, found in levels_of(KENT, RUN, Q3, engine="columnar").items()}
    scored.clear()
    team = of(RUN, last_levels=known)
    assert scored == ["2008/09 Q4"]
    assert team == of(RUN)
    assert told(of(RUN, last_levels={}))["R13_new"][-1] == "last_level: no history: not known for last quarter (2008/09 Q3)"
    high = of(RUN, last_levels={"T": "high"})
    assert high.last_level == "high" and high.level == team.level


def test_levels_that_are_known_are_not_compared_across_a_break() -> None:
    moved = replace(RUN, teams=(replace(T, from_quarter=Q4), U), rows=tuple(one for one in RUN.rows if one.team == "U" or one.quarter == Q4))
    assert of(moved, last_levels={"T": "high"}).last_level is None


def test_levels_of_are_those_of_an_assessment() -> None:
    found = levels_of(KENT, RUN, Q4)
    assert {name: (one.level, one.could_be, one.score) for name, one in found.items()} == {
        team.team.id: (team.level, team.could_be, team.score) for team in assess(KENT, RUN, Q4).teams
    }
    with pytest.raises(QuarterChoiceError):
        levels_of(KENT, RUN, Q4.next)


def test_a_level_that_the_pack_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="'red', given as a level of last quarter, is no level of pack kent-2009"):
        of(RUN, last_levels={"T": "red"})


def test_nothing_that_bears_on_a_level_can_read_last_quarters() -> None:
    """What makes it enough to score one quarter back; `corpus/packs/rule-reads-the-level` shows the message."""
    assert {kind for kind, leaves in READABLE.items() if c.LevelTest in leaves} == {"notice", "confidence reducer"}
    assert not any(isinstance(leaf, c.LevelTest) for leaf in KENT.level_leaves)
