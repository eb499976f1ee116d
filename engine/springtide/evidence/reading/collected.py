"""What goes wrong while evidence is read, kept until all of it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..places import Where
from ..records import EvidenceProblem
from ..remarks import LostRow
from .workbook import FORMULA_ERRORS, NOT_WORKED_OUT

Report = Callable[..., None]


@dataclass
class Collected:
    """Mistakes in single rows, and the rows that they cost if bad rows are left out."""

    skip_bad_rows: bool
    problems: list[EvidenceProblem] = field(default_factory=list)
    lost: list[LostRow] = field(default_factory=list)

    def reporter(self, at: Where) -> Report:
        """A function that notes a mistake in a column of one row: `report(column, message, hint)`."""

        def report(column: str, message: str, hint: str = "") -> None:
            self.problems.append(EvidenceProblem(at.file, at.row, column, message, hint, at.sheet, at.spot(column)))

        return report

    def refuse_oddities(self, row: dict[str, str], beyond: int, report: Report, *, in_a_workbook: bool = False) -> None:
        """Cells beyond the last heading, and formulas that gave no value; those cells are blanked."""
        if beyond and in_a_workbook:
            report("", "cells stand to the right of the table, under no heading", "take them out, or give them a heading")
        elif beyond:
            report("", f"the row has {len(row) + beyond} cells under {len(row)} headings", "put text with a comma in quotation marks")
        for column, text in row.items():
            if text.startswith("#") and text.strip() in FORMULA_ERRORS:
                said = "was never worked out" if text.strip() == NOT_WORKED_OUT else f"gives {text.strip()}"
                report(column, f"the formula in this cell {said}", "correct it, or write the value in its place")
                row[column] = ""
