"""An Excel workbook as text cells. It is measured before it is read, so that no file can exhaust the machine.

The reader proper, openpyxl, gives the values that Excel kept. It can't tell an empty cell from a formula that was never
worked out, and gives a row for each that a far cell leaves out. So the XML is looked through first: for its true size,
for how far each sheet reaches, and for such formulas.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from xml.etree import ElementTree

from ..places import letters

SUFFIXES = (".xlsx", ".xlsm")
NOT_WORKED_OUT = "#NOT WORKED OUT"
FORMULA_ERRORS = frozenset(
    ("#BLOCKED!", "#BUSY!", "#CALC!", "#CONNECT!", "#DIV/0!", "#FIELD!", "#GETTING_DATA", "#N/A", "#NAME?", "#NULL!",
     "#NUM!", "#REF!", "#SPILL!", "#UNKNOWN!", "#VALUE!", NOT_WORKED_OUT)
)  # fmt: skip
_MB = 1024 * 1024
_MOST_BYTES, _MOST_INSIDE, _MOST_PARTS = 50 * _MB, 250 * _MB, 2000
_MOST_ROWS, _MOST_CELLS, _MOST_FILLED = 100_000, 3_000_000, 1_000_000
_LONGEST_CELL = 32_767
_WORTH_SHARING = 40  # workbooks from which on other processes save more time than they take to start
_A_TEAM_FILLS = "a quarter's returns are far smaller; is it the right file?"
_DAMAGED = "open it in Excel and save it again, or ask for it again"

_REACHED = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})(\d{1,9})["']""")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]{0,400}?\br\s*=\s*["'](\d{1,12})["']""")
_ROWS = re.compile(rb"<(?:\w+:)?row\b")
_CELLS = re.compile(rb"<(?:\w+:)?c\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_AFTER_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v>([^<]*)<)?")
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]{0,100}?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_LONGEST_TAG = 400
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class WorkbookError(Exception):
    """A workbook that can't be read: what is wrong, in which sheet if in one, and what to do."""

    def __init__(self, message: str, hint: str = "", sheet: str = ""):
        super().__init__(message, hint, sheet)
        self.message, self.hint, self.sheet = message, hint, sheet


Area = tuple[int, int, int, int]  # first row, first column, last row, last column, from 1


@dataclass(frozen=True)
class _Part:
    """What looking through a sheet's XML tells: cells (row, column) whose formula has no value, and merged areas."""

    failed: dict[tuple[int, int], str]
    merged: tuple[Area, ...]


@dataclass(frozen=True)
class Grid:
    """A worksheet: its title, its cells as text, row by row from the first, whether people see it, and what is merged."""

    title: str
    cells: list[list[str]]
    hidden: bool = False
    merged: tuple[Area, ...] = ()


def read_workbook(path: Path, wanted: Callable[[str], bool] = lambda title: True) -> list[Grid]:
    """The worksheets of a workbook whose titles are wanted, in its order.

    Numbers come in digits as short as they can be told apart, dates as 2009-01-30, ticks as yes and no, and a formula
    as the value that Excel kept for it, or as its error.

    Raises:
        WorkbookError: it is damaged, has a password, is no workbook, or is larger than returns can be.
        OSError: the file can't be read.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise WorkbookError(f"the file is over {_MOST_BYTES // _MB} MB", _A_TEAM_FILLS)
    from openpyxl import load_workbook  # takes a while to load, and evidence in CSV files has no need of it

    raw = path.read_bytes()
    parts = _look_through(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that a table of text cells has no use for
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            return [
                Grid(title, _with_errors(_cells(book[title]), parts[title].failed), book[title].sheet_state != "visible", parts[title].merged)
                for title in book.sheetnames
                if title in parts and wanted(title)
            ]
    except Exception:
        # Damaged XML fails in a score of ways, MemoryError among them, and none of them is a fault of ours.
        raise WorkbookError("the workbook is damaged", _DAMAGED) from None


def read_workbooks(paths: Sequence[Path], wanted: Callable[[str], bool], processes: int = 1) -> Iterator[list[Grid] | WorkbookError | OSError]:
    """Each workbook's worksheets, or why it can't be read, in the order of the paths.

    With several processes, `wanted` has to be a function of a module, and the program one that can be started anew.
    """
    if processes < 2 or len(paths) < _WORTH_SHARING:
        yield from (_read_or_reason(path, wanted) for path in paths)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_read_or_reason, paths, repeat(wanted), chunksize=4)


def _read_or_reason(path: Path, wanted: Callable[[str], bool]) -> list[Grid] | WorkbookError | OSError:
    try:
        return read_workbook(path, wanted)
    except (WorkbookError, OSError) as error:
        return error


# -- before it is read -----------------------------------------------------------------------------


def _look_through(raw: bytes) -> dict[str, _Part]:
    """The worksheets by title, measured."""
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise WorkbookError("the workbook has a password, or is of Excel 2003 or older",
                            "open it in Excel and save it as 'Excel Workbook (.xlsx)', without a password")  # fmt: skip
    if raw[:2] != b"PK":
        raise WorkbookError("this is not an Excel workbook", "save it as 'Excel Workbook (.xlsx)'; a CSV file must end in .csv")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = _unpacked(archive)
        names = _sheet_parts(parts)
    except WorkbookError:
        raise
    except Exception:
        # Damaged archives and XML fail in a score of ways, and none of them is a fault of ours.
        raise WorkbookError("the workbook is damaged", _DAMAGED) from None
    if not names:
        raise WorkbookError("the workbook has no worksheet", _DAMAGED)
    return {title: _measured(parts[part], title) for title, part in names.items() if part in parts}


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The XML parts. What an archive says of its sizes is not believed: it is unpacked as far as the limit."""
    entries = archive.infolist()
    if len(entries) > _MOST_PARTS:
        raise WorkbookError(f"the workbook has over {_MOST_PARTS} parts", _A_TEAM_FILLS)
    parts: dict[str, bytes] = {}
    left = _MOST_INSIDE
    for entry in entries:
        with archive.open(entry) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise WorkbookError(f"unpacked, the workbook is over {_MOST_INSIDE // _MB} MB", _A_TEAM_FILLS)
        if entry.filename.endswith((".xml", ".rels")):
            if b"\0" in data or b"<!ENTITY" in data:
                raise WorkbookError("the workbook is damaged", _DAMAGED)
            parts[entry.filename.lstrip("/")] = data
    return parts


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """The part that holds each worksheet, by title."""
    targets = {
        link.get("Id", ""): normpath(join("xl", link.get("Target", "").removeprefix("/xl/")))
        for link in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
        if link.get("Type", "").endswith("/worksheet")
    }
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    sheets = [element for element in book.iter() if element.tag.rsplit("}", 1)[-1] == "sheet"]
    held = {sheet.get("name", ""): targets.get(sheet.get(_OFFICE, "") or _strict_id(sheet), "") for sheet in sheets}
    return {title: part for title, part in held.items() if part}


def _strict_id(sheet: ElementTree.Element) -> str:
    """The link of a sheet in the stricter dialect, whose namespace is another."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _measured(xml: bytes, title: str) -> _Part:
    reached = _REACHED.findall(xml)
    numbers = [int(row) for row in _ROW_NUMBER.findall(xml)]
    last_row = max([*(int(row) for _, row in reached), *numbers], default=0)
    last_column = max((_number(column.upper()) for column in {column for column, _ in reached}), default=0)
    rows, cells = max(last_row, len(_ROWS.findall(xml))), len(_CELLS.findall(xml))
    if rows > _MOST_ROWS:
        raise WorkbookError(f"the sheet has {rows:,} rows; {_MOST_ROWS:,} are read at most", _A_TEAM_FILLS, title)
    if last_row * last_column > _MOST_CELLS:
        raise WorkbookError(f"the sheet reaches to {letters(last_column)}{last_row}",
                            "delete what stands far beyond the table, and save it again", title)  # fmt: skip
    if cells > _MOST_FILLED:
        raise WorkbookError(f"the sheet has {cells:,} cells; {_MOST_FILLED:,} are read at most", _A_TEAM_FILLS, title)
    merged = tuple((int(top), _number(left), int(bottom), _number(right)) for left, top, right, bottom in _MERGED.findall(xml))
    return _Part(_failed_cells(xml, title), merged)


def _failed_cells(xml: bytes, title: str) -> dict[tuple[int, int], str]:
    """The cells whose formula was never worked out: the formula stands there, and no value after it."""
    failed = {}
    for formula in _FORMULA.finditer(xml):
        tag = xml[max(0, formula.start() - _LONGEST_TAG):formula.start()]
        tag = tag[max(tag.rfind(b"<c "), tag.rfind(b":c "), 0):]
        kind, address, after = _TYPE.search(tag), _ADDRESS.search(tag), _AFTER_FORMULA.match(xml, formula.start())
        if after is None or (after[1] or b"").strip() or (kind is not None and kind[1] != b"n"):
            continue
        if address is None:
            raise WorkbookError("a formula was never worked out", _DAMAGED, title)
        failed[_row_and_column(address[1])] = NOT_WORKED_OUT
    return failed


def _row_and_column(address: bytes) -> tuple[int, int]:
    column = address.rstrip(b"0123456789")
    return int(address[len(column):]), _number(column)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


# -- as text ---------------------------------------------------------------------------------------


def _cells(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    return [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _with_errors(cells: list[list[str]], failed: dict[tuple[int, int], str]) -> list[list[str]]:
    for (row, column), said in failed.items():
        while len(cells) < row:
            cells.append([])
        line = cells[row - 1]
        line.extend([""] * (column - len(line)))
        line[column - 1] = said
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_LONGEST_CELL]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(value: float) -> str:
    """A number in digits, without an exponent; reading it gives the same number."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    said = repr(value)
    return f"{value:.400f}".rstrip("0").rstrip(".") if "e" in said and abs(value) < 1 else f"{value:.0f}" if "e" in said else said
