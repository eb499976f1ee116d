"""springtide tipping, clear: how little would move a team, and the least that would clear its flag."""

from __future__ import annotations

from pathlib import Path

import click

from ..assessment import choose_quarter
from ..batch.cells import Board
from ..logic.quarter import Quarter, parse_quarter
from ..reports.what_if import tipping as pages
from ..shipped import EXAMPLE_QUARTER, example_folder
from ..what_if import clearing
from ..what_if.files import read_costs
from ..what_if.tipping import tipping as tipping_points
from . import common


@click.command(cls=common.AnswersWhatIf)
@click.argument("evidence", metavar="EVIDENCE")
@click.argument("team", metavar="[TEAM]", nargs=-1)
@common.rules_option
@common.quarter_option
@common.skip_option
@common.json_option
@common.reports_faults
def tipping(evidence: str, team: tuple[str, ...], rules: str, quarter: Quarter | None, skip_bad_rows: bool, as_json: bool) -> None:
    """How few posts, cases or sessions would move each team's level, the nearest first; or all turns of one TEAM.

    \b
    Examples:
      springtide tipping examples/kent-2009 --quarter "2008/09 Q4"
      springtide tipping examples/kent-2009 T017 --quarter "2008/09 Q4"
    """
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    board = Board(pack, held, choose_quarter(held, quarter))
    one = _one(board, team, "springtide tipping EVIDENCE") if team else ""
    found = tipping_points(board, [one] if one else None)
    if as_json:
        common.show_json(pages.as_dict(board, found))
    else:
        common.show(pages.render_team(board, found[0]) if one else pages.render(board, found))


@click.command(cls=common.AnswersWhatIf)
@click.argument("team", metavar="TEAM", nargs=-1, required=True)
@click.option("--evidence", metavar="FOLDER", envvar="SPRINGTIDE_EVIDENCE", default=None, help="The evidence; also from SPRINGTIDE_EVIDENCE. Without it, the shipped Kent example.")
@click.option("--costs", "costs_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, metavar="FILE", help="What one unit of each change costs, as experienced_joins: 10; what it does not name costs what the rules say, and --only says what may change.")
@click.option("--only", default=None, metavar="LIST", help="What may change, with commas between: experienced_joins,case_worked_elsewhere; answers for the team's own answers.")
@common.rules_option
@common.quarter_option
@common.skip_option
@common.json_option
@common.reports_faults
def clear(team: tuple[str, ...], evidence: str | None, costs_file: Path | None, only: str | None, rules: str, quarter: Quarter | None, skip_bad_rows: bool, as_json: bool) -> None:
    """The least costly sets of changes that bring one TEAM (its id or name) below flagged, or that none does.

    \b
    Examples:
      springtide clear T049 --evidence examples/kent-2009 --quarter "2008/09 Q4"
      springtide clear T046 --only answers
      springtide clear T049 --costs costs.yaml
    """
    wanted = None if only is None else [one.strip() for one in only.split(",") if one.strip()]
    if wanted == []:
        raise click.UsageError("--only names nothing that may change; name some, as in --only experienced_joins,answers, or leave it out")
    pack = common.pack_named(rules)
    if evidence is None:
        quarter = quarter or parse_quarter(EXAMPLE_QUARTER)
    held = common.evidence_in(evidence or example_folder(), pack, skip_bad_rows)
    board = Board(pack, held, choose_quarter(held, quarter))
    costs = read_costs(costs_file, pack) if costs_file else clearing.costs_of(pack)
    found = clearing.clear(board, _one(board, team, "springtide clear"), costs, wanted)
    if evidence is None and not as_json:
        click.echo("Evidence: the shipped Kent example, which is invented (choose yours with --evidence)\n")
    common.show_json(pages.clear_as_dict(board, found, costs)) if as_json else common.show(pages.render_clear(board, found, costs))


def _one(board: Board, team: tuple[str, ...], command: str) -> str:
    teams = list(board.teams.values())
    return common.one_of(" ".join(team), teams, lambda one: one.id, lambda one: one.name, "in the evidence", command).id
