"""Whatever could be meant in two ways is refused, shown or waits; each case was once taken silently."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from springtide.assessment import assess
from springtide.evidence import EvidenceError, EvidenceSet, read_evidence, read_teams
from springtide.evidence.imports.bring_in import Brought, NotConfirmed, bring_in
from springtide.evidence.writing.contents import contents_of
from springtide.evidence.writing.marked import write_marked
from springtide.evidence.writing.workbook import write_workbook
from springtide.logic.model import RulePack
from springtide.logic.quarter import parse_quarter

TEAMS = "team_id,team_name,county\nT1,Ashford Duty,Kent\nT2,Dover Long-term,Kent\nT3,Swale Duty,Kent\n"
Q4, Q1 = parse_quarter("2008/09 Q4"), parse_quarter("2009/10 Q1")
Cells = list[list[Any]]


def table(folder: Path, text: str, pack: RulePack, *, name: str = "f.csv", kind: Any = "table", mapping: str = "m.yaml", quarter: str = "2008/09 Q4", out: str = "out", **more: Any) -> Brought:
    (folder / "teams.csv").write_text(TEAMS, encoding="utf-8")
    if text:
        (folder / name).write_text(text, encoding="utf-8")
    return bring_in(folder / name, kind, pack, read_teams(folder / "teams.csv", pack), folder / out, map_file=folder / mapping, quarter=quarter, **more)


def book(path: Path, **sheets: Cells) -> Path:
    written = xlsxwriter.Workbook(str(path))
    for title, cells in sheets.items():
        sheet = written.add_worksheet(title)
        for row, line in enumerate(cells):
            sheet.write_row(row, 0, line)
    written.close()
    return path


def said(error: EvidenceError | NotConfirmed) -> list[str]:
    return error.mapping.open_lines if isinstance(error, NotConfirmed) else [str(problem) for problem in error.problems]


# -- imports: the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('Team,Vacant posts,Comment\nT1,2,"two going\nT2,9,bad\nT3,1,\n', "f.csv: row 2 can't be read: unexpected end of data; look for a quotation mark that is not closed"),
        ("Team,Cases registered to the team,Highest individual caseload\nT1,1,204,31\n", "f.csv, row 2: the row has 7 cells under 6 headings; put text with a comma in quotation marks"),
        ("Team,Vacant posts %\nT1,25\nT2,10\n", "column 'Vacant posts %' was taken for vacant_posts, though it seems to be in per cent"),
        ("Team,Vacancy rate\nT1,15%\nT2,0.4\n", "column 'Vacancy rate' was taken for vacancy_rate, some of its cells say % and some do not: all were taken for per cent"),
        ("Team,Vacant posts 1,Vacant posts 2\nT1,1,2\n", "column 'Vacant posts 1' was taken for vacant_posts, by likeness; the words are 92% alike"),
        ("Team,Q1 Vacant posts,Q4 Vacant posts\nT1,1,6\n", "column 'Q1 Vacant posts' was taken for vacant_posts, by likeness; the words are 100% alike"),
    ],
)
def test_what_a_file_leaves_in_doubt(text: str, says: str, kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises((EvidenceError, NotConfirmed)) as caught:
        table(tmp_path, text, kent)
    (found,) = said(caught.value)
    assert re.sub(r"has \d+ cells under \d+", "has 7 cells under 6", found) == says
    assert not (tmp_path / "out").exists()


def test_two_sheets_that_fit_as_well(kent: RulePack, tmp_path: Path) -> None:
    cells: Cells = [["Team", "Vacant posts"], ["T1", 2]]
    book(tmp_path / "f.xlsx", Q3=cells, Q4=[cells[0], ["T1", 5]])
    with pytest.raises(EvidenceError, match="2 sheets fit as well: 'Q3', 'Q4'; say which with --sheet"):
        table(tmp_path, "", kent, name="f.xlsx")
    assert table(tmp_path, "", kent, name="f.xlsx", sheet="q4").converted.rows[0].figures == {"vacant_posts": 5.0}


def test_a_semicolon_in_one_note_is_no_separator(kent: RulePack, tmp_path: Path) -> None:
    brought = table(tmp_path, "Team,Vacant posts,Note\nT1,2,a; b; c; d; e; f\nT2,1,\n", kent)
    assert [row.figures for row in brought.converted.rows] == [{"vacant_posts": 2.0}, {"vacant_posts": 1.0}]


def test_a_question_in_two_branches_of_a_form(kent: RulePack, tmp_path: Path) -> None:
    statement = kent.questions["q7"].statement
    with pytest.raises(NotConfirmed) as caught:
        table(tmp_path, f"ID,Team,{statement},{statement}2\n1,T1,Always,\n2,T2,,Never\n", kent, kind="forms")
    assert "with the same words; a response may have answered one of the two" in said(caught.value)[0]
    mapping = tmp_path / "m.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("confirmed: no", "confirmed: yes"), encoding="utf-8")
    brought = table(tmp_path, "", kent, kind="forms")
    assert [response.answers["q7"] for response in brought.converted.responses] == ["always", "never"]
    with pytest.raises(EvidenceError, match=r"'\(two answers\)' is not on the scale"):
        table(tmp_path, f"ID,Team,{statement},{statement}2\n1,T1,Always,Never\n", kent, kind="forms")


# -- imports: the mapping used again -----------------------------------------------------------------


def test_the_quarter_is_asked_for_each_time(kent: RulePack, tmp_path: Path) -> None:
    table(tmp_path, "Team,Vacant posts\nT1,2\n", kent)
    with pytest.raises(EvidenceError, match="nothing says which quarter the rows are about"):
        table(tmp_path, "", kent, quarter="", out="next")
    held = table(tmp_path, "Team,Vacant posts,Quarter\nT1,2,\nT2,3,2008/09 Q3\n", kent, mapping="n.yaml", out="three")
    assert [str(row.quarter) for row in held.converted.rows] == ["2008/09 Q4", "2008/09 Q3"]


def test_headings_that_differ_in_a_sign_keep_their_places(kent: RulePack, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("kind: table\ncolumns:\n  - {column: Team, to: team_id}\n  - {column: Vacant posts, to: vacant_posts}\n  - {column: Vacant posts %, to: nothing}\n", encoding="utf-8")
    assert table(tmp_path, "Team,Vacant posts %,Vacant posts\nT1,25,2\n", kent).converted.rows[0].figures == {"vacant_posts": 2.0}


def test_what_was_certain_in_one_file_is_not_in_the_next(kent: RulePack, tmp_path: Path) -> None:
    table(tmp_path, "Team,Vacancy rate\nT1,15%\n", kent, mapping="p.yaml")
    with pytest.raises(EvidenceError, match="no number is over 1, and the mapping takes them for per cent"):
        table(tmp_path, "Team,Vacancy rate\nT1,0.4\n", kent, mapping="p.yaml", out="two")
    q7 = kent.questions["q7"].statement
    table(tmp_path, f"ID,Completion time,Team,{q7}\n1,2009-01-30,T1,Always\n", kent, kind="forms", mapping="d.yaml", out="three")
    with pytest.raises(EvidenceError, match="the days can be read in two ways"):
        table(tmp_path, f"ID,Completion time,Team,{q7}\n1,04/01/2009,T1,Always\n", kent, kind="forms", mapping="d.yaml", out="four")


def test_half_a_mapping_is_not_confirmed(kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(NotConfirmed):
        table(tmp_path, "Team,Vacant post\nT1,2\n", kent)
    mapping = tmp_path / "m.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("    confirmed: no\n", ""), encoding="utf-8")
    with pytest.raises(NotConfirmed):
        table(tmp_path, "", kent)


def test_a_total_row_can_be_left_out_and_names_can_have_aliases(kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(NotConfirmed):
        table(tmp_path, "Team name,Vacant posts\nAshford office,2\nTotal,2\n", kent)
    mapping = tmp_path / "m.yaml"
    text = mapping.read_text(encoding="utf-8")
    text = re.sub(r'written: "Ashford office"\n    means:.*\n    confirmed: no', 'written: "Ashford office"\n    means: T1', text)
    mapping.write_text(re.sub(r'written: "Total"\n    means:.*\n    confirmed: no', 'written: "Total"\n    means: nothing', text), encoding="utf-8")
    assert [(row.team, row.figures) for row in table(tmp_path, "", kent).converted.rows] == [("T1", {"vacant_posts": 2.0})]


def test_a_later_export_of_one_form_is_remarked_on(kent: RulePack, tmp_path: Path) -> None:
    head = f"ID,Completion time,Team,{kent.questions['q7'].statement}\n"
    table(tmp_path, head + "1,2009-01-30,T1,Always\n", kent, kind="forms", name="Survey(1-1).csv")
    table(tmp_path, head + "1,2009-01-30,T1,Always\n2,2009-01-31,T1,Never\n", kent, kind="forms", name="Survey(1-2).csv")
    remarks = [remark for remark in read_evidence(tmp_path / "out", kent).remarks if remark.code == "E22"]
    assert len(remarks) == 1 and "1 of the responses in responses.survey-1-2.csv are the same" in remarks[0].says


def test_the_folders_list_is_the_one_that_counts(kent: RulePack, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "teams.csv").write_text(TEAMS.replace("Ashford Duty", "Thanet Duty"), encoding="utf-8")
    with pytest.raises(EvidenceError, match="T1 is 'Thanet Duty' there, and 'Ashford Duty' in the list given"):
        table(tmp_path, "Team,Vacant posts\nAshford Duty,8\n", kent)


def test_writing_over_leaves_nothing_of_before(kent: RulePack, tmp_path: Path) -> None:
    text = f"ID,Team,{kent.questions['q7'].statement},Anything else?\n1,T1,Always,We are very busy at the moment indeed\n"
    table(tmp_path, text, kent, kind="forms", keep=("comments",))
    assert (tmp_path / "out" / "comments.f.csv").exists()
    table(tmp_path, "", kent, kind="forms", overwrite=True)
    assert not (tmp_path / "out" / "comments.f.csv").exists()


# -- imports: people ---------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Respondent", "Name of social worker", "Your e-mail", "Signed"])
def test_names_go_nowhere(heading: str, kent: RulePack, tmp_path: Path) -> None:
    names = ["Jane Smith", "Tom Brown", "Asha Patel"]
    rows = "".join(f"{place},T{place},{name},Always\n" for place, name in enumerate(names, 1))
    brought = table(tmp_path, f"ID,Team,{heading},{kent.questions['q7'].statement}\n{rows}", kent, kind="forms")
    written = "".join(path.read_text(encoding="utf-8") for path in (*brought.files, brought.mapping_file))
    assert not any(name.split()[1] in written for name in names)


def test_a_text_among_the_answers_is_not_quoted(kent: RulePack, tmp_path: Path) -> None:
    text = f"ID,Team,{kent.questions['q7'].statement}\n1,T1,Always\n2,T2,\"Jane Smith lost the file of Tom, born 3/4/2003\"\n"
    with pytest.raises(EvidenceError) as caught:
        table(tmp_path, text, kent, kind="forms")
    (found,) = said(caught.value)
    assert "row 3" in found and "'(a text)' is not on the scale" in found
    assert "Smith" not in found + (tmp_path / "m.yaml").read_text(encoding="utf-8")


# -- folders and workbooks ---------------------------------------------------------------------------

LIST: Cells = [["team_id", "team_name", "county"], ["A", "Ashford", "Kent"], ["B", "Dover", "Kent"]]
FIGURES: Cells = [["team_id", "quarter", "established_posts", "vacant_posts"], ["A", "2008/09 Q4", 8, 2], ["B", "2008/09 Q4", 7, 1]]


def problems(path: Path, pack: RulePack) -> list[str]:
    with pytest.raises(EvidenceError) as caught:
        read_evidence(path, pack)
    return said(caught.value)


def test_a_return_that_is_not_read_is_an_error_or_said(kent: RulePack, tmp_path: Path) -> None:
    book(tmp_path / "one.xlsx", Teams=LIST, Workforce=FIGURES)
    (tmp_path / "workforce (1).csv").write_text("x", encoding="utf-8")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "two.xlsx").write_bytes(b"")
    (remark,) = [remark for remark in read_evidence(tmp_path, kent).remarks if remark.code == "E21"]
    assert remark.says.startswith("later/ and workforce (1).csv in this folder are not read")
    (tmp_path / "two.xls").write_bytes(b"")
    assert problems(tmp_path, kent) == ["two.xls: this file is not read; save it as 'Excel Workbook (.xlsx)', or move it to another folder"]


def test_a_hidden_sheet_is_not_read_unseen(kent: RulePack, tmp_path: Path) -> None:
    edited = openpyxl.load_workbook(book(tmp_path / "r.xlsx", Teams=LIST, Workforce=FIGURES, Workforce2=FIGURES))
    edited["Workforce2"].title = "Workforce old"
    edited["Workforce old"].sheet_state = "hidden"
    edited.save(tmp_path / "r.xlsx")
    assert "r.xlsx › Workforce old: the sheet is hidden, and would be read; show it, or delete it" in problems(tmp_path / "r.xlsx", kent)


def test_a_figure_merged_over_two_teams(kent: RulePack, tmp_path: Path) -> None:
    edited = openpyxl.load_workbook(book(tmp_path / "r.xlsx", Teams=LIST, Workforce=FIGURES))
    edited["Workforce"].merge_cells("D2:D3")
    edited.save(tmp_path / "r.xlsx")
    assert problems(tmp_path / "r.xlsx", kent) == ["r.xlsx › Workforce › D2: the cells D2:D3 are merged; unmerge them, and write the value in each"]


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ([["vacent posts", "team_id", "quarter"], [2, "A", "2008/09 Q4"]], "r.xlsx › Workforce › A1: unknown column 'vacent posts'"),
        ([["team_id", "A"], ["quarter", "2008/09 Q4"], ["", 5], ["vacant_posts", 2]], "r.xlsx › Workforce › A3: row 3 has no heading"),
        ([["team_id", "A"], ["vacant_posts", 2], ["established_posts", 8]], "r.xlsx › Workforce › column A: the column 'quarter' is missing"),
        ([["team_id", "quarter", "vacant_posts"], ["A", "2008/09 Q4", "x", "", "stray"]], "r.xlsx › Workforce › row 2: cells stand to the right of the table"),
    ],
)
def test_nothing_beside_the_headings_is_lost(sheet: Cells, says: str, kent: RulePack, tmp_path: Path) -> None:
    assert problems(book(tmp_path / "r.xlsx", Teams=LIST, Workforce=sheet), kent)[0].startswith(says)


HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    "xml",
    [
        HEAD + b'<row r="20000000"/>' + TAIL,
        HEAD + b'<row r="2000000000"><c><v>1</v></c></row>' + TAIL,
        HEAD + b'<row r="1"><c r="A1"><f>1</f></c>' + b'<c r="A1">' * 20_000 + TAIL,
        HEAD + b'<row r="1">' + b"<c/>" * 5_000_000 + b"</row>" + TAIL,
        HEAD + b"".join(b'<row r="%d"><c r="xfd%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5001)) + TAIL,
        HEAD + b'<row r="1"><c><f>1+1</f></c></row>' + TAIL,
    ],
    ids=["a row far away", "a row further away", "cells never closed", "five million cells", "small letters", "a formula without a place"],
)
def test_sheets_made_to_exhaust_are_refused_soon(xml: bytes, kent: RulePack, tmp_path: Path) -> None:
    """The generous limit is no measurement: before, these took from 17 seconds to for ever, and gigabytes."""
    plain = book(tmp_path / "plain.xlsx", Teams=LIST, Workforce=FIGURES)
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(tmp_path / "r.xlsx", "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(name, xml if name.endswith("sheet2.xml") else archive.read(name))
    began = time.monotonic()
    assert problems(tmp_path / "r.xlsx", kent)[0].startswith("r.xlsx")
    assert time.monotonic() - began < 15


# -- marks -------------------------------------------------------------------------------------------


def test_marks_stand_on_the_cell_and_never_on_what_is_not_ours(kent: RulePack, tmp_path: Path) -> None:
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "teams.csv").write_text("team_id,team_name,county\nA,Ashford,Kent\n", encoding="utf-8")
    (folder / "workforce.csv").write_text("Team ID,Quarter,Established posts,Vacant posts\nA,2008/09 Q4,8,two\n", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_evidence(folder, kent)
    (written,) = write_marked(folder, caught.value.problems, tmp_path / "marked.xlsx")
    assert openpyxl.load_workbook(written)["workforce"]["D2"].comment is not None
    write_marked(folder, caught.value.problems, tmp_path / "marked.xlsx")  # our own may be written over
    other = book(tmp_path / "mine.xlsx", Teams=LIST, Workforce=[*FIGURES[:2], ["B", "2008/09 Q4", "x", 1]])
    before = other.read_bytes()
    with pytest.raises(ValueError, match="none of ours"):
        write_marked(other, caught.value.problems, other)
    assert other.read_bytes() == before


def test_mistakes_in_the_csv_files_of_a_folder_of_workbooks(kent: RulePack, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    book(folder / "one.xlsx", Teams=LIST, Workforce=FIGURES)
    (folder / "audits.csv").write_text("team_id,quarter,files_audited\nA,2008/09 Q4,many\n", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_evidence(folder, kent)
    assert [path.name for path in write_marked(folder, caught.value.problems, tmp_path / "back")] == ["other files.xlsx"]


# -- teams over time, and promise 6 ------------------------------------------------------------------


def county(folder: Path, pack: RulePack, teams: str) -> EvidenceSet:
    (folder / "teams.csv").write_text("team_id,team_name,county,transfers_to,from_quarter,to_quarter,became\n" + teams, encoding="utf-8")
    rows = "".join(f"{team},{quarter},8,2\n" for team, quarter in (("A", Q4), ("A", Q1), ("C", Q4), ("C", Q1)))
    (folder / "workforce.csv").write_text("team_id,quarter,established_posts,vacant_posts\n" + rows, encoding="utf-8")
    return read_evidence(folder, pack)


@pytest.mark.parametrize("period", [",2008/09 Q4,", "2009/10 Q1,,"])
def test_a_transfer_to_a_team_that_is_not_there(period: str, kent: RulePack, tmp_path: Path) -> None:
    held = county(tmp_path, kent, f"A,Ashford,Kent,B,,,\nB,Dover,Kent,,{period}\nC,Swale,Kent,,,,\n")
    for quarter in (Q4, Q1):
        assert assess(kent, held, quarter).teams  # by both engines, where there are two
    ended = [remark.says for remark in held.remarks if "hands its work on" in remark.says]
    assert ended == (["A hands its work on to B, which has ended, and is scored as if it handed it on to no team"] if "Q4" in period else [])


def test_became_stands_in_the_last_row_of_a_team(kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="'A' has a later row, in which it goes on"):
        county(tmp_path, kent, "A,Ashford,Kent,,,2008/09 Q4,C\nA,Ashford Duty,Kent,,2009/10 Q1,,\nC,Swale,Kent,,,,\n")


def test_a_name_is_that_of_its_quarter(kent: RulePack, tmp_path: Path) -> None:
    teams = "A,North,Kent,,,2008/09 Q4,\nA,South,Kent,,2009/10 Q1,,\nB,South,Kent,,,2008/09 Q4,\nB,East,Kent,,2009/10 Q1,,\n"
    (tmp_path / "teams.csv").write_text("team_id,team_name,county,transfers_to,from_quarter,to_quarter,became\n" + teams, encoding="utf-8")
    (tmp_path / "workforce.csv").write_text("team_id,team_name,quarter,vacant_posts\nA,South,2008/09 Q4,2\nSouth,,2008/09 Q4,2\n", encoding="utf-8")
    found = problems(tmp_path, kent)
    assert any("row 2, column team_name: 'South' is not the name of A" in line for line in found)
    assert any("row 3, column team_id: 'South' is the name of A and B; write the id" in line for line in found)


def test_a_response_that_loses_its_last_answer_stays_a_response(kent: RulePack, tmp_path: Path) -> None:
    """Promise 6: what was open because of it stays open. In a workbook too, where an empty place is no response."""
    (tmp_path / "teams.csv").write_text("team_id,team_name,county\nA,Ashford,Kent\n", encoding="utf-8")
    head = "response_id,team_id,quarter,completed_on,respondent,q1,q47\n"
    could_be = []
    for answer in ("always", ""):
        (tmp_path / "responses.csv").write_text(f"{head}1,A,2008/09 Q4,,,always,never\n2,A,2008/09 Q4,,,{answer},\n", encoding="utf-8")
        held = read_evidence(tmp_path, kent)
        write_workbook(tmp_path / "all.xlsx", kent, contents_of(held))
        again = read_evidence(tmp_path / "all.xlsx", kent)
        (tmp_path / "all.xlsx").unlink()
        assert [len(one.responses) for one in (held, again)] == [2, 2]
        could_be.append([assess(kent, one, engine="columnar").team("A").could_be for one in (held, again)])
    assert could_be[0] == could_be[1]
