"""Sheets with their headings understood: rows of named cells, each knowing its place.

In a workbook the headings need not come first. What stands above the row of headings is for people; and a sheet may lie
on its side, with its headings down one column, what stands left of it for people, and each column right of it a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...rulepack.problems import did_you_mean, nearest
from ..cells import short
from ..places import Where, letters
from ..spelling import column_meant, folded, quoted
from .sources import Sheet, Sources

_SEPARATORS = ";\t|"
_LOOKED_THROUGH = 60  # rows and columns of a sheet in which its headings are looked for
_KEY = "team_id"
NO_HEADING = "(no heading)"


@dataclass(frozen=True)
class Known:
    """What a table may hold: its columns, those it needs, other names of them, and what to do about one it may not."""

    required: tuple[str, ...]
    allowed: tuple[str, ...]
    titles: Mapping[str, str]  # folded title → column
    hint: Callable[[str], str]

    def meant(self, heading: str) -> str | None:
        return column_meant(heading, self.allowed) or self.titles.get(folded(heading))


@dataclass
class Table:
    """A sheet that can be read: `rows` gives each record's place, its cells by column, and how many stand beyond the last."""

    name: str
    file: str
    sheet: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[Where, dict[str, str], int]]


def open_table(sheet: Sheet, known: Known, sources: Sources) -> Table | None:
    """Understand a sheet's headings; None, with the problems noted, where they can't be."""
    before = len(sources.problems)
    head = _head_of_csv(sheet) if not sheet.title else _head_of_grid(sheet, known)
    if len(sources.problems) > before:
        return None
    if head is None:
        if sheet.title:
            sources.spoil(sheet.file, f"no row or column of headings was found: none holds {_KEY}",
                          f"write the headings in one row: {', '.join(known.required)}, ...", sheet=sheet.title)  # fmt: skip
        else:
            sources.spoil(sheet.file, "the file is empty", f"its first row has the headings: {', '.join(known.required)}, ...")
        return None
    if not _headings_hold(sheet, head, known, sources) or not _nothing_is_merged(sheet, head, sources):
        return None
    columns = tuple(known.meant(heading) or "" for heading in head.headings)
    return Table(sheet.table, sheet.file, sheet.title, columns, _rows(sheet, head, columns))


@dataclass(frozen=True)
class _Head:
    """The headings, where they stand (the row's number; the column's, on its side), from which place on, and what follows."""

    headings: list[str]
    at: int
    first: int
    down: bool
    lines: Iterator[tuple[int, list[str]]]


def _head_of_csv(sheet: Sheet) -> _Head | None:
    for number, cells in sheet.rows:
        if any(cell.strip() for cell in cells):
            return _Head([cell.strip() for cell in cells], number, 1, False, sheet.rows)
    return None


def _head_of_grid(sheet: Sheet, known: Known) -> _Head | None:
    grid = [cells for _, cells in sheet.rows]
    for row, cells in enumerate(grid[:_LOOKED_THROUGH]):
        for column, cell in enumerate(cells[:_LOOKED_THROUGH]):
            if known.meant(cell.strip()) != _KEY:
                continue
            side = [line[column].strip() if column < len(line) else "" for line in grid]
            if sum(known.meant(other) is not None for other in side) > sum(known.meant(other.strip()) is not None for other in cells):
                return _on_its_side(grid, column, side, known)
            last = max(place for place, other in enumerate(cells) if other.strip())
            first = _first([other.strip() for other in cells], [[line[place] for line in grid[row + 1:] if place < len(line)] for place in range(column + 1)], known)
            headings = [other.strip() for other in cells[first:last + 1]]
            lines = ((number, line[first:]) for number, line in enumerate(grid[row + 1:], row + 2))
            return _Head(headings, row + 1, first + 1, False, lines)
    return None


def _first(headings: list[str], values: list[list[str]], known: Known) -> int:
    """Where the headings begin: a title before them has no values, and a heading that is misspelt has."""
    sure = min(place for place, heading in enumerate(headings) if known.meant(heading))
    return next((place for place in range(sure) if headings[place] and any(value.strip() for value in values[place])), sure)


def _on_its_side(grid: list[list[str]], column: int, side: list[str], known: Known) -> _Head:
    first = _first(side, [line[column + 1:] for line in grid], known)
    last = max(place for place, heading in enumerate(side) if heading)
    width = max(len(line) for line in grid)
    for place in range(first, last):
        if not side[place] and any(value.strip() for value in grid[place][column + 1:]):
            side[place] = NO_HEADING
    lines = (
        (number + 1, [line[number] if number < len(line) else "" for line in grid[first:]]) for number in range(column + 1, width)
    )
    return _Head(side[first:last + 1], column + 1, first + 1, True, lines)


def _headings_hold(sheet: Sheet, head: _Head, known: Known, sources: Sources) -> bool:
    """Whether each heading is one column's, and none is wanting; a blank one may stand between in a sheet on its side."""
    before = len(sources.problems)
    header = head.headings
    if not sheet.title and len(header) == 1 and any(separator in header[0] for separator in _SEPARATORS):
        sources.spoil(sheet.file, "the columns are not separated by commas", "save it again as 'CSV UTF-8 (comma delimited)'", row=head.at)
        return False
    columns = [known.meant(heading) or heading for heading in header]
    misspelt: set[str] = set()

    def spoil(place: int, message: str, hint: str) -> None:
        cell = Where(sheet.file, head.at, sheet.title, head.down, {"": head.first + place}).cell("") if sheet.title else ""
        sources.spoil(sheet.file, message, hint, row=head.at, sheet=sheet.title, cell=cell)

    for place, (heading, column) in enumerate(zip(header, columns, strict=True)):
        alike = [other for other, meant in zip(header, columns, strict=True) if meant == column]
        if heading == NO_HEADING:
            spoil(place, f"row {head.first + place} has no heading", "give it one, or delete the row")
        elif not heading:
            if not head.down:
                spoil(place, f"column {head.first + place} has no heading", "give it one, or delete the column")
        elif column not in known.allowed:
            misspelt.update(nearest(as_heading(heading), known.allowed)[:1])
            spoil(place, f"unknown column '{short(heading)}'", known.hint(heading))
        elif len(set(alike)) > 1:
            headings = " and ".join(quoted(other) for other in list(dict.fromkeys(alike))[:3])
            spoil(place, f"{headings} are headings of one column, {column}", "keep one")
        elif len(alike) > 1:
            spoil(place, f"the column '{column}' stands here twice", "keep one")
    for column in known.required:
        if column not in columns and column not in misspelt:
            line = Where(sheet.file, head.at, sheet.title, head.down).spot("")
            sources.spoil(sheet.file, f"the column '{column}' is missing", "add it to the headings" if sheet.title else "add it to the first row",
                          row=head.at, sheet=sheet.title, cell=line)  # fmt: skip
    return len(sources.problems) == before


def _nothing_is_merged(sheet: Sheet, head: _Head, sources: Sources) -> bool:
    """Whether every record has cells of its own: a value in merged cells is the first one's only, and nobody sees that."""
    before = len(sources.problems)
    for top, left, bottom, right in sheet.merged:
        along, across = ((left, right), (top, bottom)) if head.down else ((top, bottom), (left, right))
        places = range(head.first, head.first + len(head.headings))
        if along[1] > head.at and any(across[0] <= place <= across[1] and head.headings[place - head.first] for place in places):
            area = f"{letters(left)}{top}:{letters(right)}{bottom}"
            sources.spoil(sheet.file, f"the cells {area} are merged", "unmerge them, and write the value in each", row=top, sheet=sheet.title, cell=f"{letters(left)}{top}")
    return len(sources.problems) == before


def _rows(sheet: Sheet, head: _Head, columns: tuple[str, ...]) -> Iterator[tuple[Where, dict[str, str], int]]:
    positions = {column: head.first + place for place, column in enumerate(columns) if column}
    for number, cells in head.lines:
        if any(cell.strip() for cell in cells):
            row = dict(zip(columns, cells, strict=False))
            row.pop("", None)
            beyond = len(cells) - len(columns) if any(cell.strip() for cell in cells[len(columns):]) else 0
            yield Where(sheet.file, number, sheet.title, head.down, positions), row, beyond


def as_heading(text: str) -> str:
    return "_".join(text.split())


def hint_for_column(heading: str, allowed: Iterable[str]) -> str:
    """What to do about a column that no table has."""
    near = did_you_mean(as_heading(heading), allowed)
    return near if near.startswith("did") else "take it out; the columns are listed in docs/reference/evidence.md"
