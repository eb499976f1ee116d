from __future__ import annotations

import math

import pytest

from springtide.logic.formula import FormulaError, compute, names_in, parse_formula


def worked_out(text: str, now: dict[str, float | None], last: dict[str, float | None] | None = None) -> float | None:
    return compute(parse_formula(text), lambda name: now.get(name), lambda name: (last or {}).get(name))


def test_arithmetic() -> None:
    assert worked_out("(a + b) / c - a * b", {"a": 1, "b": 3, "c": 8}) == -2.5
    assert worked_out("(a - b) / sqrt(b)", {"a": 72, "b": 36}) == 6
    assert worked_out("(a - last_quarter(a)) / last_quarter(a)", {"a": 15}, {"a": 10}) == 0.5


@pytest.mark.parametrize("missing", ["a", "b"])
def test_anything_missing_makes_the_whole_missing(missing: str) -> None:
    assert worked_out("a / b", {"a": 1.0, "b": 2.0} | {missing: None}) is None


def test_no_history_is_missing_not_zero() -> None:
    assert worked_out("a - last_quarter(a)", {"a": 15}) is None


def test_something_shared_among_nobody_is_infinite_and_nothing_among_nobody_is_missing() -> None:
    assert worked_out("a / b", {"a": 40, "b": 0}) == math.inf
    assert worked_out("a / b", {"a": 0, "b": 0}) is None
    assert worked_out("sqrt(a)", {"a": -1}) is None


@pytest.mark.parametrize(
    "text",
    ["a * 2", "1", "a ** b", "abs(a)", "a.b", "a if b else c", "lambda: a", "a[0]", "sqrt(a, b)", "last_quarter(a + b)", "a < b", "a +",
     "__import__('os')", "'a'", "a and b", "-a", "(" * 300 + "a" + ")" * 300, ""],
)  # fmt: skip
def test_nothing_but_the_arithmetic_of_a_measure(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_names() -> None:
    assert list(names_in(parse_formula("a / b - last_quarter(a) + sqrt(c)"))) == [("a", False), ("b", False), ("a", True), ("c", False)]
