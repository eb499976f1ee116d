"""Evidence in memory: a team list, responses, and figures by team and quarter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ..logic.answers import Answer, combine
from ..logic.facts import Evidence, Team
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.truth import Truth

RESPONDENTS = ("manager", "practitioner", "collective")
FILES = ("teams.csv", "responses.csv", "workforce.csv", "audits.csv")  # in the order in which they are read and reported


@dataclass(frozen=True)
class EvidenceProblem:
    """One thing wrong in the evidence: file, row as a spreadsheet counts it (0: the file as a whole), column."""

    file: str
    row: int
    column: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{_place(self.file, self.row, self.column)}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class EvidenceError(Exception):
    """Evidence that can't be scored, with everything found wrong in it, the team list first.

    `rows_can_be_left_out` says whether `--skip-bad-rows` would help: nothing is wrong but in single rows.
    """

    def __init__(self, problems: Iterable[EvidenceProblem], *, rows_can_be_left_out: bool = False):
        self.problems = in_file_order(problems)
        self.rows_can_be_left_out = rows_can_be_left_out
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Remark:
    """What is not wrong in the evidence but should be seen. Without a quarter, it bears on every one."""

    code: str
    file: str
    row: int
    column: str
    team: str
    says: str
    quarter: Quarter | None = None

    def __str__(self) -> str:
        return f"{_place(self.file, self.row, self.column)}: {self.says}" if self.row else self.says


def in_file_order(problems: Iterable[EvidenceProblem]) -> tuple[EvidenceProblem, ...]:
    """Each problem once: what is no table first, then the team list, for a mistake there leads to others."""
    return tuple(sorted(set(problems), key=lambda p: (file_rank(p.file), p.file, p.row, p.column, p.message, p.hint)))


def file_rank(file: str) -> int:
    """The place of a file in the order of reading; -1 for a folder, or a file of another name."""
    return FILES.index(file) if file in FILES else -1


def _place(file: str, row: int, column: str) -> str:
    return file + (f", row {row}" if row else "") + (f", column {column}" if column else "")


@dataclass(frozen=True)
class Response:
    """One return of the questionnaire. `answers` holds every question; None is a blank."""

    id: str
    team: str
    quarter: Quarter
    completed_on: date | None
    respondent: str
    answers: dict[str, str | None]
    row: int


@dataclass(frozen=True)
class Row:
    """A team's figures for a quarter in one table. `marks` are the symbols that stood for missing."""

    team: str
    quarter: Quarter
    figures: dict[str, float]
    marks: dict[str, str]
    table: str
    row: int


@dataclass(frozen=True)
class EvidenceSet:
    """Everything read from one folder. `left_out` lists what `--skip-bad-rows` passed over; `remarks`, what to look at."""

    teams: tuple[Team, ...]
    responses: tuple[Response, ...]
    rows: tuple[Row, ...]
    left_out: tuple[EvidenceProblem, ...] = ()
    source: str = field(default="", compare=False)
    remarks: tuple[Remark, ...] = ()

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        return tuple(sorted({r.quarter for r in self.responses} | {r.quarter for r in self.rows}))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the evidence says, whatever the order of its rows."""
        content = {
            "teams": sorted([t.id, t.name, t.district, t.county, t.kind, t.transfers_to] for t in self.teams),
            "responses": sorted(
                [r.id, r.team, str(r.quarter), str(r.completed_on), r.respondent, sorted((q, a or "") for q, a in r.answers.items())]
                for r in self.responses
            ),
            "figures": sorted([r.table, r.team, str(r.quarter), sorted(r.figures.items())] for r in self.rows),
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

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
        cells = {
            name: f"{row.table}.csv row {row.row}"
            for row in self._figures.get((team, quarter), [])
            for name in row.figures
        }
        if responses:
            rows = ", ".join(str(response.row) for response in sorted(responses, key=lambda r: r.row))
            cells |= {question: f"responses.csv row{'s' if len(responses) > 1 else ''} {rows}" for question in answers}
        return Evidence(
            figures=self.figures_of(team, quarter) | _counted(pack, responses, quarter),
            last_quarter=self.figures_of(team, quarter.previous),
            answers=answers,
            split_questions=_split(pack, responses),
            cells=cells,
        )


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
