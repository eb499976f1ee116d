"""What a team's figures and answers come to after some changes: what was asked for, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..batch.following import followed
from ..batch.following import moved as moved_to
from ..logic.formula import names_in
from ..logic.levers import Lever, pulled, room, room_by, standing_for, wholes
from ..logic.model import RulePack
from ..logic.units import UNITS
from .changes import Amount, Change, comes_to, unit_of
from .problems import WhatIfError, WhoIsAsked, told_where
from .tallying import Tallied

How = Literal["asked", "follows", "assumed"]


@dataclass(frozen=True)
class Derived:
    """One figure that is not what it was, with how that came about. `before` is None where it was not known."""

    name: str
    before: float | None
    after: float
    how: How
    formula: str


@dataclass(frozen=True)
class TeamChange:
    """What changes in one team.

    `pulls` are the levers with how many units of each; `notes` say what could not follow, and what was held back; `tallies`
    are what the figures add up to, before and after.
    """

    team: str
    pulls: tuple[tuple[Lever, float], ...] = ()
    derived: tuple[Derived, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    tallies: tuple[Tallied, ...] = ()

    @property
    def figures(self) -> dict[str, float]:
        """The figures that are to be written over the team's own."""
        return {one.name: one.after for one in self.derived}


def lever_for(pack: RulePack, figure: str, number: float, with_whom: str) -> Lever | None:
    """The lever that raising or lowering a figure pulls; None where nothing follows from it.

    Raises:
        WhoIsAsked: it depends on who, and that was not said, or nobody is called that.
    """
    held = standing_for(pack.levers.values(), figure, "higher" if number > 0 else "lower")
    choices = tuple(lever.who for lever in held if lever.who)
    if with_whom:
        chosen = next((lever for lever in held if lever.who == with_whom), None)
        if chosen is None and (held or number):
            way = "raise" if number > 0 else "lower"
            raise WhoIsAsked(f"'{with_whom}' is no way to {way} {figure}" + (f"; say {' or '.join(choices)}" if choices else "; leave it out"), choices)
        return chosen
    if len(held) > 1 and not held[0].unless_said:
        raise WhoIsAsked(f"it depends on who: say --with {', --with '.join(choices[:-1])} or --with {choices[-1]} for {figure}", choices)
    return held[0] if held else None


def change_team(pack: RulePack, team: str, figures: Mapping[str, float], changes: Sequence[Change], moved: Sequence[tuple[Lever, float]] = (), *, strict: bool) -> TeamChange:
    """Work out all changes of one team, which happen at the same time.

    Args:
        figures: what was supplied, by figure or by measure where that was supplied as it is.
        moved: levers that moves between teams, or the end of a first year, pull.
        strict: whether what can't be done is refused, as for one team; else it is done as far as can be, and noted.

    Raises:
        WhatIfError: a change can't be made to this team's figures.
    """
    notes: list[str] = []
    pulls: list[tuple[Lever, float]] = []
    _gone_or_come(pack, team, figures, pulls, [one for one in moved if not one[0].moved_from], notes, strict)
    asked: dict[str, float] = {}
    exactly: dict[str, float] = {}
    answers: dict[str, str] = {}
    exact = [change for change in changes if isinstance(change.amount, Amount) and change.amount.kind == "to"]
    by_so_much = [change for change in changes if change not in exact]
    for change in [*by_so_much, None, *exact]:  # exactly so many is so many whatever else is asked, so it is worked out last
        if change is None:
            _gone_or_come(pack, team, figures, pulls, [one for one in moved if one[0].moved_from], notes, strict)
            continue
        if isinstance(change.amount, str):
            answers[change.what] = change.amount
            continue
        with told_where(change.at):
            so_far = pulled(figures, pulls, pack.figures)
            target = _target(pack, team, figures, change, change.amount, notes, strict)
            if target is None:
                continue
            begins = so_far if change.amount.kind == "to" else figures
            delta = target - begins[change.what] if change.what in figures else None
            lever = None if change.assumed or delta is None or delta == 0 else lever_for(pack, change.what, delta, change.with_whom)
            if lever is None:
                asked[change.what] = target
                if delta is None and standing_for(pack.levers.values(), change.what, "higher"):
                    notes.append(f"{change.what} was not known, so nothing follows from it; set what goes with it too")
                continue
            assert delta is not None
            units = _units(pack, team, lever, abs(delta), so_far, notes, strict, (change.what, change.amount, begins[change.what], delta))
            pulls.append((lever, units))
            if change.amount.kind == "to" and change.what in lever.moves and units == abs(delta):
                exactly[change.what] = target
    following = followed(pack, figures)
    after = {name: float(value) for name, value in moved_to(pack, figures, pulls, following, asked).items()}
    _check_wholes(pack, team, figures, after, asked)
    _check_exact(team, after, exactly, notes, strict)
    derived = tuple(_derived(pack, figures, after, asked, pulls, changes))
    notes += _left_behind(pack, figures, [*(name for lever, number in pulls if number for name in lever.moves), *asked], {one.measure.id for one in following} | asked.keys())
    return TeamChange(team, tuple(pulls), derived, answers, tuple(dict.fromkeys(notes)))


def _gone_or_come(pack: RulePack, team: str, figures: Mapping[str, float], pulls: list[tuple[Lever, float]], moved: Sequence[tuple[Lever, float]], notes: list[str], strict: bool) -> None:
    """Add the levers that moves and first years pull: nobody leaves a team, or ends a first year in it, who is not there,
    and nobody comes to a post that is not vacant.

    A first year that can't end is no mistake of whoever asks, so that is noted and never refused.
    """
    for lever, number in moved:
        there = pulled(figures, pulls, pack.figures)
        pulls.append((lever, _units(pack, team, lever, number, there, notes, strict and bool(lever.stands_for))))


def _check_exact(team: str, after: Mapping[str, float], exactly: Mapping[str, float], notes: list[str], strict: bool) -> None:
    for name, number in exactly.items():
        if abs(after[name] - number) > 1e-9:
            said = f"with all that is asked, {name} comes to {after[name]:g} and not to {number:g}"
            if strict:
                raise WhatIfError(f"{team}: {said}; leave one of them out, or say by how much more or less")
            notes.append(said)


def _target(pack: RulePack, team: str, figures: Mapping[str, float], change: Change, amount: Amount, notes: list[str], strict: bool) -> float | None:
    """What a figure is to come to; None where it can't be said."""
    name = change.what
    unit = unit_of(name, pack)
    if amount.kind != "to" and name not in figures:
        _refuse(f"{team}: {name} was not supplied, so there is nothing to change by {amount}; give it as {name}=N", notes, strict)
        return None
    measure = pack.measures.get(name)
    if measure is not None and name not in figures:
        _refuse(f"{team}: {name} is worked out there ({measure.formula_text}); change what it is made of", notes, strict)
        return None
    target = float(comes_to(name, amount.kind, amount.number, figures.get(name, 0.0), pack))
    covered = covering(pack, change)
    if covered is not None and target < 0 <= figures.get(name, 0.0):
        there = figures[name]
        said = f"there is room for {covered.units(_tidy(there))} of the {_tidy(there - target):g} asked for: {covered.title[0].lower()}{covered.title[1:]}, and there are {unit.say(there)} as '{_titled(pack, name)}'"
        _refuse(f"{team}: {said}; ask for {_limit(there, (name, amount, there, -1.0))}", notes, strict, said)
        return 0.0
    if target < unit.least or target > unit.most:
        held_to = min(max(target, unit.least), unit.most)
        if strict:
            raise WhatIfError(f"{team}: {name} is {unit.say(figures[name]) if name in figures else 'not known'}, so it can't come to {target:g}; it must be {unit.range_in_words}")
        notes.append(f"{name} can't come to {target:g} and is taken as {held_to:g}")
        target = held_to
    return target


def covering(pack: RulePack, change: Change) -> Lever | None:
    """The lever of whoever is said that leaves the figure itself as it is, as agency staff leave a post vacant."""
    held = [lever for lever in pack.levers.values() if change.with_whom and lever.who == change.with_whom and change.what in lever.stands_for]
    return held[0] if held and change.what not in held[0].moves else None


def _refuse(message: str, notes: list[str], strict: bool, note: str = "") -> None:
    if strict:
        raise WhatIfError(message)
    notes.append(note or message.partition(": ")[2] + "; left as it is")


def _units(
    pack: RulePack, team: str, lever: Lever, number: float, figures: Mapping[str, float], notes: list[str], strict: bool, asked: tuple[str, Amount, float, float] | None = None
) -> float:  # fmt: skip
    """How many units of a lever there can be of those asked for.

    Args:
        asked: which figure was asked to change, how, what it begins at and by how much it would change; None for a move.
    """
    most = room(lever, figures, pack.figures)
    if number <= most + 1e-9:
        return number
    said = f"there is room for {lever.units(_tidy(most))} of the {_tidy(number):g} asked for: {lever.title[0].lower()}{lever.title[1:]}"
    if strict:
        raise WhatIfError(f"{team} has {_there(pack, lever, figures)}, so {said}; ask for {_limit(most, asked)}")
    notes.append(said)
    return most


def _there(pack: RulePack, lever: Lever, figures: Mapping[str, float]) -> str:
    """What there is that a lever can be pulled out of: the whole that it is measured beside, and what is least of all."""
    short = room_by(lever, figures, pack.figures)
    names = dict.fromkeys(name for name in (lever.out_of, short) if name in figures)
    return " and ".join(f"{UNITS[pack.figures[name].unit].say(figures[name])} as '{pack.figures[name].title}'" for name in names)


def _titled(pack: RulePack, name: str) -> str:
    return (pack.figures.get(name) or pack.measures[name]).title


def _limit(most: float, asked: tuple[str, Amount, float, float] | None) -> str:
    """As far as can be asked for, in the way in which it was."""
    if asked is None:
        return f"{_tidy(most):g} or fewer"
    what, amount, begins, delta = asked
    by = most if delta > 0 else -most
    if amount.kind == "by":
        return f"{what}={_tidy(by):+g} {'or fewer' if delta > 0 else 'at most'}"
    return f"{what}={_tidy(begins + by):g} or {'fewer' if delta > 0 else 'more'}"


def _tidy(number: float) -> float:
    """A number without the dust of subtraction."""
    return round(number, 9) + 0.0


def _check_wholes(pack: RulePack, team: str, before: Mapping[str, float], after: Mapping[str, float], asked: Mapping[str, float]) -> None:
    for name, cap in wholes(after, pack.figures):
        if (name in asked or cap in asked) and after[name] > after[cap] + 1e-9:
            raise WhatIfError(f"{team}: {name} would be {after[name]:g}, more than {cap} ({after[cap]:g}); change both, or one of them by less")


def _derived(pack: RulePack, before: Mapping[str, float], after: Mapping[str, float], asked: Mapping[str, float],
             pulls: Sequence[tuple[Lever, float]], changes: Sequence[Change]) -> list[Derived]:  # fmt: skip
    named = {change.what for change in changes}
    assumed = {change.what for change in changes if change.assumed}
    found = []
    for name, value in after.items():
        if name in before and value == before[name]:
            continue
        how: How = "assumed" if name in assumed else "asked" if name in named else "follows"
        measure = pack.measures.get(name)
        by = "" if name in asked else f"supplied; moves as {measure.formula_text}" if measure is not None else _formula(name, before[name], value, pulls)
        found.append(Derived(name, before.get(name), value, how, by))
    return found


def _formula(name: str, before: float, after: float, pulls: Sequence[tuple[Lever, float]]) -> str:
    """How a figure came about: "9.5 - 2 × 1"."""
    terms = f"{before:g}"
    came = before
    for lever, number in pulls:
        if name in lever.moves and number:
            by = lever.moves[name].by
            came += by * number
            terms += f" {'+' if by > 0 else '-'} {number:g} × {abs(by):g}"
    return terms if abs(came - after) < 1e-9 else f"{terms}, held to {after:g}"


def _left_behind(pack: RulePack, figures: Mapping[str, float], names: Sequence[str], follows: set[str]) -> list[str]:
    """What would follow and can't, because it is not known, or was supplied as it is and too little is known of its parts."""
    changed = list(dict.fromkeys(names))
    unknown = [name for name in changed if name not in figures and name not in follows]
    notes = [f"not known, so nothing follows for it: {', '.join(unknown)}"] if unknown else []
    for measure in pack.measures.values():
        reads = measure.formula is not None and any(part in changed for part, _ in names_in(measure.formula))
        if measure.id in figures and reads and measure.id not in follows:
            notes.append(f"{measure.id} was supplied as it is, and too little is known of what it is made of, so it stays; change it too if it would")
    return notes
