"""Evidence in memory: a team list, responses, and figures by team and quarter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

from ..logic.answers import Answer, combine
from ..logic.facts import Evidence, Team, last_quarters
from ..logic.missing import NO_HISTORY
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.truth import Truth
from .changes import Changes
from .places import Where, in_words, rank
from .usual import Usual, no_history, says_more_than_blank, usual

RESPONDENTS = ("manager", "practitioner", "collective")


@dataclass(frozen=True)
class EvidenceProblem:
    """One thing wrong in the evidence: file, row as a spreadsheet counts it (0: the file as a whole), column.

    In a workbook also the sheet, and the cell where it is one cell.
    """

    file: str
    row: int
    column: str
    message: str
    hint: str = ""
    sheet: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        return in_words(self.file, self.row, self.column, self.sheet, self.cell)

    @property
    def says(self) -> str:
        return self.message + (f"; {self.hint}" if self.hint else "")

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


class EvidenceError(Exception):
    """Evidence that can't be scored, with everything found wrong in it, the team list first.

    `rows_can_be_left_out` says whether `--skip-bad-rows` would help: nothing is wrong but in single rows.
    """

    def __init__(self, problems: Iterable[EvidenceProblem], *, rows_can_be_left_out: bool = False):
        self.problems = in_file_order(problems)
        self.rows_can_be_left_out = rows_can_be_left_out
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Acknowledged:
    """Who has seen a remark, as a role, and why it may stand."""

    by: str
    because: str


@dataclass(frozen=True)
class Remark:
    """What is not wrong in the evidence but should be seen. Without a quarter, it bears on every one.

    One that the evidence acknowledges is not open any more.
    """

    code: str
    file: str
    row: int
    column: str
    team: str
    says: str
    quarter: Quarter | None = None
    sheet: str = ""
    cell: str = ""
    acknowledged: Acknowledged | None = None

    def __str__(self) -> str:
        return f"{in_words(self.file, self.row, self.column, self.sheet, self.cell)}: {self.says}" if self.row else self.says

    @property
    def is_open(self) -> bool:
        return self.acknowledged is None

    @property
    def order(self) -> tuple[bool, int, str, str, int, str, str, str, str, str]:
        """The open ones first, each in the order of the files and their rows."""
        return (not self.is_open, rank(self.file, self.sheet), self.file, self.sheet, self.row, self.code, self.team,
                str(self.quarter), self.column, self.says)  # fmt: skip


@dataclass(frozen=True)
class ReadFrom:
    """What was read from where: a table's file and sheet, and how many rows it gave."""

    file: str
    sheet: str
    table: str
    rows: int


def in_file_order(problems: Iterable[EvidenceProblem]) -> tuple[EvidenceProblem, ...]:
    """Each problem once: what is no table first, then the team list, for a mistake there leads to others."""
    return tuple(sorted(set(problems), key=lambda p: (rank(p.file, p.sheet), p.file, p.sheet, p.row, p.column, p.message, p.hint)))


@dataclass(frozen=True)
class Response:
    """One return of the questionnaire. `answers` holds every question; None is a blank, and so is one that is left out."""

    id: str
    team: str
    quarter: Quarter
    completed_on: date | None
    respondent: str
    answers: dict[str, str | None]
    at: Where = field(default_factory=lambda: Where(""))


@dataclass(frozen=True)
class Row:
    """A team's figures for a quarter in one row of a table. `marks` are the symbols that stood for missing."""

    team: str
    quarter: Quarter
    figures: dict[str, float]
    marks: dict[str, str]
    table: str
    at: Where


@dataclass(frozen=True)
class EvidenceSet:
    """All the evidence there is.

    `teams` is the whole list with every period of each team, or that of one quarter (see `as_of`; the whole is then in
    `whole_list`). `left_out` lists what `--skip-bad-rows` passed over; `remarks`, what to look at; `read_from`, the
    files and sheets.
    """

    teams: tuple[Team, ...]
    responses: tuple[Response, ...]
    rows: tuple[Row, ...]
    left_out: tuple[EvidenceProblem, ...] = ()
    source: str = field(default="", compare=False)
    remarks: tuple[Remark, ...] = ()
    read_from: tuple[ReadFrom, ...] = field(default=(), compare=False)
    whole_list: tuple[Team, ...] = ()

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        return tuple(sorted({r.quarter for r in self.responses} | {r.quarter for r in self.rows}))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the evidence says, whatever the order of its rows."""
        content = {
            "teams": sorted([t.id, t.name, t.district, t.county, t.kind, t.transfers_to, *_period(t)] for t in self.teams),
            "responses": sorted(
                [r.id, r.team, str(r.quarter), str(r.completed_on), r.respondent, sorted((q, a or "") for q, a in r.answers.items())]
                for r in self.responses
            ),
            "figures": sorted([table, team, str(q), sorted(held.items())] for (table, team, q), held in self._by_table.items()),
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def as_of(self, quarter: Quarter) -> EvidenceSet:
        """The same evidence with the team list of one quarter."""
        there = [team for team in self.teams if team.in_force(quarter)]
        ids = {team.id for team in there}
        teams = tuple(team if team.transfers_to in ("", *ids) else replace(team, transfers_to="") for team in there)
        return self if teams == self.teams else replace(self, teams=teams, whole_list=self.whole_list or self.teams)

    @cached_property
    def changes(self) -> Changes:
        """What the team list says of teams over time."""
        return Changes(self.whole_list or self.teams)

    @cached_property
    def _by_table(self) -> dict[tuple[str, str, Quarter], dict[str, float]]:
        """What each table says of a team and quarter, whatever the number of files it came in."""
        found: dict[tuple[str, str, Quarter], dict[str, float]] = {}
        for row in self.rows:
            found.setdefault((row.table, row.team, row.quarter), {}).update(row.figures)
        return found

    @cached_property
    def _figures(self) -> dict[tuple[str, Quarter], list[Row]]:
        found: dict[tuple[str, Quarter], list[Row]] = {}
        for row in self.rows:
            found.setdefault((row.team, row.quarter), []).append(row)
        return found

    @cached_property
    def _responses(self) -> dict[tuple[str, Quarter], list[Response]]:
        found: dict[tuple[str, Quarter], list[Response]] = {}
        for response in self.responses:
            found.setdefault((response.team, response.quarter), []).append(response)
        return found

    def responses_of(self, team: str, quarter: Quarter) -> list[Response]:
        return self._responses.get((team, quarter), [])

    def figures_of(self, team: str, quarter: Quarter) -> dict[str, float]:
        """What was supplied for a team and quarter, over all tables of figures."""
        merged: dict[str, float] = {}
        for row in self._figures.get((team, quarter), []):
            merged |= row.figures
        return merged

    def marks_of(self, team: str, quarter: Quarter) -> dict[str, str]:
        """Figures whose cell held a symbol for missing (`u`, `c`, …), with the symbol."""
        merged: dict[str, str] = {}
        for row in self._figures.get((team, quarter), []):
            merged |= row.marks
        return merged

    def of(self, pack: RulePack, team: str, quarter: Quarter) -> Evidence:
        """One team's evidence for one quarter, as the rules read it."""
        responses = self.responses_of(team, quarter)
        answers = {q.id: _combined(pack, q.id, responses) for q in pack.questionnaire.questions} if responses else {}
        cells = {name: row.at.of(name) for row in self._figures.get((team, quarter), []) for name in row.figures}
        cells |= {question: _all_stand([response.at for response in responses], question) for question in answers}
        usual = self._usual(pack, team, quarter)
        broken = self.changes.break_in(team, quarter)
        last_usual = {} if broken else self._usual(pack, team, quarter.previous)
        by_name = usual | {last_quarters(name): one for name, one in last_usual.items()}
        return Evidence(
            figures=self.figures_of(team, quarter) | _known(usual) | _counted(pack, responses, quarter),
            last_quarter={} if broken else self.figures_of(team, quarter.previous) | _known(last_usual),
            answers=answers,
            split_questions=_split(pack, responses),
            cells=cells | {name: usual[name].says for name in _known(usual)},
            made_of={name: one.made_of for name, one in by_name.items() if one.value is not None},
            no_history={name: one.says for name, one in by_name.items() if one.value is None},
            no_last_quarter=self._no_last_quarter(team, quarter),
        )

    def _usual(self, pack: RulePack, team: str, quarter: Quarter) -> dict[str, Usual]:
        """What is worked out from a team's earlier quarters, of what was neither supplied nor said not to be had."""
        supplied, marks = self.figures_of(team, quarter), self.marks_of(team, quarter)
        found = {}
        for figure, of, over in pack.usuals:
            dated = over.in_force(quarter)
            if dated is None or figure.id in supplied or says_more_than_blank(marks.get(figure.id, "")):
                continue
            quarters = quarter.before(round(dated.value))
            breaks = (self.changes.break_in(team, later) for later in (quarter, *quarters[:0:-1]))
            found[figure.id] = usual(of, quarters, partial(self.figures_of, team), next(filter(None, breaks), None))
        return found

    def _no_last_quarter(self, team: str, quarter: Quarter) -> str:
        """Why nothing is known of a team's last quarter; nothing where something is."""
        broken = self.changes.break_in(team, quarter)
        if broken is not None:
            return no_history(broken)
        if (team, quarter.previous) in self._figures:
            return ""
        return f"{NO_HISTORY}: last quarter ({quarter.previous}) is not there"


def _known(usual: dict[str, Usual]) -> dict[str, float]:
    return {name: one.value for name, one in usual.items() if one.value is not None}


def _period(team: Team) -> list[str]:
    """What a team's row says of its period; nothing where it says nothing, so that a list without periods keeps its hash."""
    limits = [str(quarter) if quarter else "" for quarter in (team.from_quarter, team.to_quarter)]
    return [*limits, *team.became] if any(limits) else []


def _all_stand(places: list[Where], question: str) -> str:
    """The places of one answer of several responses, each file and sheet named once."""
    said = []
    for file, sheet in dict.fromkeys((at.file, at.sheet) for at in places):
        held = sorted((at for at in places if (at.file, at.sheet) == (file, sheet)), key=lambda at: at.row)
        if sheet:
            said.append(f"{file} › {sheet} › {', '.join(at.cell(question) for at in held)}")
        else:
            said.append(f"{file} row{'s' if len(held) > 1 else ''} {', '.join(str(at.row) for at in held)}")
    return "; ".join(said)


def _combined(pack: RulePack, question: str, responses: Iterable[Response]) -> Answer:
    return combine(pack.questions[question], pack.questionnaire.scale, [r.answers.get(question) for r in responses])


def _counted(pack: RulePack, responses: list[Response], quarter: Quarter) -> dict[str, float]:
    """Figures about the return itself; they are always known, for no return is a fact too."""
    missing = pack.questionnaire.scale.missing
    read = pack.questions_read
    return {
        "responses": len(responses),
        "individual_responses": sum(r.respondent in ("manager", "practitioner") for r in responses),
        "collective_responses": sum(r.respondent == "collective" for r in responses),
        "unstated_respondents": sum(r.respondent == "" for r in responses),
        "responses_before_quarter": sum(r.completed_on is not None and r.completed_on < quarter.first_day for r in responses),
        "dont_know_answers": sum(r.answers.get(q) in (None, missing) for r in responses for q in read),
    }


def _split(pack: RulePack, responses: list[Response]) -> tuple[str, ...]:
    """Questions that rules read, on which managers and practitioners fall on different sides."""
    by_role = {role: [r for r in responses if r.respondent == role] for role in ("manager", "practitioner")}
    if not all(by_role.values()):
        return ()
    split = []
    for question in pack.questions_read:
        managers, practitioners = (_combined(pack, question, group) for group in by_role.values())
        if managers.counted and practitioners.counted and Truth.CANNOT_TELL not in (managers.is_adverse, practitioners.is_adverse):
            if managers.is_adverse is not practitioners.is_adverse:
                split.append(question)
    return tuple(split)
