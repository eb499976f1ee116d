"""springtide findings: the county's positives and improvement points."""

from __future__ import annotations

import click

from ..assessment import choose_quarter
from ..logic.county_findings import county_findings
from ..logic.quarter import Quarter
from ..reports import findings_table
from . import common


@click.command()
@click.argument("evidence", metavar="EVIDENCE")
@common.rules_option
@common.quarter_option
@common.skip_option
@common.json_option
@common.reports_faults
def findings(evidence: str, rules: str, quarter: Quarter | None, skip_bad_rows: bool, as_json: bool) -> None:
    """The questionnaire's findings county-wide, by theme: positives and improvement points.

    \b
    Example:
      springtide findings examples/kent-2009 --quarter "2008/09 Q4"
    """
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    chosen = choose_quarter(held, quarter)
    found = county_findings(pack, {team.id: held.of(pack, team.id, chosen).answers for team in held.as_of(chosen).teams})
    if as_json:
        common.show_json(findings_table.as_dict(pack, held, chosen, found))
    else:
        common.show(findings_table.render(pack, held, chosen, found))
