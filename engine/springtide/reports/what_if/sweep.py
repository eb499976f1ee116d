"""A range of one input, or of two: the level at every step, and exactly where it turns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from ...batch.cells import Board
from ...logic.conditions import MeasureTest
from ...logic.truth import Truth
from ...logic.units import UNITS
from ...what_if.sweeps import Grid, Over, Run, Sweep, SweptTeam
from ..wording import STYLES, capital, counted_teams, indented, level_text
from .heading import closing, grouped, head_as_data, heading, says, target_words, title_of

_LETTERS_WIDE = 2


def render(board: Board, found: Sweep) -> RenderableType:
    pack, over = board.pack, found.over
    parts: list[RenderableType] = [*heading(pack, board.quarter, f"{title_of(pack, over.what)} from {_say(board, over, over.start)} to {_say(board, over, over.stop)}, {target_words(pack, over.target)}")]
    if len(found.changed) == 1:
        parts += _one_team(board, found, found.teams[found.changed[0]])
    else:
        parts += _turns_of_many(board, found)
    parts += _county(board, found)
    if found.left_out:
        parts += [Text(), Text("Left as they are", style="bold"), *grouped(found.left_out.items())]
    parts += [Text(), Text("To know", style="bold"), *says(list(found.levers))] if found.levers else []
    return Group(*parts, *closing())


def _one_team(board: Board, found: Sweep, swept: SweptTeam) -> Iterator[RenderableType]:
    pack, over = board.pack, found.over
    team = board.teams[swept.team]
    now = "not known" if swept.now is None else UNITS[(pack.figures.get(over.what) or pack.measures[over.what]).unit].say(swept.now)
    yield Text(f"{team.name} ({team.id}), now {now}: {pack.levels.by_id(board.verdicts[team.id].level).title}", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in (f"  {title_of(pack, over.what)}", "Level", "Could be", "Score"):
        table.add_column(column, overflow="fold")
    for place, value in enumerate(found.values):
        if _is_shown(found, swept, place):
            low, high = swept.points[place], swept.most_points[place]
            here = " (now)" if swept.now is not None and ((over.kind == "to" and value == swept.now) or (over.kind != "to" and value == 0)) else ""
            table.add_row(f"  {over.say(value, pack)}{here}", level_text(pack, swept.levels[place]), level_text(pack, swept.could_be[place]), str(low) if low == high else f"{low}–{high}")
    yield table
    if len(found.values) > _EVERY_STEP:
        yield indented(f"{len(found.values)} steps; only those at which something is another than at the one before are shown (--json has all).")
    yield Text()
    yield Text("Exactly where it turns" if len(swept.runs) > 1 else "It turns nowhere in this range", style="bold")
    for place, (before, after) in enumerate(zip(swept.runs, swept.runs[1:], strict=False)):
        yield indented(_turn(board, found, before, after) + _because(board, found, after, swept.turns[place] if swept.turns else ()))
    yield from _stopped(board, found.asked, found.over)
    below, above = swept.held_at
    if found.values[0] < below - 1e-9 or found.values[-1] > above + 1e-9:
        ends = [over.say(value, pack) for value in (below, above) if np.isfinite(value)]
        yield indented(f"There is room for changes only {'to' if len(ends) == 1 else 'between'} {' and '.join(ends)}; beyond that nothing more changes.")


_EVERY_STEP = 41  # steps that are all shown


def _is_shown(found: Sweep, swept: SweptTeam, place: int) -> bool:
    if len(found.values) <= _EVERY_STEP or place in (0, len(found.values) - 1):
        return True
    return (swept.levels[place], swept.could_be[place], swept.points[place], swept.most_points[place]) != (
        swept.levels[place - 1], swept.could_be[place - 1], swept.points[place - 1], swept.most_points[place - 1],
    )  # fmt: skip


def _turn(board: Board, found: Sweep, before: Run, after: Run) -> str:
    pack = board.pack
    where = f"{'at' if after.holds_low else 'just above'} {_exactly(board, found.over, after.low)}"
    said = f"{where}: {pack.levels.by_id(before.level).title} → {pack.levels.by_id(after.level).title}"
    if before.level == after.level:
        said = f"{where}: still {pack.levels.by_id(after.level).title}; could be {pack.levels.by_id(before.could_be).title} → {pack.levels.by_id(after.could_be).title}"
    here = [f"{one.pressure.replace('_', ' ')} comes to {_STATES[one.after]}" for one in found.switches if (one.value, one.at_it) == (after.low, after.holds_low)]
    return said + (f" ({pack.words.county}-wide, {', '.join(here)})" if here else "")


def _because(board: Board, found: Sweep, after: Run, turns: Sequence[tuple[MeasureTest, Truth]]) -> str:
    """Which comparisons turn there, and from which whole number on it is so."""
    pack, over = board.pack, found.over
    unit = UNITS[(pack.figures.get(over.what) or pack.measures[over.what]).unit]
    whole = math.floor(after.low + 1e-9) + 1 if not after.holds_low else math.ceil(after.low - 1e-9)
    so = f", so from {over.say(float(whole), pack)} on" if over.kind != "share" and unit.counts_things and abs(whole - after.low) > 1e-9 and whole <= found.values[-1] else ""
    said = [f"{title_of(pack, leaf.measure).lower()} {_COMPARED[leaf.comparison]} {_limit(board, leaf)}: {_MET[truth]}" for leaf, truth in turns]
    return so + (f" ({'; '.join(said)})" if said else "")


def _limit(board: Board, leaf: MeasureTest) -> str:
    return UNITS[board.pack.thresholds[leaf.threshold].unit].say(board.thresholds[leaf.threshold])


_COMPARED = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_MET = {Truth.MET: "met from there", Truth.NOT_MET: "not met from there", Truth.CANNOT_TELL: "can't be told from there"}


def _stopped(board: Board, asked: Over, over: Over) -> Iterator[RenderableType]:
    """That a range was asked for which goes beyond what there is room for."""
    if (asked.start, asked.stop) != (over.start, over.stop):
        yield indented(f"{title_of(board.pack, over.what)}: {_say(board, over, asked.start)} to {_say(board, over, asked.stop)} was asked for; there is no room for more than {_say(board, over, over.start)} to {_say(board, over, over.stop)}, so it stops there.")


_STATES_OF_A_TEST = {Truth.MET: "met", Truth.NOT_MET: "not met", Truth.CANNOT_TELL: "cannot tell"}
_STATES = {Truth.MET: "on", Truth.NOT_MET: "off", Truth.CANNOT_TELL: "can't be told"}


def _exactly(board: Board, over: Over, value: float) -> str:
    """A turn as finely as it was solved, without the dust of division."""
    if over.kind == "share":
        return f"{value * 100:+.4g} %"
    unit = UNITS[(board.pack.figures.get(over.what) or board.pack.measures[over.what]).unit]
    said = f"{round(value * unit.scale, 4):+g}" if over.kind == "by" else f"{round(value * unit.scale, 4):g}"
    return f"{said}{' %' if unit.scale == 100 else ''}"


def _say(board: Board, over: Over, value: float) -> str:
    return over.say(value, board.pack)


def _turns_of_many(board: Board, found: Sweep) -> Iterator[RenderableType]:
    """A line for each team: its levels along the range, and where it turns."""
    pack = board.pack
    turning = [team for team in found.teams.values() if len({run.level for run in team.runs}) > 1]
    yield Text(f"{counted_teams(pack, len(found.changed))} change together; {len(turning)} of {len(found.teams)} come to another level somewhere in the range", style="bold")
    yield from _stopped(board, found.asked, found.over)
    yield from _flagged_along(board, found)
    short = [team for team in found.changed if found.values[0] < found.teams[team].held_at[0] - 1e-9 or found.values[-1] > found.teams[team].held_at[1] + 1e-9]
    if short:
        yield indented(f"{counted_teams(pack, len(short))} {'has' if len(short) == 1 else 'have'} no room for all of it, and {'stays' if len(short) == 1 else 'each stays'} at its end: {', '.join(short[:8])}{f' and {len(short) - 8} more' if len(short) > 8 else ''}", 0)
    yield Text()
    for team in turning:
        levels = [team.runs[0]]
        said = pack.levels.by_id(levels[0].level).title
        for run in team.runs[1:]:
            if run.level != levels[-1].level:
                said += f"; {pack.levels.by_id(run.level).title} {'from' if run.holds_low else 'above'} {_exactly(board, found.over, run.low)}"
                levels.append(run)
        aside = "" if team.team in found.changed else f" (not changed itself: a {pack.words.county}-wide pressure switches)"
        yield indented(f"{board.teams[team.team].name} ({team.team}){aside}: {said}", 2)


def _flagged_along(board: Board, found: Sweep) -> Iterator[RenderableType]:
    """How many are flagged at each step."""
    levels = board.pack.levels
    counts = [sum(levels.flagged(team.levels[place]) for team in found.teams.values()) for place in range(len(found.values))]
    shown = [place for place in range(len(counts)) if place == 0 or counts[place] != counts[place - 1]]
    yield indented("Flagged: " + "; ".join(f"{counts[place]} {'from' if place else 'at'} {found.over.say(found.values[place], board.pack)}" for place in shown), 0)


def _county(board: Board, found: Sweep) -> Iterator[RenderableType]:
    pack = board.pack
    if found.switches:
        yield Text()
        yield Text(f"{capital(pack.words.county)}-wide pressures that switch", style="bold")
    for one in found.switches:
        where = f"{'at' if one.at_it else 'just above'} {_exactly(board, found.over, one.value)}"
        yield indented(f"{pack.county_pressures[one.pressure].title} ({one.area}): {_STATES[one.before]} → {_STATES[one.after]} {where}")


def as_dict(board: Board, found: Sweep) -> dict[str, Any]:
    over = found.over
    return head_as_data(board.pack, board.quarter) | {
        "sweep": {"figure": over.what, "kind": over.kind, "target": str(over.target), "with": over.with_whom or None, "values": list(found.values),
                  "asked": {"from": found.asked.start, "to": found.asked.stop}},
        "changed": list(found.changed),
        "left_out": dict(found.left_out),
        "county": [{"area": one.area, "pressure": one.pressure, "value": one.value, "at_it": one.at_it, "before": _STATES[one.before], "after": _STATES[one.after]} for one in found.switches],
        "teams": [
            {
                "team_id": team.team, "team_name": board.teams[team.team].name, "now": team.now, "levels": list(team.levels), "could_be": list(team.could_be),
                "points": list(team.points), "most_points": list(team.most_points),
                "runs": [{"from": run.low, "to": run.high, "from_included": run.holds_low, "to_included": run.holds_high, "level": run.level, "could_be": run.could_be} for run in team.runs],
                "turns": [[{"measure": leaf.measure, "comparison": leaf.comparison, "threshold": leaf.threshold, "after": _STATES_OF_A_TEST[truth]} for leaf, truth in one] for one in team.turns],
            }
            for team in found.teams.values()
        ],
    }  # fmt: skip


def render_grid(board: Board, found: Grid) -> RenderableType:
    pack = board.pack
    asks = f"{title_of(pack, found.down.what)} (down) and {title_of(pack, found.across.what)} (across) together"
    parts: list[RenderableType] = [*heading(pack, board.quarter, asks)]
    if len(found.changed) == 1:
        team = board.teams[found.changed[0]]
        parts += [Text(f"{team.name} ({team.id}), now {pack.levels.by_id(board.verdicts[team.id].level).title}", style="bold"), _Map(board, found, team.id), *_letters(board), *_rows(board, found)]
    else:
        parts += [Text(f"How many of {len(found.teams)} {pack.words.teams} are flagged; {len(board.teams)} in all, {len(found.changed)} of them changed", style="bold"), _Map(board, found, None)]
    for asked, over in zip(found.asked, (found.down, found.across), strict=False):
        parts += _stopped(board, asked, over)
    return Group(*parts, *closing())


def _rows(board: Board, found: Grid) -> Iterator[RenderableType]:
    """Where it turns across, exactly, for each value down; values with the same turns together."""
    said: dict[str, list[str]] = {}
    for value, runs in zip(found.down.values, found.rows, strict=False):
        levels = [run for place, run in enumerate(runs) if place == 0 or run.level != runs[place - 1].level]
        words = board.pack.levels.by_id(levels[0].level).title + "".join(
            f", {board.pack.levels.by_id(run.level).title} {'from' if run.holds_low else 'above'} {_exactly(board, found.across, run.low)}" for run in levels[1:]
        )  # fmt: skip
        said.setdefault(words if len(levels) > 1 else f"{words} throughout", []).append(found.down.say(float(value), board.pack))
    if said:
        yield Text()
        yield Text(f"Exactly where it turns across, by {title_of(board.pack, found.down.what).lower()}", style="bold")
    for words, values in said.items():
        yield indented(f"{', '.join(values[:4])}{f' and {len(values) - 4} more' if len(values) > 4 else ''}: {words}")


class _Map:
    """A grid, with as many of its columns and rows as there is room for, and said so where they are not all."""

    def __init__(self, board: Board, found: Grid, team: str | None):
        self._board, self._found = board, found
        down, across = found.down.values, found.across.values
        flagged_from = board.pack.levels.rank(board.pack.levels.flagged_from)
        if team is None:
            table = sum((outcome.rank >= flagged_from).astype(np.int64) for outcome in found.teams.values())
            self._cells = [[str(one) for one in row] for row in np.asarray(table).reshape(down.size, across.size)]
            self._styles: list[list[str]] = [["" for _ in row] for row in self._cells]
        else:
            places = found.teams[team].level.reshape(down.size, across.size)
            self._cells = [[_letter(found.levels[place]) for place in row] for row in places]
            self._styles = [[STYLES.get(found.levels[place], "") for place in row] for row in places]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        down, across, pack = self._found.down, self._found.across, self._board.pack
        heads = [across.say(float(value), pack).split(" ")[0] for value in across.values]
        wide = max(max(map(len, heads)), max(len(cell) for row in self._cells for cell in row)) + 1
        first = max(len(down.say(float(value), pack)) for value in down.values) + 3
        room = max((options.max_width - first) // wide, 2)
        by = -(-len(heads) // room)
        down_by = -(-down.values.size // 41)
        shown = range(0, len(heads), by)
        yield Text(" " * first + "".join(heads[place].rjust(wide) for place in shown), style="bold")
        for row in range(0, down.values.size, down_by):
            line = Text(f"  {down.say(float(down.values[row]), pack)}".ljust(first))
            for place in shown:
                line.append(self._cells[row][place].rjust(wide), style=self._styles[row][place])
            yield line
        if by > 1 or down_by > 1:
            ways = [f"every {_nth(number)} step {way}" for number, way in ((by, "across"), (down_by, "down")) if number > 1]
            yield Text(f"  {capital(' and '.join(ways))} is shown; --json has them all.")


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def _letter(level: str) -> str:
    return "?" if " " in level else level[0].upper()


def _letters(board: Board) -> Iterator[RenderableType]:
    yield indented("; ".join(f"{_letter(level)} {board.pack.levels.by_id(level).title}" for level in board.levels), 2)


def grid_as_dict(board: Board, found: Grid) -> dict[str, Any]:
    shape = found.down.values.size, found.across.values.size
    return head_as_data(board.pack, board.quarter) | {
        "grid": {key: {"figure": over.what, "kind": over.kind, "target": str(over.target), "values": [float(value) for value in over.values]} for key, over in (("down", found.down), ("across", found.across))},
        "changed": list(found.changed),
        "rows": [[{"from": run.low, "to": run.high, "from_included": run.holds_low, "to_included": run.holds_high, "level": run.level, "could_be": run.could_be} for run in row] for row in found.rows],
        "teams": [
            {"team_id": team, "team_name": board.teams[team].name, "levels": [[found.levels[place] for place in row] for row in outcome.level.reshape(shape)],
             "could_be": [[found.levels[place] for place in row] for row in outcome.could_be.reshape(shape)]}
            for team, outcome in found.teams.items()
        ],
    }  # fmt: skip
