"""Evidence from files: every bad cell reported together, nothing scored from files with errors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ...logic.formula import compute, names_in
from ...logic.model import Figure, Measure, RulePack
from ...logic.quarter import Quarter, QuarterError, parse_quarter
from ...rulepack.problems import did_you_mean
from ..cells import MISSING_MARKS, BadCell, normalise_word, read_date, read_number, short
from ..places import TABLES, Where, table_named
from ..records import RESPONDENTS, EvidenceError, EvidenceProblem, EvidenceSet, ReadFrom, Response, Row, in_file_order
from ..remarks import Found, LostRow, remarks_on
from ..sense import sense_remarks
from ..spelling import column_meant, folded
from .acknowledged import ACKNOWLEDGED_COLUMNS, Acknowledgement, acknowledge, read_acknowledgements
from .collected import Collected, Report
from .sources import Progress, Sources
from .tables import Known, Table, hint_for_column, open_table
from .team_list import LIST_FIRST, PERIOD_COLUMNS, TEAM_COLUMNS, TeamList

RESPONSE_COLUMNS = ("response_id", "team_id", "quarter", "completed_on", "respondent")
# In the questionnaire only these are no answer: the symbols of statistics may be something a person wrote.
_NOT_GIVEN = ("", "not supplied")
_NAME = "team_name"  # may stand beside team_id in every table, for people; it must be that team's


def read_evidence(path: str | Path, pack: RulePack, *, skip_bad_rows: bool = False, progress: Progress | None = None, processes: int = 1) -> EvidenceSet:
    """Read evidence from a folder, a workbook or a CSV file.

    A folder holds `teams.csv`, and any of `responses.csv`, `workforce.csv` and `audits.csv` (or several of each, as
    `workforce.hr.csv`), or workbooks with sheets of those names, or both. A CSV file is read with the `teams.csv` beside it.
    `acknowledged.csv`, or a sheet of that name, may say which remarks are known to be right.

    Args:
        path: where the evidence is.
        pack: says which questions and figures there are, their units and limits.
        skip_bad_rows: leave rows with errors out, list them in `left_out`, and remark on what each team loses.
        progress: called after each workbook with how many are done, of how many, and the file's name.
        processes: how many may read workbooks at once; more than one only from a program that can be started anew.

    Raises:
        EvidenceError: everything wrong, each with file, row and column, or sheet and cell.
    """
    where = Path(path)
    try:
        if not where.exists():
            raise EvidenceError([EvidenceProblem(str(path), 0, "", "there is no such evidence", "give a folder with teams.csv in it, or a workbook")])
        reading = _Reading(Sources(where, progress, processes=processes), pack, Collected(skip_bad_rows))
        found = reading.run()
    except OSError as error:
        raise EvidenceError([EvidenceProblem(str(path), 0, "", f"the evidence can't be read: {error.strerror}")]) from None
    fatal, problems = reading.sources.problems, reading.collected.problems
    if fatal or (problems and not skip_bad_rows):
        raise EvidenceError([*fatal, *problems], rows_can_be_left_out=not fatal)
    evidence = EvidenceSet(found.teams, found.responses, found.rows, in_file_order(problems), str(path), read_from=tuple(reading.read_from))
    remarks = acknowledge([*remarks_on(found), *sense_remarks(pack, evidence)], reading.acknowledgements)
    return replace(evidence, remarks=remarks)


def read_teams(path: str | Path, pack: RulePack) -> TeamList:
    """Read a team list alone: from a CSV file of any name, or the one in a workbook or a folder of evidence.

    Raises:
        EvidenceError: everything wrong in it, each with file, row and column, or sheet and cell.
    """
    where = Path(path)
    try:
        if not where.exists():
            raise EvidenceError([EvidenceProblem(str(path), 0, "", "the team list does not exist", "give a file such as teams.csv")])
        reading = _Reading(Sources(where, only="teams"), pack, Collected(False))
        listed = reading.read_list(reading.tables()["teams"])
    except OSError as error:
        raise EvidenceError([EvidenceProblem(str(path), 0, "", f"the team list can't be read: {error.strerror}")]) from None
    if reading.sources.problems or reading.collected.problems:
        raise EvidenceError([*reading.sources.problems, *reading.collected.problems])
    return listed


def records_of(tables: Iterable[Table], pack: RulePack, listed: TeamList, collected: Collected) -> tuple[list[Response], list[Row]]:
    """The records in tables that stand elsewhere than in evidence, checked as evidence is; mistakes are collected."""
    reading = _Reading(Sources(Path()), pack, collected)
    reading.listed = listed
    by_name: dict[str, list[Table]] = {table: [] for table in TABLES}
    for table in tables:
        by_name[table.name].append(table)
    rows = [row for name in ("workforce", "audits") for row in reading.figures(name, by_name[name])]
    return reading.responses(by_name["responses"]), rows


@dataclass
class _Reading:
    """One pass over all files. What spoils a whole file is a problem of the sources; the others cost one row each."""

    sources: Sources
    pack: RulePack
    collected: Collected
    read_from: list[ReadFrom] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    listed: TeamList = field(init=False)

    def run(self) -> Found:
        tables = self.tables()
        self.listed = self.read_list(tables["teams"])
        responses = self.responses(tables["responses"])
        rows = [*self.figures("workforce", tables["workforce"]), *self.figures("audits", tables["audits"])]
        self.acknowledgements = read_acknowledgements(tables["acknowledged"], self.listed, self.collected)
        self._check_something_is_left(bool(responses or rows))
        teams = sorted(self.listed.teams, key=lambda team: (team.id, team.from_quarter or Quarter(0, 1)))
        return Found(tuple(teams), self.listed.places, tuple(responses), tuple(rows), tuple(self.read_from),
                     tuple(self.collected.lost), tuple(self.listed.transfers_lost), tuple(self.sources.unread))  # fmt: skip

    def read_list(self, tables: list[Table]) -> TeamList:
        # Without the whole list, no row can be blamed for a team that is not in it.
        whole = all(table_named(problem.sheet or problem.file) not in ("teams", None) for problem in self.sources.problems)
        listed = TeamList(self.collected, is_whole=whole and bool(tables))
        listed.read(tables, self.sources.spoil)
        if not tables and not self.sources.problems:
            self._lacks_a_list()
        if tables and not listed.places and not self.collected.problems and not self.sources.problems:
            self.sources.spoil(tables[0].file, "the team list has no teams", "give each team a row below the headings")
            listed.is_whole = False
        for table in tables:
            self._count(table, listed.rows_in[table.file, table.sheet])
        return listed

    def _check_something_is_left(self, has_rows: bool) -> None:
        fatal, problems = self.sources.problems, self.collected.problems
        if self.listed.teams and not has_rows and not problems and not fatal:
            self.sources.spoil(self.sources.name, "there is no evidence beside the team list",
                               "add answers of the questionnaire, workforce figures or audits")  # fmt: skip
        if self.collected.skip_bad_rows and problems and not fatal and not (self.listed.teams and has_rows):
            self.sources.spoil(self.sources.name, "nothing is left to score when the bad rows are left out", "correct the rows below")

    # -- tables ----------------------------------------------------------------------------------

    def tables(self) -> dict[str, list[Table]]:
        """Every sheet whose headings hold, by table, its rows counted as they are read."""
        tables: dict[str, list[Table]] = {table: [] for table in TABLES}
        for sheet in self.sources.sheets():
            opened = open_table(sheet, self._known(sheet.table), self.sources)
            if opened is not None:
                opened.rows = iter(list(opened.rows))
                tables[sheet.table].append(opened)
        return tables

    def _known(self, table: str) -> Known:
        """The columns of a table, and how else people may head them."""
        if table == "teams":
            allowed: tuple[str, ...] = (*TEAM_COLUMNS, *PERIOD_COLUMNS)
            required: tuple[str, ...] = ("team_id", "team_name", "county")
            titles: dict[str, str] = {}
        elif table == "acknowledged":
            allowed = (*ACKNOWLEDGED_COLUMNS, _NAME)
            required = ACKNOWLEDGED_COLUMNS
            titles = {}
        elif table == "responses":
            allowed = (*RESPONSE_COLUMNS, _NAME, *self.pack.questions)
            required = ("response_id", "team_id", "quarter")
            titles = {question.statement: question.id for question in self.pack.questions.values()}
        else:
            allowed = ("team_id", "quarter", _NAME, *self._units(table))
            required = ("team_id", "quarter")
            named: dict[str, Figure | Measure] = {**self.pack.figures, **self.pack.measures}
            titles = {named[name].title: name for name in self._units(table)}
        folded_titles = {folded(title): column for title, column in titles.items()}
        return Known(required, allowed, folded_titles, lambda heading: self._column_hint(table, heading, allowed))

    def _units(self, table: str) -> dict[str, str]:
        units = {f.id: f.unit for f in self.pack.figures.values() if f.table == table}
        if table == "workforce":
            units |= {m.id: m.unit for m in self.pack.measures.values() if m.may_be_supplied}
        return units

    def _lacks_a_list(self) -> None:
        columns = f"with the columns {', '.join(TEAM_COLUMNS)}"
        if self.sources.is_folder:
            self.sources.spoil("teams.csv", "the team list is missing", f"put teams.csv in {self.sources.name}, {columns}")
        else:
            self.sources.spoil(self.sources.name, "the team list is missing", f"add a sheet Teams, or put teams.csv beside it, {columns}")

    def _column_hint(self, table: str, heading: str, allowed: tuple[str, ...]) -> str:
        known = column_meant(heading, (*self.pack.figures, *self.pack.measures)) or heading
        figure, measure = self.pack.figures.get(known), self.pack.measures.get(known)
        if figure is not None and figure.table == "responses":
            return "it is counted from the responses; take it out"
        if figure is not None or (measure is not None and measure.may_be_supplied):
            return f"it belongs in {figure.table if figure else 'workforce'}.csv"
        if measure is not None:
            return "it is worked out from other columns; take it out"
        return hint_for_column(heading, allowed)

    def _count(self, table: Table, rows: int) -> None:
        self.read_from.append(ReadFrom(table.file, table.sheet, table.name, rows))

    def responses(self, tables: list[Table]) -> list[Response]:
        scale = self.pack.questionnaire.scale
        allowed = {normalise_word(word): word for word in (*scale.answers, scale.not_counted, scale.missing)}
        found: dict[str, Response] = {}
        for table in tables:
            before_table = len(found)
            for at, row, beyond in table.rows:
                if at.down and not any(text.strip() for column, text in row.items() if column not in ("response_id", "team_id", _NAME, "quarter")):
                    continue  # a place that the workbook keeps free, for an answer that did not come
                report = self.collected.reporter(at)
                before = len(self.collected.problems)
                self.collected.refuse_oddities(row, beyond, report, in_a_workbook=bool(at.sheet))
                if beyond:
                    self._lose(table.name, at, row)
                    continue
                key = row.get("response_id", "").strip()
                if not key:
                    report("response_id", "is blank", "number the responses, so that each can be found again")
                elif key in found:
                    report("response_id", f"'{short(key)}' stands here twice", f"the first is in {_other(found[key].at, at)}; each response has its own id")
                team = self._team(row, report)
                quarter = self._quarter(row, team, report)
                completed = self._date(row, report)
                respondent = self._respondent(row, report)
                answers: dict[str, str | None] = {}
                for question in self.pack.questions:
                    given = normalise_word(row.get(question, ""))
                    if given in _NOT_GIVEN:
                        answers[question] = None
                    elif given == "n/a":
                        answers[question] = scale.not_counted
                    elif given in allowed:
                        answers[question] = allowed[given]
                    else:
                        report(question, f"'{short(row[question])}' is not on the scale", f"one of: {', '.join(allowed.values())}, or blank")
                if len(self.collected.problems) == before and quarter is not None:
                    found[key] = Response(key, team, quarter, completed, respondent, answers, at)
                else:
                    self.collected.lost.append(LostRow("responses", at, team, quarter, short(key)))
            self._count(table, len(found) - before_table)
        return list(found.values())

    def _respondent(self, row: dict[str, str], report: Report) -> str:
        respondent = normalise_word(row.get("respondent", ""))
        if respondent in _NOT_GIVEN:
            return ""
        if respondent not in RESPONDENTS:
            report("respondent", f"'{short(row['respondent'])}' is not a kind of respondent", f"one of: {', '.join(RESPONDENTS)}, or blank")
        return respondent

    def figures(self, name: str, tables: list[Table]) -> list[Row]:
        """The rows of figures; what several files say of one team and quarter must not differ."""
        units = self._units(name)
        found: dict[tuple[str, Quarter], list[Row]] = {}
        for table in tables:
            kept = 0
            for at, row, beyond in table.rows:
                report = self.collected.reporter(at)
                before = len(self.collected.problems)
                self.collected.refuse_oddities(row, beyond, report, in_a_workbook=bool(at.sheet))
                if beyond:
                    self._lose(name, at, row)
                    continue
                figures, marks = self._read_figures(row, units, report)
                if not figures and not marks and len(self.collected.problems) == before:
                    continue  # a row made ready, and not filled in
                team = self._team(row, report)
                quarter = self._quarter(row, team, report)
                self._check_limits(figures, report)
                self._check_doubly_given(figures, report)
                others = found.get((team, quarter), []) if quarter is not None else []
                figures = self._beside(team, quarter, figures, others, at, report)
                if len(self.collected.problems) == before and quarter is not None:
                    found.setdefault((team, quarter), []).append(Row(team, quarter, figures, marks, name, at))
                    kept += 1
                else:
                    self.collected.lost.append(LostRow(name, at, team, quarter))
            self._count(table, kept)
        return [row for rows in found.values() for row in rows]

    def _read_figures(self, row: dict[str, str], units: dict[str, str], report: Report) -> tuple[dict[str, float], dict[str, str]]:
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
        return figures, marks

    def _beside(self, team: str, quarter: Quarter | None, figures: dict[str, float], others: list[Row], at: Where, report: Report) -> dict[str, float]:
        """The figures that other rows of the same team and quarter have not given already; two that differ are reported."""
        for other in others:
            if (other.at.file, other.at.sheet) == (at.file, at.sheet):
                report("team_id", f"'{short(team)}' has two rows for {quarter}", f"the first is in {other.at.line}; keep one")
                return figures
            for name in figures.keys() & other.figures.keys():
                if figures[name] != other.figures[name]:
                    report(name, f"{figures[name]:g} is not the {other.figures[name]:g} of {other.at.of(name)}", "give a figure once, or the same everywhere")
        given = {name for other in others for name in other.figures}
        new = {name: value for name, value in figures.items() if name not in given}
        if others and new:
            whole = {name: value for other in others for name, value in other.figures.items()} | new
            self._check_limits(whole, report, of=new)
            self._check_doubly_given(whole, report, of=new)
        return new

    def _check_limits(self, figures: dict[str, float], report: Report, of: Collection[str] | None = None) -> None:
        """Refuse a part that is more than its whole; only where one of the two is among `of`, if that is given."""
        for name, value in figures.items():
            limit = self.pack.figures[name].at_most if name in self.pack.figures else None
            if limit in figures and value > figures[limit] and (of is None or name in of or limit in of):
                report(name, f"{value:g} is more than {limit}, {figures[limit]:g}", f"{name} is part of {limit}; one of the two is wrong")

    def _check_doubly_given(self, figures: dict[str, float], report: Report, of: Collection[str] | None = None) -> None:
        for measure in self.pack.measures.values():
            parts = sorted({name for name, last in names_in(measure.formula) if not last}) if measure.formula is not None else []
            if of is not None and measure.id not in of and not set(parts) & set(of):
                continue
            if measure.id in figures and measure.formula is not None:
                others = {name: value for name, value in figures.items() if name != measure.id}
                if self._worked_out(measure.id, others) is not None:
                    report(measure.id, f"is given, and so is all that it is worked out from ({', '.join(parts)})",
                           "keep one of the two, so that there is no doubt which counts")  # fmt: skip

    def _worked_out(self, name: str, figures: dict[str, float]) -> float | None:
        """A measure from the figures of one row, through other measures if need be."""
        if name in figures or name not in self.pack.measures:
            return figures.get(name)
        formula = self.pack.measures[name].formula
        return None if formula is None else compute(formula, lambda part: self._worked_out(part, figures), lambda part: None)

    # -- cells that every table has ------------------------------------------------------------

    def _team(self, row: dict[str, str], report: Report) -> str:
        """The id of the row's team, which may be written as its name, or as both."""
        written = row.get("team_id", "").strip()
        if not written:
            report("team_id", "is blank", "say which team this row is about")
            return written
        team = self.listed.meant(written) or written
        if not self.listed.is_whole:
            return team
        skip, doubt = self.collected.skip_bad_rows, self.listed.ids_in_doubt
        if team not in self.listed.places:
            near = did_you_mean(written, {other.id for other in self.listed.teams})
            hint = near if near.startswith("did") else "correct the id, or add the team to the list"
            if (several := self.listed.ids_of(written)):
                report("team_id", f"'{short(written)}' is the name of {' and '.join(several)}", "write the id")
            elif skip or not doubt:
                report("team_id", f"there is no team '{short(written)}' in the team list", LIST_FIRST if doubt else hint)
        elif not self.listed.is_usable(team):
            if skip:
                report("team_id", f"the team '{short(team)}' is left out, and this row with it", f"correct {_other(self.listed.places[team])}")
        else:
            self._check_name(row, team, report)
        return team

    def _check_name(self, row: dict[str, str], team: str, report: Report) -> None:
        """A name beside the id must be the team's: otherwise rows have slipped, and figures stand beside another team."""
        name = " ".join(row.get(_NAME, "").split())
        try:
            quarter = parse_quarter(short(row.get("quarter", "")))
        except QuarterError:
            quarter = None
        names = self.listed.names_of(team)
        if name and (folded(name) not in map(folded, names) or self.listed.is_anothers(name, team, quarter)):
            report(_NAME, f"'{short(name)}' is not the name of {short(team)}, which is '{short(names[-1])}'", "is the row another team's? correct the id or the name")

    def _quarter(self, row: dict[str, str], team: str, report: Report) -> Quarter | None:
        text = row.get("quarter", "").strip()
        if not text:
            report("quarter", "is blank", "write the quarter, as 2008/09 Q4")
            return None
        try:
            quarter = parse_quarter(short(text))
        except QuarterError as error:
            report("quarter", str(error))
            return None
        if not self.listed.holds(team, quarter):
            report("quarter", f"{short(team)} is not in the team list in {quarter}: it is there {self.listed.period_in_words(team)}",
                   "correct the quarter, or the team's period in the list")  # fmt: skip
        return quarter

    def _date(self, row: dict[str, str], report: Report) -> date | None:
        try:
            return read_date(row.get("completed_on", ""))
        except BadCell as bad:
            report("completed_on", bad.message, bad.hint)
            return None

    def _lose(self, table: str, at: Where, row: dict[str, str]) -> None:
        """Note whose row was too long, as far as its first cells tell: what follows the comma may stand one column off."""
        try:
            quarter = parse_quarter(short(row.get("quarter", "")))
        except QuarterError:
            quarter = None
        self.collected.lost.append(LostRow(table, at, row.get("team_id", "").strip(), quarter))


def _other(place: Where, beside: Where | None = None) -> str:
    """Another row in few words: its file is named only where it is not that of `beside`."""
    same = beside is not None and (place.file, place.sheet) == (beside.file, beside.sheet)
    return place.line if same else f"{place.line} of {place.file}" + (f" › {place.sheet}" if place.sheet else "")
