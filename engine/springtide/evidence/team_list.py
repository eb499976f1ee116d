"""The team list by itself, for what is written before there is any evidence."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cells import short
from .encoding import not_utf8
from .records import EvidenceError, EvidenceProblem
from .spelling import column_meant

_COLUMNS = ("team_id", "team_name")


@dataclass(frozen=True)
class ListedTeam:
    id: str
    name: str

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def read_team_list(file: Path) -> tuple[ListedTeam, ...]:
    """The teams of a `teams.csv` in its order; of its columns only `team_id` and `team_name` are read.

    Names are data: whatever stands in them is kept as it is, but for runs of spaces. Characters that no document can
    hold (control characters and the like) are refused, and named by their code.

    Raises:
        EvidenceError: everything wrong, each with row and column.
    """
    problems: list[EvidenceProblem] = []
    teams: list[ListedTeam] = []
    rows: dict[str, int] = {}
    for number, row in _rows(file):
        values = {column: " ".join(row[column].split()) for column in _COLUMNS}
        for column, value in values.items():
            if not value:
                problems.append(EvidenceProblem(file.name, number, column, "is blank", f"every team needs a {column}"))
            elif codes := _unwritable(value):
                problems.append(EvidenceProblem(file.name, number, column, f"holds {codes}, which no document can hold", "take it out"))
        team = values["team_id"]
        if team and team in rows:
            problems.append(EvidenceProblem(file.name, number, "team_id", f"'{short(team)}' is in the list twice", f"the first is in row {rows[team]}"))
        rows.setdefault(team, number)
        teams.append(ListedTeam(team, values["team_name"]))
    if not teams:
        problems.append(EvidenceProblem(file.name, 0, "", "the team list has no teams", "give each team a row below the headings"))
    if problems:
        raise EvidenceError(problems)
    return tuple(teams)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that are not blank, numbered as a spreadsheet counts them."""
    lines = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    number = 0
    columns: list[str] = []
    try:
        for number, cells in enumerate(lines, 1):
            if number == 1:
                columns = [column_meant(cell.strip(), _COLUMNS) or "" for cell in cells]
                for column in _COLUMNS:
                    if columns.count(column) != 1:
                        how = "is missing" if column not in columns else "stands here twice"
                        raise _refused(file, 1, f"the column '{column}' {how}")
            elif any(cell.strip() for cell in cells):
                yield number, dict.fromkeys(_COLUMNS, "") | dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise _refused(file, number + 1, f"the row can't be read: {error}") from None


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise _refused(file, 0, f"the file can't be read: {error.strerror}") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw:
        raise _refused(file, 0, "the file is not text in UTF-8", "save it as 'CSV UTF-8'")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(file, 0, *not_utf8(raw)) from None


def _refused(file: Path, row: int, message: str, hint: str = "") -> EvidenceError:
    return EvidenceError([EvidenceProblem(file.name, row, "", message, hint)])


def _unwritable(text: str) -> str:
    """The codes of control characters and of what Unicode sets apart as no character: "U+0007"; nothing where there are none."""
    found = sorted({character for character in text if unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE})
    return ", ".join(f"U+{ord(character):04X}" for character in found)
