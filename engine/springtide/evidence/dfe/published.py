"""Published statistics as evidence: reading a file of the Department for Education, choosing years, writing two tables.

A row is one area in one year. What is no authority (a region, England) is read for checking, and never written.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...logic.quarter import Quarter
from ..cells import MISSING_MARKS, BadCell, read_number, short
from ..reading.team_list import PERIOD_COLUMNS, TEAM_COLUMNS
from ..writing.csv_files import guarded
from .authorities import Seen, over_time

AUTHORITY = "Local authority"
WORDS = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name")
_OTHER_EVIDENCE = ("responses.csv", "audits.csv")
_KNOWN = ", ".join(mark for mark in MISSING_MARKS if mark)
_YEAR = re.compile(r"(19|20|21)\d\d", re.ASCII)

Table = Iterable[Sequence[str]]


class DfeFileError(ValueError):
    """A published file that can't be imported, or a folder that can't be written: what is wrong, and what to do."""


@dataclass(frozen=True)
class PublishedRow:
    """One row of the file: its cells by column, without outer spaces. `number` counts from 1, headings first."""

    file: Path
    number: int
    year: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def __contains__(self, column: object) -> bool:
        return column in self.cells

    @property
    def is_authority(self) -> bool:
        return self["geographic_level"] == AUTHORITY

    @property
    def name(self) -> str:
        """The area: an authority, a region marked as one, or England."""
        if self.is_authority:
            return self["la_name"] or self["new_la_code"] or "an authority"
        return f"{self['region_name']} (region)" if self["region_name"] else "England"

    def fault(self, message: str) -> DfeFileError:
        return DfeFileError(f"{self.file}, row {self.number}: {message}")

    def read(self, column: str, unit: str) -> float | None:
        """A cell's number in the unit of that name; None where it holds a mark for missing.

        Raises:
            DfeFileError: it is neither, with file, row and column.
        """
        try:
            return read_number(self[column], unit)
        except BadCell as bad:
            raise self.fault(f"{short(self.name)}, {column}: {bad.message}; known symbols: {_KNOWN}") from None


@dataclass(frozen=True)
class MissingCell:
    """A cell of an authority that holds a symbol, or nothing, where a number belongs."""

    authority: str
    name: str
    year: int
    column: str
    symbol: str

    @property
    def reason(self) -> str:
        return MISSING_MARKS[self.symbol.lower()]


# -- reading ---------------------------------------------------------------------------------------


def read_published(file: Path, kind: str, columns: Iterable[str]) -> list[PublishedRow]:
    """Every row of every level, in the order of the file. `kind` names what the file ought to be, for a message.

    Raises:
        DfeFileError: the file is missing or can't be read, lacks one of the columns, or has a row cut short.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header, *lines = list(csv.reader(stream, strict=True)) or [[]]
    except FileNotFoundError:
        raise DfeFileError(f"{file}: there is no such file") from None
    except OSError as error:
        raise DfeFileError(f"{file}: the file can't be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DfeFileError(f"{file}: not a CSV file in UTF-8 ({error}); give the file as it was published") from None
    header = [heading.strip() for heading in header]
    needed = (*WORDS, *columns)
    lacking = [column for column in needed if column not in header]
    if lacking:
        raise DfeFileError(f"{file}: not {kind}; these columns are missing: {', '.join(lacking)}")
    twice = [column for column in needed if header.count(column) > 1]
    if twice:
        raise DfeFileError(f"{file}: these columns stand there twice: {', '.join(twice)}; keep one of each")
    return [_row(file, number, header, cells) for number, cells in enumerate(lines, start=2) if any(cells)]


def _row(file: Path, number: int, header: list[str], cells: list[str]) -> PublishedRow:
    if len(cells) != len(header):
        raise DfeFileError(
            f"{file}, row {number}: {len(cells)} cells under {len(header)} headings; is the file complete?"
        )
    held = {heading: cell.strip() for heading, cell in zip(header, cells, strict=True)}
    year = held["time_period"]
    if not _YEAR.fullmatch(year):
        raise DfeFileError(f"{file}, row {number}: time_period: '{short(year)}' is not a year, as 2024")
    return PublishedRow(file, number, int(year), held)


@dataclass(frozen=True)
class Chosen:
    """The rows of the years that were asked for. `years` are in order; `rows` are of every level, `authorities` by year.

    `first_year` is the first in the file.

    `listed` are the rows from which the team list is made: the authorities of every year from the first to the last, so
    that one that ends or begins in a year between, which was not asked for, does so all the same.
    """

    years: tuple[int, ...]
    rows: tuple[PublishedRow, ...]
    authorities: tuple[PublishedRow, ...]
    listed: tuple[PublishedRow, ...]
    first_year: int

    @property
    def several(self) -> bool:
        return len(self.years) > 1

    def id_of(self, row: PublishedRow) -> str:
        """The authority's code. Two authorities that share a row, `E1 / E2`, are one unit; several years write it
        without spaces, for the list of successors parts ids by spaces."""
        return "".join(row["new_la_code"].split()) if self.several else row["new_la_code"]

    def label(self, row: PublishedRow) -> str:
        return f"{row['la_name']} {row.year}" if self.several else row["la_name"]


def choose(file: Path, rows: Sequence[PublishedRow], years: int | Iterable[int] | None) -> Chosen:
    """The rows of some years, or of all where None is given; each authority once a year, with code, name and region.

    Raises:
        DfeFileError: a year is not in the file, an authority stands there twice, or lacks code, name or region.
    """
    there = sorted({row.year for row in rows if row.is_authority})
    wanted = sorted({years} if isinstance(years, int) else set(years or ()) or there)
    absent = [str(year) for year in wanted if year not in there]
    if not there:
        raise DfeFileError(f"{file}: there are no authorities in it; is the file complete?")
    if absent:
        raise DfeFileError(
            f"{file}: there are no authorities of {', '.join(absent)}; there are of {', '.join(map(str, there))}"
        )
    held = tuple(row for row in rows if row.year in wanted)
    authorities = tuple(sorted((row for row in held if row.is_authority), key=lambda row: row.year))
    listed = tuple(row for row in rows if row.is_authority and wanted[0] <= row.year <= wanted[-1])
    _check_authorities(listed)
    return Chosen(tuple(wanted), held, authorities, listed, there[0])


def _check_authorities(authorities: Iterable[PublishedRow]) -> None:
    held: dict[tuple[str, int], list[PublishedRow]] = {}
    for row in authorities:
        for column in ("new_la_code", "la_name", "region_name"):
            if not row[column]:
                raise row.fault(f"{column} is blank for {short(row.name)}; every authority needs its code, name and region")
        held.setdefault((row["new_la_code"], row.year), []).append(row)
    for (code, year), rows in held.items():
        if len(rows) > 1:
            raise rows[-1].fault(f"the authority {short(code)} has {len(rows)} rows in {year}; keep one")


def missing_cells(chosen: Chosen, columns: Iterable[str]) -> tuple[MissingCell, ...]:
    """Every cell of these columns that holds a mark for missing, authority by authority."""
    names = tuple(columns)
    return tuple(
        MissingCell(chosen.id_of(row), row["la_name"], row.year, column, row[column])
        for row in chosen.authorities
        for column in names
        if row[column].lower() in MISSING_MARKS
    )


# -- writing ---------------------------------------------------------------------------------------


def team_table(chosen: Chosen, quarter_of: Callable[[int], Quarter]) -> tuple[list[Sequence[str]], tuple[str, ...]]:
    """The team list, headings first, and in sentences what changes in it; periods only where there are several years."""
    seen = [Seen(chosen.id_of(row), row.year, row["la_name"], row["region_name"]) for row in chosen.listed]
    listed, changes = over_time(seen, quarter_of, chosen.years)
    rows: list[Sequence[str]] = [(*TEAM_COLUMNS, *PERIOD_COLUMNS) if chosen.several else TEAM_COLUMNS]
    for one in listed:
        cells = (one.id, one.name, one.region, one.region, "authority", "")
        period = (str(one.first or ""), str(one.last or ""), " ".join(one.became))
        rows.append((*cells, *period) if chosen.several else cells)
    return rows, changes


def write_evidence(folder: Path, tables: Mapping[str, Table], overwrite: bool) -> tuple[str, ...]:
    """Write all tables, or none; other evidence that was in the folder is returned, and stays as it was.

    Raises:
        DfeFileError: the folder holds evidence already, and may not be overwritten, or it can't be written.
    """
    try:
        there = [name for name in (*tables, *_OTHER_EVIDENCE) if (folder / name).exists()]
        if there and not overwrite:
            raise DfeFileError(
                f"{folder}: evidence is there already ({', '.join(there)}); give another folder, or overwrite it"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            write_rows(folder / f".{name}.part", rows)
        for name in tables:
            (folder / f".{name}.part").replace(folder / name)
    except OSError as error:
        raise DfeFileError(f"{folder}: can't be written: {error.strerror}") from None
    return tuple(name for name in there if name not in tables)


def write_rows(path: Path, rows: Table) -> None:
    """The one place where rows become a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)


def number_text(value: float) -> str:
    """A number in digits, to six places at most."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


# -- notes -----------------------------------------------------------------------------------------


def aside_notes(chosen: Chosen) -> tuple[str, ...]:
    """How many rows are no authorities, by their level."""
    aside = Counter(row["geographic_level"] for row in chosen.rows if not row.is_authority)
    kinds = ", ".join(f"{number} {level or 'of no level'}" for level, number in sorted(aside.items()))
    return (f"Rows that are not authorities were left aside: {kinds}.",) if kinds else ()


def folder_notes(left: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{name} was in the folder already and stays as it was." for name in left)


def missing_notes(missing: Sequence[MissingCell], columns: Sequence[str], several: bool) -> tuple[str, ...]:
    """One sentence for each symbol, or for each year and symbol: how many cells, its meaning, and whose."""
    notes = []
    years = sorted({cell.year for cell in missing})
    for year in years:
        for mark, meaning in MISSING_MARKS.items():
            held: dict[str, list[str]] = {}
            for cell in missing:
                if cell.year == year and cell.symbol.lower() == mark:
                    held.setdefault(cell.name, []).append(cell.column)
            if held:
                number = sum(map(len, held.values()))
                whose = [
                    f"{name} ({'every figure' if found == list(columns) else ', '.join(found)})"
                    for name, found in held.items()
                ]
                when = f"{year}: " if several else ""
                notes.append(f"{when}{number} {'cell is' if number == 1 else 'cells are'} {meaning}: {some(whose)}.")
    return tuple(notes)


def some(names: Sequence[str], most: int = 8, between: str = ", ") -> str:
    """The first few names, and how many more there are; a semicolon goes between names that hold commas themselves."""
    more = len(names) - most
    return between.join(names[:most]) + (f" and {more} more" if more > 0 else "")
