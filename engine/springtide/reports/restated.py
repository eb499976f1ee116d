"""What a change of rules would have done to the filed quarters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..history.restating import QuarterMoved, TeamMoved
from ..history.store.ledger import Head
from ..logic.model import RulePack
from .comparison import minds_changed
from .store_lines import footer, store_as_dict
from .wording import capital, indented


def render(new: RulePack, found: Sequence[QuarterMoved], place: str, head: Head) -> RenderableType:
    teams = new.words.teams
    scored = [one for one in found if not one.not_scored]
    parts: list[RenderableType] = [Text(), Text("Over the filed quarters, which stay as they are", style="bold")]
    parts += [indented(f"{one.quarter}: {one.not_scored}") for one in found if one.not_scored]
    moved = [one for one in scored if one.moved]
    if not found:
        parts.append(indented("No quarter is filed."))
    elif scored and not moved:
        parts.append(indented(f"Nothing would change: none of the {teams} would have come to anything else in any of {len(scored)} filed quarters."))
    for one in moved:
        ups, downs = (sum(_way(new, team) == way for team in one.moved) for way in (1, -1))
        parts += [Text(f"{one.quarter}: {len(one.moved)} of {one.teams} {teams} would have come to something else, {ups} to a higher level, {downs} to a lower one"), _table(new, one.moved)]
    if moved:
        quiet = len(scored) - len(moved)
        parts += [indented(f"In {quiet} other filed quarters nothing would change.")] if quiet > 1 else [indented("In the other filed quarter nothing would change.")] if quiet else []
    return Group(*parts, Text(), footer(place, head))


def _way(pack: RulePack, team: TeamMoved) -> int:
    """1 for a higher level, -1 for a lower one, 0 for the same."""
    was, now = _rank(pack, team.old.level), _rank(pack, team.new.level)
    return (now > was) - (now < was)


def _rank(pack: RulePack, level: str) -> int:
    return pack.levels.rank(level) if level in {one.id for one in pack.levels.levels} else 0


def _table(pack: RulePack, moved: Sequence[TeamMoved]) -> Table:
    titles = {level.id: level.title for level in (*pack.levels.levels, pack.levels.insufficient)}
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in (capital(pack.words.team), "Level", "Could be", "Score", "By"):
        table.add_column(heading, overflow="fold")
    for team in moved:
        pairs = [(titles.get(old, old), titles.get(new, new)) for old, new in ((team.old.level, team.new.level), (team.old.could_be, team.new.could_be), (str(team.old.points), str(team.new.points)))]
        table.add_row(f"  {team.name}", *(was if was == now else f"{was} → {now}" for was, now in pairs), "; ".join(minds_changed(team.old, team.new)))
    return table


def as_dict(found: Sequence[QuarterMoved], place: str, head: Head) -> dict[str, Any]:
    quarters = [
        {"quarter": str(one.quarter), "version": one.version, "not_scored": one.not_scored or None, "teams": one.teams, "moved": [*_teams(one.moved)]} for one in found
    ]
    return {"filed_quarters": quarters, "store": store_as_dict(place, head)}


def _teams(moved: Sequence[TeamMoved]) -> Iterator[dict[str, Any]]:
    for team in moved:
        yield {"team_id": team.id, "team_name": team.name, "district": team.district, "old": team.old.as_data(), "new": team.new.as_data(), "by": list(minds_changed(team.old, team.new))}
