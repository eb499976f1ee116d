"""Which way a measure moves when a figure behind it gets worse, worked out from its formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..logic import model as m
from ..logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot, names_in
from ..logic.units import UNITS

UP, STILL, DOWN = 1, 0, -1
SIGN: dict[m.Direction, int] = {"higher": UP, "lower": DOWN, "neither": STILL}

Monomial = tuple[str, ...]
Polynomial = dict[Monomial, Fraction]


@dataclass(frozen=True)
class Move:
    """How a measure moves when one figure gets worse; `way` is None where the formula does not settle it."""

    figure: str
    measure: str
    way: int | None


def moves(pack: m.RulePack, number: str) -> tuple[Move, ...]:
    """How a number moves as each figure with a worse direction that it is worked out from gets worse.

    Where it may be supplied as it is, its own declared direction counts beside them. The figures
    are taken to be nought or more, and what is divided by to be more than nought.
    """
    declared = pack.measures.get(number) or pack.figures[number]
    found = [Move(number, number, SIGN[declared.worse_when])] if number in pack.figures or declared.worse_when != "neither" else []
    measure = pack.measures.get(number)
    if measure is not None and measure.formula is not None:
        for figure in sorted(set(_figures_behind(pack, measure.formula))):
            worse = SIGN[pack.figures[figure].worse_when]
            if worse:
                way = _slope(pack, measure.formula, figure)
                found.append(Move(figure, number, None if way is None else way * worse))
    return tuple(found)


def worse_ways(pack: m.RulePack, number: str) -> set[int | None]:
    """The ways in which worse evidence may move a number: UP, DOWN, or None where that is not settled."""
    return {move.way for move in moves(pack, number)} - {STILL}


def _figures_behind(pack: m.RulePack, formula: Formula) -> Iterator[str]:
    for name, last in names_in(formula):
        if last:
            continue
        measure = pack.measures.get(name)
        if name in pack.figures:
            yield name
        elif measure is not None and measure.formula is not None:
            yield from _figures_behind(pack, measure.formula)


def _slope(pack: m.RulePack, formula: Formula, figure: str) -> int | None:
    """The sign of the change of a formula as a figure rises, other figures held; None where signs are mixed."""
    quotient = _quotient(pack, formula, figure)
    if quotient is None:
        return None
    top, bottom = quotient
    change = _plus(_times(_derivative(top, figure), bottom), _times(top, _derivative(bottom, figure)), -1)
    change = _wholes_as_sums(pack, change)
    signs = {value > 0 for value in change.values() if value}
    if not signs:
        return STILL
    if len(signs) > 1 or any(not _never_negative(pack, name) for monomial in change for name in monomial):
        return None
    return UP if signs == {True} else DOWN


def _wholes_as_sums(pack: m.RulePack, polynomial: Polynomial) -> Polynomial:
    """A whole written as its part and the rest, so that a part taken from it leaves nought or more."""
    for part in sorted({name for monomial in polynomial for name in monomial if name in pack.figures}):
        whole = pack.figures[part].at_most
        if whole is not None and any(whole in monomial for monomial in polynomial):
            polynomial = _substituted(polynomial, whole, {(part,): Fraction(1), (f"rest of {whole}",): Fraction(1)})
    return polynomial


def _substituted(polynomial: Polynomial, name: str, by: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for monomial, value in polynomial.items():
        product: Polynomial = {tuple(one for one in monomial if one != name): value}
        for _ in range(monomial.count(name)):
            product = _times(product, by)
        found = _plus(found, product)
    return found


def _never_negative(pack: m.RulePack, atom: str) -> bool:
    if atom.startswith(("√", "rest of ")):
        return True
    name = atom.removeprefix("last ")
    declared = pack.figures.get(name) or pack.measures[name]
    return UNITS[declared.unit].least >= 0


def _quotient(pack: m.RulePack, formula: Formula, figure: str) -> tuple[Polynomial, Polynomial] | None:
    """A formula as one polynomial over another; None where a root depends on the figure."""
    match formula:
        case Name(name):
            measure = pack.measures.get(name)
            if measure is not None and measure.formula is not None:
                return _quotient(pack, measure.formula, figure)
            return {(name,): Fraction(1)}, _ONE
        case LastQuarter(name):
            return {(f"last {name}",): Fraction(1)}, _ONE
        case SquareRoot(of):
            if figure in set(_figures_behind(pack, of)):
                return None
            return {(f"√{of}",): Fraction(1)}, _ONE
        case Arithmetic(operator, left, right):
            a, b = _quotient(pack, left, figure), _quotient(pack, right, figure)
            if a is None or b is None:
                return None
            if operator == "*":
                return _times(a[0], b[0]), _times(a[1], b[1])
            if operator == "/":
                return _times(a[0], b[1]), _times(a[1], b[0])
            return _plus(_times(a[0], b[1]), _times(b[0], a[1]), 1 if operator == "+" else -1), _times(a[1], b[1])


_ONE: Polynomial = {(): Fraction(1)}


def _plus(a: Polynomial, b: Polynomial, sign: int = 1) -> Polynomial:
    found = dict(a)
    for monomial, value in b.items():
        found[monomial] = found.get(monomial, Fraction(0)) + sign * value
    return {monomial: value for monomial, value in found.items() if value}


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for one, x in a.items():
        for other, y in b.items():
            monomial = tuple(sorted((*one, *other)))
            found[monomial] = found.get(monomial, Fraction(0)) + x * y
    return {monomial: value for monomial, value in found.items() if value}


def _derivative(polynomial: Polynomial, name: str) -> Polynomial:
    found: Polynomial = {}
    for monomial, value in polynomial.items():
        power = monomial.count(name)
        if power:
            rest = list(monomial)
            rest.remove(name)
            key = tuple(rest)
            found[key] = found.get(key, Fraction(0)) + power * value
    return found
