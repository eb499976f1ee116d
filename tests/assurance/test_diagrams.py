"""Decision diagrams against plain tables: the same function, whatever is done to it."""

from __future__ import annotations

import itertools
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from springtide.assurance.diagrams import Diagram, Diagrams

SIZES = (2, 3, 2, 4)
ALL = list(itertools.product(*(range(size) for size in SIZES)))
Table = dict[tuple[int, ...], int]


def built(diagrams: Diagrams, table: Table) -> Diagram:
    """A diagram of a table, from the inputs up."""
    found = diagrams.constant(0)
    for cells, value in table.items():
        here = diagrams.constant(True)
        for place, cell in enumerate(cells):
            one = diagrams.input(place, [other == cell for other in range(SIZES[place])])
            here = diagrams.apply(lambda a, b: a and b, here, one, absorbing=False)
        found = diagrams.apply(lambda held, so_far, value=value: value if held else so_far, here, found)
    return found


tables = st.integers(0, 10**9).map(lambda seed: {cells: Random(f"{seed} {cells}").randrange(3) for cells in ALL})


@given(tables, tables)
def test_joined_functions_have_the_joined_values(one: Table, two: Table) -> None:
    diagrams = Diagrams(SIZES)
    total = diagrams.apply(lambda a, b: a + b, built(diagrams, one), built(diagrams, two))
    for cells in ALL:
        assert diagrams.at(total, dict(enumerate(cells))) == one[cells] + two[cells]


@given(tables)
def test_equal_functions_are_the_same_object(table: Table) -> None:
    diagrams = Diagrams(SIZES)
    turned = dict(reversed(table.items()))
    assert built(diagrams, table) is built(diagrams, turned)


@given(tables, st.integers(0, 3))
def test_an_input_held(table: Table, place: int) -> None:
    diagrams = Diagrams(SIZES)
    root = built(diagrams, table)
    for cell in range(SIZES[place]):
        held = diagrams.given(root, {place: cell})
        assert place not in diagrams.asked(held)
        for cells in ALL:
            fixed = {**dict(enumerate(cells)), place: cell}
            assert diagrams.at(held, dict(enumerate(cells))) == table[tuple(fixed[n] for n in range(len(SIZES)))]


@given(tables, st.integers(0, 3))
def test_across_a_step_is_the_same_as_holding_the_input_twice(table: Table, place: int) -> None:
    diagrams = Diagrams(SIZES)
    root = built(diagrams, table)
    lower = max  # any operation of two values
    for before, after in itertools.permutations(range(SIZES[place]), 2):
        held, moved = diagrams.given(root, {place: before}), diagrams.given(root, {place: after})
        assert diagrams.across(lower, root, place, (before, after)) is diagrams.apply(lower, held, moved)


@given(tables)
def test_the_cheapest_combination_is_the_cheapest(table: Table) -> None:
    diagrams = Diagrams(SIZES)
    root = built(diagrams, table)
    costs = [[float(cell) for cell in range(size)] for size in SIZES]
    wanted = [cells for cells in ALL if table[cells] == 2]
    found = diagrams.cheapest(root, (2).__eq__, costs)
    if not wanted:
        assert found is None
        return
    assert found is not None
    assert diagrams.at(root, found) == 2
    assert sum(costs[place][cell] for place, cell in found.items()) == min(sum(cells) for cells in wanted)


def test_what_is_asked_and_the_values_taken() -> None:
    diagrams = Diagrams(SIZES)
    one = diagrams.input(1, [0, 1, 1])
    assert diagrams.asked(one) == {1}
    assert diagrams.values(one) == {0, 1}
    assert diagrams.input(2, [5, 5]) is diagrams.constant(5)
    assert diagrams.combinations([0, 1, 3]) == 24
