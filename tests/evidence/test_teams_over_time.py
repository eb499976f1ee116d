"""Teams that begin, end, split, merge, move or change their name: counted when they are there, and compared only with themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from springtide.assessment import assess
from springtide.evidence import EvidenceError, EvidenceSet, read_evidence
from springtide.logic.model import RulePack
from springtide.logic.quarter import parse_quarter
from springtide.logic.truth import Truth

Q3, Q4, Q1 = parse_quarter("2008/09 Q3"), parse_quarter("2008/09 Q4"), parse_quarter("2009/10 Q1")
HEAD = "team_id,team_name,district,county,from_quarter,to_quarter,became\n"


def evidence(path: Path, pack: RulePack, teams: str, workforce: str) -> EvidenceSet:
    path.mkdir(exist_ok=True)
    (path / "teams.csv").write_text(HEAD + teams, encoding="utf-8")
    (path / "workforce.csv").write_text("team_id,quarter,established_posts,vacant_posts\n" + workforce, encoding="utf-8")
    return read_evidence(path, pack)


MERGED = "A,Ashford,North,Kent,,2008/09 Q4,C\nB,Dover,North,Kent,,2008/09 Q4,C\nC,Coast,North,Kent,2009/10 Q1,,\nD,Swale,North,Kent,,,\n"
FIGURES = "A,2008/09 Q4,8,2\nB,2008/09 Q4,8,0\nD,2008/09 Q4,8,4\nC,2009/10 Q1,16,4\nD,2009/10 Q1,8,4\n"


def test_a_merger(kent: RulePack, tmp_path: Path) -> None:
    held = evidence(tmp_path, kent, MERGED, FIGURES)
    before, after = (assess(kent, held, quarter, engine="columnar") for quarter in (Q4, Q1))
    assert [team.team.id for team in before.teams] == ["A", "B", "D"]
    assert [team.team.id for team in after.teams] == ["C", "D"]
    assert {majority.teams for majority in before.county} == {3} and {majority.teams for majority in after.county} == {2}
    assert after.team("C").last_level is None and after.team("D").last_level is not None
    assert [str(remark) for remark in after.remarks if remark.code == "E11"] == [
        "teams.csv, row 2, column team_id: A ended after 2008/09 Q4 and became C",
        "teams.csv, row 3, column team_id: B ended after 2008/09 Q4 and became C",
        "teams.csv, row 4, column team_id: C began, from A and B; its figures are not compared with those of the quarter before",
    ]
    assert before.evidence_hash == after.evidence_hash == held.hash


def test_a_team_that_takes_over_another_keeps_its_id_and_is_not_compared(kent: RulePack, tmp_path: Path) -> None:
    teams = "A,Ashford,North,Kent,,2008/09 Q4,D\nD,Swale,North,Kent,,,\n"
    held = evidence(tmp_path, kent, teams, "A,2008/09 Q4,8,2\nD,2008/09 Q4,8,4\nD,2009/10 Q1,16,4\n")
    assert held.of(kent, "D", Q4).last_quarter == {}
    assert held.of(kent, "D", Q1).last_quarter == {}
    plain = evidence(tmp_path / "plain", kent, teams.replace(",D\n", ",\n", 1), "A,2008/09 Q4,8,2\nD,2008/09 Q4,8,4\nD,2009/10 Q1,16,4\n")
    assert plain.of(kent, "D", Q1).last_quarter == {"established_posts": 8.0, "vacant_posts": 4.0}
    result = assess(kent, held, Q1, engine="columnar")
    assert [remark.says for remark in result.remarks if remark.team == "D"] == [
        "D took over the work of A; its figures are not compared with those of the quarter before"
    ]
    assert result.team("D").last_level is None
    assert all(result.team("D").notices[notice] is not Truth.MET for notice in ("R12", "R11"))


def test_a_new_name_and_district_are_said_and_the_past_stays_its_own(kent: RulePack, tmp_path: Path) -> None:
    teams = "A,Ashford,North,Kent,,2008/09 Q4,\nA,Ashford Duty,South,Kent,2009/10 Q1,,\nD,Swale,North,Kent,,,\n"
    held = evidence(tmp_path, kent, teams, "A,2008/09 Q4,8,2\nA,2009/10 Q1,8,3\nD,2008/09 Q4,8,4\nD,2009/10 Q1,8,4\n")
    result = assess(kent, held, Q1, engine="columnar")
    assert (result.team("A").team.name, result.team("A").team.district) == ("Ashford Duty", "South")
    assert result.team("A").last_level is not None
    assert [remark.says for remark in result.remarks if remark.team == "A"] == ["A is now called 'Ashford Duty', before 'Ashford'; in the district 'South', before 'North'"]
    assert assess(kent, held, Q4, engine="columnar").team("A").team.name == "Ashford"


def test_a_split_and_a_break(kent: RulePack, tmp_path: Path) -> None:
    teams = "A,Ashford,North,Kent,,2008/09 Q3,B C\nB,Ashford East,North,Kent,2008/09 Q4,,\nC,Ashford West,North,Kent,2008/09 Q4,,\nD,Swale,North,Kent,,2008/09 Q3,\nD,Swale,North,Kent,2009/10 Q1,,\n"
    held = evidence(tmp_path, kent, teams, "A,2008/09 Q3,8,2\nB,2008/09 Q4,4,1\nC,2008/09 Q4,4,1\nB,2009/10 Q1,4,1\nC,2009/10 Q1,4,1\nD,2009/10 Q1,8,1\n")
    assert [(str(change.quarter), change.says, change.breaks) for change in held.changes.all] == [
        ("2008/09 Q4", "A ended after 2008/09 Q3 and became B and C", False),
        ("2008/09 Q4", "B began, from A", True),
        ("2008/09 Q4", "C began, from A", True),
        ("2009/10 Q1", "D began again after a break since 2008/09 Q3", True),
    ]
    assert [team.id for team in held.as_of(Q4).teams] == ["B", "C"]
    assert held.as_of(Q4).changes == held.changes


def test_without_periods_nothing_changes(kent: RulePack, tmp_path: Path) -> None:
    held = evidence(tmp_path, kent, "A,Ashford,North,Kent,,,\n", "A,2008/09 Q4,8,2\n")
    (tmp_path / "teams.csv").write_text("team_id,team_name,district,county\nA,Ashford,North,Kent\n", encoding="utf-8")
    assert read_evidence(tmp_path, kent).hash == held.hash
    assert held.changes.all == ()


@pytest.mark.parametrize(
    ("teams", "workforce", "says"),
    [
        (MERGED, FIGURES + "A,2009/10 Q1,8,2\n", "workforce.csv, row 7, column quarter: A is not in the team list in 2009/10 Q1: it is there to 2008/09 Q4, when it became C; correct the quarter, or the team's period in the list"),
        ("A,Ashford,North,Kent,,2008/09 Q4,\nA,Ashford,North,Kent,2008/09 Q4,,\n", "A,2008/09 Q4,8,2\n", "teams.csv, row 3, column team_id: 'A' has two rows for one quarter; the first is in row 2; let its to_quarter come before this from_quarter"),
        ("A,Ashford,North,Kent,2009/10 Q1,2008/09 Q4,\n", "", "teams.csv, row 2, column to_quarter: 2008/09 Q4 is before 2009/10 Q1; give the last quarter in which the row holds"),
        ("A,Ashford,North,Kent,,,B\nB,Dover,North,Kent,,,\n", "", "teams.csv, row 2, column became: is given, and no to_quarter; give the team's last quarter, or leave became blank"),
        ("A,Ashford,North,Kent,,2008/09 Q4,X\nB,Dover,North,Kent,,,\n", "B,2008/09 Q4,8,2\n", "teams.csv, row 2, column became: there is no team 'X' in the list; expected one of: A, B"),
        ("A,Ashford,North,Kent,,Q4 2008,\n", "", "teams.csv, row 2, column to_quarter: 'Q4 2008' can be read in two ways"),
    ],
)  # fmt: skip
def test_periods_that_can_not_be(teams: str, workforce: str, says: str, kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        evidence(tmp_path, kent, teams, workforce)
    assert any(str(problem).startswith(says) for problem in caught.value.problems), [str(problem) for problem in caught.value.problems]


def test_a_quarter_before_any_team(kent: RulePack, tmp_path: Path) -> None:
    from springtide.assessment import QuarterChoiceError

    held = evidence(tmp_path, kent, "A,Ashford,North,Kent,2009/10 Q1,,\n", "A,2009/10 Q1,8,2\n")
    with pytest.raises(QuarterChoiceError):
        assess(kent, held, Q3)
