"""From a team list to a scored county by workbook, and from a workbook with mistakes back to its sender."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "kent-2009"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A workbook of four teams, with cells filled in by hand as a person would."""
    teams = "team_id,team_name,district,county\n" + "".join(f"T{n},Team {n},North,Kent\n" for n in range(1, 9))
    (tmp_path / "teams.csv").write_text(teams, encoding="utf-8")
    made = run("template", "--teams", tmp_path / "teams.csv", "--quarter", "2009/10 Q1", "-o", tmp_path / "return.xlsx")
    assert made.exit_code == 0, made.output
    book = openpyxl.load_workbook(tmp_path / "return.xlsx")
    workforce, asked = book["Workforce"], book["Questionnaire"]
    columns = {cell.value: cell.column for cell in workforce[7]}
    for row in range(8, 16):
        workforce.cell(row, columns["established_posts"], 10)
        workforce.cell(row, columns["vacant_posts"], row - 8)
    lines = {cell.value: cell.row for cell in asked["C"]}
    asked.cell(lines["q4"], 4, "Always")
    asked.cell(lines["q44"], 4, "usually")
    asked.cell(lines["respondent"], 4, "collective")
    book.save(tmp_path / "return.xlsx")
    return tmp_path / "return.xlsx"


def test_four_commands_from_nothing_to_a_scored_county(filled: Path) -> None:
    scored = run("score", filled, "--json")
    assert scored.exit_code == 0, scored.output
    document = json.loads(scored.output)
    assert document["quarter"] == "2009/10 Q1"
    assert {source["table"]: source["rows"] for source in document["read_from"]} == {"teams": 8, "responses": 1, "workforce": 8, "audits": 0}
    levels = {team["team_id"]: team["pressures"]["staffing_gap"]["state"] for team in document["teams"]}
    assert levels["T1"] == "cannot tell" and levels["T2"] == "cannot tell" and levels["T3"] == "present" and levels["T8"] == "severe"
    text = run("score", filled).output
    assert "Read Teams (8 teams), Questionnaire (1 response), Workforce (8 workforce rows), Audits (0 audit rows) from return.xlsx" in text.replace("\n", " ").replace("  ", " ")


def test_a_workbook_not_yet_filled_in_says_so(tmp_path: Path) -> None:
    run("template", "--teams", EXAMPLE, "--quarter", "2008/09 Q4", "-o", tmp_path / "r.xlsx")
    scored = run("score", tmp_path / "r.xlsx")
    assert scored.exit_code == 3
    assert "r.xlsx: there is no evidence beside the team list; add answers of the questionnaire, workforce figures or audits" in scored.output


def test_a_workbook_for_each_team_and_the_folder_back(tmp_path: Path) -> None:
    made = run("template", "--teams", EXAMPLE, "--quarter", "2008/09 Q4", "--one-per-team", "--evidence", EXAMPLE, "-o", tmp_path / "returns", "--json")
    files = json.loads(made.output)["files"]
    assert len(files) == 60 and Path(files[0]).name == "T001 Ashford Duty.xlsx"
    one = json.loads(run("score", tmp_path / "returns", "--json").output)
    other = json.loads(run("score", EXAMPLE, "--quarter", "2008/09 Q4", "--json").output)
    level = {team["team_id"]: (team["level"], team["could_be"], team["score"]) for team in one["teams"]}
    # Without last quarter's figures, only what compares with them may differ, and that is no level.
    assert level == {team["team_id"]: (team["level"], team["could_be"], team["score"]) for team in other["teams"]}


def test_the_workbook_checks_what_is_typed_into_it(filled: Path) -> None:
    book = openpyxl.load_workbook(filled)
    assert book.sheetnames == ["Read me", "Teams", "Questionnaire", "Workforce", "Audits", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    assert set(book.defined_names) == {"team_list", "answer_list", "respondent_list", "yes_or_no", "mark_list"}
    rules = {rule.formula1 for sheet in ("Questionnaire", "Workforce") for rule in book[sheet].data_validations.dataValidation}
    assert {"team_list", "answer_list", "respondent_list", "yes_or_no"} <= rules
    vacant = next(r for r in book["Workforce"].data_validations.dataValidation if "E8" in str(r.sqref) and r.type == "custom")
    assert "E8<=D8" in vacant.formula1 and "mark_list" in vacant.formula1 and "0 or more" in vacant.error
    assert all(sheet.protection.sheet for sheet in book.worksheets if sheet.title != "Lists")
    assert book["Workforce"]["D7"].protection.locked and not book["Workforce"]["D8"].protection.locked
    statements = [cell.value for cell in book["Questionnaire"]["C"] if str(cell.value or "").startswith("q") and str(cell.value)[1:].isdigit()]
    assert statements == [f"q{number}" for number in range(1, 49)]
    assert book["Workforce"].print_title_rows and book["Questionnaire"].page_setup.paperSize == 9


def test_a_workbook_is_not_written_over_unasked(filled: Path) -> None:
    before = filled.read_bytes()
    again = run("template", "--teams", EXAMPLE, "--quarter", "2009/10 Q1", "-o", filled)
    assert again.exit_code == 2 and "perhaps filled in" in again.output
    assert filled.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--teams", "nowhere.csv"), "nowhere.csv: the team list does not exist; give a file such as teams.csv"),
        (("--teams", EXAMPLE / "workforce.csv"), "workforce.csv, row 1: the column 'team_name' is missing; add it to the first row"),
    ],
)
def test_a_team_list_that_is_none(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    result = run("template", *words, "--quarter", "2009/10 Q1", "-o", tmp_path / "r.xlsx")
    assert result.exit_code == 3 and says in result.output, result.output


def test_mistakes_are_given_back_in_the_workbook(filled: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled)
    book["Workforce"]["E9"] = "two"
    for row in range(10, 15):
        book["Workforce"][f"D{row}"] = -1
    book["Questionnaire"]["D12"] = "=1/0"
    book.save(filled)
    result = run("score", filled, "--errors-to", tmp_path / "marked.xlsx")
    assert result.exit_code == 3
    lines = result.output.splitlines()
    assert lines[0].startswith("return.xlsx › Questionnaire › D12: the formula in this cell was never worked out")
    assert lines[1].startswith("return.xlsx › Workforce › E9: 'two' is not a number")
    assert lines[2] == "return.xlsx › Workforce › D10, D11, D12 and 2 more: -1 is negative; write a number, 0 or more"
    assert lines[3:] == ["7 problems in the evidence; nothing was scored: correct them, or leave the rows out with --skip-bad-rows", f"The bad cells are marked in {tmp_path / 'marked.xlsx'}"]
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert marked.sheetnames[0] == "Errors" and marked["Errors"].max_row == 8
    assert marked["Errors"]["A3"].hyperlink.location == "'Workforce'!E9"
    cell = marked["Workforce"]["E9"]
    assert cell.value == "two" and cell.comment.text.startswith("'two' is not a number") and cell.fill.fgColor.rgb == "00FFC7CE"
    assert marked["Workforce"].protection.sheet and len(marked["Workforce"].data_validations.dataValidation) > 20
    assert openpyxl.load_workbook(filled)["Workforce"]["E9"].comment is None
    marked["Workforce"]["E9"] = 2
    marked["Questionnaire"]["D12"] = None
    for row in range(10, 15):
        marked["Workforce"][f"D{row}"] = 12
    marked.save(tmp_path / "corrected.xlsx")
    assert run("score", tmp_path / "corrected.xlsx").exit_code == 0


def test_mistakes_in_csv_files_and_in_a_folder_of_workbooks_are_given_back_too(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "teams.csv").write_text("team_id,team_name,county\nA,=Ashford,Kent\n", encoding="utf-8")
    (folder / "workforce.csv").write_text("team_id,quarter,vacant_posts\nA,2009/10 Q1,two\n", encoding="utf-8")
    assert run("score", folder, "--errors-to", tmp_path / "csv.xlsx").exit_code == 3
    marked = openpyxl.load_workbook(tmp_path / "csv.xlsx")
    assert marked.sheetnames == ["Errors", "teams", "workforce"]
    assert marked["workforce"]["C2"].comment is not None and marked["teams"]["B2"].data_type == "s"
    inside = run("score", folder, "--errors-to", folder / "x.xlsx")
    assert "it would stand among the evidence" in inside.output and not (folder / "x.xlsx").exists()
    books = tmp_path / "books"
    books.mkdir()
    (books / "bad.xlsx").write_bytes(b"not a workbook")
    book = openpyxl.load_workbook(filled)
    book["Workforce"]["E9"] = "two"
    book.save(books / "one.xlsx")
    assert run("score", books, "--errors-to", tmp_path / "back").exit_code == 3
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["bad.xlsx", "one.xlsx"]
    assert openpyxl.load_workbook(tmp_path / "back" / "bad.xlsx").sheetnames == ["Errors"]


def test_an_import_says_what_it_waits_for_and_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("team_id,team_name,county\nT1,Ashford Duty,Kent\n", encoding="utf-8")
    (tmp_path / "hr.csv").write_text("Team,Vacant post\nAshford Duty,2\n", encoding="utf-8")
    words = ("import", "table", tmp_path / "hr.csv", "--quarter", "2009/10 Q1", "-o", tmp_path / "q1")
    first = run(*words)
    assert first.exit_code == 3
    assert "needs your eye; nothing was imported" in first.output and "column 'Vacant post' was taken for vacant_posts, by likeness" in first.output
    assert json.loads(run(*words, "--json").stdout)["to_confirm"]
    mapping = tmp_path / "hr.mapping.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("confirmed: no", "confirmed: yes"), encoding="utf-8")
    second = run(*words)
    assert second.exit_code == 0
    assert "1 workforce row with 1 figure" in second.output and second.output.endswith(f"Next: springtide score {tmp_path / 'q1'}\n")
    assert run(*words).exit_code == 2
    assert json.loads(run(*words, "--overwrite", "--json").output)["matched"] == {"Team": "team_id", "Vacant post": "vacant_posts"}
