"""Numbers that only a formula can give, as figures that a council could have sent."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..logic import conditions as c
from ..logic import model as m
from ..logic.formula import compute, names_in
from ..logic.units import UNITS
from .compiling import Space
from .diagrams import Diagram
from .inputs import Cut, cuts_of
from .witness import Given

_MOST_TRIES = 60_000
_MOST_CHOICES = 40_000
_WHOLE = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 36, 40, 50, 60, 75, 90, 100, 120, 150)
_PARTS = (0, 0.05, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1)

Key = tuple[str, bool]  # a name, and whether it is last quarter's


def realised(pack: m.RulePack, thresholds: Mapping[str, float], given: Given, shows: Callable[[Given], bool]) -> Given:
    """The same case with every measure that can't be supplied replaced by figures that come to it.

    The case itself where no such figures are found among simple ones, or where they would no longer
    show what the case is to show.
    """
    wanted = {name: float(value) for name, value in given.items() if _only_worked_out(pack, name) and isinstance(value, (int, float))}
    if not wanted:
        return given
    cuts = cuts_of(pack.leaves, thresholds)
    fixed: dict[Key, float] = {(n, False): float(v) for n, v in given.items() if isinstance(v, (int, float)) and n not in wanted}
    for figures in _solutions(pack, wanted, fixed, cuts):
        found: Given = {name: value for name, value in given.items() if name not in wanted}
        last = {name: _plain(value) for (name, before), value in figures.items() if before}
        found |= {name: _plain(value) for (name, before), value in figures.items() if not before}
        if last:
            found["last_quarter"] = {**given.get("last_quarter", {}), **last}
        if shows(found):
            return found
    return given


def realised_pair(
    pack: m.RulePack, thresholds: Mapping[str, float], before: Given, after: Given, worse: str, shows: Callable[[Given, Given], bool]
) -> tuple[Given, Given]:
    """A pair of cases that differ in one value, in the same figures but for that one, where such are found."""
    if worse in before and worse in after:
        figures = realised(pack, thresholds, before, lambda one: worse in one and shows(one, {**one, worse: after[worse]}))
        if worse in figures:
            return figures, {**figures, worse: after[worse]}
    return before, after


def possible(space: Space) -> Diagram:
    """Where the numbers of a team can stand together, as far as simple figures show.

    A measure that can't be supplied is worked out from figures that rules may read as well: a team with no
    crisis has none for each worker. True wherever such figures were found; nothing is said of other numbers.
    """
    found = space.diagrams.constant(True)
    for one in space.inputs:
        if one.kind == "number" and not one.of_receiving_team and _only_worked_out(space.pack, one.name):
            found = space.diagrams.apply(_and, found, _possible_with(space, one.name), absorbing=False)
    return found


def _and(a: bool, b: bool) -> bool:
    return a and b


def _possible_with(space: Space, measure: str) -> Diagram:
    keys = list(dict.fromkeys(_behind(space.pack, measure)))
    read = [name for name, last in keys if not last and ("number", name, False) in space.places]
    if not read:
        return space.diagrams.constant(True)
    names = [*read, measure]
    places = [space.places["number", name, False] for name in names]
    choices = [sorted({*_candidates(space.pack, name), *_values_in(space, name)}) for name, _ in keys]
    seen: set[tuple[int, ...]] = set()
    for values in itertools.islice(itertools.product(*choices), _MOST_CHOICES):
        held = dict(zip(keys, values, strict=True))
        if _parts_fit(space.pack, held):
            values_now = [*(held[name, False] for name in read), _value(space.pack, held, measure)]
            seen.add(tuple(_cell_of(space, place, value) for place, value in zip(places, values_now, strict=True)))
    everything_read = len(read) == len(keys)

    def stands(*cells: int) -> bool:
        *parts, whole = (space.inputs[place].cells[cell].value for place, cell in zip(places, cells, strict=True))
        if whole is None and (not everything_read or None in parts):
            return True
        return cells in seen

    return space.diagrams.apply(stands, *(space.diagrams.input(place, range(len(space.inputs[place].cells))) for place in places))


def _values_in(space: Space, name: str) -> list[float]:
    place = space.places.get(("number", name, False))
    return [] if place is None else [float(cell.value) for cell in space.inputs[place].cells if cell.value is not None]


def _cell_of(space: Space, place: int, value: float | None) -> int:
    """The cell of an input that a value lies in."""
    cells = space.inputs[place].cells
    if value is None:
        return 0
    cuts = space.cuts.get(space.inputs[place].name, [])
    return next((number for number, cell in enumerate(cells) if cell.value is not None and _alike(value, float(cell.value), cuts)), 0)


def _only_worked_out(pack: m.RulePack, name: str) -> bool:
    measure = pack.measures.get(name)
    return measure is not None and measure.formula is not None and not measure.may_be_supplied


def _solutions(
    pack: m.RulePack, wanted: dict[str, float], fixed: dict[Key, float], cuts: Mapping[str, list[Cut]]
) -> Iterator[dict[Key, float]]:
    """Values of the figures behind some measures at which each measure compares as wanted."""
    keys: dict[Key, None] = {}
    for measure in wanted:
        keys.update(dict.fromkeys(_behind(pack, measure)))
    open_keys = [key for key in keys if key not in fixed]
    choices = [_candidates(pack, key[0]) for key in open_keys]
    for tried, values in enumerate(itertools.product(*choices)):
        if tried > _MOST_TRIES:
            return
        held = fixed | dict(zip(open_keys, values, strict=True))
        if all(_alike(_value(pack, held, name), target, cuts.get(name, [])) for name, target in wanted.items()) and _parts_fit(pack, held):
            yield {key: held[key] for key in keys}


def _behind(pack: m.RulePack, name: str, last: bool = False) -> Iterator[Key]:
    """What must be given for a measure to be worked out; measures that may be supplied are given as they are."""
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        yield name, last
        return
    for part, before in names_in(measure.formula):
        if _only_worked_out(pack, part):
            yield from _behind(pack, part, last or before)
        else:
            yield part, last or before


def _value(pack: m.RulePack, held: Mapping[Key, float], name: str, last: bool = False) -> float | None:
    if (name, last) in held:
        return held[name, last]
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        return None
    return compute(measure.formula, lambda part: _value(pack, held, part, last), lambda part: _value(pack, held, part, True))


def _alike(value: float | None, target: float, cuts: list[Cut]) -> bool:
    return value is not None and all(c.compare(value, cut.comparison, cut.value) == c.compare(target, cut.comparison, cut.value) for cut in cuts)


def _parts_fit(pack: m.RulePack, held: Mapping[Key, float]) -> bool:
    """No part is greater than its whole."""
    for (name, last), value in held.items():
        figure = pack.figures.get(name)
        whole = held.get((figure.at_most, last)) if figure and figure.at_most else None
        if whole is not None and value > whole:
            return False
    return True


def _candidates(pack: m.RulePack, name: str) -> tuple[float, ...]:
    unit = UNITS[(pack.figures.get(name) or pack.measures[name]).unit]
    return _PARTS if unit.most <= 1 and not unit.whole else tuple(value for value in _WHOLE if unit.allows(value))


def _plain(value: Any) -> Any:
    return int(value) if value == int(value) else value
