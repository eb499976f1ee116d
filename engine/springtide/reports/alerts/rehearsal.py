"""How many alerts each post would have had, quarter by quarter, before any goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...alerts.rehearsing import Place, Rehearsed
from ..wording import capital, counted, indented
from .wording import post_words

_MOST_QUARTERS = 8


def render(found: Rehearsed) -> RenderableType:
    words = found.pack.words
    shown = found.quarters[-_MOST_QUARTERS:]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("Post", overflow="fold")
    for quarter in shown:
        table.add_column(str(quarter), justify="right")
    table.add_column("Letters", justify="right")
    table.add_column("Again", justify="right")
    for place in _in_order(found):
        counts = found.letters[place]
        table.add_row(post_words(place[0], place[1]), *(str(counts.get(quarter, 0) or "·") for quarter in shown), str(sum(counts.values())), str(found.again.get(place, 0) or "·"))
    left = len(found.quarters) - len(shown)
    parts: list[RenderableType] = [
        Text(f"Alerts as they would have been over {counted(len(found.quarters), 'filed quarter')}, had they been on from the first", style="bold"),
        indented("Letters, by post and quarter; again: alerts in them of something that the post had been told of in an earlier quarter."),
    ]
    if left:
        parts.append(indented(f"The latest {len(shown)} of {len(found.quarters)} quarters are shown; the totals are of all."))
    parts += [Text(), table if found.letters else indented("None would have gone out."), Text(), *_kinds(found), Text(), Text("Told of once, and not again", style="bold")]
    for quarter in found.quarters:
        held = found.held.get(quarter, 0)
        just = f", {held} of them kept up only for being near a threshold" if held else ""
        untold = found.untold.get(quarter, 0)
        just += f"; {counted(untold, words.team)} could not be told any more, and nothing was taken to be past" if untold else ""
        parts.append(indented(f"{quarter}: {counted(found.persisting.get(quarter, 0), words.team)} stayed at a level that was told of before{just}"))
    parts += [Text(), indented(f"The most that one post would have had in a quarter: {counted(found.busiest, 'letter')}.", 0)]
    if found.one_way_because:
        parts.append(indented(f"The rules for alerts were judged in one way only: {found.one_way_because}", 0))
    return Group(*parts)


def _kinds(found: Rehearsed) -> Iterator[RenderableType]:
    yield Text("Of which kind", style="bold")
    for rule in found.pack.alerts.values():
        told = {place: counts[rule.id] for place, counts in found.alerts.items() if counts.get(rule.id)}
        if told:
            yield indented(f"{capital(rule.title)}: {sum(told.values())} to {counted(len(told), 'post')}")


def _in_order(found: Rehearsed) -> list[Place]:
    posts = ("head_of_service", "district_manager", "team_manager")
    return sorted(found.letters, key=lambda place: (posts.index(place[0]), place[1]))


def as_dict(found: Rehearsed) -> dict[str, Any]:
    posts = [
        {
            "post": place[0], "place": place[1], "letters": {str(quarter): number for quarter, number in sorted(found.letters[place].items())},
            "alerts": dict(sorted(found.alerts.get(place, {}).items())), "again": found.again.get(place, 0),
        }
        for place in _in_order(found)
    ]  # fmt: skip
    return {
        "quarters": [str(quarter) for quarter in found.quarters], "pack": {"id": found.pack.id, "version": found.pack.version, "hash": found.pack.hash},
        "posts": posts, "most_in_a_quarter": found.busiest, "one_way_because": found.one_way_because or None,
        "persisting": {str(quarter): {"teams": found.persisting.get(quarter, 0), "near_a_threshold": found.held.get(quarter, 0), "cannot_tell": found.untold.get(quarter, 0)} for quarter in found.quarters},
    }  # fmt: skip
