"""The arithmetic of measures over single numbers and whole arrays alike; not a number stands for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Union

import numpy as np
import numpy.typing as npt

from ..logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = Union[float, Floats]  # one for every setting, or the same for all


def computed(formula: Formula, now: Callable[[str], Numbers], last: Callable[[str], float | None]) -> Numbers:
    """As `logic.formula.compute`: something divided by nothing is infinite, nothing divided by nothing can't be said."""
    with np.errstate(all="ignore"):
        return _computed(formula, now, last)


def _computed(formula: Formula, now: Callable[[str], Numbers], last: Callable[[str], float | None]) -> Numbers:
    match formula:
        case Name(name):
            return now(name)
        case LastQuarter(name):
            value = last(name)
            return np.nan if value is None else value
        case SquareRoot(of):
            root: Numbers = np.sqrt(_computed(of, now, last))
            return root
        case Arithmetic(operator, left, right):
            one, other = _computed(left, now, last), _computed(right, now, last)
            if operator == "/":
                quotient: Numbers = np.true_divide(one, np.add(other, 0.0))  # never divided by a nought with a minus
                return quotient
            if operator == "*":
                return one * other
            return one + other if operator == "+" else one - other


def lesser_known(part: Numbers, whole: Numbers) -> Numbers:
    """The lesser of the two; where the whole is not known, the part."""
    held: Numbers = np.where(np.isnan(whole), part, np.minimum(part, whole))
    return held


def at(value: Numbers, setting: int) -> float:
    return float(value[setting]) if isinstance(value, np.ndarray) and value.ndim else float(value)
