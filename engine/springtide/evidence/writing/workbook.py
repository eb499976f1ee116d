"""A workbook of evidence for people: drop-downs, checked cells, what each figure means, locked headings, ready to print.

Above a sheet's row of headings, and left of its column of headings, stands what is for people; `tables` reads the rest.
Text is written as text: what begins with = + - or @ is no formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...logic.model import Figure, Measure, RulePack
from ...logic.units import UNITS
from ..cells import MISSING_MARKS
from ..places import letters
from ..reading.team_list import PERIOD_COLUMNS, TEAM_COLUMNS, label
from ..reading.workbook import number_text
from ..records import RESPONDENTS, Response
from .contents import Contents, Figures, columns_used

_FEW_TEAMS = 6  # so many teams stand side by side, a figure a line; more stand below one another, a figure a column
_FEW_RESPONSES = 6  # so many responses are printed beside the statements on one page
_A4 = 9
_LONGEST_TIP = 255
_NOT_ASKED = "Not asked: the review does not say what this question was."
_PLAIN = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
_INK, _BAND, _PAPER, _LINE = "#1F2A44", "#DCE6F1", "#FFFDE7", "#7F8FA9"
_TEAM_HELP = {
    "team_id": "A short id of its own", "team_name": "The name that people use", "district": "Its district, if any",
    "county": "The area whose pressures it shares", "team_type": "What sort of team it is",
    "transfers_to": "The team that takes its work on", "from_quarter": "The first quarter in which this row holds",
    "to_quarter": "The last quarter in which it holds", "became": "The teams that took its work over",
}  # fmt: skip
_ASKED = {
    "response_id": ("Response", "Leave it as it is; each response has its own."),
    "team_id": ("Team", "Choose the team from the list."),
    "quarter": ("Quarter", "The quarter that the answers speak of."),
    "completed_on": ("Date", "The day, as 30/01/2009."),
    "respondent": ("Whose view it is", "A manager's, a practitioner's, or the team's together. No name."),
}


def write_workbook(path: Path, pack: RulePack, contents: Contents) -> None:
    """Write a workbook that `read_evidence` reads. The same contents give the same bytes.

    Raises:
        OSError: it can't be written; nothing is left half-written.
    """
    part = path.with_name(f".{path.name}.part")
    book = xlsxwriter.Workbook(str(part), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": "Return for springtide", "created": datetime(2009, 7, 1)})
    try:
        _Book(book, pack, contents).write()
        book.close()
        part.replace(path)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(getattr(error.args[0], "errno", 0), getattr(error.args[0], "strerror", None) or "can't be written") from None
    finally:
        part.unlink(missing_ok=True)


@dataclass
class _Styles:
    """How cells look. Everything is locked but what is to be filled in."""

    book: Workbook

    def __post_init__(self) -> None:
        edge = {"border": 1, "border_color": _LINE}
        self.title = self._style(bold=True, font_size=16, font_color=_INK)
        self.text = self._style(text_wrap=True)
        self.head = self._style(bold=True, text_wrap=True, bg_color=_BAND, **edge)
        self.note = self._style(text_wrap=True, font_size=9, **edge)
        self.key = self._style(font_size=8, font_color="#5A6472", bg_color="#F2F2F2", text_wrap=True, **edge)
        self.band = self._style(bold=True, font_color="#FFFFFF", bg_color=_INK)
        self.given = self._style(text_wrap=True, **edge)
        self.open = self._style(locked=False, bg_color=_PAPER, text_wrap=True, **edge)
        self.date = self._style(locked=False, bg_color=_PAPER, num_format="dd/mm/yyyy", align="left", **edge)
        self.share = self._style(locked=False, bg_color=_PAPER, num_format="0.######%", align="left", **edge)
        self.number = self._style(locked=False, bg_color=_PAPER, align="left", **edge)

    def _style(self, **settings: Any) -> Format:
        return self.book.add_format({**_PLAIN, **settings})


class _Book:
    def __init__(self, book: Workbook, pack: RulePack, contents: Contents):
        self.book, self.pack, self.contents = book, pack, contents
        self.styles = _Styles(book)
        self.names = {team.id: team.name for team in contents.teams}
        self.labels = {team.id: label(team) for team in contents.teams}
        scale = pack.questionnaire.scale
        self.lists = {
            "team_list": list(dict.fromkeys(self.labels.values())) or [""],
            "answer_list": [*scale.answers, scale.not_counted, scale.missing],
            "respondent_list": list(RESPONDENTS),
            "yes_or_no": ["yes", "no"],
            "mark_list": [mark for mark in MISSING_MARKS if mark],
        }

    def write(self) -> None:
        sheets = {name: self.book.add_worksheet(name) for name in ("Read me", "Teams", "Questionnaire", "Workforce", "Audits", "Lists")}
        self._read_me(sheets["Read me"])
        self._teams(sheets["Teams"])
        self._questionnaire(sheets["Questionnaire"], self.contents.responses)
        self._figures(sheets["Workforce"], "workforce", self.contents.workforce)
        self._figures(sheets["Audits"], "audits", self.contents.audits)
        self._lists(sheets["Lists"])

    # -- sheets ----------------------------------------------------------------------------------

    def _read_me(self, sheet: Worksheet) -> None:
        held = {row.quarter for row in (*self.contents.workforce, *self.contents.audits)}
        quarters = sorted(held | {response.quarter for response in self.contents.responses})
        when = ", ".join(f"{quarter} ({quarter.first_day:%B} to {quarter.last_day:%B %Y})" for quarter in quarters)
        lines = [
            ("Return for springtide" + (f", {when}" if when else ""), self.styles.title),
            ("It asks about pressures that raise the risk that standards may become unsafe. It is not about blame, and not about any one person.", self.styles.text),
            ("Fill in the yellow cells of the sheets Questionnaire, Workforce and Audits, as far as you have the figures; then save it and send it back.", self.styles.text),
            ("An empty cell is read as not known, never as nought. Write 0 where the count is nought.", self.styles.text),
            ("Never write a child's name or case, or the name of a member of staff. Figures are counts of a team.", self.styles.text),
            ("Where a figure was withheld, write its mark: c suppressed, u of low reliability, x not available, z not applicable.", self.styles.text),
            ("Each response to the questionnaire has a column of its own. One agreed by the team together says more than several of single people.", self.styles.text),
            ("Headings are locked against slips, without a password: Review, Unprotect Sheet. Rows and columns may be copied in from elsewhere.", self.styles.text),
            (f"Made for the rules {self.pack.id} {self.pack.version}.", self.styles.text),
        ]  # fmt: skip
        sheet.set_column(0, 0, 78)
        for row, (text, style) in enumerate(lines):
            sheet.write_string(row, 0, text, style)
            sheet.set_row(row, _height((text, 72), gap=10))
        self._finish(sheet, wide=True, landscape=False)

    def _teams(self, sheet: Worksheet) -> None:
        periods = any(team.from_quarter or team.to_quarter or team.became for team in self.contents.teams)
        columns = [*TEAM_COLUMNS, *(PERIOD_COLUMNS if periods else ())]
        sheet.write_string(0, 0, "Teams", self.styles.title)
        sheet.set_column(0, len(columns) - 1, 22)
        sheet.set_column(1, 1, 34)
        sheet.set_row(1, 26)
        for column, name in enumerate(columns):
            sheet.write_string(1, column, _TEAM_HELP[name], self.styles.note)
            sheet.write_string(2, column, name, self.styles.head)
        for row, team in enumerate(self.contents.teams, 3):
            values = {
                "team_id": team.id, "team_name": team.name, "district": team.district, "county": team.county, "team_type": team.kind,
                "transfers_to": team.transfers_to, "from_quarter": str(team.from_quarter or ""), "to_quarter": str(team.to_quarter or ""),
                "became": " ".join(team.became),
            }  # fmt: skip
            for column, name in enumerate(columns):
                sheet.write_string(row, column, values[name], self.styles.given)
            sheet.set_row(row, _height((team.name, 34), (team.district, 22), (values["became"], 22)))
        sheet.freeze_panes(3, 2)
        sheet.repeat_rows(2)
        self._finish(sheet, wide=True)

    def _questionnaire(self, sheet: Worksheet, responses: Sequence[Response]) -> None:
        """Statements down the side, a response a column."""
        questionnaire = self.pack.questionnaire
        sheet.write_string(0, 0, "Questionnaire", self.styles.title)
        sheet.merge_range(1, 0, 1, 1, "For each statement, choose how far it is true of the team in the quarter. Leave blank what was not asked.", self.styles.text)
        sheet.set_row(1, 32)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, 62)
        sheet.set_column(2, 2, 9)
        sheet.set_column(3, 2 + max(len(responses), 1), 16)
        row = 2
        for key, (title, help_) in _ASKED.items():
            sheet.merge_range(row, 0, row, 1, f"{title}. {help_}", self.styles.head)
            sheet.set_row(row, 30)
            sheet.write_string(row, 2, key, self.styles.key)
            for column, response in enumerate(responses, 3):
                self._asked(sheet, row, column, key, response)
            row += 1
        head_rows = row
        for theme in questionnaire.themes:
            sheet.merge_range(row, 0, row, 1, theme.title, self.styles.band)
            row += 1
            for question in (q for q in questionnaire.questions if q.theme == theme.id):
                asked = question.favourable_when != "unknown"
                sheet.write_number(row, 0, question.number, self.styles.given)
                sheet.write_string(row, 1, question.statement if asked else _NOT_ASKED, self.styles.given if asked else self.styles.key)
                sheet.set_row(row, _height((question.statement, 60)))
                sheet.write_string(row, 2, question.id, self.styles.key)
                for column, response in enumerate(responses, 3):
                    sheet.write_string(row, column, response.answers.get(question.id) or "", self.styles.open if asked else self.styles.key)
                row += 1
        if responses:
            self._choose(sheet, head_rows, 3, row - 1, 2 + len(responses), "answer_list", "Choose an answer from the list, or leave the cell blank.")
            self._choose(sheet, 3, 3, 3, 2 + len(responses), "team_list", "Choose the team from the list.")
            self._choose(sheet, 6, 3, 6, 2 + len(responses), "respondent_list", "One of: manager, practitioner, collective; or blank.")
            sheet.data_validation(5, 3, 5, 2 + len(responses), {
                "validate": "date", "criteria": ">=", "value": date(1990, 1, 1),
                "error_title": "Not a date", "error_message": "Write the day as 30/01/2009, or leave the cell blank.",
            })  # fmt: skip
        sheet.freeze_panes(head_rows, 3)
        sheet.repeat_rows(2, head_rows - 1)
        sheet.repeat_columns(0, 1)
        self._finish(sheet, wide=len(responses) <= _FEW_RESPONSES, landscape=len(responses) > 2)

    def _asked(self, sheet: Worksheet, row: int, column: int, key: str, response: Response) -> None:
        if key == "completed_on" and response.completed_on is not None and response.completed_on.year >= 1900:
            sheet.write_datetime(row, column, datetime.combine(response.completed_on, datetime.min.time()), self.styles.date)
            return
        # A response that came back without a word is one all the same; a place without one is read as free.
        came_back = response.at.file and not response.respondent and not response.completed_on and not any(response.answers.values())
        texts = {
            "response_id": response.id, "team_id": self.labels.get(response.team, response.team), "quarter": str(response.quarter),
            "completed_on": str(response.completed_on or ""), "respondent": "not supplied" if came_back else response.respondent,
        }  # fmt: skip
        style = {"response_id": self.styles.given, "quarter": self.styles.given, "completed_on": self.styles.date}.get(key, self.styles.open)
        sheet.write_string(row, column, texts[key], style)

    def _figures(self, sheet: Worksheet, table: str, rows: Sequence[Figures]) -> None:
        names = columns_used(self.pack, table, rows)
        sheet.write_string(0, 0, table.title(), self.styles.title)
        sheet.merge_range(1, 0, 1, 2, "", self.styles.text)
        sheet.set_row(1, 46)
        sheet.write_string(1, 0, "Leave a cell blank where the figure is not known. Give a rate, or its parts, not both." if table == "workforce"
                           else "Case files of the team that were audited in the quarter.", self.styles.text)  # fmt: skip
        if len(rows) <= _FEW_TEAMS:
            self._a_figure_a_line(sheet, names, rows)
        else:
            self._a_team_a_line(sheet, names, rows)

    def _a_figure_a_line(self, sheet: Worksheet, names: Sequence[str], rows: Sequence[Figures]) -> None:
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 58)
        sheet.set_column(2, 3, 17)
        sheet.set_column(4, 4, 14)
        sheet.set_column(5, 4 + max(len(rows), 1), 16)
        for column, title in enumerate(("Figure", "What it means", "Unit and range", "Worse when")):
            sheet.write_string(2, column, title, self.styles.head)
        for line, key in enumerate(("team_id", "team_name", "quarter"), 3):
            sheet.write_string(line, 4, key, self.styles.key)
            sheet.set_row(line, 30)
            for column, row in enumerate(rows, 5):
                given = {"team_id": row.team, "team_name": self.names.get(row.team, ""), "quarter": str(row.quarter)}[key]
                sheet.write_string(line, column, given, self.styles.given)
        places = {name: line for line, name in enumerate(names, 6)}
        for name, line in places.items():
            part = self._part(name)
            texts = (part.title, _meaning(part), UNITS[part.unit].range_in_words, _worse(part), name)
            sheet.set_row(line, _height((part.title, 28), (texts[1], 68), (texts[2], 20)))
            for column, (text, style) in enumerate(zip(texts, (self.styles.head, *[self.styles.note] * 3, self.styles.key), strict=True)):
                sheet.write_string(line, column, text, style)
            for column, row in enumerate(rows, 5):
                self._figure(sheet, line, column, name, row.cells.get(name, ""))
            if rows:
                of = places.get(part.at_most) if isinstance(part, Figure) and part.at_most else None
                self._check(sheet, line, 5, line, 4 + len(rows), part, f"{letters(6)}{line + 1}", f"{letters(6)}{of + 1}" if of is not None else "")
        sheet.freeze_panes(6, 5)
        sheet.repeat_rows(2, 5)
        self._finish(sheet, wide=True, landscape=True)

    def _a_team_a_line(self, sheet: Worksheet, names: Sequence[str], rows: Sequence[Figures]) -> None:
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 26)
        sheet.set_column(2, 2, 12)
        sheet.set_column(3, 2 + len(names), 17)
        keys = ("team_id", "team_name", "quarter")
        for line, label_ in enumerate(("What it means", "Unit and range", "Worse when", "Figure"), 2):
            sheet.merge_range(line, 0, line, 2, label_, self.styles.head)
        for column, key in enumerate(keys):
            sheet.write_string(6, column, key, self.styles.key)
        for line, height in ((2, 122), (3, 26), (5, 48)):
            sheet.set_row(line, height)
        for column, name in enumerate(names, 3):
            part = self._part(name)
            for line, text in enumerate((_meaning(part), UNITS[part.unit].range_in_words, _worse(part), part.title), 2):
                sheet.write_string(line, column, text, self.styles.head if line == 5 else self.styles.note)
            sheet.write_string(6, column, name, self.styles.key)
            of = names.index(part.at_most) + 3 if isinstance(part, Figure) and part.at_most in names else None
            last = 6 + len(rows)
            self._check(sheet, 7, column, last, column, part, f"{letters(column + 1)}8", f"{letters(of + 1)}8" if of is not None else "")
        for line, row in enumerate(rows, 7):
            sheet.set_row(line, _height((self.names.get(row.team, ""), 26)))
            for column, text in enumerate((row.team, self.names.get(row.team, ""), str(row.quarter))):
                sheet.write_string(line, column, text, self.styles.given)
            for column, name in enumerate(names, 3):
                self._figure(sheet, line, column, name, row.cells.get(name, ""))
        sheet.freeze_panes(7, 3)
        sheet.repeat_rows(5, 6)
        sheet.repeat_columns(0, 2)
        self._finish(sheet, landscape=True)

    def _figure(self, sheet: Worksheet, row: int, column: int, name: str, value: float | str) -> None:
        unit = UNITS[self._part(name).unit]
        style = self.styles.share if unit.scale == 100 else self.styles.number
        if isinstance(value, str):
            sheet.write_string(row, column, value, style) if value else sheet.write_blank(row, column, None, style)
        elif unit.name == "yes or no":
            sheet.write_string(row, column, "yes" if value else "no", style)
        elif float(f"{value:.16G}") == value:
            sheet.write_number(row, column, value, style)
        else:  # Excel keeps fewer digits than this number has
            sheet.write_string(row, column, number_text(value), style)

    def _lists(self, sheet: Worksheet) -> None:
        """What the drop-downs offer: in a sheet of its own, for a list within a cell's rule may have 255 characters."""
        for column, (name, words) in enumerate(self.lists.items()):
            sheet.write_string(0, column, name, self.styles.head)
            for row, word in enumerate(words, 1):
                sheet.write_string(row, column, word, self.styles.text)
            letter = letters(column + 1)
            self.book.define_name(name, f"=Lists!${letter}$2:${letter}${len(words) + 1}")
        sheet.hide()

    # -- cells -----------------------------------------------------------------------------------

    def _part(self, name: str) -> Figure | Measure:
        return self.pack.figures[name] if name in self.pack.figures else self.pack.measures[name]

    def _choose(self, sheet: Worksheet, row: int, column: int, to_row: int, to_column: int, words: str, says: str) -> None:
        sheet.data_validation(row, column, to_row, to_column, {
            "validate": "list", "source": f"={words}", "error_title": "Not in the list", "error_message": says,
        })  # fmt: skip

    def _check(self, sheet: Worksheet, row: int, column: int, to_row: int, to_column: int, part: Figure | Measure, cell: str, whole: str) -> None:
        """Let in a number in its unit's range, not above its whole, or a mark for missing."""
        unit = UNITS[part.unit]
        if unit.name == "yes or no":
            self._choose(sheet, row, column, to_row, to_column, "yes_or_no", "Choose yes or no, or leave the cell blank.")
            return
        limits = [f"ISNUMBER({cell})"]
        if unit.least != float("-inf"):
            limits.append(f"{cell}>={unit.least:g}")
        if unit.most != float("inf"):
            limits.append(f"{cell}<={unit.most:g}")
        if unit.whole:
            limits.append(f"{cell}=INT({cell})")
        if whole:
            limits.append(f"OR({whole}=\"\",ISTEXT({whole}),{cell}<={whole})")
        above = f", not above {self._part(part.at_most).title.lower()}" if isinstance(part, Figure) and part.at_most else ""
        sheet.data_validation(row, column, to_row, to_column, {
            "validate": "custom", "value": f"=OR(AND({','.join(limits)}),COUNTIF(mark_list,{cell})>0)",
            "error_title": "Out of range", "error_message": f"Write {unit.range_in_words}{above}; or leave the cell blank if it is not known."[:_LONGEST_TIP],
            "input_title": part.title[:32], "input_message": f"{_meaning(part)} Worse when {_worse(part)}."[:_LONGEST_TIP],
        })  # fmt: skip

    def _finish(self, sheet: Worksheet, *, wide: bool = False, landscape: bool = True) -> None:
        """Lock what is not to be filled in, and make it fit to print."""
        sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True, "select_locked_cells": True, "sort": True})
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        if wide:
            sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&RPage &P of &N")
        sheet.hide_gridlines(2)


def _height(*texts: tuple[str, int], gap: float = 2) -> float:
    """A row's height in points for texts, each in a column so many letters wide; spreadsheets differ in working it out."""
    lines = max((sum(-(-max(len(line), 1) // width) for line in text.splitlines()) for text, width in texts if text), default=1)
    return max(lines, 1) * 15 + gap


def _meaning(part: Figure | Measure) -> str:
    return part.help if isinstance(part, Figure) else part.note or f"Worked out as {part.formula_text}; give it only where its parts are not known."


def _worse(part: Figure | Measure) -> str:
    return {"higher": "higher", "lower": "lower"}.get(part.worse_when, "neither")
