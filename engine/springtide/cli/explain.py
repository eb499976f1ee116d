"""springtide explain: one team's result, down to the cells."""

from __future__ import annotations

import click

from ..assessment import Assessment, TeamAssessment, assess
from ..logic.quarter import Quarter, parse_quarter
from ..reports import explanation
from ..rulepack.problems import did_you_mean
from ..shipped import EXAMPLE_QUARTER, example_folder
from . import common


@click.command()
@click.argument("team", metavar="TEAM")
@click.option(
    "--evidence", metavar="FOLDER", envvar="SPRINGTIDE_EVIDENCE", default=None,
    help="The folder of evidence; also from SPRINGTIDE_EVIDENCE. Without it, the shipped Kent example.",
)  # fmt: skip
@common.rules_option
@common.quarter_option
@common.engine_option
@click.option("--why-not", metavar="LEVEL", default=None, help="For each rule of that level, say what stopped it.")
@click.option("--full", is_flag=True, help="Every rule that holds and every condition read, not only what decided.")
@common.skip_option
@common.json_option
@common.reports_faults
def explain(
    team: str, evidence: str | None, rules: str, quarter: Quarter | None, engine: str, why_not: str | None,
    full: bool, skip_bad_rows: bool, as_json: bool,
) -> None:  # fmt: skip
    """Explain the result of one TEAM (its id or name), from the level down to answers and cells.

    \b
    Examples:
      springtide explain T017 --evidence examples/kent-2009 --quarter "2008/09 Q4"
      springtide explain T011 --why-not high
    """
    pack = common.pack_named(rules)
    if evidence is None:
        quarter = quarter or parse_quarter(EXAMPLE_QUARTER)
    result = assess(pack, common.evidence_in(evidence or example_folder(), pack, skip_bad_rows), quarter, engine=engine)
    chosen = _find(result, team)
    known = [level.id for level in pack.levels.levels]
    why_not = why_not.strip().lower() if why_not is not None else None
    if why_not is not None and why_not not in known:
        raise click.BadParameter(f"there is no level '{why_not}'; levels: {', '.join(known)}", param_hint="--why-not")
    if evidence is None and not as_json:
        click.echo("Evidence: the shipped Kent example, which is invented (choose yours with --evidence)\n")
    if as_json:
        common.show_json(explanation.as_dict(result, chosen, why_not, full))
    elif why_not:
        common.show(explanation.render_why_not(result, chosen, why_not))
    else:
        common.show(explanation.render(result, chosen, full=full))


def _find(result: Assessment, name: str) -> TeamAssessment:
    """A team by id, or by name where only one has it."""
    wanted = name.strip().lower()
    found = [t for t in result.teams if t.team.id.lower() == wanted] or [t for t in result.teams if t.team.name.lower() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{len(found)} teams are called '{name}': {', '.join(t.team.id for t in found)}; give the id")
    known = [t.team.id for t in result.teams] + [t.team.name for t in result.teams]
    raise click.UsageError(f"there is no team '{name}' in the evidence; {did_you_mean(name, known) or 'see springtide score'}")
