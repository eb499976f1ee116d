"""The files in which evidence comes: a folder of CSV files or workbooks, one workbook, or one CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from ..places import TABLES, table_named
from ..records import EvidenceProblem
from .encoding import not_utf8
from .workbook import SUFFIXES, Area, Grid, WorkbookError, read_workbooks

_LARGEST_FILE = 200 * 1024 * 1024
_LIKE_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
_CSV = re.compile(rf"^({'|'.join(TABLES)})(\..+)?\.csv$")
# Text that a spreadsheet would take for a formula is written with an apostrophe before it; see writing.csv_files.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_OLD_BOOKS = (".xls", ".xlsb", ".ods", ".numbers")
# What may lie beside evidence and is none: of a survey, what was kept for people; the directory that alerts go by; what is hidden.
_NO_EVIDENCE = ("comments.", "respondents.", "managers.", ".", "~$")
_IN_A_WORKBOOK = "Teams, Questionnaire, Workforce, Audits or Acknowledged"

Progress = Callable[[int, int, str], None]


@dataclass
class Sheet:
    """A table as it stands in a file, its headings not yet understood. `rows` are counted as a spreadsheet does."""

    table: str
    file: str
    title: str
    rows: Iterator[tuple[int, list[str]]]
    merged: tuple[Area, ...] = ()


class Sources:
    """The sheets of a path; what spoils a file is collected in `problems`, and that file gives no sheet.

    With `only`, just one table is asked for, and a single CSV file is that table whatever its name.
    """

    def __init__(self, path: Path, progress: Progress | None = None, only: str | None = None, processes: int = 1):
        self.path, self.only, self._processes = path, only, processes
        self.problems: list[EvidenceProblem] = []
        self.unread: list[str] = []  # what is in the folder and looks like a table, but is none of evidence
        self._progress = progress or (lambda done, of, name: None)

    @property
    def name(self) -> str:
        return self.path.resolve().name

    @property
    def is_folder(self) -> bool:
        return self.path.is_dir()

    def spoil(self, file: str, message: str, hint: str = "", *, row: int = 0, column: str = "", sheet: str = "", cell: str = "") -> None:
        """Note what makes a whole file unusable."""
        self.problems.append(EvidenceProblem(file, row, column, message, hint, sheet, cell))

    def sheets(self) -> list[Sheet]:
        """Every table that is there, in the order of the tables and then of the files."""
        files = self._files()
        books = [file for file in files if file.suffix.lower() in SUFFIXES]
        found: list[Sheet] = []
        for done, (file, read) in enumerate(zip(books, read_workbooks(books, _is_table, self._processes), strict=True), 1):
            found += self._workbook(file, read)
            self._progress(done, len(books), file.name)
        for file in files:
            if file not in books:
                found += self._csv(file)
        if self.only is not None:
            return sorted((sheet for sheet in found if sheet.table == self.only), key=lambda sheet: sheet.file)
        held = {table_named(file.name) for file in files if file not in books} | {sheet.table for sheet in found}
        self._look_for_the_absent(held)
        self._look_for_others(files, bool(books))
        return sorted(found, key=lambda sheet: (TABLES.index(sheet.table), sheet.file))

    # -- which files -----------------------------------------------------------------------------

    def _files(self) -> list[Path]:
        if self.is_folder:
            there = [file for file in sorted(self.path.iterdir()) if file.is_file() and not file.name.startswith((".", "~$"))]
            return [file for file in there if _CSV.match(file.name) or file.suffix.lower() in SUFFIXES]
        if self.path.suffix.lower() in SUFFIXES:
            return [self.path]
        if self.path.suffix.lower() == ".csv":
            if self.only is not None:
                return [self.path]
            if not _CSV.match(self.path.name):
                self.spoil(self.path.name, "which table this is can't be told from its name", f"name it {', '.join(TABLES[:-1])} or {TABLES[-1]}.csv")
                return []
            beside = self.path.parent / "teams.csv"
            return [self.path] if table_named(self.path.name) == "teams" or not beside.is_file() else [beside, self.path]
        self.spoil(self.path.name, "this file is not read as evidence", "give a folder, a workbook (.xlsx) or a CSV file")
        return []

    def _look_for_the_absent(self, held: set[str | None]) -> None:
        """Files that may have been meant for a table that is not there: a slip in the name, or a format that is not read."""
        if not self.is_folder:
            return
        for table in TABLES:
            if table in held:
                continue
            for other in sorted(self.path.iterdir()):
                alike = SequenceMatcher(None, other.name.split(".")[0].lower(), table).ratio() >= 0.85
                if alike and other.suffix.lower() in _LIKE_TABLES and other.suffix.lower() not in SUFFIXES and other.is_file():
                    how = "name it" if other.suffix.lower() == ".csv" else "save it as 'CSV UTF-8' and name it"
                    self.spoil(other.name, "this file is not read", f"{how} {table}.csv, or move it to another folder")
                    break

    def _look_for_others(self, files: list[Path], has_books: bool) -> None:
        """Files that look like tables and are not read: among workbooks an error, for one may be a team's; else noted."""
        if not self.is_folder:
            return
        for other in sorted(self.path.iterdir()):
            known = other.name.casefold().startswith(_NO_EVIDENCE)
            if other in files or known or any(problem.file == other.name for problem in self.problems):
                continue
            if other.is_dir():
                if any(file.suffix.lower() in _LIKE_TABLES for file in other.iterdir()):
                    self.unread.append(f"{other.name}/")
            elif has_books and other.suffix.lower() in _OLD_BOOKS:
                self.spoil(other.name, "this file is not read", "save it as 'Excel Workbook (.xlsx)', or move it to another folder")
            elif other.suffix.lower() in _LIKE_TABLES:
                self.unread.append(other.name)

    # -- what is in them -------------------------------------------------------------------------

    def _workbook(self, file: Path, grids: list[Grid] | WorkbookError | OSError) -> list[Sheet]:
        if isinstance(grids, WorkbookError):
            self.spoil(file.name, grids.message, grids.hint, sheet=grids.sheet)
            return []
        if isinstance(grids, OSError):
            self.spoil(file.name, f"the file can't be read: {grids.strerror}")
            return []
        found = []
        for grid in grids:
            table = table_named(grid.title)
            if table and any(any(cell.strip() for cell in row) for row in grid.cells):
                if grid.hidden:
                    self.spoil(file.name, "the sheet is hidden, and would be read", "show it, or delete it", sheet=grid.title)
                found.append(Sheet(table, file.name, grid.title, iter(list(enumerate(grid.cells, 1))), grid.merged))
        if not found:
            self.spoil(file.name, "no sheet of the workbook is a table of evidence",
                       f"name the sheet {_IN_A_WORKBOOK}, or bring another layout in with springtide import table")  # fmt: skip
        return found

    def _csv(self, file: Path) -> list[Sheet]:
        table = self.only if self.only is not None and not self.is_folder else table_named(file.name)
        assert table is not None
        text = self._text(file)
        return [] if text is None else [Sheet(table, file.name, "", self._csv_rows(file.name, text))]

    def _csv_rows(self, file: str, text: str) -> Iterator[tuple[int, list[str]]]:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(lines, None)
            except csv.Error as error:
                self.spoil(file, *_said(error), row=number)
                return
            if cells is None:
                return
            yield number, [cell[1:] if _GUARDED.match(cell) else cell for cell in cells]

    def _text(self, path: Path) -> str | None:
        try:
            if path.stat().st_size > _LARGEST_FILE:
                self.spoil(path.name, f"the file is over {_LARGEST_FILE // 1024 // 1024} MB", "a quarter's returns are far smaller; is it the right file?")
                return None
            raw = path.read_bytes()
        except OSError as error:
            self.spoil(path.name, f"the file can't be read: {error.strerror}")
            return None
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.spoil(path.name, "the file is UTF-16 text", "save it again as 'CSV UTF-8'")
            return None
        if b"\0" in raw:
            self.spoil(path.name, "the file is not text", "is it a workbook? then its name must end in .xlsx")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.spoil(path.name, *not_utf8(raw))
            return None


def _is_table(title: str) -> bool:
    return table_named(title) is not None


def _said(error: csv.Error) -> tuple[str, str]:
    """What the CSV reader stumbled over, in words that help."""
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit()} characters", "look for a quotation mark that is opened and not closed"
    if "end of data" in str(error):
        return "a quotation mark is opened here and never closed", "close it, or take it out"
    if "expected after" in str(error):
        return "text follows a closing quotation mark", "inside quoted text, write a quotation mark twice"
    return f"the row can't be read: {error}", "look for a stray quotation mark"
