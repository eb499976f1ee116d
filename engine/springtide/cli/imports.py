"""springtide import forms and import table: survey exports and extracts of other systems as evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..evidence import read_teams
from ..evidence.imports.bring_in import KEPT, Brought, NotConfirmed, bring_in
from ..evidence.imports.mapping import Kind
from ..logic.documents import SCHEMA_VERSION
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..reports import imported
from . import common, published

_FROM_ELSEWHERE = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--teams", "list_", metavar="FILE", default=None, help="The team list.  [default: the one in the output folder, or beside the file]"),
    click.option("--quarter", type=common.QuarterType(), default=None, metavar='"2009/10 Q1"', help="The quarter of rows that do not say theirs."),
    click.option("--map", "map_file", type=click.Path(path_type=Path), default=None, metavar="FILE",
                 help="The mapping; written for you to check where it is not there.  [default: beside FILE, as NAME.mapping.yaml]"),
    click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("evidence"), show_default=True, metavar="FOLDER",
                 help="The folder of evidence to write to; what others imported there stays."),
    click.option("--sheet", default=None, metavar="TITLE", help="The sheet to read.  [default: the one whose headings fit best]"),
    click.option("--keep", type=click.Choice(KEPT), multiple=True, help="Keep what is dropped otherwise, in a file that nothing reads and no output shows."),
    click.option("--overwrite", is_flag=True, help="Write over what an earlier import of this file wrote."),
    common.rules_option,
    common.skip_option,
    common.errors_option,
    common.json_option,
    common.reports_faults,
)  # fmt: skip


def _from_elsewhere(command: common.F) -> common.F:
    for part in reversed(_FROM_ELSEWHERE):
        command = part(command)
    return command


@click.command()
@_from_elsewhere
def forms(**given: Any) -> None:
    """Import a Microsoft Forms export (.xlsx or CSV): one row a response, one column a question.

    The first run writes a mapping of columns to questions. What is not certain there is for you to confirm; then run it again.
    E-mail addresses, names and free text are dropped.

    \b
    Example:
      springtide import forms survey.xlsx --teams teams.csv --quarter "2009/10 Q1" --map survey.yaml -o q1
    """
    _bring_in("forms", **given)


@click.command()
@_from_elsewhere
def table(**given: Any) -> None:
    """Import a table of another survey tool, of HR or of the case system: one row a team, or a response.

    The first run writes a mapping of columns to figures and answers, with percentages, headcounts and dates converted.
    What is not certain there is for you to confirm; then run it again.

    \b
    Example:
      springtide import table hr.xlsx --teams teams.csv --quarter "2009/10 Q1" --map hr.yaml -o q1
    """
    _bring_in("table", **given)


def _bring_in(
    kind: Kind, *, file: Path, list_: str | None, quarter: Quarter | None, map_file: Path | None, output: Path, sheet: str | None,
    keep: tuple[str, ...], overwrite: bool, rules: str, skip_bad_rows: bool, errors_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    pack = common.pack_named(rules)
    mapping_file = map_file or file.with_name(f"{file.stem}.mapping.yaml")
    listed = read_teams(list_ or _team_list(file, output), pack)
    try:
        brought = bring_in(file, kind, pack, listed, output, map_file=mapping_file, quarter=str(quarter or ""), sheet=sheet, keep=keep,
                           skip_bad_rows=skip_bad_rows, overwrite=overwrite)  # fmt: skip
    except NotConfirmed as waiting:
        if as_json:
            common.show_json({"schema_version": SCHEMA_VERSION, "mapping": str(waiting.path), "to_confirm": waiting.mapping.open_lines})
        for line in imported.to_confirm(waiting):
            click.echo(line, err=True)
        sys.exit(common.INVALID)
    except FileExistsError as there:
        raise click.UsageError(f"{there.filename} is there already, from an earlier import; give --overwrite to replace it, or another folder") from None
    except OSError as error:
        raise click.UsageError(f"{error.filename or output} can't be written: {error.strerror or error}") from None
    _show(pack, brought, output, as_json)


def _team_list(file: Path, output: Path) -> Path:
    for folder in (output, file.parent):
        if (folder / "teams.csv").is_file():
            return folder / "teams.csv"
    raise click.UsageError("which teams there are is not known: give the team list with --teams, or put teams.csv in the output folder")


def _show(pack: RulePack, brought: Brought, output: Path, as_json: bool) -> None:
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, **imported.as_dict(pack, brought)})
        return
    for line in imported.lines(pack, brought):
        click.echo(line)
    click.echo(f"Next: springtide score {common.quoted(str(output))}")


@click.group("import")
def import_() -> None:
    """Turn exported or published files into a folder of evidence."""


for command in (forms, table, published.dfe_workforce, published.dfe_referrals):
    import_.add_command(command)
