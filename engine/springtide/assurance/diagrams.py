"""Decision diagrams: a function of several inputs, each with a few cells, held whole and compared exactly.

A diagram has a value for every combination of cells, however many there are, because what is the same
is stored once. Two diagrams over the same inputs are the same object just when they are the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

_END = 1 << 30
_NONE: Any = object()

T = TypeVar("T", bound=Hashable)


class Diagram:
    """One node: either a value, or one diagram for each cell of the input it asks about."""

    __slots__ = ("asks", "value", "ways")

    def __init__(self, asks: int, ways: tuple[Diagram, ...], value: Any = None):
        self.asks = asks
        self.ways = ways
        self.value = value


class Diagrams:
    """All diagrams over the same inputs, which are numbered from 0 and asked about in that order."""

    def __init__(self, sizes: Sequence[int]):
        self.sizes = tuple(sizes)
        self._values: dict[Hashable, Diagram] = {}
        self._nodes: dict[tuple[int, tuple[Diagram, ...]], Diagram] = {}
        self._memos: dict[Hashable, dict[Any, Diagram]] = {}

    def __len__(self) -> int:
        """How many different nodes there are, ends included."""
        return len(self._nodes) + len(self._values)

    def constant(self, value: Hashable) -> Diagram:
        found = self._values.get(value)
        if found is None:
            found = self._values[value] = Diagram(_END, (), value)
        return found

    def input(self, asks: int, values: Iterable[Hashable]) -> Diagram:
        """The function that depends on one input only; one value for each of its cells."""
        return self._node(asks, tuple(self.constant(value) for value in values))

    def _node(self, asks: int, ways: tuple[Diagram, ...]) -> Diagram:
        first = ways[0]
        if ways.count(first) == len(ways):
            return first
        found = self._nodes.get((asks, ways))
        if found is None:
            found = self._nodes[asks, ways] = Diagram(asks, ways)
        return found

    def apply(
        self, op: Callable[..., Hashable], *roots: Diagram, absorbing: Any = _NONE, same: Any = _NONE
    ) -> Diagram:
        """The function whose value is `op` of the values of others.

        Args:
            absorbing: a value that settles the outcome, whatever the others are.
            same: the outcome wherever all of them are the same function.
        """
        memo = self._memos.setdefault((op, absorbing, same), {})
        settled = self._values.get(absorbing) if absorbing is not _NONE else None
        if len(roots) == 2 and same is _NONE:
            return self._apply_to_two(op, roots[0], roots[1], settled, memo)

        def go(nodes: tuple[Diagram, ...]) -> Diagram:
            found = memo.get(nodes)
            if found is not None:
                return found
            if settled is not None and settled in nodes:
                found = settled
            elif same is not _NONE and all(node is nodes[0] for node in nodes):
                found = self.constant(same)
            else:
                asks = min(node.asks for node in nodes)
                if asks == _END:
                    found = self.constant(op(*(node.value for node in nodes)))
                else:
                    found = self._node(asks, tuple(
                        go(tuple(node.ways[cell] if node.asks == asks else node for node in nodes))
                        for cell in range(self.sizes[asks])
                    ))  # fmt: skip
            memo[nodes] = found
            return found

        return go(roots)

    def _apply_to_two(
        self, op: Callable[[Any, Any], Hashable], first: Diagram, second: Diagram, settled: Diagram | None, memo: dict[Any, Diagram]
    ) -> Diagram:
        """`apply` for two functions, which is nearly all there is to do, without the tuples of the general case."""
        node, constant = self._node, self.constant

        def go(one: Diagram, two: Diagram) -> Diagram:
            found = memo.get((one, two))
            if found is None:
                if one is settled or two is settled:
                    found = one if one is settled else two
                elif one.asks < two.asks:
                    found = node(one.asks, tuple([go(way, two) for way in one.ways]))
                elif two.asks < one.asks:
                    found = node(two.asks, tuple([go(one, way) for way in two.ways]))
                elif one.asks == _END:
                    found = constant(op(one.value, two.value))
                else:
                    found = node(one.asks, tuple([go(*ways) for ways in zip(one.ways, two.ways, strict=True)]))
                memo[one, two] = found
            return found

        return go(first, second)

    def fold(self, op: Callable[..., Hashable], roots: Iterable[Diagram], empty: Hashable, absorbing: Any = _NONE) -> Diagram:
        """Several joined two at a time; `empty` is the value of none of them."""
        found = None
        for root in roots:
            found = root if found is None else self.apply(op, found, root, absorbing=absorbing)
        return self.constant(empty) if found is None else found

    def given(self, root: Diagram, cells: Mapping[int, int]) -> Diagram:
        """The function with some inputs held in a cell."""
        last = max(cells, default=-1)
        memo: dict[Diagram, Diagram] = {}

        def go(node: Diagram) -> Diagram:
            if node.asks > last:
                return node
            found = memo.get(node)
            if found is None:
                if node.asks in cells:
                    found = go(node.ways[cells[node.asks]])
                else:
                    found = self._node(node.asks, tuple(go(way) for way in node.ways))
                memo[node] = found
            return found

        return go(root)

    def across(self, op: Callable[[Any, Any], Hashable], root: Diagram, place: int, step: tuple[int, int]) -> Diagram:
        """`op` of a function before a step of one input and after it, whatever the other inputs are.

        The same as applying `op` to the function with that input held twice, without building either.
        """
        before, after = step
        memo: dict[Diagram, Diagram] = {}

        def go(node: Diagram) -> Diagram:
            if node.asks > place:
                return self.apply(op, node, node)
            found = memo.get(node)
            if found is None:
                if node.asks == place:
                    found = self.apply(op, node.ways[before], node.ways[after])
                else:
                    found = self._node(node.asks, tuple([go(way) for way in node.ways]))
                memo[node] = found
            return found

        return go(root)

    def over_all(self, op: Callable[[Any, Any], Hashable], root: Diagram, places: Iterable[int]) -> Diagram:
        """`op` of the function's values over every cell of some inputs, which then no longer matter."""
        for place in sorted(places, reverse=True):
            if place in self.asked(root):
                root = self.fold(op, [self.given(root, {place: cell}) for cell in range(self.sizes[place])], None)
        return root

    def values(self, root: Diagram) -> set[Any]:
        """Every value that the function takes somewhere."""
        return {node.value for node in self.reachable(root) if node.asks == _END}

    def asked(self, root: Diagram) -> set[int]:
        """The inputs on which the function depends."""
        return {node.asks for node in self.reachable(root) if node.asks != _END}

    def reachable(self, root: Diagram) -> set[Diagram]:
        seen = {root}
        waiting = [root]
        while waiting:
            for way in waiting.pop().ways:
                if way not in seen:
                    seen.add(way)
                    waiting.append(way)
        return seen

    def cheapest(
        self, root: Diagram, wanted: Callable[[Any], bool], costs: Sequence[Sequence[float]]
    ) -> dict[int, int] | None:
        """A cell for each input that matters, of least total cost, at which the value is a wanted one.

        Inputs left out may be in any cell. None where no combination will do.
        """
        least = [min(cost) for cost in costs]
        memo: dict[Diagram, tuple[float, int]] = {}

        def go(node: Diagram) -> tuple[float, int]:
            """The cost from here on beyond the least, and the cell to take."""
            found = memo.get(node)
            if found is None:
                if node.asks == _END:
                    found = (0.0 if wanted(node.value) else float("inf"), -1)
                else:
                    extra = costs[node.asks]
                    found = min((go(way)[0] + extra[cell] - least[node.asks], cell) for cell, way in enumerate(node.ways))
                memo[node] = found
            return found

        if go(root)[0] == float("inf"):
            return None
        chosen, node = {}, root
        while node.asks != _END:
            cell = go(node)[1]
            chosen[node.asks] = cell
            node = node.ways[cell]
        return chosen

    def at(self, root: Diagram, cells: Mapping[int, int]) -> Any:
        """The value at one combination; inputs left out are in their first cell."""
        node = root
        while node.asks != _END:
            node = node.ways[cells.get(node.asks, 0)]
        return node.value

    def combinations(self, inputs: Iterable[int]) -> int:
        """How many combinations of cells some inputs have."""
        count = 1
        for asks in inputs:
            count *= self.sizes[asks]
        return count
