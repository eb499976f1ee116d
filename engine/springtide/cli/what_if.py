"""springtide whatif: what would come of changes, or of a range of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeVar

import click

from ..assessment import choose_quarter
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..reports.what_if import before_after
from ..what_if.before_after import WhatIf, what_if
from ..what_if.changes import Change, Move, Scenario, Step, Target, parse_amount, parse_change
from ..what_if.files import read_scenario
from ..what_if.problems import WhatIfError, WhoIsAsked
from . import common

T = TypeVar("T")


@click.command(cls=common.AnswersWhatIf)
@click.argument("evidence", metavar="EVIDENCE")
@click.argument("team", metavar="[TEAM]", nargs=-1)
@click.option("--set", "settings", multiple=True, metavar="FIGURE=AMOUNT", help="What changes: vacant_posts=+2, =3 (exactly), =-50%, or an answer, q44=usually. May be given again.")
@click.option("--with", "with_whom", default="", metavar="WHO", help="Who comes or leaves: experienced, newly_qualified, agency, experienced_for_agency, newly_qualified_for_agency.")
@click.option("--move", "moves", multiple=True, metavar="FROM:TO=NUMBER", help="Workers who go from one team to another, as T002:T017=1; --with says who (experienced, unless said).")
@click.option("--assume", "assumed", multiple=True, metavar="FIGURE=VALUE", help="In place of what would follow: case_holders_fte=9.5, supervision_hours=20, or =+0 for as it was.")
@click.option("--district", default="", metavar="NAME", help="Change every team of a district.")
@click.option("--type", "team_type", default="", metavar="TYPE", help="Change every team of a type.")
@click.option("--county", default="", metavar="NAME", help="Change every team of a county. Without a team or an area, every team changes.")
@click.option("--from", "since", type=common.QuarterType(), default=None, metavar='"2009/10 Q2"', help="From when, if not at once. A newly qualified worker's first year ends a year later.")
@click.option("--scenario", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, metavar="FILE", help="A YAML file with a name, a why and steps, in place of --set.")
@click.option("--sweep", "ranges", multiple=True, metavar="FIGURE=FROM:TO[:STEP]", help="Take a figure through a range, vacant_posts=0:8; given twice, a grid.")
@click.option("--full", is_flag=True, help="Every figure of every team that changes.")
@common.rules_option
@common.quarter_option
@common.engine_option
@common.skip_option
@common.json_option
@common.reports_faults
def whatif(
    evidence: str, team: tuple[str, ...], settings: tuple[str, ...], with_whom: str, moves: tuple[str, ...], assumed: tuple[str, ...], district: str, team_type: str, county: str,
    since: Quarter | None, scenario: Path | None, ranges: tuple[str, ...], full: bool, rules: str, quarter: Quarter | None, engine: str, skip_bad_rows: bool, as_json: bool,
) -> None:  # fmt: skip
    """What would come of changes in one TEAM (its id or name), an area or everywhere. Nothing is recorded.

    \b
    Examples:
      springtide whatif examples/kent-2009 T017 --quarter "2008/09 Q4" --set vacant_posts=+2
      springtide whatif examples/kent-2009 T017 --quarter "2008/09 Q4" --set vacant_posts=-3 --with newly_qualified --from "2009/10 Q1"
      springtide whatif examples/kent-2009 --district Dover --quarter "2008/09 Q4" --set referrals=+20%
      springtide whatif examples/kent-2009 T017 --quarter "2008/09 Q4" --sweep vacant_posts=0:8 --with experienced
    """
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    quarter = choose_quarter(held, quarter)
    target = Target(_team(team, held, quarter), district, team_type, county)
    if not moves:
        _check_who(pack, with_whom, (*settings, *ranges))
    if ranges:
        if settings or moves or assumed or scenario or since:
            raise click.UsageError("--sweep goes by itself; leave out --set, --move, --assume, --from and --scenario")
        _sweep(pack, held, quarter, ranges, target, with_whom, as_json)
        return
    if scenario is not None:
        if settings or moves or assumed or since or team or district or team_type or county:
            raise click.UsageError("a scenario says everything itself; leave out what stands beside --scenario")
        asked = read_scenario(scenario, pack)
    else:
        if not (settings or moves):
            raise click.UsageError("say what changes: --set vacant_posts=+2, --move T002:T017=1, --sweep vacant_posts=0:8 or --scenario FILE")
        changes: list[Change | Move] = [*(_moved(one, with_whom) for one in moves)]
        changes += [parse_change(one, pack, target, "" if moves and not settings else _who(pack, one, with_whom)) for one in settings]
        changes += [parse_change(one, pack, target, assumed=True) for one in assumed]
        asked = Scenario((Step(tuple(changes), since),))
    answer = _asking(pack, held, quarter, asked, engine)
    common.show_json(before_after.as_dict(answer)) if as_json else common.show(before_after.render(answer, full=full))


def _team(given: tuple[str, ...], evidence: EvidenceSet, quarter: Quarter) -> str:
    if not given:
        return ""
    teams = evidence.as_of(quarter).teams
    return common.one_of(" ".join(given), teams, lambda one: one.id, lambda one: one.name, "in the evidence", "springtide whatif EVIDENCE").id


def _who(pack: RulePack, setting: str, with_whom: str) -> str:
    """Who is said, for a figure of which that makes a difference: of several settings, it need not be all of them."""
    name = setting.partition("=")[0].strip()
    return with_whom if any(lever.who == with_whom and name in lever.stands_for for lever in pack.levers.values()) else ""


def _check_who(pack: RulePack, with_whom: str, settings: tuple[str, ...]) -> None:
    """Raises BadParameter for somebody of whom nothing here depends."""
    if with_whom and not any(_who(pack, one, with_whom) for one in settings):
        names = [one.partition("=")[0].strip() for one in settings]
        known = list(dict.fromkeys(lever.who for lever in pack.levers.values() if lever.who))
        bearing = [who for who in known if any(_who(pack, name, who) for name in names)]
        likely = common.meant(with_whom, bearing or known)
        if with_whom in known or not likely:
            likely = f"nothing of {common.listed(names)} depends on it; " + (f"say {common.listed(bearing, 'or')}" if bearing else "leave it out")
        raise click.BadParameter(f"'{with_whom}': {likely}", param_hint="--with")


def _moved(text: str, with_whom: str) -> Move:
    teams, _, number = text.partition("=")
    source, colon, to = (part.strip() for part in teams.partition(":"))
    if not (colon and source and to):
        raise WhatIfError(f"'{text}' is no move; write it as T002:T017=1")
    amount = parse_amount(number.strip() or "1")
    if amount.kind != "to" or amount.number <= 0:
        raise WhatIfError(f"'{number}' is no number of workers; write it as T002:T017=1")
    return Move(amount.number, with_whom or "experienced", Target(team=source), Target(team=to))


def _asking(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, scenario: Scenario, engine: str) -> WhatIf:
    """The answer; who fills the posts is asked in a terminal where it makes a difference and was not said."""
    try:
        return what_if(pack, evidence, quarter, scenario, engine=engine)
    except WhoIsAsked as question:
        if not (question.choices and sys.stdin.isatty() and sys.stderr.isatty()) or len(scenario.steps) > 1:
            raise
        click.echo(f"{question}.", err=True)
        who = click.prompt("Who", type=click.Choice(question.choices), err=True)
        (step,) = scenario.steps
        changes = tuple(Change(one.what, one.amount, one.target, who, one.assumed) if isinstance(one, Change) and not one.with_whom and not one.assumed else one for one in step.changes)
        return what_if(pack, evidence, quarter, Scenario((Step(changes, step.quarter, step.why),), scenario.name, scenario.why), engine=engine)


def _sweep(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, ranges: tuple[str, ...], target: Target, with_whom: str, as_json: bool) -> None:
    from ..batch.cells import Board
    from ..reports.what_if import sweep as pages
    from ..what_if.sweeps import grid, parse_over
    from ..what_if.sweeps import sweep as swept

    if len(ranges) > 2:
        raise click.UsageError("one or two ranges can be taken together; give --sweep once or twice")
    overs = [parse_over(one, pack, target, _who(pack, one, with_whom)) for one in ranges]
    board = Board(pack, evidence, quarter)
    if len(overs) == 1:
        line = swept(board, overs[0])
        common.show_json(pages.as_dict(board, line)) if as_json else common.show(pages.render(board, line))
    else:
        both = grid(board, overs[0], overs[1])
        common.show_json(pages.grid_as_dict(board, both)) if as_json else common.show(pages.render_grid(board, both))
