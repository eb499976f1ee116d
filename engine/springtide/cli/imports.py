"""springtide import: other people's files as evidence."""

from __future__ import annotations

from pathlib import Path

import click

from ..assessment import SCHEMA_VERSION
from ..evidence.dfe_workforce import import_dfe_workforce
from . import common


@click.group("import")
def imports() -> None:
    """Turn published or exported files into a folder of evidence."""


@imports.command("dfe-workforce")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=int, required=True, help="The census year, as in the file (30 September of that year).")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, metavar="FOLDER",
              help="Where to write the evidence.  [default: dfe-workforce-YEAR]")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Write over evidence that is there already.")
@common.json_option
@common.reports_faults
def dfe_workforce(file: Path, year: int, output: Path | None, overwrite: bool, as_json: bool) -> None:
    """Import the DfE children's social work workforce census: each authority a unit, its region the area.

    \b
    Example:
      springtide import dfe-workforce csww_indicators_2017_to_2025.csv --year 2024 -o england-2024
      springtide score england-2024 --rules england
    """
    folder = output or Path(f"dfe-workforce-{year}")
    imported = import_dfe_workforce(file, year, folder, overwrite=overwrite)
    if as_json:
        common.show_json({
            "schema_version": SCHEMA_VERSION, "folder": str(folder), "quarter": str(imported.quarter),
            "authorities": imported.authorities, "regions": imported.regions, "notes": list(imported.notes),
        })  # fmt: skip
        return
    click.echo(f"{imported.authorities} authorities in {imported.regions} regions, {imported.quarter}, written to {folder}")
    for note in imported.notes:
        click.echo(f"  {note}")
    click.echo(f"Next: springtide score {folder} --rules england")
