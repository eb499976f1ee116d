"""What an import of published statistics wrote, found missing, and could not reproduce."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...logic.quarter import Quarter
from .published import Chosen, MissingCell, missing_cells, missing_notes
from .recomputed import Check


@dataclass(frozen=True)
class ImportedYear:
    """One year: the quarter in which its figures stand, how many authorities it has, and how many of their cells are missing."""

    year: int
    quarter: Quarter
    authorities: int
    missing: int


@dataclass(frozen=True)
class Imported:
    """What an import wrote: `authorities` are different ones, and `rows` one for each authority and year.

    `about`, `missing_said` and `changes` say in sentences what was left aside or not as published, what is missing, and
    how the list of authorities changes over the years. `checks` are the published rates, worked out again.
    """

    authorities: int
    regions: int
    years: tuple[ImportedYear, ...]
    about: tuple[str, ...]
    missing: tuple[MissingCell, ...]
    missing_said: tuple[str, ...]
    changes: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def rows(self) -> int:
        return sum(year.authorities for year in self.years)

    @property
    def quarter(self) -> Quarter:
        """The quarter of the latest year."""
        return self.years[-1].quarter

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.about, *self.missing_said, *self.changes)


def imported(
    chosen: Chosen, quarter_of: Callable[[int], Quarter], teams: Sequence[Sequence[str]], *,
    about: Sequence[str], columns: Sequence[str], changes: Sequence[str], checks: Sequence[Check],
) -> Imported:  # fmt: skip
    """Count what was written; `teams` is the team list, headings first, and `columns` those in which a cell may be missing."""
    missing = missing_cells(chosen, columns)
    rows, gaps = Counter(row.year for row in chosen.authorities), Counter(cell.year for cell in missing)
    return Imported(
        authorities=len({row[0] for row in teams[1:]}),
        regions=len({row[3] for row in teams[1:]}),
        years=tuple(ImportedYear(year, quarter_of(year), rows[year], gaps[year]) for year in chosen.years),
        about=tuple(about),
        missing=missing,
        missing_said=missing_notes(missing, columns, chosen.several),
        changes=tuple(changes),
        checks=tuple(checks),
    )
