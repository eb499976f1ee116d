"""springtide score: the quarter's table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..assessment import assess
from ..logic.quarter import Quarter
from ..reports import score_table
from . import common


@click.command()
@click.argument("evidence", metavar="EVIDENCE")
@common.rules_option
@common.quarter_option
@common.engine_option
@click.option("--fail-on", metavar="LEVEL", default=None, help="Exit with code 4 if a team is at or above this level.")
@common.skip_option
@common.errors_option
@common.json_option
@common.reports_faults
def score(
    evidence: str, rules: str, quarter: Quarter | None, engine: str, fail_on: str | None, skip_bad_rows: bool,
    errors_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Score a quarter's teams from EVIDENCE: a folder, a workbook, or a folder of workbooks as teams sent them back.

    \b
    Examples:
      springtide score examples/kent-2009 --rules kent-2009 --quarter "2008/09 Q4"
      springtide score return.xlsx --errors-to marked.xlsx
    """
    pack = common.pack_named(rules)
    known = [level.id for level in pack.levels.levels]
    if fail_on is not None and fail_on not in known:
        raise click.BadParameter(f"there is no level '{fail_on}'; levels: {', '.join(known)}", param_hint="--fail-on")
    result = assess(pack, common.evidence_in(evidence, pack, skip_bad_rows), quarter, engine=engine)
    if as_json:
        common.show_json(result.to_dict())
    else:
        common.show(score_table.render(result))
    if fail_on is not None and any(pack.levels.rank(team.level) >= pack.levels.rank(fail_on) for team in result.teams):
        sys.exit(common.FLAGGED)
