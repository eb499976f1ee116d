"""Where something stands: a file, a sheet, a row and a column, as a spreadsheet counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The tables of evidence, in the order in which they are read and reported, and other names of theirs for a sheet.
TABLES = ("teams", "responses", "workforce", "audits", "acknowledged")
_OTHER_NAMES = {"questionnaire": "responses"}


@dataclass(frozen=True)
class Where:
    """The place of one record.

    `row` counts from 1. In a sheet that lies on its side, with a record a column (`down`), it is the column's number.
    `positions` gives the place of each of the record's columns on the other axis, from 1.
    """

    file: str
    row: int = 0
    sheet: str = ""
    down: bool = False
    positions: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def cell(self, column: str) -> str:
        """The name of a cell, as `D7`; nothing where the column has no place."""
        if column not in self.positions:
            return ""
        across, along = (self.row, self.positions[column]) if self.down else (self.positions[column], self.row)
        return f"{letters(across)}{along}"

    def of(self, column: str) -> str:
        """The place of one of its columns: the cell in a workbook, the row elsewhere."""
        return f"{self.file} › {self.sheet} › {self.cell(column)}" if self.sheet else str(self)

    def spot(self, column: str) -> str:
        """The cell of a column, or in a workbook the whole row or column where there is no such cell."""
        return self.cell(column) or (self.line if self.sheet else "")

    @property
    def line(self) -> str:
        """ "row 7", or of a sheet on its side "column F"."""
        return f"column {letters(self.row)}" if self.down else f"row {self.row}"

    def __str__(self) -> str:
        return f"{self.file} › {self.sheet} › {self.line}" if self.sheet else f"{self.file} {self.line}"


def in_words(file: str, row: int, column: str, sheet: str = "", cell: str = "") -> str:
    """A place as a message begins with it: `workforce.csv, row 3, column caseload`, `return.xlsx › Workforce › D7`."""
    if sheet:
        return " › ".join(part for part in (file, sheet, cell or (f"row {row}" if row else "")) if part)
    return file + (f", row {row}" if row else "") + (f", column {column}" if column else "")


def table_named(name: str) -> str | None:
    """The table that a file or a sheet of this name holds: `workforce.hr.csv`, `Workforce - HR`, `Questionnaire`."""
    word = "".join(character if character.isalnum() else " " for character in name.casefold()).split()
    first = word[0] if word else ""
    first = _OTHER_NAMES.get(first, first)
    return first if first in TABLES else None


def rank(file: str, sheet: str = "") -> int:
    """The place of a table in the order of reading; -1 for what is none."""
    table = table_named(sheet or file.rsplit(".", 1)[0])
    return TABLES.index(table) if table else -1


def letters(number: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    said = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
