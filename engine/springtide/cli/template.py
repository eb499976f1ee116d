"""springtide template: a workbook to fill in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from ..evidence import read_evidence, read_teams
from ..evidence.reading.team_list import TeamList
from ..evidence.writing.contents import Contents, to_fill_in
from ..evidence.writing.workbook import write_workbook
from ..logic.documents import SCHEMA_VERSION
from ..logic.facts import Team
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from . import common

_MOST_RESPONSES = 5000  # a sheet has 16,384 columns, and a person has less patience
_ROOM_FOR_ONE_TEAM, _ROOM_IN_A_COUNTY = 6, 3


@click.command()
@click.option("--teams", "list_", metavar="FILE", required=True, help="The team list: a CSV file, or evidence or a workbook that has one.")
@click.option("--quarter", type=common.QuarterType(), required=True, metavar='"2009/10 Q1"', help="The quarter that it is for.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, metavar="PATH",
              help="The workbook to write; with --one-per-team, a folder.  [default: return.xlsx, or returns]")  # fmt: skip
@click.option("--one-per-team", is_flag=True, help="A workbook for each team, to be sent out. The folder that they come back to can be scored.")
@click.option("--responses", type=click.IntRange(0, 100), default=None, metavar="N",
              help=f"Room for so many answers to the questionnaire of each team.  [default: {_ROOM_IN_A_COUNTY}, and {_ROOM_FOR_ONE_TEAM} with --one-per-team]")  # fmt: skip
@click.option("--evidence", metavar="PATH", default=None, help="Fill in what this evidence has for the quarter already.")
@click.option("--overwrite", is_flag=True, help="Write over a workbook that is there already.")
@common.rules_option
@common.json_option
@common.reports_faults
def template(
    list_: str, quarter: Quarter, output: Path | None, one_per_team: bool, responses: int | None, evidence: str | None,
    overwrite: bool, rules: str, as_json: bool,
) -> None:  # fmt: skip
    """Write an Excel workbook to fill in: the questionnaire, workforce figures and audits of a quarter's teams.

    \b
    Examples:
      springtide template --teams teams.csv --quarter "2009/10 Q1" -o return.xlsx
      springtide template --teams teams.csv --quarter "2009/10 Q1" --one-per-team -o returns
    """
    pack = common.pack_named(rules)
    listed = read_teams(list_, pack)
    held = read_evidence(evidence, pack) if evidence else None
    teams = sorted((team for team in listed.teams if team.in_force(quarter)), key=lambda team: team.id)
    if not teams:
        raise click.UsageError(f"the team list has no team in {quarter}")
    room = responses if responses is not None else _ROOM_FOR_ONE_TEAM if one_per_team else _ROOM_IN_A_COUNTY
    target = output or Path("returns" if one_per_team else "return.xlsx")
    groups = [[team] for team in teams] if one_per_team else [teams]
    files = _apart([_file(target, group[0], one_per_team) for group in groups])
    if len(groups[0]) * room > _MOST_RESPONSES:
        raise click.UsageError(f"{len(teams)} teams with {room} responses each are more columns than a sheet has; use --one-per-team, or fewer --responses")
    _refuse_to_overwrite(target, files, one_per_team, overwrite)
    with common.progress("Writing", len(files)) as advance:
        for file, group in zip(files, groups, strict=True):
            contents = to_fill_in(_whole(listed), quarter, [team.id for team in group], room, held)
            common.writing(file, lambda file=file, contents=contents: _write(file, pack, contents))  # type: ignore[misc]
            advance(file.name)
    if as_json:
        common.show_json({
            "schema_version": SCHEMA_VERSION, "quarter": str(quarter), "files": [str(file) for file in files],
            "teams": len(teams), "responses_each": room,
        })  # fmt: skip
        return
    many = f"{len(files)} workbooks in {target}" if one_per_team else str(target)
    click.echo(f"{many}: {common.count(len(teams), 'team')}, {quarter}; {len(pack.questions)} statements, room for {common.count(room, 'response')} each")
    click.echo("Fill in the yellow cells; what is not known stays blank.")
    click.echo(f"Then: springtide score {common.quoted(str(target))}" + ("" if rules == "kent-2009" else f" --rules {rules}"))


def _whole(listed: TeamList) -> tuple[Team, ...]:
    return tuple(sorted(listed.teams, key=lambda team: (team.id, team.from_quarter or Quarter(0, 1))))


def _write(file: Path, pack: RulePack, contents: Contents) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(file, pack, contents)


def _file(target: Path, team: Team, one_per_team: bool) -> Path:
    if not one_per_team:
        return target if target.suffix.lower() == ".xlsx" else target.with_name(f"{target.name}.xlsx")
    words = "".join(character if character.isalnum() or character in "-_" else " " for character in f"{team.id} {team.name}")
    return target / f"{' '.join(words.split())[:100]}.xlsx"


def _apart(files: list[Path]) -> list[Path]:
    """The same names, with a number where two would be one file."""
    seen: Counter[str] = Counter()
    apart = []
    for file in files:
        seen[file.name.casefold()] += 1
        times = seen[file.name.casefold()]
        apart.append(file if times == 1 else file.with_name(f"{file.stem} ({times}){file.suffix}"))
    return apart


def _refuse_to_overwrite(target: Path, files: list[Path], one_per_team: bool, overwrite: bool) -> None:
    there = [file for file in files if file.exists()]
    if there and not overwrite:
        what = f"{len(there)} of the workbooks are" if len(there) > 1 else f"{there[0]} is"
        raise click.UsageError(f"{what} there already, perhaps filled in; give another place with -o, or --overwrite")
    if one_per_team and target.exists() and not target.is_dir():
        raise click.UsageError(f"{target} is a file; give a folder with -o")
