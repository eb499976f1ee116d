"""The user's own files given back, with each bad cell marked and a comment that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ..imports.source import text_rows
from ..reading.workbook import SUFFIXES, read_workbook
from ..records import EvidenceError, EvidenceProblem

_SHEET = "Errors"
_FILL = PatternFill("solid", fgColor="FFC7CE")
_BOLD = Font(bold=True)
_AUTHOR = "springtide"
_TITLE = 31


def write_marked(evidence: Path, problems: Iterable[EvidenceProblem], target: Path) -> list[Path]:
    """Write the evidence with its mistakes marked, each with a comment, and listed in a first sheet, Errors.

    A workbook is given back as a workbook; a folder of CSV files as one workbook with a sheet a file; of a folder of
    workbooks, those with mistakes are given back in a folder of that name.

    Returns:
        The files written.

    Raises:
        OSError: a file can't be written.
        ValueError: `target` is a file with something else in it, or is inside the evidence, where it would be read as evidence.
    """
    listed = list(problems)
    if evidence.is_dir() and target.resolve().is_relative_to(evidence.resolve()):
        raise ValueError("it would stand among the evidence, and be read with it")
    if target.exists() and not target.is_dir() and not _is_ours(target):
        raise ValueError("a file that is none of ours stands there; give another name")
    books = [path for path in _files(evidence) if path.suffix.lower() in SUFFIXES]
    if not books:
        book = _from_csv(_files(evidence))
        _mark(book, listed)
        return [_save(book, target)]
    if not evidence.is_dir():
        return [_save(_marked(evidence, listed, target), target)]
    written = []
    for path in books:
        own = [problem for problem in listed if problem.file == path.name]
        if own:
            target.mkdir(parents=True, exist_ok=True)
            written.append(_save(_marked(path, own, path), target / path.name))
    rest = [problem for problem in listed if problem.file not in {path.name for path in books}]
    if rest:
        target.mkdir(parents=True, exist_ok=True)
        book = _from_csv(_files(evidence))
        _mark(book, rest)
        written.append(_save(book, target / "other files.xlsx"))
    return written


def _is_ours(target: Path) -> bool:
    """Whether a file is a workbook with marks, which may be written over."""
    try:
        read_workbook(target, lambda title: False)
        book = openpyxl.load_workbook(target, read_only=True)
    except Exception:
        return False
    return book.sheetnames[0] == _SHEET


def _files(evidence: Path) -> list[Path]:
    return sorted(path for path in evidence.iterdir() if path.is_file()) if evidence.is_dir() else [evidence]


def _marked(path: Path, problems: list[EvidenceProblem], target: Path) -> Workbook:
    """The workbook as it is. One that can't be read can't be given back either; then the list of mistakes stands alone."""
    try:
        read_workbook(path)  # measured before it is opened
        book = openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == target.suffix.lower() == ".xlsm")
    except Exception:  # whatever part of it is damaged, the list of mistakes can still be given
        book = Workbook()
        book.remove(book.worksheets[0])
    _mark(book, problems)
    return book


def _from_csv(files: Iterable[Path]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for path in files:
        if path.suffix.lower() != ".csv":
            continue
        sheet = book.create_sheet(path.stem[:_TITLE])
        try:
            rows = text_rows(path)
        except (EvidenceError, OSError):
            continue  # what can't be read can't be given back; the mistake is in the list
        for row, cells in enumerate(rows, 1):
            for column, text in enumerate(cells, 1):
                if text:
                    _write_text(sheet.cell(row, column), text)
    return book


def _write_text(cell: Cell, text: str) -> None:
    """Text as text, whatever it begins with, and without what a workbook can't hold."""
    cell.value = "".join(character for character in text if character >= " " or character in "\t\n")
    cell.data_type = "s"


def _mark(book: Workbook, problems: list[EvidenceProblem]) -> None:
    for problem in problems:
        sheet = _sheet_of(book, problem)
        cell = _cell_of(sheet, problem) if sheet is not None else None
        if cell is not None:
            cell.fill = _FILL
            before = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = Comment(f"{before}{problem.says}", _AUTHOR, width=320, height=120)
    title = _SHEET if _SHEET not in book.sheetnames else f"{_SHEET} of springtide"
    if title in book.sheetnames:
        del book[title]
    errors = book.create_sheet(title, 0)
    for row, cells in enumerate([("Where", "What is wrong", "What to do"), *((p.place, p.message, p.hint) for p in problems)], 1):
        for column, text in enumerate(cells, 1):
            cell = errors.cell(row, column)
            _write_text(cell, text)
            if row == 1:
                cell.font = _BOLD
            elif column == 1 and (sheet := _sheet_of(book, problems[row - 2])) is not None:
                at = _cell_of(sheet, problems[row - 2])
                quoted = sheet.title.replace("'", "''")
                errors.cell(row, column).hyperlink = Hyperlink(cell.coordinate, location=f"'{quoted}'!{at.coordinate if at is not None else 'A1'}")
    for letter, width in (("A", 44), ("B", 70), ("C", 70)):
        errors.column_dimensions[letter].width = width
    book.active = 0


def _sheet_of(book: Workbook, problem: EvidenceProblem) -> Worksheet | None:
    title = problem.sheet or Path(problem.file).stem[:_TITLE]
    sheet = book[title] if title in book.sheetnames else None
    return sheet if isinstance(sheet, Worksheet) else None


def _cell_of(sheet: Worksheet, problem: EvidenceProblem) -> Cell | None:
    """The cell at fault: by its name, or by its row and heading; the first of the row where the column is not known."""
    if problem.cell and problem.cell[-1:].isdigit() and " " not in problem.cell:
        cell = sheet[problem.cell]
    elif problem.row:
        cell = sheet.cell(problem.row, 1)
    else:
        return None
    return cell if isinstance(cell, Cell) else None  # what is merged into another cell can't hold a comment


def _save(book: Workbook, target: Path) -> Path:
    target = target if target.suffix.lower() in SUFFIXES else target.with_name(f"{target.name}.xlsx")
    part = target.with_name(f".{target.name}.part")
    try:
        book.save(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
