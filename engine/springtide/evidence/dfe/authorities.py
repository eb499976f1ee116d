"""Authorities over the years: which begin, end, are renamed, and which took over the work of which.

A published file shows an authority only on its day of counting, once a year; so its row of the team list ends on the
day before the first count in which it is absent, and begins in the quarter of the first in which it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ...logic.quarter import Quarter

# Who took over whose work, by code, and the statutory instrument that did it. Each was checked against both files of the
# department (workforce census 2017 to 2025, referrals 2013 to 2025): the old code ends as the new one begins.
SUCCESSORS: Mapping[str, tuple[str, ...]] = {
    # S.I. 2018/648, Bournemouth, Dorset and Poole, 1 April 2019. Christchurch was a district of Dorset until then; the
    # county's successor is the new Dorset, though its work in Christchurch went to the other.
    "E10000009": ("E06000059",),  # Dorset
    "E06000028": ("E06000058",),  # Bournemouth; Bournemouth, Christchurch and Poole
    "E06000029": ("E06000058",),  # Poole
    # S.I. 2019/957, 1 April 2020.
    "E10000002": ("E06000060",),  # Buckinghamshire
    # S.I. 2020/156, 1 April 2021. The census counts the two together, in one row.
    "E10000021": ("E06000061", "E06000062"),  # Northamptonshire; North and West Northamptonshire
    # S.I. 2022/331, 2022/328 and 2022/329, 1 April 2023.
    "E10000006": ("E06000063", "E06000064"),  # Cumbria; Cumberland, Westmorland and Furness
    "E10000023": ("E06000065",),  # North Yorkshire
    "E10000027": ("E06000066",),  # Somerset
    # S.I. 2024/1328, 1 April 2025: a boundary moved by one estate, and both areas have new codes.
    "E08000016": ("E08000038",),  # Barnsley
    "E08000019": ("E08000039",),  # Sheffield
}
# Words that one publication puts to a name and another leaves out: "Bristol, City of", "Herefordshire, County of".
_NOT_HEARD = {"city", "county", "council", "borough", "of", "the", "and"}

_AS_COUNTED = (
    "The file does not say on which day: an authority is listed until the quarter before the first count without it, "
    "and a new one from its first count on."
)


@dataclass(frozen=True)
class Seen:
    """An authority in one year of the file."""

    id: str
    year: int
    name: str
    region: str


@dataclass(frozen=True)
class Listed:
    """A row of the team list; it holds from `first` to `last`, both included, and None is without limit."""

    id: str
    name: str
    region: str
    first: Quarter | None = None
    last: Quarter | None = None
    became: tuple[str, ...] = ()


def over_time(
    seen: Sequence[Seen], quarter_of: Callable[[int], Quarter], wanted: Collection[int]
) -> tuple[list[Listed], tuple[str, ...]]:
    """The team list of the wanted years, in the order in which the authorities come, and what changes, in sentences.

    Args:
        seen: every authority and year, from the first year that is wanted to the last, each once.
        quarter_of: the quarter that holds a year's day of counting.
        wanted: the years that are imported; a row that holds in none of them is left out.
    """
    one_way, respelt = _one_spelling(seen)
    years = sorted({one.year for one in one_way})
    by_id: dict[str, list[Seen]] = {}
    for one in one_way:
        by_id.setdefault(one.id, []).append(one)
    rows = [row for held in by_id.values() for row in _rows_of(sorted(held, key=lambda one: one.year), years, quarter_of, wanted)]
    kept = [replace(row, became=tuple(_successors(row, rows))) if row.last is not None else row for row in rows]
    return kept, (*_changes(kept), *respelt)


def _rows_of(
    held: Sequence[Seen], years: Sequence[int], quarter_of: Callable[[int], Quarter], wanted: Collection[int]
) -> Iterator[Listed]:
    """One authority's rows: one for each name and region that it had, each up to the count that shows another."""
    starts = [held[0], *(after for before, after in pairwise(held) if (before.name, before.region) != (after.name, after.region))]
    ends = [*starts[1:], None]
    gone = next((year for year in years if year > held[-1].year), None)
    for start, end in zip(starts, ends, strict=True):
        until = end.year if end is not None else gone
        if any(one.year in wanted for one in held if start.year <= one.year and (until is None or one.year < until)):
            first = quarter_of(start.year) if start.year > years[0] else None
            yield Listed(start.id, start.name, start.region, first, quarter_of(until).previous if until is not None else None)


def _successors(row: Listed, rows: Iterable[Listed]) -> Iterator[str]:
    """The known successors that begin in the list where a row ends; two that share a row of the file are one."""
    codes = SUCCESSORS.get(row.id, ())
    for other in rows:
        if codes and row.last is not None and other.first == row.last.next and set(other.id.split("/")) <= set(codes):
            yield other.id


# -- spelling --------------------------------------------------------------------------------------


def _one_spelling(seen: Sequence[Seen]) -> tuple[list[Seen], tuple[str, ...]]:
    """Names of one authority, and regions, that differ in spelling alone, in the latest spelling; and which those were."""
    latest: dict[tuple[str, str], str] = {}
    for one in sorted(seen, key=lambda one: one.year):
        latest[one.id, _heard(one.name)] = one.name
        latest["", _heard(one.region)] = one.region
    one_way = [replace(one, name=latest[one.id, _heard(one.name)], region=latest["", _heard(one.region)]) for one in seen]
    others: dict[str, dict[str, None]] = {}
    for before, after in zip(seen, one_way, strict=True):
        for was, is_now in ((before.name, after.name), (before.region, after.region)):
            if was != is_now:
                others.setdefault(is_now, {})[was] = None
    return one_way, tuple(f"{name} is written so in all years; also found: {'; '.join(was)}." for name, was in others.items())


def _heard(name: str) -> str:
    """What is left of a name without capitals, punctuation, and the words that are put to it or left out."""
    words = re.findall(r"\w+", name.casefold().replace("'", "").replace("\u2019", ""))
    return " ".join([word for word in words if word not in _NOT_HEARD] or words)


# -- notes -----------------------------------------------------------------------------------------


def _changes(rows: Sequence[Listed]) -> tuple[str, ...]:
    """One sentence for each quarter in which the list changes."""
    said: dict[Quarter, list[str]] = {}
    names = {row.id: f"{row.name} ({row.id})" for row in rows}
    began = {row.id for row in rows if row.first is not None}
    renamed = {(row.id, row.first) for row in rows if any(other.id == row.id and other.last is not None and other.last.next == row.first for other in rows)}
    merged: dict[tuple[Quarter, tuple[str, ...]], list[str]] = {}
    for row in rows:
        if row.last is None:
            continue
        after = row.last.next
        if row.became:
            merged.setdefault((after, row.became), []).append(names[row.id])
            began -= set(row.became)
        elif (row.id, after) in renamed:
            then = next(other for other in rows if (other.id, other.first) == (row.id, after))
            said.setdefault(after, []).append(f"{names[row.id]}: {_difference(row, then)}")
        else:
            said.setdefault(after, []).append(f"{names[row.id]} is there no more, and no successor is known")
    for (after, became), old in merged.items():
        said.setdefault(after, []).append(f"{' and '.join(old)} became {' and '.join(names[one] for one in became)}")
    for row in rows:
        if row.id in began and row.first is not None and (row.id, row.first) not in renamed:
            said.setdefault(row.first, []).append(f"{names[row.id]} is new, and no predecessor is known")
    return (*(f"From {quarter}: {'; '.join(said[quarter])}." for quarter in sorted(said)), *([_AS_COUNTED] if said else []))


def _difference(before: Listed, after: Listed) -> str:
    return "; ".join(
        f"{what} '{is_now}', before '{was}'"
        for what, is_now, was in (("name", after.name, before.name), ("region", after.region, before.region))
        if is_now != was
    )
