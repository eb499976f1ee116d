"""One or two inputs taken through a range: the level at every step, and exactly where it turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from ..batch.arithmetic import Floats, Ints, Numbers
from ..batch.cells import Board, Cells, Outcome, Settings
from ..logic.conditions import MeasureTest
from ..logic.levers import Lever, Way, room, standing_for
from ..logic.model import RulePack
from ..logic.truth import Truth
from .breakpoints import Stretch, breakpoints
from .changes import EVERY_TEAM, Kind, Target, check_whole, comes_to, known_as, unit_of
from .coupling import lever_for
from .problems import WhatIfError, WhoIsAsked

_MOST_STEPS = 10_001
_BESIDE = 1e-6  # how far beside a turn it is looked what has turned
_NEAR = 1e-7  # within which a turn counts as right on a whole number


@dataclass(frozen=True)
class Over:
    """What is taken through which range: to these values, by so much more or less, or by these shares of what there is."""

    what: str
    start: float
    stop: float
    step: float
    kind: Kind = "to"
    target: Target = EVERY_TEAM
    with_whom: str = ""

    @property
    def values(self) -> Floats:
        start, stop, step = (Decimal(str(number)) for number in (self.start, self.stop, self.step))
        number = int((stop - start) / step) + 1
        return np.array([float(start + step * place) for place in range(number)])

    def say(self, value: float, pack: RulePack) -> str:
        """A value as it is asked for: "3 posts", "+2", "-20 %"."""
        if self.kind == "share":
            return f"{value * 100:+.4g} %"
        if self.kind == "by":
            return f"{value:+.4g}"
        return unit_of(self.what, pack).say(value)


_RANGE = re.compile(r"^(?P<start>[+-]?[\d.]+)(?P<a>%?):(?P<stop>[+-]?[\d.]+)(?P<b>%?)(?::(?P<step>[\d.]+)%?)?$")


def parse_over(text: str, pack: RulePack, target: Target = EVERY_TEAM, with_whom: str = "") -> Over:
    """Read `vacant_posts=0:8`, `vacant_posts=0:8:0.1`, `referrals=-20%:+40%:5` or, by so much more or less, `vacant_posts=-2:+4`.

    Raises:
        WhatIfError: it can't be read, or is of something that can't be taken through a range.
    """
    name, _, written = (part.strip() for part in text.partition("="))
    match = _RANGE.match(written.replace("−", "-"))
    if match is None:
        raise WhatIfError(f"'{text}' is no range; write it as vacant_posts=0:8, vacant_posts=0:8:0.5, vacant_posts=-2:+4 or referrals=-20%:+40%:5")
    known_as(name, pack)
    if name in pack.questions:
        raise WhatIfError(f"'{name}' is an answer and has no range; set it, as in --set {name}=usually")
    unit = unit_of(name, pack)
    signed = [match[end][0] in "+-" for end in ("start", "stop")]
    share = bool(match["a"] or match["b"])
    try:
        start, stop, step = float(match["start"]), float(match["stop"]), float(match["step"] or (5 if share else 1 if unit.counts_things or unit.whole else 0.05))
    except ValueError:
        raise WhatIfError(f"'{text}' holds something that is no number") from None
    if share and not any(signed):
        raise WhatIfError(f"'{text}' could be read in two ways; write it with signs, as in {name}=-20%:+40%")
    kind: Kind = "share" if share else "by" if any(signed) else "to"
    if stop < start or step <= 0:
        raise WhatIfError(f"'{text}' goes nowhere; write the lesser end first, and a step above nought")
    if (stop - start) / step > _MOST_STEPS - 1:
        raise WhatIfError(f"'{text}' is more than {_MOST_STEPS} steps; take a wider step")
    if not share:
        check_whole(name, (start, stop, step), pack)
    else:
        start, stop, step = start / 100, stop / 100, step / 100
        if start < -1:
            raise WhatIfError(f"'{text}' takes away more than there is")
    if kind == "to" and not (unit.least <= start and stop <= unit.most):
        raise WhatIfError(f"'{text}' goes beyond what there can be of it: {unit.range_in_words}")
    return Over(name, start, stop, step, kind, target, with_whom)


class Line:
    """One team's figures along an input: which levers are pulled on either side of what it is now.

    Raises:
        WhoIsAsked: it depends on who, and that was not said.
        WhatIfError: the input is not known of this team, and is to change by so much.
    """

    def __init__(self, board: Board, team: str, over: Over, low: float, high: float):
        self.over = over
        self._pack, self.team = board.pack, team
        self._figures = board.evidence[team].figures
        self.now = self._figures.get(over.what)
        if self.now is None and over.kind != "to":
            raise WhatIfError(f"{team}: {over.what} was not supplied, so it can't be taken through a range of changes; give the values themselves")
        if self.now is None and over.what in board.pack.measures:
            raise WhatIfError(f"{team}: {over.what} is worked out there; take what it is made of through a range")
        turn = {"to": self.now, "by": 0.0, "share": 0.0}[over.kind]
        self._turn = low if turn is None else turn
        self.up = self._lever("higher") if self.now is not None and high > self._turn else None
        self.down = self._lever("lower") if self.now is not None and low < self._turn else None
        self._check_said()
        self._scale = {"to": 1.0, "by": 1.0, "share": self.now or 0.0}[over.kind]
        self._room = {lever: room(lever, self._figures, board.pack.figures) for lever in (self.up, self.down) if lever}

    def _lever(self, way: Way) -> Lever | None:
        """The lever of one side. Who is said may be meant for the other side only; then this one has what is taken unless said."""
        held = standing_for(self._pack.levers.values(), self.over.what, way)
        said = self.over.with_whom if any(lever.who == self.over.with_whom for lever in held) else ""
        return lever_for(self._pack, self.over.what, 1 if way == "higher" else -1, said)

    def _check_said(self) -> None:
        """Who is said must mean something for one of the two sides."""
        said, levers = self.over.with_whom, self._pack.levers.values()
        choices = {lever.who: None for lever in (*standing_for(levers, self.over.what, "higher"), *standing_for(levers, self.over.what, "lower")) if lever.who}
        if said and said not in choices:
            raise WhoIsAsked(f"'{said}' says nothing about {self.over.what}" + (f"; say {' or '.join(choices)}" if choices else "; leave it out"), tuple(choices))

    @property
    def is_placed(self) -> bool:
        """Whether on some side of what it is now, the input is put where it is asked for and no lever is pulled."""
        return self.up is None or self.down is None

    def _asked(self, values: Floats) -> Floats:
        """What the input is to come to at each value, within what there can be of it."""
        unit = unit_of(self.over.what, self._pack)
        return np.clip(comes_to(self.over.what, self.over.kind, values, self.now or 0.0, self._pack), unit.least, unit.most)

    def pulls(self, values: Floats) -> list[tuple[Lever, Floats]]:
        """How many units of which lever at each value."""
        more = self._asked(values) - (self.now or 0.0)
        return [(lever, np.minimum(np.maximum(sign * more, 0.0), self._room[lever])) for lever, sign in ((self.up, 1.0), (self.down, -1.0)) if lever is not None]

    def placed(self, values: Floats, pulled_to: Numbers) -> Floats:
        """The input itself: as the levers have it, and on a side where nothing follows from it, as it is asked for."""
        plain = np.zeros(values.shape, dtype=bool)
        if self.up is None:
            plain |= values > self._turn
        if self.down is None:
            plain |= values < self._turn
        if self.now is None:
            plain[...] = True
        return np.where(plain, self._asked(values), pulled_to)

    def marks(self, turns: Iterable[float], low: float, high: float) -> Floats:
        """The places on the line between which a team is the same throughout: where it turns, by the figures that there can be.

        Of whole things the line has whole numbers alone, and a share of them turns where it rounds to another number.
        """
        held = {x for part in self.stretches(low, high) for x in (part.low, part.high)}.union(turns)
        if unit_of(self.over.what, self._pack).whole:
            held = {mark for x in held for mark in self._whole_marks(x) if low < mark < high}
        return np.array(sorted({low, high, *held}))

    def _whole_marks(self, x: float) -> Iterable[float]:
        if self.over.kind != "share":
            return {np.floor(x - _NEAR), np.floor(x - _NEAR) + 1, np.floor(x + _NEAR) + 1}
        number = (self.now or 0.0) * (1 + x)
        return {(np.floor(near) + 0.5) / self.now - 1 for near in (number - _NEAR, number + _NEAR)} if self.now else ()

    def places(self, marks: Floats) -> Floats:
        """Each mark, and between each two a place that stands for all between them, in order."""
        both = np.empty(2 * marks.size - 1)
        both[::2] = marks
        between = (marks[:-1] + marks[1:]) / 2
        is_whole = unit_of(self.over.what, self._pack).whole and self.over.kind != "share"
        both[1::2] = np.floor(between) if is_whole else between
        return both

    def stretches(self, low: float, high: float) -> list[Stretch]:
        """The parts of the line on which levers are pulled, or the input is placed, evenly."""
        found = []
        for lever, way in ((self.down, -1.0), (self.up, 1.0)):
            begin, end = (low, min(self._turn, high)) if way < 0 else (max(self._turn, low), high)
            if lever is None:
                line = (0.0, 1.0) if self.over.kind == "to" else (self.now or 0.0, self._scale)
                found.append(Stretch(begin, end, placed={self.over.what: line}))
            elif self._scale:
                reach = self._room[lever] / self._scale
                begin, end = max(begin, self._turn - reach), min(end, self._turn + reach)
                found.append(Stretch(begin, end, ((lever, -way * self._turn * self._scale, way * self._scale),)))
        return [part for part in found if part.low < part.high]

    @property
    def held_at(self) -> tuple[float, float]:
        """Below and above which nothing more changes, because there is no room for it."""
        below = self._turn - self._room[self.down] / self._scale if self.down and self._scale else -np.inf
        above = self._turn + self._room[self.up] / self._scale if self.up and self._scale else np.inf
        return below, above


@dataclass(frozen=True)
class Run:
    """A part of a range in which a team's level and could-be are the same; the ends belong to it where that is said."""

    low: float
    high: float
    holds_low: bool
    holds_high: bool
    level: str
    could_be: str


@dataclass(frozen=True)
class Switch:
    """Where along a range a county pressure comes to be another: right at a value (`at_it`), or just above it."""

    area: str
    pressure: str
    value: float
    at_it: bool
    before: Truth
    after: Truth


@dataclass(frozen=True)
class SweptTeam:
    """A team at every step, and exactly where it turns. `held_at`: beyond these, there is no room for any change.

    `turns`, of a team that changes by itself: for each run but the first, the comparisons that turn where it begins, and
    how they come out from there.
    """

    team: str
    now: float | None
    levels: tuple[str, ...]
    could_be: tuple[str, ...]
    points: tuple[int, ...]
    most_points: tuple[int, ...]
    runs: tuple[Run, ...]
    held_at: tuple[float, float]
    turns: tuple[tuple[tuple[MeasureTest, Truth], ...], ...] = ()


@dataclass(frozen=True)
class Sweep:
    """A range of one input, with what each team comes to along it, and where county pressures switch.

    `left_out` says of which teams it can't be told, and why. `asked` is the range as it was asked for; `over` ends where no
    team has room for any more of it.
    """

    over: Over
    values: tuple[float, ...]
    changed: tuple[str, ...]
    teams: Mapping[str, SweptTeam]
    switches: tuple[Switch, ...]
    left_out: Mapping[str, str]
    levers: tuple[Lever, ...]
    asked: Over


def sweep(board: Board, over: Over) -> Sweep:
    """Take one input of some teams through a range, all at the same time, and every team with them.

    Raises:
        WhatIfError: no team is meant, or the input can't be changed of the one that is.
    """
    asked, (over, lines, left_out) = over, _within_room(board, over)
    values = over.values
    low, high = float(values[0]), float(values[-1])
    marks: dict[str, Floats] = {}
    for team, line in lines.items():
        figures, facts = board.evidence[team].figures, board.facts[team]
        turns = breakpoints(board.pack, figures, facts.last_value, board.thresholds, board.comparisons, line.stretches(low, high), board.following(team))
        marks[team] = line.marks(turns, low, high)
    everything = np.unique(np.concatenate([np.array([low, high]), *marks.values()]))
    cells, starts = {}, {}
    for team, line in lines.items():
        own_points = marks[team]
        cells[team] = board.cells(team, _settings(board, [line], [line.places(own_points)]))
        starts[team] = _starts(everything, own_points)
    on = {area: _on_along(board, area, cells, starts, 2 * everything.size - 1) for area in board.areas}
    reached = np.array([_place(everything, value) for value in values])
    switching = {area: np.flatnonzero(np.any(truths[:, 1:] != truths[:, :-1], axis=0)) + 1 for area, truths in on.items()}
    found = {}
    for team in board.teams:
        area = board.teams[team].county
        found[team] = _swept(board, team, lines.get(team), cells.get(team), starts.get(team), on[area], switching[area], everything, reached)
    if len(lines) == 1:
        ((team, line),) = lines.items()
        found[team] = replace(found[team], turns=tuple(_turning(board, line, run) for run in found[team].runs[1:]))
    levers = tuple(dict.fromkeys(lever for line in lines.values() for lever in (line.down, line.up) if lever))
    return Sweep(over, tuple(float(value) for value in values), tuple(lines), found, tuple(_switches(board, on, everything)), left_out, levers, asked)


def _within_room(board: Board, over: Over) -> tuple[Over, dict[str, Line], dict[str, str]]:
    """A range up to where no team has room for more of it, with the line of each team.

    Raises:
        WhatIfError: there is no room for any of it, or what `_lines` raises.
    """
    values = over.values
    lines, left_out = _lines(board, over, float(values[0]), float(values[-1]))
    least, most = min(line.held_at[0] for line in lines.values()), max(line.held_at[1] for line in lines.values())
    held = values[(values >= least - _NEAR) & (values <= most + _NEAR)]
    if held.size == values.size:
        return over, lines, left_out
    if not held.size:
        ends = [over.say(end, board.pack) for end in (least, most) if np.isfinite(end)]
        raise WhatIfError(f"there is no room for any of that range of {over.what}: it can be from {' to '.join(ends)}" if len(ends) == 2 else f"there is no room for any of that range of {over.what}: it ends at {ends[0]}")
    shorter = replace(over, start=float(held[0]), stop=float(held[-1]))
    return shorter, _lines(board, shorter, shorter.start, shorter.stop)[0], left_out


def _lines(board: Board, over: Over, low: float, high: float) -> tuple[dict[str, Line], dict[str, str]]:
    lines: dict[str, Line] = {}
    left_out: dict[str, str] = {}
    for team in over.target.of(board.teams.values()):
        try:
            lines[team.id] = Line(board, team.id, over, low, high)
        except WhatIfError as problem:
            if over.target.is_one_team or isinstance(problem, WhoIsAsked):
                raise
            left_out[team.id] = str(problem).removeprefix(f"{team.id}: ")
    if not lines:
        raise WhatIfError(f"of none of these teams can {over.what} be taken through a range: {next(iter(left_out.values()))}")
    return lines, left_out


def _settings(board: Board, lines: Sequence[Line], values: Sequence[Floats]) -> Settings:
    """One team's figures where each of its inputs has these values, setting by setting."""
    pulls = [pull for line, held in zip(lines, values, strict=True) for pull in line.pulls(held)]

    def placed(after: Mapping[str, Numbers]) -> dict[str, Numbers]:
        return {line.over.what: line.placed(held, after.get(line.over.what, np.nan)) for line, held in zip(lines, values, strict=True) if line.is_placed}

    after = board.moved(lines[0].team, pulls, placed)
    return Settings(values[0].size, after)


def _starts(everything: Floats, own: Floats) -> Ints:
    """At which place of the whole line each of a team's own points and spaces begins."""
    places = np.searchsorted(everything, own) * 2
    starts = np.empty(2 * own.size - 1, dtype=np.int64)
    starts[::2] = places
    starts[1::2] = places[:-1] + 1
    return starts


def _place(everything: Floats, value: float) -> int:
    """The place on the whole line, of points and spaces between, at which a value lies."""
    found = int(np.searchsorted(everything, value))
    if found < everything.size and everything[found] == value:
        return 2 * found
    return 2 * found - 1


def _on_along(board: Board, area: str, cells: Mapping[str, Cells], starts: Mapping[str, Ints], size: int) -> Ints:
    """How far each county pressure is on along the whole line, from where each team's share in it changes."""
    there = board.areas[area]
    found = np.empty((len(board.pressures), size), dtype=np.int64)
    for number, name in enumerate(board.pressures):
        proved, possible = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        for team in there:
            if team not in cells:
                truth = board.facts[team].affected[name]
                proved[0] += truth is Truth.MET
                possible[0] += truth.could
                continue
            truths = cells[team].affected(number)
            for counted, holds in ((proved, truths == Truth.MET), (possible, truths != Truth.NOT_MET)):
                counted[starts[team]] += np.diff(holds.astype(np.int64), prepend=0)
        found[number] = board.majority(area, name, np.cumsum(proved), np.cumsum(possible))
    return found


def _switches(board: Board, on: Mapping[str, Ints], everything: Floats) -> Iterable[Switch]:
    for area, truths in on.items():
        for number, name in enumerate(board.pressures):
            for place in np.flatnonzero(truths[number, 1:] != truths[number, :-1]) + 1:
                before, after = (Truth(int(truths[number, at])) for at in (place - 1, place))
                yield Switch(area, name, float(everything[place // 2]), bool(place % 2 == 0), before, after)


def _swept(board: Board, team: str, line: Line | None, cells: Cells | None, starts: Ints | None, on: Ints, switching: Ints, everything: Floats, reached: Ints) -> SweptTeam:
    """One team along the line. Its own starts and the places where the county's pressures switch are all that is looked at,
    for the whole line is as long as all teams' turns together."""
    size = on.shape[1]
    if cells is None or starts is None:
        cells, starts = board.cells(team, board.settings(team)), np.zeros(1, dtype=np.int64)
    begins = np.unique(np.concatenate([starts, switching]))
    own = np.searchsorted(starts, begins, side="right") - 1
    outcome = board.outcome(Cells(cells.held, cells.places[own]), on[:, begins])
    at_steps = np.searchsorted(begins, reached, side="right") - 1
    return SweptTeam(
        team=team,
        now=None if line is None else line.now,
        levels=tuple(board.levels[place] for place in outcome.level[at_steps]),
        could_be=tuple(board.levels[place] for place in outcome.could_be[at_steps]),
        points=tuple(int(one) for one in outcome.points[at_steps]),
        most_points=tuple(int(one) for one in outcome.most_points[at_steps]),
        runs=tuple(_runs(board, outcome, begins, size, everything)),
        held_at=(-np.inf, np.inf) if line is None else line.held_at,
    )


def _runs(board: Board, outcome: Outcome, begins: Ints, size: int, everything: Floats) -> Iterable[Run]:
    """Stretches of the same level and could-be, those that are alike side by side made one."""
    first = 0
    for place in range(1, begins.size + 1):
        if place < begins.size and (outcome.level[place], outcome.could_be[place]) == (outcome.level[first], outcome.could_be[first]):
            continue
        begin, end = int(begins[first]), int(begins[place]) - 1 if place < begins.size else size - 1
        yield Run(float(everything[begin // 2]), float(everything[(end + 1) // 2]), begin % 2 == 0, end % 2 == 0,
                  board.levels[outcome.level[first]], board.levels[outcome.could_be[first]])  # fmt: skip
        first = place


def _turning(board: Board, line: Line, run: Run) -> tuple[tuple[MeasureTest, Truth], ...]:
    """The comparisons that come out otherwise where a run begins than just before it."""
    # What comes whole is the same just before its next whole number as on it: there the one before that is looked at.
    for before in (run.low - _BESIDE, run.low - 1):
        settings = _settings(board, [line], [np.array([before, run.low + _BESIDE])])
        found = []
        for leaf in board.comparisons:
            was, now = np.broadcast_to(np.asarray(board.truths_of(line.team, settings, leaf)), (2,))
            if was != now:
                found.append((leaf, Truth(int(now))))
        if found:
            return tuple(found)
    return ()  # another team turns here, or the county


@dataclass(frozen=True)
class Grid:
    """Two inputs taken through their ranges together: levels by team, the first input down and the second across.

    `rows`: where both are of one team, for each value down exactly where it turns across. `asked` are the ranges as they
    were asked for; `down` and `across` end where no team has room for any more.
    """

    down: Over
    across: Over
    teams: Mapping[str, Outcome]
    changed: tuple[str, ...]
    levels: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...] = ()
    asked: tuple[Over, ...] = ()

    def level(self, team: str, row: int, column: int) -> str:
        return self.levels[int(self.teams[team].level[row * self.across.values.size + column])]


def grid(board: Board, down: Over, across: Over, wanted: Iterable[str] | None = None) -> Grid:
    """Take two inputs through their ranges together.

    Raises:
        WhatIfError: both are the same input of the same team, or one of them can't be changed.
    """
    asked = down, across
    (down, _, _), (across, _, _) = _within_room(board, down), _within_room(board, across)
    a, b = down.values, across.values
    if a.size * b.size > 200 * _MOST_STEPS:
        raise WhatIfError(f"{a.size} by {b.size} steps are too many to show; take wider steps")
    rows, columns = np.repeat(a, b.size), np.tile(b, a.size)
    first, _ = _lines(board, down, float(a[0]), float(a[-1]))
    second, _ = _lines(board, across, float(b[0]), float(b[-1]))
    if down.what == across.what and set(first) & set(second):
        raise WhatIfError(f"{down.what} is taken through two ranges in the same team; take two inputs, or two teams")
    settings = {}
    for team in dict.fromkeys([*first, *second]):
        lines = [(line, held) for line, held in ((first.get(team), rows), (second.get(team), columns)) if line is not None]
        settings[team] = _settings(board, [line for line, _ in lines], [held for _, held in lines])
    exact: tuple[tuple[Run, ...], ...] = ()
    if len(settings) == 1 and first and second:
        (team,) = settings
        exact = tuple(_row(board, first[team], second[team], float(value), b) for value in a)
    return Grid(down, across, board.of_all(settings, wanted), tuple(settings), board.levels, exact, asked)


def _row(board: Board, down: Line, across: Line, value: float, values: Floats) -> tuple[Run, ...]:
    """One team along the second input, the first held at a value."""
    low, high = float(values[0]), float(values[-1])
    fixed = np.array([value])
    pulls = tuple((lever, float(number[0]), 0.0) for lever, number in down.pulls(fixed))
    figures = board.moved(down.team, [(lever, number) for lever, number, _ in pulls])
    own = {} if down.over.what in figures and pulls else {down.over.what: (float(down.placed(fixed, figures.get(down.over.what, np.nan))[0]), 0.0)}
    stretches = [replace(part, pulls=(*pulls, *part.pulls), placed=own | dict(part.placed)) for part in across.stretches(low, high)]
    turns = breakpoints(board.pack, board.evidence[down.team].figures, board.facts[down.team].last_value, board.thresholds, board.comparisons, stretches, board.following(down.team))
    points = across.marks(turns, low, high)
    places = across.places(points)
    outcome, _, _ = board.of_one(down.team, _settings(board, [down, across], [np.full(places.size, value), places]))
    return tuple(_runs(board, outcome, np.arange(places.size), places.size, points))
