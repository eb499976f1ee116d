"""springtide compare, history: what moved, quarter after quarter."""

from __future__ import annotations

import click

from ..alerts.answering import to_team
from ..history.comparing import compare as side_by_side
from ..history.over_time import of_area, of_team
from ..history.store.opening import open_store
from ..logic.quarter import Quarter
from ..reports import comparison
from ..reports import over_time as pages
from ..reports.alerts import answered
from . import common


@click.command()
@click.argument("before", metavar="QUARTER", type=common.QuarterType())
@click.argument("after", metavar="QUARTER", type=common.QuarterType())
@common.store_option
@click.option("--team", default=None, metavar="TEAM", help="One team only (its id or name), with every measure that is not the same.")
@common.json_option
@common.reports_faults
def compare(before: Quarter, after: Quarter, store: str | None, team: str | None, as_json: bool) -> None:
    """What moved between two filed quarters: by the evidence, by data that went missing or came back, by the rules.

    \b
    Examples:
      springtide compare "2008/09 Q3" "2008/09 Q4" --store kent.sqlite
      springtide compare "2008/09 Q3" "2008/09 Q4" --team T017
    """
    ledger = open_store(store)
    if before == after:
        raise click.UsageError(f"{before} is compared with itself; give two quarters")
    found = side_by_side(ledger, min(before, after), max(before, after))
    only = None
    if team is not None:
        only = common.one_of(team, found.teams, lambda one: one.id, lambda one: one.name, "in either quarter", f'springtide compare "{before}" "{after}" --team')
    if as_json:
        common.show_json(comparison.as_dict(found, ledger.place, only))
    elif only is not None:
        common.show(comparison.render_team(found, only, ledger.place))
    else:
        common.show(comparison.render(found, ledger.place))


@click.command()
@click.argument("team", metavar="[TEAM]", nargs=-1)
@click.option("--district", default=None, metavar="DISTRICT", help="One district, with each of its teams.")
@common.store_option
@common.json_option
@common.reports_faults
def history(team: tuple[str, ...], district: str | None, store: str | None, as_json: bool) -> None:
    """The filed quarters of one TEAM (its id or name) in a row; of a district; or of the whole county.

    \b
    Examples:
      springtide history T017 --store kent.sqlite
      springtide history --district Dover
      springtide history
    """
    if team and district is not None:
        raise click.UsageError("give a team or a district, and not both")
    ledger = open_store(store)
    if team:
        found = of_team(ledger, " ".join(team))
        given = to_team(ledger, found.id)
        if as_json:
            common.show_json(pages.team_as_dict(found, ledger.place) | {"answers": answered.as_list(given)})
        else:
            common.show(pages.render_team(found, ledger.place, answered.section(given)))
        return
    area = of_area(ledger, district or "")
    common.show_json(pages.area_as_dict(area, ledger.place)) if as_json else common.show(pages.render_area(area, ledger.place))
