"""Sense checks of the evidence, as a pack declares them: rules of thumb that warn and never refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .formula import Formula

Kind = Literal[
    "moved", "total", "same answers", "one answer", "count in a share", "copy of last quarter", "copy of another team", "out of scale",
]  # fmt: skip
Relation = Literal["sum about the whole", "sum at most the whole", "each about the whole", "each at most the whole"]
Side = Literal["above", "above or below"]

# The code of the remarks that each kind of check gives; E01 to E11 are of the reading itself.
CODES: dict[Kind, str] = {
    "moved": "E12",
    "total": "E13",
    "same answers": "E14",
    "one answer": "E15",
    "count in a share": "E16",
    "copy of last quarter": "E17",
    "copy of another team": "E18",
    "out of scale": "E19",
}


@dataclass(frozen=True)
class SenseNumber:
    """A number of a check, with what it rests on."""

    value: float
    basis: Literal["report", "statistic", "judgement"]
    source: str


@dataclass(frozen=True)
class SenseCheck:
    """One rule of thumb.

    `rule_of_thumb` is a sentence with its numbers filled in. What the other fields say depends on the kind: the
    figures and measures that are looked at, the figure in which a change is counted (`counted_in`), figures that say
    yes where a change is to be expected (`excused_by`), counts that may have got into a share (`counts`), and the
    whole that a sum or each measure is held against.
    """

    id: str
    check: Kind
    title: str
    rule_of_thumb: str
    what_to_do: str
    numbers: dict[str, SenseNumber]
    measures: tuple[str, ...] = ()
    counted_in: str = ""
    excused_by: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    whole: Formula | None = None
    whole_text: str = ""
    relation: Relation | None = None
    side: Side = "above"
    at: str = field(default="", compare=False)

    @property
    def code(self) -> str:
        return CODES[self.check]

    def number(self, name: str) -> float | None:
        """A number's value; None where this check does without it."""
        return self.numbers[name].value if name in self.numbers else None
