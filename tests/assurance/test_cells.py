"""Cells: every value lies in one, all values of a cell compare alike, and each has one that stands for it."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.assurance.inputs import Cut, answer_cells, nice_value, number_cells, step_of
from springtide.logic import conditions as c
from springtide.logic.answers import combine
from springtide.logic.model import RulePack
from springtide.logic.units import UNITS

COMPARISONS: tuple[c.Comparison, ...] = ("at_least", "more_than", "at_most", "less_than")
cuts = st.lists(st.builds(Cut, st.sampled_from([-1.0, 0.0, 0.15, 0.25, 0.5, 1.0, 2.0, 3.0, 18.0]), st.sampled_from(COMPARISONS), st.sampled_from(["t"])), max_size=5)


@given(st.sampled_from(sorted(UNITS)), cuts, st.integers(0, 10**6))
def test_every_value_is_in_one_cell(unit_name: str, held: list[Cut], seed: int) -> None:
    unit = UNITS[unit_name]
    cells = [cell for cell in number_cells(unit, held) if cell.value is not None]
    kinds = [tuple(c.compare(float(cell.value), cut.comparison, cut.value) for cut in held) for cell in cells]  # type: ignore[arg-type]
    assert all(unit.allows(float(cell.value)) for cell in cells)  # type: ignore[arg-type]
    rng = Random(seed)
    for _ in range(50):
        value = rng.choice([rng.uniform(-3, 25), rng.randint(-3, 25), *(cut.value for cut in held), *(cut.value + step_of(unit) for cut in held)])
        if unit.allows(value):
            kind = tuple(c.compare(value, cut.comparison, cut.value) for cut in held)
            assert kind in kinds, (unit_name, held, value)


@given(st.sampled_from(sorted(UNITS)), cuts)
def test_neighbours_differ(unit_name: str, held: list[Cut]) -> None:
    cells = [cell for cell in number_cells(UNITS[unit_name], held) if cell.value is not None]
    kinds = [tuple(c.compare(float(cell.value), cut.comparison, cut.value) for cut in held) for cell in cells]  # type: ignore[arg-type]
    assert all(one != two for one, two in itertools.pairwise(kinds))


def test_a_threshold_at_the_edge_of_its_unit_leaves_no_empty_cell() -> None:
    labels = [cell.label for cell in number_cells(UNITS["share"], [Cut(1.0, "more_than", "all")])]
    assert labels == ["not supplied", "0 %"]  # nothing is more than all of them


def test_whole_numbers_have_nothing_between() -> None:
    values = [cell.value for cell in number_cells(UNITS["cases"], [Cut(3, "at_least", "three"), Cut(4, "at_least", "four")])]
    assert values == [None, 0.0, 3.0, 4.0]


def test_the_words_reach_the_cell() -> None:
    cells = number_cells(UNITS["share"], [Cut(0.15, "at_least", "present"), Cut(0.25, "more_than", "severe")])
    assert [cell.relative for cell in cells] == ["", "just below present", "at present", "just above severe"]


@pytest.mark.parametrize(("low", "high", "expected"), [(0.15, 0.25, 0.2), (-1.0, -0.1, -0.6), (18.0, float("inf"), 19.0), (float("-inf"), 3.0, 0.0)])
def test_a_simple_value_stands_for_a_piece(low: float, high: float, expected: float) -> None:
    assert nice_value(low, high, UNITS["ratio change"]) == pytest.approx(expected)


def test_an_answer_is_one_of_four_things(kent: RulePack) -> None:
    for name in ("q8", "q44"):
        cells = answer_cells(kent, name)
        seen = []
        for cell in cells:
            answer = combine(kent.questions[name], kent.questionnaire.scale, [] if cell.value is None else [str(cell.value)])
            seen.append((str(answer.is_adverse), str(answer.is_favourable)))
        assert seen == [("cannot tell", "cannot tell"), ("not met", "met"), ("not met", "not met"), ("met", "not met")]


def test_a_cut_in_whole_numbers_leaves_no_trace() -> None:
    """What stands for a cell is a float, whoever asked for the same cell before, and with whichever kind of number."""
    for cut in (7, 7.0):
        cells = number_cells(UNITS["cases"], [Cut(cut, "at_least", "seven")])
        assert [type(cell.value) for cell in cells] == [type(None), float, float]
