"""springtide robustness, assumptions: how firmly teams are flagged, and what the flags rest on."""

from __future__ import annotations

import click

from ..assessment import choose_quarter
from ..batch.cells import Board
from ..batch.robustness import robustness as how_firmly
from ..logic.quarter import Quarter
from ..reports.what_if import robustness as pages
from ..what_if.assumptions import assumptions as what_drives
from . import common


@click.command(cls=common.AnswersWhatIf)
@click.argument("evidence", metavar="EVIDENCE")
@click.argument("team", metavar="[TEAM]", nargs=-1)
@common.rules_option
@common.quarter_option
@common.skip_option
@common.json_option
@common.reports_faults
def robustness(evidence: str, team: tuple[str, ...], rules: str, quarter: Quarter | None, skip_bad_rows: bool, as_json: bool) -> None:
    """In what share of plausible settings each team, or one TEAM, is flagged, and what by itself would decide otherwise.

    \b
    Examples:
      springtide robustness examples/kent-2009 --quarter "2008/09 Q4"
      springtide robustness examples/kent-2009 T049 --quarter "2008/09 Q4"
    """
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    board = Board(pack, held, choose_quarter(held, quarter))
    teams = list(board.teams.values())
    one = common.one_of(" ".join(team), teams, lambda held: held.id, lambda held: held.name, "in the evidence", "springtide robustness EVIDENCE").id if team else ""
    with common.progress("Trying settings", 1 if one else len(teams)) as advance:
        found = how_firmly(board, [one] if one else None, advance)
    if as_json:
        common.show_json(pages.as_dict(board, found))
    else:
        common.show(pages.render_team(board, found[0]) if one else pages.render(board, found))


@click.command(cls=common.AnswersWhatIf)
@click.argument("evidence", metavar="EVIDENCE")
@click.option("--full", is_flag=True, help="Everything that moves any level, not only what drives most flags.")
@common.rules_option
@common.quarter_option
@common.skip_option
@common.json_option
@common.reports_faults
def assumptions(evidence: str, full: bool, rules: str, quarter: Quarter | None, skip_bad_rows: bool, as_json: bool) -> None:
    """Which input and which threshold the county's flags rest on most, each moved a little by itself.

    \b
    Example:
      springtide assumptions examples/kent-2009 --quarter "2008/09 Q4"
    """
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    board = Board(pack, held, choose_quarter(held, quarter))
    found = what_drives(board)
    common.show_json(pages.assumptions_as_dict(board, found)) if as_json else common.show(pages.render_assumptions(board, found, full=full))
