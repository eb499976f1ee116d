"""Measures as one polynomial over another in a single number."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot

Polynomial = tuple[float, ...]  # lowest power first
Ratio = tuple[Polynomial, Polynomial]
UNKNOWN: Ratio = ((math.nan,), (1.0,))  # never turns, and is the same everywhere


def ratio_of(formula: Formula, of: Callable[[str], Ratio | None], last: Callable[[str], float | None]) -> Ratio | None:
    """A formula as a ratio, from those of its names; None where a root of something that moves stands in it."""
    match formula:
        case Name(name):
            return of(name)
        case LastQuarter(name):
            value = last(name)
            return UNKNOWN if value is None else ((value,), (1.0,))
        case SquareRoot(inner):
            inside = ratio_of(inner, of, last)
            if inside is None or len(inside[0]) > 1 or len(inside[1]) > 1:
                return None
            value = inside[0][0] / inside[1][0] if inside[1][0] else math.nan
            return UNKNOWN if not value >= 0 else ((math.sqrt(value),), (1.0,))
        case Arithmetic(operator, left, right):
            one, other = ratio_of(left, of, last), ratio_of(right, of, last)
            return None if one is None or other is None else joined(operator, one, other)


def root_of(ratio: Ratio | None, value: float) -> float | None:
    """The one number at which a ratio has a value; None where there is none, or more."""
    if ratio is None:
        return None
    found = roots(less(ratio[0], times(ratio[1], (value,))))
    return found[0] if len(found) == 1 and math.isfinite(found[0]) else None


def joined(operator: str, one: Ratio, other: Ratio) -> Ratio:
    (a, b), (p, q) = one, other
    if operator == "*":
        return times(a, p), times(b, q)
    if operator == "/":
        return times(a, q), times(b, p)
    if b == q:
        return (plus(a, p) if operator == "+" else less(a, p)), b
    left, right = times(a, q), times(p, b)
    return (plus(left, right) if operator == "+" else less(left, right)), times(b, q)


def plus(one: Polynomial, other: Polynomial) -> Polynomial:
    length = max(len(one), len(other))
    one, other = one + (0.0,) * (length - len(one)), other + (0.0,) * (length - len(other))
    return trimmed(tuple(a + b for a, b in zip(one, other, strict=True)))


def less(one: Polynomial, other: Polynomial) -> Polynomial:
    return plus(one, tuple(-term for term in other))


def times(one: Polynomial, other: Polynomial) -> Polynomial:
    product = [0.0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            product[i + j] += a * b
    return trimmed(tuple(product))


def trimmed(polynomial: Polynomial) -> Polynomial:
    while len(polynomial) > 1 and polynomial[-1] == 0:
        polynomial = polynomial[:-1]
    return polynomial


def value_at(polynomial: Polynomial, x: float) -> float:
    value = 0.0
    for term in reversed(polynomial):
        value = value * x + term
    return value


def roots(polynomial: Polynomial) -> list[float]:
    """Where a polynomial is nought; none where it is the same everywhere."""
    if len(polynomial) < 2 or not all(map(math.isfinite, polynomial)):
        return []
    if len(polynomial) == 2:
        return [-polynomial[0] / polynomial[1]]
    return [float(root.real) for root in np.roots(polynomial[::-1]) if abs(root.imag) <= 1e-9 * max(1.0, abs(root.real))]


