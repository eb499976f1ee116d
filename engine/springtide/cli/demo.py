"""springtide demo: the main job on the shipped example."""

from __future__ import annotations

import click

from ..assessment import assess
from ..logic.quarter import parse_quarter
from ..reports import explanation, score_table
from ..shipped import EXAMPLE_QUARTER, example_folder
from . import common


@click.command()
@common.engine_option
@common.json_option
@common.reports_faults
def demo(engine: str, as_json: bool) -> None:
    """Score the shipped Kent example (invented figures), and explain one team.

    \b
    Example:
      springtide demo
    """
    pack = common.pack_named("kent-2009")
    result = assess(pack, common.evidence_in(example_folder(), pack), parse_quarter(EXAMPLE_QUARTER), engine=engine)
    if as_json:
        common.show_json(result.to_dict())
        return
    flagged = next(iter(team for team in score_table.in_order(result) if pack.levels.flagged(team.level)), None)
    if flagged:
        click.echo("One flagged team explained\n")
        common.show(explanation.render(result, flagged))
        click.echo("\nThe whole county: twelve districts after the review of 2009; every figure and answer is invented\n")
    common.show(score_table.render(result))
