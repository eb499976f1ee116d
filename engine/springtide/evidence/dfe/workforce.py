"""The Department for Education's children's social work workforce census as evidence: an authority is a team.

The census counts on 30 September, so its figures stand in the financial-year quarter that holds that day.
Published rates are kept as they are; symbols (c, u, x, z, low, …) are carried over, so that they read as missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ...logic.formula import compute, names_in, parse_formula
from ...logic.quarter import Quarter
from .imported import Imported, imported
from .published import (
    Chosen,
    DfeFileError,
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

__all__ = ["DfeFileError", "Imported", "import_dfe_workforce"]

# Figures and measures of the rule packs, with the column of the census and the unit in which it is read.
_COLUMNS = {
    "vacancy_rate": ("vacancy_rate_fte", "ratio"),
    "vacant_posts": ("vacancy_fte", "posts"),
    "agency_rate": ("agency_rate_fte", "ratio"),
    "agency_fte": ("agency_fte", "FTE"),
    "in_post_fte": ("inpost_fte", "FTE"),
    "turnover_rate": ("turnover_rate_fte", "ratio"),
    "leavers_12_months_fte": ("leavers_fte", "FTE"),
    "caseload": ("caseload_fte", "cases per FTE"),
    "cases_worked": ("cases", "cases"),
    "case_holders_fte": ("case_holders_fte", "FTE"),
}
# The packs' formulas of the published rates; evidence may not give a rate and all its parts.
_FORMULAS = {
    "vacancy_rate": "vacant_posts / established_posts",
    "agency_rate": "agency_fte / (agency_fte + in_post_fte)",
    "turnover_rate": "leavers_12_months_fte / in_post_fte",
    "caseload": "cases_worked / case_holders_fte",
}
_PERCENT = ("vacancy_rate", "agency_rate", "turnover_rate")
_WITHHELD = ("established_posts", "in_post_fte", "cases_worked")  # the part to leave out beside a published rate
_TITLES = {
    "vacancy_rate": "Vacancy rate",
    "agency_rate": "Agency rate",
    "turnover_rate": "Turnover rate",
    "caseload": "Caseload",
}

_WORKFORCE_COLUMNS = ("team_id", "quarter", *_COLUMNS, "established_posts")

# One rounding of the published rate, 0.05, and a little for the parts, which are rounded to one place themselves.
_TOLERANCE = 0.06
_WORKING_DAYS = 253  # of a year; the census's own number


def _rate(name: str, title: str, column: str, top: str, bottom: tuple[str, ...], factor: float) -> Rate:
    return Rate(name, title, column, top, bottom, factor, lambda row, value: _TOLERANCE, f"{_TOLERANCE}")


_RATES = (
    _rate("vacancy_rate", "Vacancy rate, %", "vacancy_rate_fte", "vacancy_fte", ("vacancy_fte", "inpost_fte"), 100),
    _rate("agency_rate", "Agency rate, %", "agency_rate_fte", "agency_fte", ("agency_fte", "inpost_fte"), 100),
    _rate("turnover_rate", "Turnover, %", "turnover_rate_fte", "leavers_fte", ("inpost_fte",), 100),
    _rate("caseload", "Caseload, cases per FTE", "caseload_fte", "cases", ("case_holders_fte",), 1),
)
# Days lost and the absence rate are no evidence; the rate is worked out again where the file has both.
_ABSENCE = _rate(
    "absence_rate", f"Absence, % of {_WORKING_DAYS} days", "absence_rate_fte",
    "working_days_lost_fte", ("inpost_fte",), 100 / _WORKING_DAYS,
)  # fmt: skip


@dataclass(frozen=True)
class _Figures:
    """One authority's cells of workforce.csv, and how each rate came: published, parts, worked out or unknown."""

    cells: dict[str, str]
    rates: dict[str, str]


def import_dfe_workforce(
    file: Path, years: int | Iterable[int] | None, folder: Path, *, overwrite: bool = False
) -> Imported:
    """Write `teams.csv` and `workforce.csv` with every authority of one census year, of several, or of all.

    Rates become shares, caseload stays in cases per FTE, and counts stay in FTE. Where a rate is a symbol
    and its parts are numbers the parts are given, or the rate is worked out where they can't be given. With several
    years the team list says from when to when each authority is there, and what it became.

    Args:
        file: the published CSV file, csww_indicators_….csv.
        years: the census year, or years; its figures are of 30 September. None stands for every year of the file.
        folder: where to write; made where it is not there.
        overwrite: write over the two files. Other evidence in the folder stays as it is, and is noted.

    Raises:
        DfeFileError: the file is missing or another file, lacks a year, or holds a cell that is neither a
            number nor a known symbol; or the folder holds evidence already, or can't be written.
    """
    columns = tuple(column for column, _ in _COLUMNS.values())
    chosen = choose(file, rows := read_published(file, "the workforce census", columns), years)
    figures = [_figures(row) for row in chosen.authorities]
    rates = (*_RATES, *([_ABSENCE] if set(_ABSENCE.columns) <= rows[0].cells.keys() else []))
    checks = check_rates(chosen.rows, rates)
    teams, changes = team_table(chosen, _quarter_of)
    workforce = (
        (chosen.id_of(row), str(_quarter_of(row.year)), *(held.cells[name] for name in _WORKFORCE_COLUMNS[2:]))
        for row, held in zip(chosen.authorities, figures, strict=True)
    )
    left = write_evidence(folder, {"teams.csv": teams, "workforce.csv": [_WORKFORCE_COLUMNS, *workforce]}, overwrite)
    about = (
        _date_note(chosen),
        *aside_notes(chosen),
        *(_rate_note(rate, chosen, figures) for rate in _FORMULAS),
        "Established posts, staff in post and cases are left out where a published rate would be given twice.",
        "The absence rate is left out: it is of days lost in the year, the rules' figure of staff away on the day.",
        *_shared_row_notes(chosen),
        *folder_notes(left),
    )
    read = tuple(dict.fromkeys((*columns, *(column for rate in rates for column in rate.columns))))
    return imported(chosen, _quarter_of, teams, about=about, columns=read, changes=changes, checks=checks)


def _quarter_of(year: int) -> Quarter:
    return Quarter.holding(date(year, 9, 30))


# -- figures ---------------------------------------------------------------------------------------


def _figures(row: PublishedRow) -> _Figures:
    cells: dict[str, str] = {}
    values: dict[str, float] = {}
    for name, (column, unit) in _COLUMNS.items():
        cells[name] = row[column]
        value = row.read(column, unit)
        if value is not None and name in _PERCENT:
            value = round(value / 100, 6)
            cells[name] = number_text(value) if value <= 1 else ""  # a turnover over 100 % is no share
        if value is not None and cells[name]:
            values[name] = value
    posts = ("vacant_posts", "in_post_fte")
    if values.keys() >= set(posts):
        values["established_posts"] = values["vacant_posts"] + values["in_post_fte"]
        cells["established_posts"] = number_text(values["established_posts"])
    else:
        cells["established_posts"] = next(cells[name] for name in posts if name not in values)
    return _Figures(cells, _settle_rates(cells, values))


def _settle_rates(cells: dict[str, str], values: Mapping[str, float]) -> dict[str, str]:
    """Give each rate once: blank the part that would give a published one again, and work out what that prevents."""
    formulas = {rate: parse_formula(text) for rate, text in _FORMULAS.items()}
    parts = {rate: {name for name, _ in names_in(formula)} for rate, formula in formulas.items()}
    complete = [rate for rate in formulas if parts[rate] <= values.keys()]
    withheld = {name for rate in complete if rate in values for name in parts[rate] if name in _WITHHELD}
    cells |= dict.fromkeys(withheld, "")
    rates = {}
    for rate, formula in formulas.items():
        value = compute(formula, values.get, values.get) if rate in complete else None
        if rate in values:
            rates[rate] = "published"
        elif value is None:
            rates[rate] = "unknown"
        elif not parts[rate] & withheld:
            rates[rate] = "parts"
        elif value <= 1:
            rates[rate], cells[rate] = "worked out", number_text(value)
        else:
            rates[rate] = "unknown"
    return rates


# -- notes -----------------------------------------------------------------------------------------


def _date_note(chosen: Chosen) -> str:
    if chosen.several:
        return (
            "The figures are of 30 September of each year, and stand in the quarter that holds that day, Q2; "
            "turnover is of the 12 months to that day."
        )
    (year,) = chosen.years
    return (
        f"The figures are of 30 September {year}, which lies in {_quarter_of(year)}; turnover is of the 12 months to that day."
    )


def _rate_note(rate: str, chosen: Chosen, figures: Iterable[_Figures]) -> str:
    names: dict[str, list[str]] = {"published": [], "parts": [], "worked out": [], "unknown": []}
    for row, held in zip(chosen.authorities, figures, strict=True):
        names[held.rates[rate]].append(chosen.label(row))
    of = f"{len(chosen.authorities):,} {'rows' if chosen.several else 'authorities'}"
    said = [f"{_TITLES[rate]}: as published for {len(names['published']):,} of {of}"]
    for how, words in (("parts", "its parts are given for"), ("worked out", "worked out from its parts for"),
                       ("unknown", "could not be used, and is missing, for")):  # fmt: skip
        if names[how]:
            said.append(f"{words} {some(names[how])}")
    return "; ".join(said) + "."


def _shared_row_notes(chosen: Chosen) -> Iterable[str]:
    both = (row for row in chosen.authorities if "/" in row["new_la_code"])
    shared = dict.fromkeys(f"{row['la_name']} ({chosen.id_of(row)})" for row in both)
    if shared:
        yield f"The census counts these together, as one unit: {some(list(shared))}."
