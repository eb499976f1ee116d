"""Which numbers of a team may leave the district: small counts may not, nor what would give one away.

A count under five of people, posts, cases, sessions or files can point at someone. What is left out:

- a count over nought and under five, in any unit that counts things;
- nought of staff (the unit FTE). It says of everyone in the team that they were not away or did not
  leave, and where it is shown, "fewer than 5" means that at least one was. Nought of cases, posts,
  sessions and files says nothing of anyone and stays;
- every measure that is worked out from a number left out, by its formula, through other measures, of
  this quarter or of last quarter;
- a measure supplied as it is, from which a small count follows with what else was supplied;
- of a whole and its parts: a part that all but a few of the whole belong to, and the other parts
  where one is left out;
- a mean of earlier quarters, one of which is a small count: with the others it would give that one away.

What stays are levels, what is met and thresholds. With thresholds under five these narrow a count
down ("fewer than 5", and "at least 2" is met), at the edge to a single number; that is the price of
a result that can still be explained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .facts import Facts, last_quarters
from .formula import Arithmetic, Formula, Name, SquareRoot, compute, names_in
from .model import RulePack
from .units import UNITS, Unit

FEWEST_SHOWN = 5
FEWER = f"fewer than {FEWEST_SHOWN}"
WITHHELD = "withheld (small count)"

# Staff in post are what established posts are without the vacant ones: a part, though not declared as one.
_PARTS_BESIDE = {"in_post_fte": "established_posts"}

Hidden = Mapping[str, str]


def is_small(value: float, unit: Unit) -> bool:
    """Whether a number counts so few that it may not be shown: over nought and under five, and no staff at all."""
    return unit.counts_things and (0 < value < FEWEST_SHOWN or (value == 0 and unit.name == "FTE"))


def hidden(facts: Facts, *, last_quarter: bool = False) -> Hidden:
    """The figures and measures of a team that may not be shown, each with the words that stand in its place.

    Args:
        last_quarter: of the numbers of the quarter before, which changes are worked out from.
    """
    return _hide(facts, True, {}) if last_quarter else _hide(facts, False, _hide(facts, True, {}))


def _hide(facts: Facts, last: bool, before: Hidden) -> dict[str, str]:
    """`before` is what is hidden of last quarter, which this quarter's changes read."""
    pack = facts.pack
    supplied = facts.evidence.last_quarter if last else facts.evidence.figures
    values = {name: facts.last_value(name) if last else facts.value(name) for name in (*pack.figures, *pack.measures)}
    known = {name: value for name, value in values.items() if value is not None}
    found = {name: FEWER for name, value in known.items() if is_small(value, _unit(pack, name))}
    found |= dict.fromkeys(_means_of_few(facts, last), WITHHELD)
    while True:  # each step may hide more, of finitely many numbers
        more = dict.fromkeys((*_parts(pack, known, found), *_derived(pack, supplied, known, found, before)), WITHHELD)
        new = {name: words for name, words in more.items() if name not in found}
        if not new:
            return found
        found |= new


def _means_of_few(facts: Facts, last: bool) -> Iterator[str]:
    """Figures worked out from earlier quarters of which one had a small count."""
    for figure, of, _ in facts.pack.usuals:
        name = last_quarters(figure.id) if last else figure.id
        if any(is_small(value, UNITS[of.unit]) for value in facts.evidence.made_of.get(name, ())):
            yield figure.id


def _parts(pack: RulePack, known: Mapping[str, float], found: Hidden) -> Iterator[str]:
    """Parts of a whole from which, with the whole, a small count follows."""
    wholes: dict[str, list[str]] = {}
    for name, figure in pack.figures.items():
        whole = figure.at_most or _PARTS_BESIDE.get(name)
        if whole is not None and name in known:
            wholes.setdefault(whole, []).append(name)
    for whole, parts in wholes.items():
        one_is_hidden = any(part in found for part in parts)
        for part in parts:
            few_are_not = whole in known and 0 < known[whole] - known[part] < FEWEST_SHOWN
            if known[part] and (one_is_hidden or few_are_not):
                yield part


def _derived(pack: RulePack, supplied: Mapping[str, float], known: Mapping[str, float], found: Hidden, before: Hidden) -> Iterator[str]:
    """Measures worked out from what is hidden, and the parts of a small count that is itself worked out."""
    for measure in pack.measures.values():
        if measure.formula is None or measure.id not in known:
            continue
        reads = dict.fromkeys(names_in(measure.formula))
        if any(name in (before if last else found) for name, last in reads):
            yield measure.id
        if measure.id in supplied:
            if _gives_away(pack, measure.formula, known[measure.id], known):
                yield measure.id
        elif found.get(measure.id) == FEWER:
            yield from (name for name, last in reads if not last)


def _gives_away(pack: RulePack, formula: Formula, value: float, known: Mapping[str, float]) -> bool:
    """Whether a number supplied as it is and its known parts tell a part that was not supplied, and that is small."""
    unknown = list(dict.fromkeys(name for name, last in names_in(formula) if last or name not in known))
    if len(unknown) != 1:
        return False
    (name,) = unknown
    told = _solved(formula, value, name, known)
    unit = _unit(pack, name)
    return unit.counts_things and (told is None or is_small(round(told, 6), unit))


def _solved(formula: Formula, value: float, wanted: str, known: Mapping[str, float]) -> float | None:
    """The value of one name at which a formula comes to a value; None where it stands twice, or any would do."""
    match formula:
        case Name(name):
            return value if name == wanted else None
        case SquareRoot(of):
            return _solved(of, value * value, wanted, known)
        case Arithmetic(operator, left, right):
            inside = [any(name == wanted for name, _ in names_in(side)) for side in (left, right)]
            if all(inside):
                return None
            other = compute(right if inside[0] else left, known.get, _nothing)
            moved = None if other is None else _inverse(operator, value, other, first=inside[0])
            return None if moved is None else _solved(left if inside[0] else right, moved, wanted, known)
    return None


def _inverse(operator: str, value: float, other: float, *, first: bool) -> float | None:
    """What stands beside `other` (`first`: before it) where the two come to a value."""
    if operator == "+":
        return value - other
    if operator == "-":
        return value + other if first else other - value
    if operator == "*":
        return value / other if other else None
    if first:
        return value * other
    return other / value if value else None


def _nothing(name: str) -> None:
    return None


def _unit(pack: RulePack, name: str) -> Unit:
    return UNITS[(pack.measures.get(name) or pack.figures[name]).unit]
