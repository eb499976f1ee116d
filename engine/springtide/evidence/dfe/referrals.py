"""The Department for Education's referrals to children's social care as evidence: an authority is a team.

The counts are of a year to 31 March, so they stand in the quarter that holds that day, Q4; they are counts of the whole
year all the same, and the usual that they are read against is of whole years too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from ...logic.quarter import Quarter
from .imported import Imported, imported
from .published import (
    Chosen,
    PublishedRow,
    aside_notes,
    choose,
    folder_notes,
    number_text,
    read_published,
    some,
    team_table,
    write_evidence,
)
from .recomputed import Rate, check_rates

_COLUMNS = ("referral_count", "rereferral_count", "rereferral_percent")
_WORKFORCE_COLUMNS = ("team_id", "quarter", "referrals", "usual_referrals")
_EARLIER_YEARS = 3
# An authority's counts are published as they are, those of regions and of England to the nearest ten (every one of the
# 156 in the file is a multiple of ten, and of the authorities' no more than chance would bring).
_ROUNDED_RATE, _ROUNDED_COUNT = 0.05, 5.0


def _tolerance(row: PublishedRow, percent: float) -> float:
    """How far rounding may part a published percentage from its counts, in percentage points."""
    if row.is_authority:
        return _ROUNDED_RATE
    referrals = row.read("referral_count", "ratio") or 0.0
    if referrals <= _ROUNDED_COUNT:
        return 100.0
    return _ROUNDED_RATE + _ROUNDED_COUNT * (100 + percent) / (referrals - _ROUNDED_COUNT)


_REREFERRALS = Rate(
    "rereferral_percent", "Re-referrals, %", "rereferral_percent", "rereferral_count", ("referral_count",), 100,
    _tolerance, "0.05, and what rounding to ten allows where counts are of a region or of England",
)  # fmt: skip


def import_dfe_referrals(
    file: Path, years: int | Iterable[int] | None, folder: Path, *, overwrite: bool = False
) -> Imported:
    """Write `teams.csv` and `workforce.csv` with every authority's referrals of one year, of several, or of all.

    Usual referrals are the average of the same authority's up to three years just before, as far as the file has them
    as numbers, whether or not those years are imported themselves.

    Args:
        file: the published CSV file, cin_referrals_….csv.
        years: the year, or years, each named by the 31 March on which it ends. None stands for every year of the file.
        folder: where to write; made where it is not there.
        overwrite: write over the two files. Other evidence in the folder stays as it is, and is noted.

    Raises:
        DfeFileError: the file is missing or another file, lacks a year, or holds a cell that is neither a
            number nor a known symbol; or the folder holds evidence already, or can't be written.
    """
    rows = read_published(file, "the file of referrals", _COLUMNS)
    chosen = choose(file, rows, years)
    by_year = {(row["new_la_code"], row.year): row for row in rows if row.is_authority}
    earlier = [_earlier(row, by_year) for row in chosen.authorities]
    for row in chosen.authorities:
        row.read("referral_count", "count")
    checks = check_rates(chosen.rows, [_REREFERRALS])
    teams, changes = team_table(chosen, _quarter_of)
    workforce = (
        (chosen.id_of(row), str(_quarter_of(row.year)), row["referral_count"], _usual(before))
        for row, before in zip(chosen.authorities, earlier, strict=True)
    )
    left = write_evidence(folder, {"teams.csv": teams, "workforce.csv": [_WORKFORCE_COLUMNS, *workforce]}, overwrite)
    about = (*_reading_notes(chosen), *_usual_notes(chosen, earlier), *aside_notes(chosen), *folder_notes(left))
    return imported(chosen, _quarter_of, teams, about=about, columns=_COLUMNS, changes=changes, checks=checks)


def _quarter_of(year: int) -> Quarter:
    return Quarter.holding(date(year, 3, 31))


# -- usual referrals -------------------------------------------------------------------------------


def _earlier(row: PublishedRow, by_year: Mapping[tuple[str, int], PublishedRow]) -> list[PublishedRow]:
    """The rows of the same authority in the years just before, latest first, as far as the file has them."""
    before = (by_year.get((row["new_la_code"], row.year - back)) for back in range(1, _EARLIER_YEARS + 1))
    return [one for one in before if one is not None]


def _counts(before: Sequence[PublishedRow]) -> list[float]:
    counts = (row.read("referral_count", "count") for row in before)
    return [count for count in counts if count is not None]


def _usual(before: Sequence[PublishedRow]) -> str:
    """The average of earlier years; where all of them hold symbols the latest one, and where there is none a blank."""
    counts = _counts(before)
    if counts:
        return number_text(sum(counts) / len(counts))
    return before[0]["referral_count"] if before else ""


# -- notes -----------------------------------------------------------------------------------------


def _reading_notes(chosen: Chosen) -> tuple[str, ...]:
    if chosen.several:
        when = "The counts are of years to 31 March, and stand in the quarter that holds that day, Q4"
    else:
        (year,) = chosen.years
        when = f"The counts are of the year to 31 March {year}, and stand in {_quarter_of(year)}, which holds that day"
    return (
        f"{when}: they are counts of a YEAR, not of a quarter.",
        "They can show a year's rise against earlier years; they cannot show a peak within the year. Never put them "
        "beside a quarter's referrals.",
        "A large jump is often a change of recording (what is counted as a referral), not of demand: ask before reading it.",
        "Re-referrals are read by no rule; they are only checked.",
    )


def _usual_notes(chosen: Chosen, earlier: Sequence[Sequence[PublishedRow]]) -> Iterable[str]:
    rows = list(zip(chosen.authorities, earlier, strict=True))
    known = Counter(len(_counts(before)) for _, before in rows)
    rest_on = ", ".join(f"{number} for {known[number]:,}" for number in range(_EARLIER_YEARS, 0, -1) if known[number])
    yield (
        "Usual referrals are the average of the same authority's years just before, three at most"
        + (f" (by number of years: {rest_on})." if rest_on else ".")
    )
    without = [row for row, before in rows if not _counts(before)]
    first = [row for row in without if row.year == chosen.first_year]
    later = [chosen.label(row) for row in without if row.year != chosen.first_year]
    if without:
        said = [f"all {len(first)} of {chosen.first_year}, the first year in the file"] if first else []
        yield f"They are missing, for want of an earlier count under the same code, for {some([*said, *later], 20, '; ')}."
    skipped = sorted({(one.name, one.year, one["referral_count"]) for _, before in rows for one in before if not _counts([one])})
    if skipped:
        named = [f"{name} {year} ({mark or 'blank'})" for name, year, mark in skipped]
        yield f"Left out of these averages, for the count is not given: {some(named, 20, '; ')}."
