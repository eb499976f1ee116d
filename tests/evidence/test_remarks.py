"""What is not wrong but should be seen: remarks are few, are of the quarter that is assessed, and reach the result."""

from __future__ import annotations

from pathlib import Path

import pytest

from springtide.assessment import assess
from springtide.evidence import Remark, read_evidence
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter, parse_quarter

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Q3, Q4 = parse_quarter("2008/09 Q3"), parse_quarter("2008/09 Q4")

TEAMS = "team_id,team_name,district,county,team_type,transfers_to\n"
WORKFORCE = "team_id,quarter,established_posts,vacant_posts\n"


def folder(path: Path, teams: list[str], workforce: list[str]) -> Path:
    """A folder of teams of one county, with what their workforce rows say."""
    listed = "".join(f"{team},Team {team},North,Anyshire,duty,\n" for team in teams)
    (path / "teams.csv").write_text(TEAMS + listed, encoding="utf-8")
    (path / "workforce.csv").write_text(WORKFORCE + "".join(f"{row}\n" for row in workforce), encoding="utf-8")
    return path


def codes(remarks: tuple[Remark, ...], quarter: Quarter | None = Q4) -> list[str]:
    return [f"{remark.code} {remark.team}".strip() for remark in remarks if remark.quarter in (None, quarter)]


@pytest.mark.parametrize("name", ["kent-2009", "minimal"])
def test_the_examples_need_no_remark(name: str, kent: RulePack) -> None:
    evidence = read_evidence(EXAMPLES / name, kent)
    assert codes(evidence.remarks) == []
    assert not any(remark.team for remark in evidence.remarks)


@pytest.mark.parametrize("name", ["managers.csv", "Managers.CSV", "managers.north.csv", "managers.yaml"])
def test_the_directory_that_alerts_go_by_may_lie_beside_the_evidence(name: str, kent: RulePack, tmp_path: Path) -> None:
    beside = folder(tmp_path, ["T1"], ["T1,2008/09 Q4,8,2"])
    before = read_evidence(beside, kent)
    (beside / name).write_text("person,name,email\n", encoding="utf-8")
    after = read_evidence(beside, kent)
    assert after == before
    (beside / "notes.csv").write_text("a,b\n", encoding="utf-8")
    assert [remark.file for remark in read_evidence(beside, kent).remarks if remark.code == "E21"] == ["notes.csv"]


def test_an_earlier_quarter_says_which_tables_it_has_not(kent: RulePack) -> None:
    remarks = read_evidence(EXAMPLES / "kent-2009", kent).remarks
    assert [str(remark) for remark in remarks] == [
        "responses.csv has rows for 2008/09 Q4, and none for 2008/09 Q3",
        "audits.csv has rows for 2008/09 Q4, and none for 2008/09 Q3",
    ]
    assert {remark.quarter for remark in remarks} == {Q3}


def test_a_quarter_mistyped_in_one_of_many_rows(kent: RulePack, tmp_path: Path) -> None:
    """The team's row of last quarter is the only one, for no other team has any."""
    teams = [f"T{number}" for number in range(1, 9)]
    rows = [f"{team},2008/09 {'Q3' if team == 'T1' else 'Q4'},8,2" for team in teams if team != "T8"]
    evidence = read_evidence(folder(tmp_path, teams, rows), kent)
    assert codes(evidence.remarks) == ["E01", "E04 T1", "E01"]
    assert [(r.file, r.row, r.column) for r in evidence.remarks if r.code == "E04"] == [("workforce.csv", 2, "quarter")]


def test_a_year_mistyped(kent: RulePack, tmp_path: Path) -> None:
    teams = ["T1", "T2", "T3", "T4"]
    rows = [f"{team},{'2018/19' if team == 'T3' else '2008/09'} Q4,8,2" for team in teams]
    evidence = read_evidence(folder(tmp_path, teams, rows), kent)
    assert codes(evidence.remarks) == ["E01", "E04 T3", "E01"]
    assert codes(evidence.remarks, parse_quarter("2018/19 Q4")) == ["E01", "E01"]


def test_history_is_no_slip(kent: RulePack, tmp_path: Path) -> None:
    """Two of eight gave no figures this quarter, as a quarter ago they did; one team is new."""
    teams = [f"T{number}" for number in range(1, 9)]
    rows = [f"{team},2008/09 {quarter},8,2" for quarter in ("Q3", "Q4") for team in teams
            if (team, quarter) not in (("T1", "Q4"), ("T2", "Q4"), ("T8", "Q3"))]  # fmt: skip
    evidence = read_evidence(folder(tmp_path, teams, rows), kent)
    assert codes(evidence.remarks) == codes(evidence.remarks, Q3) == ["E01", "E01"]


def test_two_teams_are_too_few_to_tell_a_slip(kent: RulePack, tmp_path: Path) -> None:
    """Only the earlier row is remarked on: the later one may be a new team's."""
    evidence = read_evidence(folder(tmp_path, ["T1", "T2"], ["T1,2008/09 Q3,8,2", "T2,2008/09 Q4,8,2"]), kent)
    assert codes(evidence.remarks) == ["E01", "E04 T1", "E01"]
    assert codes(evidence.remarks, Q3) == ["E01", "E01"]


def test_a_row_left_out_is_no_slip_of_the_quarter(kent: RulePack, tmp_path: Path) -> None:
    """The team is told of what went, and of nothing that follows from it."""
    rows = ["T1,2008/09 Q3,8,2", "T1,2008/09 Q4,8,9", "T2,2008/09 Q4,8,2", "T3,2008/09 Q4,8,2", "T3,2008/09 Q6,8,2"]
    evidence = read_evidence(folder(tmp_path, ["T1", "T2", "T3"], rows), kent, skip_bad_rows=True)
    assert codes(evidence.remarks) == ["E01", "E08 T1", "E08 T3", "E01"]


def test_the_assessment_has_the_remarks_of_its_quarter(kent: RulePack, tmp_path: Path) -> None:
    rows = ["T1,2008/09 Q3,8,2", "T2,2008/09 Q4,8,2", "T3,2008/09 Q4,8,2"]
    evidence = read_evidence(folder(tmp_path, ["T1", "T2", "T3"], rows), kent)
    result = assess(kent, evidence, Q4, engine="columnar")
    assert codes(result.remarks) == ["E01", "E04 T1", "E01"]
    assert result.to_dict()["remarks"][1] == {
        "code": "E04",
        "file": "workforce.csv",
        "row": 2,
        "column": "quarter",
        "team": "T1",
        "quarter": "2008/09 Q4",
        "says": "T1 has a workforce row for 2008/09 Q3 and none for 2008/09 Q4; if the quarter is a slip, correct it",
        "sheet": "",
        "cell": "B2",
        "acknowledged": None,
    }
    earlier = assess(kent, evidence, Q3, engine="columnar")
    assert codes(earlier.remarks, Q3) == ["E01", "E01"]
    assert earlier.to_dict()["remarks"][0]["quarter"] is None


def test_remarks_are_not_what_the_evidence_says(kent: RulePack, tmp_path: Path) -> None:
    """A heading as a person writes it, and an absent table, leave the hash as it is."""
    one = folder(tmp_path, ["T1", "T2"], ["T1,2008/09 Q4,8,2"])
    before = read_evidence(one, kent)
    (one / "workforce.csv").write_text("Team ID,QUARTER,Established posts,Vacant-Posts\nT1,2008/09 Q4,8,2\n", encoding="utf-8")
    (one / "audits.csv").write_text("team_id,quarter,files_audited\n", encoding="utf-8")
    after = read_evidence(one, kent)
    assert after.remarks != before.remarks
    assert after.hash == before.hash
