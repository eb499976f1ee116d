"""The Department for Education's children's social work workforce census as evidence: an authority is a team.

The census counts on 30 September, so its figures stand in the financial-year quarter that holds that day.
Published rates are kept as they are; symbols (c, u, x, z, low, …) are carried over, so that they read as missing.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..logic.formula import compute, names_in, parse_formula
from ..logic.quarter import Quarter
from .cells import MISSING_MARKS, BadCell, read_number
from .team_list import TEAM_COLUMNS

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

_WORDS = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name")
_WORKFORCE_COLUMNS = ("team_id", "quarter", *_COLUMNS, "established_posts")
_OTHER_EVIDENCE = ("responses.csv", "audits.csv")


class DfeFileError(ValueError):
    """A census file that can't be imported, or a folder that can't be written: what is wrong, and what to do."""


@dataclass(frozen=True)
class Imported:
    """What an import wrote. `notes` say in sentences what was left aside, missing, or not as published."""

    authorities: int
    regions: int
    quarter: Quarter
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Figures:
    """One authority's cells of workforce.csv, and how each rate came: published, parts, worked out or unknown."""

    cells: dict[str, str]
    rates: dict[str, str]


def import_dfe_workforce(file: Path, year: int, folder: Path, *, overwrite: bool = False) -> Imported:
    """Write `teams.csv` and `workforce.csv` with every authority of one census year.

    Rates become shares, caseload stays in cases per FTE, and counts stay in FTE. Where a rate is a symbol
    and its parts are numbers the parts are given, or the rate is worked out where they can't be given.

    Args:
        file: the published CSV file, csww_indicators_….csv.
        year: the census year; its figures are of 30 September.
        folder: where to write; made where it is not there.
        overwrite: write over the two files. Other evidence in the folder stays as it is, and is noted.

    Raises:
        DfeFileError: the file is missing or another file, lacks the year, or holds a cell that is neither a
            number nor a known symbol; or the folder holds evidence already, or can't be written.
    """
    rows = _read(file)
    authorities = [row for row in rows if row["geographic_level"] == "Local authority"]
    years = sorted({row["time_period"] for row in authorities})
    authorities = [row for row in authorities if row["time_period"] == str(year)]
    if not authorities:
        raise DfeFileError(f"{file}: there are no authorities of {year}; there are of {', '.join(years) or 'no year'}")
    _check_authorities(file, authorities)
    quarter = Quarter.holding(date(year, 9, 30))
    figures = [_figures(file, row) for row in authorities]
    aside = Counter(row["geographic_level"] for row in rows if row["time_period"] == str(year))
    del aside["Local authority"]
    teams = ((r["new_la_code"], r["la_name"], r["region_name"], r["region_name"], "authority", "") for r in authorities)
    workforce = (
        (row["new_la_code"], str(quarter), *(held.cells[name] for name in _WORKFORCE_COLUMNS[2:]))
        for row, held in zip(authorities, figures, strict=True)
    )
    left = _write(
        folder, {"teams.csv": [TEAM_COLUMNS, *teams], "workforce.csv": [_WORKFORCE_COLUMNS, *workforce]}, overwrite
    )
    notes = (
        f"The figures are of 30 September {year}, which lies in {quarter}; turnover is of the 12 months to that day.",
        *([_aside_note(aside)] if aside else []),
        *(_rate_note(rate, authorities, figures) for rate in _FORMULAS),
        *_missing_notes(authorities),
        "Established posts, staff in post and cases are left out where a published rate would be given twice.",
        "The absence rate is left out: it is of days lost in the year, the rules' figure of staff away on the day.",
        *(f"{name} was in the folder already and stays as it was." for name in left),
    )
    return Imported(len(authorities), len({row["region_name"] for row in authorities}), quarter, notes)


# -- reading ---------------------------------------------------------------------------------------


def _read(file: Path) -> list[dict[str, str]]:
    """The rows by column, cells without outer spaces."""
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
    lacking = [column for column in (*_WORDS, *(column for column, _ in _COLUMNS.values())) if column not in header]
    if lacking:
        raise DfeFileError(f"{file}: not the workforce census; these columns are missing: {', '.join(lacking)}")
    rows = []
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise DfeFileError(
                f"{file}, row {number}: {len(cells)} cells under {len(header)} headings; is the file complete?"
            )
        rows.append({heading: cell.strip() for heading, cell in zip(header, cells, strict=True)})
    return rows


def _check_authorities(file: Path, authorities: list[dict[str, str]]) -> None:
    for row in authorities:
        for column in ("new_la_code", "la_name", "region_name"):
            if not row[column]:
                raise DfeFileError(
                    f"{file}: {column} is blank for {row['la_name'] or row['new_la_code'] or 'an authority'}"
                )
    for code, times in Counter(row["new_la_code"] for row in authorities).items():
        if times > 1:
            raise DfeFileError(
                f"{file}: the authority {code} has {times} rows in {authorities[0]['time_period']}; keep one"
            )


def _figures(file: Path, row: Mapping[str, str]) -> _Figures:
    cells: dict[str, str] = {}
    values: dict[str, float] = {}
    for name, (column, unit) in _COLUMNS.items():
        cells[name] = row[column]
        try:
            value = read_number(row[column], unit)
        except BadCell as bad:
            known = ", ".join(mark for mark in MISSING_MARKS if mark)
            raise DfeFileError(f"{file}: {row['la_name']}, {column}: {bad.message}; known symbols: {known}") from None
        if value is not None and name in _PERCENT:
            value = round(value / 100, 6)
            cells[name] = _text(value) if value <= 1 else ""  # a turnover over 100 % is no share
        if value is not None and cells[name]:
            values[name] = value
    posts = ("vacant_posts", "in_post_fte")
    if values.keys() >= set(posts):
        values["established_posts"] = values["vacant_posts"] + values["in_post_fte"]
        cells["established_posts"] = _text(values["established_posts"])
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
            rates[rate], cells[rate] = "worked out", _text(value)
        else:
            rates[rate] = "unknown"
    return rates


def _text(value: float) -> str:
    """A number in digits, to six places at most."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


# -- writing ---------------------------------------------------------------------------------------


def _write(folder: Path, tables: Mapping[str, Iterable[Iterable[str]]], overwrite: bool) -> list[str]:
    """Write all tables beside their places first, then move them there; other evidence that was there is returned."""
    try:
        there = [name for name in (*tables, *_OTHER_EVIDENCE) if (folder / name).exists()]
        if there and not overwrite:
            raise DfeFileError(
                f"{folder}: evidence is there already ({', '.join(there)}); give another folder, or overwrite it"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            with (folder / f".{name}.part").open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows(rows)
        for name in tables:
            (folder / f".{name}.part").replace(folder / name)
    except OSError as error:
        raise DfeFileError(f"{folder}: can't be written: {error.strerror}") from None
    return [name for name in there if name not in tables]


# -- notes -----------------------------------------------------------------------------------------


def _aside_note(aside: Counter[str]) -> str:
    kinds = ", ".join(f"{number} {level or 'of no level'}" for level, number in sorted(aside.items()))
    return f"Rows that are not authorities were left aside: {kinds}."


def _rate_note(rate: str, authorities: list[dict[str, str]], figures: list[_Figures]) -> str:
    names: dict[str, list[str]] = {"published": [], "parts": [], "worked out": [], "unknown": []}
    for row, held in zip(authorities, figures, strict=True):
        names[held.rates[rate]].append(row["la_name"])
    said = [f"{_TITLES[rate]}: as published for {len(names['published'])} of {len(authorities)} authorities"]
    for how, words in (("parts", "its parts are given for"), ("worked out", "worked out from its parts for"),
                       ("unknown", "could not be used, and is missing, for")):  # fmt: skip
        if names[how]:
            said.append(f"{words} {_some(names[how])}")
    return "; ".join(said) + "."


def _missing_notes(authorities: list[dict[str, str]]) -> Iterable[str]:
    """One sentence for each symbol: how many cells, its meaning, and whose."""
    columns = [column for column, _ in _COLUMNS.values()]
    for mark, meaning in MISSING_MARKS.items():
        held = {row["la_name"]: [column for column in columns if row[column].lower() == mark] for row in authorities}
        held = {name: found for name, found in held.items() if found}
        if held:
            number = sum(map(len, held.values()))
            whose = [
                f"{name} ({'every figure' if found == columns else ', '.join(found)})" for name, found in held.items()
            ]
            yield f"{number} {'cell is' if number == 1 else 'cells are'} {meaning}: {_some(whose)}."


def _some(names: list[str], most: int = 8) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
