"""Tipping points, and the least costly ways to clear a flag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...batch.cells import Board
from ...logic.model import RulePack
from ...what_if.clearing import Cleared, Costs, Way
from ...what_if.tipping import TeamTips, Tip
from ..wording import ByWidth, capital, indented, level_text, paras
from .heading import closing, head_as_data, heading, lever_words, pull_words, says, title_of


def render(board: Board, found: Sequence[TeamTips]) -> RenderableType:
    """The county's list, the nearest turn up first."""
    pack = board.pack
    rows = [(board.teams[one.team].name, one.level, _nearest(board, one.up), _nearest(board, one.down)) for one in found]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in (capital(pack.words.team), "Level", "Nearest turn up", "Nearest turn down"):
        table.add_column(column, overflow="fold")
    for name, level, up, down in rows:
        table.add_row(name, level_text(pack, level), up, down)
    narrow = [part for name, level, up, down in rows for part in (Text(name, style="bold").append(": ").append_text(level_text(pack, level)), indented(f"Up: {up}. Down: {down}."))]
    return Group(
        *heading(pack, board.quarter, f"which {pack.words.team} would go next, and by how little"),
        ByWidth(table, Group(*narrow)),
        Text(),
        *_told_then(board, found),
        *_how_to_read(board),
        *closing(),
    )


def _told_then(board: Board, found: Sequence[TeamTips]) -> Iterator[RenderableType]:
    """Of whom a level could be told after a change, or no longer: what is known of them turns, and they need not."""
    pack = board.pack
    for title, lacking in (("Could be told then, and can't now", True), ("Could no longer be told then", False)):
        teams = [one for one in found if one.told and (one.level == pack.levels.insufficient.id) is lacking]
        if teams:
            yield Text(f"{title} (a matter of what is known of them, and no turn up or down)", style="bold")
            for one in teams:
                yield indented(f"{board.teams[one.team].name}: {_nearest(board, one.told)}")
            yield Text()


def render_team(board: Board, found: TeamTips) -> RenderableType:
    """One team with all its turns."""
    pack, team = board.pack, board.teams[found.team]
    parts: list[RenderableType] = [*heading(pack, board.quarter, f"how little would move {team.name} ({team.id}), now {pack.levels.by_id(found.level).title}")]
    for title, tips, none in (("Up", found.up, "Nothing that was tried by itself would bring it to a higher level."), ("Down", found.down, "Nothing that was tried by itself would bring it to a lower level.")):
        parts.append(Text(title, style="bold"))
        parts += [indented(_told(board, tip)) for tip in tips] or [indented(none)]
    if found.told:
        parts.append(Text("Could be told then, and can't now" if found.level == pack.levels.insufficient.id else "Could no longer be told then", style="bold"))
        parts += [indented(_told(board, tip)) for tip in found.told]
    if found.not_known:
        lacking = dict.fromkeys(lever.main for lever in found.not_known)
        parts.append(indented(f"Not tried, because it was not supplied: {', '.join(title_of(pack, name).lower() for name in lacking)}.", 0))
    parts += [Text(), Text("To know", style="bold"), *says([tip.lever for tip in (*found.up, *found.down, *found.told)])] if found.up or found.down or found.told else []
    return Group(*parts, Text(), *_how_to_read(board), *closing())


def _nearest(board: Board, tips: tuple[Tip, ...]) -> str:
    """The nearest of all, and the nearest in posts where that is another: what a manager counts in first."""
    if not tips:
        return "none"
    shown = [tips[0]]
    posts = next((tip for tip in tips if tip.lever.one == "post"), None)
    if posts is not None and posts is not tips[0]:
        shown.append(posts)
    return "; ".join(f"{pull_words(board.pack, tip.lever, tip.units)} → {board.pack.levels.by_id(tip.level).title}" for tip in shown)


def _told(board: Board, tip: Tip) -> str:
    pack = board.pack
    known = tip.lever.out_of in board.evidence[tip.team].figures
    beside = f"{tip.share:.0%} of {title_of(pack, tip.lever.out_of if known else tip.lever.main).lower()}" if tip.share < 10 else ""
    rules = [f"{rule} ({pack.risk[rule].title})" for rule in (tip.met or tip.no_longer)]
    why = f"; {'then met' if tip.met else 'no longer met'}: {', '.join(rules)}" if rules else ""
    county = f"; {', '.join(name.replace('_', ' ') for name in tip.switched)} switches {pack.words.county}-wide" if tip.switched else ""
    could = f" (could be {pack.levels.by_id(tip.could_be).title})" if tip.could_be != tip.level else ""
    return f"{pull_words(pack, tip.lever, tip.units)} → {pack.levels.by_id(tip.level).title}{could}" + (f"; {beside}" if beside else "") + why + county


def _how_to_read(board: Board) -> Iterator[RenderableType]:
    pack = board.pack
    yield indented(
        f"One thing by itself and in whole units, all else and every other {pack.words.team} as it is; the nearest is the one that is the smallest part of what there is. "
        "A post comes or goes with all that follows from it: who is in post, who holds cases, who left. springtide robustness moves the bare count, as a slip in it would. "
        f"One unit fewer would not do it. What calls for an answer the same day is not listed: a single case of it would make any {pack.words.team} {pack.levels.levels[-1].title}.", 0,
    )  # fmt: skip


def as_dict(board: Board, found: Sequence[TeamTips]) -> dict[str, Any]:
    return head_as_data(board.pack, board.quarter) | {
        "teams": [
            {"team_id": one.team, "team_name": board.teams[one.team].name, "level": one.level, "up": [_tip_dict(board.pack, tip) for tip in one.up],
             "down": [_tip_dict(board.pack, tip) for tip in one.down], "told": [_tip_dict(board.pack, tip) for tip in one.told], "not_known": [lever.id for lever in one.not_known]}
            for one in found
        ]
    }  # fmt: skip


def _tip_dict(pack: RulePack, tip: Tip) -> dict[str, Any]:
    return {
        "lever": tip.lever.id, "says": pull_words(pack, tip.lever, tip.units), "units": tip.units, "unit": tip.lever.one, "level": tip.level, "could_be": tip.could_be,
        "share": tip.share if tip.share < 1e9 else None, "out_of": tip.lever.out_of, "exactly_at": tip.exactly, "rules_met": list(tip.met), "rules_no_longer_met": list(tip.no_longer),
        "county_switched": list(tip.switched),
    }  # fmt: skip


def render_clear(board: Board, found: Cleared, costs: Costs) -> RenderableType:
    pack, team = board.pack, board.teams[found.team]
    level = pack.levels.by_id(found.level).title
    parts: list[RenderableType] = [*heading(pack, board.quarter, f"the least that would bring {team.name} ({team.id}), now {level}, below flagged")]
    if not found.flagged:
        parts.append(Text(f"It is {level}, which is not flagged: there is nothing to clear.", style="bold"))
        return Group(*parts, *closing())
    if found.ways:
        for number, way in enumerate(found.ways, 1):
            parts += _way(board, way, number)
        parts += [Text(), *_proof(board, found, costs)]
    else:
        parts += _no_way(board, found)
    parts += [Text(), *_tried(board, found, costs)]
    used = [lever for way in found.ways for lever, _ in way.units]
    parts += [Text(), Text("To know", style="bold"), *says(used)] if used else []
    return Group(*parts, *closing())


def _way(board: Board, way: Way, number: int) -> Iterator[RenderableType]:
    pack = board.pack
    could = f", could be {pack.levels.by_id(way.could_be).title} with what is missing" if way.could_be != way.level else ""
    yield Text(f"{'The least costly' if number == 1 else 'Or'}: cost {way.cost:g} → {pack.levels.by_id(way.level).title}{could}", style="bold")
    for lever, units in way.units:
        yield indented(f"{lever_words(lever, units)} ({paras(lever.cites)})")
    for question in way.answers:
        yield indented(f"Q{pack.questions[question].number} answered favourably: {pack.questions[question].statement}")


def _proof(board: Board, found: Cleared, costs: Costs) -> Iterator[RenderableType]:
    yield indented("No set of whole units of what was tried costs less than the first, and of none of these can a single unit be spared. Each uses other means than those before it.", 0)


def _no_way(board: Board, found: Cleared) -> Iterator[RenderableType]:
    pack = board.pack
    yield Text("No change in these inputs clears it.", style="bold")
    level = pack.levels.by_id(found.lowest).title
    far = found.furthest
    done = [lever_words(lever, units) for lever, units in far.units] + [f"Q{pack.questions[question].number} answered favourably" for question in far.answers] if far else []
    if done:
        yield indented(f"Where the fewest rules still hold it comes to {level}. The least that goes so far, at a cost of {far.cost if far else 0:g}:", 0)
        for words in done:
            yield indented(words)
    else:
        yield indented(f"However far they go, it stays {level} by the same rules.", 0)
    for title, rules in (("These still hold then:" if done else "These hold:", found.still), ("These held, and end:", found.ended)):
        if rules:
            yield indented(title, 0)
        for rule in rules:
            yield indented(f"{rule}, {pack.risk[rule].title} ({paras(pack.risk[rule].cites)})")
    yield indented(f"springtide explain {found.team} says what they rest on.", 0)


def _tried(board: Board, found: Cleared, costs: Costs) -> Iterator[RenderableType]:
    yield Text(f"Tried, with what one costs ({costs.source or 'as given'}) and how many there can be", style="bold")
    for lever, most in found.tried:
        cost = costs.levers.get(lever.id, lever.cost.value if lever.cost else 0.0)
        yield indented(f"{lever.title} ({lever.id}): {cost:g} each, up to {lever.units(most)}")
    if found.answers_tried:
        yield indented(f"Answers: {costs.answer if costs.answer is not None else 1:g} each: {', '.join(f'Q{board.pack.questions[q].number}' for q in found.answers_tried)}")
    if not (found.tried or found.answers_tried):
        yield indented("Nothing: there is no room for any of them.")
    for lever in found.left_out:
        yield indented(f"Not tried, because what it changes was not supplied: {lever.title} ({lever.id})")


def clear_as_dict(board: Board, found: Cleared, costs: Costs) -> dict[str, Any]:
    return head_as_data(board.pack, board.quarter) | {
        "team_id": found.team, "team_name": board.teams[found.team].name, "level": found.level, "flagged": found.flagged, "lowest": found.lowest, "still_met": list(found.still), "no_longer_met": list(found.ended),
        "furthest": _way_dict(found.furthest) if found.furthest else None,
        "costs": {"source": costs.source, "levers": dict(costs.levers), "answer": costs.answer},
        "tried": [{"lever": lever.id, "most": most} for lever, most in found.tried], "answers_tried": list(found.answers_tried), "not_known": [lever.id for lever in found.left_out],
        "ways": [_way_dict(way) for way in found.ways],
    }  # fmt: skip


def _way_dict(way: Way) -> dict[str, Any]:
    return {
        "cost": way.cost, "level": way.level, "could_be": way.could_be,
        "units": [{"lever": lever.id, "title": lever.title, "units": units} for lever, units in way.units], "answers": list(way.answers),
    }  # fmt: skip
