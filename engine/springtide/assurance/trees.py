"""Conditions as trees: where each part stands, and the same tree with one part changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..logic import conditions as c
from ..logic import model as m

Path = tuple[int, ...]

ALWAYS: c.Condition = c.AllOf(())
NEVER: c.Condition = c.AnyOf(())


def parts_with_places(condition: c.Condition, path: Path = ()) -> Iterator[tuple[Path, c.Condition]]:
    """A condition and everything inside it, each with its place, outermost first."""
    yield path, condition
    for number, part in enumerate(c.parts_of(condition)):
        yield from parts_with_places(part, (*path, number))


def leaves_with_places(condition: c.Condition) -> Iterator[tuple[Path, c.Condition]]:
    for path, part in parts_with_places(condition):
        if not c.parts_of(part):
            yield path, part


def part_at(condition: c.Condition, path: Path) -> c.Condition:
    for number in path:
        condition = c.parts_of(condition)[number]
    return condition


def with_part(condition: c.Condition, path: Path, new: c.Condition) -> c.Condition:
    """The condition with the part at a place replaced."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    match condition:
        case c.Not(part) | c.ReceivingTeam(part):
            return replace(condition, part=with_part(part, rest, new))
        case c.AllOf(parts) | c.AnyOf(parts) | c.AtLeastOf(_, parts):
            return replace(condition, parts=(*parts[:first], with_part(parts[first], rest, new), *parts[first + 1 :]))
    raise LookupError(path)


def without_part(condition: c.Condition, path: Path) -> c.Condition | None:
    """The condition with one of several joined parts left out; None where it is not one of several."""
    *outer, last = path
    group = part_at(condition, tuple(outer))
    if not isinstance(group, (c.AllOf, c.AnyOf, c.AtLeastOf)) or len(group.parts) < 2:
        return None
    return with_part(condition, tuple(outer), replace(group, parts=(*group.parts[:last], *group.parts[last + 1 :])))


def inside_receiving(condition: c.Condition, path: Path) -> bool:
    """Whether a place lies in what is asked of the receiving team."""
    return any(isinstance(part_at(condition, path[:depth]), c.ReceivingTeam) for depth in range(len(path)))


def with_condition(rule: m.Declared, key: str, condition: c.Condition) -> m.Declared:
    """The rule with one of its conditions replaced."""
    changes: dict[str, Any] = {key: condition}
    return replace(rule, **changes)
