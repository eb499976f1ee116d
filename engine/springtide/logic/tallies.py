"""What is added up from a team's figures to be listed beside an answer; no rule reads it, and it bears on no level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Basis


@dataclass(frozen=True)
class TallyExample:
    """Some figures, and what they come to at each stage; None: not known."""

    given: dict[str, float]
    expect: Mapping[str, float] | None


@dataclass(frozen=True)
class Tally:
    """So much for each of some figures, at each stage that there is.

    `each` has, by figure, the number at each stage; a tally without stages has one that is called nothing. `shown` says the
    figures themselves in place of the sum, `above_nought` what is to know where the sum is more than nought, and `instead`
    the levers that would not have come to it.
    """

    id: str
    title: str
    unit: str
    each: Mapping[str, Mapping[str, float]]
    stages: Mapping[str, str]
    basis: Basis
    source: str
    says: str
    shown: str
    above_nought: str
    instead: tuple[str, ...]
    cites: tuple[int, ...]
    examples: tuple[TallyExample, ...] = ()
    at: str = field(default="", compare=False)

    def __hash__(self) -> int:
        return hash(self.id)

    def at_stage(self, stage: str) -> dict[str, float]:
        """So much for each figure, at one stage."""
        return {name: numbers[stage] for name, numbers in self.each.items()}

    def comes_to(self, figures: Mapping[str, float], stage: str) -> float | None:
        """The sum; None where a part is not known."""
        if not figures.keys() >= self.each.keys():
            return None
        return sum(number * figures[name] for name, number in self.at_stage(stage).items())
