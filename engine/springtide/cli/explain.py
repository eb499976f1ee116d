"""springtide explain: one team's result, down to the cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from ..assessment import Assessment, TeamAssessment, assess
from ..logic.model import RulePack
from ..logic.quarter import Quarter, parse_quarter
from ..reports import explanation
from ..shipped import EXAMPLE_QUARTER, example_folder
from . import common


@click.command()
@click.argument("team", metavar="TEAM", nargs=-1, required=True)
@click.option(
    "--evidence", metavar="FOLDER", envvar="SPRINGTIDE_EVIDENCE", default=None,
    help="The folder of evidence; also from SPRINGTIDE_EVIDENCE. Without it, the shipped Kent example.",
)  # fmt: skip
@common.rules_option
@common.quarter_option
@common.engine_option
@click.option("--store", envvar="SPRINGTIDE_STORE", default=None, metavar="FILE", help="Show as well what managers answered to the team's alerts of that quarter, from a store; also from SPRINGTIDE_STORE.")
@click.option("--why-not", metavar="LEVEL", default=None, help="For each rule of that level, say what stopped it.")
@click.option("--full", is_flag=True, help="Every rule that holds and every condition read, not only what decided.")
@click.option("--for-sharing", is_flag=True, help="As it may leave the district: counts under 5, and what would give them away, are not shown.")
@common.skip_option
@common.json_option
@common.reports_faults
def explain(
    team: tuple[str, ...], evidence: str | None, rules: str, quarter: Quarter | None, engine: str, store: str | None, why_not: str | None,
    full: bool, for_sharing: bool, skip_bad_rows: bool, as_json: bool,
) -> None:  # fmt: skip
    """Explain the result of one TEAM (its id or name), from the level down to answers and cells.

    \b
    Examples:
      springtide explain T017 --evidence examples/kent-2009 --quarter "2008/09 Q4"
      springtide explain T011 --why-not high
      springtide explain T017 --for-sharing
    """
    name = _one_team(team)
    pack = common.pack_named(rules)
    level = None if why_not is None else _level(pack, why_not)
    if evidence is None:
        quarter = quarter or parse_quarter(EXAMPLE_QUARTER)
    result = assess(pack, common.evidence_in(evidence or example_folder(), pack, skip_bad_rows), quarter, engine=engine)
    chosen = common.one_of(name, result.teams, lambda one: one.team.id, lambda one: one.team.name, "in the evidence", "springtide explain")
    if evidence is None and not as_json:
        click.echo("Evidence: the shipped Kent example, which is invented (choose yours with --evidence)\n")
    if as_json:
        document = explanation.as_dict(result, chosen, level, full, for_sharing)
        common.show_json(document if store is None else document | {"answers": _answers(store, result, chosen, for_sharing)[0]})
    elif level:
        common.show(explanation.render_why_not(result, chosen, level, for_sharing=for_sharing))
    else:
        common.show(explanation.render(result, chosen, full=full, for_sharing=for_sharing))
        if store is not None and (lines := _answers(store, result, chosen, for_sharing)[1]):
            common.show(Group(Text(), *lines))


def _answers(store: str, result: Assessment, team: TeamAssessment, for_sharing: bool) -> tuple[list[dict[str, Any]], list[RenderableType]]:
    """What managers answered to a team's alerts of that quarter, as plain data and as lines."""
    from ..alerts.answering import to_team  # stores take a while to load, and most explanations need none
    from ..history.store.opening import open_store
    from ..reports.alerts import answered

    given = to_team(open_store(store), team.team.id, result.quarter)
    return answered.as_list(given, with_words=not for_sharing), [*answered.section(given, with_words=not for_sharing)]


def _one_team(given: tuple[str, ...]) -> str:
    """The one team named, in as many words as its name has. Raises UsageError for a folder in its place, as after `score`."""
    folders = [one for one in given if Path(one).is_dir()]
    if folders:
        team = " ".join(one for one in given if one not in folders) or "TEAM"
        raise click.UsageError(f"'{folders[0]}' is a folder; evidence is given with --evidence: springtide explain {_quoted(team)} --evidence {_quoted(folders[0])}")
    return " ".join(given)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _level(pack: RulePack, written: str) -> str:
    """A level's id, from its id or its title in any case. Raises BadParameter."""
    known = {name.lower(): level.id for level in pack.levels.levels for name in (level.title, level.id)}
    level = known.get(written.strip().lower())
    if level is None:
        hint = common.meant(written, known.values())
        raise click.BadParameter(f"there is no level '{written}'; {hint or 'levels: ' + ', '.join(dict.fromkeys(known.values()))}", param_hint="--why-not")
    return level
