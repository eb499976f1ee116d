"""What an import of published statistics wrote, found missing and could not reproduce, in lines for people and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ..evidence.dfe.imported import Imported
from ..evidence.dfe.published import PublishedRow
from ..evidence.dfe.recomputed import Check, NotReproduced

_LEAST_WIDTH = 60


def lines(done: Imported, folder: str, width: int) -> Iterator[str]:
    """Everything that a person should see, none of it wider than `width` letters unless a word is."""
    several = len(done.years) > 1
    areas = f"{_count(done.authorities, 'authority', 'authorities')} in {_count(done.regions, 'region')}"
    if several:
        yield (
            f"{_count(done.rows, 'row')} of {areas}, "
            f"{len(done.years)} years from {done.years[0].year} to {done.years[-1].year}, written to {folder}"
        )
        yield ""
        yield "  Year  Quarter     Authorities  Missing cells"
        for year in done.years:
            yield f"  {year.year}  {year.quarter!s:<10}  {year.authorities:>11}  {year.missing:>13}"
        yield ""
        yield "What the figures are"
    else:
        yield f"{areas}, {done.quarter}, written to {folder}"
    yield from _listed(done.about, width)
    if several and done.changes:
        yield ""
        yield "How the list of authorities changes (from_quarter, to_quarter and became in teams.csv)"
        yield from _listed(done.changes, width)
    yield ""
    yield f"Missing: {_count(len(done.missing), 'cell')}, each read as missing with its reason" if done.missing else "Missing: no cell"
    yield from _listed(done.missing_said, width)
    yield ""
    yield "Published rates worked out again from their parts, for authorities, regions and England"
    for check in done.checks:
        said = f"{check.rate.title}: matched on {check.matched:,} of {check.of:,} rows, to {check.rate.within}"
        yield from _wrapped(said + _not_checked(check), width, "  ", "    ")
    if any(check.differing for check in done.checks):
        yield "  Where they differ the published rate is used; what its parts come to follows it in brackets:"
        for check in done.checks:
            yield from _differing(check, width)


def as_dict(done: Imported) -> dict[str, Any]:
    """The same as plain data, every missing cell and every rate that was not reproduced on its own."""
    return {
        "quarter": str(done.quarter), "authorities": done.authorities, "regions": done.regions, "rows": done.rows,
        "years": [
            {"year": one.year, "quarter": str(one.quarter), "authorities": one.authorities, "missing_cells": one.missing}
            for one in done.years
        ],
        "notes": list(done.notes),
        "reproduced": {check.rate.name: {"of": check.of, "matched": check.matched} for check in done.checks},
        "not_reproduced": [
            _place(one.row) | {"rate": check.rate.name, "published": one.published,
                               "from_parts": round(one.from_parts, 4), "tolerance": round(one.tolerance, 4)}
            for check in done.checks for one in check.differing
        ],
        "not_checked": [
            _place(one.row) | {"rate": check.rate.name, "published": one.published, "why": one.why}
            for check in done.checks for one in check.not_checked
        ],
        "missing": [
            {"authority": cell.authority, "name": cell.name, "year": cell.year, "column": cell.column,
             "symbol": cell.symbol, "reason": cell.reason}
            for cell in done.missing
        ],
    }  # fmt: skip


def _place(row: PublishedRow) -> dict[str, Any]:
    return {"level": row["geographic_level"], "authority": row["new_la_code"] or None, "name": row.name, "year": row.year}


def _not_checked(check: Check) -> str:
    if not check.not_checked:
        return ""
    named = "; ".join(f"{one.row.name} {one.row.year}, {one.why}" for one in check.not_checked[:3])
    more = len(check.not_checked) - 3
    return f"; can't be checked: {named}" + (f"; and {more} more" if more > 0 else "")


def _differing(check: Check, width: int) -> Iterator[str]:
    """One paragraph a rate, one line a year: who, the published rate, and what its parts come to."""
    if check.differing:
        yield f"  {check.rate.title}"
    by_year = sorted(check.differing, key=lambda one: one.row.year)
    for year, held in groupby(by_year, key=lambda one: one.row.year):
        yield from _wrapped("; ".join(_said(one) for one in held), width, f"    {year}  ", " " * 10)


def _said(one: NotReproduced) -> str:
    return f"{one.row.name} {one.published:g} ({one.from_parts:.2f})"


def _listed(sentences: Iterable[str], width: int) -> Iterator[str]:
    for sentence in sentences:
        yield from _wrapped(sentence, width, "  ", "    ")


def _wrapped(text: str, width: int, first: str, further: str) -> Iterator[str]:
    yield from textwrap.wrap(text, max(width, _LEAST_WIDTH), initial_indent=first, subsequent_indent=further,
                             break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _count(number: int, thing: str, things: str = "") -> str:
    return f"1 {thing}" if number == 1 else f"{number:,} {things or thing + 's'}"
