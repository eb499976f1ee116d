"""The arithmetic of a measure: `+ - * / sqrt() last_quarter()` over named figures, and nothing else."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Union


class FormulaError(ValueError):
    """A formula that says more than the arithmetic of a measure may."""


@dataclass(frozen=True)
class Name:
    """A figure or another measure, by name."""

    name: str


@dataclass(frozen=True)
class LastQuarter:
    """The same team's value one quarter earlier."""

    name: str


@dataclass(frozen=True)
class SquareRoot:
    of: Formula


@dataclass(frozen=True)
class Arithmetic:
    operator: str
    left: Formula
    right: Formula


Formula = Union[Name, LastQuarter, SquareRoot, Arithmetic]

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse_formula(text: str) -> Formula:
    """Read the arithmetic of a measure.

    Raises:
        FormulaError: anything but names, + - * /, brackets, sqrt(…) and last_quarter(name).
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"'{text}' is not arithmetic: {getattr(error, 'msg', error)}") from None
    return _read(tree)


def _read(node: ast.expr) -> Formula:
    if isinstance(node, ast.Name):
        return Name(node.id)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return Arithmetic(_OPERATORS[type(node.op)], _read(node.left), _read(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
        if node.func.id == "sqrt":
            return SquareRoot(_read(node.args[0]))
        if node.func.id == "last_quarter" and isinstance(node.args[0], ast.Name):
            return LastQuarter(node.args[0].id)
    if isinstance(node, ast.Constant):
        raise FormulaError(f"the number {node.value!r} stands in a formula; a number needs a name and a source")
    raise FormulaError(f"'{ast.unparse(node)}' can't stand in a formula; use + - * / ( ) sqrt(…) last_quarter(name)")


def names_in(formula: Formula) -> Iterator[tuple[str, bool]]:
    """Every name read, with whether it is last quarter's."""
    match formula:
        case Name(name):
            yield name, False
        case LastQuarter(name):
            yield name, True
        case SquareRoot(of):
            yield from names_in(of)
        case Arithmetic(_, left, right):
            yield from names_in(left)
            yield from names_in(right)


def compute(
    formula: Formula, now: Callable[[str], float | None], last: Callable[[str], float | None]
) -> float | None:
    """The value of a formula; None where anything it needs is missing.

    Something divided by nothing is infinite, not missing: cases that nobody holds are the worst
    caseload there is. Nothing divided by nothing can't be said.
    """
    match formula:
        case Name(name):
            return now(name)
        case LastQuarter(name):
            return last(name)
        case SquareRoot(of):
            value = compute(of, now, last)
            return None if value is None or value < 0 else math.sqrt(value)
        case Arithmetic(operator, left, right):
            a, b = compute(left, now, last), compute(right, now, last)
            if a is None or b is None:
                return None
            return _apply(operator, a, b)


def _apply(operator: str, a: float, b: float) -> float | None:
    if operator == "/":
        if b != 0:
            value = a / b
        else:
            value = math.inf if a > 0 else -math.inf if a < 0 else math.nan
    elif operator == "*":
        value = a * b
    else:
        value = a + b if operator == "+" else a - b
    return None if math.isnan(value) else value
