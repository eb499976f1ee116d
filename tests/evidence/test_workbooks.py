"""Workbooks in and out: what is written reads back as it was, and no file, however broken, does more than be refused."""

from __future__ import annotations

import csv
import io
import random
import resource
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springtide.evidence import EvidenceError, EvidenceSet, read_evidence
from springtide.evidence.cells import MISSING_MARKS
from springtide.evidence.places import Where
from springtide.evidence.reading.workbook import WorkbookError, number_text, read_workbook
from springtide.evidence.records import Response, Row
from springtide.evidence.writing.contents import contents_of, to_fill_in
from springtide.evidence.writing.csv_files import tables_of, write_tables
from springtide.evidence.writing.workbook import write_workbook
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter, parse_quarter
from springtide.logic.units import UNITS
from springtide.rulepack import load_pack

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Q4 = parse_quarter("2008/09 Q4")
Cells = list[list[Any]]


def book(path: Path, **sheets: Cells) -> Path:
    """A plain workbook: sheets of cells, numbers as numbers and text as text."""
    written = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for title, cells in sheets.items():
        sheet = written.add_worksheet(title.replace("_", " "))
        for row, line in enumerate(cells):
            for column, value in enumerate(line):
                if isinstance(value, str) and value.startswith("=="):
                    sheet.write_formula(row, column, value[1:], None, "")
                elif value is not None:
                    sheet.write(row, column, value)
    written.close()
    return path


TEAMS: Cells = [["team_id", "team_name", "county"], ["A", "Ashford", "Kent"], ["B", "Dover", "Kent"]]
WORKFORCE: Cells = [["team_id", "quarter", "established_posts", "vacant_posts"], ["A", "2008/09 Q4", 8, 2], ["B", "2008/09 Q4", 7.5, 0]]


def problems(path: Path, pack: RulePack) -> list[str]:
    with pytest.raises(EvidenceError) as caught:
        read_evidence(path, pack)
    return [str(problem) for problem in caught.value.problems]


def problems_by(path: Path, pack: RulePack, processes: int) -> list[str]:
    with pytest.raises(EvidenceError) as caught:
        read_evidence(path, pack, processes=processes)
    return [str(problem) for problem in caught.value.problems]


def refused_or_read(path: Path, pack: RulePack) -> list[str]:
    """The mistakes found, or that there are none; anything else than the one error goes through."""
    try:
        read_evidence(path, pack)
    except EvidenceError as error:
        return [str(problem) for problem in error.problems]
    return ["read"]


# -- what is written reads back --------------------------------------------------------------------

KENT = load_pack("kent-2009")
SCALE = KENT.questionnaire.scale
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs", "Cf", "Cn", "Co"]), min_size=1, max_size=12).map(str.strip).filter(bool)
AWKWARD = st.sampled_from(["=1+1", "+44", "-x", "@sum", "'quoted", "''=x", "a;b", 'say "so"', "Ünïcode ✓", "1e5", "007", "TRUE", "null", "#N/A ref"])


@st.composite
def evidence(draw: st.DrawFn) -> EvidenceSet:
    """Evidence of a few teams in up to three quarters, with names that a spreadsheet would like to work out."""
    ids = draw(st.lists(st.from_regex(r"[A-Z]{1,3}[0-9]{0,3}", fullmatch=True), min_size=1, max_size=8, unique=True))
    county = draw(TEXT | AWKWARD)
    quarters = draw(st.lists(st.builds(Quarter, st.integers(2000, 2030), st.integers(1, 4)), min_size=1, max_size=3, unique=True))
    teams = tuple(Team(team, f"{draw(TEXT | AWKWARD)} {place}", "", county) for place, team in enumerate(sorted(ids)))
    figures = {f.id: f for f in KENT.figures.values() if f.table != "responses" and f.at_most is None}
    rows, responses = [], []
    for team in teams:
        for quarter in quarters:
            for table in ("workforce", "audits"):
                held: dict[str, float] = {}
                marks: dict[str, str] = {}
                for name in draw(st.lists(st.sampled_from([f for f in figures if figures[f].table == table]), max_size=4, unique=True)):
                    unit = UNITS[figures[name].unit]
                    if draw(st.integers(0, 5)) == 0:
                        marks[name] = draw(st.sampled_from([meaning for mark, meaning in MISSING_MARKS.items() if mark]))
                    elif unit.whole:
                        held[name] = float(draw(st.integers(0, 1 if unit.most == 1 else 10**6)))
                    else:
                        held[name] = draw(st.floats(0, min(unit.most, 1e9), allow_subnormal=False)) + 0.0
                if held or marks:
                    rows.append(Row(team.id, quarter, held, marks, table, Where("x.csv", len(rows) + 2)))
            for number in range(draw(st.integers(0, 2))):
                answers = {q: draw(st.sampled_from([None, *SCALE.answers, SCALE.not_counted, SCALE.missing])) for q in list(KENT.questions)[:6]}
                when = draw(st.none() | st.dates(date(1990, 1, 1), date(2199, 1, 1)))
                who = draw(st.sampled_from(["", "manager", "practitioner", "collective"]))
                if when or who or any(answers.values()):
                    full = dict.fromkeys(KENT.questions) | answers
                    responses.append(Response(f"{team.id} {quarter} {number}", team.id, quarter, when, who, full, Where("x.csv", len(responses) + 2)))
    return EvidenceSet(teams, tuple(responses), tuple(rows))


def same(one: EvidenceSet, other: EvidenceSet) -> None:
    assert one.teams == other.teams
    assert one.hash == other.hash
    assert {(r.team, r.quarter, tuple(sorted(r.marks.items()))) for r in one.rows} == {(r.team, r.quarter, tuple(sorted(r.marks.items()))) for r in other.rows}
    assert {(r.id, r.completed_on, r.respondent) for r in one.responses} == {(r.id, r.completed_on, r.respondent) for r in other.responses}


@given(evidence())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, held: EvidenceSet) -> None:
    if not held.rows and not held.responses:
        return
    folder = tmp_path_factory.mktemp("written")
    write_workbook(folder / "all.xlsx", KENT, contents_of(held))
    same(held, read_evidence(folder / "all.xlsx", KENT))
    write_tables(folder / "csv", {f"{name}.csv": rows for name, rows in tables_of(KENT, contents_of(held)).items()}, overwrite=False)
    same(held, read_evidence(folder / "csv", KENT))


def test_the_kent_example_reads_back_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    held = read_evidence(EXAMPLES / "kent-2009", KENT)
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, KENT, contents_of(held))
    assert read_evidence(tmp_path / "one.xlsx", KENT).hash == held.hash
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_text_is_that_number(value: float) -> None:
    assert float(number_text(value)) == value
    assert "e" not in number_text(value).lower()


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    """Neither in the workbook, nor in a CSV file that a spreadsheet opens."""
    name = '=HYPERLINK("http://example.org","x")'
    held = EvidenceSet((Team("A", name, "", "@Kent"),), (), (Row("A", Q4, {"established_posts": 8.0}, {}, "workforce", Where("x.csv", 2)),))
    write_workbook(tmp_path / "all.xlsx", KENT, contents_of(held))
    cells = [cell for sheet in openpyxl.load_workbook(tmp_path / "all.xlsx").worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == name and cell.data_type == "s" for cell in cells)
    assert read_evidence(tmp_path / "all.xlsx", KENT).teams[0].name == name
    write_tables(tmp_path / "csv", {f"{table}.csv": rows for table, rows in tables_of(KENT, contents_of(held)).items()}, overwrite=False)
    with (tmp_path / "csv" / "teams.csv").open(encoding="utf-8", newline="") as stream:
        assert not [cell for row in csv.reader(stream) for cell in row if cell[:1] in "=+-@" and cell]
    assert read_evidence(tmp_path / "csv", KENT).teams[0].name == name


# -- layouts ---------------------------------------------------------------------------------------


def test_headings_may_stand_lower_and_in_words(kent: RulePack, tmp_path: Path) -> None:
    above: Cells = [["Quarterly return"], [None], ["HR", "HR", "posts", "posts"]]
    words: Cells = [["Team ID", "Quarter", "Established posts", "VACANT POSTS"], *WORKFORCE[1:]]
    held = read_evidence(book(tmp_path / "r.xlsx", Teams=[[None], *TEAMS], Workforce_HR=above + words), kent)
    assert [row.figures for row in held.rows] == [{"established_posts": 8.0, "vacant_posts": 2.0}, {"established_posts": 7.5, "vacant_posts": 0.0}]
    assert held.of(kent, "A", Q4).cells["vacant_posts"] == "r.xlsx › Workforce HR › D5"


def test_a_sheet_on_its_side(kent: RulePack, tmp_path: Path) -> None:
    side: Cells = [["Team", "team_id", "A", "B · Dover"], [None, "quarter", "2008/09 Q4", "2008/09 Q4"], ["How many", "vacant_posts", 2, "two"]]
    assert problems(book(tmp_path / "r.xlsx", Teams=TEAMS, Workforce=side), kent) == [
        "r.xlsx › Workforce › D3: 'two' is not a number; write a number, 0 or more, in digits, or leave it blank if it is not known"
    ]


def test_cells_as_excel_keeps_them(kent: RulePack, tmp_path: Path) -> None:
    """Percentages are shares, dates are days, ticks are yes or no, and numbers kept as text are numbers."""
    responses: Cells = [["response_id", "team_id", "quarter", "completed_on", "q8"], [1, "Ashford", "2008/09 Q4", None, "Always "]]
    workforce: Cells = [["team_id", "quarter", "vacancy_rate", "cases_registered", "team_reorganised"], ["A", "2008/09 Q4", 0.15, "120", True]]
    path = book(tmp_path / "r.xlsx", Teams=TEAMS, Responses=responses, Workforce=workforce)
    edited = openpyxl.load_workbook(path)
    edited["Responses"]["D2"] = date(2009, 2, 3)
    edited["Workforce"]["C2"].number_format = "0%"
    edited.save(path)
    held = read_evidence(path, kent)
    assert held.rows[0].figures == {"vacancy_rate": 0.15, "cases_registered": 120.0, "team_reorganised": 1.0}
    assert (held.responses[0].id, held.responses[0].team, held.responses[0].completed_on) == ("1", "A", date(2009, 2, 3))


def test_a_formula_that_failed_is_named_with_its_cell(kent: RulePack, tmp_path: Path) -> None:
    path = book(tmp_path / "r.xlsx", Teams=TEAMS, Workforce=WORKFORCE)
    edited = openpyxl.load_workbook(path)
    edited["Workforce"]["C2"] = "=1/0"  # written without a value, as tools do that don't work formulas out
    edited["Workforce"]["D3"] = "#REF!"
    edited["Workforce"]["D3"].data_type = "e"
    edited.save(path)
    assert problems(path, kent) == [
        "r.xlsx › Workforce › C2: the formula in this cell was never worked out; correct it, or write the value in its place",
        "r.xlsx › Workforce › D3: the formula in this cell gives #REF!; correct it, or write the value in its place",
    ]


def test_headings_of_a_sheet_are_named_with_their_cells(kent: RulePack, tmp_path: Path) -> None:
    workforce: Cells = [["note"], ["team_id", "quarter", "vacent_posts", "", "cases"], ["A", "2008/09 Q4", 1, 2, 3]]
    assert problems(book(tmp_path / "r.xlsx", Teams=TEAMS, Workforce=workforce), kent) == [
        "r.xlsx › Workforce › D2: column 4 has no heading; give it one, or delete the column",
        "r.xlsx › Workforce › E2: unknown column 'cases'; did you mean 'closures' or 'caseload'?",
        "r.xlsx › Workforce › C2: unknown column 'vacent_posts'; did you mean 'vacant_posts'?",
    ]


def test_a_row_that_slipped_beside_another_name(kent: RulePack, tmp_path: Path) -> None:
    workforce: Cells = [["team_id", "team_name", "quarter", "vacant_posts"], ["A", "Dover", "2008/09 Q4", 2]]
    assert problems(book(tmp_path / "r.xlsx", Teams=TEAMS, Workforce=workforce), kent) == [
        "r.xlsx › Workforce › B2: 'Dover' is not the name of A, which is 'Ashford'; is the row another team's? correct the id or the name"
    ]


def test_a_workbook_with_no_table(kent: RulePack, tmp_path: Path) -> None:
    assert problems(book(tmp_path / "hr.xlsx", Sheet1=WORKFORCE), kent) == [
        "hr.xlsx: no sheet of the workbook is a table of evidence; "
        "name the sheet Teams, Questionnaire, Workforce, Audits or Acknowledged, or bring another layout in with springtide import table"
    ]


# -- several files ---------------------------------------------------------------------------------


def test_a_folder_of_workbooks_one_a_team(kent: RulePack, tmp_path: Path) -> None:
    """What one workbook holds of all, the folder of single ones holds too."""
    whole = read_evidence(EXAMPLES / "kent-2009", kent)
    for team in whole.teams:
        write_workbook(tmp_path / f"{team.id}.xlsx", kent, to_fill_in(whole.teams, Q4, [team.id], 4, whole))
    (tmp_path / "~$T001.xlsx").write_bytes(b"a lock that Excel leaves")
    seen: list[tuple[int, int, str]] = []
    held = read_evidence(tmp_path, kent, progress=lambda done, of, name: seen.append((done, of, name)))
    assert held.teams == whole.teams
    assert sorted(r.id for r in held.responses) == sorted(r.id for r in whole.responses)
    assert {(r.team, *sorted(r.figures.items())) for r in held.rows} == {(r.team, *sorted(r.figures.items())) for r in whole.rows if r.quarter == Q4}
    assert seen[0] == (1, 60, "T001.xlsx") and seen[-1] == (60, 60, "T060.xlsx")
    (tmp_path / "T007.xlsx").write_bytes(b"broken")
    one, two = (problems(tmp_path, kent), problems_by(tmp_path, kent, processes=2))
    assert one == two == ["T007.xlsx: this is not an Excel workbook; save it as 'Excel Workbook (.xlsx)'; a CSV file must end in .csv"]


def test_figures_of_one_team_from_two_files(kent: RulePack, tmp_path: Path) -> None:
    """HR knows the posts, the case system the cases; the same figure twice is fine, and two that differ are not."""
    book(tmp_path / "hr.xlsx", Teams=TEAMS, Workforce=WORKFORCE)
    (tmp_path / "workforce.cases.csv").write_text("team_id,quarter,cases_registered,vacant_posts\nA,2008/09 Q4,120,2\nB,2008/09 Q4,90,\n", encoding="utf-8")
    held = read_evidence(tmp_path, kent)
    assert held.figures_of("A", Q4) == {"established_posts": 8.0, "vacant_posts": 2.0, "cases_registered": 120.0}
    (tmp_path / "workforce.cases.csv").write_text("team_id,quarter,vacant_posts,cases_farmed_out\nA,2008/09 Q4,3,\nB,2008/09 Q4,,1\n", encoding="utf-8")
    assert problems(tmp_path, kent) == [
        "workforce.cases.csv, row 2, column vacant_posts: 3 is not the 2 of hr.xlsx › Workforce › D2; give a figure once, or the same everywhere"
    ]


def test_parts_and_wholes_are_checked_over_files(kent: RulePack, tmp_path: Path) -> None:
    book(tmp_path / "hr.xlsx", Teams=TEAMS, Workforce=[["team_id", "quarter", "established_posts"], ["A", "2008/09 Q4", 3]])
    (tmp_path / "workforce.cases.csv").write_text("team_id,quarter,vacant_posts\nA,2008/09 Q4,4\n", encoding="utf-8")
    (found,) = problems(tmp_path, kent)
    assert "4 is more than established_posts, 3" in found


def test_two_files_that_list_a_team_differently(kent: RulePack, tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", Teams=TEAMS, Workforce=WORKFORCE[:2])
    book(tmp_path / "b.xlsx", Teams=[TEAMS[0], ["A", "Ashford East", "Kent"], TEAMS[2]], Workforce=[WORKFORCE[0], WORKFORCE[2]])
    assert problems(tmp_path, kent) == [
        "b.xlsx › Teams › A2: 'A' is not as in a.xlsx › Teams › row 2; the files say different things of one team; write it one way"
    ]


def test_one_csv_file_is_read_with_the_team_list_beside_it(kent: RulePack, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "minimal", tmp_path / "m")
    held = read_evidence(tmp_path / "m" / "workforce.csv", kent)
    assert not held.responses and held.rows
    assert [source.file for source in held.read_from] == ["teams.csv", "workforce.csv"]


# -- files that are broken or too large ------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return book(tmp_path_factory.mktemp("small") / "r.xlsx", Teams=TEAMS, Workforce=WORKFORCE).read_bytes()


@pytest.mark.parametrize("seed", range(8))
def test_mangled_bytes_end_in_a_message(seed: int, small: bytes, kent: RulePack, tmp_path: Path) -> None:
    """Bytes changed, cut, repeated, or swapped: it reads or it is refused, in words; 40 files a seed."""
    rng = random.Random(seed)
    path = tmp_path / "r.xlsx"
    for _ in range(40):
        raw = bytearray(small)
        for _ in range(rng.choice([1, 3, 30])):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        if rng.random() < 0.3:
            raw = raw[: rng.randrange(len(raw))]
        if rng.random() < 0.1:
            raw += raw[: rng.randrange(1, 200)]
        path.write_bytes(bytes(raw))
        assert all(refused_or_read(path, kent))


@pytest.mark.parametrize("seed", range(6))
def test_mangled_xml_ends_in_a_message(seed: int, small: bytes, kent: RulePack, tmp_path: Path) -> None:
    """The archive is sound, and what it holds is not: letters and tags changed inside the sheets."""
    rng = random.Random(seed)
    path = tmp_path / "r.xlsx"
    with zipfile.ZipFile(io.BytesIO(small)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(40):
        name = rng.choice([part for part in parts if "sheet" in part or "workbook" in part or "shared" in part])
        changed = bytearray(parts[name])
        for _ in range(rng.choice([1, 2, 8])):
            at = rng.randrange(len(changed))
            changed[at : at + rng.choice([0, 1, 5])] = rng.choice([b"<", b">", b'"', b"&#0;", b"]]>", b"99999999", b"ZZZ1048576", b"", b"\xff", b"t=\"e\""])
        with zipfile.ZipFile(path, "w") as archive:
            for part, data in (parts | {name: bytes(changed)}).items():
                archive.writestr(part, data)
        assert all(refused_or_read(path, kent))


def with_sheet(small: bytes, path: Path, xml: bytes) -> Path:
    """The small workbook with its second sheet's XML replaced."""
    with zipfile.ZipFile(io.BytesIO(small)) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(name, xml if name.endswith("sheet2.xml") else archive.read(name))
    return path


HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def test_a_sheet_of_a_million_rows(small: bytes, kent: RulePack, tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_000_001))
    path = with_sheet(small, tmp_path / "r.xlsx", HEAD + rows + TAIL)
    assert problems(path, kent) == ["r.xlsx › Workforce: the sheet has 1,000,000 rows; 100,000 are read at most; a quarter's returns are far smaller; is it the right file?"]


def test_rows_that_do_not_say_their_numbers_are_counted(small: bytes, tmp_path: Path) -> None:
    path = with_sheet(small, tmp_path / "r.xlsx", HEAD + b"<row><c><v>1</v></c></row>" * 150_000 + TAIL)
    with pytest.raises(WorkbookError, match="150,000 rows"):
        read_workbook(path)


def test_a_cell_at_the_far_corner(small: bytes, kent: RulePack, tmp_path: Path) -> None:
    """Room for every cell up to it would take more memory than there is."""
    path = with_sheet(small, tmp_path / "r.xlsx", HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="99000"><c r="XFD99000"><v>1</v></c></row>' + TAIL)
    assert problems(path, kent) == ["r.xlsx › Workforce: the sheet reaches to XFD99000; delete what stands far beyond the table, and save it again"]


def test_a_bomb_is_refused_within_bounds(small: bytes, kent: RulePack, tmp_path: Path) -> None:
    """A few hundred kilobytes that unpack to more than a gigabyte, with a size in its directory that says otherwise."""
    path = with_sheet(small, tmp_path / "r.xlsx", HEAD + b" " * 400_000_000 + TAIL)
    assert path.stat().st_size < 1_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert problems(path, kent) == ["r.xlsx: unpacked, the workbook is over 250 MB; a quarter's returns are far smaller; is it the right file?"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000  # kilobytes; the limit itself, held twice
    raw = path.read_bytes().replace((400_000_000 + len(HEAD + TAIL)).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(raw)
    assert problems(path, kent)[0].startswith("r.xlsx: ")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "this is not an Excel workbook"),
        (b"PK\x03\x04", "the workbook is damaged"),
        (b"team_id,team_name,county\n", "this is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "the workbook has a password, or is of Excel 2003 or older"),
    ],
)
def test_what_is_no_workbook(raw: bytes, says: str, kent: RulePack, tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(raw)
    assert problems(tmp_path / "r.xlsx", kent)[0].startswith(f"r.xlsx: {says}")


def test_entities_are_not_expanded(small: bytes, kent: RulePack, tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + HEAD[21:] + TAIL
    assert problems(with_sheet(small, tmp_path / "r.xlsx", laughs), kent)[0].startswith("r.xlsx: the workbook is damaged")
