"""A file of another system as one table of text cells, whatever its encoding, its separator and the rows above its headings."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..places import Where, letters
from ..reading.workbook import SUFFIXES, Grid, WorkbookError, read_workbook
from ..records import EvidenceError, EvidenceProblem

_LARGEST_FILE = 50 * 1024 * 1024
_MOST_ROWS = 100_000
_LOOKED_THROUGH = 25  # rows in which the headings may stand
KNOWN = 1000  # what one known heading weighs
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Source:
    """A table: its headings, and its rows that are not blank with their numbers as a spreadsheet counts."""

    file: str
    sheet: str
    headings: tuple[str, ...]
    head_row: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    width: int = 0  # of a text file: the cells of its row of headings, blank ones included

    def beyond(self, cells: tuple[str, ...]) -> int:
        """How many cells of a row stand under no heading: in a text file even blank ones, for the others have slipped."""
        if self.width:
            return max(len(cells) - self.width, 0)
        return len(cells) - len(self.headings) if any(cell.strip() for cell in cells[len(self.headings):]) else 0

    def column(self, place: int) -> list[str]:
        """The cells under the heading at a place, from 0."""
        return [cells[place] if place < len(cells) else "" for _, cells in self.rows]

    def where(self, row: int) -> Where:
        """The place of a row, so that each of its cells can be named: `c0`, `c1`, … in the order of the headings."""
        return Where(self.file, row, self.sheet, False, {f"c{place}": place + 1 for place in range(len(self.headings))} if self.sheet else {})

    def name(self, place: int) -> str:
        """A column as a message names it: its heading, and in a workbook its letter."""
        heading = " ".join(self.headings[place].split())
        shown = heading if len(heading) <= 60 else heading[:57] + "..."
        return f"{letters(place + 1)} '{shown}'" if self.sheet else f"'{shown}'"


Fits = Callable[[list[str]], int]


def read_source(path: Path, fits: Fits, sheet: str | None = None, head_row: int | None = None) -> Source:
    """Read a file of another system.

    Args:
        path: an Excel workbook, or text with separated columns in UTF-8, UTF-16 or Windows-1252.
        fits: says of a row how many of its cells look like headings; the best of the first rows is taken for them.
        sheet: the sheet to read, by its title; without it, the one whose headings fit best.
        head_row: the row of the headings, from 1, where it is known.

    Raises:
        EvidenceError: the file can't be read, or has no headings.
    """
    try:
        if not path.exists():
            raise _problem(path, "there is no such file")
        if path.is_dir():
            raise _problem(path, "is a folder", "give one file; run the command once for each")
        grids = _workbook(path, sheet) if path.suffix.lower() in SUFFIXES else [Grid("", text_rows(path))]
    except OSError as error:
        raise _problem(path, f"the file can't be read: {error.strerror}") from None
    found = [(*_head(grid, fits, head_row), grid) for grid in grids]
    best, at, grid = max(found, key=lambda one: one[0])
    as_good = [other.title for score, place, other in found if place is not None and score // KNOWN == best // KNOWN and best >= KNOWN]
    if len(as_good) > 1:
        raise _problem(path, f"{len(as_good)} sheets fit as well: {', '.join(repr(title) for title in as_good[:5])}", "say which with --sheet")
    if at is None:
        raise _problem(path, "no row of headings was found", "headings stand in one row, each column with its own")
    headings = [cell.strip() for cell in grid.cells[at]]
    width = len(headings) if not grid.title else 0
    while headings and not headings[-1]:
        headings.pop()
    rows = [(number, tuple(cells)) for number, cells in enumerate(grid.cells[at + 1:], at + 2) if any(cell.strip() for cell in cells)]
    if not rows:
        raise _problem(path, "there are no rows under the headings", "is it the right sheet?", sheet=grid.title)
    return Source(path.name, grid.title, tuple(headings), at + 1, tuple(rows), width)


def _head(grid: Grid, fits: Fits, head_row: int | None) -> tuple[int, int | None]:
    """How well the best row of a sheet fits as headings, and its place from 0."""
    if head_row is not None:
        there = len(grid.cells) >= head_row and any(cell.strip() for cell in grid.cells[head_row - 1])
        return (fits(grid.cells[head_row - 1]), head_row - 1) if there else (-1, None)
    scored = [(fits(cells), -at) for at, cells in enumerate(grid.cells[:_LOOKED_THROUGH]) if any(cell.strip() for cell in cells)]
    if not scored:
        return -1, None
    best, at = max(scored)
    return best, -at


def _workbook(path: Path, sheet: str | None) -> list[Grid]:
    try:
        grids = read_workbook(path)
    except WorkbookError as error:
        raise _problem(path, error.message, error.hint, sheet=error.sheet) from None
    if sheet is None:
        return grids
    named = [grid for grid in grids if grid.title.strip().casefold() == sheet.strip().casefold()]
    if not named:
        raise _problem(path, f"there is no sheet '{sheet}'", "it has " + ", ".join(f"'{grid.title}'" for grid in grids[:8]))
    return named


def text_rows(path: Path) -> list[list[str]]:
    """The cells of a text file, whatever its encoding and separator. Raises EvidenceError where they can't be told."""
    if path.stat().st_size > _LARGEST_FILE:
        raise _problem(path, f"the file is over {_LARGEST_FILE // 1024 // 1024} MB", "is it the right file?")
    text = _decoded(path, path.read_bytes())
    separator = _separator(text)
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append(cells)
            if len(rows) > _MOST_ROWS:
                raise _problem(path, f"the file has over {_MOST_ROWS:,} rows", "is it the right file?")
    except csv.Error as error:
        raise _problem(path, f"row {len(rows) + 1} can't be read: {error}", "look for a quotation mark that is not closed") from None
    return rows


def _decoded(path: Path, raw: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, or else Windows-1252, in which other systems write plain CSV."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in raw or raw[:2] == b"PK":
        raise _problem(path, "the file is not text", "a workbook's name must end in .xlsx")
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _problem(path, "the encoding of the file can't be told", "save it as 'CSV UTF-8'")


def _separator(text: str) -> str:
    """The separator that parts most of the first lines into as many columns, and into more than one; a comma in doubt."""
    best, most = ",", (0, 0)
    for separator in _SEPARATORS:
        try:
            rows = [row for _, row in zip(range(_LOOKED_THROUGH), csv.reader(io.StringIO(text, newline=""), delimiter=separator), strict=False)]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        for width, lines in widths.items():
            if (lines, width) > most:
                best, most = separator, (lines, width)
    return best


def _problem(path: Path, message: str, hint: str = "", sheet: str = "") -> EvidenceError:
    return EvidenceError([EvidenceProblem(path.name, 0, "", message, hint, sheet)])
