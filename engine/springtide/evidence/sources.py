"""The files in which evidence comes: a folder of CSV files or workbooks, one workbook, or one CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from .encoding import not_utf8
from .places import TABLES, table_named
from .records import EvidenceProblem
from .workbook import SUFFIXES, WorkbookError, read_workbook

_LARGEST_FILE = 200 * 1024 * 1024
_LIKE_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
_CSV = re.compile(rf"^({'|'.join(TABLES)})(\..+)?\.csv$")
_IN_A_WORKBOOK = "Teams, Questionnaire, Workforce, Audits or Acknowledged"

Progress = Callable[[int, int, str], None]


@dataclass
class Sheet:
    """A table as it stands in a file, its headings not yet understood. `rows` are counted as a spreadsheet does."""

    table: str
    file: str
    title: str
    rows: Iterator[tuple[int, list[str]]]


class Sources:
    """The sheets of a path; what spoils a file is collected in `problems`, and that file gives no sheet."""

    def __init__(self, path: Path, progress: Progress | None = None):
        self.path = path
        self.problems: list[EvidenceProblem] = []
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
        done = 0
        for file in files:
            if file in books:
                found += self._workbook(file)
                done += 1
                self._progress(done, len(books), file.name)
            else:
                found += self._csv(file)
        held = {table_named(file.name) for file in files if file not in books} | {sheet.table for sheet in found}
        self._look_for_the_absent(held)
        return sorted(found, key=lambda sheet: (TABLES.index(sheet.table), sheet.file))

    # -- which files -----------------------------------------------------------------------------

    def _files(self) -> list[Path]:
        if self.is_folder:
            there = [file for file in sorted(self.path.iterdir()) if file.is_file() and not file.name.startswith((".", "~$"))]
            return [file for file in there if _CSV.match(file.name) or file.suffix.lower() in SUFFIXES]
        if self.path.suffix.lower() in SUFFIXES:
            return [self.path]
        if self.path.suffix.lower() == ".csv":
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

    # -- what is in them -------------------------------------------------------------------------

    def _workbook(self, file: Path) -> list[Sheet]:
        try:
            grids = read_workbook(file)
        except WorkbookError as error:
            self.spoil(file.name, error.message, error.hint, sheet=error.sheet)
            return []
        except OSError as error:
            self.spoil(file.name, f"the file can't be read: {error.strerror}")
            return []
        found = []
        for grid in grids:
            table = table_named(grid.title)
            if table and any(any(cell.strip() for cell in row) for row in grid.cells):
                found.append(Sheet(table, file.name, grid.title, iter(list(enumerate(grid.cells, 1)))))
        if not found:
            titles = ", ".join(f"'{grid.title}'" for grid in grids[:5])
            self.spoil(file.name, f"no sheet of the workbook is a table of evidence; it has {titles}",
                       f"name the sheet {_IN_A_WORKBOOK}, or bring another layout in with springtide import table")  # fmt: skip
        return found

    def _csv(self, file: Path) -> list[Sheet]:
        table = table_named(file.name)
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
            yield number, cells

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


def _said(error: csv.Error) -> tuple[str, str]:
    """What the CSV reader stumbled over, in words that help."""
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit()} characters", "look for a quotation mark that is opened and not closed"
    if "end of data" in str(error):
        return "a quotation mark is opened here and never closed", "close it, or take it out"
    if "expected after" in str(error):
        return "text follows a closing quotation mark", "inside quoted text, write a quotation mark twice"
    return f"the row can't be read: {error}", "look for a stray quotation mark"
