"""springtide import dfe-workforce and dfe-referrals: published statistics as evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ..evidence.dfe.imported import Imported
from ..evidence.dfe.referrals import import_dfe_referrals
from ..evidence.dfe.workforce import import_dfe_workforce
from ..logic.documents import SCHEMA_VERSION
from ..reports import published
from . import common


def _published(command: common.F) -> common.F:
    """The arguments and options of every import of a published file."""
    wrapped: Callable[..., object] = common.json_option(common.reports_faults(command))
    for option in (
        click.option("--overwrite", is_flag=True, help="Write over evidence that is there already."),
        click.option("-o", "--output", type=click.Path(path_type=Path), default=None, metavar="FOLDER",
                     help="Where to write the evidence.  [default: the command's name, and the year if it is one]"),
        click.option("--year", "years", type=int, multiple=True,
                     help="A year, as in the file; may be given again.  [default: every year of the file]"),
        click.argument("file", type=click.Path(path_type=Path)),
    ):  # fmt: skip
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]


@click.command("dfe-workforce")
@_published
def dfe_workforce(file: Path, years: tuple[int, ...], output: Path | None, overwrite: bool, as_json: bool) -> None:
    """Import the DfE children's social work workforce census: each authority a unit, its region the area.

    The figures of a year are of 30 September and stand in Q2. Every authority of every year is kept, every
    symbol (c, u, x, z, low) is missing with its reason, and the published rates are worked out again from
    their parts. With several years the team list says from when to when each authority is there.

    \b
    Example:
      springtide import dfe-workforce csww_indicators_2017_to_2025.csv --year 2024 -o england-2024
      springtide score england-2024 --rules england
      springtide import dfe-workforce csww_indicators_2017_to_2025.csv -o england
      springtide score england --rules england --quarter "2025/26 Q2"
    """
    folder = output or _folder("dfe-workforce", years)
    _show(import_dfe_workforce(file, years or None, folder, overwrite=overwrite), folder, as_json)


@click.command("dfe-referrals")
@_published
def dfe_referrals(file: Path, years: tuple[int, ...], output: Path | None, overwrite: bool, as_json: bool) -> None:
    """Import the DfE children-in-need referrals: each authority a unit, its region the area.

    The counts are of a YEAR to 31 March, not of a quarter, and stand in Q4. They are read against the average
    of the same authority's three years before, so they can show a year's rise and never a peak within it.

    \b
    Example:
      springtide import dfe-referrals cin_referrals_2013_to_2025.csv --year 2025 -o referrals-2025
      springtide score referrals-2025 --rules england
    """
    folder = output or _folder("dfe-referrals", years)
    _show(import_dfe_referrals(file, years or None, folder, overwrite=overwrite), folder, as_json)


def _folder(name: str, years: tuple[int, ...]) -> Path:
    return Path("-".join([name, *map(str, sorted(set(years)))]))


def _show(done: Imported, folder: Path, as_json: bool) -> None:
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, "folder": str(folder)} | published.as_dict(done))
        return
    for line in published.lines(done, str(folder), common.console().width):
        click.echo(line)
    quarter = f' --quarter "{done.quarter}"' if len(done.years) > 1 else ""
    click.echo(f"\nNext: springtide score {folder} --rules england{quarter}")
