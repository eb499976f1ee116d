"""A combination of cells as a concrete team, in the words that examples use, and run to see that it shows what it should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .compiling import Space

Given = dict[str, Any]

_WIDTH = 112

_COUNTY = {
    ("on", None): "on", ("off", None): "off", (None, "affected"): "affected", (None, "not affected"): "not affected",
    ("on", "affected"): "on and affected", ("on", "not affected"): "on, not affected", ("off", "affected"): "off, affected",
    ("off", "not affected"): "off, not affected",
}  # fmt: skip


def given_of(space: Space, cells: Mapping[int, int], *, relative: bool = True) -> Given:
    """What an example gives for a combination of cells; what is in its first cell by being left out is left out.

    Args:
        relative: write numbers by a threshold's name where that is possible, so that they hold in every layer.
    """
    given: Given = {}
    theirs: Given = {}
    county: dict[str, dict[str, str]] = {}
    for place in sorted(cells):
        one, cell = space.inputs[place], space.inputs[place].cells[cells[place]]
        target = theirs if one.of_receiving_team else given
        if one.kind in ("county on", "affected") and cell.value is not None:
            county.setdefault(one.name, {})[one.kind] = str(cell.value)
        elif one.kind == "number" and cell.value is not None:
            target[one.name] = cell.relative if relative and cell.relative else _plain(float(cell.value))
        elif one.kind in _BY_NAME and cell.value is not None:
            target[one.name] = cell.value
        elif one.kind == "knife edge" and cell.value is not None and given.get("knife_edge") in (None, "none"):
            given["knife_edge"] = cell.value
        elif one.kind == "period" and cell.value is not None:
            given["period"] = cell.value
    for name, states in county.items():
        given[name] = _COUNTY[states.get("county on"), states.get("affected")]
    if theirs or _receiving_there(space, cells):
        given["receiving_team"] = theirs
    return given


_BY_NAME = ("answer", "pressure", "supervision", "rule", "level", "last level", "answers")


def _receiving_there(space: Space, cells: Mapping[int, int]) -> bool:
    return any(space.inputs[place].kind == "receiving team" and cell for place, cell in cells.items())


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 9)


def as_yaml(name: str, given: Given, expect: str, indent: str = "  ") -> str:
    """An example, ready to paste under `examples:`."""
    written = f"{indent}  given: {flow(given)}"
    if len(written) > _WIDTH:
        lines = [f"{indent}    {key}: {flow(value)}" for key, value in given.items()]
        written = "\n".join([f"{indent}  given:", *lines])
    return f"{indent}- name: {_scalar(name)}\n{written}\n{indent}  expect: {expect}"


def flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return _scalar(value, in_flow=True) if isinstance(value, str) else f"{value:g}"


def _scalar(text: str, *, in_flow: bool = False) -> str:
    """Text as YAML takes it, in quotes where a mark in it would mean something."""
    plain = text and text[0] not in "\"'&*!|>%@`-?[]{}#" and ": " not in text and " #" not in text and not (in_flow and "," in text) and not text.endswith(":")
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True)
class Shown:
    """A concrete team that shows a finding: what is known of it, and what it comes to.

    `note` is said in place of an example where what it comes to is nothing that an example could expect.
    """

    given: Given
    comes_to: str
    note: bool = False

    def as_yaml(self, name: str) -> str:
        """An example to paste, or a line about the team."""
        if self.note:
            return f"    {name}: {flow(self.given)}, {self.comes_to}"
        return as_yaml(name, self.given, self.comes_to)
