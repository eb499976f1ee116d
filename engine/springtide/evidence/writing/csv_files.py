"""Evidence as CSV files, in which no text can be taken for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...logic.facts import Team
from ...logic.model import RulePack
from ..reading.team_list import PERIOD_COLUMNS, TEAM_COLUMNS
from ..reading.workbook import number_text
from .contents import Contents, Figures, columns_used

Table = Sequence[Sequence[str]]
_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NOT_A_FORMULA = re.compile(r"-|[+-]?\d+(\.\d+)?")


def guarded(text: str) -> str:
    """Text as it stands in a cell: with an apostrophe before it where a spreadsheet would work it out as a formula.

    Reading takes the apostrophe away again.
    """
    return f"'{text}" if _A_FORMULA.match(text) and not _NOT_A_FORMULA.fullmatch(text) else text


def write_tables(folder: Path, tables: Mapping[str, Table], overwrite: bool) -> None:
    """Write files into a folder, all or none; each is written beside its place first, and then moved there.

    Raises:
        FileExistsError: a file is there already, and may not be overwritten.
        OSError: the folder can't be written to.
    """
    there = [name for name in tables if (folder / name).exists()]
    if there and not overwrite:
        raise FileExistsError(0, "is there already", str(folder / there[0]))
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f".{name}.part" for name in tables}
    try:
        for name, rows in tables.items():
            with parts[name].open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
        for name, part in parts.items():
            part.replace(folder / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def tables_of(pack: RulePack, contents: Contents) -> dict[str, Table]:
    """The tables of some evidence, headings first; those that would be empty are left out."""
    tables = {"teams": team_table(contents.teams), "responses": _responses(pack, contents)}
    tables |= {name: _figures(pack, name, rows) for name, rows in (("workforce", contents.workforce), ("audits", contents.audits))}
    return {name: rows for name, rows in tables.items() if len(rows) > 1}


def team_table(teams: Iterable[Team]) -> Table:
    """The team list; the columns of periods only where a team has one."""
    listed = list(teams)
    periods = any(team.from_quarter or team.to_quarter or team.became for team in listed)
    rows = [(t.id, t.name, t.district, t.county, t.kind, t.transfers_to, str(t.from_quarter or ""), str(t.to_quarter or ""), " ".join(t.became)) for t in listed]
    columns = (*TEAM_COLUMNS, *PERIOD_COLUMNS) if periods else TEAM_COLUMNS
    return [columns, *(row[:len(columns)] for row in rows)]


def _responses(pack: RulePack, contents: Contents) -> Table:
    answered = {question for response in contents.responses for question, answer in response.answers.items() if answer}
    questions = [question for question in pack.questions if question in answered]
    return [
        ("response_id", "team_id", "quarter", "completed_on", "respondent", *questions),
        *((r.id, r.team, str(r.quarter), str(r.completed_on or ""), r.respondent, *(r.answers.get(q) or "" for q in questions)) for r in contents.responses),
    ]


def _figures(pack: RulePack, table: str, rows: Sequence[Figures]) -> Table:
    used = {name for row in rows for name in row.cells}
    names = [name for name in columns_used(pack, table, rows) if name in used]
    return [("team_id", "quarter", *names), *((row.team, str(row.quarter), *(_cell(pack, name, row.cells.get(name, "")) for name in names)) for row in rows)]


def _cell(pack: RulePack, name: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    yes_or_no = name in pack.figures and pack.figures[name].unit == "yes or no"
    return ("yes" if value else "no") if yes_or_no else number_text(value)
