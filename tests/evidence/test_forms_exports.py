"""Survey exports as they really come: each awkward one gives the same evidence, or stops at the exact cell with the reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from springtide.evidence import EvidenceError, EvidenceSet, read_evidence, read_teams
from springtide.evidence.imports.bring_in import Brought, NotConfirmed, bring_in
from springtide.evidence.imports.mapping import read_mapping
from springtide.evidence.imports.proposal import all_targets
from springtide.logic.model import RulePack

TEAMS = "team_id,team_name,district,county\nT1,Ashford Duty,Ashford,Kent\nT2,Dover Long-term,Dover,Kent\nT3,Swale Duty,Swale,Kent\n"
QUARTER = "2008/09 Q4"
ROWS = [  # team, whose view, day, and where the answers to the questions begin on the scale
    ("Ashford Duty", "A manager", datetime(2009, 2, 3, 10, 15), 0),
    ("Ashford Duty", "A practitioner", datetime(2009, 2, 13, 9, 0), 1),
    ("Dover Long-term", "The team together", datetime(2009, 1, 30, 16, 59), 2),
    ("Swale Duty", "", datetime(2009, 3, 31, 23, 59), 5),
]
ANSWERS = ["always", "usually", "sometimes", "rarely", "never", "not applicable", "don't know", ""]


@dataclass
class Export:
    """A sheet of cells, as a survey tool writes it, and how it goes to a file."""

    head: list[str]
    rows: list[list[Any]]
    above: list[list[str]] = field(default_factory=list)
    encoding: str = ""  # of a CSV file; without one, a workbook
    separator: str = ","
    dates: str = "%d/%m/%Y %H:%M:%S"

    def write(self, folder: Path) -> Path:
        if self.encoding:
            out = io.StringIO(newline="")
            text = [[cell.strftime(self.dates) if isinstance(cell, datetime) else str(cell) for cell in row] for row in self.rows]
            csv.writer(out, delimiter=self.separator, lineterminator="\r\n").writerows([*self.above, self.head, *text])
            (folder / "survey.csv").write_bytes(out.getvalue().encode(self.encoding))
            return folder / "survey.csv"
        book = xlsxwriter.Workbook(str(folder / "survey.xlsx"), {"strings_to_formulas": False})
        sheet, day = book.add_worksheet("Form1"), book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for row, cells in enumerate([*self.above, self.head, *self.rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(row, column, cell, day)
                elif cell != "":
                    sheet.write(row, column, cell)
        book.close()
        return folder / "survey.xlsx"

    def column(self, start: str) -> int:
        return next(place for place, heading in enumerate(self.head) if heading.startswith(start))

    def heading(self, start: str, to: str) -> Export:
        place = self.column(start)
        return replace(self, head=[*self.head[:place], to, *self.head[place + 1 :]])


def plain_export(pack: RulePack) -> Export:
    """What Microsoft Forms writes when nothing is odd: the 44 questions whose wording is known, in their order."""
    questions = [q for q in pack.questions.values() if q.favourable_when != "unknown"]
    head = ["ID", "Start time", "Completion time", "Email", "Name", "Which team are you in?", "Whose view is this?", *(q.statement for q in questions)]
    rows = [
        [number, when, when, f"{number}@example.org", f"Person {number}", team, who, *(ANSWERS[(first + q.number) % len(ANSWERS)].capitalize() for q in questions)]
        for number, (team, who, when, first) in enumerate(ROWS, 1)
    ]
    return Export(head, rows)


def imported(export: Export, pack: RulePack, folder: Path, *, confirm: bool = False) -> tuple[EvidenceSet, Brought]:
    """Bring an export in, confirming every guess where that is what a person would do, and read the evidence back."""
    (folder / "teams.csv").write_text(TEAMS, encoding="utf-8")
    listed, file, mapping = read_teams(folder / "teams.csv", pack), export.write(folder), folder / "m.yaml"
    if confirm:
        with pytest.raises(NotConfirmed):
            bring_in(file, "forms", pack, listed, folder / "out", map_file=mapping, quarter=QUARTER)
        assert not (folder / "out").exists()
        mapping.write_text(mapping.read_text(encoding="utf-8").replace("confirmed: no", "confirmed: yes"), encoding="utf-8")
    brought = bring_in(file, "forms", pack, listed, folder / "out", map_file=mapping, quarter=QUARTER)
    return read_evidence(folder / "out", pack), brought


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> EvidenceSet:
    from springtide.rulepack import load_pack

    pack = load_pack("kent-2009")
    held, brought = imported(plain_export(pack), pack, tmp_path_factory.mktemp("plain"))
    assert len(held.responses) == 4
    assert {r.team for r in held.responses} == {"T1", "T2", "T3"}
    assert [r.respondent for r in held.responses] == ["manager", "practitioner", "collective", ""]
    for response, (_, _, when, first) in zip(held.responses, ROWS, strict=True):
        assert response.completed_on == when.date()
        for question in pack.questions.values():
            known = question.favourable_when != "unknown"
            assert response.answers[question.id] == ((ANSWERS[(first + question.number) % len(ANSWERS)] or None) if known else None)
    assert brought.not_asked(pack) == []
    return held


Change = Callable[[Export], Export]


def reordered(export: Export) -> Export:
    order = [*range(7), *reversed(range(7, len(export.head)))]
    return replace(export, head=[export.head[place] for place in order], rows=[[row[place] for place in order] for row in export.rows])


def with_column(export: Export, at: int, heading: str, cells: list[Any]) -> Export:
    return replace(export, head=[*export.head[:at], heading, *export.head[at:]], rows=[[*row[:at], cell, *row[at:]] for row, cell in zip(export.rows, cells, strict=True)])


def anonymous(export: Export) -> Export:
    """Forms writes the word where names are not recorded, and no address."""
    return replace(export, rows=[[*row[:3], "anonymous", "", *row[5:]] for row in export.rows])


def messy(export: Export) -> Export:
    """Choices that end in ;, odd spaces and quotation marks, capitals, line breaks in headings."""
    head = [heading.replace(" ", "\u00a0", 1).replace("'", "\u2019") + "\n " for heading in export.head]
    rows = [[f"\u00a0{cell.replace(chr(39), chr(0x2019))} ;" if isinstance(cell, str) and place > 4 and cell else cell for place, cell in enumerate(row)] for row in export.rows]
    return replace(export, head=head, rows=rows)


def numbered(export: Export) -> Export:
    """The form's own numbers before each question, which are not the questionnaire's."""
    return replace(export, head=[*export.head[:5], *(f"{number}. {heading}" for number, heading in enumerate(export.head[5:], 1))])


SAME: dict[str, Change] = {
    "UTF-8 with a mark": lambda e: replace(e, encoding="utf-8-sig"),
    "UTF-8 without a mark": lambda e: replace(e, encoding="utf-8"),
    "Windows-1252, semicolons": lambda e: replace(messy(e), encoding="cp1252", separator=";"),
    "UTF-16, tabs": lambda e: replace(e, encoding="utf-16", separator="\t"),
    "anonymous": anonymous,
    "reordered": reordered,
    "stray spaces, line breaks, curly quotes and trailing ;": messy,
    "the form's own numbers": numbered,
    "Id, and the time of the last change": lambda e: with_column(e.heading("ID", "Id"), 5, "Last modified time", [row[1] for row in e.rows]),
    "a blank first row": lambda e: replace(e, above=[[""]]),
    "merged cells above the headings": lambda e: replace(e, above=[["Quarterly questionnaire"], ["", "", "", "", "", "About you", "", "Identifying and responding"]]),
    "further questions": lambda e: with_column(with_column(e, 9, "Which office do you work in?", ["A", "B", "A", "B"]), len(e.head) + 1, "Anything else?", ["We are stretched", "", "No", ""]),
    "dates as text, day first": lambda e: replace(e, rows=[[row[0], *(day.strftime("%d/%m/%Y %H:%M") for day in row[1:3]), *row[3:]] for row in e.rows]),
    "dates as text, month first": lambda e: replace(e, rows=[[row[0], *(day.strftime("%m/%d/%y %H:%M:%S") for day in row[1:3]), *row[3:]] for row in e.rows]),
    "dates in words": lambda e: replace(e, rows=[[row[0], *(day.strftime("%d %B %Y %H:%M") for day in row[1:3]), *row[3:]] for row in e.rows]),
    "a title twice, marked 2, that is not answered": lambda e: with_column(e, len(e.head), f"{e.head[10]}2", ["", "", "", ""]),
    "a column without a heading": lambda e: with_column(e, 8, "", ["x", "", "", ""]),
    "team ids with names": lambda e: replace(e, rows=[[*row[:5], {"Ashford Duty": "T1 · Ashford Duty", "Dover Long-term": "t2", "Swale Duty": "SWALE  DUTY"}[row[5]], *row[6:]] for row in e.rows]),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_an_awkward_export_gives_the_same_evidence(name: str, expected: EvidenceSet, kent: RulePack, tmp_path: Path) -> None:
    held, _ = imported(SAME[name](plain_export(kent)), kent, tmp_path)
    assert held.hash == expected.hash


GUESSED: dict[str, tuple[Change, str]] = {
    "reworded": (lambda e: e.heading("Children are seen and", "Children are seen and are spoken to"), "was taken for q12, by likeness"),
    "reworded, with its number": (lambda e: e.heading("Case files", "Q10. Files are kept in good order and well organised"), "was taken for q10, by its number"),
    "a number and nothing else": (lambda e: e.heading("A chronology", "Q11"), "was taken for q11, by its number alone"),
    "another heading over the teams": (lambda e: e.heading("Which team", "Where do you work?"), "was taken for team_id, its cells name teams"),
    "a team by another name": (
        lambda e: replace(e, rows=[[*row[:5], row[5].replace("Dover Long-term", "Dover Longterm team"), *row[6:]] for row in e.rows]),
        "the team 'Dover Longterm team' was taken for 'T2'",
    ),
    "days that could be months": (
        lambda e: replace(e, rows=[[row[0], day := "03/02/2009 10:00", day, *row[3:]] for row in e.rows]),
        "dates can be read in two ways; taken as day first",
    ),
}


@pytest.mark.parametrize("name", GUESSED)
def test_a_guess_is_shown_and_waits_to_be_confirmed(name: str, expected: EvidenceSet, kent: RulePack, tmp_path: Path) -> None:
    change, says = GUESSED[name]
    export = change(plain_export(kent))
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    with pytest.raises(NotConfirmed) as waiting:
        bring_in(export.write(tmp_path), "forms", kent, read_teams(tmp_path / "teams.csv", kent), tmp_path / "no", map_file=tmp_path / "n.yaml", quarter=QUARTER)
    assert any(says in line for line in waiting.value.mapping.open_lines), waiting.value.mapping.open_lines
    held, _ = imported(export, kent, tmp_path, confirm=True)
    if name != "days that could be months":
        assert held.hash == expected.hash


def test_a_word_that_is_not_on_the_scale_waits_for_its_meaning(kent: RulePack, expected: EvidenceSet, tmp_path: Path) -> None:
    export = plain_export(kent)
    export.rows = [[*row[:7], *("Mostly" if cell == "Usually" else cell for cell in row[7:])] for row in export.rows]
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    listed, file, mapping = read_teams(tmp_path / "teams.csv", kent), export.write(tmp_path), tmp_path / "m.yaml"
    with pytest.raises(NotConfirmed, match="1 to be confirmed"):
        bring_in(file, "forms", kent, listed, tmp_path / "out", map_file=mapping, quarter=QUARTER)
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("confirmed: no", "confirmed: yes"), encoding="utf-8")
    with pytest.raises(EvidenceError, match="'Mostly' is confirmed and means nothing"):
        bring_in(file, "forms", kent, listed, tmp_path / "out", map_file=mapping, quarter=QUARTER)
    mapping.write_text(re.sub(r"means:\n    confirmed: no", 'means: "usually"', text), encoding="utf-8")
    bring_in(file, "forms", kent, listed, tmp_path / "out", map_file=mapping, quarter=QUARTER)
    assert read_evidence(tmp_path / "out", kent).hash == expected.hash


def test_questions_that_are_missing_and_columns_that_are_nothing_are_said_both_ways(kent: RulePack, tmp_path: Path) -> None:
    export = plain_export(kent)
    gone = export.column("Case files")
    export = replace(export, head=[h for place, h in enumerate(export.head) if place != gone], rows=[[c for place, c in enumerate(row) if place != gone] for row in export.rows])
    held, brought = imported(with_column(export, 8, "Do you like your office?", ["Yes", "No", "No", "Yes"]), kent, tmp_path)
    assert brought.not_asked(kent) == ["q10"]
    assert brought.dropped["it is like nothing in evidence"] == ["Do you like your office?"]
    assert brought.dropped["personal data"] == ["Email", "Name"]
    assert all(response.answers["q10"] is None for response in held.responses)


def bad(export: Export, row: int, start: str, cell: Any) -> Export:
    export.rows[row][export.column(start)] = cell
    return export


STOPS: dict[str, tuple[Change, str]] = {
    "an answer of two choices": (lambda e: bad(e, 1, "Case files", "Always;Never;"), "the answer 'Always;Never' is not known"),
    "no team": (lambda e: bad(e, 2, "Which team", ""), "survey.xlsx › Form1 › F4: is blank; say which team this row is about"),
    "no such day": (lambda e: bad(e, 0, "Completion", "31/02/2009 10:00"), "survey.xlsx › Form1 › C2: '31/02/2009 10:00' is not a date; write it as 2009-01-30 or 30/01/2009"),
    "an id twice": (lambda e: bad(e, 3, "ID", 1), "survey.xlsx › Form1 › A5: 'survey-1' stands here twice; the first is in row 2; each response has its own id"),
    "no such day in a CSV file": (
        lambda e: replace(bad(e, 0, "Completion", "30 Febtober"), encoding="utf-8"),
        "survey.csv, row 2, column 'Completion time': '30 Febtober' is not a date; write it as 2009-01-30 or 30/01/2009",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_what_can_not_be_read_stops_at_its_cell(name: str, kent: RulePack, tmp_path: Path) -> None:
    change, says = STOPS[name]
    with pytest.raises((EvidenceError, NotConfirmed)) as caught:
        imported(change(plain_export(kent)), kent, tmp_path)
    said = [str(problem) for problem in caught.value.problems] if isinstance(caught.value, EvidenceError) else caught.value.mapping.open_lines
    assert said == [says]
    assert not (tmp_path / "out").exists()


def test_next_quarter_the_mapping_is_used_again_and_a_new_column_is_noticed(kent: RulePack, tmp_path: Path) -> None:
    _, brought = imported(plain_export(kent), kent, tmp_path)
    assert replace(read_mapping(brought.mapping_file, all_targets(kent)), quarter=QUARTER) == brought.mapping
    changed = with_column(plain_export(kent), 8, "Is the office warm?", ["Yes"] * 4)
    with pytest.raises(EvidenceError) as caught:
        bring_in(changed.write(tmp_path), "forms", kent, read_teams(tmp_path / "teams.csv", kent), tmp_path / "two", map_file=brought.mapping_file, quarter=QUARTER)
    assert [str(problem) for problem in caught.value.problems] == [
        "survey.xlsx › Form1 › row 1: the mapping does not know the column I 'Is the office warm?'; add it to the mapping, with `to: nothing` if it is not wanted"
    ]


def test_nothing_of_a_person_is_written_unless_it_was_asked_for(kent: RulePack, tmp_path: Path) -> None:
    export = with_column(plain_export(kent), 51, "Anything else you want to tell us?", ["Please call Mr Smith about it all", "", "We are very busy at the office in SW1A 2AA, as ever", ""])
    _, brought = imported(export, kent, tmp_path)
    written = "".join(path.read_text(encoding="utf-8") for path in brought.files)
    assert "@example.org" not in written and "Person 1" not in written and "Smith" not in written
    listed = read_teams(tmp_path / "teams.csv", kent)
    kept = bring_in(tmp_path / "survey.xlsx", "forms", kent, listed, tmp_path / "kept", map_file=brought.mapping_file, quarter=QUARTER, keep=("comments", "respondents"))
    assert [path.name for path in kept.files] == ["teams.csv", "responses.survey.csv", "comments.survey.csv", "respondents.survey.csv"]
    assert [(found.place, found.looks_like) for found in kept.screened] == [("survey.xlsx › Form1 › AZ4", ("a postcode",))]
    assert "Mr Smith" in kept.files[2].read_text(encoding="utf-8") and "1@example.org" in kept.files[3].read_text(encoding="utf-8")
    held = read_evidence(tmp_path / "kept", kent)
    assert held.hash == read_evidence(tmp_path / "out", kent).hash
    assert {source.file for source in held.read_from} == {"teams.csv", "responses.survey.csv"}
