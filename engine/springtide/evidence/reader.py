"""A folder of CSV files as evidence: every bad cell reported together, nothing scored from a file with errors."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from ..logic.facts import Team
from ..logic.formula import compute, names_in
from ..logic.model import RulePack
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..rulepack.problems import did_you_mean, nearest
from .cells import MISSING_MARKS, BadCell, normalise_word, read_date, read_number, short
from .encoding import not_utf8
from .records import RESPONDENTS, EvidenceError, EvidenceProblem, EvidenceSet, Response, Row, in_file_order
from .remarks import Found, LostRow, remarks_on
from .spelling import column_meant, folded, quoted, rows_in_words, spelt_apart

TEAM_COLUMNS = ("team_id", "team_name", "district", "county", "team_type", "transfers_to")
RESPONSE_COLUMNS = ("response_id", "team_id", "quarter", "completed_on", "respondent")
# In the questionnaire only these are no answer: the symbols of statistics may be something a person wrote.
_NOT_GIVEN = ("", "not supplied")
_LARGEST_FILE = 200 * 1024 * 1024
_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
_SEPARATORS = ";\t|"
_LIST_FIRST = "an id in teams.csv is blank or stands twice; correct that first"


def read_evidence(folder: str | Path, pack: RulePack, *, skip_bad_rows: bool = False) -> EvidenceSet:
    """Read `teams.csv`, and `responses.csv`, `workforce.csv` and `audits.csv` where they are there.

    Args:
        folder: where the files are.
        pack: says which questions and figures there are, their units and limits.
        skip_bad_rows: leave rows with errors out, list them in `left_out`, and remark on what each team loses.

    Raises:
        EvidenceError: everything wrong, each with file, row and column.
    """
    path = Path(folder)
    try:
        if not path.is_dir():
            what = "is a file" if path.exists() else "does not exist"
            raise EvidenceError([EvidenceProblem(str(folder), 0, "", f"the evidence folder {what}", "give a folder with teams.csv in it")])
        reading = _Reading(path, pack, skip_bad_rows)
        found = reading.run()
    except OSError as error:
        raise EvidenceError([EvidenceProblem(str(folder), 0, "", f"the evidence folder can't be read: {error.strerror}")]) from None
    if reading.fatal or (reading.problems and not skip_bad_rows):
        raise EvidenceError([*reading.fatal, *reading.problems], rows_can_be_left_out=not reading.fatal)
    return EvidenceSet(found.teams, found.responses, found.rows, in_file_order(reading.problems), str(folder), remarks_on(found))


@dataclass
class _Table:
    name: str
    header: list[str]
    rows: Iterator[tuple[int, dict[str, str]]]


@dataclass
class _Reading:
    """One pass over a folder. `fatal` problems spoil a whole file; the others one row each."""

    folder: Path
    pack: RulePack
    skip_bad_rows: bool
    problems: list[EvidenceProblem] = field(default_factory=list)
    fatal: list[EvidenceProblem] = field(default_factory=list)
    team_rows: dict[str, int] = field(default_factory=dict)  # every team listed, even in a row with a mistake
    list_is_read: bool = False
    ids_in_doubt: bool = False  # an id is blank or stands twice, so that another may be missing from the list
    rows_in_file: dict[str, int] = field(default_factory=dict)
    lost: list[LostRow] = field(default_factory=list)
    transfers_lost: list[str] = field(default_factory=list)

    def run(self) -> Found:
        teams = self._teams()
        # Without the whole list, no row can be blamed for a team that is not in it.
        ids = {team.id for team in teams} if self.list_is_read else None
        responses = self._responses(ids)
        rows = [*self._figures("workforce", ids), *self._figures("audits", ids)]
        if teams and not responses and not rows and not self.problems and not self.fatal:
            self.fatal.append(EvidenceProblem(self.folder.resolve().name, 0, "", "there is no evidence beside the team list",
                                              "add rows to responses.csv, workforce.csv or audits.csv"))  # fmt: skip
        if self.skip_bad_rows and self.problems and not self.fatal and not (teams and (responses or rows)):
            self.fatal.append(EvidenceProblem(self.folder.resolve().name, 0, "", "nothing is left to score when the bad rows are left out",
                                              "correct the rows below"))  # fmt: skip
        return Found(tuple(sorted(teams, key=lambda team: team.id)), self.team_rows, tuple(responses), tuple(rows),
                     self.rows_in_file, tuple(self.lost), tuple(self.transfers_lost))  # fmt: skip

    # -- tables --------------------------------------------------------------------------------

    def _teams(self) -> list[Team]:
        table = self._table("teams", ("team_id", "team_name", "county"), TEAM_COLUMNS)
        if table is None:
            return []
        found: dict[str, Team] = {}
        listed: list[tuple[int, dict[str, str]]] = []
        for number, row in table.rows:
            report = self._reporter("teams.csv", number)
            before = len(self.problems)
            values = {column: " ".join(row.get(column, "").split()) for column in TEAM_COLUMNS}
            team_id = row.get("team_id", "").strip()
            listed.append((number, values))
            for column in ("team_id", "team_name", "county"):
                if not values[column]:
                    report(column, "is blank", f"every team needs a {column}")
            if team_id in self.team_rows:
                report("team_id", f"'{short(team_id)}' is in the list twice", f"the first is in row {self.team_rows[team_id]}; keep one, or correct the id")
            self._list_team(team_id, number)
            if len(self.problems) == before:
                found[team_id] = Team(team_id, values["team_name"], values["district"], values["county"],
                                      values["team_type"], values["transfers_to"])  # fmt: skip
            else:
                self.lost.append(LostRow("teams", number, team_id, what=values["county"]))
        if not self.team_rows and not self.problems and not self.fatal:
            self._spoil("teams.csv", "the team list has no teams", "give each team a row below the headings")
        self.list_is_read = not self.fatal
        self._check_spelling(listed)
        for team in list(found.values()):
            if team.transfers_to and not self._may_transfer(team, found):
                found[team.id] = Team(team.id, team.name, team.district, team.county, team.kind)
                self.transfers_lost.append(team.id)
        return list(found.values())

    def _list_team(self, team: str, number: int) -> None:
        """Note that a team is in the list, be its row right or wrong; an id given twice may stand for another."""
        self.ids_in_doubt |= not team or team in self.team_rows
        if team:
            self.team_rows.setdefault(team, number)

    def _check_spelling(self, listed: list[tuple[int, dict[str, str]]]) -> None:
        """One county, district (of a county) or kind of team, written in two ways, would be counted as two."""
        for column, within in (("county", ""), ("district", "county"), ("team_type", "")):
            written: dict[str, dict[str, list[int]]] = {}
            for number, values in listed:
                if values[column]:
                    area = folded(values[within]) if within else ""
                    written.setdefault(area, {}).setdefault(values[column], []).append(number)
            for names in written.values():
                for group in spelt_apart(names):
                    said = [f"{quoted(name)} ({rows_in_words(numbers)})" for name, numbers in group.items()]
                    self._spoil("teams.csv", f"{' and '.join(said[:3])} differ only in capitals, spaces, hyphens or the like",
                                "write it one way in every row", column=column)  # fmt: skip

    def _may_transfer(self, team: Team, found: Mapping[str, Team]) -> bool:
        """Whether the team that takes the work on can be one; says why where it can't."""
        to, rows = team.transfers_to, self.team_rows
        report = self._reporter("teams.csv", rows[team.id])
        if to == team.id:
            report("transfers_to", f"the team '{short(to)}' hands its work on to itself", "give the team that takes it on, or leave it blank")
        elif to in found:
            return True
        elif to not in rows and (self.skip_bad_rows or not self.ids_in_doubt):
            hint = _LIST_FIRST if self.ids_in_doubt else did_you_mean(to, found) or "correct it, or leave it blank"
            report("transfers_to", f"there is no team '{short(to)}' in the list", hint)
        elif to in rows and self.skip_bad_rows:
            report("transfers_to", f"the team '{short(to)}' is left out, and this transfer with it", f"correct row {rows[to]}")
        return False

    def _responses(self, teams: set[str] | None) -> list[Response]:
        questions = tuple(self.pack.questions)
        table = self._table("responses", ("response_id", "team_id", "quarter"), (*RESPONSE_COLUMNS, *questions))
        if table is None:
            return []
        scale = self.pack.questionnaire.scale
        allowed = {normalise_word(word): word for word in (*scale.answers, scale.not_counted, scale.missing)}
        found: dict[str, Response] = {}
        for number, row in table.rows:
            report = self._reporter("responses.csv", number)
            before = len(self.problems)
            key = row.get("response_id", "").strip()
            if not key:
                report("response_id", "is blank", "number the responses, so that each can be found again")
            elif key in found:
                report("response_id", f"'{short(key)}' stands here twice", f"the first is in row {found[key].row}; each response has its own id")
            team = self._team(row, teams, report)
            quarter = self._quarter(row, report)
            completed = self._date(row, report)
            respondent = normalise_word(row.get("respondent", ""))
            if respondent in _NOT_GIVEN:
                respondent = ""
            elif respondent not in RESPONDENTS:
                report("respondent", f"'{short(row['respondent'])}' is not a kind of respondent", f"one of: {', '.join(RESPONDENTS)}, or blank")
            answers: dict[str, str | None] = {}
            for question in questions:
                given = normalise_word(row.get(question, ""))
                if given in _NOT_GIVEN:
                    answers[question] = None
                elif given == "n/a":
                    answers[question] = scale.not_counted
                elif given in allowed:
                    answers[question] = allowed[given]
                else:
                    report(question, f"'{short(row[question])}' is not on the scale", f"one of: {', '.join(allowed.values())}, or blank")
            if len(self.problems) == before and quarter is not None:
                found[key] = Response(key, team, quarter, completed, respondent, answers, number)
            else:
                self.lost.append(LostRow("responses", number, team, quarter, short(key)))
        return list(found.values())

    def _figures(self, name: str, teams: set[str] | None) -> list[Row]:
        units = {f.id: f.unit for f in self.pack.figures.values() if f.table == name}
        if name == "workforce":
            units |= {m.id: m.unit for m in self.pack.measures.values() if m.may_be_supplied}
        table = self._table(name, ("team_id", "quarter"), ("team_id", "quarter", *units))
        if table is None:
            return []
        found: dict[tuple[str, Quarter], Row] = {}
        for number, row in table.rows:
            report = self._reporter(f"{name}.csv", number)
            before = len(self.problems)
            team, quarter = self._team(row, teams, report), self._quarter(row, report)
            figures: dict[str, float] = {}
            marks: dict[str, str] = {}
            for column, unit in units.items():
                text = row.get(column, "")
                try:
                    value = read_number(text, unit)
                except BadCell as bad:
                    report(column, bad.message, bad.hint)
                    continue
                if value is not None:
                    figures[column] = value
                elif text.strip():
                    marks[column] = MISSING_MARKS[text.strip().lower()]
            self._check_limits(figures, report)
            self._check_doubly_given(figures, report)
            if quarter is not None and (team, quarter) in found:
                report("team_id", f"'{short(team)}' has two rows for {quarter}", f"the first is in row {found[team, quarter].row}; keep one")
            if len(self.problems) == before and quarter is not None:
                found[team, quarter] = Row(team, quarter, figures, marks, name, number)
            else:
                self.lost.append(LostRow(name, number, team, quarter))
        return list(found.values())

    def _check_limits(self, figures: dict[str, float], report: Report) -> None:
        for name, value in figures.items():
            limit = self.pack.figures[name].at_most if name in self.pack.figures else None
            if limit in figures and value > figures[limit]:
                report(name, f"{value:g} is more than {limit}, {figures[limit]:g}", f"{name} is part of {limit}; one of the two is wrong")

    def _check_doubly_given(self, figures: dict[str, float], report: Report) -> None:
        for measure in self.pack.measures.values():
            if measure.id in figures and measure.formula is not None:
                others = {name: value for name, value in figures.items() if name != measure.id}
                if self._worked_out(measure.id, others) is not None:
                    parts = sorted({name for name, last in names_in(measure.formula) if not last})
                    report(measure.id, f"is given, and so is all that it is worked out from ({', '.join(parts)})",
                           "keep one of the two, so that there is no doubt which counts")  # fmt: skip

    def _worked_out(self, name: str, figures: dict[str, float]) -> float | None:
        """A measure from the figures of one row, through other measures if need be."""
        if name in figures or name not in self.pack.measures:
            return figures.get(name)
        formula = self.pack.measures[name].formula
        return None if formula is None else compute(formula, lambda part: self._worked_out(part, figures), lambda part: None)

    # -- cells that every table has ------------------------------------------------------------

    def _team(self, row: dict[str, str], teams: set[str] | None, report: Report) -> str:
        team = row.get("team_id", "").strip()
        if not team:
            report("team_id", "is blank", "say which team this row is about")
        elif teams is not None and team not in self.team_rows:
            near = did_you_mean(team, teams)
            hint = near if near.startswith("did") else "correct the id, or add the team to the list"
            if self.skip_bad_rows or not self.ids_in_doubt:
                report("team_id", f"there is no team '{short(team)}' in teams.csv", _LIST_FIRST if self.ids_in_doubt else hint)
        elif teams is not None and team not in teams and self.skip_bad_rows:
            report("team_id", f"the team '{short(team)}' is left out, and this row with it", f"correct row {self.team_rows[team]} of teams.csv")
        return team

    def _quarter(self, row: dict[str, str], report: Report) -> Quarter | None:
        text = row.get("quarter", "").strip()
        if not text:
            report("quarter", "is blank", "write the quarter, as 2008/09 Q4")
            return None
        try:
            return parse_quarter(short(text))
        except QuarterError as error:
            report("quarter", str(error))
            return None

    def _date(self, row: dict[str, str], report: Report) -> date | None:
        try:
            return read_date(row.get("completed_on", ""))
        except BadCell as bad:
            report("completed_on", bad.message, bad.hint)
            return None

    def _reporter(self, file: str, number: int) -> Report:
        def report(column: str, message: str, hint: str = "") -> None:
            self.problems.append(EvidenceProblem(file, number, column, message, hint))

        return report

    # -- files ---------------------------------------------------------------------------------

    def _table(self, name: str, required: tuple[str, ...], allowed: tuple[str, ...]) -> _Table | None:
        """Open a table and check its headings; None where it is absent or can't be read."""
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            mistaken = self._named_otherwise(name)
            if mistaken is not None:
                how = "name it" if mistaken.suffix.lower() == ".csv" else "save it as 'CSV UTF-8' and name it"
                self._spoil(mistaken.name, "this file is not read", f"{how} {path.name}, or move it to another folder")
            elif name == "teams":
                self._spoil(path.name, "the team list is missing", f"put teams.csv in {self.folder.resolve().name}, with the columns {', '.join(TEAM_COLUMNS)}")
            return None
        text = self._text(path)
        if text is None:
            return None
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [heading.strip() for heading in next(lines, [])]
        except csv.Error as error:
            self._spoil(path.name, *_said(error), row=1)
            return None
        if not any(header):
            self._spoil(path.name, "the file is empty", f"its first row has the headings: {', '.join(required)}, ...")
            return None
        if len(header) == 1 and any(separator in header[0] for separator in _SEPARATORS):
            self._spoil(path.name, "the columns are not separated by commas", "save it again as 'CSV UTF-8 (comma delimited)'", row=1)
            return None
        before = len(self.fatal)
        columns = [column_meant(heading, allowed) or heading for heading in header]
        misspelt: set[str] = set()
        for place, (heading, column) in enumerate(zip(header, columns, strict=True), 1):
            alike = [other for other, meant in zip(header, columns, strict=True) if meant == column]
            if not heading:
                self._spoil(path.name, f"column {place} has no heading", "give it one, or delete the column", row=1)
            elif column not in allowed:
                misspelt.update(nearest(_as_heading(heading), allowed)[:1])
                self._spoil(path.name, f"unknown column '{short(heading)}'", self._column_hint(name, heading, allowed), row=1)
            elif len(set(alike)) > 1:
                headings = " and ".join(quoted(other) for other in list(dict.fromkeys(alike))[:3])
                self._spoil(path.name, f"{headings} are headings of one column, {column}", "keep one", row=1)
            elif len(alike) > 1:
                self._spoil(path.name, f"the column '{column}' stands here twice", "keep one", row=1)
        for column in required:
            if column not in columns and column not in misspelt:
                self._spoil(path.name, f"the column '{column}' is missing", "add it to the first row", row=1)
        if len(self.fatal) > before:
            return None
        return _Table(name, columns, self._rows(name, columns, lines))

    def _named_otherwise(self, name: str) -> Path | None:
        """A file that may have been meant for an absent table: a slip in its name, or a workbook."""
        for other in sorted(self.folder.iterdir()):
            alike = SequenceMatcher(None, other.name.split(".")[0].lower(), name).ratio() >= 0.85
            if alike and other.suffix.lower() in _TABLES and other.is_file():
                return other
        return None

    def _column_hint(self, table: str, heading: str, allowed: tuple[str, ...]) -> str:
        known = column_meant(heading, (*self.pack.figures, *self.pack.measures)) or heading
        figure, measure = self.pack.figures.get(known), self.pack.measures.get(known)
        if figure is not None and figure.table == "responses":
            return "it is counted from the responses; take it out"
        if figure is not None or (measure is not None and measure.may_be_supplied):
            return f"it belongs in {figure.table if figure else 'workforce'}.csv"
        if measure is not None:
            return "it is worked out from other columns; take it out"
        near = did_you_mean(_as_heading(heading), allowed)
        return near if near.startswith("did") else "take it out; the columns are listed in docs/reference/evidence.md"

    def _text(self, path: Path) -> str | None:
        try:
            if path.stat().st_size > _LARGEST_FILE:
                self._spoil(path.name, f"the file is over {_LARGEST_FILE // 1024 // 1024} MB", "a quarter's returns are far smaller; is it the right file?")
                return None
            raw = path.read_bytes()
        except OSError as error:
            self._spoil(path.name, f"the file can't be read: {error.strerror}")
            return None
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self._spoil(path.name, "the file is UTF-16 text", "save it again as 'CSV UTF-8'")
            return None
        if b"\0" in raw:
            self._spoil(path.name, "the file is not text", "is it a workbook? save it as 'CSV UTF-8'")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self._spoil(path.name, *not_utf8(raw))
            return None

    def _rows(self, table: str, header: list[str], lines: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows that are not blank, by column; those that are too long are reported, and go no further."""
        file, number = f"{table}.csv", 1
        self.rows_in_file[table] = 0
        while True:
            number += 1
            try:
                cells = next(lines, None)
            except csv.Error as error:
                self._spoil(file, *_said(error), row=number)
                return
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            self.rows_in_file[table] += 1
            row = dict(zip(header, cells, strict=False))
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header):]):
                self._reporter(file, number)("", f"the row has {len(cells)} cells under {len(header)} headings",
                                             "put text with a comma in quotation marks")  # fmt: skip
                self._lose_long_row(table, number, row)
                continue
            yield number, row

    def _lose_long_row(self, table: str, number: int, row: dict[str, str]) -> None:
        """Note whose row was too long, as far as its first cells tell: what follows the comma may stand one column off."""
        team = row.get("team_id", "").strip()
        if table == "teams":
            self._list_team(team, number)
        try:
            quarter = parse_quarter(short(row.get("quarter", "")))
        except QuarterError:
            quarter = None
        self.lost.append(LostRow(table, number, team, quarter))

    def _spoil(self, file: str, message: str, hint: str = "", *, row: int = 0, column: str = "") -> None:
        self.fatal.append(EvidenceProblem(file, row, column, message, hint))


def _as_heading(text: str) -> str:
    return "_".join(text.split())


def _said(error: csv.Error) -> tuple[str, str]:
    """What the CSV reader stumbled over, in words that help."""
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit()} characters", "look for a quotation mark that is opened and not closed"
    if "end of data" in str(error):
        return "a quotation mark is opened here and never closed", "close it, or take it out"
    if "expected after" in str(error):
        return "text follows a closing quotation mark", "inside quoted text, write a quotation mark twice"
    return f"the row can't be read: {error}", "look for a stray quotation mark"


Report = Callable[..., None]
