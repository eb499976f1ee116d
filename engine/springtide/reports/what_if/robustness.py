"""How firmly teams are flagged, and which assumption the flags rest on most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...batch.cells import Board
from ...batch.robustness import Dimension, Robustness
from ...logic.units import UNITS
from ...what_if.assumptions import Assumption
from ..wording import ByWidth, capital, indented, level_text
from .heading import closing, head_as_data, heading, title_of

_MOST_DECIDING = 3
_MOST_SHOWN = 15


def render(board: Board, found: Sequence[Robustness]) -> RenderableType:
    """A list of teams: those that little would flag or clear first."""
    pack = board.pack
    rows = [(board.teams[one.team].name, one, _share(one), _decided(board, one, _MOST_DECIDING)) for one in in_order(found)]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in (capital(pack.words.team), "Level", "Flagged in", "What by itself would decide otherwise"):
        table.add_column(column, overflow="fold")
    for name, one, share, decided in rows:
        table.add_row(name, level_text(pack, one.level), share, decided)
    narrow = [part for name, one, share, decided in rows for part in (Text(name, style="bold").append(": ").append_text(level_text(pack, one.level)), indented(f"Flagged in {share}. By itself would decide otherwise: {decided}."))]
    return Group(*heading(pack, board.quarter, f"how firmly each {pack.words.team} is flagged, or not"), ByWidth(table, Group(*narrow)), Text(), *_how_to_read(board, found), *closing())


def render_team(board: Board, one: Robustness) -> RenderableType:
    pack, team = board.pack, board.teams[one.team]
    state = "flagged" if one.flagged else "not flagged"
    parts: list[RenderableType] = [*heading(pack, board.quarter, f"how firmly {team.name} ({team.id}) is {state}")]
    parts.append(Text(f"{pack.levels.by_id(one.level).title} as it stands; flagged in {_share(one)}", style="bold"))
    parts.append(indented("; ".join(f"{pack.levels.by_id(level).title} in {_percent(share)}" for level, share in sorted(one.levels.items(), key=lambda held: -held[1]))))
    parts.append(Text())
    knife = " (a knife edge: one more or one fewer of something does)" if any(dimension.kind == "count" for dimension, _ in one.decides) else ""
    parts.append(Text(f"What by itself would decide otherwise{knife}", style="bold"))
    parts += [indented(_dimension(board, dimension, says)) for dimension, says in one.decides] or [indented(_nothing(one))]
    parts.append(Text())
    moved = "Moved, because something turns on it" + ("" if one.share not in (0.0, 1.0) else f", though not whether it is flagged{'' if one.exact else ' in what was drawn'}")
    parts.append(Text(moved if one.turns_on else "Nothing that was moved makes any difference", style="bold"))
    parts += [indented(f"{_name(board, dimension)}: {_values(board, dimension)}") for dimension in one.turns_on]
    return Group(*parts, Text(), *_how_to_read(board, [one]), *closing())


def _nothing(one: Robustness) -> str:
    """What it takes, where nothing by itself decides otherwise."""
    if one.share not in (0.0, 1.0):
        return "Nothing that was moved: it takes two things at once, or more."
    if one.exact:
        return "Nothing, and no combination of what was moved makes a difference to it: every setting was tried."
    return f"Nothing, and no combination that was drawn makes a difference to it: {one.settings:,} of {_many(one.of)} settings were."


def _many(number: float) -> str:
    """A number of settings as people say it."""
    for least, word in ((1e12, "million million"), (1e9, "thousand million"), (1e6, "million")):
        if number >= least:
            return f"{number / least:.2g} {word}" if number < 100 * least else f"{number / least:,.0f} {word}"
    return f"{number:,.0f}"


def in_order(found: Sequence[Robustness]) -> list[Robustness]:
    """Flagged ones first, and of each those that least would change: the nearest to half."""
    return sorted(found, key=lambda one: (not one.flagged, abs(one.share - 0.5), one.team))


def _percent(share: float) -> str:
    """Never 100 or 0 where it is not quite."""
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    return f"{min(max(share, 0.001), 0.999):.1%}" if share > 0.99 or share < 0.01 else f"{share:.0%}"


def _share(one: Robustness) -> str:
    said = _share_of_all(one)
    if one.at_best is None or one.at_worst is None:
        return said
    return f"{said} ({_percent(one.at_best)} with what is missing at its best, {_percent(one.at_worst)} at its worst)"


def _share_of_all(one: Robustness) -> str:
    number = _many(one.of)
    if one.of == 1:
        return "100%, nothing turns it" if one.flagged else "0%, nothing turns it"
    if one.exact:
        return f"{_percent(one.share)} of {number} settings"
    error = one.error * 100
    return f"{_percent(one.share)} (± {error:.{1 if error >= 0.05 else 2}f} points) of {number} settings, drawn"


def _decided(board: Board, one: Robustness, most: int) -> str:
    said = [_dimension(board, dimension, says) for dimension, says in one.decides]
    knife = "a knife edge, " if any(dimension.kind == "count" for dimension, _ in one.decides) else ""
    return knife + "; ".join(said[:most]) + (f"; and {len(said) - most} more" if len(said) > most else "") if said else "nothing"


def _dimension(board: Board, dimension: Dimension, says: str) -> str:
    return f"{_name(board, dimension)}: {says}"


def _name(board: Board, dimension: Dimension) -> str:
    if dimension.kind == "not known":
        return f"not known, {', '.join(title_of(board.pack, name).lower() if not name.startswith('q') else title_of(board.pack, name) for name in dimension.name.split())}"
    if dimension.kind == "county":
        return f"{board.pack.county_pressures[dimension.name].title} ({board.pack.words.county}-wide, can't be told)"
    return title_of(board.pack, dimension.name)


def _values(board: Board, dimension: Dimension) -> str:
    """What it is, and what it is moved to."""
    if dimension.kind not in ("threshold", "count"):
        return " or ".join(dimension.says)
    held = board.pack.thresholds[dimension.name] if dimension.kind == "threshold" else board.pack.figures.get(dimension.name) or board.pack.measures[dimension.name]
    now, *moved = (UNITS[held.unit].say(value) for value in dimension.values)
    return f"{now}; moved to {' and '.join(moved)}"


def _how_to_read(board: Board, found: Sequence[Robustness]) -> Iterator[RenderableType]:
    drawn = "Where there are too many settings to try them all, 20,000 are drawn, always the same ones, and the error holds in 95 of 100 such draws. " if any(not one.exact for one in found) else ""
    yield indented(
        f"Settings: every threshold that is a rate or an average as it is, a tenth lower and a tenth higher, for all {board.pack.words.teams}; every count of this {board.pack.words.team} as it is, one fewer and one more; "
        f"what is not known at its best and its worst; each with each, all alike. {drawn}None counted of what calls for an answer the same day stays none. "
        "A count is moved bare, and nothing follows from it: one vacant post more leaves everybody in post. What comes of a post with all that follows is what springtide tipping tells. "
        "A share of settings is no probability of anything.", 0,
    )  # fmt: skip


def as_dict(board: Board, found: Sequence[Robustness]) -> dict[str, Any]:
    return head_as_data(board.pack, board.quarter) | {
        "teams": [
            {
                "team_id": one.team, "team_name": board.teams[one.team].name, "level": one.level, "flagged": one.flagged, "share_flagged": one.share, "share_flagged_at_best": one.at_best, "share_flagged_at_worst": one.at_worst, "error": one.error, "exact": one.exact,
                "settings_tried": one.settings, "settings": one.of, "levels": dict(one.levels),
                "turns_on": [{"kind": dimension.kind, "name": dimension.name, "values": [value for value in dimension.values if abs(value) < 1e300], "says": list(dimension.says)} for dimension in one.turns_on],
                "decides": [{"kind": dimension.kind, "name": dimension.name, "says": says} for dimension, says in one.decides],
            }
            for one in found
        ]
    }  # fmt: skip


def render_assumptions(board: Board, found: Sequence[Assumption], *, full: bool = False) -> RenderableType:
    pack = board.pack
    bearing = [one for one in found if one.drives or one.moves]
    shown = bearing if full else bearing[:_MOST_SHOWN]
    rows = [(_assumed(board, one), str(one.drives), str(one.moves), "; ".join(_shift(shift.says, len(shift.flagged), len(shift.cleared)) for shift in one.shifts if shift.moved)) for one in shown]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in ("Input or threshold", "Flags it drives", "Levels", "What does it"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    narrow = [part for name, drives, moves, does in rows for part in (Text(name, style="bold"), indented(f"Drives {drives} flags and {moves} levels: {does}."))]
    parts: list[RenderableType] = [*heading(pack, board.quarter, "which input and which threshold the flags rest on most"), ByWidth(table, Group(*narrow)), Text()]
    if len(bearing) > len(shown):
        parts.append(indented(f"{len(bearing) - len(shown)} more move some level (--full shows them).", 0))
    quiet = len(found) - len(bearing)
    parts.append(indented(f"{quiet} others move no level of any {pack.words.team} by themselves." if quiet else "", 0))
    parts.append(indented(
        f"Each by itself and in every {pack.words.team} at once: a threshold a tenth lower and higher (one, where it says how many); a figure one fewer and one more (a tenth, where it is measured and not counted); "
        "an answer favourable and adverse everywhere; and each figure and answer as if it had not been supplied.", 0))  # fmt: skip
    return Group(*parts, *closing())


def _assumed(board: Board, one: Assumption) -> str:
    if one.kind == "answer":
        question = board.pack.questions[one.name]
        return f"Q{question.number}, {question.statement.rstrip('.')}"
    return title_of(board.pack, one.name) + (" (threshold)" if one.kind == "threshold" else "")


def _shift(says: str, flagged: int, cleared: int) -> str:
    said = [f"{number} {word}" for number, word in ((flagged, "newly flagged"), (cleared, "no longer")) if number]
    return f"{says}: {', '.join(said) or 'no flag'}"


def assumptions_as_dict(board: Board, found: Sequence[Assumption]) -> dict[str, Any]:
    return head_as_data(board.pack, board.quarter) | {
        "teams": len(board.teams),
        "assumptions": [
            {"kind": one.kind, "name": one.name, "title": _assumed(board, one), "drives": one.drives, "moves": one.moves,
             "shifts": [{"says": shift.says, "newly_flagged": list(shift.flagged), "cleared": list(shift.cleared), "moved": list(shift.moved)} for shift in one.shifts]}
            for one in found
        ],
    }  # fmt: skip
