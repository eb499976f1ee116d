"""A file of another system, by its mapping, as records of evidence; every bad cell is named where it stands in that file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ...logic.model import RulePack
from ...logic.quarter import Quarter
from ..cells import short
from ..places import Where, letters
from ..reading.collected import Collected
from ..reading.reader import RESPONSE_COLUMNS, records_of
from ..reading.tables import Table
from ..reading.team_list import TeamList
from ..records import EvidenceError, EvidenceProblem, Response, Row, in_file_order
from ..spelling import folded
from .dates import DateOrder, order_of, read_day
from .mapping import NOTHING, Column, Mapping, Word
from .matching import plain
from .proposal import clean, is_text
from .source import Source

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_KEYS = ("team_id", "team_name", "quarter")
_NOT_SUPPLIED = "not supplied"


@dataclass(frozen=True)
class Converted:
    """The records, what bad rows were left out, and notes: what a reader should know of how figures came to be."""

    responses: tuple[Response, ...]
    rows: tuple[Row, ...]
    left_out: tuple[EvidenceProblem, ...]
    notes: tuple[str, ...]


def convert(source: Source, mapping: Mapping, pack: RulePack, listed: TeamList, stem: str, skip_bad_rows: bool = False) -> Converted:
    """Turn a file's rows into records.

    Args:
        stem: goes before each response's id, so that the responses of two files can stand side by side.

    Raises:
        EvidenceError: every cell that can't be used, by its place in the file; or a column that the mapping does not know.
    """
    places = placed(source, mapping)
    used: dict[str, tuple[int, Column]] = {}
    twins: dict[str, list[int]] = {}  # questions that stand in several columns, of which a response answers one
    for place, column in places.items():
        if column.to != NOTHING:
            used.setdefault(column.to, (place, column))
            twins.setdefault(column.to, []).append(place)
    _check_keys(source, mapping, used, pack)
    _check_doubts(source, mapping, used)
    collected = Collected(skip_bad_rows)
    tables = []
    for name, columns in _tables(used, pack).items():
        positions = {to: used[to][0] + 1 for to in columns}
        tables.append(Table(name, source.file, source.sheet, tuple(columns), _rows(source, mapping, columns, used, twins, positions, stem)))
    responses, rows = records_of(tables, pack, listed, collected)
    problems = [_in_the_file(problem, source, used) for problem in collected.problems]
    if problems and not skip_bad_rows:
        raise EvidenceError(problems, rows_can_be_left_out=True)
    return Converted(tuple(responses), tuple(rows), in_file_order(problems), tuple(_notes(used)))


def placed(source: Source, mapping: Mapping) -> dict[int, Column]:
    """Each column of the file with its line of the mapping: the first of a heading with the first, and so on.

    Raises:
        EvidenceError: the file has a column that the mapping does not know, or lacks one that it uses.
    """
    found: dict[int, Column] = {}
    left = list(mapping.columns)
    # Letter by letter first, so that headings that differ in a sign only do not change places.
    for alike in (str.strip, plain):
        for place, heading in enumerate(source.headings):
            line = next((column for column in left if alike(column.column) == alike(heading)), None) if place not in found else None
            if line is not None:
                found[place] = line
                left.remove(line)
    problems = []
    for place, heading in enumerate(source.headings):
        if heading and place not in found:
            problems.append(EvidenceProblem(source.file, source.head_row, "", f"the mapping does not know the column {source.name(place)}",
                                            "add it to the mapping, with `to: nothing` if it is not wanted", source.sheet))  # fmt: skip
    problems += [EvidenceProblem(source.file, source.head_row, "", f"there is no column '{short(line.column)}', which the mapping takes for {line.to}",
                                 "correct the heading in the mapping, or take it out there", source.sheet) for line in left if line.to != NOTHING]  # fmt: skip
    if problems:
        raise EvidenceError(problems)
    return found


def _check_keys(source: Source, mapping: Mapping, used: dict[str, tuple[int, Column]], pack: RulePack) -> None:
    problems = []
    if "team_id" not in used and "team_name" not in used:
        problems.append(EvidenceProblem(source.file, source.head_row, "", "no column says which team a row is about", "give one of them `to: team_id` in the mapping", source.sheet))
    if "quarter" not in used and not mapping.quarter:
        problems.append(EvidenceProblem(source.file, source.head_row, "", "nothing says which quarter the rows are about", 'name it with --quarter, or give a column `to: quarter`', source.sheet))
    if not _tables(used, pack):
        problems.append(EvidenceProblem(source.file, source.head_row, "", "no column is an answer or a figure", "give the columns their `to` in the mapping", source.sheet))
    if problems:
        raise EvidenceError(problems)


def _check_doubts(source: Source, mapping: Mapping, used: dict[str, tuple[int, Column]]) -> None:
    """What was certain in the file that the mapping was made for, and is not in this one."""
    problems = []
    for to, (place, column) in used.items():
        cells = [cell.strip() for cell in source.column(place) if cell.strip()]
        if (to == "completed_on" or column.convert == "date") and not mapping.dates and order_of(cells) is not DateOrder.CERTAIN:
            problems.append(_doubt(source, place, "the days can be read in two ways", "write `dates: day first` or `dates: month first` in the mapping"))
        numbers = [float(cell) for cell in cells if _NUMBER.fullmatch(cell)]
        if column.convert == "percent" and any(numbers) and max(map(abs, numbers)) <= 1 and not any(cell.endswith("%") for cell in cells):
            problems.append(_doubt(source, place, "no number is over 1, and the mapping takes them for per cent", "if they are shares, take `convert: percent` out; if not, write % after them"))
    if problems:
        raise EvidenceError(problems)


def _doubt(source: Source, place: int, message: str, hint: str) -> EvidenceProblem:
    return EvidenceProblem(source.file, source.head_row, f"'{short(source.headings[place])}'", message, hint, source.sheet,
                           f"{letters(place + 1)}{source.head_row}" if source.sheet else "")  # fmt: skip


def _tables(used: dict[str, tuple[int, Column]], pack: RulePack) -> dict[str, list[str]]:
    """Which of the columns used belong to which table of evidence, keys with each."""
    keys = [key for key in _KEYS if key in used]
    figures = {"workforce": [], "audits": []}  # type: dict[str, list[str]]
    for to in used:
        if to in pack.figures or to in pack.measures:
            figures[pack.figures[to].table if to in pack.figures else "workforce"].append(to)
    questions = [to for to in used if to in pack.questions]
    tables = {name: [*keys, *held] for name, held in figures.items() if held}
    if questions:
        own = [key for key in RESPONSE_COLUMNS if key in used and key not in keys]
        tables["responses"] = [*keys, *own, *questions]
    return tables


def _rows(source: Source, mapping: Mapping, columns: list[str], used: dict[str, tuple[int, Column]], twins: dict[str, list[int]],
          positions: dict[str, int], stem: str) -> Iterator[tuple[Where, dict[str, str], int]]:
    readers = {to: _reader(to, used[to][1], mapping) for to in columns}
    aliases = _meanings(mapping.teams)
    for number, cells in source.rows:
        row = {to: read(_cell(cells, twins[to])) for to, read in readers.items()}
        if not row.get("team_id"):
            row["team_id"] = aliases.get(folded(row.get("team_name", "")), row.get("team_name", ""))
        if row["team_id"] == NOTHING:
            continue
        row["quarter"] = row.get("quarter") or mapping.quarter
        row["response_id"] = f"{stem}-{row.get('response_id') or f'row{number}'}"
        yield Where(source.file, number, source.sheet, False, positions), row, source.beyond(cells)


def _cell(cells: tuple[str, ...], places: list[int]) -> str:
    """The cell of a column, or of the one column of several that has something; two that differ can't be read."""
    written = list(dict.fromkeys(cells[place] for place in places if place < len(cells) and cells[place].strip()))
    return written[0] if len(written) == 1 else "(two answers)" if written else ""


def _reader(to: str, column: Column, mapping: Mapping) -> Callable[[str], str]:
    """How a cell of a column is read. What can't be read is left as it stands, to be reported at its cell."""
    if to == "completed_on" or column.convert == "date":
        def day(cell: str) -> str:
            found = read_day(cell, mapping.dates)
            return cell.strip() if found is None else str(Quarter.holding(found)) if to == "quarter" else found.isoformat()

        return day
    if column.convert == "percent":
        return _percent
    if column.convert == "headcount":
        return lambda cell: _times(cell, Decimal(str(column.fte_each)))
    words = {"team_id": mapping.teams, "respondent": mapping.respondents}.get(to, mapping.answers if re.fullmatch(r"q\d+", to) else [])
    meanings = _meanings(words)
    if to in ("team_id", "respondent", "team_name", "response_id", "quarter") or re.fullmatch(r"q\d+", to):
        return lambda cell: meanings.get(folded(clean(cell)), _without_text(clean(cell)) if to.startswith("q") else clean(cell))
    return _number


def _without_text(word: str) -> str:
    """A word as it stands; of a text, which may be about a person, no more than that it is one."""
    return "(a text)" if is_text(word) else word


def _meanings(words: list[Word]) -> dict[str, str]:
    return {folded(word.written): "" if word.means == _NOT_SUPPLIED else word.means for word in words}


def _number(cell: str) -> str:
    cleaned = cell.strip()
    return cleaned.replace(",", "") if _THOUSANDS.fullmatch(cleaned) else cleaned


def _percent(cell: str) -> str:
    cleaned = _number(cell.strip().removesuffix("%").strip())
    return format(Decimal(cleaned) / 100, "f") if _NUMBER.fullmatch(cleaned) else cell.strip()


def _times(cell: str, each: Decimal) -> str:
    cleaned = _number(cell)
    return format(Decimal(cleaned) * each, "f") if _NUMBER.fullmatch(cleaned) else cleaned


def _in_the_file(problem: EvidenceProblem, source: Source, used: dict[str, tuple[int, Column]]) -> EvidenceProblem:
    """A mistake named by the file's own heading, where the file has no cells with names."""
    if problem.column in used and not problem.sheet:
        return replace(problem, column=f"'{short(source.headings[used[problem.column][0]])}'")
    return problem


def _notes(used: dict[str, tuple[int, Column]]) -> Iterator[str]:
    for to, (_, column) in used.items():
        if column.convert == "headcount":
            yield f"{to} was worked out from a headcount, at {column.fte_each:g} full-time posts a person."
        if column.convert == "percent":
            yield f"{to} was given in per cent, and is written as a share."
