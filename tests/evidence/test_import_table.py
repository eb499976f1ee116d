"""Extracts of HR and of the case system: renamed, converted, and put beside one another, or stopped at the cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from springtide.evidence import EvidenceError, read_evidence, read_teams
from springtide.evidence.imports.bring_in import Brought, NotConfirmed, bring_in
from springtide.evidence.imports.dates import DateOrder, order_of, read_day
from springtide.evidence.imports.matching import match_columns
from springtide.logic.model import RulePack
from springtide.logic.quarter import parse_quarter

TEAMS = "team_id,team_name,county\nT1,Ashford Duty,Kent\nT2,Dover Long-term,Kent\n"
Q4 = parse_quarter("2008/09 Q4")


def bring(path: Path, pack: RulePack, *, kind: Any = "table", quarter: str = "2008/09 Q4", edit: dict[str, str] | None = None, sheet: str | None = None) -> Brought:
    """Bring a file in beside a team list; edits are made to the mapping between a first run and a second."""
    folder = path.parent
    (folder / "teams.csv").write_text(TEAMS, encoding="utf-8")
    listed, mapping = read_teams(folder / "teams.csv", pack), folder / f"{path.stem}.yaml"
    if edit is not None:
        with pytest.raises(NotConfirmed):
            bring_in(path, kind, pack, listed, folder / "out", map_file=mapping, quarter=quarter, sheet=sheet)
        text = mapping.read_text(encoding="utf-8")
        for pattern, to in edit.items():
            text, times = re.subn(pattern, to, text)
            assert times, (pattern, text)
        mapping.write_text(text, encoding="utf-8")
    return bring_in(path, kind, pack, listed, folder / "out", map_file=mapping, quarter=quarter, sheet=sheet)


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


YES = {"confirmed: no": "confirmed: yes"}


def test_hr_and_the_case_system_side_by_side(kent: RulePack, tmp_path: Path) -> None:
    """Two files of other headings, one result; each figure knows the file that it came to stand in."""
    bring(saved(tmp_path / "HR extract.csv", "Team name,Established posts,Vacant posts,Vacancy rate of the district %\nAshford Duty,8,2,21.5 %\nDover Long-term,10,0,21.5%\n"), kent)
    bring(saved(tmp_path / "cases.csv", "Team ID;Cases registered to the team;Highest individual caseload\nt1;1,204;31\nT2;80;19\n"), kent)
    held = read_evidence(tmp_path / "out", kent)
    assert held.figures_of("T1", Q4) == {"established_posts": 8, "vacant_posts": 2, "district_vacancy_rate": 0.215, "cases_registered": 1204, "highest_caseload": 31}
    assert held.of(kent, "T1", Q4).cells["highest_caseload"] == "workforce.cases.csv row 2"
    assert [source.file for source in held.read_from] == ["teams.csv", "workforce.cases.csv", "workforce.hr-extract.csv"]


@pytest.mark.parametrize(
    ("heading", "cells", "edit", "values"),
    [
        ("Vacancy rate (%)", ("15", "7.5"), None, (0.15, 0.075)),
        ("Vacancy rate", ("15 %", "7.5%"), None, (0.15, 0.075)),
        ("Vacancy rate", ("15", "7.5"), YES, (0.15, 0.075)),
        ("Vacancy rate", ("0.15", "0.075"), None, (0.15, 0.075)),
        ("Vacancy rate %", ("0.15", "0.075"), YES, (0.15, 0.075)),  # as Excel keeps percentages
        ("Vacancy rate", ("u", "15%"), None, (None, 0.15)),
        ("Staff in post (headcount)", ("10", "7"), {**YES, "fte_each: #.*": "fte_each: 0.9"}, (9.0, 6.3)),
    ],
)
def test_conversions(heading: str, cells: tuple[str, str], edit: dict[str, str] | None, values: tuple[float | None, float], kent: RulePack, tmp_path: Path) -> None:
    brought = bring(saved(tmp_path / "hr.csv", f"team,{heading}\nT1,{cells[0]}\nT2,{cells[1]}\n"), kent, edit=edit)
    held = read_evidence(tmp_path / "out", kent)
    (name,) = {name for row in brought.converted.rows for name in row.figures}
    assert tuple(held.figures_of(team, Q4).get(name) for team in ("T1", "T2")) == values
    if "headcount" in heading:
        assert brought.converted.notes == ("in_post_fte was worked out from a headcount, at 0.9 full-time posts a person.",)
    if cells[0] == "u":
        assert held.marks_of("T1", Q4) == {"vacancy_rate": "of low reliability (u)"}


def test_the_day_says_the_quarter(kent: RulePack, tmp_path: Path) -> None:
    rows = "T1,31/03/2009,3\nT1,31/12/2008,2\nT2,31/03/2009,0\n"
    bring(saved(tmp_path / "hr.csv", f"team,Quarter,Vacant posts\n{rows}"), kent, quarter="", edit=YES)
    held = read_evidence(tmp_path / "out", kent)
    assert [str(quarter) for quarter in held.quarters] == ["2008/09 Q3", "2008/09 Q4"]
    assert held.figures_of("T1", Q4.previous) == {"vacant_posts": 2}


def test_the_right_sheet_and_row_of_a_workbook(kent: RulePack, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "hr.xlsx"))
    notes, figures = book.add_worksheet("Notes"), book.add_worksheet("Q4")
    notes.write(0, 0, "Run on Monday")
    for row, cells in enumerate([["Workforce report"], [], ["Team", "Vacant posts", "Comment"], ["T1", 2, "two are going"], ["T2", "n/k", ""]]):
        figures.write_row(row, 0, cells)
    book.close()
    with pytest.raises(EvidenceError) as caught:
        bring(tmp_path / "hr.xlsx", kent)
    assert [str(problem) for problem in caught.value.problems] == [
        "hr.xlsx › Q4 › B5: 'n/k' is not a number; write a number, 0 or more, in digits, or leave it blank if it is not known"
    ]


def test_a_heading_much_like_a_figure_is_a_guess(kent: RulePack, tmp_path: Path) -> None:
    edit = {r"(to: vacant_posts\n    guess: .*\n    confirmed:) no": r"\1 yes"}
    brought = bring(saved(tmp_path / "hr.csv", "Team,Vacant post,Budget\nT1,2,500\nT2,1,600\n"), kent, edit=edit)
    assert brought.matched == ["team_id", "vacant_posts"]
    assert brought.dropped == {"it is like nothing in evidence": ["Budget"]}


def test_a_mapping_with_mistakes_names_each_with_its_line(kent: RulePack, tmp_path: Path) -> None:
    saved(tmp_path / "hr.yaml", "kind: table\nquarter: 2008/09 Q4\ncolumns:\n  - column: Team\n    to: team\n  - column: A\n    to: vacant_posts\n  - column: B\n    to: vacant_posts\n  - column: C\n    to: in_post_fte\n    convert: headcount\n")
    with pytest.raises(EvidenceError) as caught:
        bring(saved(tmp_path / "hr.csv", "Team,A,B,C\nT1,1,1,1\n"), kent)
    assert [str(problem) for problem in caught.value.problems] == [
        "hr.yaml, row 5: there is no 'team' in evidence; did you mean 'team_id' or 'team_name'?",
        "hr.yaml, row 9: two columns become vacant_posts; the first is in line 6; make one of them nothing",
        "hr.yaml, row 12: a headcount needs fte_each; write how many full-time posts a person fills on average, as fte_each: 0.9",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Team,Budget\nT1,5\n", "hr.csv, row 1: no column is an answer or a figure; give the columns their `to` in the mapping"),
        ("Office,Vacant posts\nX,5\n", "hr.csv, row 1: no column says which team a row is about; give one of them `to: team_id` in the mapping"),
        ("", "hr.csv: no row of headings was found; headings stand in one row, each column with its own"),
        ("Team,Vacant posts\n", "hr.csv: there are no rows under the headings; is it the right sheet?"),
        ("Team,Vacant posts\nT1,\n", "hr.csv: no row of the file has an answer or a figure; is it the right file, and the right sheet?"),
    ],
)
def test_a_file_with_nothing_in_it_for_us(text: str, says: str, kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        bring(saved(tmp_path / "hr.csv", text), kent)
    assert [str(problem) for problem in caught.value.problems] == [says]


def test_an_earlier_import_is_not_written_over_unasked(kent: RulePack, tmp_path: Path) -> None:
    file = saved(tmp_path / "hr.csv", "team,Vacant posts\nT1,2\n")
    bring(file, kent)
    with pytest.raises(FileExistsError):
        bring(file, kent)


def test_each_target_is_matched_once_and_the_surest_first() -> None:
    targets = {"q1": ("Children are seen alone",), "q2": ("Children are seen",)}
    matches = match_columns(["Children are seen", "Children are seen alone.", "Children were seen alone"], targets, {1: "q1", 2: "q2"})
    assert [(match.to, bool(match.guess)) for match in matches] == [("q2", False), ("q1", False), ("", False)]
    matches = match_columns(["Q2. Children are seen alone", "Something quite different"], targets, {1: "q1", 2: "q2"})
    assert [(match.to, match.guess) for match in matches] == [("q1", ""), ("", "")]  # the words outweigh the number


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2009-02-03T10:00:00Z", "", "2009-02-03"), ("3/2/2009", "day first", "2009-02-03"), ("3/2/2009 10:00", "month first", "2009-03-02"),
        ("3 Feb 2009", "", "2009-02-03"), ("February 3, 2009 9:15 PM", "", "2009-02-03"), ("3-Feb-2009", "", "2009-02-03"), ("03.02.09", "day first", "2009-02-03"),
        ("30/02/2009", "day first", None), ("yesterday", "", None), ("13/13/2009", "day first", None), ("3 Foo 2009", "", None),
    ],
)  # fmt: skip
def test_days_as_others_write_them(text: str, order: str, day: str | None) -> None:
    found = read_day(text, order)
    assert (found.isoformat() if found else None) == day


def test_which_comes_first_is_told_by_numbers_over_twelve() -> None:
    assert order_of(["2009-02-03", "3 Feb 2009", "02/02/2009"]) is DateOrder.CERTAIN
    assert order_of(["03/02/2009", "13/02/2009"]) is DateOrder.DAY_FIRST
    assert order_of(["03/02/2009", "02/13/2009"]) is DateOrder.MONTH_FIRST
    assert order_of(["03/02/2009"]) is DateOrder.EITHER
