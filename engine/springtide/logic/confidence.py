"""How far a result can be trusted. It stands beside the level and never inside it."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import Facts
from .judge import truth_of
from .model import Reducer
from .truth import Truth


@dataclass(frozen=True)
class Confidence:
    """High, medium or low, with the reducers that were met."""

    band: str
    reasons: tuple[Reducer, ...]


def confidence_of(facts: Facts) -> Confidence:
    """What lowers confidence in one team's result. A reducer that can't be told does not count."""
    met = tuple(r for r in facts.pack.reducers.values() if truth_of(r.when, facts) is Truth.MET)
    counts = {weight: sum(reducer.weight == weight for reducer in met) for weight in ("major", "minor")}

    def reached(band: dict[str, str]) -> bool:
        return any(counts[weight] >= facts.thresholds[threshold] for weight, threshold in band.items())

    if reached(facts.pack.levels.confidence_low):
        return Confidence("low", met)
    return Confidence("medium" if reached(facts.pack.levels.confidence_medium) else "high", met)
